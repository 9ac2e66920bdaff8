/* quote_basis.h - what an estimate rests on, in words: the assumptions that the HTML and the XLSX report
 * share. Pure. */
#pragma once

#include "quote.h"
#include "quote_words.h"

struct quote_basis {
    char **lines; /* whole sentences */
    size_t count;
};

/* Of a calculated quote. The caller owns the result: quote_basis_done. */
struct quote_basis quote_basis(const struct quote *q, const struct quote_words *w);
void quote_basis_done(struct quote_basis *b);

/* The caller frees what these return. */
char *quote_basis_plan(const struct quote_words *w, const struct quote_use *u); /* "Plan + add-on" */
/* "¥800 a month, bound for 12 months, without tax", or why there is none */
char *quote_basis_price(const struct quote_words *w, const struct quote_offer *o, const struct quote_use *u);
/* Of the price and, where it is another, of the storage; the catalog's words. */
char *quote_basis_source(const struct quote_words *w, const struct quote_use *u);
/* "1 USD = 155.25 JPY" */
char *quote_basis_rate(const struct money_rate *r);
