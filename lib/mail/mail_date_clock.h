/* mail_date_clock.h - times of day: 12:34:56, 12.34.56, 12h34, 3 p.m. Private to mail_date*.c. */
#pragma once

#include "mail_date_cursor.h"

/* "am", "P.M.", "a. m.": 1 or 2, the half of the day; 0, and nothing taken: something else. */
int mail_date_clock_half(struct mail_date_cursor *t);

/* The rest of a time whose first number was taken, after which *t stands; true: into *p. dots: those may
 * stand between its numbers, too. */
bool mail_date_clock_take(
    struct mail_date_cursor *t, struct mail_date_number hour, bool dots, struct mail_date_parts *p);
