/* template.h - mailbox names made from a template and a message's date: "INBOX", "Archive/{year}",
 * "Mail/{year}-{month}". Pure.
 *
 * Fields: {year} four digits, {month} and {day} two; {path} the folder in which the message lies in the
 * source, levels divided by "/". "{{" and "}}" stand for one brace. All other bytes stay as they are (UTF-8).
 * Whether the name that comes out is one that a mailbox can have, dest_check_name says. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stdint.h>

/* 0, or -1 with ERROR_USAGE (scope run) that names the template, what is wrong, and the fields there are:
 * empty, unknown field, brace without its partner. */
int template_check(const char *template, struct error *err);

/* No fields: one mailbox for all messages. Its name is still what template_expand gives ("{{" becomes "{").
 */
bool template_is_plain(const char *template);

/* Which fields it has. */
bool template_has_date(const char *template);
bool template_has_path(const char *template);

/* The name for a message of this date (INTERNALDATE, UTC seconds). utc_offset_min: minutes east of UTC; it
 * decides on which side of New Year a message falls. path: its folder, "" for what lies in none: then {path}
 * goes with one "/" beside it, and what is empty altogether is INBOX. Years are kept within 0000 to 9999.
 * Only for a template that template_check accepts. Caller frees. */
char *template_expand(const char *template, int64_t date_s, int utc_offset_min, const char *path);
