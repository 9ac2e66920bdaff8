/* link.h - one connection of a job: a stream and the sans-I/O engine that talks through it, pumped by one
 * loop. An end without a stream (mail on a disk) takes part in it without a connection.
 *
 * The loop makes asynchronous engines readable: submit commands, then link_run_until(what must have
 * happened). */
#pragma once

#include "clock.h"
#include "dest.h"
#include "error.h"
#include "source.h"
#include "stream.h"
#include <stdbool.h>

struct link {
    struct stream *stream; /* NULL for an end without one, which is then `local` */
    struct source *source; /* exactly one of these two, not owned */
    struct dest *dest;
    const char *name;              /* of a local one; borrowed */
    struct error error;            /* code != 0: broken; the engine was aborted with this */
    struct source_waiting waiting; /* of the source: what it owes, or owed when it broke */
    struct dest_waiting awaiting;  /* likewise of the destination */
    bool local;
    bool ready; /* signed in at least once, or begun with */
    bool ended; /* we signed off: the peer may close */
};

/* Move bytes until nothing more can move now. Returns whether anything did. A broken stream or engine ends in
 * link->error, with every outstanding callback fired. */
bool link_pump(struct link *l);

/* We end it: every outstanding callback fires with *why, and nothing is sent any more. */
void link_abort(struct link *l, const struct error *why);

/* Commands and the like whose end has not been told. */
size_t link_outstanding(const struct link *l);

/* Still of use: connecting or ready, not broken. */
static inline bool link_alive(const struct link *l)
{
    return (l->stream || l->local) && !l->error.code;
}

/* "pops://host:995", or where a local source lies; for people. */
const char *link_name(const struct link *l);

struct link_loop {
    const struct clock *clock;
    struct net *net;
    struct link **links;
    size_t count;
    /* Called between steps (progress, more submissions); may be NULL. */
    void (*tick)(void *ctx);
    /* Asked to stop from outside (a signal)? NULL: never. */
    bool (*stop)(void *ctx);
    void *ctx;
};

/* Pump all links until reached(ctx) says so. -1 with ERROR_CANCELLED when stop said so, or a broken machine.
 */
int link_run_until(struct link_loop *loop, bool (*reached)(void *ctx), void *ctx, struct error *err);
