/* mail_date.h - dates as real mail writes them (RFC 5322 section 3.3, obsolete forms, and worse), and the
 * choice of INTERNALDATE. Pure. */
#pragma once

#include "mail_scan.h"
#include <stdint.h>

/* Parse a Date: value: comments, no seconds, two- and three-digit years, named zones (JST as +0900, obsolete
 * US and military ones), ctime, ISO 8601, "2002/09/14 Sat 13:06:03 GMT", AM/PM, milliseconds, impossible
 * zones (taken as +0000); names in German, French, Spanish, Italian, Dutch and Portuguese, times with dots;
 * 2008年1月14日, eras; encoded words and raw 8-bit text. UTC seconds, or MAIL_NO_DATE when it is no date, and
 * when it may be more than one: of 03/04/2008 a weekday beside it decides, or nothing. */
int64_t mail_date_parse(const char *value, size_t len);

/* The date-time of a Received: field: what follows the last ";" outside comments and quoted strings. */
int64_t mail_date_received(const char *value, size_t len);

enum mail_date_source {
    MAIL_DATE_RECEIVED,
    MAIL_DATE_DATE,
    MAIL_DATE_STORE, /* the source's own time of receipt */
    MAIL_DATE_NOW,   /* neither was there or plausible */
};
const char *mail_date_source_name(enum mail_date_source s); /* "received", "date", "store", "now" */
bool mail_date_source_parse(const char *name, enum mail_date_source *ret); /* false: none of these */

/* INTERNALDATE: topmost Received, else when the source received it, else Date, else now. Plausible: from
 * 1981-01-01 to now + 1 day. */
int64_t mail_date_internal(const struct mail_facts *facts, int64_t now_s, enum mail_date_source *ret_source);
