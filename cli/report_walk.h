/* report_walk.h - all ledgers of a customer's work folder, one after the other: its own, then those of its
 * accounts. A ledger that cannot be read is remembered, and does not keep the others from being shown. */
#pragma once

#include "ledger.h"
#include <stdbool.h>

struct report_damage {
    char *folder;
    struct error error;
};

struct report_walk {
    const char *work_dir; /* the caller's; NULL: not walked yet */
    struct report_damage *damaged;
    size_t damaged_count;
    size_t ledgers; /* that were read */
};
void report_walk_done(struct report_walk *w); /* zeroed is fine */

/* Is what is known of this account in a ledger that could not be read? */
bool report_walk_lost(
    const struct report_walk *w, const char *source, const char *destination, const char *folder);

/* For each folder, with its ledger open for reading; -1 when that cannot be read any more. */
typedef int report_walk_fn(void *ctx, const char *folder, struct ledger *ledger, struct error *err);

/* -1 when there is nothing to walk: no ledger at all (ERROR_USAGE), folders that cannot be listed. *w is
 * added to, and is the caller's to free in any case. */
int report_walk(
    const char *work_dir, report_walk_fn *fn, void *ctx, struct report_walk *w, struct error *err);

/* The same, handing out the folders alone. fn opens what it needs, and tells what it cannot read. */
typedef int report_walk_folder_fn(void *ctx, const char *folder, struct error *err);
int report_walk_folders(
    const char *work_dir, report_walk_folder_fn *fn, void *ctx, struct report_walk *w, struct error *err);

/* Name what was damaged, on standard error; the exit code for it, 0 if there was nothing. */
int report_walk_tell(const struct report_walk *w);
