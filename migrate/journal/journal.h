/* journal.h - what the runs of a job did, for whoever has to look into it later: WORK/log/job-N.ndjson (N:
 * the job's number in the ledger), one JSON object on each line, never a secret.
 *
 * Each line: time (UTC; within a run the milliseconds never go back), run and job (the ledger's numbers),
 * event, and what belongs to the event:
 * - run-begin: command, version, from, to (accounts), folder, options (those that differ from the usual)
 * - inventory: messages, octets
 * - message: uidl, message_id, from, subject, date (null: not known), octets, verdict, reason
 * - log: level (error, warning, info, debug), text
 * - run-end: exit_code, elapsed_ms (since journal_open), counts, error (null, or code and text)
 *
 * The file has mode 0600. Beyond 10 MB it is renamed to .1, the one before to .2, and so on to .5. Each line
 * is one write(2): a run that is killed leaves at most its last line torn, which the next one ends.
 *
 * With privacy: no from, subject and message_id; accounts as "account-" and 8 hex digits, the same in all the
 * runs of a work folder (its salt is in WORK/log/salt); whatever looks like an address in any text becomes
 * "[address]".
 *
 * Order of calls: journal_open, journal_begin_run, the rest as it happens, journal_end_run, journal_close. A
 * log that cannot be written must not end a run: every function takes NULL for the journal and then does
 * nothing (the adapters pass on), and after a failure of the disk the rest of the run is not logged, which is
 * said once.
 *
 * One thread, under the lock of the work folder. */
#pragma once

#include "clock.h"
#include "error.h"
#include "job.h"
#include "log.h"
#include "outcome.h"
#include <stdint.h>

struct journal;

struct journal_account {
    const char *name;    /* as endpoint_account makes it */
    const char *user;    /* that signs in; NULL: not known */
    const char *mailbox; /* that it opens, when that is another's; NULL: its own */
    const char *secret;  /* password or token, so that it is never written; NULL: none */
};

struct journal_options {
    const char *work_dir; /* made if it is missing */
    int64_t job, run;     /* the ledger's */
    struct journal_account from, to;
    bool privacy;
    const struct clock *clock; /* must outlive the journal */
    struct log complain;       /* told, once, when the disk fails; not the one journal_log gives */
};

/* Everything but the clock and the context of `complain` is copied. NULL with ERROR_DISK. */
struct journal *journal_open(const struct journal_options *o, struct error *err);
void journal_close(struct journal *j);

/* One more secret that is never to be written: a token as it was renewed. Copied. */
void journal_secret(struct journal *j, const char *secret);

/* The passwords of the job are not looked at. */
void journal_begin_run(struct journal *j, const char *command, const struct job *job);
void journal_inventory(struct journal *j, uint64_t messages, uint64_t octets);
void journal_message(struct journal *j, const struct outcome_message *m);
void journal_words(struct journal *j, enum log_level level, const char *text);
/* outcome and error: NULL, or error->code 0, if there is none. */
void journal_end_run(
    struct journal *j, int exit_code, const struct outcome *outcome, const struct error *error);

/* What is told to these is written and passed on. The sink is the journal's, until it is closed; inner (may
 * be NULL) must live as long. Called again, the new inner takes the place of the old. */
const struct outcome_sink *journal_sink(struct journal *j, const struct outcome_sink *inner);
struct log journal_log(struct journal *j, struct log inner);
