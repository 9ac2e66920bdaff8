#include "transfer.h"

#include "crash.h"
#include "identity.h"
#include "index.h"
#include "mail_words.h"
#include "mem.h"
#include "quarantine.h"
#include <stdlib.h>
#include <string.h>

/* ---- is the same content elsewhere? ---- */
static int compare_key(const void *a, const void *b)
{
    const struct source_item *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static bool in_inventory(struct transfer *t, const char *key)
{
    size_t n = 0;
    if (!key)
        return false;
    if (!t->by_key) {
        t->by_key = mem_array(t->item_count, sizeof *t->by_key);
        for (size_t i = 0; i < t->item_count; i++)
            if (t->items[i].key)
                t->by_key[n++] = &t->items[i];
        qsort(t->by_key, n, sizeof *t->by_key, compare_key);
        t->by_key_count = n;
    }
    struct source_item probe = {.key = (char *)key};
    const struct source_item *want = &probe;
    return bsearch(&want, t->by_key, t->by_key_count, sizeof *t->by_key, compare_key) != NULL;
}

static struct parcel *live_twin(const struct parcel *p)
{
    for (struct parcel *q = p->transfer->live; q; q = q->next)
        if (q != p && q->state != PARCEL_FETCHING &&
            !memcmp(q->facts.fingerprint, p->facts.fingerprint, SHA256_OCTETS))
            return q;
    return NULL;
}

/* A settled row with this content: this message's own, or another's. */
static int find_past_content(struct parcel *p, struct plan_facts *facts)
{
    struct transfer *t = p->transfer;
    struct ledger_message m;
    int rc = t->by_mailbox
                 ? ledger_find_content_in(t->ledger, &t->task->part, p->facts.fingerprint, &m, &t->fatal)
                 : ledger_find_content(t->ledger, t->job, p->facts.fingerprint, &m, &t->fatal);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return 0;
    if (m.state != LEDGER_DONE && m.state != LEDGER_PRESENT) {
        if (!p->row.key && m.state != LEDGER_DUPLICATE && !m.key)
            p->row.id = m.id; /* without a key its content is what finds its row again */
        if (m.id == p->row.id && m.state == LEDGER_QUARANTINED)
            facts->past = PAST_QUARANTINED;
        if (m.id == p->row.id && m.state == LEDGER_INTENT && m.reason)
            facts->past = PAST_IN_DOUBT;
        return 0;
    }
    p->row.twin = m.id;
    if (m.doubt && !p->is_short &&
        ledger_doubt(t->ledger, m.id, NULL, &t->fatal) < 0) /* this time it came whole, and is the same */
        return -1;
    if (m.id == p->row.id)
        facts->past = m.state == LEDGER_DONE ? PAST_DONE : PAST_PRESENT;
    else if (m.key ? in_inventory(t, m.key) : m.id > t->task->rows_before)
        facts->twin_in_source = true;
    else
        facts->twin_before = true;
    return 0;
}

/* The destination may hold it in this form: by content if that was read already, else as a candidate to read.
 */
static bool find_form(struct parcel *p, const struct mail_facts *form, struct plan_facts *facts,
    uint32_t *ret_unread, size_t *ret_count)
{
    struct transfer *t = p->transfer;
    uint8_t ident[SHA256_OCTETS];
    identity_of(form, ident);
    if (ledger_index_find_content(t->ledger, t->mailbox, ident, form->fingerprint, &p->row.uid, &t->fatal) ==
        1) {
        facts->match = MATCH_CONTENT;
        return true;
    }
    ledger_index_find_unread(
        t->ledger, t->mailbox, ident, form->core, ret_unread, TRANSFER_CANDIDATES, ret_count, &t->fatal);
    if (*ret_count)
        facts->match = MATCH_HEADER;
    return *ret_count || t->fatal.code;
}

/* A server may tell less of a header than it holds: one that has the Message-ID, whatever else it says, or no
 * Message-ID and the rest, is read. */
static bool find_loosely(struct parcel *p, struct plan_facts *facts, uint32_t *ret_unread, size_t *ret_count)
{
    struct transfer *t = p->transfer;
    struct mail_facts bare = p->facts;
    uint8_t ident[SHA256_OCTETS];
    identity_of(&p->facts, ident);
    ledger_index_find_unread(
        t->ledger, t->mailbox, ident, NULL, ret_unread, TRANSFER_CANDIDATES, ret_count, &t->fatal);
    if (!*ret_count && !t->fatal.code && p->facts.message_id) {
        bare.message_id = NULL;
        identity_of(&bare, ident);
        ledger_index_find_unread(
            t->ledger, t->mailbox, ident, NULL, ret_unread, TRANSFER_CANDIDATES, ret_count, &t->fatal);
    }
    if (*ret_count)
        facts->match = MATCH_HEADER;
    return *ret_count || t->fatal.code;
}

/* As it is, else as a server or a repair would have altered it. */
static void find_candidates(
    struct parcel *p, struct plan_facts *facts, uint32_t *ret_unread, size_t *ret_count)
{
    struct transfer *t = p->transfer;
    uint8_t ident[SHA256_OCTETS];
    if (find_form(p, &p->facts, facts, ret_unread, ret_count))
        return;
    for (unsigned n = 0; ledger_index_any(t->ledger, t->mailbox, &t->fatal) == 1; n++) {
        struct mail_facts form CLEANUP(mail_facts_done) = {0};
        if (!transfer_variant(p, n, &form, &p->variant))
            break;
        if (find_form(p, &form, facts, ret_unread, ret_count))
            return;
    }
    p->variant = NULL;
    if (find_loosely(p, facts, ret_unread, ret_count))
        return;
    identity_of(&p->facts, ident);
    facts->id_shared =
        p->facts.message_id &&
        (ledger_index_has_ident(t->ledger, t->mailbox, ident, &t->fatal) == 1 ||
            ledger_ident_on_other_content(t->ledger, t->job, ident, p->facts.fingerprint, &t->fatal) == 1);
}

/* ---- comparing with the destination ---- */
static void on_content(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    p->comparing--;
    if (error)
        transfer_fail(t, error);
    else if (found)
        index_note_content(t->ledger, t->mailbox, uid, facts, &t->fatal);
    else
        ledger_index_remove(t->ledger, t->mailbox, uid, &t->fatal);
    if (p->comparing)
        return;
    if (t->fatal.code)
        parcel_free(p);
    else
        transfer_decide(p);
}

/* The row is made now, so that a twin that arrives meanwhile has something to refer to. */
static void compare_with(struct parcel *p, const uint32_t *uids, size_t count)
{
    struct transfer *t = p->transfer;
    transfer_describe(p);
    if (ledger_put(t->ledger, t->job, &p->row, &t->fatal) < 0) {
        parcel_free(p);
        return;
    }
    p->state = PARCEL_COMPARING;
    p->comparing = (unsigned)count;
    for (size_t i = 0; i < count; i++)
        content_read(t->contents, uids[i], on_content, p);
}

/* ---- the verdict ---- */
/* What earlier sessions saw of it: did it break the connection? */
static void recall(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct ledger_message m;
    if (!p->row.id || ledger_find_id(t->ledger, p->row.id, &m, &t->fatal) != 1)
        return;
    p->broken = m.broken;
}

/* An earlier run copied it under a name that the source gives to nothing any more: its row gets the new one,
 * so that it is one message in all sums. false: it is not so simple, as where another header field makes it
 * another copy. */
static bool take_name(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct ledger_message m;
    if (!p->row.key)
        return false;
    if (p->row.id && (ledger_find_id(t->ledger, p->row.id, &m, &t->fatal) != 1 || m.state != LEDGER_OPEN))
        return false;
    if (ledger_find_id(t->ledger, p->row.twin, &m, &t->fatal) != 1 || m.deleted_s || in_inventory(t, m.key) ||
        memcmp(m.header, p->facts.fields, SHA256_OCTETS) != 0)
        return false;
    return ledger_rename(t->ledger, p->row.twin, p->row.key, p->row.octets_claimed, p->row.id, &t->fatal) ==
           0;
}

static void settle_twin(struct parcel *p, enum verdict v, const char *reason)
{
    struct transfer *t = p->transfer;
    *(v == VERDICT_DUPLICATE ? &t->outcome->duplicates : &t->outcome->done_before) += 1;
    if (v == VERDICT_DUPLICATE) {
        t->duplicates = mem_grow(t->duplicates, t->duplicate_count + 1, sizeof *t->duplicates);
        t->duplicates[t->duplicate_count++] = (struct pair){.item = p->item, .twin = p->row.twin};
    }
    transfer_report(p, verdict_name(v), reason, false);
    if (p->row.key && !(v == VERDICT_DONE_BEFORE && take_name(p)))
        transfer_settle(p, LEDGER_DUPLICATE, NULL);
    else
        parcel_free(p); /* no key by which a later run could ask */
}

static void settle_own_past(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct ledger_message m;
    t->outcome->done_before++;
    transfer_report(p, verdict_name(VERDICT_DONE_BEFORE), "copied by an earlier run", false);
    if (ledger_find_id(t->ledger, p->row.id, &m, &t->fatal) == 1)
        ledger_note_octets(t->ledger, p->row.id, t->items[p->item].octets, &t->fatal);
    parcel_free(p);
}

static void settle_present(struct parcel *p, const char *reason)
{
    struct transfer *t = p->transfer;
    t->outcome->present++;
    enum mail_date_source source;
    p->row.internaldate_s = mail_date_internal(&p->facts, t->now_s, &source);
    p->row.date_source = mail_date_source_name(source);
    p->row.uidvalidity = dest_mailbox(t->session->dest)->epoch;
    transfer_report(p, verdict_name(VERDICT_PRESENT), p->variant ? p->variant : reason, false);
    transfer_settle(p, LEDGER_PRESENT, NULL);
}

/* Sent again and again, and each time the connection ended: not this message, unless the line breaks whatever
 * is sent. */
static bool condemned(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct blame *blame = t->task->blame;
    if (p->broken < BLAME_CONDEMN)
        return false;
    if (blame->sent_streak == BLAME_SENT_STREAK) {
        error_set(&t->fatal, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
            "%s: the connection ends whatever is sent; look at the line and the server's log, then run the same "
            "command again",
            session_destination(t->session));
        return false;
    }
    blame->sent[blame->sent_streak++] = p->row.id;
    return true;
}

static void copy(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct error err;
    transfer_describe(p);
    recall(p);
    if (!t->fatal.code && condemned(p)) {
        transfer_refuse(
            p, "refused", "the connection to the destination ended each time this message was sent", true);
        return;
    }
    int rc = t->fatal.code ? -1 : transfer_make_ready(p, &err);
    if (rc < 0 && !t->fatal.code)
        transfer_fail(t, &err);
    if (rc == 1)
        transfer_cap_hold(t, p->row.octets_sent);
    if (rc != 0) {
        parcel_free(p);
        return;
    }
    if (t->policy.copies_left != UINT64_MAX)
        t->policy.copies_left--;
}

static void apply(struct parcel *p, const struct plan_verdict *v)
{
    struct transfer *t = p->transfer;
    switch (v->verdict) {
    case VERDICT_COPY:
        copy(p);
        return;
    case VERDICT_PRESENT:
        settle_present(p, v->reason);
        return;
    case VERDICT_DUPLICATE:
        settle_twin(p, v->verdict, v->reason);
        return;
    case VERDICT_DONE_BEFORE:
        if (p->row.id && p->row.twin == p->row.id)
            settle_own_past(p);
        else
            settle_twin(p, v->verdict, v->reason);
        return;
    case VERDICT_TOO_BIG:
        transfer_refuse(p, verdict_name(v->verdict), v->reason, true);
        return;
    case VERDICT_LATER:
        transfer_leave_later(t, &t->items[p->item], false);
        parcel_free(p);
        return;
    case VERDICT_QUARANTINED:
        t->outcome->quarantined++;
        transfer_report(p, verdict_name(v->verdict), v->reason, true);
        parcel_free(p);
        return;
    case VERDICT_IN_DOUBT:
        transfer_count_doubt(t, t->items[p->item].octets);
        transfer_report(p, verdict_name(v->verdict), v->reason, true);
        parcel_free(p);
        return;
    case VERDICT_NOT_MAIL:
        t->outcome->not_mail++;
        transfer_report(p, verdict_name(v->verdict), v->reason, false);
        transfer_settle(p, LEDGER_NOT_MAIL, v->reason);
        return;
    case VERDICT_FILTERED: /* decided before it was read */
    case VERDICT_COMPARE:
        break;
    }
    error_unhandled(&t->fatal, verdict_name(v->verdict));
    parcel_free(p);
}

/* The source gave a known message's key to new content: keep the old row for what it knows. */
static void release_reused_key(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct ledger_message m;
    if (!p->row.id || ledger_find_id(t->ledger, p->row.id, &m, &t->fatal) != 1)
        return;
    static const uint8_t unknown[SHA256_OCTETS];
    if (memcmp(m.fingerprint, unknown, SHA256_OCTETS) != 0 &&
        memcmp(m.fingerprint, p->facts.fingerprint, SHA256_OCTETS) != 0) {
        if (m.doubt && (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT))
            log_line(&t->session->world->log, LOG_WARN,
                "message %u is whole now; what an earlier run stored of it is not, and stays in the destination "
                "(UID %u) until somebody removes it",
                t->items[p->item].number, m.uid);
        ledger_release_key(t->ledger, p->row.id, &t->fatal);
        p->row.id = 0;
    }
}

void transfer_decide(struct parcel *p)
{
    struct transfer *t = p->transfer;
    struct plan_facts facts = {
        .content_known = true, .octets = p->facts.octets, .internal = p->facts.folder_internal};
    uint32_t unread[TRANSFER_CANDIDATES];
    size_t unread_count = 0;
    release_reused_key(p);
    if (p->row.id && !p->is_short && !t->fatal.code)
        ledger_doubt(t->ledger, p->row.id, NULL, &t->fatal); /* this time nothing speaks against it */
    struct parcel *twin = live_twin(p);
    if (twin) {
        facts.twin_in_source = true;
        p->row.twin = twin->row.id;
    } else if (!t->fatal.code && find_past_content(p, &facts) == 0) {
        find_candidates(p, &facts, unread, &unread_count);
    }
    if (t->fatal.code) {
        parcel_free(p);
        return;
    }
    struct plan_verdict v = plan_decide(&facts, &t->policy);
    if (v.verdict == VERDICT_COMPARE)
        compare_with(p, unread, unread_count);
    else
        apply(p, &v);
}
