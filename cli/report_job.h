/* report_job.h - a job as its ledger tells of it. */
#pragma once

#include "ledger_balance.h"
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
const char *report_job_mailbox(const struct report_job *job, int64_t mailbox);
/* INTERNALDATE, MAIL_NO_DATE if it is not known. */
int64_t report_job_date(const struct ledger_message *m);
/* Octets as sent, else as received, else as the source claims. */
uint64_t report_job_octets(const struct ledger_message *m);
