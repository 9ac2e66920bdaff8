#include "mbox_from.h"

#include "text.h"
#include <string.h>

bool mbox_from_is(const char *line, size_t len)
{
    return len >= 5 && !memcmp(line, "From ", 5);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && is_digit(p[n]))
        n++;
    return n;
}

/* 8:05, 08:05:00 */
static bool has_time(const char *line, const char *end)
{
    for (const char *p = line; (p = memchr(p, ':', (size_t)(end - p))); p++)
        if (p > line && is_digit(p[-1]) && digits(p + 1, end) == 2)
            return true;
    return false;
}

static bool has_year(const char *line, const char *end)
{
    for (const char *p = line; p < end; p++) {
        size_t n = digits(p, end);
        if (n == 4 && (!memcmp(p, "19", 2) || !memcmp(p, "20", 2)))
            return true;
        p += n;
    }
    return false;
}

static bool has_month(const char *line, const char *end)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (const char *p = line; end - p >= 3; p++) {
        if (p > line && p[-1] != ' ' && p[-1] != '-' && p[-1] != ',')
            continue;
        char word[3];
        for (size_t i = 0; i < 3; i++)
            word[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i];
        for (size_t i = 0; i < sizeof months - 1; i += 3)
            if (!memcmp(word, months + i, 3))
                return true;
    }
    return false;
}

bool mbox_from_has_date(const char *line, size_t len)
{
    const char *end = line + len;
    return has_time(line, end) && has_year(line, end) && has_month(line, end);
}

size_t mbox_from_quotes(const char *line, size_t len)
{
    size_t n = 0;
    while (n < len && line[n] == '>')
        n++;
    return mbox_from_is(line + n, len - n) ? n : 0;
}

enum mbox_included mbox_from_included(const char *line, size_t len)
{
    static const char *const words[] = {
        [MBOX_INCLUDED_BEGIN] = "begin included message", [MBOX_INCLUDED_END] = "end included message"};
    size_t dashes = 0;
    while (dashes < len && (line[dashes] == '-' || line[dashes] == ' '))
        dashes++;
    if (dashes < 3)
        return MBOX_INCLUDED_NOT;
    for (enum mbox_included k = MBOX_INCLUDED_BEGIN; k <= MBOX_INCLUDED_END; k++) {
        size_t n = strlen(words[k]);
        if (len - dashes < n)
            continue;
        char copy[32] = "";
        memcpy(copy, line + dashes, n);
        if (text_equal_nocase(copy, words[k]))
            return k;
    }
    return MBOX_INCLUDED_NOT;
}

int mbox_from_boundary(const char *line, size_t len, const char *boundary)
{
    size_t n = strlen(boundary);
    if (len < n + 2 || line[0] != '-' || line[1] != '-' || memcmp(line + 2, boundary, n) != 0)
        return 0;
    const char *rest = line + 2 + n;
    size_t left = len - 2 - n;
    int kind = left >= 2 && rest[0] == '-' && rest[1] == '-' ? 2 : 1;
    for (size_t i = kind == 2 ? 2 : 0; i < left; i++)
        if (rest[i] != ' ' && rest[i] != '\t')
            return 0;
    return kind;
}
