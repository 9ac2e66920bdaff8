#include "migrate.h"

#include "hash_set.h"
#include "index.h"
#include "mem.h"
#include "names.h"
#include "open_ledger.h"
#include "places.h"
#include "session.h"
#include <stdlib.h>
#include <string.h>

struct planning {
    struct session *session;
    struct ledger *ledger;
    struct ledger_part part;
    const struct outcome_sink *sink;
    struct outcome *outcome;
    struct plan_policy policy;
    const struct source_item *items;
    const struct survey_row *rows;
    struct hash_set seen; /* identity, core and size of each message so far */
    struct hash_set idents;
    struct error error;
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
    case VERDICT_LATER:
        o->later++;
        return;
    case VERDICT_QUARANTINED:
        o->quarantined++;
        return;
    case VERDICT_NOT_MAIL:
        o->not_mail++;
        return;
    case VERDICT_TOO_BIG:
        o->too_big++;
        return;
    }
}

static void report(
    struct planning *v, size_t item, const struct plan_verdict *verdict, struct outcome_message *m)
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
    m->attention = verdict->verdict == VERDICT_TOO_BIG || verdict->verdict == VERDICT_QUARANTINED;
    outcome_tell(v->sink, m);
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* What there is to show of it: from the ledger, or what the survey has just read. */
static struct outcome_message describe(struct planning *v, const struct survey_row *row)
{
    struct ledger_message m = {0};
    if (!row->subject && row->id)
        ledger_find_id(v->ledger, row->id, &m, &v->error);
    else
        m = (struct ledger_message){
            .message_id = row->message_id, .from = row->from, .subject = row->subject};
    return (struct outcome_message){
        .message_id = or_empty(m.message_id),
        .from = or_empty(m.from),
        .subject = or_empty(m.subject),
        .date_s = row->known         ? row->date_s
                  : m.internaldate_s ? m.internaldate_s
                                     : MAIL_NO_DATE,
    };
}

/* No TOP, or not of this one: what it is shows when it is read. */
static void report_unknown(struct planning *v, size_t item)
{
    struct plan_verdict verdict = {.verdict = v->policy.copies_left ? VERDICT_COPY : VERDICT_LATER,
        .reason = "the source does not give its header alone; migrate reads it whole"};
    struct outcome_message out = {.message_id = "", .from = "", .subject = "", .date_s = MAIL_NO_DATE};
    report(v, item, &verdict, &out);
}

static void find_elsewhere(
    struct planning *v, const struct survey_row *row, uint64_t octets, struct plan_facts *ret)
{
    uint8_t key[SHA256_OCTETS], whole[2 * SHA256_OCTETS + sizeof octets];
    memcpy(whole, row->ident, SHA256_OCTETS);
    memcpy(whole + SHA256_OCTETS, row->core, SHA256_OCTETS);
    memcpy(whole + 2 * SHA256_OCTETS, &octets, sizeof octets);
    sha256_bytes(whole, sizeof whole, key);
    ret->twin_in_source = hash_set_add(&v->seen, key);
    bool there = ledger_index_has_ident(v->ledger, v->part.mailbox, row->ident, &v->error) == 1;
    bool before = hash_set_add(&v->idents, row->ident);
    ret->id_shared = row->has_message_id && (before || there);
    if (there &&
        ledger_index_find_same_header(v->ledger, v->part.mailbox, row->ident, row->core, &v->error) == 1)
        ret->match = MATCH_HEADER;
}

static void decide(struct planning *v, size_t item)
{
    const struct source_item *it = &v->items[item];
    const struct survey_row *row = &v->rows[item];
    struct plan_facts facts = {.octets = it->octets, .past = row->past, .internal = row->internal};
    if (row->known)
        find_elsewhere(v, row, it->octets, &facts);
    struct plan_verdict verdict = plan_decide(&facts, &v->policy);
    if (!row->known && !past_is_settled(row->past) && row->past != PAST_QUARANTINED) {
        report_unknown(v, item);
        return;
    }
    struct outcome_message out = describe(v, row);
    if (row->known)
        v->outcome->by_date_source[row->date_source] += verdict.verdict == VERDICT_COPY;
    report(v, item, &verdict, &out);
}

static int plan_place(struct planning *v, const struct place *place, struct error *err)
{
    struct session *s = v->session;
    struct outcome *o = v->outcome;
    v->part.mailbox = place->mailbox;
    if (place->needed) {
        if (session_enter(s, place->name, DEST_LOOK, err) < 0 || index_update(s, v->ledger, v->part, err) < 0)
            return -1;
        o->mailboxes++;
        o->folder_exists |= s->dest.exists;
        o->destination_messages += s->dest.messages;
        v->policy.append_limit = s->dest.append_limit;
    }
    for (size_t i = 0; i < place->count && !v->error.code; i++)
        decide(v, place->items[i]);
    if (!v->error.code)
        return 0;
    *err = v->error;
    return -1;
}

static int plan_all(struct planning *v, struct error *err)
{
    struct session *s = v->session;
    struct places places CLEANUP(places_done) = {0};
    size_t count;
    v->items = source_items(s->source, &count);
    v->outcome->messages = count;
    v->outcome->octets = s->progress.total_octets;
    v->outcome->source_hides = session_source_is_volatile(s);
    v->outcome->uidls_changed = names_changed(s, v->ledger, v->part.job, &s->world->log);
    v->policy =
        (struct plan_policy){.copies_left = s->job->limit, .retry_quarantined = s->job->retry_quarantined};
    int rc = places_find(s, v->ledger, v->part.job, PLACES_ALL, v->sink, v->outcome, &places, err);
    v->rows = places.survey.rows;
    for (size_t i = 0; rc == 0 && i < places.count; i++)
        rc = plan_place(v, &places.all[i], err);
    outcome_count_rest(v->outcome);
    hash_set_done(&v->seen);
    hash_set_done(&v->idents);
    return rc;
}

int migrate_plan(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err)
{
    struct session s;
    struct planning v = {.session = &s, .sink = sink, .outcome = ret};
    int64_t begun_ms = clock_mono_ms(world->clock);
    *ret = (struct outcome){0};
    if (open_ledger(job, &v.ledger, &v.part.job, err) < 0)
        return -1;
    int rc = session_open(&s, job, world, DEST_LOOK, err);
    if (rc == 0)
        rc = plan_all(&v, err);
    struct error ignored; /* nothing was changed that a failing QUIT could undo */
    if (rc == 0)
        session_sign_off(&s, &ignored);
    session_close(&s);
    ledger_close(v.ledger);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    return rc;
}
