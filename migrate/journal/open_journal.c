#include "open_journal.h"

#include "mem.h"

struct journal *open_journal(
    const struct job *job, const struct world *world, int64_t job_id, int64_t run, const char *command)
{
    struct error why;
    char *from CLEANUP(mem_free_str) = endpoint_account(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_account(&job->to);
    struct journal_options o = {
        .work_dir = job->work_dir,
        .job = job_id,
        .run = run,
        .from = {.name = from,
            .user = job->from.user,
            .mailbox = job->from.authzid,
            .secret = job->from_password},
        .to = {.name = to, .user = job->to.user, .mailbox = job->to.authzid, .secret = job->to_password},
        .privacy = job->privacy,
        .clock = world->clock,
        .complain = world->log,
    };
    struct journal *journal = journal_open(&o, &why);
    if (!journal)
        log_line(&world->log, LOG_WARN, "this run is not logged: %s", why.text);
    journal_begin_run(journal, command, job);
    return journal;
}
