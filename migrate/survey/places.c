#include "places.h"

#include "folder_paths.h"
#include "ledger_late.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct finding {
    struct session *session;
    struct ledger *ledger;
    int64_t job;
    const struct outcome_sink *sink;
    struct outcome *outcome;
    struct places *places;
    const struct source_item *items;
    struct folder_paths paths;
    struct error error;
};

static struct place *place_of(struct places *p, int64_t mailbox, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->all[i].mailbox == mailbox)
            return &p->all[i];
    if (p->count == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 16;
        p->all = mem_grow(p->all, p->cap, sizeof *p->all);
    }
    p->all[p->count] = (struct place){.mailbox = mailbox, .name = mem_strdup(name)};
    return &p->all[p->count++];
}

static void add_item(struct place *place, size_t item)
{
    if (place->count == place->cap) {
        place->cap = place->cap ? place->cap * 2 : 256;
        place->items = mem_grow(place->items, place->cap, sizeof *place->items);
    }
    place->items[place->count++] = item;
}

static struct place *place_named(struct finding *f, const char *name)
{
    int64_t id = ledger_mailbox(f->ledger, f->job, name, &f->error);
    return id < 0 ? NULL : place_of(f->places, id, name);
}

/* Ledger mailboxes by id, and those where something was on its way when a run ended. */
static bool add_known(void *ctx, int64_t id, const char *name)
{
    struct finding *f = ctx;
    place_of(f->places, id, name);
    return true;
}

static bool needs_look_up(void *ctx, const struct ledger_message *m)
{
    struct finding *f = ctx;
    if (!m->mailbox)
        return true;
    struct place *place = place_of(f->places, m->mailbox, "");
    place->needed = place->intents = true;
    return true;
}

/* What was sent there twice may have arrived twice; what was said to be there was not looked for yet. */
static void needs_look_again(void *ctx, int64_t mailbox)
{
    struct finding *f = ctx;
    place_of(f->places, mailbox, "")->needed = true;
}

/* ---- filters ---- */
static enum ledger_left left_of(enum filter_limit why)
{
    static const enum ledger_left reasons[] = {
        [FILTER_SINCE] = LEDGER_LEFT_SINCE,
        [FILTER_BEFORE] = LEDGER_LEFT_BEFORE,
        [FILTER_MIN_SIZE] = LEDGER_LEFT_MIN_SIZE,
        [FILTER_MAX_SIZE] = LEDGER_LEFT_MAX_SIZE,
        [FILTER_FOLDER] = LEDGER_LEFT_FOLDER,
        [FILTER_TRASH] = LEDGER_LEFT_TRASH,
        [FILTER_JUNK] = LEDGER_LEFT_JUNK,
        [FILTER_OUTBOX] = LEDGER_LEFT_OUTBOX,
    };
    return reasons[why];
}

static void report_filtered(struct finding *f, size_t item, enum filter_limit why)
{
    const struct source_item *it = &f->items[item];
    const struct survey_row *row = f->places->survey.rows ? &f->places->survey.rows[item] : NULL;
    struct outcome_message out = {.message_id = "", .from = "", .subject = "", .date_s = MAIL_NO_DATE};
    if (row)
        out = survey_message(f->ledger, row, &f->error);
    char *place CLEANUP(mem_free_str) = source_place(f->session->source, item);
    out.place = place;
    out.number = it->number;
    out.key = it->key ? it->key : "";
    out.octets = it->octets;
    out.verdict = verdict_name(VERDICT_FILTERED);
    out.reason = filter_words(why);
    out.certain = true;
    f->outcome->filtered++;
    f->session->progress.messages++;
    f->session->progress.octets += it->octets;
    outcome_tell(f->sink, &out);
}

static bool filtered(struct finding *f, size_t item, enum plan_past past)
{
    const struct filter *filter = &f->session->job->filter;
    const struct survey_row *row = f->places->survey.rows ? &f->places->survey.rows[item] : NULL;
    enum filter_limit why;
    bool date_known = row && row->known && row->date_s != MAIL_NO_DATE;
    if (past_is_settled(past) || past == PAST_QUARANTINED || past == PAST_IN_DOUBT)
        return false;
    if (session_takes(f->session, item, &why) &&
        (!filter_is_set(filter) ||
            filter_match(filter, date_known, date_known ? row->date_s : 0, f->items[item].octets, &why)))
        return false;
    if (past != PAST_REFUSED) /* which the ledger counts as such */
        ledger_amount_add(&f->outcome->left[left_of(why)], f->items[item].octets);
    report_filtered(f, item, why);
    return true;
}

/* ---- places ---- */
static struct place *place_for(struct finding *f, size_t item, enum plan_past past, int64_t id)
{
    struct ledger_message m;
    const struct job *job = f->session->job;
    if (past_is_settled(past) && ledger_find_id(f->ledger, id, &m, &f->error) == 1 && m.mailbox)
        return place_of(f->places, m.mailbox, "");
    int64_t date_s = f->places->survey.rows ? f->places->survey.rows[item].date_s : MAIL_NO_DATE;
    char *name CLEANUP(mem_free_str) =
        job_mailbox(job, folder_paths_of(&f->paths, item), date_s, f->session->begun_s);
    if (folder_paths_note(&f->paths, f->ledger, f->job, item, &f->error) < 0)
        return NULL;
    return place_named(f, name);
}

static void sort_out(struct finding *f, size_t item, bool one)
{
    int64_t id = 0;
    enum plan_past past = f->places->survey.rows ? f->places->survey.rows[item].past : PAST_UNKNOWN;
    if (f->places->survey.rows)
        id = f->places->survey.rows[item].id;
    else if (filter_is_set(&f->session->job->filter))
        past = past_of(f->ledger, f->job, &f->items[item], &id, &f->error);
    if (f->error.code || filtered(f, item, past))
        return;
    struct place *place = one ? &f->places->all[0] : place_for(f, item, past, id);
    if (!place)
        return;
    add_item(place, item);
    place->needed |= one || !past_is_settled(past) || f->session->job->archive_dir ||
                     source_traits(f->session->source)->shows_part;
}

static void newest_first(struct place *place)
{
    for (size_t i = 0; i < place->count / 2; i++) {
        size_t other = place->items[i];
        place->items[i] = place->items[place->count - 1 - i];
        place->items[place->count - 1 - i] = other;
    }
}

static int prepare(struct finding *f, bool one, enum places_headers headers, struct error *err)
{
    struct session *s = f->session;
    if (one) {
        struct place *place = place_named(f, s->mailbox);
        if (place)
            place->needed = true;
    } else if (ledger_each_mailbox(f->ledger, f->job, add_known, f, &f->error) == 0 &&
               ledger_each_of_job(f->ledger, f->job, LEDGER_INTENT, needs_look_up, f, &f->error) == 0) {
        ledger_each_late_mailbox(f->ledger, f->job, needs_look_again, f, &f->error);
        if (!f->error.code)
            ledger_each_unseen_mailbox(f->ledger, f->job, needs_look_again, f, &f->error);
    }
    if (f->error.code) {
        *err = f->error;
        return -1;
    }
    bool dates = job_places_by_date(s->job) || filter_needs_date(&s->job->filter);
    if (!dates && headers == PLACES_AS_NEEDED)
        return 0;
    return survey_take(s, f->ledger, f->job, dates ? SURVEY_DATES : SURVEY_TOP, &f->places->survey, err);
}

int places_find(struct session *s, struct ledger *ledger, int64_t job, enum places_headers headers,
    const struct outcome_sink *sink, struct outcome *outcome, struct places *ret, struct error *err)
{
    struct finding f = {
        .session = s, .ledger = ledger, .job = job, .sink = sink, .outcome = outcome, .places = ret};
    bool one = job_has_one_mailbox(s->job);
    size_t count;
    *ret = (struct places){0};
    f.items = source_items(s->source, &count);
    int rc = folder_paths_begin(s, ledger, job, &f.paths, err);
    if (rc == 0)
        rc = prepare(&f, one, headers, err);
    for (size_t i = 0; rc == 0 && i < count && !f.error.code; i++)
        sort_out(&f, i, one);
    if (s->job->order == ORDER_NEWEST)
        for (size_t i = 0; i < ret->count; i++)
            newest_first(&ret->all[i]);
    if (rc == 0 && f.error.code) {
        *err = f.error;
        rc = -1;
    }
    folder_paths_done(&f.paths);
    return rc;
}

void places_done(struct places *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->all[i].name);
        free(p->all[i].items);
    }
    free(p->all);
    survey_done(&p->survey);
    *p = (struct places){0};
}
