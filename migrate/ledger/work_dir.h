/* work_dir.h - the one folder in which a customer's run leaves everything. */
#pragma once

#include "error.h"

/* Make it (and missing parents) with mode 0700 unless it is there; check that it can be written. */
int work_dir_make(const char *path, struct error *err);

/* Take the exclusive lock that keeps a second run out; returns a descriptor to close, or -1 (ERROR_LOCKED
 * when another process holds it). */
int work_dir_lock(const char *path, struct error *err);
