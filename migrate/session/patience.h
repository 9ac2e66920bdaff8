/* patience.h - when a command signs in again: after a session that broke (retry.h), and not before the
 * source's LOGIN-DELAY has passed (RFC 2449 section 6.5). Waits are announced with the time at which they
 * end.
 *
 * Order of calls: patience_begin; before each sign-in patience_login, after it patience_opened; when a
 * session ended with an error, patience_again, with the session closed. */
#pragma once

#include "job.h"
#include "retry.h"

struct patience {
    const struct world *world;
    int utc_offset_min; /* the user's clock */
    struct retry_past past;
    int64_t login_ms;  /* when the last sign-in at the source began (monotonic); 0: never */
    uint64_t attempts; /* sessions that broke and were taken up again */
};

void patience_begin(struct patience *p, const struct job *job, const struct world *world);

/* Wait until the source may be signed in to, and note that it is now. -1: the user asked to stop, or the wait
 * is longer than job->max_wait_ms (ERROR_THROTTLED, job, later; the text names the time). */
int patience_login(struct patience *p, const char *source, struct error *err);

/* The sign-in began only then (monotonic), since something else had to be waited for; 0: it did not begin. */
void patience_login_began(struct patience *p, int64_t login_ms);

/* Both sides (or the only one) are signed in; login_delay_s: of the source, by CAPA, -1: none. */
void patience_opened(struct patience *p, int login_delay_s);

/* The sign-in that was refused now was accepted shortly before: it is tried once more, after a while. */
void patience_accepted(struct patience *p);

/* The session got something done: attempts are counted anew. */
void patience_progress(struct patience *p);

/* The session ended with *err: true after a wait, when another session is worth while. Else, where waiting
 * would help but is too long for this run, *err names the time to come again. Where the destination's daily
 * upload limit is used up (retry.h), err->wait_ms tells it, too; with job->wait_for_cap that is waited for,
 * however long. A sign-in that was accepted before, and is not any more, is temporary then (err->retry). */
bool patience_again(struct patience *p, struct error *err);
