#include "transfer.h"

#include "hash_set.h"
#include "identity.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE   100 /* messages asked for in one command */
#define ORIGINALS 16  /* of the same identity, looked at for one message */

/* What a row told. */
struct gmail_id {
    uint32_t uid;
    uint64_t id;
};

struct transfer_gmail {
    struct parcel_queue waiting, asked; /* asked: of the command that is on its way */
    bool in_flight;
    struct gmail_id *ids; /* of that command */
    size_t id_count;
    size_t comparing;      /* contents of originals asked for */
    struct hash_set known; /* X-GM-MSGIDs that are accounted for */
};

void transfer_gmail_begin(struct transfer *t)
{
    if (!dest_traits(t->session->dest)->keeps_twins)
        t->gmail = mem_alloc(sizeof *t->gmail);
}

void transfer_gmail_end(struct transfer *t)
{
    if (!t->gmail)
        return;
    hash_set_done(&t->gmail->known);
    free(t->gmail->ids);
    free(t->gmail);
    t->gmail = NULL;
}

bool transfer_gmail_idle(const struct transfer *t)
{
    const struct transfer_gmail *g = t->gmail;
    return !g || (!g->in_flight && !g->waiting.first && !g->comparing);
}

bool transfer_gmail_takes(struct parcel *p, uint32_t uid)
{
    struct transfer_gmail *g = p->transfer->gmail;
    if (!g || !uid)
        return false;
    p->uid = uid;
    transfer_queue_append(&g->waiting, p);
    return true;
}

/* With no room left, what is there is still looked at. */
static bool stopped(const struct transfer *t)
{
    return t->fatal.code && t->fatal.code != ERROR_FULL;
}

/* Those that may be taken for it: of its identity, under other UIDs. */
static size_t originals(const struct parcel *p, uint32_t uids[ORIGINALS])
{
    struct transfer *t = p->transfer;
    uint8_t ident[SHA256_OCTETS];
    size_t n = 0, kept = 0;
    identity_of(&p->facts, ident);
    ledger_uids_of_ident(t->ledger, &t->task->part, dest_mailbox(t->session->dest)->epoch, ident, uids,
        ORIGINALS, &n, &t->fatal);
    for (size_t i = 0; i < n; i++)
        if (uids[i] != p->uid)
            uids[kept++] = uids[i];
    return kept;
}

/* ---- the answer ---- */
static uint64_t id_of(const struct transfer_gmail *g, uint32_t uid)
{
    for (size_t i = 0; i < g->id_count; i++)
        if (g->ids[i].uid == uid)
            return g->ids[i].id;
    return 0;
}

static bool note_known(struct transfer_gmail *g, uint64_t id)
{
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(&id, sizeof id, digest);
    return hash_set_add(&g->known, digest);
}

/* original: 0: not known which. differs: its content is known to be another. */
static void swallow(struct parcel *p, uint32_t original, bool differs)
{
    struct transfer *t = p->transfer;
    int64_t id = p->row.id;
    char which[40] = "another message", words[300];
    if (original)
        snprintf(which, sizeof which, "UID %u", original);
    snprintf(words, sizeof words,
        "Gmail took it for a duplicate of %s, by its Message-ID, and did not store it%s; it is not sent again before "
        "--retry-quarantined says so",
        which, differs ? ": their content differs" : "");
    log_line(&t->session->world->log, LOG_WARN, "%s, mailbox %s: nr %u: %s", session_destination(t->session),
        t->session->mailbox, t->items[p->item].number, words);
    transfer_refuse(p, "swallowed", words, true);
    if (!stopped(t))
        ledger_swallowed(t->ledger, id, &t->fatal);
}

static void settle_there(struct parcel *p, uint32_t uid)
{
    struct transfer *t = p->transfer;
    t->outcome->present++;
    transfer_report(p, verdict_name(VERDICT_PRESENT), "Gmail holds the same content already", false);
    p->row.uidvalidity = dest_mailbox(t->session->dest)->epoch;
    p->row.uid = uid;
    p->row.state = LEDGER_PRESENT;
    if (ledger_put(t->ledger, t->job, &p->row, &t->fatal) == 0)
        parcel_free(p);
}

/* The original's. */
static void on_content(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    const uint8_t *sent = p->row.fingerprint_sent ? p->row.fingerprint_sent : p->facts.fingerprint;
    t->gmail->comparing--;
    if (error || stopped(t)) {
        if (error)
            transfer_fail(t, error);
        parcel_free(p); /* it stays an intent: the next session looks it up */
    } else if (found && !memcmp(facts->fingerprint, sent, SHA256_OCTETS)) {
        settle_there(p, uid);
    } else {
        swallow(p, uid, found);
    }
}

static void compare_with(struct parcel *p, uint32_t original)
{
    p->transfer->gmail->comparing++;
    content_read(p->transfer->contents, original, on_content, p);
}

/* Of those that the row of this one is another name of, or in whose favour it was dropped. */
static uint32_t find_original(const struct transfer_gmail *g, const struct parcel *p, uint64_t id)
{
    uint32_t uids[ORIGINALS];
    size_t n = originals(p, uids);
    for (size_t i = 0; i < n; i++) {
        uint64_t other = id_of(g, uids[i]);
        if (other && (!id || id == other))
            return uids[i];
    }
    return 0;
}

static void judge(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct transfer_gmail *g = t->gmail;
    uint32_t validity = dest_mailbox(t->session->dest)->epoch;
    uint64_t id = id_of(g, p->uid);
    int taken = ledger_uid_taken(t->ledger, t->mailbox, validity, p->uid, p->row.id, &t->fatal);
    uint32_t original = taken < 0 ? 0 : taken ? p->uid : find_original(g, p, id);
    if (taken < 0 || stopped(t)) {
        parcel_free(p);
    } else if (original && !id && !p->asked_twice) {
        p->asked_twice = true; /* what another connection has brought may show a little later */
        transfer_queue_append(&g->waiting, p);
    } else if (original) {
        compare_with(p, original);
    } else if (id && note_known(g, id)) {
        swallow(p, 0, false);
    } else {
        transfer_stored(
            p, validity, p->uid); /* also what is not there, for no reason that is seen: finish.c tells */
    }
}

static void on_row(void *ctx, uint32_t uid, uint64_t id)
{
    struct transfer_gmail *g = ((struct transfer *)ctx)->gmail;
    if (id_of(g, uid))
        return;
    g->ids = mem_grow(g->ids, g->id_count + 1, sizeof *g->ids);
    g->ids[g->id_count++] = (struct gmail_id){uid, id};
}

static void on_answer(void *ctx, bool told, const struct error *error)
{
    struct transfer *t = ctx;
    struct transfer_gmail *g = t->gmail;
    struct parcel_queue asked = g->asked;
    g->asked = (struct parcel_queue){0};
    g->in_flight = false;
    for (struct parcel *p = transfer_queue_pop(&asked); p; p = transfer_queue_pop(&asked)) {
        if (error || stopped(t))
            parcel_free(p); /* it stays an intent: the next session looks it up */
        else if (!told)
            transfer_stored(
                p, dest_mailbox(t->session->dest)->epoch, p->uid); /* it says so, and tells no more */
        else
            judge(p);
    }
}

static void on_refreshed(void *ctx, const struct error *error)
{
    (void)ctx;
    (void)error;
}

/* ---- the question ---- */
void transfer_gmail_go(struct transfer *t)
{
    struct transfer_gmail *g = t->gmail;
    uint32_t ask[AT_ONCE * (ORIGINALS + 1)];
    size_t count = 0;
    const struct link *link = &t->session->lanes[0].link;
    if (!g || g->in_flight || !g->waiting.first || dest_mailbox(t->session->dest)->released ||
        !link_alive(link) || stopped(t))
        return;
    for (size_t i = 0; i < AT_ONCE && g->waiting.first; i++) {
        struct parcel *p = transfer_queue_pop(&g->waiting);
        uint32_t uids[ORIGINALS];
        size_t n = originals(p, uids);
        ask[count++] = p->uid;
        for (size_t k = 0; k < n; k++)
            ask[count++] = uids[k];
        transfer_queue_append(&g->asked, p);
    }
    g->in_flight = true;
    g->id_count = 0;
    dest_refresh(
        link->dest, on_refreshed, NULL); /* else what another connection has brought may not show yet */
    dest_twins(link->dest, ask, count, on_row, on_answer, t);
}
