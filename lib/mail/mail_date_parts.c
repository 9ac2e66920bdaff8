#include "mail_date_parts.h"

#include "clock.h"
#include "mail_scan.h"
#include <stddef.h>

#define DAY_S 86400

struct day {
    int year, month, day;
};

void mail_date_parts_init(struct mail_date_parts *p)
{
    *p = (struct mail_date_parts){.year = MAIL_DATE_UNSET,
        .month = MAIL_DATE_UNSET,
        .day = MAIL_DATE_UNSET,
        .named_month = MAIL_DATE_UNSET,
        .weak_month = MAIL_DATE_UNSET,
        .weekday = MAIL_DATE_UNSET,
        .hour = MAIL_DATE_UNSET};
}

int mail_date_parts_full_year(int value, int digits)
{
    if (digits <= 2)
        return value + (value < 50 ? 2000 : 1900);
    return value < 1000 ? value + 1900 : value;
}

bool mail_date_parts_has_month(const struct mail_date_parts *p)
{
    return p->numeric || p->month != MAIL_DATE_UNSET || p->named_month != MAIL_DATE_UNSET ||
           p->weak_month != MAIL_DATE_UNSET;
}

bool mail_date_parts_has_day(const struct mail_date_parts *p)
{
    return p->numeric || p->day != MAIL_DATE_UNSET;
}

bool mail_date_parts_has_year(const struct mail_date_parts *p)
{
    return p->numeric || p->year != MAIL_DATE_UNSET;
}

/* ---- days ---- */
static bool is_day(struct day d)
{
    if (d.month < 1 || d.month > 12 || d.year < 0 || d.year > 9999)
        return false;
    return d.day >= 1 && d.day <= clock_days_in(d.year, d.month);
}

static int weekday_of(struct day d)
{
    return clock_to_utc(clock_from_utc(d.year, d.month, d.day, 0, 0, 0)).weekday;
}

static bool same_day(struct day a, struct day b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

/* ---- three numbers ---- */
enum order {
    YMD,
    DMY,
    MDY,
    ORDERS,
};

/* A year of four digits says where it is, a dot that the day stands before the month. */
static bool is_in_use(const struct mail_date_parts *p, enum order o)
{
    if (p->era || p->three[0].digits > 2)
        return o == YMD;
    if (p->three[2].digits > 2)
        return o == DMY || (o == MDY && p->separator != '.');
    return o != MDY || p->separator != '.';
}

static struct day in_order(const struct mail_date_parts *p, enum order o)
{
    static const struct {
        int year, month, day;
    } at[ORDERS] = {[YMD] = {0, 1, 2}, [DMY] = {2, 1, 0}, [MDY] = {2, 0, 1}};
    const struct mail_date_number *n = p->three, y = n[at[o].year];
    if (y.digits < 2 && !p->era) /* one digit alone is no year */
        return (struct day){0, 0, 0};
    int year = p->era && y.digits <= 2 ? p->era + y.value : mail_date_parts_full_year(y.value, y.digits);
    return (struct day){year, n[at[o].month].value, n[at[o].day].value};
}

/* The days that the numbers can mean, each once. */
static size_t readings(const struct mail_date_parts *p, struct day dst[ORDERS])
{
    size_t n = 0;
    for (int o = 0; o < ORDERS; o++) {
        struct day d = in_order(p, (enum order)o);
        bool named = p->named_month == MAIL_DATE_UNSET || p->named_month == d.month;
        bool again = (n > 0 && same_day(d, dst[0])) || (n > 1 && same_day(d, dst[1]));
        if (is_in_use(p, (enum order)o) && is_day(d) && named && !again)
            dst[n++] = d;
    }
    return n;
}

static size_t on_weekday(int weekday, struct day *days, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (weekday_of(days[i]) == weekday)
            days[n++] = days[i];
    return n;
}

/* A weekday decides between several; against one alone it counts for nothing, since many are wrong. */
static bool numeric_day(const struct mail_date_parts *p, struct day *ret)
{
    struct day days[ORDERS];
    size_t n = readings(p, days);
    if (n > 1 && p->weekday != MAIL_DATE_UNSET)
        n = on_weekday(p->weekday, days, n);
    if (n != 1)
        return false;
    *ret = days[0];
    return true;
}

/* ---- all of it ---- */
static bool find_day(const struct mail_date_parts *p, struct day *ret)
{
    if (p->numeric)
        return numeric_day(p, ret);
    int named = p->named_month != MAIL_DATE_UNSET ? p->named_month : p->weak_month;
    *ret = (struct day){p->year, p->month != MAIL_DATE_UNSET ? p->month : named, p->day};
    return is_day(*ret);
}

static int hour_of(const struct mail_date_parts *p)
{
    if (p->hour == MAIL_DATE_UNSET)
        return 0;
    if (p->half == 1 && p->hour == 12)
        return 0;
    return p->half == 2 && p->hour < 12 ? p->hour + 12 : p->hour;
}

int64_t mail_date_parts_moment(const struct mail_date_parts *p)
{
    struct day d;
    if (p->contradictory || !find_day(p, &d) || p->hour > 24 || p->minute > 59 || p->second > 60)
        return MAIL_NO_DATE;
    return clock_from_utc(d.year, d.month, d.day, hour_of(p), p->minute, p->second) - p->zone_min * 60;
}
