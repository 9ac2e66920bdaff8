/* discover_disk.h - popferry discover PATH: the stores of mail that lie on a disk, and what is in them. */
#pragma once

#include "error.h"
#include "options.h"
#include <stdbool.h>

/* Is this word of the command line a place on the disk, and no address? One with a "/" is, and one without
 * "@" that is there. */
bool discover_disk_is_path(const char *word);

/* Prints what there is. Returns the exit code, or -1 with ERROR_USAGE. */
int discover_disk(const struct options *o, const char *path, struct error *err);
