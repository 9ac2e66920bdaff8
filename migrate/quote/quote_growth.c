#include "quote_growth.h"

#include "clock.h"
#include "mem.h"
#include <stdlib.h>

#define DAY_S          86400
#define WEEK_S         (7 * DAY_S)
#define YEAR           12 /* months */
#define MONTHS_MAX     (3 * YEAR)
#define WEEKS_MAX      24
#define PERIODS_ENOUGH 3
#define MONTHS_FEW     6
#define YOUNG_DAYS     60
#define EDGE_MESSAGES  20 /* below this nothing can be said about an edge */

void quote_history_add(struct quote_history *h, int64_t date_s, uint64_t octets)
{
    if (h->count == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 1024;
        h->all = mem_grow(h->all, h->cap, sizeof *h->all);
    }
    h->all[h->count++] = (struct quote_dated){date_s, octets};
}

void quote_history_done(struct quote_history *h)
{
    free(h->all);
    *h = (struct quote_history){0};
}

static int by_date(const void *a, const void *b)
{
    const struct quote_dated *x = a, *y = b;
    return x->date_s < y->date_s ? -1 : x->date_s > y->date_s;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void quote_quartiles(uint64_t *values, size_t count, uint64_t ret[ESTIMATE_SCENARIOS])
{
    size_t quarter = (count - 1) / 4, upper = count / 2, lower = (count - 1) / 2;
    qsort(values, count, sizeof *values, by_value);
    ret[ESTIMATE_LOW] = values[quarter];
    ret[ESTIMATE_MID] = values[lower] + (values[upper] - values[lower]) / 2;
    ret[ESTIMATE_HIGH] = values[count - 1 - quarter];
}

/* ---- months ---- */
/* Months since year 0. */
static int month_of(int64_t date_s, int utc_offset_min)
{
    struct clock_utc u = clock_to_utc(date_s + utc_offset_min * INT64_C(60));
    return u.year * 12 + u.month - 1;
}

static void tell_months(const struct quote_history *h, int utc_offset_min, struct quote_account *a)
{
    size_t cap = 0;
    for (size_t i = 0; i < h->count; i++) {
        int at = month_of(h->all[i].date_s, utc_offset_min);
        struct quote_month *last = a->month_count ? &a->months[a->month_count - 1] : NULL;
        if (!last || last->year * 12 + last->month - 1 != at) {
            if (a->month_count == cap) {
                cap = cap ? cap * 2 : 64;
                a->months = mem_grow(a->months, cap, sizeof *a->months);
            }
            last = &a->months[a->month_count++];
            *last = (struct quote_month){.year = at / 12, .month = at % 12 + 1};
        }
        last->messages++;
        last->octets += h->all[i].octets;
    }
}

/* Octets of each of the whole months before this one, as many as there are; the one in which the mailbox
 * begins is not whole. */
static size_t whole_months(
    const struct quote_account *a, int64_t now_s, int utc_offset_min, uint64_t ret[MONTHS_MAX])
{
    int now = month_of(now_s, utc_offset_min), first = a->months[0].year * 12 + a->months[0].month;
    first = first > now - MONTHS_MAX ? first : now - MONTHS_MAX;
    if (first >= now)
        return 0;
    for (int at = first; at < now; at++) {
        const struct quote_month *m = quote_month_find(a, at / 12, at % 12 + 1);
        ret[at - first] = m ? m->octets : 0;
    }
    return (size_t)(now - first);
}

/* The same for weeks, counted back from now. */
static size_t whole_weeks(const struct quote_history *h, int64_t now_s, uint64_t ret[WEEKS_MAX])
{
    int64_t age_s = now_s - h->all[0].date_s;
    size_t weeks = age_s > 0 ? (size_t)(age_s / WEEK_S) : 0;
    weeks = weeks < WEEKS_MAX ? weeks : WEEKS_MAX;
    for (size_t i = 0; i < weeks; i++)
        ret[i] = 0;
    for (size_t i = 0; i < h->count; i++) {
        int64_t ago_s = now_s - h->all[i].date_s;
        size_t week = ago_s > 0 ? (size_t)((ago_s - 1) / WEEK_S) : 0;
        if (week < weeks)
            ret[week] += h->all[i].octets;
    }
    return weeks;
}

/* ---- growth ---- */
void quote_assume_growth(struct quote_account *a)
{
    a->growth.origin = QUOTE_GROWTH_ASSUMED;
    a->growth.octets[ESTIMATE_LOW] = QUOTE_ASSUMED_LOW;
    a->growth.octets[ESTIMATE_MID] = QUOTE_ASSUMED_MID;
    a->growth.octets[ESTIMATE_HIGH] = QUOTE_ASSUMED_HIGH;
}

/* octets * by / parts, at most what an estimate can hold. */
static uint64_t scaled(uint64_t octets, unsigned by, unsigned parts)
{
    unsigned __int128 n = (unsigned __int128)octets * by / parts;
    return n < ESTIMATE_OCTETS_MAX ? (uint64_t)n : ESTIMATE_OCTETS_MAX;
}

/* A range is around what is expected. */
static void put_in_order(struct quote_growth *g)
{
    uint64_t mid = g->octets[ESTIMATE_MID];
    if (g->octets[ESTIMATE_LOW] > mid)
        g->octets[ESTIMATE_LOW] = mid;
    if (g->octets[ESTIMATE_HIGH] < mid)
        g->octets[ESTIMATE_HIGH] = mid;
}

static uint64_t sum_of(const uint64_t *values, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

static void measure_months(const uint64_t *values, size_t count, struct quote_growth *g)
{
    uint64_t last[YEAR], quartiles[ESTIMATE_SCENARIOS];
    size_t n = count < YEAR ? count : YEAR;
    for (size_t i = 0; i < n; i++)
        last[i] = values[count - n + i];
    uint64_t sum = sum_of(last, n);
    quote_quartiles(last, n, quartiles);
    g->origin = QUOTE_GROWTH_MONTHS;
    g->periods = (unsigned)n;
    for (int i = 0; i < ESTIMATE_SCENARIOS; i++)
        g->octets[i] = scaled(sum, YEAR, (unsigned)n);
    if (quartiles[ESTIMATE_HIGH] / 4 > quartiles[ESTIMATE_LOW])
        g->notes |= QUOTE_NOTE_UNEVEN;
    if (n >= MONTHS_FEW && last[n - 1] > sum / 2) /* sorted by the quartiles */
        g->notes |= QUOTE_NOTE_OUTLIER;
}

static void measure_weeks(uint64_t *values, size_t count, struct quote_growth *g)
{
    uint64_t sum = sum_of(values, count);
    quote_quartiles(values, count, g->octets);
    if (g->octets[ESTIMATE_HIGH] / 4 > g->octets[ESTIMATE_LOW])
        g->notes |= QUOTE_NOTE_UNEVEN;
    g->origin = QUOTE_GROWTH_WEEKS;
    g->periods = (unsigned)count;
    for (int i = 0; i < ESTIMATE_SCENARIOS; i++)
        g->octets[i] = scaled(g->octets[i], 365, 7);
    g->octets[ESTIMATE_MID] = scaled(sum, 365, 7 * (unsigned)count);
    put_in_order(g);
}

static void measure(const struct quote_history *h, int64_t now_s, int utc_offset_min, struct quote_account *a)
{
    uint64_t values[MONTHS_MAX];
    size_t count = whole_months(a, now_s, utc_offset_min, values);
    if (count >= PERIODS_ENOUGH) {
        measure_months(values, count, &a->growth);
        return;
    }
    count = whole_weeks(h, now_s, values);
    if (count >= PERIODS_ENOUGH)
        measure_weeks(values, count, &a->growth);
    else
        quote_assume_growth(a);
}

/* Mail that begins with a full stream at an age at which programs delete looks as if something did. */
static bool has_edge(const struct quote_history *h, int64_t now_s)
{
    static const int ages[] = {7, 14, 30, 60, 90, 120, 180, 365};
    int64_t span_s = now_s - h->all[0].date_s, age = span_s / DAY_S;
    bool usual = false;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
        usual |= age >= ages[i] - 1 && age <= ages[i] + 1;
    if (!usual || h->count < EDGE_MESSAGES)
        return false;
    size_t early = 0; /* in the first tenth of the time */
    while (early < h->count && h->all[early].date_s - h->all[0].date_s <= span_s / 10)
        early++;
    return early * 20 >= h->count;
}

static unsigned find_notes(const struct quote_history *h, int64_t now_s, const struct quote_account *a)
{
    const struct quote_growth *g = &a->growth;
    bool any = h->count > 0, measured = g->origin != QUOTE_GROWTH_ASSUMED;
    unsigned notes = 0;
    notes |= a->expire_days >= 0 ? QUOTE_NOTE_EXPIRES : 0;
    notes |= any && now_s - a->oldest_s < YOUNG_DAYS * DAY_S ? QUOTE_NOTE_YOUNG : 0;
    notes |= any && has_edge(h, now_s) ? QUOTE_NOTE_EDGE : 0;
    notes |= any && (g->origin != QUOTE_GROWTH_MONTHS || g->periods < MONTHS_FEW) ? QUOTE_NOTE_FEW : 0;
    notes |= a->undated.octets > a->inventory.octets / 10 ? QUOTE_NOTE_UNDATED : 0;
    notes |= measured && now_s - a->newest_s > INT64_C(730) * DAY_S ? QUOTE_NOTE_QUIET : 0;
    notes |= !a->inventory.messages ? QUOTE_NOTE_EMPTY : 0;
    return notes;
}

void quote_history_tell(struct quote_history *h, int64_t now_s, int utc_offset_min, struct quote_account *a)
{
    if (h->count) {
        qsort(h->all, h->count, sizeof *h->all, by_date);
        a->oldest_s = h->all[0].date_s;
        a->newest_s = h->all[h->count - 1].date_s;
        tell_months(h, utc_offset_min, a);
        measure(h, now_s, utc_offset_min, a);
    } else {
        quote_assume_growth(a);
    }
    a->growth.notes |= find_notes(h, now_s, a);
    a->growth.reliable = !(a->growth.notes & ~(unsigned)QUOTE_NOTE_UNEVEN);
}

/* ---- the company ---- */
#define DRAWS        1000
#define TREND_LEAST  500 /* per mille: beyond these it is no trend, but a change */
#define TREND_MOST   2000
#define TREND_STEADY 1000

static uint64_t random_next(uint64_t *state) /* splitmix64: the same numbers everywhere and each time */
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Years of twelve months that are drawn from these: the tenth and the ninetieth of a hundred. */
static void resample(const uint64_t *months, size_t count, uint64_t *ret_low, uint64_t *ret_high)
{
    uint64_t years[DRAWS], state = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        years[i] = 0;
        for (int k = 0; k < YEAR; k++)
            years[i] += months[random_next(&state) % count];
    }
    qsort(years, DRAWS, sizeof *years, by_value);
    *ret_low = years[DRAWS / 10];
    *ret_high = years[DRAWS - 1 - DRAWS / 10];
}

static uint64_t square_root(unsigned __int128 n)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t mid = low + (high - low) / 2 + 1;
        if ((unsigned __int128)mid * mid <= n)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

static bool has_outlier(const uint64_t *year)
{
    uint64_t sum = sum_of(year, YEAR);
    for (int i = 0; i < YEAR; i++)
        if (year[i] > sum / 2)
            return true;
    return false;
}

/* From year to year, of two or three whole years (the last at the end), per mille. */
static unsigned trend_of(const uint64_t *months, size_t count)
{
    const uint64_t *last = months + count - YEAR, *before = last - YEAR;
    bool three = count >= MONTHS_MAX && sum_of(months + count - MONTHS_MAX, YEAR);
    if (three)
        before -= YEAR;
    for (const uint64_t *year = before; year <= last; year += YEAR)
        if (has_outlier(year) || !sum_of(year, YEAR))
            return TREND_STEADY;
    unsigned __int128 n = (unsigned __int128)sum_of(last, YEAR) * 1000;
    uint64_t was = sum_of(before, YEAR);
    uint64_t trend = three ? square_root(n * 1000 / was) : (uint64_t)(n / was);
    return trend < TREND_LEAST ? TREND_LEAST : trend > TREND_MOST ? TREND_MOST : (unsigned)trend;
}

/* The months of all mailboxes that are measured by months, and of those alone that are two years old (only
 * they show a trend; a mailbox that was new would look like one). */
struct total {
    uint64_t all[YEAR], old[MONTHS_MAX];
    size_t all_count, old_count;
};

static void add_to_total(const uint64_t *months, size_t count, struct total *t)
{
    size_t n = count < YEAR ? count : YEAR;
    for (size_t i = 0; i < n; i++)
        t->all[YEAR - n + i] += months[count - n + i];
    t->all_count = n > t->all_count ? n : t->all_count;
    if (count < 2 * YEAR)
        return;
    for (size_t i = 0; i < count; i++)
        t->old[MONTHS_MAX - count + i] += months[i];
    t->old_count = !t->old_count || count < t->old_count ? count : t->old_count;
}

static uint64_t in_proportion(uint64_t octets, uint64_t by, uint64_t of)
{
    unsigned __int128 n = of ? (unsigned __int128)octets * by / of : octets;
    return n < ESTIMATE_OCTETS_MAX ? (uint64_t)n : ESTIMATE_OCTETS_MAX;
}

static bool by_months(const struct quote_account *a)
{
    return !a->error.code && a->growth.origin == QUOTE_GROWTH_MONTHS;
}

unsigned quote_growth_together(
    struct quote_account *accounts, size_t count, int64_t now_s, int utc_offset_min)
{
    struct total t = {0};
    uint64_t months[MONTHS_MAX], low, high;
    for (size_t i = 0; i < count; i++)
        if (by_months(&accounts[i]))
            add_to_total(months, whole_months(&accounts[i], now_s, utc_offset_min, months), &t);
    if (!t.all_count)
        return TREND_STEADY;
    const uint64_t *last = t.all + YEAR - t.all_count;
    uint64_t expected = scaled(sum_of(last, t.all_count), YEAR, (unsigned)t.all_count);
    unsigned trend = t.old_count ? trend_of(t.old + MONTHS_MAX - t.old_count, t.old_count) : TREND_STEADY;
    resample(last, t.all_count, &low, &high);
    for (size_t i = 0; i < count; i++) {
        struct quote_growth *g = &accounts[i].growth;
        if (!by_months(&accounts[i]))
            continue;
        uint64_t year = g->octets[ESTIMATE_MID];
        g->octets[ESTIMATE_LOW] = scaled(
            in_proportion(year, low, expected), trend < TREND_STEADY ? trend : TREND_STEADY, TREND_STEADY);
        g->octets[ESTIMATE_MID] = scaled(year, trend, TREND_STEADY);
        g->octets[ESTIMATE_HIGH] = scaled(
            in_proportion(year, high, expected), trend > TREND_STEADY ? trend : TREND_STEADY, TREND_STEADY);
        put_in_order(g);
    }
    return trend;
}
