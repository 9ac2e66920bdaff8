#include "quote_answer.h"

#include "clock.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define MONTHS     12
#define YEARS_KEPT 2 /* whole calendar years of mail, and the running one, that no lever takes away */

/* Families that everybody asks for. */
static const char *const always[] = {"google-workspace", "microsoft-365-business"};

static const struct estimate_family *mid(const struct quote_offer *o)
{
    return o->results[ESTIMATE_MID];
}

static bool has_amount(const struct estimate_year *y)
{
    return y->priced && y->share_count && !y->misfits;
}

/* ---- which of them ---- */
static bool fits_now(const struct quote_offer *o)
{
    return has_amount(&mid(o)->years[0]);
}

static bool lasts(const struct quote_offer *o)
{
    return mid(o)->complete;
}

static bool lasts_unchanged(const struct quote_offer *o)
{
    return mid(o)->complete && !mid(o)->stepped_year;
}

static int64_t monthly(const struct quote_offer *o)
{
    return mid(o)->years[0].monthly.minor;
}

static int64_t total(const struct quote_offer *o)
{
    return mid(o)->total.minor;
}

/* Amounts of different currencies are not compared: the one asked for goes first, then that of the first
 * offer. */
static bool better(const struct quote *q, const struct quote_offer *a, const struct quote_offer *b,
    int64_t (*cost)(const struct quote_offer *o))
{
    if (!b)
        return true;
    if (mid(a)->shown != mid(b)->shown)
        return mid(a)->shown == q->params.model.view.currency;
    if (cost(a) != cost(b))
        return cost(a) < cost(b);
    return mid(a)->verified && !mid(b)->verified;
}

static const struct quote_offer *find(const struct quote *q, bool (*does)(const struct quote_offer *o),
    int64_t (*cost)(const struct quote_offer *o))
{
    const struct quote_offer *best = NULL;
    for (size_t i = 0; i < q->offer_count; i++)
        if (does(&q->offers[i]) && better(q, &q->offers[i], best, cost))
            best = &q->offers[i];
    return best;
}

/* ---- when it has to change, and for whom ---- */
static uint64_t octets_in(const struct quote *q, const struct quote_account *a, int year)
{
    uint64_t row[ESTIMATE_YEARS_MAX + 1] = {0};
    estimate_project(
        a->held.octets, a->growth.octets[ESTIMATE_MID], q->params.model.rise_tenths, year, row, NULL);
    return row[year];
}

static bool forces(
    const struct estimate_family *f, const struct quote_account *a, const struct quote_change *c)
{
    if (a->error.code)
        return false;
    if (!f->fates)
        return true;
    const struct estimate_fate *fate = &f->fates[a->mailbox];
    return (c->ends ? fate->misfit_year : fate->stepped_year) == c->year;
}

/* Where all share one pool or contract no mailbox forces anything; where one plan is for all, the largest. */
static void find_forcing(const struct quote *q, const struct estimate_family *f, struct quote_change *c)
{
    uint64_t most = 0;
    enum estimate_misfit misfit = f->years[c->year - 1].misfit;
    bool shared = f->family->scope == CATALOG_PER_USER_SUM || f->family->scope == CATALOG_PER_CONTRACT;
    if ((shared && misfit != ESTIMATE_MAILBOX_LARGE) || misfit == ESTIMATE_TOO_MANY_SEATS)
        return;
    for (size_t i = 0; i < q->account_count; i++) {
        const struct quote_account *a = &q->accounts[i];
        if (!forces(f, a, c))
            continue;
        uint64_t octets = octets_in(q, a, c->year);
        c->mailboxes += f->fates ? 1 : 0;
        if (!c->account || octets > most) {
            c->account = a;
            most = octets;
        }
    }
    c->for_all = !f->fates;
    c->mailboxes = f->fates ? c->mailboxes : q->measured_count;
}

static const struct estimate_share *share_of(const struct estimate_year *y, const struct estimate_share *s)
{
    for (size_t i = 0; i < y->share_count; i++)
        if (y->shares[i].plan == s->plan && y->shares[i].add_on == s->add_on)
            return &y->shares[i];
    return NULL;
}

/* What there is more of than in the year before. */
static void find_needed(const struct estimate_family *f, struct quote_change *c)
{
    const struct estimate_year *y = &f->years[c->year - 1], *before = &f->years[c->year - 2];
    for (size_t i = 0; i < y->share_count && !c->needed; i++) {
        const struct estimate_share *was = share_of(before, &y->shares[i]);
        if (was && was->seats >= y->shares[i].seats && was->units >= y->shares[i].units)
            continue;
        c->needed = &y->shares[i];
        c->more_seats = was && was->seats < y->shares[i].seats && f->family->scope == CATALOG_PER_USER_SUM;
    }
}

static struct quote_change find_change(const struct quote *q, const struct quote_offer *o)
{
    const struct estimate_family *f = mid(o);
    struct quote_change c = {.year = f->stepped_year};
    if (f->misfit_year && (!c.year || f->misfit_year <= c.year))
        c = (struct quote_change){.year = f->misfit_year, .ends = true};
    if (c.year < 2)
        return (struct quote_change){0};
    find_forcing(q, f, &c);
    if (!c.ends)
        find_needed(f, &c);
    return c;
}

/* ---- what it costs ---- */
/* A month of the year, shared out among the mailboxes. */
static int each(const struct quote *q, const struct estimate_family *f, const struct estimate_year *y,
    struct money *ret, struct error *err)
{
    struct money_view view = q->params.model.view;
    view.currency = f->shown;
    return money_present(
        y->exact, MONTHS * (int64_t)q->measured_count, f->contained_tax_tenths, &view, ret, err);
}

static int pick(const struct quote *q, const struct quote_offer *o, struct quote_pick *ret, struct error *err)
{
    *ret = (struct quote_pick){.offer = o};
    if (!o)
        return 0;
    const struct estimate_family *f = mid(o);
    const struct estimate_year *first = &f->years[0], *last = &f->years[f->year_count - 1];
    ret->monthly = first->monthly;
    ret->last_known = has_amount(last);
    ret->monthly_last = last->monthly;
    ret->change = find_change(q, o);
    return each(q, f, first, &ret->each, err) < 0 || each(q, f, last, &ret->each_last, err) < 0 ? -1 : 0;
}

/* a - b * n */
static int less(struct money a, struct money b, int64_t n, struct money *ret, struct error *err)
{
    struct money times;
    if (money_multiply(b, -n, &times, err) < 0)
        return -1;
    return money_add(a, times, ret, err);
}

static int compare_current(const struct quote *q, struct quote_answer *a, struct error *err)
{
    const struct quote_pick *p = &a->lasting;
    if (!q->params.current_given || !p->offer)
        return 0;
    struct money_view view = q->params.model.view;
    view.currency = mid(p->offer)->shown;
    view.tax_tenths = 0; /* as it is paid */
    if (!money_convertible(q->params.current.currency, &view))
        return 0;
    if (money_present(q->params.current, 1, 0, &view, &a->current, err) < 0 ||
        less(p->monthly, a->current, 1, &a->difference, err) < 0 ||
        less(p->monthly_last, a->current, 1, &a->difference_last, err) < 0 ||
        less(mid(p->offer)->total, a->current, MONTHS * (int64_t)q->params.model.years, &a->difference_total,
            err) < 0)
        return -1;
    a->current_known = true;
    return 0;
}

/* ---- the lever ---- */
/* Of the mailbox' dated mail before that year, what the new mailbox would have held: duplicates and what is
 * not to be copied count in months, and not in `held`. */
static uint64_t old_octets(const struct quote_account *a, int before_year)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < a->month_count && a->months[i].year < before_year; i++)
        sum += a->months[i].octets;
    if (!a->inventory.octets)
        return 0;
    uint64_t shown = a->held.octets - a->unseen_octets;
    uint64_t held = (uint64_t)((unsigned __int128)sum * shown / a->inventory.octets);
    return held < shown ? held : shown;
}

struct lever_work {
    const struct quote *q;
    const struct estimate_mailbox *mailboxes;
    struct estimate_mailbox *left; /* what stays */
    const struct estimate_family *base;
};

/* The cheapest over the years without the mail before that year, into *ret; family NULL: none in the same
 * currency. */
static int without(const struct lever_work *w, int before_year, struct quote_lever *ret, struct error *err)
{
    struct estimate e CLEANUP(estimate_done) = {0};
    const struct estimate_family *best = NULL;
    struct quote_lever lever = {.before_year = before_year};
    for (size_t i = 0; i < w->q->account_count; i++) {
        const struct quote_account *a = &w->q->accounts[i];
        if (a->error.code)
            continue;
        uint64_t old = old_octets(a, before_year);
        w->left[a->mailbox] = w->mailboxes[a->mailbox];
        w->left[a->mailbox].octets -= old;
        lever.octets += old;
    }
    if (estimate_run(w->q->catalog, w->left, w->q->measured_count, &w->q->params.model, &e, err) < 0)
        return -1;
    for (size_t i = 0; i < e.family_count; i++) {
        const struct estimate_family *f = &e.families[i];
        if (f->complete && f->shown == w->base->shown && (!best || f->total.minor < best->total.minor))
            best = f;
    }
    *ret = lever;
    if (!best)
        return 0;
    ret->family = best->family;
    ret->plan = quote_main_plan(&best->years[0]);
    return less(w->base->total, best->total, 1, &ret->saved, err);
}

/* The fewest years that save as much as all of them that may go: less mail never costs more, so the border is
 * found by halving. */
static int find_fewest(
    const struct lever_work *w, int low, int high, struct quote_lever *ret, struct error *err)
{
    struct quote_lever most, here;
    if (without(w, high, &most, err) < 0)
        return -1;
    if (!most.family || most.saved.minor <= 0)
        return 0;
    int64_t saved = most.saved.minor;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (without(w, middle, &here, err) < 0)
            return -1;
        if (here.family && here.saved.minor >= saved) {
            most = here;
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *ret = most;
    return 0;
}

static int find_lever(struct quote *q, const struct estimate_mailbox *mailboxes, struct error *err)
{
    struct quote_lever *lever = &q->answer.lever;
    if (!q->answer.lasting.offer || !q->sum.month_count)
        return 0;
    int this_year = clock_to_utc(q->date_s + q->params.utc_offset_min * INT64_C(60)).year;
    int low = q->sum.months[0].year + 1, high = this_year - YEARS_KEPT;
    if (low > high)
        return 0;
    struct lever_work w = {.q = q,
        .mailboxes = mailboxes,
        .left = mem_array(q->measured_count, sizeof *w.left),
        .base = mid(q->answer.lasting.offer)};
    int rc = find_fewest(&w, low, high, lever, err);
    free(w.left);
    if (rc < 0 || !lever->before_year)
        return rc;
    const struct money_view view = {.currency = lever->saved.currency};
    return money_present(
        lever->saved, MONTHS * (int64_t)q->params.model.years, 0, &view, &lever->saved_monthly, err);
}

/* ---- all of it ---- */
static void count_rest(const struct quote *q, struct quote_answer *a)
{
    enum money_currency asked = q->params.model.view.currency;
    for (size_t i = 0; i < q->offer_count; i++) {
        const struct estimate_family *f = mid(&q->offers[i]);
        const struct estimate_year *first = &f->years[0];
        a->unpriced += first->share_count && !first->misfits && !first->priced;
        if (!has_amount(first) || f->shown == asked)
            continue;
        a->unconverted_from = a->unconverted++ ? a->unconverted_from : f->shown;
    }
}

int quote_answer_find(struct quote *q, const struct estimate_mailbox *mailboxes, struct error *err)
{
    struct quote_answer *a = &q->answer;
    const struct quote_offer *lasting = find(q, lasts, total);
    const struct quote_offer *unchanged = find(q, lasts_unchanged, total);
    const struct quote_offer *cheapest = find(q, fits_now, monthly);
    *a = (struct quote_answer){.growth_reliable = q->sum.growth.reliable};
    if (pick(q, cheapest, &a->cheapest, err) < 0 || pick(q, lasting, &a->lasting, err) < 0 ||
        pick(q, unchanged == lasting ? NULL : unchanged, &a->unchanged, err) < 0 ||
        compare_current(q, a, err) < 0)
        return -1;
    a->verified = cheapest && mid(cheapest)->verified && (!lasting || mid(lasting)->verified) &&
                  (!a->unchanged.offer || mid(unchanged)->verified);
    count_rest(q, a);
    return find_lever(q, mailboxes, err);
}

/* ---- year by year ---- */
static void add_yearly(const struct quote_offer *o, const struct quote_offer **ret, size_t *count, size_t cap)
{
    if (!o || *count == cap)
        return;
    for (size_t i = 0; i < *count; i++)
        if (ret[i] == o)
            return;
    ret[(*count)++] = o;
}

static const struct quote_offer *of_family(const struct quote *q, const char *id)
{
    for (size_t i = 0; i < q->offer_count; i++)
        if (!strcmp(q->offers[i].family->id, id))
            return &q->offers[i];
    return NULL;
}

size_t quote_answer_yearly(const struct quote *q, const struct quote_offer **ret, size_t cap)
{
    size_t count = 0;
    add_yearly(q->answer.cheapest.offer, ret, &count, cap);
    add_yearly(q->answer.lasting.offer, ret, &count, cap);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add_yearly(of_family(q, always[i]), ret, &count, cap);
    add_yearly(q->answer.unchanged.offer, ret, &count, cap);
    for (size_t i = 0; i < q->offer_count; i++)
        if (lasts(&q->offers[i]))
            add_yearly(&q->offers[i], ret, &count, cap);
    return count;
}
