#include "quote.h"

#include "mem.h"
#include "quote_answer.h"
#include "quote_growth.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

/* ---- the sum ---- */
static void add_count(struct quote_count *to, const struct quote_count *n)
{
    to->messages += n->messages;
    to->octets += n->octets;
}

static void add_month(struct quote_account *to, const struct quote_month *m)
{
    struct quote_month *there = (struct quote_month *)quote_month_find(to, m->year, m->month);
    if (there) {
        there->messages += m->messages;
        there->octets += m->octets;
        return;
    }
    to->months = mem_grow(to->months, to->month_count + 1, sizeof *to->months);
    size_t i = to->month_count++;
    for (; i > 0 && to->months[i - 1].year * 12 + to->months[i - 1].month > m->year * 12 + m->month; i--)
        to->months[i] = to->months[i - 1];
    to->months[i] = *m;
}

static void add_counts(struct quote_account *sum, const struct quote_account *a)
{
    add_count(&sum->inventory, &a->inventory);
    add_count(&sum->stat, &a->stat);
    add_count(&sum->to_copy, &a->to_copy);
    add_count(&sum->duplicates, &a->duplicates);
    add_count(&sum->present, &a->present);
    add_count(&sum->settled, &a->settled);
    add_count(&sum->too_big, &a->too_big);
    add_count(&sum->not_mail, &a->not_mail);
    add_count(&sum->filtered, &a->filtered);
    add_count(&sum->refused, &a->refused);
    add_count(&sum->held, &a->held);
    add_count(&sum->unread, &a->unread);
    add_count(&sum->undated, &a->undated);
}

/* The weakest of them is that of the sum. */
static void add_growth(struct quote_growth *sum, const struct quote_growth *g, bool first)
{
    for (int i = 0; i < ESTIMATE_SCENARIOS; i++)
        sum->octets[i] += g->octets[i];
    sum->origin = first || g->origin < sum->origin ? g->origin : sum->origin;
    sum->periods = first || g->periods < sum->periods ? g->periods : sum->periods;
    sum->notes |= g->notes;
    sum->reliable = g->reliable && (first || sum->reliable);
}

static void add_account(struct quote_account *sum, const struct quote_account *a, bool first)
{
    add_counts(sum, a);
    sum->unseen_octets += a->unseen_octets;
    add_growth(&sum->growth, &a->growth, first);
    sum->listed = a->listed && (first || sum->listed);
    sum->stat_agrees = a->stat_agrees && (first || sum->stat_agrees);
    sum->destination_asked = a->destination_asked && (first || sum->destination_asked);
    for (size_t i = 0; i < a->month_count; i++)
        add_month(sum, &a->months[i]);
    if (a->oldest_s && (!sum->oldest_s || a->oldest_s < sum->oldest_s))
        sum->oldest_s = a->oldest_s;
    if (a->newest_s > sum->newest_s)
        sum->newest_s = a->newest_s;
}

/* ---- time ---- */
static struct estimate_time time_for(
    const struct catalog_provider *provider, const struct estimate_load *loads, size_t count)
{
    struct estimate_pace pace = {0};
    if (provider)
        estimate_time_limits(provider, &pace);
    return estimate_time(loads, count, &pace);
}

static void find_times(struct quote *q)
{
    bool first = true;
    for (size_t i = 0; i < q->account_count; i++) {
        struct quote_account *a = &q->accounts[i];
        const struct estimate_load load = {.octets = a->to_copy.octets, .messages = a->to_copy.messages};
        if (a->error.code)
            continue;
        a->time = time_for(a->provider, &load, 1);
        if (a->time.seconds > q->time.seconds) {
            q->time = a->time;
            q->time.slowest = a->mailbox;
        }
        q->provider = first || q->provider == a->provider ? a->provider : NULL;
        first = false;
    }
}

/* ---- offers ---- */
static void add_use(struct quote *q, struct quote_offer *o, const struct estimate_share *share, bool add_on)
{
    const struct catalog_add_on *a = add_on ? share->add_on : NULL;
    unsigned term = q->params.model.term_months;
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].plan == share->plan && o->uses[i].add_on == a)
            return;
    struct quote_use u = {
        .plan = share->plan,
        .add_on = a,
        .storage = a ? &a->storage : &share->plan->storage,
        .price = catalog_price_pick(a ? a->prices : share->plan->prices,
            a ? a->price_count : share->plan->price_count, o->results[ESTIMATE_MID]->currency, term),
    };
    u.verified = u.storage->fact.verified && u.price && u.price->fact.verified;
    o->uses = mem_grow(o->uses, o->use_count + 1, sizeof *o->uses);
    o->uses[o->use_count++] = u;
}

/* "2023-06" stands before "2026"; "unknown" before every date. */
static const char *older(const char *a, const char *b)
{
    bool a_known = *a >= '0' && *a <= '9', b_known = *b >= '0' && *b <= '9';
    if (!*a || a_known != b_known)
        return !*a || !b_known ? b : a;
    return strcmp(a, b) <= 0 ? a : b;
}

static bool can_be_compared(const struct quote *q, const struct catalog_family *family)
{
    for (size_t i = 0; i < q->catalog->plan_count; i++) {
        const struct catalog_plan *p = q->catalog->plans[i];
        if (p->family == family && p->automatic && p->price_count && p->storage.octets)
            return true;
    }
    return false;
}

static void describe_offer(struct quote *q, struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    o->as_of = "";
    o->compared = can_be_compared(q, o->family);
    for (int n = 0; n < f->year_count; n++)
        for (size_t i = 0; i < f->years[n].share_count; i++) {
            add_use(q, o, &f->years[n].shares[i], false);
            if (f->years[n].shares[i].add_on)
                add_use(q, o, &f->years[n].shares[i], true);
        }
    for (size_t i = 0; i < o->use_count; i++)
        if (o->uses[i].price)
            o->as_of = older(o->as_of, o->uses[i].price->fact.as_of);
    o->first = quote_main_plan(&f->years[0]);
    o->last = quote_main_plan(&f->years[f->year_count - 1]);
    o->holds_years = f->year_count;
    if (f->stepped_year && f->stepped_year - 1 < o->holds_years)
        o->holds_years = f->stepped_year - 1;
    if (f->misfit_year && f->misfit_year - 1 < o->holds_years)
        o->holds_years = f->misfit_year - 1;
}

/* 0: a total in the currency that was asked for; 1: in another; 2: none. */
static int rank(const struct quote *q, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    return !f->complete ? 2 : f->shown != q->params.model.view.currency;
}

static bool goes_before(const struct quote *q, const struct quote_offer *a, const struct quote_offer *b)
{
    int ra = rank(q, a), rb = rank(q, b);
    if (ra != rb)
        return ra < rb;
    return ra == 0 && a->results[ESTIMATE_MID]->total.minor < b->results[ESTIMATE_MID]->total.minor;
}

static void insert_offer(struct quote *q, const struct quote_offer *o)
{
    size_t i = q->offer_count++;
    for (; i > 0 && goes_before(q, o, &q->offers[i - 1]); i--)
        q->offers[i] = q->offers[i - 1];
    q->offers[i] = *o;
}

static void make_offers(struct quote *q, const struct estimate_load *loads)
{
    const struct estimate *mid = &q->estimates[ESTIMATE_MID];
    q->offers = mem_array(mid->family_count, sizeof *q->offers);
    for (size_t i = 0; i < mid->family_count; i++) {
        struct quote_offer o = {.family = mid->families[i].family};
        for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
            o.results[s] = &q->estimates[s].families[i];
        describe_offer(q, &o);
        o.time = time_for(o.family->provider, loads, q->measured_count);
        insert_offer(q, &o);
    }
}

/* ---- all of it ---- */
void quote_give_growth(struct quote_account *a, uint64_t octets)
{
    a->growth = (struct quote_growth){.origin = QUOTE_GROWTH_GIVEN, .reliable = true};
    for (int i = 0; i < ESTIMATE_SCENARIOS; i++)
        a->growth.octets[i] = octets;
}

static void apply_given_growth(struct quote *q, struct quote_account *a)
{
    if (!q->params.growth_given || a->growth.origin == QUOTE_GROWTH_GIVEN)
        return;
    quote_give_growth(a, q->params.growth_octets);
}

static uint64_t with_sent(uint64_t octets, int sent_tenths)
{
    return (uint64_t)(((unsigned __int128)octets * (unsigned)sent_tenths + 500) / 1000);
}

/* What POP never showed: there now, and (sent mail, where the growth was measured on what came) each year. */
static void add_unseen(struct quote *q, struct quote_account *a)
{
    int sent = a->sent_tenths >= 0 ? a->sent_tenths : q->params.sent_tenths;
    uint64_t local = a->local_given ? a->local_octets : q->params.local_octets;
    bool measured = a->growth.origin == QUOTE_GROWTH_MONTHS || a->growth.origin == QUOTE_GROWTH_WEEKS;
    a->unseen_octets = with_sent(a->held.octets, sent) + local;
    a->held.octets += a->unseen_octets;
    for (int s = 0; measured && s < ESTIMATE_SCENARIOS; s++)
        a->growth.octets[s] += with_sent(a->growth.octets[s], sent);
}

/* "*.sakura.ne.jp" stands for all below it. */
static bool is_domain(const char *pattern, const char *domain)
{
    size_t n = strlen(domain), m = strlen(pattern);
    if (strncmp(pattern, "*.", 2) != 0)
        return text_equal_nocase(pattern, domain);
    return n >= m - 1 && text_equal_nocase(pattern + 1, domain + n - (m - 1));
}

static bool is_providers_domain(const struct catalog *c, const char *domain)
{
    for (size_t i = 0; i < c->provider_count; i++)
        for (size_t k = 0; k < c->providers[i]->domain_count; k++) {
            const struct catalog_domain *d = &c->providers[i]->domains[k];
            if (!d->mx && is_domain(d->name, domain))
                return true;
        }
    return false;
}

/* More than one mailbox, or an address below a domain of its own. Where no address is known, it may be one: a
 * person's plan that is offered to a company does more harm than one that is not offered to a person. */
static bool is_company(const struct quote *q)
{
    const char *at = q->account_count == 1 ? strrchr(q->accounts[0].name, '@') : NULL;
    return !at || !is_providers_domain(q->catalog, at + 1);
}

static int run(struct quote *q, struct estimate_mailbox *mailboxes, struct error *err)
{
    q->params.model.company = !q->params.personal && is_company(q);
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++) {
        struct estimate_params params = q->params.model;
        params.scenario = (enum estimate_scenario)s;
        if (estimate_run(q->catalog, mailboxes, q->measured_count, &params, &q->estimates[s], err) < 0)
            return -1;
    }
    return 0;
}

int quote_calculate(struct quote *q, struct error *err)
{
    struct estimate_mailbox *mailboxes = mem_array(q->account_count, sizeof *mailboxes);
    struct estimate_load *loads = mem_array(q->account_count, sizeof *loads);
    for (size_t i = 0; i < q->account_count; i++)
        apply_given_growth(q, &q->accounts[i]);
    q->trend_permille =
        quote_growth_together(q->accounts, q->account_count, q->date_s, q->params.utc_offset_min);
    for (size_t i = 0; i < q->account_count; i++) {
        struct quote_account *a = &q->accounts[i];
        if (a->error.code)
            continue;
        add_unseen(q, a);
        add_account(&q->sum, a, q->measured_count == 0);
        a->mailbox = q->measured_count++;
        loads[a->mailbox] = (struct estimate_load){a->to_copy.octets, a->to_copy.messages};
        mailboxes[a->mailbox] = (struct estimate_mailbox){
            .name = a->name, .octets = a->held.octets, .messages = a->held.messages};
        for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
            mailboxes[a->mailbox].growth_octets[s] = a->growth.octets[s];
    }
    int rc = q->measured_count ? run(q, mailboxes, err) : 0;
    q->calculated = q->measured_count && rc == 0;
    if (q->calculated) {
        find_times(q);
        make_offers(q, loads);
        rc = quote_answer_find(q, mailboxes, err);
        q->calculated = rc == 0;
    }
    free(mailboxes);
    free(loads);
    return rc;
}
