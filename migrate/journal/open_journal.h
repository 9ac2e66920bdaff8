/* open_journal.h - the log of one run of a command over a job. */
#pragma once

#include "journal.h"

/* The journal of the job, with this run begun in it. A log that cannot be written does not keep mail from
 * being moved: NULL then, which every function of journal.h takes, and a warning to the world's log. */
struct journal *open_journal(
    const struct job *job, const struct world *world, int64_t job_id, int64_t run, const char *command);
