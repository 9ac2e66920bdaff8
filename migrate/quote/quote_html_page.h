/* quote_html_page.h - what the parts of the HTML report share: the page being written, and short words for
 * its elements. Private to quote_html_*.c and quote_chart.c. */
#pragma once

#include "quote.h"
#include "quote_html_out.h"
#include "quote_words.h"

struct quote_html_page {
    struct quote_html_out *out;
    const struct quote_words *words;
    const struct quote *q;
};

/* ---- elements ---- */
static inline void open_tag(struct quote_html_page *p, const char *name, const char *class)
{
    quote_html_out_open(p->out, name);
    if (class)
        quote_html_out_attr(p->out, "class", class);
}

static inline void attr(struct quote_html_page *p, const char *name, const char *value)
{
    quote_html_out_attr(p->out, name, value);
}

static inline void put(struct quote_html_page *p, const char *text)
{
    quote_html_out_text(p->out, text);
}

static inline void close_tag(struct quote_html_page *p)
{
    quote_html_out_close(p->out);
}

static inline void element(struct quote_html_page *p, const char *name, const char *class, const char *text)
{
    open_tag(p, name, class);
    put(p, text);
    close_tag(p);
}

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
char *quote_html_shares(const struct quote_html_page *p, const struct estimate_year *y);
/* A mark for what is not verified, or NULL. */
const char *quote_html_mark(const struct quote_html_page *p, enum quote_offer_state s);
