#include "filter.h"

#include "clock.h"
#include "text.h"
#include <string.h>

static int usage(const char *option, const char *text, const char *what, struct error *err)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s \"%s\": %s", option, text, what);
}

/* ---- dates ---- */
struct reader {
    const char *p;
    bool bad;
};

static int digits(struct reader *r, int n)
{
    int v = 0;
    while (n-- && !r->bad) {
        if (*r->p < '0' || *r->p > '9')
            r->bad = true;
        else
            v = v * 10 + (*r->p++ - '0');
    }
    return v;
}

static bool take(struct reader *r, char c)
{
    if (r->bad || *r->p != c)
        return false;
    r->p++;
    return true;
}

static void need(struct reader *r, char c)
{
    if (!take(r, c))
        r->bad = true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* "Z", "+09:00", "+0900", or nothing: the caller's. Minutes east of UTC. */
static int zone(struct reader *r, int utc_offset_min)
{
    if (take(r, 'Z') || take(r, 'z'))
        return 0;
    int sign = take(r, '+') ? 1 : take(r, '-') ? -1 : 0;
    if (!sign)
        return utc_offset_min;
    int hours = digits(r, 2);
    take(r, ':');
    int minutes = digits(r, 2);
    r->bad |= hours > 23 || minutes > 59;
    return sign * (hours * 60 + minutes);
}

int filter_parse_date(
    const char *option, const char *text, int utc_offset_min, int64_t *ret_s, struct error *err)
{
    struct reader r = {.p = text};
    int hour = 0, minute = 0, second = 0, offset_min = utc_offset_min;
    int year = digits(&r, 4);
    need(&r, '-');
    int month = digits(&r, 2);
    need(&r, '-');
    int day = digits(&r, 2);
    if (take(&r, 'T') || take(&r, 't')) {
        hour = digits(&r, 2);
        need(&r, ':');
        minute = digits(&r, 2);
        if (take(&r, ':'))
            second = digits(&r, 2);
        offset_min = zone(&r, utc_offset_min);
    }
    if (r.bad || *r.p)
        return usage(option, text,
            "not a date; write 2024-05-31, or 2024-05-31T12:00:00Z (or with +09:00 in place of Z)", err);
    if (!year || !month || month > 12 || !day || day > days_in(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return usage(option, text, "there is no such date", err);
    *ret_s = clock_from_utc(year, month, day, hour, minute, second) - (int64_t)offset_min * 60;
    return 0;
}

/* ---- sizes ---- */
/* What stands behind the number; 0: nothing that is a unit. */
static uint64_t unit(const char *s)
{
    static const struct {
        const char *name;
        uint64_t octets;
    } units[] = {{"", 1}, {"k", 1000}, {"M", 1000 * 1000}, {"G", 1000 * 1000 * 1000}, {"Ki", 1024},
        {"Mi", 1024 * 1024}, {"Gi", 1024 * 1024 * 1024}};
    size_t len = strlen(s);
    if (len && (s[len - 1] == 'B' || s[len - 1] == 'b'))
        len--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!text_compare_nocase(s, len, units[i].name, strlen(units[i].name)))
            return units[i].octets;
    return 0;
}

int filter_parse_size(const char *option, const char *text, uint64_t *ret_octets, struct error *err)
{
    size_t len = strspn(text, "0123456789");
    uint64_t octets, factor = unit(text + len);
    unsigned long long number;
    if (!len || !factor)
        return usage(option, text,
            "not a size; write octets, or 500k, 10M, 2G (powers of 1000), 10Mi (powers of 1024)", err);
    if (!text_parse_u64(text, len, &number) || __builtin_mul_overflow(number, factor, &octets))
        return usage(option, text, "no message is that large", err);
    *ret_octets = octets;
    return 0;
}

/* ---- the filter ---- */
int filter_check(const struct filter *f, struct error *err)
{
    if (f->since_s >= f->before_s)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--since and --before leave no time in between: no message could be copied; --since must be the "
            "earlier one");
    if (f->min_octets > f->max_octets)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--min-size is larger than --max-size: no message could be copied");
    return 0;
}

bool filter_needs_date(const struct filter *f)
{
    return f->since_s != FILTER_NO_SINCE || f->before_s != FILTER_NO_BEFORE;
}

bool filter_is_set(const struct filter *f)
{
    return filter_needs_date(f) || f->min_octets || f->max_octets != FILTER_NO_MAX;
}

bool filter_match(
    const struct filter *f, bool date_known, int64_t date_s, uint64_t octets, const char **ret_reason)
{
    const char *why = NULL;
    if (octets < f->min_octets)
        why = "smaller than --min-size";
    else if (octets > f->max_octets)
        why = "larger than --max-size";
    else if (date_known && date_s < f->since_s)
        why = "older than --since";
    else if (date_known && f->before_s != FILTER_NO_BEFORE && date_s >= f->before_s)
        why = "not older than --before";
    if (why)
        *ret_reason = why;
    return !why;
}
