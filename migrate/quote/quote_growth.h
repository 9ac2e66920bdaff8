/* quote_growth.h - from the dates and sizes of messages to octets per month and growth per year. Pure.
 *
 * Zero-initialised is an empty history. */
#pragma once

#include "quote.h"

/* A message whose date is known. */
struct quote_dated {
    int64_t date_s; /* UTC */
    uint64_t octets;
};

struct quote_history {
    struct quote_dated *all; /* owned */
    size_t count, cap;
};

void quote_history_add(struct quote_history *h, int64_t date_s, uint64_t octets);
void quote_history_done(struct quote_history *h);

/* Sorts the history and fills of *a: months, oldest_s, newest_s and growth (see quote.h), with months as the
 * clock shows them utc_offset_min minutes east of UTC. a->inventory, undated and expire_days must be there;
 * what stands in a->growth.notes stays. What is measured by months has no range and no trend yet: see
 * quote_growth_together. */
void quote_history_tell(struct quote_history *h, int64_t now_s, int utc_offset_min, struct quote_account *a);

/* Gives the mailboxes that are measured by months the range and the trend of all of them together (see
 * quote.h). Once, after all are told. Returns the trend from one year to the next, per mille: 1000 when there
 * is none. */
unsigned quote_growth_together(
    struct quote_account *accounts, size_t count, int64_t now_s, int utc_offset_min);

/* Growth of which nothing is known. */
void quote_assume_growth(struct quote_account *a);

/* Lower quartile, median and upper quartile of values (count > 0; sorted by the call). The median of an even
 * number is the mean of the middle two, rounded down; the quartiles are values that occur, as far from either
 * end as a quarter of the way, rounded down. */
void quote_quartiles(uint64_t *values, size_t count, uint64_t ret[ESTIMATE_SCENARIOS]);
