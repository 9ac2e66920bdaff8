/* report.h - the story of each job as its ledger tells it, in three forms, and the files that are handed over
 * to the customer. cmd_report.c goes over the ledgers of the work folder and reads their jobs; each form is
 * printed to standard output by a file of its own, message by message: nothing of it grows with the mailbox.
 *
 * All are called between opening the ledger (with ledger_snapshot) and closing it, job by job in order. They
 * return 0, or -1 when the ledger cannot be read any more. */
#pragma once

#include "error.h"
#include "ledger_balance.h"
#include "options.h"
#include "report_scope.h"
#include "report_walk.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_job {
    int64_t id;                          /* in its ledger */
    char *work_dir;                      /* the folder of that ledger; fit to show */
    char *source, *destination, *folder; /* fit to show */
    struct ledger_totals totals;
    struct ledger_source from;
    struct ledger_balance balance;
    struct report_mailbox {
        int64_t id;
        char *name;
        uint64_t count[LEDGER_STATES], octets_copied;
    } * mailboxes;
    size_t mailbox_count;
};

/* The name of a message's mailbox, "" if it has none yet. */
const char *report_mailbox(const struct report_job *job, int64_t mailbox);
/* Fit to show: valid UTF-8, no controls; NULL becomes "". Caller frees. */
char *report_clean(const char *s);
/* INTERNALDATE, MAIL_NO_DATE if it is not known. */
int64_t report_date(const struct ledger_message *m);
/* Octets as sent, else as received, else as the source claims. */
uint64_t report_octets(const struct ledger_message *m);

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
