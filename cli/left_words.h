/* left_words.h - in words: what a migration left on the source, and why. */
#pragma once

#include "buf.h"
#include "ledger_source.h"

/* "--limit", "the daily upload limit" ... */
const char *left_words(enum ledger_left reason);
/* "48 by --limit, 9 by the daily upload limit", of the reasons that were asked for, or of the others. */
void left_words_all(struct buf *out, const struct ledger_amount left[LEDGER_LEFTS], bool asked);
/* What is to be said where nobody knows what was left; NULL: it is known. */
const char *left_words_unknown(const struct ledger_source *s);
