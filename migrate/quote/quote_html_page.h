/* quote_html_page.h - what the parts of the HTML report share: the page being written, and its words. Private
 * to quote_html_*.c and quote_chart.c. */
#pragma once

#include "quote.h"
#include "quote_html_tags.h"
#include "quote_words.h"

struct quote_html_page {
    struct quote_html_out *out;
    const struct quote_words *words;
    const struct quote *q;
};

/* ---- words ---- */
__attribute__((format_arg(2))) static inline const char *say(
    const struct quote_html_page *p, const char *msgid)
{
    return quote_words(p->words, msgid);
}

/* ---- parts, in the order of the page ---- */
void quote_html_head(struct quote_html_page *p);     /* title block, what is missing, summary */
void quote_html_offers(struct quote_html_page *p);   /* comparison, charts, year by year */
void quote_html_accounts(struct quote_html_page *p); /* mailboxes, growth, time to migrate */
void quote_html_basis(struct quote_html_page *p);    /* assumptions and prices with their sources */

/* Shared: "Plan 1 × 10, Plan 2 × 2" of a year, as text; the caller frees. */
char *quote_html_words_shares(const struct quote_html_page *p, const struct estimate_year *y);
/* A mark for what is not verified, or NULL. */
const char *quote_html_words_mark(const struct quote_html_page *p, enum quote_offer_state s);
