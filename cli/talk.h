/* talk.h - everything that is said on standard error: notes, warnings, the progress of a job.
 *
 * On a terminal one line is redrawn; elsewhere a line comes now and then. Nothing of it on standard output.
 */
#pragma once

#include "job.h"
#include "options.h"
#include "secret.h"

struct talk {
    struct world world; /* to hand to migrate; points into this struct: do not move it */
    bool quiet, verbose, terminal, drawn;
    int64_t begun_ms, next_ms;
    const char *phase;
    struct secret_keeper *keeper; /* borrowed; NULL: no passwords */
};

/* Also catches the signals that ask to stop (stop.h). */
void talk_begin(struct talk *t, const struct options *o, struct secret_keeper *keeper);
/* Another piece of work begins, with a rate of its own. NULL is fine. */
void talk_restart(struct talk *t);
/* Take the progress line away, before anything else is printed. */
void talk_clear(struct talk *t);
void talk_end(struct talk *t);

/* "popferry: error: ..." and the exit code for it. t may be NULL. */
int talk_error(struct talk *t, const struct error *err);
