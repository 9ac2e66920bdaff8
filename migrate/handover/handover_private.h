/* handover_private.h - what the files of the handover share. */
#pragma once

#include "handover.h"
#include "quote_words.h"

/* Take back those accounts that were added beyond the first `count`. */
void handover_cut(struct handover *h, size_t count);

/* ---- words (handover_words.c): message ids, to be translated where they are used ---- */
const char *handover_state_words(enum handover_state s);
const char *handover_advice(const struct handover_account *a); /* what to do; NULL: nothing */
const char *handover_proof_words(enum ledger_proof p);
const char *handover_item_words(enum ledger_state s);

/* ---- sentences in the language; the caller frees ---- */
/* What is not in order with an account, or "". */
char *handover_finding(const struct handover_account *a, const struct quote_words *w);
/* The answer at one glance: are all of them in order? */
char *handover_verdict(const struct handover *h, const struct quote_words *w);
/* "For Maruyama Trading", "丸山商事 御中"; "" without a customer. */
char *handover_addressee(const struct handover *h, const struct quote_words *w);
/* From the first migration to the end of the last; "" if there was none. */
char *handover_period(const struct handover *h, const struct quote_words *w);
/* A day, "–" for 0. */
char *handover_day(const struct handover *h, const struct quote_words *w, int64_t at_s);

/* ---- files ---- */
char *handover_html(const struct handover *h, const char *lang, size_t *ret_len, struct error *err);
char *handover_xlsx(const struct handover *h, const char *lang, size_t *ret_len, struct error *err);
