#include "foresee.h"

#include "hash_set.h"
#include "index.h"
#include "mem.h"
#include "names.h"
#include "past.h"
#include "places.h"
#include <string.h>

struct seeing {
    const struct foresight *in;
    struct ledger_part part;
    struct plan_policy policy;
    const struct source_item *items;
    const struct survey_row *rows; /* NULL: no headers */
    struct hash_set seen;          /* identity, core and size of each message so far */
    struct hash_set idents;
    struct error error;
};

/* nameless: it has no key by which an earlier run's row would be found. */
static void find_elsewhere(
    struct seeing *v, const struct survey_row *row, uint64_t octets, bool nameless, struct plan_facts *ret)
{
    struct ledger *ledger = v->in->ledger;
    const struct job *job = v->in->session->job;
    int64_t mailbox = job_places_by_path(job) && !job->dedup_account ? v->part.mailbox : 0;
    uint8_t key[SHA256_OCTETS], whole[2 * SHA256_OCTETS + sizeof octets + sizeof mailbox];
    memcpy(whole, row->ident, SHA256_OCTETS);
    memcpy(whole + SHA256_OCTETS, row->core, SHA256_OCTETS);
    memcpy(whole + 2 * SHA256_OCTETS, &octets, sizeof octets);
    memcpy(whole + 2 * SHA256_OCTETS + sizeof octets, &mailbox, sizeof mailbox);
    sha256_bytes(whole, sizeof whole, key);
    ret->twin_in_source = hash_set_add(&v->seen, key);
    ret->twin_before = nameless && ledger_has_header_in(v->in->ledger, &v->part, row->ident, row->core,
                                       octets, &v->error) == 1;
    bool there = ledger_index_has_ident(ledger, v->part.mailbox, row->ident, &v->error) == 1;
    bool before = hash_set_add(&v->idents, row->ident);
    ret->id_shared = row->has_message_id && (before || there);
    if (there &&
        ledger_index_find_same_header(ledger, v->part.mailbox, row->ident, row->core, &v->error) == 1)
        ret->match = MATCH_HEADER;
}

/* No TOP, or not of this one, or not wanted: what it is shows when it is read. */
static void say_unread(struct plan_verdict *verdict)
{
    if (verdict->verdict == VERDICT_COPY)
        verdict->reason = "the source does not give its header alone; migrate reads it whole";
}

static void decide(struct seeing *v, size_t i)
{
    const struct source_item *item = &v->items[i];
    struct survey_row bare = {.date_s = MAIL_NO_DATE};
    if (!v->rows)
        bare.past = past_of(v->in->ledger, v->part.job, item, &bare.id, &v->error);
    struct foreseen f = {.item = item, .index = i, .row = v->rows ? &v->rows[i] : &bare};
    struct plan_facts facts = {.octets = item->octets, .past = f.row->past, .internal = f.row->internal};
    if (f.row->known)
        find_elsewhere(v, f.row, item->octets, !item->key, &facts);
    f.verdict = plan_decide(&facts, &v->policy);
    if (!f.row->known)
        say_unread(&f.verdict);
    if (f.verdict.verdict == VERDICT_COPY && v->policy.copies_left != UINT64_MAX)
        v->policy.copies_left--;
    v->in->session->progress.messages++;
    v->in->session->progress.octets += item->octets;
    v->in->message(v->in->ctx, &f);
}

static int look_there(struct seeing *v, const struct place *place, struct outcome *o, struct error *err)
{
    struct session *s = v->in->session;
    if (session_enter(s, place->name, DEST_LOOK, err) < 0)
        return -1;
    if (v->in->depth == FORESEE_HEADERS && index_update(s, v->in->ledger, v->part, err) < 0)
        return -1;
    o->mailboxes++;
    o->folder_exists |= dest_mailbox(s->dest)->exists;
    o->mailboxes_read += dest_mailbox(s->dest)->exists;
    if (!dest_mailbox(s->dest)->exists && v->in->sink && v->in->sink->missing_mailbox)
        v->in->sink->missing_mailbox(v->in->sink->ctx, place->name);
    o->destination_messages += dest_mailbox(s->dest)->messages;
    v->policy.append_limit =
        dest_mailbox(s->dest)->append_limit ? dest_mailbox(s->dest)->append_limit : v->in->limit_octets;
    return 0;
}

static int see_place(struct seeing *v, const struct place *place, struct outcome *o, struct error *err)
{
    v->part.mailbox = place->mailbox;
    if (place->needed && v->in->session->lane_count && look_there(v, place, o, err) < 0)
        return -1;
    for (size_t i = 0; i < place->count && !v->error.code; i++)
        decide(v, place->items[i]);
    if (!v->error.code)
        return 0;
    *err = v->error;
    return -1;
}

int foresee(const struct foresight *f, struct outcome *o, struct error *err)
{
    struct session *s = f->session;
    struct places places CLEANUP(places_done) = {0};
    struct seeing v = {.in = f, .part = {.job = f->job}};
    enum places_headers headers = f->depth == FORESEE_HEADERS ? PLACES_ALL : PLACES_AS_NEEDED;
    size_t count;
    v.items = source_items(s->source, &count);
    o->messages = count;
    o->octets = s->progress.total_octets;
    o->source_hides = source_traits(s->source)->reading_hides;
    o->uidls_changed = names_changed(s, f->ledger, f->job, &s->world->log);
    v.policy = (struct plan_policy){.append_limit = f->limit_octets,
        .copies_left = s->job->limit,
        .retry_quarantined = s->job->retry_quarantined};
    int rc = places_find(s, f->ledger, f->job, headers, f->sink, o, &places, err);
    v.rows = places.survey.rows;
    for (size_t i = 0; rc == 0 && i < places.count; i++)
        rc = see_place(&v, &places.all[i], o, err);
    hash_set_done(&v.seen);
    hash_set_done(&v.idents);
    return rc;
}
