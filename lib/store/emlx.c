#include "emlx.h"

#include "text.h"
#include <string.h>

bool emlx_count(const char *front, size_t len, uint64_t *ret_start, uint64_t *ret_octets)
{
    const char *lf = memchr(front, '\n', len < EMLX_FRONT ? len : EMLX_FRONT);
    size_t digits = 0, end = lf ? (size_t)(lf - front) : 0;
    unsigned long long octets;
    while (end && (front[end - 1] == ' ' || front[end - 1] == '\r'))
        end--;
    while (digits < end && front[digits] >= '0' && front[digits] <= '9')
        digits++;
    if (!digits || digits != end || !text_parse_u64(front, digits, &octets))
        return false;
    *ret_start = (uint64_t)(lf - front) + 1;
    *ret_octets = octets;
    return true;
}

/* "<key>NAME</key> <integer>12</integer>" */
static bool integer_of(const char *text, size_t len, const char *key, unsigned long long *ret)
{
    static const char open[] = "<integer>";
    const char *end = text + len, *at = memmem(text, len, key, strlen(key));
    if (!at)
        return false;
    at += strlen(key);
    while (at < end && strchr(" \t\r\n", *at) && *at)
        at++;
    if ((size_t)(end - at) < sizeof open - 1 || memcmp(at, open, sizeof open - 1) != 0)
        return false;
    at += sizeof open - 1;
    size_t digits = 0;
    while (at + digits < end && at[digits] >= '0' && at[digits] <= '9')
        digits++;
    return at + digits < end && at[digits] == '<' && text_parse_u64(at, digits, ret);
}

struct emlx_plist emlx_plist_read(const char *text, size_t len)
{
    struct emlx_plist p = {.received_s = INT64_MIN};
    unsigned long long n;
    if (integer_of(text, len, "<key>flags</key>", &n)) {
        p.told = true;
        p.flags = n;
    }
    if (integer_of(text, len, "<key>date-received</key>", &n) && n && n < 1ull << 40)
        p.received_s = (int64_t)n;
    return p;
}

static bool has_length(uint64_t digits, uint64_t length, unsigned width, bool *ret_last_end)
{
    uint64_t lines = (digits + width - 1) / width;
    for (unsigned end = 1; end <= 2; end++) {
        *ret_last_end = length == digits + lines * end;
        if (*ret_last_end || length == digits + (lines - 1) * end)
            return true;
    }
    return false;
}

bool emlx_base64_shape(uint64_t octets, uint64_t length, unsigned *ret_width, bool *ret_last_end)
{
    static const unsigned usual[] = {76, 72, 64, 60};
    uint64_t digits = (octets + 2) / 3 * 4;
    if (!octets || octets > UINT64_MAX / 8)
        return false;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (has_length(digits, length, usual[i], ret_last_end)) {
            *ret_width = usual[i];
            return true;
        }
    for (unsigned width = 4; width < 1000; width += 4)
        if (has_length(digits, length, width, ret_last_end)) {
            *ret_width = width;
            return true;
        }
    return false;
}
