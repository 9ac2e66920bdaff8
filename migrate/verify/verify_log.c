#include "open_journal.h"
#include "verify.h"

static void on_message(void *ctx, const struct verify_message *m)
{
    struct verify_log *l = ctx;
    journal_message(l->journal, &m->message);
    if (l->inner)
        l->inner->message(l->inner->ctx, m);
}

const struct verify_sink *verify_log_begin(
    struct verify_log *l, struct verify *v, int64_t run, const char *command, const struct verify_sink *inner)
{
    *l = (struct verify_log){.world = *v->world, .inner = inner};
    l->journal = v->job->scratch ? NULL : open_journal(v->job, v->world, v->job_id, run, command);
    l->world.log = journal_log(l->journal, v->world->log);
    l->sink = (struct verify_sink){.message = on_message, .ctx = l};
    v->world = &l->world;
    return &l->sink;
}

void verify_log_end(struct verify_log *l, int exit_code, const struct error *error)
{
    journal_end_run(l->journal, exit_code, NULL, error);
    journal_close(l->journal);
}
