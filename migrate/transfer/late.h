/* late.h - late arrivals: what was sent again because its answer was lost and it was not found (reconcile.h)
 * may still come, when a slow server stores the first one after all; and what was sent again because the
 * answer was NO may have been stored all the same. Before a mailbox is left, what is new
 * there is held against the messages that were sent twice; where nothing was, nothing is asked.
 *
 * A second one is named and counted (ledger_late.h), until somebody has removed one of the two. popferry
 * removes none: which of them somebody has read, answered or moved since, it cannot know. */
#pragma once

#include "ledger.h"
#include "session.h"

/* Looks once; where something was sent again in this run, until it has had as long once more. Waits. */
int late_look(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err);
