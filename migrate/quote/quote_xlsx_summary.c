/* The first sheet: for whom, the sums, and the plans compared. */
#include "quote_xlsx_book.h"

#include "mem.h"
#include "quote_answer.h"
#include <stdio.h>

enum column {
    FAMILY,
    STATE,
    STORAGE,
    HOLDS,
    MONTHLY_FIRST,
    MONTHLY_LAST,
    TOTAL,
    TOTAL_LOW,
    TOTAL_HIGH,
    AS_OF,
    COLUMNS,
};

static void pair(struct quote_xlsx_book *b, uint32_t *row, const char *name, const char *value)
{
    put_text(b, cell(b->summary, *row, 0), name, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->summary, (*row)++, 1), value, QUOTE_XLSX_TEXT);
}

static void put_title(struct quote_xlsx_book *b, uint32_t *row)
{
    const struct quote *q = b->q;
    char date[QUOTE_WORDS_MAX];
    put_text(b, cell(b->summary, (*row)++, 0), say(b, "Estimate"), QUOTE_XLSX_TITLE);
    pair(b, row, say(b, "Customer"), q->customer);
    pair(b, row, say(b, "Subject"), say(b, "Moving mail to the cloud, and what keeping it there costs"));
    pair(b, row, say(b, "Date"), quote_words_date(b->words, date, q->date_s, q->params.utc_offset_min));
    pair(b, row, say(b, "Prepared by"), q->prepared_by);
    pair(b, row, say(b, "Prices gathered on"), q->catalog->gathered);
    ++*row;
}

/* ---- the answer ---- */
static void put_answer(struct quote_xlsx_book *b, uint32_t *row)
{
    struct quote_sentences answer CLEANUP(quote_sentences_done) = quote_answer_words(b->q, b->words);
    put_text(b, cell(b->summary, (*row)++, 0), say(b, "The answer"), QUOTE_XLSX_TEXT | QUOTE_XLSX_BOLD);
    for (size_t i = 0; i < answer.count; i++)
        put_text(b, cell(b->summary, (*row)++, 0), answer.lines[i], QUOTE_XLSX_TEXT);
    ++*row;
}

/* ---- sums ---- */
static void sum(
    struct quote_xlsx_book *b, uint32_t *row, const char *name, const char *formula, double n, unsigned kind)
{
    put_text(b, cell(b->summary, *row, 0), name, QUOTE_XLSX_TEXT);
    quote_xlsx_out_formula(b->out, cell(b->summary, (*row)++, 1), formula, n, NULL, kind | QUOTE_XLSX_BOLD);
}

static void put_sums(struct quote_xlsx_book *b, uint32_t *row)
{
    const struct quote *q = b->q;
    const char *mailboxes = say(b, "Mailboxes");
    uint32_t last = b->account_last + 2; /* the row of the sums there */
    int years = q->params.model.years;
    char time[QUOTE_WORDS_MAX];
    char *messages CLEANUP(mem_free_str) = mem_printf("='%s'!J%u", mailboxes, last);
    char *octets CLEANUP(mem_free_str) = mem_printf("='%s'!K%u", mailboxes, last);
    char *grown CLEANUP(mem_free_str) =
        mem_printf("='%s'!C%u", say(b, "Plans"), b->growth_row + (uint32_t)years + 1);
    char *then CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(b->words, "All mailboxes in %d year (GB)",
                       "All mailboxes in %d years (GB)", (uint64_t)years),
            years);
    sum(b, row, say(b, "To copy (messages)"), messages, (double)q->sum.to_copy.messages, QUOTE_XLSX_COUNT);
    sum(b, row, say(b, "To copy (GB)"), octets, in_gb(q->sum.to_copy.octets), QUOTE_XLSX_GB);
    sum(b, row, then, grown, in_gb(quote_projected(q, ESTIMATE_MID, years)), QUOTE_XLSX_GB);
    pair(b, row, say(b, "Time to migrate"), quote_words_time(b->words, time, &q->time));
    ++*row;
}

/* ---- plans ---- */
static void put_heads(struct quote_xlsx_book *b, uint32_t row)
{
    int years = b->q->params.model.years;
    char *last CLEANUP(mem_free_str) = mem_printf(say(b, "Monthly, year %d"), years);
    char *total CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(b->words, "Total, %d year", "Total, %d years", (uint64_t)years), years);
    const char *const heads[COLUMNS] = {say(b, "Family"), say(b, "State"), say(b, "Storage"),
        say(b, "Holds for (years)"), say(b, "Monthly, year 1"), last, total, say(b, "Total at low growth"),
        say(b, "Total at high growth"), say(b, "Price as of")};
    static const double widths[COLUMNS] = {34, 26, 24, 12, 16, 16, 18, 18, 18, 14};
    for (size_t i = 0; i < COLUMNS; i++)
        quote_xlsx_out_head(
            b->out, cell(b->summary, row, i), heads[i], i >= HOLDS && i <= TOTAL_HIGH, widths[i]);
}

static void put_monthly(struct quote_xlsx_book *b, uint32_t row, enum column col, size_t offer, int n)
{
    const struct estimate_family *f = b->q->offers[offer].results[ESTIMATE_MID];
    const struct estimate_year *y = &f->years[n - 1];
    if (!b->blocks[offer].any || !y->priced || y->misfits)
        return;
    char *formula CLEANUP(mem_free_str) =
        mem_printf("='%s'!N%u", say(b, "Plans"), b->blocks[offer].years[n - 1] + 1);
    quote_xlsx_out_formula(
        b->out, cell(b->summary, row, col), formula, in_units(y->monthly), NULL, QUOTE_XLSX_MONEY + f->shown);
}

static void put_total(struct quote_xlsx_book *b, uint32_t row, size_t offer)
{
    const struct quote_offer *o = &b->q->offers[offer];
    const struct quote_xlsx_block *block = &b->blocks[offer];
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    if (!f->complete)
        return;
    char *factor CLEANUP(mem_free_str) = quote_xlsx_money_conversion(b, o);
    char *formula CLEANUP(mem_free_str) = mem_printf("=ROUND(SUM('%s'!K%u:K%u)%s,%d)", say(b, "Plans"),
        block->first + 1, block->last + 1, factor, quote_xlsx_money_decimals(f->shown));
    quote_xlsx_out_formula(b->out, cell(b->summary, row, TOTAL), formula, in_units(f->total), NULL,
        (QUOTE_XLSX_MONEY + f->shown) | QUOTE_XLSX_BOLD);
    for (int s = ESTIMATE_LOW; s <= ESTIMATE_HIGH; s += ESTIMATE_HIGH - ESTIMATE_LOW)
        if (o->results[s]->complete)
            put_number(b, cell(b->summary, row, s == ESTIMATE_LOW ? TOTAL_LOW : TOTAL_HIGH),
                in_units(o->results[s]->total), QUOTE_XLSX_MONEY + o->results[s]->shown);
}

static void put_offer(struct quote_xlsx_book *b, uint32_t row, size_t offer)
{
    const struct quote_offer *o = &b->q->offers[offer];
    enum quote_offer_state state = quote_offer_state(o);
    char *storage CLEANUP(mem_free_str) = mem_printf("%s %s", o->use_count ? o->uses[0].storage->words : "",
        say(b, catalog_scope_words(o->family->scope)));
    put_text(b, cell(b->summary, row, FAMILY),
        quote_words_name(b->words, o->family->name, o->family->name_ja), QUOTE_XLSX_TEXT);
    put_text(b, cell(b->summary, row, STATE), say(b, quote_offer_state_words(state)),
        state == QUOTE_OFFER_VERIFIED ? QUOTE_XLSX_TEXT : QUOTE_XLSX_MARK);
    put_text(b, cell(b->summary, row, STORAGE), storage, QUOTE_XLSX_TEXT);
    put_number(b, cell(b->summary, row, HOLDS), o->holds_years, QUOTE_XLSX_COUNT);
    put_monthly(b, row, MONTHLY_FIRST, offer, 1);
    put_monthly(b, row, MONTHLY_LAST, offer, b->q->params.model.years);
    put_total(b, row, offer);
    put_text(b, cell(b->summary, row, AS_OF), *o->as_of ? say(b, o->as_of) : "–", QUOTE_XLSX_TEXT);
}

void quote_xlsx_summary(struct quote_xlsx_book *b)
{
    uint32_t row = 0;
    put_title(b, &row);
    if (!b->q->calculated)
        return;
    put_answer(b, &row);
    put_sums(b, &row);
    put_heads(b, row++);
    for (size_t i = 0; i < b->q->offer_count; i++)
        if (b->q->offers[i].compared)
            put_offer(b, row++, i);
    char *rest CLEANUP(mem_free_str) = quote_answer_not_compared(b->q, b->words);
    if (rest)
        put_text(b, cell(b->summary, row, 0), rest, QUOTE_XLSX_TEXT);
}
