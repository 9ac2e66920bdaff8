#include "transfer.h"

#include "crash.h"
#include "ledger_late.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define FULL_STREAK_MAX                                                                                      \
    3 /* refusals in a row for want of room: then the mailbox is full, not the message large */
#define STREAMED_MESSAGES 400
#define SINGLES_A_LANE    16 /* APPENDs of one message each, on their way at once */
#define SINGLES_A_GROUP   8  /* intents made durable together when each message is an APPEND of its own */
#define EARLY_MESSAGES    25 /* an idle lane starts with so many, while the source still delivers */
#define EARLY_OCTETS      (256u * 1024)
#define CAREFUL_MESSAGES  10 /* that were on their way when a connection ended, in one go */

/* One APPEND command on its way. */
struct batch {
    struct transfer *transfer;
    struct lane *lane;
    bool created_folder; /* TRYCREATE was obeyed: once is enough */
    uint64_t octets;
    size_t count;
    struct parcel *parcels[];
};

/* ---- answers ---- */
static void submit(struct batch *b);

static struct batch *batch_new(struct transfer *t, struct lane *lane, struct parcel **parcels, size_t count)
{
    struct batch *b = mem_alloc(sizeof *b + count * sizeof *parcels);
    *b = (struct batch){.transfer = t, .lane = lane, .count = count};
    memcpy(b->parcels, parcels, count * sizeof *parcels);
    for (size_t i = 0; i < count; i++)
        b->octets += parcels[i]->row.octets_sent;
    return b;
}

static void batch_free(struct batch *b)
{
    b->lane->in_flight -= (unsigned)b->count;
    b->lane->in_flight_octets -= b->octets;
    b->transfer->sending -= b->count;
    b->transfer->careful &= b->transfer->sending > 0;
    free(b);
}

/* One UID was not true: then none that was told in this session is known to be, nor that nothing can come
 * below them. What is there is counted at the end, and if need be looked for by the next run. */
static void doubt_uids(struct transfer *t)
{
    const struct dest_mailbox *box = dest_mailbox(t->session->dest);
    uint32_t first = box->next_id ? box->next_id : 1;
    t->uids_doubted = true;
    t->uid_floor = first;
    t->outcome->uids_told = false;
    ledger_forget_uids(t->ledger, t->mailbox, box->epoch, first, &t->fatal);
}

/* A UID that another message has, or that was there before it was sent, is not its own. */
static bool believes_uid(struct transfer *t, const struct parcel *p, uint32_t uid)
{
    if (t->uids_doubted)
        return false;
    if (uid >= t->uid_floor)
        return true;
    bool own = uid >= p->row.floor_uid && ledger_has_uid(t->ledger, t->mailbox,
                                              dest_mailbox(t->session->dest)->epoch, uid, &t->fatal) == 0;
    if (!own)
        doubt_uids(t);
    return own;
}

static void on_stored(struct batch *b, const struct dest_answer *a)
{
    struct transfer *t = b->transfer;
    uint32_t validity = dest_mailbox(t->session->dest)->epoch;
    bool told = a->ids && a->id_count == b->count && (!validity || a->epoch == validity);
    t->full_streak = t->refused_streak = t->task->blame->sent_streak = 0;
    if (!told)
        t->outcome->uids_told = false;
    for (size_t i = 0; i < b->count; i++) {
        struct parcel *p = b->parcels[i];
        uint32_t uid = told ? a->ids[i] : 0;
        if (uid && !t->gmail && !believes_uid(t, p, uid)) /* what Gmail does is found out otherwise */
            uid = 0;
        if (uid >= t->uid_floor)
            t->uid_floor = uid + 1;
        if (!transfer_gmail_takes(p, uid))
            transfer_stored(p, told ? a->epoch : validity, uid);
    }
}

/* The answer said NO: nothing of it was stored (RFC 3502 makes a batch all or nothing). */
static void withdraw(struct batch *b)
{
    struct transfer *t = b->transfer;
    for (size_t i = 0; i < b->count; i++) {
        ledger_withdraw(t->ledger, b->parcels[i]->row.id, &t->fatal);
        parcel_free(b->parcels[i]);
    }
}

/* To an engine that is dead, or in a run that is ending, nothing more may be submitted: nobody would wait. */
static bool may_submit(const struct batch *b)
{
    return !b->transfer->fatal.code && link_alive(&b->lane->link);
}

/* It is sent again in this session, since the answer was NO; some have stored it all the same. What is there
 * at the end tells (late.h): nothing more is to be waited for. */
static void expect_twice(struct batch *b)
{
    struct transfer *t = b->transfer;
    for (size_t i = 0; i < b->count; i++) {
        const struct ledger_message *row = &b->parcels[i]->row;
        if (row->floor_uidvalidity)
            ledger_late_expect(t->ledger, row->id, row->floor_uidvalidity, row->floor_uid, row->intended_s,
                LEDGER_LATE_ANSWERED, &t->fatal);
    }
}

static void give_up(struct batch *b, const struct error *why)
{
    transfer_fail(b->transfer, why);
    withdraw(b);
    batch_free(b);
}

static void on_created(void *ctx, const struct error *error)
{
    struct batch *b = ctx;
    if (!error)
        b->transfer->outcome->folder_created = true;
    if (!may_submit(b)) {
        give_up(b, error ? error : &b->transfer->fatal);
        return;
    }
    submit(b); /* also when it was refused: the APPEND tells whether the mailbox is there */
}

static void split(struct batch *b)
{
    size_t half = b->count / 2;
    struct batch *first = batch_new(b->transfer, b->lane, b->parcels, half);
    struct batch *second = batch_new(b->transfer, b->lane, b->parcels + half, b->count - half);
    first->created_folder = second->created_folder = b->created_folder;
    free(b);
    submit(first);
    submit(second);
}

static void refuses_all(struct batch *b, const struct error *why)
{
    struct transfer *t = b->transfer;
    struct error named = *why;
    t->refuses_all = true;
    named.scope = ERROR_SCOPE_JOB;
    named.retry = ERROR_RETRY_NEVER;
    error_prefix(&named, "%s refused %d messages one after the other, the last one so",
        link_name(&b->lane->link), TRANSFER_REFUSED_MAX);
    error_append(&named, "; see what is wrong with the mailbox, then run the same command again");
    for (size_t i = 0; i + 1 < TRANSFER_REFUSED_MAX; i++)
        transfer_take_back(t->ledger, t->session->job->work_dir, t->refused[i], &t->fatal);
    t->outcome->refused -= TRANSFER_REFUSED_MAX - 1;
    transfer_fail(t, &named);
    withdraw(b);
}

/* No room for this one. After a few of them there is none at all. */
static void no_room_for(struct batch *b, const struct error *why)
{
    struct transfer *t = b->transfer;
    struct error *named = &t->task->room->error;
    *named = *why;
    error_prefix(named, "%s", link_name(&b->lane->link));
    if (++t->full_streak >= FULL_STREAK_MAX) {
        transfer_fail(t, named);
        withdraw(b);
        return;
    }
    transfer_postpone(b->parcels[0], why->text);
}

static void refuse_one(struct batch *b, const struct error *why)
{
    struct transfer *t = b->transfer;
    if (why->code == ERROR_FULL) {
        no_room_for(b, why);
        return;
    }
    if (t->refuses_all) { /* it was not about single messages: this one neither */
        withdraw(b);
        return;
    }
    if (why->code != ERROR_TOO_BIG && transfer_mend(b->parcels[0])) {
        expect_twice(b);
        return;
    }
    if (why->code != ERROR_TOO_BIG && t->refused_streak + 1 == TRANSFER_REFUSED_MAX) {
        refuses_all(b, why);
        return;
    }
    if (why->code != ERROR_TOO_BIG)
        t->refused[t->refused_streak++] = b->parcels[0]->row.id;
    transfer_refuse(b->parcels[0], why->code == ERROR_TOO_BIG ? verdict_name(VERDICT_TOO_BIG) : "refused",
        why->text, true);
}

/* A refusal that one message may have caused; for a batch this is found out by halving it. TRYCREATE that
 * comes again after CREATE is such a one: some servers say it of a message that they cannot parse. */
static bool about_message(const struct error *why)
{
    return why->scope == ERROR_SCOPE_MESSAGE || why->code == ERROR_FULL || why->code == ERROR_NO_FOLDER;
}

static void on_refused(struct batch *b, const struct dest_answer *a)
{
    struct transfer *t = b->transfer;
    finish_forget(t->task->finish); /* more may follow */
    if (!may_submit(b) && (b->count > 1 || a->error->code == ERROR_NO_FOLDER)) {
        give_up(b, a->error);
        return;
    }
    if (a->error->code == ERROR_NO_FOLDER && !b->created_folder) {
        b->created_folder = true;
        if (dest_mailbox(t->session->dest)->exists)
            expect_twice(b);
        dest_create(b->lane->dest, on_created, b);
        return;
    }
    if (about_message(a->error) && b->count > 1) {
        expect_twice(b);
        split(b);
        return;
    }
    if (about_message(a->error) && b->count == 1) {
        refuse_one(b, a->error);
    } else {
        struct error why = *a->error;
        error_prefix(&why, "%s", link_name(&b->lane->link));
        transfer_fail(t, &why);
        withdraw(b);
    }
    batch_free(b);
}

static void on_append(void *ctx, const struct dest_answer *a)
{
    struct batch *b = ctx;
    crash_point("an APPEND was answered");
    for (size_t i = 0; i < b->count && a->status != DEST_STORED; i++)
        transfer_raw_unanswered(b->parcels[i]);
    if (a->status == DEST_REFUSED) {
        on_refused(b, a);
        return;
    }
    if (a->status == DEST_STORED) {
        on_stored(b, a);
    } else { /* unknown: the intents stay open, the next session looks them up */
        transfer_fail(b->transfer, a->error);
        for (size_t i = 0; i < b->count; i++) {
            if (a->error->code == ERROR_LOST || a->error->code == ERROR_TIMEOUT)
                ledger_broke(b->transfer->ledger, b->parcels[i]->row.id, &b->transfer->fatal);
            parcel_free(b->parcels[i]);
        }
    }
    batch_free(b);
}

/* ---- sending ---- */
static ssize_t read_body(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err)
{
    struct parcel *p = ctx;
    return spool_read(p->repaired ? p->repaired : p->spool, offset, dst, len, err);
}

static void submit(struct batch *b)
{
    struct dest_message msgs[TRANSFER_BATCH_MESSAGES];
    for (size_t i = 0; i < b->count; i++) {
        struct parcel *p = b->parcels[i];
        msgs[i] = (struct dest_message){
            .octets = p->row.octets_sent,
            .seen = p->row.seen,
            .answered = p->facts.flags.answered,
            .flagged = p->facts.flags.flagged,
            .draft = p->facts.flags.draft,
            .keywords = p->transfer->keywords ? p->keywords : NULL,
            .date_s = p->row.internaldate_s,
            .read = read_body,
            .ctx = p,
        };
    }
    dest_append(b->lane->dest, msgs, b->count, on_append, b);
}

/* How many may go with the one that is next: one that may break the connection goes with few, or none. */
static size_t company(const struct transfer *t, size_t max)
{
    unsigned broken = t->ready.first->broken;
    size_t few = broken >= BLAME_ALONE || transfer_raw_apart(t->ready.first) ? 1
                 : broken >= BLAME_CAREFUL                                   ? CAREFUL_MESSAGES
                                                                             : max;
    return few < max ? few : max;
}

/* The next parcels for one group of intents, at most max messages and the octets of a batch. */
static size_t take_group(struct transfer *t, struct parcel **group, size_t max)
{
    size_t n = 0;
    uint64_t octets = 0;
    while (t->ready.first && n < (max = company(t, max))) {
        if (n && (transfer_raw_apart(t->ready.first) ||
                     octets + t->ready.first->row.octets_sent > t->memory.batch))
            break;
        octets += t->ready.first->row.octets_sent;
        group[n++] = transfer_queue_take(t);
    }
    return n;
}

static int intend(struct transfer *t, struct parcel **group, size_t n)
{
    struct ledger_message *rows[TRANSFER_BATCH_MESSAGES];
    for (size_t i = 0; i < n; i++) {
        rows[i] = &group[i]->row;
        rows[i]->facts = NULL; /* recorded when it was decided upon */
        rows[i]->mailbox = t->mailbox;
        rows[i]->floor_uidvalidity = dest_mailbox(t->session->dest)->epoch;
        rows[i]->floor_uid = t->uid_floor;
        rows[i]->intended_s = clock_wall_s(t->session->world->clock);
    }
    if (ledger_intend(t->ledger, t->job, rows, n, &t->fatal) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        transfer_cap_sent(group[i]);
    return 0;
}

static void send_group(struct transfer *t, struct lane *lane, size_t max)
{
    struct parcel *group[TRANSFER_BATCH_MESSAGES];
    t->careful = t->ready.first->broken > 0;
    size_t n = take_group(t, group, max);
    if ((t->task->archive && archive_sync(t->task->archive, &t->fatal) < 0) || intend(t, group, n) < 0) {
        for (size_t i = 0; i < n; i++)
            parcel_free(group[i]);
        return;
    }
    transfer_raw_sent(group[0]);
    size_t a_command = dest_traits(lane->dest)->batches ? n : 1;
    for (size_t i = 0; i < n; i += a_command) {
        struct batch *b = batch_new(t, lane, group + i, a_command);
        lane->in_flight += (unsigned)b->count;
        lane->in_flight_octets += b->octets;
        t->sending += b->count;
        submit(b);
    }
}

/* More is on its way from the source, so waiting for a fuller batch costs nothing. */
static bool more_is_coming(const struct transfer *t)
{
    return t->fetching > 0 && t->budget_used < t->memory.budget / 4 * 3;
}

static bool batch_is_worth_it(const struct transfer *t, const struct lane *lane)
{
    if (!more_is_coming(t))
        return true;
    if (!lane->in_flight)
        return t->ready_count >= EARLY_MESSAGES || t->ready_octets >= EARLY_OCTETS;
    return t->ready_count >= TRANSFER_BATCH_MESSAGES || t->ready_octets >= t->memory.batch;
}

/* Nothing beside what may break the connection: else it would not be known which one did. */
static bool must_wait(const struct transfer *t)
{
    return t->sending && (t->careful || t->ready.first->broken);
}

static void feed_lane(struct transfer *t, struct lane *lane)
{
    for (transfer_prepare_raw(t); t->ready.first && !t->fatal.code && !must_wait(t);
         transfer_prepare_raw(t)) {
        if (dest_traits(lane->dest)->batches) {
            if (lane->in_flight_octets > t->memory.streamed || lane->in_flight > STREAMED_MESSAGES ||
                !batch_is_worth_it(t, lane))
                return;
            send_group(t, lane, TRANSFER_BATCH_MESSAGES);
        } else {
            if (lane->in_flight + SINGLES_A_GROUP > SINGLES_A_LANE)
                return;
            send_group(t, lane, SINGLES_A_GROUP);
        }
    }
}

void transfer_send_more(struct transfer *t)
{
    transfer_drop_doubted(t);
    transfer_queue_take_suspects(t);
    for (size_t i = 0; i < t->session->lane_count; i++) {
        struct lane *lane = &t->session->lanes[i];
        if (lane->usable && link_alive(&lane->link))
            feed_lane(t, lane);
    }
}
