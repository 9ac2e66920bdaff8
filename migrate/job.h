/* job.h - one source -> one destination with its policy, immutable once validated, and the world a job runs
 * in. */
#pragma once

#include "clock.h"
#include "endpoint.h"
#include "error.h"
#include "log.h"
#include <stdbool.h>
#include <stdint.h>

enum seen_policy {
    SEEN_BY_AGE, /* Status: field if there is one, else older than seen_older_than_days */
    SEEN_ALL,
    SEEN_NONE,
};

struct job {
    struct endpoint from, to;
    const char *folder; /* UTF-8 path with "/" */
    const char *from_password, *to_password;
    const char *ca_file;  /* NULL: the system's */
    const char *work_dir; /* NULL for commands that keep nothing */
    uint64_t limit;       /* copy at most so many; UINT64_MAX: all */
    enum seen_policy seen;
    int seen_older_than_days;
    unsigned connections; /* to the destination; 0: by what it offers */
    bool one_at_a_time;   /* no POP3 pipelining, whatever the source offers */
};

/* What happens while a job runs, for a progress display. */
struct progress {
    const char *phase;        /* "connecting", "reading the inventory", "copying" ... static */
    uint64_t messages, total; /* settled, of all in the source; total 0: not known yet */
    uint64_t octets, total_octets;
    uint64_t copied;
};

/* Given by the caller; functions may be NULL. One thread. */
struct world {
    const struct clock *clock;
    struct log log;
    void (*progress)(void *ctx, const struct progress *p);
    bool (*stop)(void *ctx); /* has the user asked to stop? */
    void *ctx;
};

/* The complete sentence for a missing user, a folder that cannot be and the like. 0, or -1 with ERROR_USAGE.
 */
int job_validate(const struct job *job, struct error *err);
