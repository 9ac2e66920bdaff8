#include "report_job.h"

#include "mail_scan.h"

const char *report_job_mailbox(const struct report_job *job, int64_t mailbox)
{
    for (size_t i = 0; i < job->mailbox_count; i++)
        if (job->mailboxes[i].id == mailbox)
            return job->mailboxes[i].name;
    return "";
}

int64_t report_job_date(const struct ledger_message *m)
{
    return m->date_source && m->internaldate_s ? m->internaldate_s : MAIL_NO_DATE;
}

uint64_t report_job_octets(const struct ledger_message *m)
{
    return m->octets_sent ? m->octets_sent : m->octets_received ? m->octets_received : m->octets_claimed;
}
