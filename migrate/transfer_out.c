#include "transfer.h"

#include "crash.h"
#include "mail_repair.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE (64 * 1024)
#define FULL_STREAK_MAX                                                                                      \
    3 /* refusals in a row for want of room: then the mailbox is full, not the message large */
#define STREAMED_OCTETS   (8u * 1024 * 1024) /* batches on their way at once, to cover the round trip */
#define STREAMED_MESSAGES 400
#define SINGLES_A_LANE    16 /* APPENDs of one message each, on their way at once */
#define SINGLES_A_GROUP   8  /* intents made durable together when each message is an APPEND of its own */
#define EARLY_MESSAGES    25 /* an idle lane starts with so many, while the source still delivers */
#define EARLY_OCTETS      (256u * 1024)

/* One APPEND command on its way. */
struct batch {
    struct transfer *transfer;
    struct lane *lane;
    bool created_folder; /* TRYCREATE was obeyed: once is enough */
    uint64_t octets;
    size_t count;
    struct parcel *parcels[];
};

void transfer_fail(struct transfer *t, const struct error *why)
{
    if (!t->fatal.code)
        t->fatal = *why;
}

/* ---- making a message fit to be sent ---- */
static int repair_into(struct parcel *p, struct sha256 *hash, struct error *err)
{
    struct mail_repair repair;
    struct buf out CLEANUP(buf_done) = {0};
    char piece[PIECE];
    uint64_t offset = 0;
    ssize_t n;
    mail_repair_init(&repair);
    do {
        n = spool_read(p->spool, offset, piece, sizeof piece, err);
        if (n < 0)
            return -1;
        offset += (uint64_t)n;
        if (n > 0)
            mail_repair_feed(&repair, piece, (size_t)n, &out);
        else
            mail_repair_finish(&repair, &out);
        if (!n && !spool_octets(p->repaired) && !buf_len(&out))
            buf_append(&out, "\r\n", 2); /* an empty message: IMAP has no literal of 0 octets for it */
        sha256_update(hash, buf_bytes(&out), buf_len(&out));
        if (spool_write(p->repaired, buf_bytes(&out), buf_len(&out), err) < 0)
            return -1;
        buf_clear(&out);
    } while (n > 0);
    return 0;
}

static int repair(struct parcel *p, struct error *err)
{
    char words[256];
    if (!mail_repair_needed(&p->facts) && p->facts.octets) {
        memcpy(p->sha256_sent, p->facts.sha256, SHA256_OCTETS);
        p->row.octets_sent = p->facts.octets;
        return 0;
    }
    p->repaired = spool_new(p->transfer->session->job->work_dir, TRANSFER_SPOOL_MEMORY);
    struct sha256 *hash = sha256_new();
    int rc = repair_into(p, hash, err);
    sha256_final(hash, p->sha256_sent);
    sha256_free(hash);
    p->row.octets_sent = spool_octets(p->repaired);
    p->repairs = mem_strdup(p->facts.octets ? mail_repair_words(&p->facts, words, sizeof words)
                                            : "empty message sent as one line end");
    p->row.repairs = p->repairs;
    return rc;
}

static bool seen(const struct parcel *p, int64_t internaldate_s)
{
    const struct job *job = p->transfer->session->job;
    switch (job->seen) {
    case SEEN_ALL:
        return true;
    case SEEN_NONE:
        return false;
    case SEEN_BY_AGE:
        break;
    }
    if (p->facts.flags.known)
        return p->facts.flags.seen;
    return internaldate_s < p->transfer->now_s - (int64_t)job->seen_older_than_days * 86400;
}

int transfer_make_ready(struct parcel *p, struct error *err)
{
    struct transfer *t = p->transfer;
    enum mail_date_source source;
    if (repair(p, err) < 0)
        return -1;
    p->row.sha256_sent = p->sha256_sent;
    p->row.internaldate_s = mail_date_internal(&p->facts, t->now_s, &source);
    p->row.date_source = mail_date_source_name(source);
    p->row.seen = seen(p, p->row.internaldate_s);
    p->row.state = LEDGER_OPEN;
    if (ledger_put(t->ledger, t->job, &p->row, err) < 0)
        return -1;
    p->state = PARCEL_SENDING;
    p->queue_next = NULL;
    *(t->ready_last ? &t->ready_last->queue_next : &t->ready_first) = p;
    t->ready_last = p;
    t->ready_count++;
    t->ready_octets += p->row.octets_sent;
    return 0;
}

static struct parcel *take_ready(struct transfer *t)
{
    struct parcel *p = t->ready_first;
    t->ready_first = p->queue_next;
    if (!t->ready_first)
        t->ready_last = NULL;
    t->ready_count--;
    t->ready_octets -= p->row.octets_sent;
    return p;
}

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
    free(b);
}

static void count_copied(struct parcel *p)
{
    struct outcome *o = p->transfer->outcome;
    enum mail_date_source source;
    mail_date_internal(&p->facts, p->transfer->now_s, &source);
    o->by_date_source[source]++;
    o->copied++;
    o->copied_octets += p->row.octets_sent;
    o->repaired += p->repaired != NULL;
    p->transfer->session->progress.copied++;
}

static void on_stored(struct batch *b, const struct imap_result *res)
{
    struct transfer *t = b->transfer;
    uint32_t validity = t->session->dest.uidvalidity;
    bool told = res->uids && res->uid_count == b->count && (!validity || res->uidvalidity == validity);
    t->full_streak = 0;
    if (!told)
        t->outcome->uids_told = false;
    for (size_t i = 0; i < b->count; i++) {
        struct parcel *p = b->parcels[i];
        uint32_t uid = told ? res->uids[i] : 0;
        if (uid >= t->uid_floor)
            t->uid_floor = uid + 1;
        crash_point("before a message is recorded as done");
        ledger_done(t->ledger, p->row.id, told ? res->uidvalidity : 0, uid, &t->fatal);
        count_copied(p);
        transfer_report(p, verdict_name(VERDICT_COPY), p->repairs ? p->repairs : "", false);
        parcel_free(p);
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

static void give_up(struct batch *b, const struct error *why)
{
    transfer_fail(b->transfer, why);
    withdraw(b);
    batch_free(b);
}

static void on_created(void *ctx, const struct imap_result *res)
{
    struct batch *b = ctx;
    if (res->status == IMAP_OK)
        b->transfer->outcome->folder_created = true;
    if (!may_submit(b)) {
        give_up(b, res->error ? res->error : &b->transfer->fatal);
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

static void refuse_one(struct batch *b, const struct error *why)
{
    struct transfer *t = b->transfer;
    bool full = why->code == ERROR_FULL;
    t->full_streak += full;
    if (full && t->full_streak >= FULL_STREAK_MAX) {
        struct error named = *why;
        error_prefix(&named, "%s", stream_name(b->lane->link.stream));
        transfer_fail(t, &named);
        withdraw(b);
        return;
    }
    transfer_refuse(b->parcels[0], why->code == ERROR_TOO_BIG ? verdict_name(VERDICT_TOO_BIG) : "refused",
        why->text, true);
}

/* A refusal that one message may have caused; for a batch this is found out by halving it. TRYCREATE that
 * comes again after CREATE is such a one: some servers say it of a message that they cannot parse. */
static bool about_message(const struct error *why)
{
    return why->scope == ERROR_SCOPE_MESSAGE || why->code == ERROR_FULL || why->code == ERROR_NO_FOLDER;
}

static void on_refused(struct batch *b, const struct imap_result *res)
{
    struct transfer *t = b->transfer;
    finish_forget(t->finish); /* more may follow */
    if (!may_submit(b) && (b->count > 1 || res->error->code == ERROR_NO_FOLDER)) {
        give_up(b, res->error);
        return;
    }
    if (res->error->code == ERROR_NO_FOLDER && !b->created_folder) {
        b->created_folder = true;
        imap_create(b->lane->imap, t->session->dest.wire, on_created, b);
        return;
    }
    if (about_message(res->error) && b->count > 1) {
        split(b);
        return;
    }
    if (about_message(res->error) && b->count == 1) {
        refuse_one(b, res->error);
    } else {
        struct error why = *res->error;
        error_prefix(&why, "%s", stream_name(b->lane->link.stream));
        transfer_fail(t, &why);
        withdraw(b);
    }
    batch_free(b);
}

static void on_append(void *ctx, const struct imap_result *res)
{
    struct batch *b = ctx;
    crash_point("an APPEND was answered");
    if (res->status == IMAP_NO || res->status == IMAP_BAD) {
        on_refused(b, res);
        return;
    }
    if (res->status == IMAP_OK) {
        on_stored(b, res);
    } else { /* unknown: the intents stay open, the next run looks them up */
        transfer_fail(b->transfer, res->error);
        for (size_t i = 0; i < b->count; i++)
            parcel_free(b->parcels[i]);
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
    struct imap_append_msg msgs[TRANSFER_BATCH_MESSAGES];
    for (size_t i = 0; i < b->count; i++) {
        struct parcel *p = b->parcels[i];
        msgs[i] = (struct imap_append_msg){
            .octets = p->row.octets_sent,
            .seen = p->row.seen,
            .answered = p->facts.flags.answered,
            .flagged = p->facts.flags.flagged,
            .draft = p->facts.flags.draft,
            .internaldate_s = p->row.internaldate_s,
            .read = read_body,
            .ctx = p,
        };
    }
    imap_append(b->lane->imap, b->transfer->session->dest.wire, msgs, b->count, on_append, b);
}

static bool streams_batches(const struct lane *lane)
{
    const struct imap_caps *caps = imap_caps(lane->imap);
    return caps->multiappend && caps->literal_plus;
}

/* The next parcels for one group of intents, at most max messages and the octets of a batch. */
static size_t take_group(struct transfer *t, struct parcel **group, size_t max)
{
    size_t n = 0;
    uint64_t octets = 0;
    while (t->ready_first && n < max) {
        if (n && octets + t->ready_first->row.octets_sent > TRANSFER_BATCH_OCTETS)
            break;
        octets += t->ready_first->row.octets_sent;
        group[n++] = take_ready(t);
    }
    return n;
}

static int intend(struct transfer *t, struct parcel **group, size_t n)
{
    struct ledger_message *rows[TRANSFER_BATCH_MESSAGES];
    for (size_t i = 0; i < n; i++) {
        rows[i] = &group[i]->row;
        rows[i]->facts = NULL; /* recorded when it was decided upon */
        rows[i]->floor_uidvalidity = t->session->dest.uidvalidity;
        rows[i]->floor_uid = t->uid_floor;
        rows[i]->intended_s = clock_wall_s(t->session->world->clock);
    }
    return ledger_intend(t->ledger, t->job, rows, n, &t->fatal);
}

static void send_group(struct transfer *t, struct lane *lane, size_t max)
{
    struct parcel *group[TRANSFER_BATCH_MESSAGES];
    size_t n = take_group(t, group, max);
    if (intend(t, group, n) < 0) {
        for (size_t i = 0; i < n; i++)
            parcel_free(group[i]);
        return;
    }
    size_t a_command = streams_batches(lane) ? n : 1;
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
    return t->fetching > 0 && t->budget_used < TRANSFER_BUDGET_OCTETS * 3 / 4;
}

static bool batch_is_worth_it(const struct transfer *t, const struct lane *lane)
{
    if (!more_is_coming(t))
        return true;
    if (!lane->in_flight)
        return t->ready_count >= EARLY_MESSAGES || t->ready_octets >= EARLY_OCTETS;
    return t->ready_count >= TRANSFER_BATCH_MESSAGES || t->ready_octets >= TRANSFER_BATCH_OCTETS;
}

static void feed_lane(struct transfer *t, struct lane *lane)
{
    while (t->ready_first && !t->fatal.code) {
        if (streams_batches(lane)) {
            if (lane->in_flight_octets > STREAMED_OCTETS || lane->in_flight > STREAMED_MESSAGES ||
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
    for (size_t i = 0; i < t->session->lane_count; i++) {
        struct lane *lane = &t->session->lanes[i];
        if (lane->usable && link_alive(&lane->link))
            feed_lane(t, lane);
    }
}
