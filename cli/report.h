/* report.h - the story of each job as its ledger tells it, in three forms, and the files that are handed over
 * to the customer. cmd_report.c goes over the ledgers of the work folder and reads their jobs; each form is
 * printed to standard output by a file of its own, message by message: nothing of it grows with the mailbox.
 *
 * All are called between opening the ledger (with ledger_snapshot) and closing it, job by job in order. They
 * return 0, or -1 when the ledger cannot be read any more. */
#pragma once

#include "error.h"
#include "options.h"
#include "report_job.h"
#include "report_scope.h"
#include "report_walk.h"
#include <stdbool.h>

/* For a person: the sums, then what needs attention; all of the rest only if verbose. */
int report_text(struct ledger *ledger, const struct report_job *job, bool verbose, struct error *err);

/* One document: open, the jobs, close; closed also after an error, which it then tells, with the ledgers that
 * could not be read. err may be NULL: none. */
void report_json_open(void);
int report_json(struct ledger *ledger, const struct report_job *job, bool first, struct error *err);
void report_json_close(
    const struct error *err, const struct report_walk *walk, const struct report_scope *scope, int exit_code);
/* [{"work_dir", "error"}] of the ledgers that could not be read. */
struct json_t *report_json_damaged(const struct report_walk *walk);

/* RFC 4180, UTF-8: a heading, then one row for each message. */
void report_csv_open(void);
int report_csv(struct ledger *ledger, const struct report_job *job, struct error *err);

/* ---- what is handed over (report_handover.c) ---- */
/* Are the files of --report such as can be written? */
int report_handover_check(const struct options *o, struct error *err);
/* Write the files of --report from all ledgers in scope, and say in a few lines what they say; to standard
 * output only if `tell`. -1 when no ledger was found or a file cannot be written. */
int report_handover(const struct options *o, struct report_scope *scope, struct report_walk *walk, bool tell,
    struct error *err);
