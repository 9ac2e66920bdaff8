#include "migrate.h"

#include "exit_code.h"
#include "finish.h"
#include "index.h"
#include "open_ledger.h"
#include "reconcile.h"
#include "session.h"
#include "transfer.h"
#include <stdio.h>
#include <string.h>

static void note_inventory(struct session *s, struct outcome *o)
{
    size_t count;
    const struct source_item *items = source_items(s->source, &count);
    o->messages = count;
    for (size_t i = 0; i < count; i++)
        o->octets += items[i].octets;
    o->folder_exists = s->dest.exists;
    o->folder_created = s->dest.created;
    o->destination_messages = s->dest.messages;
    o->not_reached = 0;
}

static int work(struct session *s, struct ledger *ledger, int64_t job_id, const struct outcome_sink *sink,
    struct outcome *o, struct error *err)
{
    uint32_t first_uid = s->dest.uidnext;
    note_inventory(s, o);
    if (reconcile(s, ledger, job_id, o, err) < 0 || index_update(s, ledger, job_id, err) < 0) {
        o->not_reached = o->messages;
        return -1;
    }
    if (transfer_run(s, ledger, job_id, sink, o, err) < 0)
        return -1;
    return finish_check(s, ledger, job_id, first_uid ? first_uid : 1, sink, o, err);
}

static int run_session(const struct job *job, const struct world *world, struct ledger *ledger,
    int64_t job_id, const struct outcome_sink *sink, struct outcome *o, struct error *err)
{
    struct session s;
    int rc = session_open(&s, job, world, DEST_CREATE, err);
    if (rc == 0) {
        rc = work(&s, ledger, job_id, sink, o, err);
        struct error ignored; /* nothing was deleted: a QUIT that fails changes nothing */
        session_sign_off(&s, &ignored);
    }
    session_close(&s);
    return rc;
}

static int record_end(struct ledger *ledger, int64_t run, const struct world *world, int rc,
    const struct outcome *o, const struct error *why, struct error *err)
{
    char words[ERROR_TEXT_MAX + 64];
    int exit_code = rc < 0 ? exit_code_of(why) : outcome_attention(o) ? 1 : 0;
    if (rc < 0)
        snprintf(words, sizeof words, "%s", why->text);
    else
        snprintf(words, sizeof words, "%llu copied, %llu need attention", (unsigned long long)o->copied,
            (unsigned long long)outcome_attention(o));
    return ledger_run_end(ledger, run, clock_wall_s(world->clock), exit_code, words, err);
}

int migrate_run(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err)
{
    struct ledger *ledger;
    int64_t job_id, begun_ms = clock_mono_ms(world->clock);
    *ret = (struct outcome){0};
    if (open_ledger(job, &ledger, &job_id, err) < 0)
        return -1;
    int64_t run = ledger_run_begin(ledger, job_id, "migrate", clock_wall_s(world->clock), err);
    int rc = run < 0 ? -1 : run_session(job, world, ledger, job_id, sink, ret, err);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    struct error late;
    if (run >= 0 && record_end(ledger, run, world, rc, ret, err, &late) < 0 && rc == 0) {
        *err = late;
        rc = -1;
    }
    ledger_close(ledger);
    return rc;
}
