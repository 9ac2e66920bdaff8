/* names.h - has the source given its messages new names (UIDLs) since the last run? Hosts do when they change
 * their software. Nothing is lost or doubled by it, since content decides; but it is said, and nothing may be
 * deleted by names that no longer hold. */
#pragma once

#include "ledger.h"
#include "log.h"
#include "session.h"

#define NAMES_ENOUGH 10 /* settled messages, below which nothing can be said */

/* Pure: `settled` messages of earlier runs have names, `listed` messages stand in the source now, and `known`
 * of the settled names are among them. Changed: most of the names are gone, though the numbers agree too well
 * for the messages to be gone. */
bool names_differ(uint64_t settled, uint64_t listed, uint64_t known);

/* The same for a session whose inventory is there; warns. */
bool names_changed(const struct session *s, struct ledger *ledger, int64_t job, const struct log *log);
