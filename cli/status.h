/* status.h - the state of all accounts of a work folder, one row each, for status_text.c and status_json.c.
 */
#pragma once

#include "ledger_balance.h"
#include "report_scope.h"
#include "report_walk.h"
#include <jansson.h>
#include <stdbool.h>

struct status_account {
    char *source, *destination, *folder, *work_dir; /* fit to show */
    bool begun;                                     /* a ledger knows it */
    int64_t job;                                    /* in its ledger */
    struct ledger_source from;
    struct ledger_totals totals;
    struct ledger_balance balance;
    char *run_command, *run_words; /* of the last run; "" if none */
    int64_t run_started_s, run_ended_s;
    int run_exit_code;
};

struct status {
    const char *work_dir;
    struct status_account *accounts; /* in the order of the ledgers; then those not begun */
    size_t count;
    struct report_walk walk;
    const struct report_scope *scope;
    json_t *batch; /* what WORK/status.json says of the batch that runs or ran last; NULL: there is none */
    bool batch_at_work;
    json_t *shards; /* an array of the same of WORK/status-I-of-N.json, each with its "shard": "I/N" */
};

/* For a person: a paragraph for each account, or with many a table of a line for each. */
void status_text(const struct status *s);
/* One document. */
void status_json(const struct status *s, const struct error *err, int exit_code);
