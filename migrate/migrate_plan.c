#include "migrate.h"

#include "hash_set.h"
#include "identity.h"
#include "index.h"
#include "mail_date.h"
#include "mail_words.h"
#include "mem.h"
#include "open_ledger.h"
#include "past.h"
#include "session.h"
#include <stdlib.h>
#include <string.h>

#define HEADERS_AT_ONCE 200

struct survey {
    struct session *session;
    struct ledger *ledger;
    int64_t job;
    const struct outcome_sink *sink;
    struct outcome *outcome;
    struct plan_policy policy;
    const struct source_item *items;
    size_t count;
    size_t asked;    /* next item to ask the header of */
    size_t reported; /* next item to report */
    size_t waiting;
    struct mail_scan *scan; /* headers come one after the other */
    struct hash_set seen;   /* identity, core and size of each message so far */
    struct hash_set idents;
    int64_t now_s;
    struct error error;
};

struct header {
    struct survey *survey;
    size_t item;
};

static void count_verdict(struct outcome *o, enum verdict v, uint64_t octets)
{
    switch (v) {
    case VERDICT_COPY:
    case VERDICT_COMPARE:
        o->copied++;
        o->copied_octets += octets;
        return;
    case VERDICT_PRESENT:
        o->present++;
        return;
    case VERDICT_DUPLICATE:
        o->duplicates++;
        return;
    case VERDICT_DONE_BEFORE:
        o->done_before++;
        return;
    case VERDICT_FILTERED:
        o->filtered++;
        return;
    case VERDICT_TOO_BIG:
        o->too_big++;
        return;
    }
}

static void report(
    struct survey *v, size_t item, const struct plan_verdict *verdict, struct outcome_message *m)
{
    const struct source_item *it = &v->items[item];
    count_verdict(v->outcome, verdict->verdict, it->octets);
    if (verdict->verdict == VERDICT_COPY && v->policy.copies_left != UINT64_MAX)
        v->policy.copies_left--;
    v->session->progress.messages++;
    v->session->progress.octets += it->octets;
    m->number = it->number;
    m->key = it->key ? it->key : "";
    m->octets = it->octets;
    m->verdict = verdict_name(verdict->verdict);
    m->reason = verdict->reason;
    m->certain = verdict->certain;
    m->attention = verdict->verdict == VERDICT_TOO_BIG;
    outcome_tell(v->sink, m);
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static enum plan_past past(struct survey *v, size_t item)
{
    int64_t id;
    return past_of(v->ledger, v->job, &v->items[item], &id, &v->error);
}

/* No TOP, or not of this one: what it is shows when it is read. */
static void report_unknown(struct survey *v, size_t item)
{
    struct plan_verdict verdict = {.verdict = VERDICT_COPY,
        .reason = "the source does not give its header alone; migrate reads it whole"};
    struct outcome_message out = {.message_id = "", .from = "", .subject = "", .date_s = MAIL_NO_DATE};
    report(v, item, &verdict, &out);
}

/* Items that the ledger settles need no header: they are reported when their turn comes. */
static void report_known(struct survey *v, size_t up_to)
{
    for (; v->reported < up_to && !v->error.code; v->reported++) {
        struct ledger_message m;
        const struct source_item *it = &v->items[v->reported];
        struct plan_facts facts = {.past = past(v, v->reported), .octets = it->octets};
        if (!past_is_settled(facts.past) || ledger_find_key(v->ledger, v->job, it->key, &m, &v->error) != 1) {
            report_unknown(v, v->reported);
            continue;
        }
        struct plan_verdict verdict = plan_decide(&facts, &v->policy);
        struct outcome_message out = {
            .message_id = or_empty(m.message_id),
            .from = or_empty(m.from),
            .subject = or_empty(m.subject),
            .date_s = m.internaldate_s ? m.internaldate_s : MAIL_NO_DATE,
        };
        report(v, v->reported, &verdict, &out);
    }
}

static void find_elsewhere(
    struct survey *v, const struct mail_facts *facts, uint64_t octets, struct plan_facts *ret)
{
    uint8_t ident[SHA256_OCTETS], key[SHA256_OCTETS], whole[2 * SHA256_OCTETS + sizeof octets];
    identity_of(facts, ident);
    memcpy(whole, ident, SHA256_OCTETS);
    memcpy(whole + SHA256_OCTETS, facts->core, SHA256_OCTETS);
    memcpy(whole + 2 * SHA256_OCTETS, &octets, sizeof octets);
    sha256_bytes(whole, sizeof whole, key);
    ret->twin_in_source = hash_set_add(&v->seen, key);
    bool there = ledger_index_has_ident(v->ledger, v->job, ident, &v->error) == 1;
    bool before = hash_set_add(&v->idents, ident);
    ret->id_shared = facts->message_id && (before || there);
    if (there && ledger_index_find_same_header(v->ledger, v->job, ident, facts->core, &v->error) == 1)
        ret->match = MATCH_HEADER;
}

static void decide(struct survey *v, size_t item, const struct mail_facts *facts)
{
    const struct source_item *it = &v->items[item];
    struct plan_facts pf = {.octets = it->octets, .past = past(v, item)};
    find_elsewhere(v, facts, it->octets, &pf);
    struct plan_verdict verdict = plan_decide(&pf, &v->policy);
    char *from CLEANUP(mem_free_str) = mail_words_decode(facts->from);
    char *subject CLEANUP(mem_free_str) = mail_words_decode(facts->subject);
    enum mail_date_source source;
    struct outcome_message out = {
        .message_id = or_empty(facts->message_id),
        .from = from,
        .subject = subject,
        .date_s = mail_date_internal(facts, v->now_s, &source),
    };
    if (source == MAIL_DATE_NOW)
        out.date_s = MAIL_NO_DATE;
    v->outcome->by_date_source[source] += verdict.verdict == VERDICT_COPY;
    report(v, item, &verdict, &out);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct header *h = ctx;
    mail_scan_feed(h->survey->scan, data, len);
}

static void on_header(void *ctx, const struct error *error)
{
    struct header *h = ctx;
    struct survey *v = h->survey;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    v->waiting--;
    mail_scan_finish(v->scan, &facts);
    if (error && error->scope != ERROR_SCOPE_MESSAGE)
        v->error = *error;
    report_known(v, h->item);
    if (!v->error.code) {
        if (error)
            report_unknown(v, h->item);
        else
            decide(v, h->item, &facts);
        v->reported = h->item + 1;
    }
    free(h);
}

static void ask_more(struct survey *v)
{
    for (; v->asked < v->count && v->waiting < HEADERS_AT_ONCE && !v->error.code; v->asked++) {
        if (!source_facts(v->session->source)->has_top || past_is_settled(past(v, v->asked)))
            continue;
        struct header *h = mem_alloc(sizeof *h);
        *h = (struct header){.survey = v, .item = v->asked};
        v->waiting++;
        source_fetch_header(v->session->source, v->asked, on_data, on_header, h);
    }
}

static bool surveyed(void *ctx)
{
    struct survey *v = ctx;
    ask_more(v);
    return !v->waiting && (v->asked == v->count || v->error.code);
}

static int survey(struct survey *v, struct error *err)
{
    struct session *s = v->session;
    struct outcome *o = v->outcome;
    v->items = source_items(s->source, &v->count);
    v->scan = mail_scan_new();
    v->now_s = clock_wall_s(s->world->clock);
    v->policy = (struct plan_policy){.append_limit = s->dest.append_limit, .copies_left = s->job->limit};
    o->messages = v->count;
    o->octets = s->progress.total_octets;
    o->folder_exists = s->dest.exists;
    o->destination_messages = s->dest.messages;
    session_phase(s, "reading headers");
    int rc = session_run_until(s, surveyed, v, err);
    if (rc < 0)
        source_abort(s->source, err); /* it would call back into *v */
    else
        report_known(v, v->count);
    if (rc == 0 && v->error.code) {
        *err = v->error;
        rc = -1;
    }
    o->not_reached = v->count - v->reported;
    mail_scan_free(v->scan);
    hash_set_done(&v->seen);
    hash_set_done(&v->idents);
    return rc;
}

int migrate_plan(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err)
{
    struct session s;
    struct survey v = {.session = &s, .sink = sink, .outcome = ret};
    int64_t begun_ms = clock_mono_ms(world->clock);
    *ret = (struct outcome){0};
    if (open_ledger(job, &v.ledger, &v.job, err) < 0)
        return -1;
    int rc = session_open(&s, job, world, DEST_LOOK, err);
    if (rc == 0)
        rc = index_update(&s, v.ledger, v.job, err);
    if (rc == 0)
        rc = survey(&v, err);
    struct error ignored; /* nothing was changed that a failing QUIT could undo */
    if (rc == 0)
        session_sign_off(&s, &ignored);
    session_close(&s);
    ledger_close(v.ledger);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    return rc;
}
