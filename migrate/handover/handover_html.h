/* handover_html.h - what the parts of the page share: the page being written, and its tables. Private to
 * handover_html*.c. */
#pragma once

#include "handover_private.h"
#include "quote_html_tags.h"

struct handover_page {
    struct quote_html_out *out;
    const struct quote_words *words;
    const struct handover *h;
};

__attribute__((format_arg(2))) static inline const char *say(const struct handover_page *p, const char *msgid)
{
    return quote_words(p->words, msgid);
}

void handover_html_out_count(struct handover_page *p, const char *class, uint64_t n); /* a cell */
void handover_html_out_amount(struct handover_page *p, struct ledger_amount n); /* a cell: number and size */
struct handover_head {
    const char *words; /* message id */
    bool number;       /* aligned to the right */
};
/* Open a table with these heads, and its body. */
void handover_html_out_heads(
    struct handover_page *p, const char *class, const struct handover_head *heads, size_t count);

/* ---- parts (handover_html_accounts.c) ---- */
void handover_html_attention(struct handover_page *p); /* what is not in order, and what to do */
void handover_html_accounts(struct handover_page *p);
void handover_html_items(struct handover_page *p); /* the messages that were not moved */
void handover_html_dated(struct handover_page *p); /* those that show the day of the move */
void handover_html_notes(struct handover_page *p); /* how to read it */
