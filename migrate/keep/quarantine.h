/* quarantine.h - messages that the destination refuses for good, kept as received: WORK/quarantine/JOB/ is a
 * Maildir (JOB: the job's number in the ledger), and beside cur/ stands reasons.tsv, the list for a person.
 *
 * reasons.tsv: UTF-8, one header line, then one line per message: file, uidl, message-id, from, subject, date
 * (UTC), octets, reason, divided by tabs. Tabs, line ends and other controls in a value become blanks or "?";
 * a value that a spreadsheet would take for a formula (it begins with "=", "+", "-" or "@") gets a "'" before
 * it.
 *
 * One thread, under the lock of the work folder. All failures are ERROR_DISK with scope run (disk.h). */
#pragma once

#include "error.h"
#include "sha256.h"
#include "spool.h"
#include <stdint.h>

/* Durable when it returns. row and sha256 (of the message as received) give the name: doing it twice gives
 * one file. date_s: as maildir.h. *ret_path: relative to work_dir, for the ledger; caller frees. */
int quarantine_put(const char *work_dir, int64_t job, int64_t row, const uint8_t sha256[SHA256_OCTETS],
    struct spool *spool, int64_t date_s, char **ret_path, struct error *err);

/* The destination took it at last (and the ledger says so, durably): remove its file. path: as quarantine_put
 * gave it. One that is gone already is no error. */
int quarantine_remove(const char *work_dir, const char *path, struct error *err);

/* Rewrite reasons.tsv: begin, add each message that lies in quarantine, end. The old list stays until the new
 * one is complete and durable. With no rows, and no folder yet, nothing is made. */
struct quarantine_reasons;

struct quarantine_row {
    const char *path;                                        /* as quarantine_put gave it */
    const char *uidl, *message_id, *from, *subject, *reason; /* NULL: empty */
    int64_t date_s;                                          /* MAILDIR_NO_DATE: empty */
    uint64_t octets;
};

/* Never fails. work_dir is kept by pointer. */
struct quarantine_reasons *quarantine_reasons_begin(const char *work_dir, int64_t job);
void quarantine_reasons_add(struct quarantine_reasons *r, const struct quarantine_row *row);
/* Writes the list; frees r in any case. */
int quarantine_reasons_end(struct quarantine_reasons *r, struct error *err);
/* Give up: the old list stays. NULL is fine. */
void quarantine_reasons_free(struct quarantine_reasons *r);
