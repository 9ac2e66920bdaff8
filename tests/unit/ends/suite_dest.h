/* suite_dest.h - what dest.h promises, held against any kind of destination. */
#pragma once

#include "job.h"

/* All cases, in mailboxes of their own that begin with `prefix`; with CHECK. The job names the destination.
 */
void suite_dest(const struct job *job, const struct world *world, const char *prefix);
