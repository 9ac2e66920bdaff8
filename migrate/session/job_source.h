/* job_source.h - the source that a job names, of whatever kind. */
#pragma once

#include "job.h"
#include "source.h"

/* Not connected: its stream, if it has one, is job_stream_open's. */
struct source *job_source_new(const struct job *job);
