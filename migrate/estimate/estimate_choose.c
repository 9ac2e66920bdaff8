#include "estimate_choose.h"

static bool pools(const struct catalog_family *f)
{
    return f->scope == CATALOG_PER_USER_SUM;
}

uint64_t estimate_choose_ceiling(const struct catalog_plan *plan, uint64_t seats)
{
    uint64_t octets;
    if (!pools(plan->family))
        return plan->storage.octets;
    return __builtin_mul_overflow(plan->storage.octets, seats, &octets) ? UINT64_MAX : octets;
}

static uint64_t divide_up(uint64_t n, uint64_t by)
{
    return n / by + (n % by != 0);
}

/* ---- what it costs ---- */
/* price for n seats or units, added to *sum; false when there is no price. */
static bool add_cost(const struct estimate_terms *t, const struct catalog_price *prices, size_t count,
    uint64_t n, struct money *sum)
{
    const struct catalog_price *price = catalog_price_pick(prices, count, t->currency, t->term_months);
    struct money cost;
    return price && n <= INT64_MAX &&
           money_multiply(catalog_price_yearly(price), (int64_t)n, &cost, NULL) == 0 &&
           money_add(*sum, cost, sum, NULL) == 0;
}

static void set_cost(const struct estimate_terms *t, struct estimate_option *o)
{
    uint64_t charged = t->family->charged_per_user ? o->seats : 1;
    o->yearly = (struct money){.currency = t->currency};
    o->priced = add_cost(t, o->plan->prices, o->plan->price_count, charged, &o->yearly) &&
                (!o->add_on || add_cost(t, o->add_on->prices, o->add_on->price_count, o->units, &o->yearly));
}

static bool cheaper(
    const struct estimate_option *a, const struct estimate_option *b, const struct catalog_plan *from)
{
    if (!b->plan || a->priced != b->priced)
        return !b->plan || a->priced;
    if (a->priced && a->yearly.minor != b->yearly.minor)
        return a->yearly.minor < b->yearly.minor;
    if (!a->priced && a->plan->storage.octets != b->plan->storage.octets)
        return a->plan->storage.octets < b->plan->storage.octets;
    if (a->seats != b->seats)
        return a->seats < b->seats;
    return a->plan == from && b->plan != from;
}

/* ---- what holds it ---- */
/* The plan alone: more seats where that makes the pool larger. */
static bool holds_alone(
    const struct catalog_plan *p, const struct estimate_demand *d, struct estimate_option *o)
{
    uint64_t seats = d->seats;
    if (pools(p->family) && divide_up(d->octets, p->storage.octets) > seats)
        seats = divide_up(d->octets, p->storage.octets);
    *o = (struct estimate_option){.plan = p, .seats = seats};
    return d->octets <= estimate_choose_ceiling(p, seats);
}

/* The plan for just the seats there are, and as many units of the add-on as it takes. */
static bool holds_with(const struct catalog_plan *p, const struct catalog_add_on *a,
    const struct estimate_demand *d, struct estimate_option *o)
{
    uint64_t held = estimate_choose_ceiling(p, d->seats), most, units;
    if (d->octets <= held)
        return false; /* no need for it */
    uint64_t each = divide_up(d->octets - held, a->storage.octets);
    uint64_t holders = pools(p->family) || !p->family->charged_per_user ? 1 : d->seats;
    uint64_t allowed = pools(p->family) ? d->seats : 1;
    if (__builtin_mul_overflow(a->units_max, allowed, &most) || __builtin_mul_overflow(each, holders, &units))
        return false;
    *o = (struct estimate_option){.plan = p, .add_on = a, .seats = d->seats, .units = units};
    return each <= most;
}

struct choice {
    const struct estimate_terms *terms;
    const struct estimate_demand *demand;
    struct estimate_option best;
    enum estimate_misfit misfit;
};

static void consider(struct choice *ch, struct estimate_option *o)
{
    uint64_t seats_max = ch->terms->family->seats_max;
    if (seats_max && o->seats > seats_max)
        return;
    set_cost(ch->terms, o);
    if (cheaper(o, &ch->best, ch->demand->from))
        ch->best = *o;
}

static void consider_plan(struct choice *ch, const struct catalog_plan *p)
{
    struct estimate_option o;
    if (p->mailbox_max.octets && ch->demand->largest > p->mailbox_max.octets) {
        ch->misfit = ESTIMATE_MAILBOX_LARGE;
        return;
    }
    ch->misfit = ch->misfit == ESTIMATE_MAILBOX_LARGE ? ch->misfit : ESTIMATE_TOO_LARGE;
    if (holds_alone(p, ch->demand, &o))
        consider(ch, &o);
    for (size_t i = 0; i < p->add_on_count; i++) {
        const struct catalog_add_on *a = &p->add_ons[i];
        if ((!a->archive || ch->terms->archive) && holds_with(p, a, ch->demand, &o))
            consider(ch, &o);
    }
}

static bool eligible(const struct choice *ch, const struct catalog_plan *p)
{
    const struct catalog_plan *from = ch->demand->from;
    return p->family == ch->terms->family && p->automatic && p->storage.octets &&
           (!from || catalog_plan_leads_to(ch->terms->catalog, from, p));
}

enum estimate_misfit estimate_choose(
    const struct estimate_terms *terms, const struct estimate_demand *demand, struct estimate_option *ret)
{
    struct choice ch = {.terms = terms, .demand = demand, .misfit = ESTIMATE_STORAGE_UNKNOWN};
    if (terms->family->seats_max && demand->seats > terms->family->seats_max)
        return ESTIMATE_TOO_MANY_SEATS;
    for (size_t i = 0; i < terms->catalog->plan_count; i++)
        if (eligible(&ch, terms->catalog->plans[i]))
            consider_plan(&ch, terms->catalog->plans[i]);
    if (!ch.best.plan)
        return ch.misfit;
    *ret = ch.best;
    return ESTIMATE_FITS;
}
