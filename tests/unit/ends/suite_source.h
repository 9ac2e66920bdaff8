/* suite_source.h - what source.h promises, held against any kind of source. */
#pragma once

#include "job.h"

/* The messages that the source holds, in any order: their bytes as they must be given. */
struct suite_letters {
    const char *const *texts;
    size_t count;
};

/* All cases, with CHECK; the job names the source. Where it can delete, its last case leaves it empty. */
void suite_source(const struct job *job, const struct world *world, const struct suite_letters *letters);
