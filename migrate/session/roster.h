/* roster.h - the list of what a mailbox holds, complete or named: held against EXISTS and UID SEARCH ALL.
 *
 * Servers answer BAD to "n:*" beyond the last message, and end a FETCH with OK that leaves out a message, or
 * gives it without its header. What SEARCH names and no row told is asked for by its UID, and in the end
 * alone; what is left then is in `unread`. */
#pragma once

#include "imap.h"
#include "session.h"

struct roster {
    /* in */
    const char *set;       /* what to ask for first: "7:9,12:*" */
    const char *fields;    /* of the header; NULL: none, and a row without one is a row */
    uint32_t first;        /* nothing below this UID is wanted */
    const uint32_t *known; /* these neither; ascending */
    size_t known_count;
    bool all;           /* everything but the known is asked for: EXISTS tells how many rows there must be */
    imap_fetch_fn *row; /* for each; may be called twice for a UID; never without a header, if fields */
    void *ctx;
    /* out; roster_done */
    uint32_t *there; /* UIDs of the mailbox, ascending, if searched */
    size_t there_count;
    bool searched;
    uint32_t *unread; /* what is there and cannot be read, ascending */
    size_t unread_count;
};

/* Waits. r: zeroed but for what goes in. */
int roster_read(struct session *s, struct roster *r, struct error *err);
void roster_done(struct roster *r);
