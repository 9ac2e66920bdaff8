/* filter.h - which messages the user leaves out by date and size, and how those are written. Pure.
 *
 * A message whose date is not known is never left out by a date: losing it silently would be wrong. */
#pragma once

#include "error.h"
#include "mail_role.h"
#include <stdbool.h>
#include <stdint.h>

#define FILTER_NO_SINCE  INT64_MIN
#define FILTER_NO_BEFORE INT64_MAX
#define FILTER_NO_MAX    UINT64_MAX

struct filter {
    int64_t since_s, before_s;       /* since_s <= date < before_s, UTC seconds */
    uint64_t min_octets, max_octets; /* min_octets <= size <= max_octets, of the message as received */
    /* Of a source with folders. Patterns as the shell has them, ended by NULL, NULL: none; one that matches a
     * folder also stands for those below it. */
    const char *const *only_folders, *const *skip_folders;
    bool with_trash, with_junk; /* else what lies in such folders is left out */
};

enum filter_limit {
    FILTER_SINCE,
    FILTER_BEFORE,
    FILTER_MIN_SIZE,
    FILTER_MAX_SIZE,
    FILTER_FOLDER,
    FILTER_TRASH,
    FILTER_JUNK,
    FILTER_OUTBOX,
};

/* Lets everything pass. A zeroed struct does not. */
#define FILTER_NONE                                                                                          \
    ((struct filter){.since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .max_octets = FILTER_NO_MAX})

/* "2024-05-31", "2024/5/31", "2024.5.31", "2024年5月31日", "R6.5.31", "令和6年5月31日", in full-width digits
 * too: 00:00 of that day, utc_offset_min minutes east of UTC. With "T12:00:00" or " 12:00" behind it: that
 * time in the same zone; with "Z", "+09:00" or "+0900" behind it: that one. The offset is the caller's, for
 * that very day: a zone with daylight saving time has two. option: "--since", for messages. -1 with
 * ERROR_USAGE (scope run). */
int filter_parse_date(
    const char *option, const char *text, int utc_offset_min, int64_t *ret_s, struct error *err);

/* "35651584", "500k", "10M", "2G" (powers of 1000), "10Mi" (powers of 1024); upper or lower case, a "B" may
 * follow ("10MB", "10MiB"). Whole numbers. -1 with ERROR_USAGE (scope run). */
int filter_parse_size(const char *option, const char *text, uint64_t *ret_octets, struct error *err);

/* -1 with ERROR_USAGE (scope run) when no message at all could pass. */
int filter_check(const struct filter *f, struct error *err);

bool filter_is_set(const struct filter *f);     /* can it leave out anything? */
bool filter_needs_date(const struct filter *f); /* is there a limit by date? */

/* Does the message pass? If not, *ret_why is the limit that it is beyond. date_s counts only if date_known;
 * octets is the source's claim as long as nothing better is known. */
bool filter_match(
    const struct filter *f, bool date_known, int64_t date_s, uint64_t octets, enum filter_limit *ret_why);
/* Does what lies in this folder pass? A folder that --only-folder names without a wildcard passes, whatever
 * it is for. */
bool filter_folder(const struct filter *f, const char *path, enum mail_role role, enum filter_limit *ret_why);
/* Static words for it, as "older than --since". */
const char *filter_words(enum filter_limit why);
