/* mail_date_zone.h - the time zone of a date, as a number or by name (RFC 5322 section 4.3, and what is
 * written). Private to mail_date*.c. */
#pragma once

#include "mail_date_cursor.h"
#include "mail_date_parts.h"
#include <stdbool.h>
#include <stddef.h>

/* East of UTC; an impossible one counts as UTC. */
void mail_date_zone_set(struct mail_date_parts *p, int minutes);

/* From its sign on: +0900 -07:00 +09 -400 +-0800 (what "+%04d" makes of -800), and after a name (GMT) also
 * +9. What is none is left out. */
void mail_date_zone_take(struct mail_date_cursor *t, bool after_name, struct mail_date_parts *p);

/* CST and IST are several zones: RFC 5322's (US Central) where it has one, else none. Military letters mean
 * nothing (RFC 5322 section 4.3). */
bool mail_date_zone_of(const char *word, size_t len, int *ret_min);
