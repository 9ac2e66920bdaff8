#include "quote.h"

#include "mem.h"
#include <stdlib.h>

static char *copy(const char *s)
{
    return mem_strdup(s ? s : "");
}

static void account_init(struct quote_account *a)
{
    *a = (struct quote_account){
        .name = copy(""),
        .source = copy(""),
        .destination = copy(""),
        .source_host = copy(""),
        .destination_host = copy(""),
        .folder = copy(""),
        .expire_days = -1,
        .sent_tenths = -1,
        .mailbox = SIZE_MAX,
    };
}

void quote_init(struct quote *q, const char *customer, const char *prepared_by, int64_t date_s,
    const struct quote_params *params, struct catalog *catalog)
{
    *q = (struct quote){
        .customer = copy(customer),
        .prepared_by = copy(prepared_by),
        .date_s = date_s,
        .params = *params,
        .catalog = catalog,
    };
    struct money_view *view = &q->params.model.view;
    struct money_rate *rates = mem_array(view->rate_count, sizeof *rates);
    for (size_t i = 0; i < view->rate_count; i++)
        rates[i] = view->rates[i];
    view->rates = rates;
    account_init(&q->sum);
    q->params.model.scenario = ESTIMATE_MID;
}

struct quote_account *quote_add_account(struct quote *q)
{
    q->accounts = mem_grow(q->accounts, q->account_count + 1, sizeof *q->accounts);
    struct quote_account *a = &q->accounts[q->account_count++];
    account_init(a);
    return a;
}
static void account_done(struct quote_account *a)
{
    free(a->name);
    free(a->source);
    free(a->destination);
    free(a->source_host);
    free(a->destination_host);
    free(a->folder);
    free(a->months);
}

void quote_done(struct quote *q)
{
    for (size_t i = 0; i < q->account_count; i++)
        account_done(&q->accounts[i]);
    free(q->accounts);
    account_done(&q->sum);
    for (size_t i = 0; i < q->offer_count; i++)
        free(q->offers[i].uses);
    free(q->offers);
    for (int i = 0; i < ESTIMATE_SCENARIOS; i++)
        estimate_done(&q->estimates[i]);
    catalog_free(q->catalog);
    free((struct money_rate *)q->params.model.view.rates);
    free(q->customer);
    free(q->prepared_by);
    *q = (struct quote){0};
}

/* ---- what reports share ---- */
struct quote_room quote_room_after(const struct quote_account *a)
{
    const struct quote_quota *q = &a->quota;
    if (!q->storage_known)
        return (struct quote_room){0};
    uint64_t then = q->used.octets + a->to_copy.octets;
    bool fits = then <= q->limit.octets;
    return (struct quote_room){
        .known = true, .fits = fits, .octets = fits ? q->limit.octets - then : then - q->limit.octets};
}

enum quote_offer_state quote_offer_state(const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    if (f->misfit_year == 1 && f->years[0].misfit == ESTIMATE_STORAGE_UNKNOWN)
        return QUOTE_OFFER_UNKNOWN;
    return f->misfit_year == 1 ? QUOTE_OFFER_MISFIT
           : f->misfit_year    ? QUOTE_OFFER_OUTGROWN
           : !f->priced        ? QUOTE_OFFER_UNPRICED
           : !f->verified      ? QUOTE_OFFER_UNVERIFIED
                               : QUOTE_OFFER_VERIFIED;
}

const struct quote_month *quote_month_find(const struct quote_account *a, int year, int month)
{
    int at = year * 12 + month;
    size_t low = 0, high = a->month_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int here = a->months[mid].year * 12 + a->months[mid].month;
        if (here == at)
            return &a->months[mid];
        if (here < at)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

size_t quote_years(const struct quote_month *months, size_t count, struct quote_month *ret, size_t cap)
{
    if (!count || !cap)
        return 0;
    int last = months[count - 1].year, first = months[0].year;
    if ((size_t)(last - first) >= cap)
        first = last - (int)cap + 1;
    size_t years = (size_t)(last - first) + 1;
    for (size_t i = 0; i < years; i++)
        ret[i] = (struct quote_month){.year = first + (int)i};
    for (size_t i = 0; i < count; i++) {
        if (months[i].year < first)
            continue;
        ret[months[i].year - first].messages += months[i].messages;
        ret[months[i].year - first].octets += months[i].octets;
    }
    return years;
}

const struct catalog_plan *quote_main_plan(const struct estimate_year *y)
{
    const struct estimate_share *best = NULL;
    for (size_t i = 0; i < y->share_count; i++)
        if (!best || y->shares[i].mailboxes > best->mailboxes)
            best = &y->shares[i];
    return best ? best->plan : NULL;
}

uint64_t quote_projected(const struct quote *q, enum estimate_scenario scenario, int year)
{
    return q->estimates[scenario].octets[year];
}
