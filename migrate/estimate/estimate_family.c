#include "estimate_family.h"

#include "estimate_choose.h"
#include "estimate_margin.h"
#include "mem.h"
#include <stdlib.h>

#define MONTHS 12

/* The work on one family. */
struct work {
    const struct estimate_inputs *in;
    struct estimate_terms terms;
    struct estimate_family *f;
    struct money_view view;         /* of what is printed */
    struct estimate_option *before; /* of each mailbox, or of all: the choice of the year before */
    struct estimate_option *first;  /* and of the first year */
};

static bool each_alone(const struct catalog_family *f)
{
    return f->scope == CATALOG_PER_USER && f->mixing;
}

static bool one_pool(const struct catalog_family *f)
{
    return f->scope == CATALOG_PER_USER_SUM || f->scope == CATALOG_PER_CONTRACT;
}

/* ---- the currency ---- */
/* Every automatic plan with a price has one in it (verified, if it is asked for), and there is one. */
static bool covers(const struct work *w, enum money_currency currency, bool verified)
{
    const struct catalog *c = w->in->catalog;
    size_t priced = 0;
    for (size_t i = 0; i < c->plan_count; i++) {
        const struct catalog_plan *p = c->plans[i];
        if (p->family != w->f->family || !p->automatic || !p->price_count)
            continue;
        const struct catalog_price *price =
            catalog_price_pick(p->prices, p->price_count, currency, w->in->params->term_months);
        if (!price || (verified && !price->fact.verified))
            return false;
        priced++;
    }
    return priced > 0;
}

/* The view's if its prices are verified; else one whose are, and that can be converted; else the view's all
 * the same, and else what can be converted. Without any that covers all, the view's: what has no price in it
 * counts as not priced. */
static enum money_currency choose_currency(const struct work *w)
{
    static const enum money_currency others[] = {MONEY_USD, MONEY_JPY, MONEY_EUR};
    const struct money_view *view = &w->in->params->view;
    enum money_currency found = view->currency;
    size_t count = sizeof others / sizeof *others;
    if (covers(w, found, true))
        return found;
    for (size_t i = 0; i < count; i++)
        if (covers(w, others[i], true) && money_convertible(others[i], view))
            return others[i];
    if (covers(w, found, false))
        return found;
    for (size_t i = count; i-- > 0;)
        if (covers(w, others[i], false))
            found = others[i];
    for (size_t i = count; i-- > 0;)
        if (covers(w, others[i], false) && money_convertible(others[i], view))
            found = others[i];
    return found;
}

/* The catalog made sure that all prices of a family and currency treat tax alike. */
static void find_tax(struct work *w)
{
    const struct catalog *c = w->in->catalog;
    for (size_t i = 0; i < c->plan_count; i++) {
        const struct catalog_plan *p = c->plans[i];
        const struct catalog_price *price =
            p->family == w->f->family ? catalog_price_pick(p->prices, p->price_count, w->f->currency, 1)
                                      : NULL;
        if (!price)
            continue;
        w->f->tax = price->tax;
        w->f->contained_tax_tenths = price->tax_tenths;
        return;
    }
}

/* ---- one year ---- */
static bool same_choice(const struct estimate_option *a, const struct estimate_option *b)
{
    return a->plan == b->plan && a->add_on == b->add_on && a->seats == b->seats && a->units == b->units;
}

static struct estimate_share *share_of(struct estimate_year *y, const struct estimate_option *o)
{
    for (size_t i = 0; i < y->share_count; i++)
        if (y->shares[i].plan == o->plan && y->shares[i].add_on == o->add_on)
            return &y->shares[i];
    y->shares = mem_grow(y->shares, y->share_count + 1, sizeof *y->shares);
    struct estimate_share *s = &y->shares[y->share_count++];
    *s = (struct estimate_share){.plan = o->plan, .add_on = o->add_on};
    return s;
}

static void note_verified(struct work *w, const struct estimate_option *o)
{
    const struct catalog_price *price =
        catalog_price_pick(o->plan->prices, o->plan->price_count, w->f->currency, w->terms.term_months);
    const struct catalog_storage *max = &o->plan->mailbox_max;
    bool verified = o->plan->storage.fact.verified && (!max->octets || max->fact.verified) && price &&
                    price->fact.verified;
    if (o->add_on) {
        const struct catalog_price *more = catalog_price_pick(
            o->add_on->prices, o->add_on->price_count, w->f->currency, w->terms.term_months);
        verified = verified && o->add_on->storage.fact.verified && more && more->fact.verified;
    }
    w->f->verified = w->f->verified && verified;
}

/* What was chosen for so many mailboxes goes into the year. */
static int book(struct work *w, struct estimate_year *y, const struct estimate_option *o, uint64_t mailboxes,
    struct error *err)
{
    struct estimate_share *s = share_of(y, o);
    uint64_t seats = w->f->family->charged_per_user ? o->seats : 1;
    s->mailboxes += mailboxes;
    s->seats += seats;
    s->units += o->units;
    y->seats += seats;
    y->priced = y->priced && o->priced;
    note_verified(w, o);
    return o->priced ? money_add(y->exact, o->yearly, &y->exact, err) : 0;
}

/* A mailbox (or all of them) in year n: `slot` tells whose choice of the year before it follows. */
static int settle(
    struct work *w, int n, size_t slot, struct estimate_demand *demand, uint64_t mailboxes, struct error *err)
{
    struct estimate_year *y = &w->f->years[n - 1];
    struct estimate_option chosen = {0};
    demand->from = w->before[slot].plan;
    enum estimate_misfit misfit = estimate_choose(&w->terms, demand, &chosen);
    struct estimate_fate *fate = w->f->fates ? &w->f->fates[slot] : NULL;
    if (misfit != ESTIMATE_FITS) {
        y->misfit = y->misfit ? y->misfit : misfit;
        y->misfits += mailboxes;
        if (fate && !fate->misfit_year)
            fate->misfit_year = n;
        return 0;
    }
    if (n == 1)
        w->first[slot] = chosen;
    y->stepped |= n > 1 && !same_choice(&chosen, &w->before[slot]);
    if (fate && !fate->stepped_year && !same_choice(&chosen, &w->first[slot]))
        fate->stepped_year = n;
    w->before[slot] = chosen;
    return book(w, y, &chosen, mailboxes, err);
}

static int settle_each(struct work *w, int n, struct error *err)
{
    const struct estimate_inputs *in = w->in;
    size_t stride = (size_t)in->params->years + 1;
    struct estimate_year *y = &w->f->years[n - 1];
    if (w->f->family->seats_max && in->mailbox_count > w->f->family->seats_max) {
        y->misfit = ESTIMATE_TOO_MANY_SEATS;
        y->misfits = in->mailbox_count;
        return 0;
    }
    for (size_t i = 0; i < in->mailbox_count; i++) {
        struct estimate_demand demand = {
            .octets = estimate_margin_add(in->projection[i * stride + (size_t)n], in->params->margin_tenths),
            .seats = 1,
        };
        if (settle(w, n, i, &demand, 1, err) < 0)
            return -1;
    }
    return 0;
}

/* What must be held in year n: the pool's content, or the largest mailbox; with the margin. */
static uint64_t needed(const struct work *w, int n)
{
    const struct estimate_params *p = w->in->params;
    uint64_t octets =
        one_pool(w->f->family) ? w->in->sums->octets[n] + p->other_use_octets : w->in->sums->largest[n];
    return estimate_margin_add(octets, p->margin_tenths);
}

static int settle_year(struct work *w, int n, struct error *err)
{
    struct estimate_year *y = &w->f->years[n - 1];
    y->octets = w->in->sums->octets[n];
    y->needed = needed(w, n);
    y->priced = true;
    y->exact.currency = w->f->currency;
    if (each_alone(w->f->family))
        return settle_each(w, n, err);
    struct estimate_demand demand = {.octets = y->needed, .seats = w->in->mailbox_count};
    if (one_pool(w->f->family))
        demand.largest = estimate_margin_add(w->in->sums->largest[n], w->in->params->margin_tenths);
    return settle(w, n, 0, &demand, w->in->mailbox_count, err);
}

/* ---- what is printed ---- */
static int present(
    const struct work *w, struct money exact, int64_t parts, struct money *ret, struct error *err)
{
    return money_present(exact, parts, w->f->contained_tax_tenths, &w->view, ret, err);
}

static int sum_up(struct work *w, struct error *err)
{
    struct estimate_family *f = w->f;
    for (int n = 1; n <= w->in->params->years; n++) {
        struct estimate_year *y = &f->years[n - 1];
        y->priced = y->priced && y->share_count;
        if (present(w, y->exact, 1, &y->yearly, err) < 0 ||
            present(w, y->exact, MONTHS, &y->monthly, err) < 0 ||
            money_add(f->exact_total, y->exact, &f->exact_total, err) < 0)
            return -1;
        f->priced = f->priced && y->priced;
        f->misfit_year = !f->misfit_year && y->misfits ? n : f->misfit_year;
        f->stepped_year = !f->stepped_year && y->stepped ? n : f->stepped_year;
    }
    f->complete = f->priced && !f->misfit_year;
    f->verified = f->verified && f->years[0].share_count;
    return present(w, f->exact_total, 1, &f->total, err);
}

static int by_catalog(const struct catalog *c, const struct estimate_share *a, const struct estimate_share *b)
{
    if (a->plan == b->plan)
        return a->add_on < b->add_on ? -1 : a->add_on > b->add_on; /* of one array; NULL first */
    for (size_t i = 0; i < c->plan_count; i++)
        if (c->plans[i] == a->plan || c->plans[i] == b->plan)
            return c->plans[i] == a->plan ? -1 : 1;
    return 0;
}

static int compare_shares(const void *a, const void *b, void *catalog)
{
    return by_catalog(catalog, a, b);
}

static void sort_shares(struct work *w)
{
    for (int n = 0; n < w->in->params->years; n++)
        if (w->f->years[n].share_count)
            qsort_r(w->f->years[n].shares, w->f->years[n].share_count, sizeof *w->f->years[n].shares,
                compare_shares, (void *)w->in->catalog);
}

/* ---- how long each plan would do ---- */
static void add_ceiling(struct work *w, const struct catalog_plan *p)
{
    struct estimate_family *f = w->f;
    f->ceilings = mem_grow(f->ceilings, f->ceiling_count + 1, sizeof *f->ceilings);
    struct estimate_ceiling *ceiling = &f->ceilings[f->ceiling_count++];
    *ceiling =
        (struct estimate_ceiling){.plan = p, .octets = estimate_choose_ceiling(p, w->in->mailbox_count)};
    for (int n = 1; n <= w->in->params->years && p->storage.octets && !ceiling->full_year; n++)
        if (needed(w, n) > ceiling->octets)
            ceiling->full_year = n;
}

static void add_ceilings(struct work *w)
{
    for (size_t i = 0; i < w->in->catalog->plan_count; i++) {
        const struct catalog_plan *p = w->in->catalog->plans[i];
        if (p->family == w->f->family && p->automatic)
            add_ceiling(w, p);
    }
}

static int run(struct work *w, struct error *err)
{
    for (int n = 1; n <= w->in->params->years; n++)
        if (settle_year(w, n, err) < 0)
            return -1;
    sort_shares(w);
    add_ceilings(w);
    return sum_up(w, err);
}

static void prepare(struct work *w, const struct catalog_family *family)
{
    const struct estimate_params *params = w->in->params;
    struct estimate_family *f = w->f;
    bool each = each_alone(family);
    size_t slots = each ? w->in->mailbox_count : 1;
    *f = (struct estimate_family){.family = family, .verified = family->fact.verified, .priced = true};
    f->currency = choose_currency(w);
    f->shown = money_convertible(f->currency, &params->view) ? params->view.currency : f->currency;
    f->exact_total.currency = f->currency;
    f->year_count = params->years;
    f->years = mem_array((size_t)params->years, sizeof *f->years);
    f->fates = each ? mem_array(slots, sizeof *f->fates) : NULL;
    w->view = params->view;
    w->view.currency = f->shown;
    w->terms =
        (struct estimate_terms){w->in->catalog, family, f->currency, params->term_months, params->archive};
    w->before = mem_array(slots, sizeof *w->before);
    w->first = mem_array(slots, sizeof *w->first);
    find_tax(w);
}

int estimate_family_run(const struct estimate_inputs *in, const struct catalog_family *family,
    struct estimate_family *ret, struct error *err)
{
    struct estimate_family f;
    struct work w = {.in = in, .f = &f};
    prepare(&w, family);
    int rc = run(&w, err);
    free(w.before);
    free(w.first);
    if (rc == 0)
        *ret = f;
    else
        estimate_family_done(&f);
    return rc;
}

void estimate_family_done(struct estimate_family *f)
{
    for (int n = 0; f->years && n < f->year_count; n++)
        free(f->years[n].shares);
    free(f->years);
    free(f->fates);
    free(f->ceilings);
    *f = (struct estimate_family){0};
}
