/* report_scope.h - which accounts status and report are asked for: those of --from and --to, those of a list
 * (--accounts), else all but those that have left their list (work_lists.h). */
#pragma once

#include "batch_list.h"
#include "error.h"
#include "options.h"
#include "report_walk.h"
#include "work_lists.h"
#include <stdbool.h>
#include <stddef.h>

struct report_scope {
    char *from, *to;        /* account names; NULL: any */
    struct batch_list list; /* with --accounts */
    bool listed;
    struct report_scope_row { /* of the list, by source, destination and folder */
        const struct batch_entry *entry;
        bool met; /* report_scope_wants was asked for it */
    } * rows;
    size_t count;
    struct work_lists *lists; /* of the work folder; NULL: not to be held against, or not known */
    struct error lists_error; /* why not */
    struct report_unlisted {  /* report_scope_wants was asked for it, and said no since it has left */
        char *source, *destination, *folder;
        char *work_dir; /* of its ledger; NULL: not known */
        char *name;     /* for `accounts forget`; NULL: it cannot be forgotten, since its ledger has others */
        uint64_t copied, copied_octets;
    } * unlisted;
    size_t unlisted_count;
};

/* Warns (on standard error) of lines of the list that cannot be understood. -1 with ERROR_USAGE. */
int report_scope_read(const struct options *o, struct report_scope *ret, struct error *err);
void report_scope_done(struct report_scope *s); /* zeroed is fine */

/* Is this job of a ledger one of them? ctx: the struct report_scope, which remembers what it was asked. */
bool report_scope_wants(void *ctx, const char *source, const char *destination, const char *folder);

/* After all ledgers were asked: look up where those that have left are, and what they had copied. */
void report_scope_count_unlisted(struct report_scope *s, const char *work_dir);

/* Walk the accounts of the list that no ledger knew, nor one that could not be read may know, after all
 * ledgers were asked; n from 0. False: no more. */
bool report_scope_not_begun(
    const struct report_scope *s, const struct report_walk *walk, size_t *n, const struct batch_entry **ret);

/* -1 with ERROR_USAGE that says that no ledger of this folder knows --from and --to. */
int report_scope_unknown(const struct report_scope *s, const char *work_dir, struct error *err);
