/* kill.h - a run that is killed at any write of its ledger: what the work folder and both ends hold at that
 * moment is put aside, and takes the place of what the run, which goes on, makes of them.
 *
 * Order of calls: kill_begin once, before any ledger is opened; kill_arm, a run, kill_fall. One thread. */
#pragma once

#include "rig.h"

/* Each ledger is written through here from now on. */
void kill_begin(void);
/* At the n-th write (from 1; right before it for an odd n, right behind it for an even one). */
void kill_arm(struct rig *r, unsigned nth);
/* It is as it was then. false: the run did not write as often. */
bool kill_fall(void);
