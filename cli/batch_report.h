/* batch_report.h - what a batch leaves: the last table on standard output, status.json and failures.csv.
 *
 * While the batch runs, call these under its lock, or with a copy of the accounts made under it.
 *
 * status.json (schema 2). Times are "2026-11-22T10:00:00Z"; counts are integers; ms are milliseconds:
 *
 *   {"schema": 2, "popferry": VERSION, "command": "migrate",
 *    "began": TIME, "now": TIME (when this was written), "ended": TIME, null while it runs,
 *    "sum": SUM, "accounts": [ACCOUNT, ...] in the list's order}
 *
 *   SUM: "accounts", which are the sum of "in_order", "attention" (exit code 1), "failed" (2, 3, 5, 6),
 *   "waiting" (4, paused, left for later), "skipped" (finished before), "running" and "queued" (not begun);
 *   of messages: "messages" and "octets" in the sources as far as known, "done" and "done_octets" of these,
 *   "copied" and "copied_octets" (by this run), "rest" and "rest_octets" (to be done yet),
 * "attention_messages" (something is wrong with them); "elapsed_ms" from the first account's begin to the
 * last one's end; "exit_code", the worst so far.
 *
 *   ACCOUNT: "name", "from", "to" ("" if there is none), "folder", "line" (in the list), "work_dir";
 *   "state": "waiting", "running", "paused", "ended", "untried", "left" or "skipped"; "exit_code", null while
 *   it is not over; "messages", "octets", "done", "done_octets", "copied", "copied_octets", "rest",
 * "rest_octets" and "attention_messages", null as long as nothing is known of them; "words" (one clause, may
 * be ""); "error": null or {"code", "text"}; "again": TIME or null; "elapsed_ms"; "progress": null, or while
 * it runs {"phase", "messages", "total", "octets", "total_octets", "copied"} (total 0: not known yet). */
#pragma once

#include "accounts.h"
#include "batch_account.h"
#include <jansson.h>
#include <stdio.h>

struct batch_sum {
    size_t accounts;
    /* Each account counts as one of these. attention: exit code 1; waiting: 4, paused, left. */
    size_t in_order, attention, failed, waiting, skipped, running, queued;
    uint64_t messages, octets, done, done_octets, copied, copied_octets, rest, rest_octets,
        bad;            /* bad: something is wrong */
    int64_t elapsed_ms; /* from the first begin to the last end */
    int code;           /* the worst so far */
};
struct batch_sum batch_report_sum(const struct batch_account *accounts, size_t count);

/* The table for people: what needs attention first (worst exit code first, then messages of which something
 * is wrong, then the list's order), each with its one sentence and next step; accounts that are in order only
 * as a count, unless `all`, those that were stopped by the user, too; then the sums and where to look
 * (`again`, the command that does the rest; NULL: none; the accounts' folders). Aligned by columns on the
 * screen (CJK counts two), at most `columns` wide (0: no limit; at least 40 are used). */
void batch_report_text(FILE *out, const char *command, const struct batch_account *accounts, size_t count,
    bool all, bool dry_run, int columns, const char *again);

/* As above; the caller owns what is returned. */
json_t *batch_report_json(const char *command, int64_t began_s, int64_t now_s, bool ended,
    const struct batch_account *accounts, size_t count);
json_t *batch_report_json_account(const struct batch_account *a);
json_t *batch_report_json_sum(const struct batch_sum *sum);
json_t *batch_report_json_progress(const struct progress *p);
/* A string that a list or a server gave; what is not UTF-8 in it becomes "?". */
json_t *batch_report_json_text(const char *s);

/* Written to a temporary file beside it (PATH.part) and renamed: whoever reads it sees all of it, old or new.
 * One account a line. ERROR_DISK, and the old one stays. */
int batch_report_status(const char *path, const char *command, int64_t began_s, int64_t now_s, bool ended,
    const struct batch_account *accounts, size_t count, struct error *err);

/* Must it be run again? */
bool batch_report_is_failure(const struct batch_account *a);
/* The accounts that must be run again (whatever is not in order), as rows of the list they came from: row[i]
 * is the row of accounts[i] in list. With none the file is removed. */
int batch_report_failures(const char *path, const struct account_list *list,
    const struct batch_account *accounts, const size_t *row, size_t count, struct error *err);
