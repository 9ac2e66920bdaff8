#include "quote_size.h"

#include "estimate.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WHOLE_DIGITS   19
#define DECIMAL_DIGITS 9

/* 1 for "" and "B", 1000 for "k" and "kB", 1024 for "Ki", ...; 0 when it is no unit. */
static uint64_t unit_of(const char *s)
{
    static const char letters[] = "kmgt";
    const char *letter = *s ? strchr(letters, tolower((unsigned char)*s)) : NULL;
    uint64_t unit = 1;
    if (letter) {
        bool binary = tolower((unsigned char)s[1]) == 'i';
        for (const char *l = letters; l <= letter; l++)
            unit *= binary ? 1024 : 1000;
        s += binary ? 2 : 1;
    }
    if (tolower((unsigned char)*s) == 'b')
        s++;
    return *s ? 0 : unit;
}

/* At most max digits into *n; how many there were, -1 for too many. */
static int digits(const char **s, int max, uint64_t *n)
{
    int count = 0;
    for (; isdigit((unsigned char)**s); (*s)++, count++) {
        if (count == max)
            return -1;
        *n = *n * 10 + (uint64_t)(**s - '0');
    }
    return count;
}

static bool parse(const char *s, uint64_t *ret)
{
    uint64_t whole = 0, part = 0, parts = 1;
    if (digits(&s, WHOLE_DIGITS, &whole) <= 0)
        return false;
    bool decimals = *s == '.';
    if (decimals) {
        s++;
        int count = digits(&s, DECIMAL_DIGITS, &part);
        if (count <= 0)
            return false;
        while (count-- > 0)
            parts *= 10;
    }
    s += *s == ' ';
    uint64_t unit = unit_of(s);
    if (!unit || (decimals && unit == 1))
        return false;
    unsigned __int128 octets = (unsigned __int128)whole * unit + (unsigned __int128)part * unit / parts;
    if (octets > ESTIMATE_OCTETS_MAX)
        return false;
    *ret = (uint64_t)octets;
    return true;
}

int quote_size_parse(const char *option, const char *text, uint64_t *ret_octets, struct error *err)
{
    if (parse(text, ret_octets))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s %s: must be a size as 500MB, 6.7GB or 20GiB, at most 2^60 octets", option, text);
}
