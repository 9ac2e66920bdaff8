/* mail_date_read.h - the parts of a date out of its text. Private to mail_date*.c. Pure. */
#pragma once

#include "mail_date_parts.h"
#include <stddef.h>

/* text: ASCII, with names and units in UTF-8 or ISO 8859-1. Stops once all parts are there: what follows is
 * another date, or none. */
void mail_date_read(const char *text, size_t len, struct mail_date_parts *ret);
