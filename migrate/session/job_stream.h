/* job_stream.h - a stream to one side of a job: all that the job says of how to get there, and as whom. */
#pragma once

#include "job.h"
#include "stream.h"

/* Asks for the password or token of now. As stream_open: what is wrong shows as the stream's error. */
struct stream *job_stream_open(
    const struct job *job, const struct world *world, enum job_side side, struct net *net);

/* What a person should know of a stream that is READY: that it is not encrypted, or only by an old version of
 * TLS. A whole sentence into dst, which is returned; NULL: nothing. */
char *job_stream_weakness(char *dst, size_t cap, const struct stream *stream);
