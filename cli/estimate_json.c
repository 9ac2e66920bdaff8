#include "estimate_print.h"

#include "i18n.h"
#include "mail_date.h"
#include "print.h"
#include "quote_answer.h"
#include <jansson.h>
#include <stdio.h>

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static void set(json_t *o, const char *name, json_t *value)
{
    json_object_set_new(o, name, value);
}

static json_t *amount(struct money m)
{
    char text[MONEY_TEXT_MAX];
    return json_string(money_text_plain(text, m));
}

static json_t *tenths(int n)
{
    return json_real(n / 10.0);
}

static json_t *date_or_null(int64_t date_s)
{
    return date_s ? print_json_time(date_s) : json_null();
}

static void set_time(json_t *o, const struct estimate_time *t)
{
    set(o, "days_to_migrate", t->days ? number(t->days) : json_null());
    set(o, "seconds_to_migrate", t->days ? number(t->seconds) : json_null());
    set(o, "bottleneck", t->days ? json_string(estimate_bottleneck_words(t->bottleneck)) : json_null());
}

/* ---- mailboxes ---- */
static void set_counts(json_t *o, const struct quote_account *a)
{
    const struct {
        const char *messages, *octets;
        const struct quote_count *n;
    } counts[] = {
        {"messages", "octets", &a->inventory},
        {"stat_messages", "stat_octets", &a->stat},
        {"to_copy", "to_copy_octets", &a->to_copy},
        {"duplicates", "duplicate_octets", &a->duplicates},
        {"present", "present_octets", &a->present},
        {"done_before", "done_before_octets", &a->settled},
        {"too_big", "too_big_octets", &a->too_big},
        {"not_mail", "not_mail_octets", &a->not_mail},
        {"filtered", "filtered_octets", &a->filtered},
        {"quarantined", "quarantined_octets", &a->refused},
        {"held", "held_octets", &a->held},
        {"unread", "unread_octets", &a->unread},
        {"undated", "undated_octets", &a->undated},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        set(o, counts[i].messages, number(counts[i].n->messages));
        set(o, counts[i].octets, number(counts[i].n->octets));
    }
}

static json_t *months(const struct quote_account *a)
{
    json_t *all = json_array();
    for (size_t i = 0; i < a->month_count; i++) {
        const struct quote_month *m = &a->months[i];
        json_array_append_new(
            all, json_pack("{s:o, s:I, s:I}", "month", json_sprintf("%04d-%02d", m->year, m->month),
                     "messages", (json_int_t)m->messages, "octets", (json_int_t)m->octets));
    }
    return all;
}

static json_t *growth(const struct quote_growth *g)
{
    static const char *const origins[] = {
        [QUOTE_GROWTH_ASSUMED] = "assumed",
        [QUOTE_GROWTH_MONTHS] = "months",
        [QUOTE_GROWTH_WEEKS] = "weeks",
        [QUOTE_GROWTH_GIVEN] = "given",
    };
    json_t *notes = json_array();
    for (int bit = 0; bit < QUOTE_NOTES; bit++)
        if (g->notes & 1u << bit)
            json_array_append_new(
                notes, json_string(quote_growth_note_words((enum quote_growth_note)(1 << bit))));
    return json_pack("{s:I, s:I, s:I, s:s, s:i, s:b, s:o}", "low", (json_int_t)g->octets[ESTIMATE_LOW], "mid",
        (json_int_t)g->octets[ESTIMATE_MID], "high", (json_int_t)g->octets[ESTIMATE_HIGH], "from",
        origins[g->origin], "periods", (int)g->periods, "reliable", g->reliable, "notes", notes);
}

static json_t *quota(const struct quote_account *a)
{
    const struct quote_quota *q = &a->quota;
    struct quote_room room = quote_room_after(a);
    json_t *o = json_object();
    set(o, "octets_used", q->storage_known ? number(q->used.octets) : json_null());
    set(o, "octets_limit", q->storage_known ? number(q->limit.octets) : json_null());
    set(o, "messages_used", q->messages_known ? number(q->used.messages) : json_null());
    set(o, "messages_limit", q->messages_known ? number(q->limit.messages) : json_null());
    set(o, "octets_free_after", room.known && room.fits ? number(room.octets) : json_null());
    set(o, "octets_lacking", room.known && !room.fits ? number(room.octets) : json_null());
    return o;
}

static json_t *account(const struct quote_account *a)
{
    static const char *const limits[] = {
        [QUOTE_LIMIT_NONE] = NULL, [QUOTE_LIMIT_SERVER] = "server", [QUOTE_LIMIT_CATALOG] = "catalog"};
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", a->name, "from", a->source, "to",
        a->destination, "folder", a->folder, "listed", a->listed);
    set(o, "error", print_json_error(&a->error));
    set_counts(o, a);
    set(o, "stat_agrees", json_boolean(a->stat_agrees));
    set(o, "destination_asked", json_boolean(a->destination_asked));
    set(o, "destination_messages", number(a->destination_messages));
    set(o, "message_limit", a->limit_octets ? number(a->limit_octets) : json_null());
    set(o, "message_limit_from",
        limits[a->limit_origin] ? json_string(limits[a->limit_origin]) : json_null());
    set(o, "quota", quota(a));
    set(o, "oldest", date_or_null(a->oldest_s));
    set(o, "newest", date_or_null(a->newest_s));
    set(o, "expire_days", a->expire_days >= 0 ? json_integer(a->expire_days) : json_null());
    set(o, "growth", growth(&a->growth));
    set(o, "months", months(a));
    set(o, "unseen_octets", number(a->unseen_octets));
    set(o, "provider", a->provider ? json_string(a->provider->id) : json_null());
    set_time(o, &a->time);
    return o;
}

/* ---- plans ---- */
static json_t *shares(const struct estimate_year *y)
{
    json_t *all = json_array();
    for (size_t i = 0; i < y->share_count; i++) {
        const struct estimate_share *s = &y->shares[i];
        json_array_append_new(
            all, json_pack("{s:s, s:o, s:I, s:I, s:I}", "plan", s->plan->id, "add_on",
                     s->add_on ? json_string(s->add_on->id) : json_null(), "mailboxes",
                     (json_int_t)s->mailboxes, "seats", (json_int_t)s->seats, "units", (json_int_t)s->units));
    }
    return all;
}

static bool has_amount(const struct estimate_year *y)
{
    return y->priced && y->share_count && !y->misfits;
}

static json_t *years(const struct estimate_family *f)
{
    json_t *all = json_array();
    for (int n = 0; n < f->year_count; n++) {
        const struct estimate_year *y = &f->years[n];
        bool known = has_amount(y);
        json_array_append_new(
            all, json_pack("{s:i, s:I, s:I, s:o, s:I, s:o, s:o, s:b, s:o}", "year", n + 1, "octets",
                     (json_int_t)y->octets, "needed", (json_int_t)y->needed, "plans", shares(y), "misfits",
                     (json_int_t)y->misfits, "monthly", known ? amount(y->monthly) : json_null(), "yearly",
                     known ? amount(y->yearly) : json_null(), "stepped", y->stepped, "misfit",
                     y->misfit ? json_string(estimate_misfit_words(y->misfit)) : json_null()));
    }
    return all;
}

static json_t *use(const struct quote_use *u)
{
    const struct catalog_storage *s = u->storage;
    const struct catalog_price *p = u->price;
    json_t *o = json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:b}", "plan", u->plan->id, "add_on",
        u->add_on ? json_string(u->add_on->id) : json_null(), "storage_octets",
        s->octets ? number(s->octets) : json_null(), "storage", s->words, "storage_as_of", s->fact.as_of,
        "storage_source", s->fact.source, "verified", u->verified);
    set(o, "price", p ? amount(p->amount) : json_null());
    set(o, "price_currency", p ? json_string(money_code(p->amount.currency)) : json_null());
    set(o, "price_per", p ? json_string(p->per_year ? "year" : "month") : json_null());
    set(o, "price_tax", p ? json_string(catalog_tax_name(p->tax)) : json_null());
    set(o, "price_as_of", p ? json_string(p->fact.as_of) : json_null());
    set(o, "price_source", p ? json_string(p->fact.source) : json_null());
    return o;
}

static json_t *plan(const struct quote_offer *offer)
{
    static const char *const states[] = {
        [QUOTE_OFFER_VERIFIED] = "verified",
        [QUOTE_OFFER_UNVERIFIED] = "unverified",
        [QUOTE_OFFER_UNPRICED] = "unpriced",
        [QUOTE_OFFER_OUTGROWN] = "outgrown",
        [QUOTE_OFFER_MISFIT] = "misfit",
        [QUOTE_OFFER_UNKNOWN] = "unknown",
    };
    const struct estimate_family *f = offer->results[ESTIMATE_MID];
    const struct estimate_year *first = &f->years[0], *last = &f->years[f->year_count - 1];
    json_t *uses = json_array();
    for (size_t i = 0; i < offer->use_count; i++)
        json_array_append_new(uses, use(&offer->uses[i]));
    json_t *o = json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:b}", "id",
        offer->first ? json_string(offer->first->id) : json_null(), "last_id",
        offer->last ? json_string(offer->last->id) : json_null(), "family", offer->family->id, "name",
        offer->family->name, "provider", offer->family->provider->id, "counted",
        catalog_scope_words(offer->family->scope), "state", states[quote_offer_state(offer)], "verified",
        f->verified);
    set(o, "compared", json_boolean(offer->compared));
    set(o, "currency", json_string(money_code(f->shown)));
    set(o, "monthly", has_amount(first) ? amount(first->monthly) : json_null());
    set(o, "monthly_last", has_amount(last) ? amount(last->monthly) : json_null());
    set(o, "total", f->complete ? amount(f->total) : json_null());
    for (int s = 0; s < ESTIMATE_SCENARIOS; s += ESTIMATE_HIGH)
        set(o, s == ESTIMATE_LOW ? "total_low" : "total_high",
            offer->results[s]->complete ? amount(offer->results[s]->total) : json_null());
    set(o, "holds_years", json_integer(offer->holds_years));
    set(o, "as_of", json_string(offer->as_of));
    set(o, "years", years(f));
    set(o, "uses", uses);
    set_time(o, &offer->time);
    return o;
}

/* ---- the answer ---- */
static json_t *change(const struct quote_change *c)
{
    if (!c->year)
        return json_null();
    return json_pack("{s:i, s:b, s:o, s:I, s:o, s:o, s:o}", "year", c->year, "ends", c->ends, "mailbox",
        c->account ? json_string(c->account->name) : json_null(), "mailboxes", (json_int_t)c->mailboxes,
        "plan", c->needed ? json_string(c->needed->plan->id) : json_null(), "add_on",
        c->needed && c->needed->add_on ? json_string(c->needed->add_on->id) : json_null(), "seats",
        c->needed ? number(c->needed->seats) : json_null());
}

static json_t *pick(const struct quote_pick *p)
{
    if (!p->offer)
        return json_null();
    const struct estimate_family *f = p->offer->results[ESTIMATE_MID];
    json_t *o = json_pack("{s:s, s:s, s:s, s:b}", "family", p->offer->family->id, "plan", p->offer->first->id,
        "currency", money_code(f->shown), "verified", f->verified);
    set(o, "monthly", amount(p->monthly));
    set(o, "monthly_each", amount(p->each));
    set(o, "monthly_last", p->last_known ? amount(p->monthly_last) : json_null());
    set(o, "monthly_each_last", p->last_known ? amount(p->each_last) : json_null());
    set(o, "total", f->complete ? amount(f->total) : json_null());
    set(o, "change", change(&p->change));
    return o;
}

static json_t *lever(const struct quote_lever *l)
{
    if (!l->before_year)
        return json_null();
    return json_pack("{s:i, s:I, s:s, s:s, s:o, s:o}", "before_year", l->before_year, "octets",
        (json_int_t)l->octets, "family", l->family->id, "plan", l->plan->id, "saves", amount(l->saved),
        "saves_monthly", amount(l->saved_monthly));
}

static json_t *answer(const struct quote *q)
{
    const struct quote_answer *a = &q->answer;
    if (!q->calculated)
        return json_null();
    json_t *sentences = json_array();
    struct quote_sentences words = quote_answer_words(q, quote_words_of(i18n_lang()));
    for (size_t i = 0; i < words.count; i++)
        json_array_append_new(sentences, json_string(words.lines[i]));
    quote_sentences_done(&words);
    json_t *o = json_pack("{s:o, s:o, s:o, s:o}", "sentences", sentences, "cheapest", pick(&a->cheapest),
        "lasting", pick(&a->lasting), "unchanged", pick(&a->unchanged));
    set(o, "current_monthly", a->current_known ? amount(a->current) : json_null());
    set(o, "difference_monthly", a->current_known ? amount(a->difference) : json_null());
    set(o, "difference_monthly_last", a->current_known ? amount(a->difference_last) : json_null());
    set(o, "difference_total", a->current_known ? amount(a->difference_total) : json_null());
    set(o, "lever", lever(&a->lever));
    set(o, "verified", json_boolean(a->verified));
    set(o, "growth_reliable", json_boolean(a->growth_reliable));
    return o;
}

/* ---- all of it ---- */
static json_t *rates(const struct money_view *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->rate_count; i++) {
        const struct money_rate *r = &v->rates[i];
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:I, s:I}", "from", money_code(r->from), "to", money_code(r->to),
                     "numerator", (json_int_t)r->numerator, "denominator", (json_int_t)r->denominator));
    }
    return all;
}

static json_t *parameters(const struct quote_params *p)
{
    const struct estimate_params *m = &p->model;
    json_t *o =
        json_pack("{s:i, s:s, s:i, s:b, s:b}", "years", m->years, "currency", money_code(m->view.currency),
            "term_months", (int)m->term_months, "fast", p->fast, "company", m->company);
    set(o, "growth_octets", p->growth_given ? number(p->growth_octets) : json_null());
    set(o, "growth_rise_percent", tenths(m->rise_tenths));
    set(o, "margin_percent", tenths(m->margin_tenths));
    set(o, "tax_percent", tenths(m->view.tax_tenths));
    set(o, "sent_percent", tenths(p->sent_tenths));
    set(o, "local_octets", number(p->local_octets));
    set(o, "other_use_octets", number(m->other_use_octets));
    set(o, "rates", rates(&m->view));
    return o;
}

static json_t *projection(const struct quote *q)
{
    static const char *const names[] = {
        [ESTIMATE_LOW] = "low", [ESTIMATE_MID] = "mid", [ESTIMATE_HIGH] = "high"};
    json_t *o = json_object();
    for (int s = 0; q->calculated && s < ESTIMATE_SCENARIOS; s++) {
        json_t *octets = json_array();
        for (int n = 0; n <= q->params.model.years; n++)
            json_array_append_new(octets, number(quote_projected(q, (enum estimate_scenario)s, n)));
        set(o, names[s], octets);
    }
    return o;
}

void estimate_json(const struct quote *q, const struct error *err, int exit_code)
{
    json_t *accounts = json_array(), *plans = json_array();
    for (size_t i = 0; i < q->account_count; i++)
        json_array_append_new(accounts, account(&q->accounts[i]));
    for (size_t i = 0; i < q->offer_count; i++)
        json_array_append_new(plans, plan(&q->offers[i]));
    json_t *doc = json_pack("{s:s, s:s, s:o}", "customer", q->customer, "prepared_by", q->prepared_by, "date",
        print_json_time(q->date_s));
    set(doc, "answer", answer(q));
    set(doc, "parameters", parameters(&q->params));
    set(doc, "catalog_gathered", json_string(q->catalog ? q->catalog->gathered : ""));
    set(doc, "measured", number(q->measured_count));
    set_counts(doc, &q->sum);
    set(doc, "growth", growth(&q->sum.growth));
    set(doc, "growth_trend_percent", tenths((int)q->trend_permille - 1000));
    set(doc, "months", months(&q->sum));
    set(doc, "projection", projection(q));
    set_time(doc, &q->time);
    set(doc, "accounts", accounts);
    set(doc, "plans", plans);
    set(doc, "error", print_json_error(err));
    set(doc, "exit_code", json_integer(exit_code));
    print_json_document(stdout, "estimate", doc);
}
