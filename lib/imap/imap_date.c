#include "imap_date.h"

#include "clock.h"
#include "text.h"
#include <stdio.h>

#define FIRST_S (-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_S  253402300799   /* 9999-12-31T23:59:59Z */

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void imap_date_format(int64_t utc_s, char ret[IMAP_DATE_MAX])
{
    struct clock_utc t = clock_to_utc(utc_s < FIRST_S ? FIRST_S : utc_s > LAST_S ? LAST_S : utc_s);
    unsigned day = (unsigned)t.day % 100, hour = (unsigned)t.hour % 100, minute = (unsigned)t.minute % 100,
             second = (unsigned)t.second % 100, year = (unsigned)t.year % 10000;
    snprintf(ret, IMAP_DATE_MAX, "%02u-%.3s-%04u %02u:%02u:%02u +0000", day, months + (t.month - 1) * 3, year,
        hour, minute, second);
}

struct reader {
    const char *p, *end;
    bool ok;
};

static int digits(struct reader *r, int count)
{
    int n = 0;
    for (; count; count--, r->p++) {
        if (r->p == r->end || *r->p < '0' || *r->p > '9') {
            r->ok = false;
            return 0;
        }
        n = n * 10 + (*r->p - '0');
    }
    return n;
}

static void expect(struct reader *r, char c)
{
    if (r->p < r->end && *r->p == c)
        r->p++;
    else
        r->ok = false;
}

/* A digit may stand alone where two are usual: "1-Jan", and the blank before it may be missing. */
static int day_of_month(struct reader *r)
{
    if (r->p < r->end && *r->p == ' ')
        r->p++;
    return digits(r, r->end - r->p > 1 && r->p[1] == '-' ? 1 : 2);
}

static int month(struct reader *r)
{
    for (int m = 0; m < 12 && r->end - r->p >= 3; m++)
        if (!text_compare_nocase(r->p, 3, months + m * 3, 3)) {
            r->p += 3;
            return m + 1;
        }
    r->ok = false;
    return 1;
}

static int zone_s(struct reader *r)
{
    int sign = r->p < r->end && *r->p == '-' ? -1 : 1;
    expect(r, sign < 0 ? '-' : '+');
    int hours = digits(r, 2);
    return sign * (hours * 3600 + digits(r, 2) * 60);
}

bool imap_date_parse(const char *s, size_t len, int64_t *ret_utc_s)
{
    struct reader r = {s, s + len, true};
    int d = day_of_month(&r);
    expect(&r, '-');
    int m = month(&r);
    expect(&r, '-');
    int y = digits(&r, 4);
    expect(&r, ' ');
    int hh = digits(&r, 2);
    expect(&r, ':');
    int mm = digits(&r, 2);
    expect(&r, ':');
    int ss = digits(&r, 2);
    expect(&r, ' ');
    int zone = zone_s(&r);
    if (!r.ok || r.p != r.end || !y || !d || d > 31 || hh > 23 || mm > 59 || ss > 60)
        return false;
    *ret_utc_s = clock_from_utc(y, m, d, hh, mm, ss) - zone;
    return true;
}
