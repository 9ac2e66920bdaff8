#include "reconcile.h"

#include "answers.h"
#include "content.h"
#include "crash.h"
#include "doubt.h"
#include "identity.h"
#include "index.h"
#include "ledger_late.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a server may go on working on what was sent before the connection ended. */
#define SETTLE_BASE_MS     3000
#define SETTLE_OCTETS_A_MS 2000 /* 2 MB/s */
#define SETTLE_MAX_MS      30000
#define SETTLED_LONG_AGO_S 600 /* no server works on for so long */
#define LOOK_AGAIN_MS      500 /* then twice that, and so on: some servers count commands */

struct intent {
    int64_t id;
    uint64_t octets_sent;
    int64_t internaldate_s, intended_s;
    uint32_t floor_uidvalidity, floor_uid;
    uint8_t ident[SHA256_OCTETS], core[SHA256_OCTETS], fingerprint[SHA256_OCTETS]; /* as sent */
    uint8_t received[SHA256_OCTETS];                                               /* fingerprint */
    size_t candidates;  /* not found, and this many messages may be it */
    uint32_t found_uid; /* 0: not yet */
    bool shared;        /* its identity stands in the ledger on other content too: only content can tell */
};

/* A message of the destination that might be one of them. */
struct found {
    uint32_t uid;
    uint64_t octets;
    int64_t internaldate_s;
    uint8_t ident[SHA256_OCTETS], core[SHA256_OCTETS], fingerprint[SHA256_OCTETS];
    bool content_known, claimed;
    bool explained; /* the ledger knows what it is */
};

struct look_up {
    struct session *session;
    struct ledger *ledger;
    struct ledger_part part;
    struct mail_scan *scan;
    struct content_reader *contents;
    struct intent *intents;
    size_t intent_count, intent_cap;
    struct found *found;
    size_t found_count, found_cap;
    size_t waiting; /* answers */
    struct error error;
    int64_t until_ms;
};

static bool add_intent(void *ctx, const struct ledger_message *m)
{
    struct look_up *u = ctx;
    if (u->intent_count == u->intent_cap) {
        u->intent_cap = u->intent_cap ? u->intent_cap * 2 : 64;
        u->intents = mem_grow(u->intents, u->intent_cap, sizeof *u->intents);
    }
    struct intent *in = &u->intents[u->intent_count++];
    *in = (struct intent){
        .id = m->id,
        .octets_sent = m->octets_sent,
        .internaldate_s = m->internaldate_s,
        .intended_s = m->intended_s,
        .floor_uidvalidity = m->floor_uidvalidity,
        .floor_uid = m->floor_uid,
    };
    memcpy(in->ident, m->ident, SHA256_OCTETS);
    memcpy(in->core, m->core_sent ? m->core_sent : m->core, SHA256_OCTETS);
    memcpy(in->fingerprint, m->fingerprint_sent ? m->fingerprint_sent : m->fingerprint, SHA256_OCTETS);
    memcpy(in->received, m->fingerprint, SHA256_OCTETS);
    return true;
}

static bool same_validity(const struct look_up *u, const struct intent *in)
{
    return in->floor_uidvalidity && in->floor_uidvalidity == dest_mailbox(u->session->dest)->epoch;
}

static uint32_t lowest_floor(const struct look_up *u)
{
    uint32_t floor = UINT32_MAX;
    for (size_t i = 0; i < u->intent_count; i++) {
        uint32_t f = same_validity(u, &u->intents[i]) ? u->intents[i].floor_uid : 1;
        floor = f < floor ? f : floor;
    }
    return floor ? floor : 1;
}

/* ---- what could be one of them ---- */
static bool resembles(const struct intent *in, const struct found *f)
{
    return !memcmp(in->ident, f->ident, SHA256_OCTETS) || in->octets_sent == f->octets ||
           in->internaldate_s == f->internaldate_s;
}

/* It need not be read again. */
static int note_read(struct look_up *u, const struct found *f, struct error *err)
{
    struct ledger_index_row row = {.uid = f->uid, .octets = f->octets};
    memcpy(row.ident, f->ident, sizeof row.ident);
    memcpy(row.core, f->core, sizeof row.core);
    return ledger_index_put(u->ledger, u->part.mailbox, &row, err);
}

static void on_row(void *ctx, const struct dest_row *row)
{
    struct look_up *u = ctx;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    struct found f = {.uid = row->id, .octets = row->octets, .internaldate_s = row->date_s};
    if (u->error.code)
        return;
    index_scan_header(u->scan, row, &facts);
    identity_of(&facts, f.ident);
    memcpy(f.core, facts.core, SHA256_OCTETS);
    int ours = ledger_owns_uid(
        u->ledger, u->part.mailbox, dest_mailbox(u->session->dest)->epoch, row->id, f.ident, &u->error);
    if (ours > 0)
        note_read(u, &f, &u->error);
    bool wanted = false;
    for (size_t i = 0; i < u->intent_count && !wanted; i++)
        wanted = resembles(&u->intents[i], &f);
    if (ours || !wanted)
        return;
    f.explained = ledger_explains(u->ledger, u->part.mailbox, dest_mailbox(u->session->dest)->epoch, row->id,
                      f.ident, &u->error) != 0;
    if (u->found_count == u->found_cap) {
        u->found_cap = u->found_cap ? u->found_cap * 2 : 64;
        u->found = mem_grow(u->found, u->found_cap, sizeof *u->found);
    }
    u->found[u->found_count++] = f;
}

static void on_answer(void *ctx, const struct error *error)
{
    struct look_up *u = ctx;
    u->waiting--;
    if (error && !u->error.code)
        u->error = *error;
}

static void on_content(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error)
{
    struct look_up *u = ctx;
    u->waiting--;
    if (error && !u->error.code)
        u->error = *error;
    for (size_t i = 0; i < u->found_count; i++)
        if (u->found[i].uid == uid && found) {
            memcpy(u->found[i].fingerprint, facts->fingerprint, SHA256_OCTETS);
            u->found[i].content_known = true;
        }
}

static int wait_answers(struct look_up *u, struct error *err)
{
    return answers_wait(u->session, u->contents, &u->waiting, &u->error, err);
}

static int fetch_candidates(struct look_up *u, struct error *err)
{
    uint32_t first = lowest_floor(u), *own CLEANUP(index_free_uids) = NULL;
    size_t own_count;
    if (ledger_own_uids(u->ledger, u->part.mailbox, dest_mailbox(u->session->dest)->epoch, first, &own,
            &own_count, err) < 0)
        return -1;
    u->found_count = 0;
    u->waiting = 1;
    dest_refresh(u->session->dest, on_answer, u); /* so that the server shows what has arrived since SELECT */
    if (wait_answers(u, err) < 0) /* sent together, the FETCH might still be answered without it */
        return -1;
    struct dest_listing r = {
        .headers = true, .first = first, .known = own, .known_count = own_count, .row = on_row, .ctx = u};
    int rc = session_list(u->session, &r, err);
    dest_listing_done(&r);
    if (rc == 0 && u->error.code) {
        *err = u->error;
        rc = -1;
    }
    return rc;
}

/* ---- which is which ---- */
enum strength {
    SAME_HEADER_AND_SIZE,
    SAME_CONTENT,
    SAME_DATE, /* and Message-ID: a server that alters what it stores */
    STRENGTHS,
};

static bool matches(
    const struct look_up *u, const struct intent *in, const struct found *f, enum strength strength)
{
    if (f->claimed || (same_validity(u, in) && f->uid < in->floor_uid))
        return false;
    bool ident = !memcmp(in->ident, f->ident, SHA256_OCTETS);
    bool size = in->octets_sent == f->octets;
    switch (strength) {
    case SAME_HEADER_AND_SIZE:
        return !in->shared && ident && size && !memcmp(in->core, f->core, SHA256_OCTETS);
    case SAME_CONTENT:
        return f->content_known && !memcmp(in->fingerprint, f->fingerprint, SHA256_OCTETS);
    case SAME_DATE:
        return same_validity(u, in) && in->internaldate_s == f->internaldate_s && ident && !in->shared;
    case STRENGTHS:
        break;
    }
    return false;
}

static void claim(struct look_up *u, enum strength strength)
{
    for (size_t i = 0; i < u->intent_count; i++) {
        struct intent *in = &u->intents[i];
        for (size_t k = 0; k < u->found_count && !in->found_uid; k++)
            if (matches(u, in, &u->found[k], strength)) {
                in->found_uid = u->found[k].uid;
                u->found[k].claimed = true;
            }
    }
}

static size_t unresolved(const struct look_up *u)
{
    size_t n = 0;
    for (size_t i = 0; i < u->intent_count; i++)
        n += !u->intents[i].found_uid;
    return n;
}

static bool wants_content(const struct look_up *u, const struct found *f)
{
    if (f->claimed || f->content_known)
        return false;
    for (size_t i = 0; i < u->intent_count; i++)
        if (!u->intents[i].found_uid && !memcmp(u->intents[i].ident, f->ident, SHA256_OCTETS))
            return true;
    return false;
}

static int read_contents(struct look_up *u, struct error *err)
{
    for (size_t i = 0; i < u->found_count; i++)
        if (wants_content(u, &u->found[i])) {
            u->waiting++;
            content_read(u->contents, u->found[i].uid, on_content, u);
        }
    content_reader_go(u->contents);
    return wait_answers(u, err);
}

static int look(struct look_up *u, struct error *err)
{
    for (size_t i = 0; i < u->intent_count; i++)
        u->intents[i].found_uid = 0;
    if (fetch_candidates(u, err) < 0)
        return -1;
    claim(u, SAME_HEADER_AND_SIZE);
    if (unresolved(u) && read_contents(u, err) < 0)
        return -1;
    claim(u, SAME_CONTENT);
    claim(u, SAME_DATE);
    return 0;
}

/* ---- by date, size and number ---- */
static bool may_be_judged(const struct look_up *u, const struct intent *in)
{
    return !in->found_uid && same_validity(u, in);
}

static size_t fill_doubts(
    const struct look_up *u, struct doubt_intent *intents, struct doubt_row *rows, size_t *ret_rows)
{
    size_t n = 0;
    for (size_t i = 0; i < u->intent_count; i++) {
        const struct intent *in = &u->intents[i];
        if (may_be_judged(u, in))
            intents[n++] = (struct doubt_intent){
                .date_s = in->internaldate_s, .octets = in->octets_sent, .floor_uid = in->floor_uid};
    }
    *ret_rows = 0;
    for (size_t i = 0; i < u->found_count; i++) {
        const struct found *f = &u->found[i];
        if (!f->claimed && !f->explained)
            rows[(*ret_rows)++] =
                (struct doubt_row){.date_s = f->internaldate_s, .octets = f->octets, .uid = f->uid};
    }
    return n;
}

static int compare_row(const void *a, const void *b)
{
    const struct doubt_row *x = a, *y = b;
    return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static void judge_rest(struct look_up *u)
{
    const struct session *s = u->session;
    struct doubt_intent *intents = mem_array(u->intent_count, sizeof *intents);
    struct doubt_row *rows = mem_array(u->found_count ? u->found_count : 1, sizeof *rows);
    size_t row_count, count = fill_doubts(u, intents, rows, &row_count), next = 0, recognised = 0;
    qsort(rows, row_count, sizeof *rows, compare_row);
    doubt_judge(intents, count, rows, row_count);
    for (size_t i = 0; i < u->intent_count; i++) {
        struct intent *in = &u->intents[i];
        if (!may_be_judged(u, in))
            continue;
        recognised += intents[next].uid != 0;
        in->candidates = intents[next].candidates;
        in->found_uid = intents[next++].uid;
    }
    if (recognised)
        log_line(&s->world->log, LOG_WARN,
            "%s, mailbox %s: %zu messages whose answer was lost are there, by their date and size alone: the server "
            "alters what it stores; popferry verify compares them",
            session_destination(s), s->mailbox, recognised);
    free(intents);
    free(rows);
}

/* ---- the time a server may need ---- */
static int64_t settle_ms(const struct look_up *u)
{
    const struct session *s = u->session;
    uint64_t octets = 0;
    int64_t last_s = 0;
    for (size_t i = 0; i < u->intent_count; i++) {
        octets += u->intents[i].octets_sent;
        last_s = u->intents[i].intended_s > last_s ? u->intents[i].intended_s : last_s;
    }
    if (s->begun_s - last_s > SETTLED_LONG_AGO_S)
        return 0;
    int64_t need = SETTLE_BASE_MS + (int64_t)(octets / SETTLE_OCTETS_A_MS);
    if (need > SETTLE_MAX_MS)
        need = SETTLE_MAX_MS;
    /* Counted from the end of the session before; where another process had it, that is not known, and may
     * have been long after the intent. */
    return s->before_ended_ms ? need - (clock_mono_ms(s->world->clock) - s->before_ended_ms) : need;
}

static bool time_is_up(void *ctx)
{
    struct look_up *u = ctx;
    return clock_mono_ms(u->session->world->clock) >= u->until_ms;
}

static int pause_ms(struct look_up *u, int64_t ms, struct error *err)
{
    u->until_ms = clock_mono_ms(u->session->world->clock) + ms;
    return session_run_until(u->session, time_is_up, u, err);
}

/* As long as more and more of it turns up, the server is still at work. */
static int look_until_settled(struct look_up *u, struct error *err)
{
    int64_t left = settle_ms(u), pause = LOOK_AGAIN_MS;
    if (look(u, err) < 0)
        return -1;
    if (unresolved(u) && left > 0)
        session_phase(u->session, "waiting for the destination to finish what was on its way");
    while (unresolved(u) && left > 0) {
        size_t before = unresolved(u);
        if (pause_ms(u, pause < left ? pause : left, err) < 0 || look(u, err) < 0)
            return -1;
        left -= pause;
        pause *= 2;
        if (unresolved(u) < before && left < SETTLE_BASE_MS)
            left = SETTLE_BASE_MS;
    }
    return 0;
}

/* It will be sent again; and may still come, later than this. */
static int let_go(struct look_up *u, const struct intent *in, struct error *err)
{
    if (same_validity(u, in) && ledger_late_expect(u->ledger, in->id, in->floor_uidvalidity, in->floor_uid,
                                    in->intended_s, clock_wall_s(u->session->world->clock), err) < 0)
        return -1;
    return ledger_withdraw(u->ledger, in->id, err);
}

static int resolve(struct look_up *u, const struct intent *in, struct error *err)
{
    char words[300];
    if (in->found_uid)
        return ledger_done(u->ledger, in->id, dest_mailbox(u->session->dest)->epoch, in->found_uid, err);
    if (!in->candidates || u->session->job->retry_quarantined)
        return let_go(u, in, err);
    snprintf(words, sizeof words,
        "it was sent, and its answer was lost; the destination alters what it stores, and holds %zu message%s of the "
        "same date that may be it, or may not: look there; --retry-quarantined sends it again",
        in->candidates, in->candidates == 1 ? "" : "s");
    return ledger_in_doubt(u->ledger, in->id, words, err);
}

/* whole: all that may be one of them was read; else only what was found can be said. */
static int record(struct look_up *u, bool whole, struct outcome *outcome, struct error *err)
{
    for (size_t i = 0; i < u->intent_count; i++) {
        const struct intent *in = &u->intents[i];
        if (!whole && !in->found_uid)
            continue;
        if (resolve(u, in, err) < 0)
            return -1;
        outcome->recovered += in->found_uid != 0;
        crash_point("an intent was resolved");
    }
    return ledger_commit(u->ledger, err);
}

/* The session ended in the middle: what was found until then is recorded, and need not be read again, so that
 * a server whose sessions are short is got through. */
static int record_found(struct look_up *u, struct outcome *outcome, struct error *err)
{
    claim(u, SAME_HEADER_AND_SIZE);
    for (size_t k = 0; k < u->found_count; k++)
        if (u->found[k].claimed && note_read(u, &u->found[k], err) < 0)
            return -1;
    return record(u, false, outcome, err);
}

static int note_shared(struct look_up *u, struct error *err)
{
    for (size_t i = 0; i < u->intent_count; i++) {
        struct intent *in = &u->intents[i];
        int rc = ledger_ident_on_other_content(u->ledger, u->part.job, in->ident, in->received, err);
        if (rc < 0)
            return -1;
        in->shared = rc == 1;
    }
    return 0;
}

int reconcile(struct session *s, struct ledger *ledger, struct ledger_part part, struct outcome *outcome,
    struct error *err)
{
    const struct dest_mailbox *box = dest_mailbox(s->dest);
    struct look_up u = {.session = s, .ledger = ledger, .part = part};
    int rc = ledger_each(ledger, part.mailbox, LEDGER_INTENT, add_intent, &u, err);
    if (rc == 0)
        rc = note_shared(&u, err);
    if (rc == 0 && u.intent_count) {
        session_phase(s, "looking up what an interrupted run had sent");
        u.scan = mail_scan_new();
        u.contents = content_reader_new(s->dest);
        rc = box->exists && !box->created ? look_until_settled(&u, err) : 0;
        struct error late;
        if (rc == 0) {
            judge_rest(&u);
            rc = record(&u, true, outcome, err);
        } else if (session_broken(s)) {
            record_found(&u, outcome, &late);
        }
        mail_scan_free(u.scan);
        content_reader_free(u.contents);
    }
    free(u.intents);
    free(u.found);
    return rc;
}
