#include "transfer.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define LANES_FOR_ROUND_TRIPS 4     /* where each message costs a round trip of its own */
#define DRAIN_MS              10000 /* asked to stop: then the next run looks up what is not answered */
#define LANES_WORTH_IT        8     /* messages, below which one connection does */

/* Without lane 0 nothing can be compared or checked any more. */
static void note_broken_lane(struct transfer *t)
{
    const struct link *l = &t->session->lanes[0].link;
    if (l->error.code)
        transfer_fail(t, &l->error);
}

/* All is sent on the one connection: its answers come before that of a question asked now. */
static void ask_early(struct transfer *t)
{
    bool all_sent = t->next == t->count && !t->cap.held && t->sending && t->live_count == t->sending;
    if (all_sent && t->session->lane_count == 1 && !t->task->finish->asked && !t->task->finish->waiting)
        finish_ask(t->task->finish, t->session);
}

static bool finished(void *ctx)
{
    struct transfer *t = ctx;
    note_broken_lane(t);
    transfer_fetch_more(t);
    transfer_send_more(t);
    transfer_gmail_go(t);
    content_reader_go(t->contents);
    ask_early(t);
    if (t->fatal.code == ERROR_FULL && !(content_reader_idle(t->contents) && transfer_gmail_idle(t)))
        return false; /* the destination is asked once more, at the end: so nothing is broken off */
    if (t->fatal.code)
        return !t->sending ||
               (t->drain_until_ms && clock_mono_ms(t->session->world->clock) >= t->drain_until_ms);
    return (t->next == t->count || t->source_error.code) && !t->live_count &&
           content_reader_idle(t->contents);
}

static void add_lanes(struct transfer *t)
{
    struct session *s = t->session;
    size_t want = s->job->connections;
    if (!want)
        want = !dest_traits(s->dest)->streams && t->count > LANES_WORTH_IT ? LANES_FOR_ROUND_TRIPS : 1;
    session_add_lanes(s, want);
}

/* The run cannot go on as it was: where the source broke, what it gave is still sent; in any case what was
 * sent is waited for, so that the next run need not look it up. */
static void drain(struct transfer *t, const struct error *why)
{
    struct session *s = t->session;
    struct error stopped = *why;
    const struct link *source = &s->source_link;
    if (source->error.code && !t->source_error.code)
        t->source_error = source->error;
    if (!t->source_error.code || link_run_until(&s->loop, finished, t, &stopped) < 0) {
        bool (*stop)(void *ctx) = s->loop.stop;
        struct error ignored;
        transfer_fail(t, &stopped);
        if (stopped.code == ERROR_CANCELLED)
            t->drain_until_ms = clock_mono_ms(s->world->clock) + DRAIN_MS;
        s->loop.stop = NULL;
        link_run_until(&s->loop, finished, t, &ignored);
        s->loop.stop = stop;
    }
    if (t->source_error.code)
        transfer_fail(t, &t->source_error);
}

/* Nothing may call back into *t any more: end what is outstanding, with every callback fired. */
static void abandon(struct transfer *t, const struct error *why)
{
    session_abandon(t->session, why);
    content_reader_abort(t->contents, why);
    while (t->live)
        parcel_free(t->live);
}

/* The message at which the session before broke is asked for first, and alone; if it was by silence, last. */
static void suspect_first(struct transfer *t)
{
    const struct blame *blame = t->task->blame;
    for (size_t i = 0; blame->times && i < t->count; i++) {
        size_t item = t->todo[i];
        if (!blame_is_suspect(blame, &t->items[item]))
            continue;
        if (blame->silent) {
            memmove(t->todo + i, t->todo + i + 1, (t->count - i - 1) * sizeof *t->todo);
            t->todo[t->count - 1] = item;
            return;
        }
        memmove(t->todo + 1, t->todo, i * sizeof *t->todo);
        t->todo[0] = item;
        t->first_alone = true;
        return;
    }
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static struct transfer_memory divide_memory(uint64_t octets)
{
    uint64_t budget = octets ? least(octets, TRANSFER_BUDGET_OCTETS) : TRANSFER_BUDGET_OCTETS;
    return (struct transfer_memory){.budget = budget,
        .streamed = least(budget / 3, TRANSFER_STREAM_OCTETS),
        .batch = least(budget / 4, TRANSFER_BATCH_OCTETS),
        .spool = (size_t)least(budget / 8, TRANSFER_SPOOL_MEMORY)};
}

static void start(struct transfer *t)
{
    const struct dest_mailbox *box = dest_mailbox(t->session->dest);
    t->items = source_items(t->session->source, &t->item_count);
    t->count = t->task->place->count;
    t->todo = mem_array(t->count, sizeof *t->todo);
    if (t->count)
        memcpy(t->todo, t->task->place->items, t->count * sizeof *t->todo);
    suspect_first(t);
    t->keywords = box->keywords;
    t->by_mailbox = job_places_by_path(t->session->job) && !t->session->job->dedup_account;
    t->memory = divide_memory(t->session->job->memory_octets);
    t->account = endpoint_account(&t->session->job->from);
    t->scan = mail_scan_new();
    t->contents = content_reader_new(t->session->dest);
    t->now_s = clock_wall_s(t->session->world->clock);
    t->uid_floor = box->next_id ? box->next_id : 1;
    transfer_gmail_begin(t);
    t->policy = (struct plan_policy){.append_limit = box->append_limit,
        .copies_left = *t->task->copies_left,
        .retry_quarantined = t->session->job->retry_quarantined};
    if (transfer_raw_begin(t, &t->fatal) == 0)
        transfer_cap_begin(t, &t->fatal);
}

/* A duplicate is settled only through its twin: where that was not stored, neither was this. */
static void check_duplicates(struct transfer *t)
{
    struct error ignored;
    struct error *err = t->fatal.code ? &ignored : &t->fatal;
    bool ended_early = t->fatal.code;
    for (size_t i = 0; i < t->duplicate_count; i++) {
        struct ledger_message twin;
        const struct source_item *it = &t->items[t->duplicates[i].item];
        int rc = ledger_find_id(t->ledger, t->duplicates[i].twin, &twin, err);
        if (rc < 0 || (rc == 1 && (twin.state == LEDGER_DONE || twin.state == LEDGER_PRESENT)))
            continue;
        t->outcome->duplicates--;
        if (ended_early) /* its twin may still be stored by a later run: not settled, nothing to report */
            continue;
        t->outcome->refused++;
        session_keep_source(t->session); /* one that hides what was read must show it again */
        struct outcome_message m = {
            .number = it->number,
            .key = it->key ? it->key : "",
            .message_id = rc == 1 && twin.message_id ? twin.message_id : "",
            .from = rc == 1 && twin.from ? twin.from : "",
            .subject = rc == 1 && twin.subject ? twin.subject : "",
            .date_s = MAIL_NO_DATE,
            .octets = it->octets,
            .verdict = "refused",
            .reason = "the same content as another message, which was not stored",
            .certain = true,
            .attention = true,
        };
        outcome_tell(t->sink, &m);
    }
}

/* What was settled is made durable, also when the run has failed; the first error counts. */
static int settle(struct transfer *t, struct error *err)
{
    struct error late = {0};
    if (t->task->archive && archive_sync(t->task->archive, &late) < 0)
        transfer_fail(t, &late);
    if (ledger_commit(t->ledger, &late) < 0)
        transfer_fail(t, &late);
    if (!t->fatal.code)
        return 0;
    *err = t->fatal;
    return -1;
}

int transfer_run(struct session *s, struct ledger *ledger, const struct transfer_task *task,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err)
{
    struct transfer t = {.session = s,
        .ledger = ledger,
        .task = task,
        .job = task->part.job,
        .mailbox = task->part.mailbox,
        .sink = sink,
        .outcome = outcome};
    start(&t);
    transfer_doubt_begin(&t);
    dest_release(s->dest);
    add_lanes(&t);
    session_phase(s, "copying");
    struct error broken;
    int rc = session_run_until(s, finished, &t, &broken);
    if (rc < 0)
        drain(&t, &broken);
    else if (t.source_error.code)
        transfer_fail(&t, &t.source_error);
    if (t.fatal.code)
        abandon(&t, &t.fatal);
    else
        transfer_cap_end(&t, &t.fatal);
    transfer_doubt_end(&t);
    check_duplicates(&t);
    if (t.fatal.code == ERROR_FULL) {
        task->room->none = true;
        t.fatal = (struct error){0};
    }
    *task->copies_left = t.policy.copies_left;
    rc = settle(&t, err);
    mail_scan_free(t.scan);
    content_reader_free(t.contents);
    transfer_gmail_end(&t);
    free(t.by_key);
    free(t.duplicates);
    free(t.account);
    free(t.todo);
    return rc;
}
