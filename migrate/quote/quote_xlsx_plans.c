/* The sheet of plans: what is to be held in each year, then for each family and year the plans in use, their
 * seats and what they cost. */
#include "quote_xlsx_book.h"

#include "mem.h"
#include <stdio.h>

enum column {
    FAMILY,
    YEAR,
    NEEDED,
    PLAN,
    MAILBOXES,
    SEATS,
    UNITS,
    STORAGE,
    PRICE,
    PERIODS,
    EXACT = QUOTE_XLSX_PLAN_EXACT,
    HOLDS,
    OF_YEAR = QUOTE_XLSX_PLAN_YEAR,
    OF_MONTH = QUOTE_XLSX_PLAN_MONTH,
    COLUMNS,
};

static void put_formula(
    struct quote_xlsx_book *b, uint32_t row, uint16_t col, const char *formula, double n, unsigned look)
{
    quote_xlsx_out_formula(b->out, cell(b->plans, row, col), formula, n, NULL, look);
}

/* ---- what is to be held ---- */
static void growth_row(struct quote_xlsx_book *b, int n, double factor)
{
    uint32_t row = b->growth_row + (uint32_t)n;
    const char *sheet = say(b, "Mailboxes");
    uint32_t first = b->account_first + 1, last = b->account_last + 1;
    const struct estimate *mid = &b->q->estimates[ESTIMATE_MID];
    char *grown CLEANUP(mem_free_str) =
        n ? mem_printf("=B%u+(1+rise)^(A%u-1)", row, row + 1) : mem_strdup("=0");
    char *all CLEANUP(mem_free_str) = mem_printf(
        "=SUM('%s'!$L$%u:$L$%u)+SUM('%s'!$P$%u:$P$%u)*B%u", sheet, first, last, sheet, first, last, row + 1);
    char *largest CLEANUP(mem_free_str) =
        mem_printf("=SUMPRODUCT(MAX('%s'!$L$%u:$L$%u+'%s'!$P$%u:$P$%u*B%u))", sheet, first, last, sheet,
            first, last, row + 1);
    put_number(b, cell(b->plans, row, 0), n, QUOTE_XLSX_COUNT);
    put_formula(b, row, 1, grown, factor, QUOTE_XLSX_RATE);
    put_formula(b, row, QUOTE_XLSX_GROWTH_ALL, all, in_gb(mid->octets[n]), QUOTE_XLSX_GB);
    put_formula(b, row, QUOTE_XLSX_GROWTH_ALL + 1, largest, in_gb(mid->largest[n]), QUOTE_XLSX_GB);
}

static void put_growth(struct quote_xlsx_book *b)
{
    static const char *const heads[] = {
        N_("Years from now"), N_("Years of growth"), N_("All mailboxes (GB)"), N_("Largest mailbox (GB)")};
    double factor = 0, step = 1, rise = b->q->params.model.rise_tenths / 1000.0;
    for (uint16_t i = 0; i < sizeof heads / sizeof *heads; i++)
        put_text(
            b, cell(b->plans, b->growth_row - 1, i), say(b, heads[i]), QUOTE_XLSX_HEAD | QUOTE_XLSX_COUNT);
    for (int n = 0; n <= b->q->params.model.years; n++) {
        growth_row(b, n, factor);
        factor += step;
        step *= 1 + rise;
    }
}

/* ---- plans ---- */
static bool one_pool(const struct catalog_family *f)
{
    return f->scope == CATALOG_PER_USER_SUM || f->scope == CATALOG_PER_CONTRACT;
}

/* The row of a use in the sheet of assumptions, as formulas count it. */
static uint32_t price_row(const struct quote_xlsx_book *b, size_t offer, const struct catalog_plan *plan,
    const struct catalog_add_on *add_on, const struct quote_use **ret_use)
{
    const struct quote_offer *o = &b->q->offers[offer];
    for (size_t k = 0; k < o->use_count; k++)
        if (o->uses[k].plan == plan && o->uses[k].add_on == add_on) {
            *ret_use = &o->uses[k];
            return b->price_rows[offer] + (uint32_t)k + 1;
        }
    *ret_use = NULL;
    return 0;
}

static void put_needed(
    struct quote_xlsx_book *b, uint32_t row, const struct catalog_family *f, int n, uint64_t needed)
{
    uint32_t grown = b->growth_row + (uint32_t)n + 1;
    char *formula CLEANUP(mem_free_str) = one_pool(f) ? mem_printf("=($C$%u+other_use)*(1+margin)", grown)
                                                      : mem_printf("=$D$%u*(1+margin)", grown);
    put_formula(b, row, NEEDED, formula, in_gb(needed), QUOTE_XLSX_GB);
}

/* Of a pool more seats are bought when it no longer holds the mail; else seats are the mailboxes on the plan.
 */
static void put_seats(
    struct quote_xlsx_book *b, uint32_t row, const struct catalog_family *f, const struct estimate_share *s)
{
    const unsigned look = QUOTE_XLSX_COUNT | QUOTE_XLSX_INPUT;
    put_number(b, cell(b->plans, row, MAILBOXES), (double)s->mailboxes, QUOTE_XLSX_COUNT);
    if (f->scope == CATALOG_PER_USER_SUM && !s->add_on) {
        char *formula CLEANUP(mem_free_str) =
            mem_printf("=MAX(E%u,ROUNDUP(ROUND(C%u/H%u,9),0))", row + 1, row + 1, row + 1);
        put_formula(b, row, SEATS, formula, (double)s->seats, look);
    } else {
        put_number(b, cell(b->plans, row, SEATS), (double)s->seats, look);
    }
    if (s->add_on)
        put_number(b, cell(b->plans, row, UNITS), (double)s->units, look);
}

static void put_storage(
    struct quote_xlsx_book *b, uint32_t row, const struct estimate_share *s, uint32_t plan, uint32_t add_on)
{
    const char *sheet = say(b, "Assumptions");
    double gb = in_gb(s->plan->storage.octets);
    char *formula CLEANUP(mem_free_str) =
        s->add_on ? mem_printf("='%s'!$C$%u+G%u/F%u*'%s'!$C$%u", sheet, plan, row + 1, row + 1, sheet, add_on)
                  : mem_printf("='%s'!$C$%u", sheet, plan);
    if (s->add_on)
        gb += in_gb(s->add_on->storage.octets) * (double)s->units / (double)s->seats;
    put_formula(b, row, STORAGE, formula, gb, QUOTE_XLSX_GB);
}

/* Exactly, in the family's currency. */
static double amount(
    const struct estimate_share *s, const struct quote_use *plan, const struct quote_use *add_on)
{
    double sum = in_units(catalog_price_yearly(plan->price)) * (double)s->seats;
    return add_on ? sum + in_units(catalog_price_yearly(add_on->price)) * (double)s->units : sum;
}

static void put_amount(struct quote_xlsx_book *b, uint32_t row, size_t offer, const struct estimate_share *s)
{
    const struct quote_use *plan, *add_on = NULL;
    const char *sheet = say(b, "Assumptions");
    uint32_t plan_row = price_row(b, offer, s->plan, NULL, &plan);
    uint32_t add_on_row = s->add_on ? price_row(b, offer, s->plan, s->add_on, &add_on) : 0;
    put_storage(b, row, s, plan_row, add_on_row);
    if (!plan || !plan->price || (s->add_on && (!add_on || !add_on->price))) {
        put_text(b, cell(b->plans, row, PRICE), say(b, "price not known"), QUOTE_XLSX_MARK);
        return;
    }
    unsigned money = QUOTE_XLSX_MONEY + plan->price->amount.currency;
    char *price CLEANUP(mem_free_str) = mem_printf("='%s'!$D$%u", sheet, plan_row);
    char *periods CLEANUP(mem_free_str) = mem_printf("='%s'!$E$%u", sheet, plan_row);
    char *exact CLEANUP(mem_free_str) =
        s->add_on ? mem_printf("=F%u*I%u*J%u+G%u*'%s'!$D$%u*'%s'!$E$%u", row + 1, row + 1, row + 1, row + 1,
                        sheet, add_on_row, sheet, add_on_row)
                  : mem_printf("=F%u*I%u*J%u", row + 1, row + 1, row + 1);
    put_formula(b, row, PRICE, price, in_units(plan->price->amount), money);
    put_formula(b, row, PERIODS, periods, plan->price->per_year ? 1 : 12, QUOTE_XLSX_COUNT);
    put_formula(b, row, EXACT, exact, amount(s, plan, add_on), money);
}

static void put_share(
    struct quote_xlsx_book *b, uint32_t row, size_t offer, int n, const struct estimate_share *s)
{
    const struct catalog_family *f = b->q->offers[offer].family;
    const char *plan = quote_words_name(b->words, s->plan->name, s->plan->name_ja);
    char *name CLEANUP(mem_free_str) =
        s->add_on ? mem_printf("%s + %s", plan, s->add_on->name) : mem_strdup(plan);
    put_text(
        b, cell(b->plans, row, FAMILY), quote_words_name(b->words, f->name, f->name_ja), QUOTE_XLSX_TEXT);
    put_number(b, cell(b->plans, row, YEAR), n, QUOTE_XLSX_COUNT);
    put_text(b, cell(b->plans, row, PLAN), name, QUOTE_XLSX_TEXT);
    put_seats(b, row, f, s);
    put_amount(b, row, offer, s);
}

/* ---- a year of a family: its rows, and their sum in the first ---- */
static void put_holds(struct quote_xlsx_book *b, uint32_t first, uint32_t last,
    const struct catalog_family *f, int n, const struct estimate_year *y)
{
    const struct catalog_storage *max = &y->shares[0].plan->mailbox_max; /* of one pool or contract alone */
    bool fits = !y->misfits;
    const char *yes = say(b, "yes"), *no = say(b, "no");
    char *formula CLEANUP(mem_free_str) =
        max->octets
            ? mem_printf(
                  "=IF(AND(ROUND(C%u-SUMPRODUCT(F%u:F%u,H%u:H%u),9)<=0,ROUND($D$%u*(1+margin)-%.9f,9)<=0),"
                  "\"%s\",\"%s\")",
                  first + 1, first + 1, last + 1, first + 1, last + 1, b->growth_row + (uint32_t)n + 1,
                  in_gb(max->octets), yes, no)
        : one_pool(f) ? mem_printf("=IF(ROUND(C%u-SUMPRODUCT(F%u:F%u,H%u:H%u),9)<=0,\"%s\",\"%s\")",
                            first + 1, first + 1, last + 1, first + 1, last + 1, yes, no)
                      : mem_printf("=IF(ROUND(C%u-MAX(H%u:H%u),9)<=0,\"%s\",\"%s\")", first + 1, first + 1,
                            last + 1, yes, no);
    quote_xlsx_out_formula(b->out, cell(b->plans, first, HOLDS), formula, 0, fits ? yes : no,
        fits ? QUOTE_XLSX_TEXT : QUOTE_XLSX_MARK);
}

static void put_sums(
    struct quote_xlsx_book *b, uint32_t first, uint32_t last, size_t offer, const struct estimate_year *y)
{
    const struct quote_offer *o = &b->q->offers[offer];
    enum money_currency shown = o->results[ESTIMATE_MID]->shown;
    int decimals = quote_xlsx_money_decimals(shown);
    if (!y->priced || y->misfits)
        return;
    char *factor CLEANUP(mem_free_str) = quote_xlsx_money_conversion(b, o);
    char *year CLEANUP(mem_free_str) =
        mem_printf("=ROUND(SUM(K%u:K%u)%s,%d)", first + 1, last + 1, factor, decimals);
    char *month CLEANUP(mem_free_str) =
        mem_printf("=ROUND(SUM(K%u:K%u)%s/12,%d)", first + 1, last + 1, factor, decimals);
    put_formula(b, first, OF_YEAR, year, in_units(y->yearly), (QUOTE_XLSX_MONEY + shown) | QUOTE_XLSX_BOLD);
    put_formula(b, first, OF_MONTH, month, in_units(y->monthly), QUOTE_XLSX_MONEY + shown);
}

static void put_year(struct quote_xlsx_book *b, uint32_t *row, size_t offer, int n)
{
    const struct quote_offer *o = &b->q->offers[offer];
    const struct estimate_year *y = &o->results[ESTIMATE_MID]->years[n - 1];
    uint32_t first = *row;
    for (size_t i = 0; i < y->share_count; i++)
        put_share(b, (*row)++, offer, n, &y->shares[i]);
    if (!y->share_count) {
        const struct catalog_family *f = o->family;
        put_text(b, cell(b->plans, first, FAMILY), quote_words_name(b->words, f->name, f->name_ja),
            QUOTE_XLSX_TEXT);
        put_number(b, cell(b->plans, first, YEAR), n, QUOTE_XLSX_COUNT);
        put_text(
            b, cell(b->plans, (*row)++, PLAN), say(b, estimate_misfit_words(y->misfit)), QUOTE_XLSX_MARK);
    }
    put_needed(b, first, o->family, n, y->needed);
    if (y->share_count)
        put_holds(b, first, *row - 1, o->family, n, y);
    put_sums(b, first, *row - 1, offer, y);
}

static void put_block(struct quote_xlsx_book *b, uint32_t *row, size_t offer)
{
    struct quote_xlsx_block *block = &b->blocks[offer];
    int years = b->q->params.model.years;
    *block = (struct quote_xlsx_block){
        .first = *row, .years = mem_array((size_t)years, sizeof *block->years), .any = true};
    for (int n = 1; n <= years; n++) {
        block->years[n - 1] = *row;
        put_year(b, row, offer, n);
    }
    block->last = *row - 1;
}

static void put_heads(struct quote_xlsx_book *b, uint32_t row)
{
    static const struct {
        const char *words;
        double width;
    } heads[COLUMNS] = {
        [FAMILY] = {N_("Family"), 28},
        [YEAR] = {N_("Year"), 12},
        [NEEDED] = {N_("To be held, with the margin (GB)"), 16},
        [PLAN] = {N_("Plan"), 34},
        [MAILBOXES] = {N_("Mailboxes on it"), 12},
        [SEATS] = {N_("Seats"), 10},
        [UNITS] = {N_("Units of the add-on"), 11},
        [STORAGE] = {N_("Storage (GB)"), 13},
        [PRICE] = {N_("Price"), 14},
        [PERIODS] = {N_("Periods a year"), 10},
        [EXACT] = {N_("Of the year, as priced"), 15},
        [HOLDS] = {N_("Holds it"), 10},
        [OF_YEAR] = {N_("Of the year"), 15},
        [OF_MONTH] = {N_("Monthly"), 14},
    };
    for (size_t i = 0; i < COLUMNS; i++)
        quote_xlsx_out_head(b->out, cell(b->plans, row, i), say(b, heads[i].words),
            i != FAMILY && i != PLAN && i != HOLDS, heads[i].width);
}

void quote_xlsx_plans(struct quote_xlsx_book *b)
{
    put_text(b, cell(b->plans, 0, 0), say(b, "Plans"), QUOTE_XLSX_TITLE);
    b->growth_row = 3;
    put_growth(b);
    uint32_t row = b->growth_row + (uint32_t)b->q->params.model.years + 2;
    put_heads(b, row);
    quote_xlsx_out_freeze(b->out, b->plans, 0, row);
    row++;
    for (size_t i = 0; i < b->q->offer_count; i++)
        if (b->q->offers[i].use_count)
            put_block(b, &row, i);
}
