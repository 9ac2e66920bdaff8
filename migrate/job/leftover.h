/* leftover.h - at the end of a migration: what it left on the source, and why, for the ledger. */
#pragma once

#include "hash_set.h"
#include "ledger.h"
#include "outcome.h"

/* Of the whole run; keys: of all that the source showed. why: with what it ended (code 0: well). *o is
 * corrected by what the ledger knows to be settled and this run did not come to look at. Without an inventory
 * nothing is recorded: what an earlier run saw stays. */
int leftover_note(struct ledger *l, int64_t job, const struct hash_set *keys, struct outcome *o,
    const struct error *why, struct error *err);
