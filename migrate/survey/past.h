/* past.h - what the ledger says of an item of the source, by the source's key: settled by an earlier run, or
 * not. */
#pragma once

#include "ledger.h"
#include "plan.h"
#include "source.h"

/* *ret_id: the ledger's row with this key, 0 if there is none. Errors go to *err and give PAST_UNKNOWN. A
 * size that changed means another message under an old key: PAST_UNKNOWN; so is a duplicate whose twin is not
 * settled. */
enum plan_past past_of(
    struct ledger *l, int64_t job, const struct source_item *item, int64_t *ret_id, struct error *err);

/* Settled: nothing is left to do for it. */
bool past_is_settled(enum plan_past past);
