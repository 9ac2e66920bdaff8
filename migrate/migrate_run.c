#include "migrate.h"

#include "exit_code.h"
#include "finish.h"
#include "index.h"
#include "mem.h"
#include "open_ledger.h"
#include "reconcile.h"
#include "session.h"
#include "transfer.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>

static void note_inventory(struct session *s, struct outcome *o)
{
    size_t count;
    const struct source_item *items = source_items(s->source, &count);
    o->inventory_taken = true;
    o->messages = count;
    for (size_t i = 0; i < count; i++)
        o->octets += items[i].octets;
    o->folder_exists = s->dest.exists;
    o->folder_created = s->dest.created;
    o->destination_messages = s->dest.messages;
}

struct run {
    const struct world *world;
    struct ledger *ledger;
    int64_t job_id;
    const struct outcome_sink *sink;
    bool opened;          /* both sides were signed in at least once */
    unsigned reopened;    /* attempts after a connection that was closed before that */
    uint32_t uidvalidity; /* of the destination when base was noted */
    struct finish_base base;
};

/* A mailbox that was made anew meanwhile is a new beginning. */
static void note_base(struct run *r, const struct session *s)
{
    const struct dest *dest = &s->dest;
    if (r->base.begun_s && r->uidvalidity == dest->uidvalidity)
        return;
    r->uidvalidity = dest->uidvalidity;
    r->base = (struct finish_base){
        .first_uid = dest->uidnext ? dest->uidnext : 1, .messages = dest->messages, .begun_s = s->begun_s};
}

static int work(struct run *r, struct session *s, struct outcome *o, struct error *err)
{
    bool first = !r->base.begun_s;
    note_base(r, s);
    struct finish finish CLEANUP(finish_done) = {0};
    note_inventory(s, o);
    if (reconcile(s, r->ledger, r->job_id, o, err) < 0 || index_update(s, r->ledger, r->job_id, err) < 0)
        return -1;
    if (transfer_run(s, r->ledger, r->job_id, &finish, r->sink, o, err) < 0)
        return -1;
    if (!first) /* sent by an earlier session of this run: the mailbox did not hold them when base was noted
                 */
        r->base.copied += o->recovered;
    return finish_check(&finish, s, r->ledger, r->job_id, &r->base, r->sink, o, err);
}

static int run_session(struct run *r, const struct job *job, struct outcome *o, struct error *err)
{
    struct session s;
    int rc = session_open(&s, job, r->world, DEST_CREATE, err);
    if (rc == 0) {
        r->opened = true;
        rc = work(r, &s, o, err);
        outcome_count_rest(o);
        struct error ignored; /* nothing was deleted: a QUIT that fails changes nothing */
        session_sign_off(&s, &ignored);
    }
    session_close(&s);
    return rc;
}

/* A connection that breaks under way is made again, a few times as long as nothing gets better by it. One
 * that cannot be made in the first place is the user's to look at. */
#define ATTEMPTS      4
#define FIRST_WAIT_MS 1000

static bool worth_another(struct run *r, const struct error *why)
{
    switch (why->code) {
    case ERROR_LOST: /* also while signing in: a server that restarts, or is still busy with the session
                        before */
        return r->opened || !r->reopened++;
    case ERROR_CONNECT:
    case ERROR_TIMEOUT:
        return r->opened;
    case ERROR_PROTOCOL:
        return r->opened && why->retry == ERROR_RETRY_NOW;
    default:
        return false;
    }
}

/* Waits with the power of two, less up to a quarter so that many jobs do not come back at the same moment. */
static int64_t wait_before(int attempt, int64_t now_ms)
{
    int64_t ms = (int64_t)FIRST_WAIT_MS << attempt;
    return ms - now_ms % (ms / 4);
}

static bool pause_ms(const struct world *world, int64_t ms)
{
    int64_t until_ms = clock_mono_ms(world->clock) + ms;
    while (clock_mono_ms(world->clock) < until_ms) {
        if (world->stop && world->stop(world->ctx))
            return false;
        poll(NULL, 0, 50);
    }
    return true;
}

static int run_sessions(struct run *r, const struct job *asked, struct outcome *o, struct error *err)
{
    struct job job = *asked;
    int rc = run_session(r, &job, o, err);
    uint64_t copied = o->copied; /* by the last session alone */
    for (int attempt = 0; rc < 0 && worth_another(r, err) && attempt < ATTEMPTS; attempt++) {
        struct outcome before = *o;
        int64_t wait_ms = wait_before(attempt, clock_mono_ms(r->world->clock));
        log_line(&r->world->log, LOG_WARN, "%s; connecting again in %lld.%lld s", err->text,
            (long long)wait_ms / 1000, (long long)wait_ms / 100 % 10);
        if (!pause_ms(r->world, wait_ms))
            return rc;
        if (err->code == ERROR_PROTOCOL)
            job.one_at_a_time = true;
        if (asked->limit != UINT64_MAX)
            job.limit = asked->limit > o->copied + o->recovered ? asked->limit - o->copied - o->recovered : 0;
        r->base.copied += copied;
        *o = (struct outcome){0};
        rc = run_session(r, &job, o, err);
        copied = o->copied;
        outcome_resume(o, &before);
        if (o->copied > before.copied)
            attempt = -1;
    }
    if (rc == 0)
        *err = (struct error){0}; /* of a session that was taken up again */
    if (rc == 0 && o->not_reached)
        return error_unhandled(err, "messages that are counted nowhere");
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
    struct run r = {.world = world, .ledger = ledger, .job_id = job_id, .sink = sink};
    int rc = run < 0 ? -1 : run_sessions(&r, job, ret, err);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    struct error late;
    if (run >= 0 && record_end(ledger, run, world, rc, ret, err, &late) < 0 && rc == 0) {
        *err = late;
        rc = -1;
    }
    ledger_close(ledger);
    return rc;
}
