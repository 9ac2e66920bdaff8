/* quote_answer.h - what stands on top of every report: the answer to the customer's question, in numbers
 * (struct quote_answer of quote.h) and in words. Pure. */
#pragma once

#include "quote.h"
#include "quote_words.h"

/* Sets q->answer, when offers are made. mailboxes: those that were calculated, in the order of
 * quote_account.mailbox. -1 with ERROR_INTERNAL for amounts beyond 2^63. */
int quote_answer_find(struct quote *q, const struct estimate_mailbox *mailboxes, struct error *err);

/* The offers that are worth a column for each year: those of the answer, always Google Workspace and
 * Microsoft 365 if the catalog has them, and then the cheapest that hold the mail to the end; at most `cap`
 * of them. Returns how many. */
size_t quote_answer_yearly(const struct quote *q, const struct quote_offer **ret, size_t cap);

/* "Not compared, since ...: A, B.", or NULL where everything is; the caller frees. */
char *quote_answer_not_compared(const struct quote *q, const struct quote_words *w);

struct quote_sentences {
    char **lines; /* whole sentences, the most important first */
    size_t count;
};

/* Of a calculated quote. The caller owns the result: quote_sentences_done. */
struct quote_sentences quote_answer_words(const struct quote *q, const struct quote_words *w);
void quote_sentences_done(struct quote_sentences *s);

/* "Exchange Online Plan 1", "Google Workspace Business: Business Starter", the family alone without a plan:
 * the family's name goes without saying where the plan's has it. The caller frees. */
char *quote_answer_plan(
    const struct quote_words *w, const struct catalog_family *family, const struct catalog_plan *plan);
