/* job_ends.h - the source and the destination that a job names, of whatever kind. */
#pragma once

#include "dest.h"
#include "job.h"
#include "source.h"

/* Not connected: its stream, if it has one, is job_stream_open's. */
struct source *job_source_new(const struct job *job, const struct world *world);
struct dest *job_dest_new(const struct job *job, const struct world *world);
