#include "survey.h"

#include "identity.h"
#include "mail_words.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define HEADERS_AT_ONCE 200

struct asking {
    struct session *session;
    struct ledger *ledger;
    int64_t job, now_s;
    enum survey_need need;
    const struct source_item *items;
    struct survey *survey;
    size_t next, waiting;
    struct mail_scan *scan; /* headers come one after the other */
    struct error error;
};

struct header {
    struct asking *asking;
    size_t item;
    bool whole;
};

/* An earlier run may have seen it and not settled it. */
static bool from_ledger(struct asking *a, struct survey_row *row, const struct source_item *item)
{
    struct ledger_message m;
    enum mail_date_source source;
    if (!row->id || ledger_find_id(a->ledger, row->id, &m, &a->error) != 1)
        return false;
    if (m.octets_claimed != item->octets || !m.date_source || !mail_date_source_parse(m.date_source, &source))
        return false;
    row->known = true;
    row->has_message_id = m.message_id;
    row->date_source = source;
    row->date_s = source == MAIL_DATE_NOW ? MAIL_NO_DATE : m.internaldate_s;
    memcpy(row->ident, m.ident, SHA256_OCTETS);
    memcpy(row->core, m.core, SHA256_OCTETS);
    return true;
}

static void free_strings(struct survey_row *row)
{
    free(row->message_id);
    free(row->from);
    free(row->subject);
    row->message_id = row->from = row->subject = NULL;
}

/* Rows with a key that is this message's own are remembered; the rest lives as long as the survey. */
static void keep(struct asking *a, size_t item, const struct mail_facts *facts, int64_t internaldate_s)
{
    struct survey_row *row = &a->survey->rows[item];
    const struct source_item *it = &a->items[item];
    row->from = mail_words_decode(facts->from);
    row->subject = mail_words_decode(facts->subject);
    row->message_id = facts->message_id ? mem_strdup(facts->message_id) : NULL;
    struct ledger_message m = {
        .id = row->id,
        .key = it->key,
        .octets_claimed = it->octets,
        .facts = facts,
        .from = row->from,
        .subject = row->subject,
        .internaldate_s = internaldate_s,
        .date_source = mail_date_source_name(row->date_source),
    };
    struct ledger_message there;
    if (!it->key || row->internal)
        return;
    if (row->id && (ledger_find_id(a->ledger, row->id, &there, &a->error) != 1 ||
                       there.state != LEDGER_OPEN || there.octets_claimed != it->octets))
        return;
    if (ledger_note_header(a->ledger, a->job, &m, &a->error) < 0)
        return;
    row->id = m.id;
    free_strings(row);
}

static void note(struct asking *a, size_t item, const struct mail_facts *facts)
{
    struct survey_row *row = &a->survey->rows[item];
    row->known = true;
    row->internal = facts->folder_internal;
    row->has_message_id = facts->message_id;
    int64_t date_s = mail_date_internal(facts, a->now_s, &row->date_source);
    row->date_s = row->date_source == MAIL_DATE_NOW ? MAIL_NO_DATE : date_s;
    identity_of(facts, row->ident);
    memcpy(row->core, facts->core, SHA256_OCTETS);
    keep(a, item, facts, date_s);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct header *h = ctx;
    mail_scan_feed(h->asking->scan, data, len);
}

static void ask(struct asking *a, size_t item, bool whole);

static void on_header(void *ctx, const struct error *error)
{
    struct header *h = ctx;
    struct asking *a = h->asking;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    a->waiting--;
    mail_scan_finish(a->scan, &facts);
    if (error && error->scope != ERROR_SCOPE_MESSAGE && !a->error.code)
        a->error = *error;
    facts.stored_s = source_marks(a->session->source, h->item).received_s;
    if (!error && !a->error.code)
        note(a, h->item, &facts);
    if (error && !a->error.code && !h->whole && a->need == SURVEY_DATES)
        ask(a, h->item, true); /* the server offers TOP and does not give this one */
    a->session->progress.messages++;
    free(h);
}

static void ask(struct asking *a, size_t item, bool whole)
{
    struct source *source = a->session->source;
    struct header *h = mem_alloc(sizeof *h);
    *h = (struct header){.asking = a, .item = item, .whole = whole};
    a->waiting++;
    if (whole && source_traits(a->session->source)->reading_hides)
        session_keep_source(a->session); /* it must be there to be read again */
    if (whole)
        source_fetch(source, item, on_data, on_header, h);
    else
        source_fetch_header(source, item, on_data, on_header, h);
}

static void ask_more(struct asking *a)
{
    bool top = source_traits(a->session->source)->can_header;
    for (; a->next < a->survey->count && a->waiting < HEADERS_AT_ONCE && !a->error.code; a->next++) {
        struct survey_row *row = &a->survey->rows[a->next];
        const struct source_item *it = &a->items[a->next];
        row->past = past_of(a->ledger, a->job, it, &row->id, &a->error);
        row->date_s = MAIL_NO_DATE;
        if (a->error.code)
            return;
        if (past_is_settled(row->past) || from_ledger(a, row, it))
            continue;
        if (top || a->need == SURVEY_DATES)
            ask(a, a->next, !top);
    }
}

static bool surveyed(void *ctx)
{
    struct asking *a = ctx;
    ask_more(a);
    return !a->waiting && (a->next == a->survey->count || a->error.code);
}

int survey_take(struct session *s, struct ledger *ledger, int64_t job, enum survey_need need,
    struct survey *ret, struct error *err)
{
    struct asking a = {.session = s,
        .ledger = ledger,
        .job = job,
        .need = need,
        .survey = ret,
        .now_s = clock_wall_s(s->world->clock)};
    a.items = source_items(s->source, &ret->count);
    ret->rows = mem_array(ret->count, sizeof *ret->rows);
    a.scan = mail_scan_new();
    session_phase(s, "reading headers");
    int rc = session_wait(s, surveyed, &a, err);
    if (rc == 0 && a.error.code) {
        *err = a.error;
        rc = -1;
    }
    s->progress.messages = 0;
    mail_scan_free(a.scan);
    return ledger_commit(ledger, rc < 0 ? NULL : err) < 0 ? -1 : rc;
}

void survey_done(struct survey *v)
{
    for (size_t i = 0; v->rows && i < v->count; i++)
        free_strings(&v->rows[i]);
    free(v->rows);
    *v = (struct survey){0};
}

struct outcome_message survey_message(struct ledger *ledger, const struct survey_row *row, struct error *err)
{
    struct ledger_message m = {0};
    if (!row->subject && row->id)
        ledger_find_id(ledger, row->id, &m, err);
    else
        m = (struct ledger_message){
            .message_id = row->message_id, .from = row->from, .subject = row->subject};
    struct outcome_message out = outcome_of_row(&m);
    if (row->known)
        out.date_s = row->date_s;
    return out;
}
