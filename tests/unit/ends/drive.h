/* drive.h - ends, of any kind, pumped until something has happened: for the conformance suites. */
#pragma once

#include "check.h"
#include "job_ends.h"
#include "link.h"

#define DRIVE_LINKS 4

struct drive {
    const struct job *job;
    const struct world *world;
    struct net *net;
    struct link links[DRIVE_LINKS];
    struct link *all[DRIVE_LINKS];
    size_t count;
};

void drive_begin(struct drive *d, const struct job *job, const struct world *world);
/* Another connection; at most DRIVE_LINKS of both kinds. */
struct dest *drive_dest(struct drive *d);
struct source *drive_source(struct drive *d);
/* Frees the ends, too. */
void drive_end(struct drive *d);

/* What a done callback was told; its ctx. One end ends one drive_wait. */
struct told {
    unsigned calls;
    bool answered; /* dest_told_fn */
    struct error error;
};
void told_done(void *told, const struct error *error);                /* dest_done_fn, source_done_fn */
void told_told(void *told, bool answered, const struct error *error); /* dest_told_fn */

/* Until it was called once. Fails, with words, when a link breaks or half a minute has passed. It must not
 * have been called before: from inside the submitting call. */
void drive_wait(struct drive *d, struct told *told);
