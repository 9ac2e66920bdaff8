/* finish.h - the end of a run: does the destination really hold what it said it took? By UID, read again. */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include "session.h"

/* Counts missing and gone_since in *outcome, reports each missing message to the sink, and the number of
 * messages in the destination. first_uid: UIDs below it were there before this run. */
int finish_check(struct session *s, struct ledger *ledger, int64_t job, uint32_t first_uid,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err);
