/* quote_xlsx_book.h - what the sheets of the workbook share. Private to quote_xlsx*.c. */
#pragma once

#include "quote.h"
#include "quote_words.h"
#include "quote_xlsx_out.h"
#include <stdbool.h>

/* Where the rows of an offer stand in the sheet of plans. */
struct quote_xlsx_block {
    uint32_t first, last;
    uint32_t *years; /* the first row of each year; year 1 at [0] */
    bool any;        /* false: it has no rows */
};

struct quote_xlsx_book {
    struct quote_xlsx_out *out;
    const struct quote_words *words;
    const struct quote *q;
    int summary, plans, accounts, basis;  /* sheets */
    uint32_t account_first, account_last; /* rows of the mailboxes */
    uint32_t growth_row;                  /* of year 0 in the sheet of plans */
    uint32_t *price_rows;                 /* of the first use of each offer in the sheet of assumptions */
    struct quote_xlsx_block *blocks;      /* of each offer */
};

/* Columns that formulas of another sheet refer to. */
enum {
    QUOTE_XLSX_PRICE_STORAGE = 2, /* assumptions */
    QUOTE_XLSX_PRICE_AMOUNT = 3,
    QUOTE_XLSX_PRICE_PERIODS = 4,
    QUOTE_XLSX_ACCOUNT_HELD = 11, /* mailboxes */
    QUOTE_XLSX_ACCOUNT_GROWTH = 15,
    QUOTE_XLSX_GROWTH_ALL = 2,  /* plans, above */
    QUOTE_XLSX_PLAN_EXACT = 10, /* plans, below */
    QUOTE_XLSX_PLAN_YEAR = 12,
    QUOTE_XLSX_PLAN_MONTH = 13,
};

/* In the order they are to be written, since each refers to rows of those before. */
void quote_xlsx_basis(struct quote_xlsx_book *b);
void quote_xlsx_accounts(struct quote_xlsx_book *b);
void quote_xlsx_plans(struct quote_xlsx_book *b);
void quote_xlsx_summary(struct quote_xlsx_book *b);

/* What turns an exact amount of the offer into a printed one: "*rate_USD_JPY*(1+tax)/(1+0.1)"; the caller
 * frees. */
char *quote_xlsx_money_conversion(const struct quote_xlsx_book *b, const struct quote_offer *o);
int quote_xlsx_money_decimals(enum money_currency c); /* 0 or 2 */

/* ---- words and cells ---- */
__attribute__((format_arg(2))) static inline const char *say(
    const struct quote_xlsx_book *b, const char *msgid)
{
    return quote_words(b->words, msgid);
}

static inline void put_text(
    struct quote_xlsx_book *b, struct quote_xlsx_cell at, const char *text, unsigned look)
{
    quote_xlsx_out_text(b->out, at, text, look);
}

static inline void put_number(struct quote_xlsx_book *b, struct quote_xlsx_cell at, double n, unsigned look)
{
    quote_xlsx_out_number(b->out, at, n, look);
}

static inline double in_gb(uint64_t octets)
{
    return (double)octets / 1e9;
}

static inline double in_units(struct money m)
{
    return (double)m.minor / (double)money_unit(m.currency);
}
