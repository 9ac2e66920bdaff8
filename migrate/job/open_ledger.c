#include "open_ledger.h"

#include "mem.h"

int open_ledger(const struct job *job, struct ledger **ret, int64_t *ret_job, struct error *err)
{
    struct ledger *ledger = ledger_open(job->work_dir, LEDGER_WRITE, err);
    if (!ledger)
        return -1;
    char *from CLEANUP(mem_free_str) = endpoint_account(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_account(&job->to);
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    *ret_job = ledger_job(ledger, from, to, folder, err);
    if (*ret_job < 0) {
        ledger_close(ledger);
        return -1;
    }
    *ret = ledger;
    return 0;
}
