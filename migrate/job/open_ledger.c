#include "open_ledger.h"

#include "mem.h"

#define CACHE_PART 8                  /* of what the job may take */
#define CACHE_MAX  (4u * 1024 * 1024) /* the usual */
#define CHECK_MAX  (64ull << 20)      /* octets of a file that are read in less than a second */

static int limit_memory(struct ledger *ledger, uint64_t octets, struct error *err)
{
    if (!octets)
        return 0;
    return ledger_limit_memory(
        ledger, octets / CACHE_PART < CACHE_MAX ? octets / CACHE_PART : CACHE_MAX, err);
}

int open_ledger(const struct job *job, struct ledger **ret, int64_t *ret_job, struct error *err)
{
    struct ledger *ledger = ledger_open(job->work_dir, job->scratch ? LEDGER_SCRATCH : LEDGER_WRITE, err);
    if (!ledger)
        return -1;
    if (ledger_check(ledger, CHECK_MAX, err) < 0) {
        ledger_close(ledger);
        return -1;
    }
    char *from CLEANUP(mem_free_str) = endpoint_account(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_account(&job->to);
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    int64_t id = ledger_job(ledger, from, to, folder, err);
    if (id < 0 || limit_memory(ledger, job->memory_octets, err) < 0) {
        ledger_close(ledger);
        return -1;
    }
    *ret = ledger;
    *ret_job = id;
    return 0;
}
