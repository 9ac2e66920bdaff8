/* The sheet of assumptions: what can be changed, the prices, and what is to be known, in words. */
#include "quote_xlsx_book.h"

#include "mem.h"
#include "quote_basis.h"
#include <stdio.h>

/* ---- inputs ---- */
static void input(struct quote_xlsx_book *b, uint32_t *row, const char *label, const char *name, double value,
    unsigned kind)
{
    struct quote_xlsx_cell at = cell(b->basis, *row, 1);
    put_text(b, cell(b->basis, *row, 0), label, QUOTE_XLSX_TEXT);
    put_number(b, at, value, kind | QUOTE_XLSX_INPUT);
    quote_xlsx_out_name(b->out, at, name, 0, 0);
    ++*row;
}

static void put_scenario(struct quote_xlsx_book *b, uint32_t *row)
{
    struct quote_xlsx_cell at = cell(b->basis, *row, 1);
    put_text(b, cell(b->basis, *row, 0), say(b, "Growth: 1 low, 2 middle, 3 high"), QUOTE_XLSX_TEXT);
    put_number(b, at, 2, QUOTE_XLSX_COUNT | QUOTE_XLSX_INPUT);
    quote_xlsx_out_name(b->out, at, "scenario", 1, 3);
    ++*row;
}

static void put_rates(struct quote_xlsx_book *b, uint32_t *row)
{
    const struct money_view *view = &b->q->params.model.view;
    for (size_t i = 0; i < view->rate_count; i++) {
        const struct money_rate *r = &view->rates[i];
        char label[16], name[24];
        bool again = false; /* the first rate is the one that counts */
        for (size_t k = 0; k < i; k++)
            again |= view->rates[k].from == r->from && view->rates[k].to == r->to;
        if (again)
            continue;
        snprintf(label, sizeof label, "%s/%s", money_code(r->from), money_code(r->to));
        snprintf(name, sizeof name, "rate_%s_%s", money_code(r->from), money_code(r->to));
        input(b, row, label, name, (double)r->numerator / (double)r->denominator, QUOTE_XLSX_RATE);
    }
}

static void put_inputs(struct quote_xlsx_book *b, uint32_t *row)
{
    const struct estimate_params *m = &b->q->params.model;
    put_text(b, cell(b->basis, 0, 0), say(b, "Assumptions"), QUOTE_XLSX_TITLE);
    put_text(b, cell(b->basis, 1, 0),
        say(b,
            "Yellow cells can be changed; what follows from them is calculated anew. Which plans are taken is not."),
        QUOTE_XLSX_TEXT);
    *row = 3;
    put_scenario(b, row);
    input(
        b, row, say(b, "Rise of the growth, each year"), "rise", m->rise_tenths / 1000.0, QUOTE_XLSX_PERCENT);
    input(b, row, say(b, "Margin"), "margin", m->margin_tenths / 1000.0, QUOTE_XLSX_PERCENT);
    input(b, row, say(b, "Other data in shared storage (GB)"), "other_use", in_gb(m->other_use_octets),
        QUOTE_XLSX_GB);
    input(b, row, say(b, "Tax contained in what is shown"), "tax", m->view.tax_tenths / 1000.0,
        QUOTE_XLSX_PERCENT);
    put_rates(b, row);
}

/* ---- prices ---- */
static void put_price(
    struct quote_xlsx_book *b, uint32_t row, const struct quote_offer *o, const struct quote_use *u)
{
    const unsigned mark = u->verified ? 0 : QUOTE_XLSX_MARK;
    char *plan CLEANUP(mem_free_str) = quote_basis_plan(b->words, u);
    char *words CLEANUP(mem_free_str) = quote_basis_price(b->words, o, u);
    char *source CLEANUP(mem_free_str) = quote_basis_source(b->words, u);
    put_text(b, cell(b->basis, row, 0), quote_words_name(b->words, o->family->name, o->family->name_ja),
        QUOTE_XLSX_TEXT);
    put_text(b, cell(b->basis, row, 1), plan, QUOTE_XLSX_TEXT | QUOTE_XLSX_WRAP);
    put_number(b, cell(b->basis, row, QUOTE_XLSX_PRICE_STORAGE), in_gb(u->storage->octets),
        QUOTE_XLSX_GB | QUOTE_XLSX_INPUT);
    if (u->price) {
        put_number(b, cell(b->basis, row, QUOTE_XLSX_PRICE_AMOUNT), in_units(u->price->amount),
            (QUOTE_XLSX_MONEY + u->price->amount.currency) | QUOTE_XLSX_INPUT);
        put_number(
            b, cell(b->basis, row, QUOTE_XLSX_PRICE_PERIODS), u->price->per_year ? 1 : 12, QUOTE_XLSX_COUNT);
    }
    put_text(b, cell(b->basis, row, 5), words, QUOTE_XLSX_TEXT | QUOTE_XLSX_WRAP);
    put_text(b, cell(b->basis, row, 6), u->price ? say(b, u->price->fact.as_of) : "–", QUOTE_XLSX_TEXT);
    put_text(b, cell(b->basis, row, 7), u->verified ? say(b, "verified") : say(b, "unverified"),
        QUOTE_XLSX_TEXT | mark);
    put_text(b, cell(b->basis, row, 8), source, QUOTE_XLSX_TEXT | QUOTE_XLSX_WRAP);
}

static void put_prices(struct quote_xlsx_book *b, uint32_t *row)
{
    static const char *const heads[] = {N_("Family"), N_("Plan"), N_("Storage (GB)"), N_("Price"),
        N_("Periods a year"), N_("Conditions"), N_("Price as of"), N_("State"), N_("Source")};
    for (uint16_t i = 0; i < sizeof heads / sizeof *heads; i++)
        put_text(b, cell(b->basis, *row, i), say(b, heads[i]),
            QUOTE_XLSX_HEAD | (i >= 2 && i <= 4 ? QUOTE_XLSX_COUNT : QUOTE_XLSX_TEXT));
    ++*row;
    for (size_t i = 0; i < b->q->offer_count; i++) {
        const struct quote_offer *o = &b->q->offers[i];
        b->price_rows[i] = *row;
        for (size_t k = 0; k < o->use_count; k++)
            put_price(b, (*row)++, o, &o->uses[k]);
    }
}

void quote_xlsx_basis(struct quote_xlsx_book *b)
{
    static const double widths[] = {34, 28, 14, 12, 10, 44, 13, 11, 90};
    uint32_t row;
    for (uint16_t i = 0; i < sizeof widths / sizeof *widths; i++)
        quote_xlsx_out_width(b->out, b->basis, i, widths[i]);
    put_inputs(b, &row);
    row++;
    put_prices(b, &row);
    row++;
    struct quote_basis list CLEANUP(quote_basis_done) = quote_basis(b->q, b->words);
    for (size_t i = 0; i < list.count; i++)
        put_text(b, cell(b->basis, row++, 0), list.lines[i], QUOTE_XLSX_TEXT);
}
