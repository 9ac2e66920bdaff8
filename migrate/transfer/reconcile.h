/* reconcile.h - what became of messages that were on their way when an earlier run ended: looked up in the
 * destination, never sent again blindly.
 *
 * A message of an open intent can only stand at or above the UID that was noted with it. It counts as found
 * when a message there, not accounted for otherwise, has its identity, headers and size, or its content; or,
 * where the server alters what it stores, its date and Message-ID. Where not even that tells, those that
 * nothing explains are counted, by date and size (doubt.h): what may be there all the same stays an intent,
 * in doubt (ledger_in_doubt), and is neither sent again nor taken for stored, until the user says so
 * (job->retry_quarantined). What is not found is withdrawn and will be sent again: but only after the server
 * has had the time to finish what it may still be working on.
 */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include "session.h"

int reconcile(struct session *s, struct ledger *ledger, struct ledger_part part, struct outcome *outcome,
    struct error *err);
