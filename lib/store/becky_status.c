#include "becky_status.h"

#include "mail_field.h"
#include "store.h"
#include "text.h"
#include <string.h>

static bool is_status(const char *line, size_t len, size_t *ret_prefix)
{
    size_t name = mail_field_name(line, len, ret_prefix);
    return name && text_compare_nocase(line, name, "x-becky-status", 14) == 0;
}

/* "010001,000000,3": 0x10001. -1: it is no such number. */
static long number_of(const char *value, size_t len)
{
    long n = 0;
    size_t digits = 0;
    for (; len && (*value == ' ' || *value == '\t'); value++)
        len--;
    for (; digits < len && digits < 7; digits++) {
        char c = value[digits];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            break;
        n = n * 16 + digit;
    }
    return digits && digits < 7 && digits < len && value[digits] == ',' ? n : -1;
}

struct becky_status becky_status_read(const char *front, size_t len)
{
    struct becky_status status = {0};
    for (const char *line = front, *end = front + len, *lf; line < end; line = lf + 1) {
        lf = memchr(line, '\n', (size_t)(end - line));
        size_t n = lf ? (size_t)(lf - line) : 0, prefix;
        n -= n && line[n - 1] == '\r';
        if (!n)
            break;
        long bits = is_status(line, n, &prefix) ? number_of(line + prefix, n - prefix) : -1;
        if (bits >= 0)
            status = (struct becky_status){
                .flags = (uint16_t)(STORE_KNOWN | (bits & 1 ? STORE_SEEN : 0) |
                                    (bits & 2 ? STORE_FORWARDED : 0) | (bits & 4 ? STORE_ANSWERED : 0)),
                .at = (size_t)(line - front),
                .end = (size_t)(lf + 1 - front),
            };
    }
    return status;
}
