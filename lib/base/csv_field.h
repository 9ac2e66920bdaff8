/* csv_field.h - fields of comma-separated values (RFC 4180 section 2), appended to a buffer. What stands
 * between fields and ends a row is the caller's. */
#pragma once

#include "buf.h"

/* In quotes, its own quotes doubled. Byte for byte what a reader gets back. */
void csv_field_quoted(struct buf *out, const char *value);

/* For a spreadsheet: what it would take for a formula has a "'" before it. */
void csv_field_shown(struct buf *out, const char *value);        /* in quotes only where it must be */
void csv_field_shown_quoted(struct buf *out, const char *value); /* always in quotes */
