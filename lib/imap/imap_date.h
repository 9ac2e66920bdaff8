/* imap_date.h - INTERNALDATE (RFC 3501 section 9, date-time). Private to lib/imap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAP_DATE_MAX 27 /* "dd-Mon-yyyy hh:mm:ss +zzzz" and NUL */

/* Without quotes, in UTC, the day space-padded. Beyond the years 1 to 9999 the nearest that can be written.
 */
void imap_date_format(int64_t utc_s, char ret[IMAP_DATE_MAX]);

/* Any zone; one or two digits of day. false when it is no date-time. */
bool imap_date_parse(const char *s, size_t len, int64_t *ret_utc_s);
