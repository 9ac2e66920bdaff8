/* mail_date_parts.h - what a date says, part by part, and the one moment that all of it together can mean.
 * Private to mail_date*.c. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MAIL_DATE_UNSET (-1)

struct mail_date_number {
    int value, digits;
};

struct mail_date_parts {
    int year, month, day;        /* as said by their place or their unit */
    int named_month, weak_month; /* by name; weak: by one that is a weekday where there is another month */
    int weekday;                 /* 0: Sunday */
    int hour, minute, second;    /* of an hour that is not said, 0 */
    int half;                    /* of the day, named before the hour: 1 or 2; 0: not */
    int era;                     /* the year before its first one; 0: none was named */
    int zone_min;
    bool have_zone, zone_is_name;
    int year_digits; /* of year */
    bool numeric;    /* day, month and year are three numbers, in an order that is to be found; else unset */
    struct mail_date_number three[3];
    char separator; /* between them */
    bool contradictory;
};

void mail_date_parts_init(struct mail_date_parts *p);

/* RFC 5322 section 4.3: two digits from 50 up are of the last century, three count from 1900. */
int mail_date_parts_full_year(int value, int digits);

bool mail_date_parts_has_month(const struct mail_date_parts *p);
bool mail_date_parts_has_day(const struct mail_date_parts *p);
bool mail_date_parts_has_year(const struct mail_date_parts *p);

/* UTC seconds; without an hour midnight, without a zone that of UTC. MAIL_NO_DATE when it is no date, and
 * when it may be more than one: a date that is not certain is none. */
int64_t mail_date_parts_moment(const struct mail_date_parts *p);
