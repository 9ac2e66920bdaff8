/* option_zone.h - --time-zone: the offset from UTC in which days and years are counted.
 *
 * A job counts in one offset, since mail once placed by {year} must be found in the same place again. So a
 * zone's name will do where its offset has been the same since 2000; one with daylight saving time is refused
 * with a sentence that asks for the offset. */
#pragma once

#include "error.h"
#include "options.h"

/* "+09:00", "+9", "-0330", "UTC+9", "Z", "UTC", "JST", "Asia/Tokyo" and the other names in folder, which is
 * ZONE_FOLDER but in tests; full-width characters are as good. Minutes east of UTC. -1 with ERROR_USAGE that
 * begins with "--time-zone". */
#define OPTION_ZONE_FOLDER "/usr/share/zoneinfo"
int option_zone_parse(const char *text, const char *folder, int *ret_offset_min, struct error *err);

/* Where years are counted in UTC since nothing else was said, and whoever reads them lives elsewhere
 * (`japanese`: so says the list or the language): a sentence. NULL: nothing is to be said. */
const char *option_zone_warning(const struct options *o, bool japanese);
