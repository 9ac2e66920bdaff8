/* talk.h - everything that is said on standard error: notes, warnings, the progress of a job; and the wish to
 * stop.
 *
 * On a terminal one line is redrawn; elsewhere a line comes now and then. Nothing of it on standard output.
 */
#pragma once

#include "job.h"
#include "options.h"

struct talk {
    struct world world; /* to hand to migrate; points into this struct: do not move it */
    bool quiet, verbose, terminal, drawn;
    int64_t begun_ms, next_ms;
    const char *phase;
    const struct options *options;
    char *secrets[2]; /* as read again for another sign-in */
};

void talk_begin(struct talk *t, const struct options *o);
/* Take the progress line away, before anything else is printed. */
void talk_clear(struct talk *t);
void talk_end(struct talk *t);

/* "popferry: error: ..." and the exit code for it. t may be NULL. */
int talk_error(struct talk *t, const struct error *err);
