#include "link.h"

#include "crash.h"

#define READ_PIECE   (64 * 1024)
#define WRITE_PIECE  (32 * 1024)
#define READS_A_TURN 16 /* then the other links get their turn */
#define TICK_MS      200

static int feed(struct link *l, const void *data, size_t len, struct error *err)
{
    return l->source ? source_feed(l->source, data, len, err) : dest_feed(l->dest, data, len, err);
}

static bool awaiting(const struct link *l)
{
    return (l->source ? source_in_flight(l->source) : dest_in_flight(l->dest)) > 0;
}

static void abort_engine(struct link *l)
{
    if (l->source)
        source_abort(l->source, &l->error);
    else
        dest_abort(l->dest, &l->error);
}

/* A server that ends the session says why in BYE: that is worth more than "connection closed". */
static void break_link(struct link *l, const struct error *why)
{
    if (l->error.code)
        return;
    l->error = *why;
    const char *bye = l->dest ? dest_farewell(l->dest) : NULL;
    if (bye && why->code == ERROR_LOST)
        error_set(&l->error, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "%s ended the session: \"%s\"",
            stream_name(l->stream), bye);
    abort_engine(l);
}

void link_abort(struct link *l, const struct error *why)
{
    if (!l->error.code)
        l->error = *why;
    abort_engine(l);
}

const char *link_name(const struct link *l)
{
    return l->stream ? stream_name(l->stream) : l->name;
}

static bool pump_local(struct link *l)
{
    struct error err;
    bool first = !l->ready;
    l->ready = true;
    int rc = l->source ? source_step(l->source, &err) : dest_step(l->dest, &err);
    if (rc < 0)
        break_link(l, &err);
    if (rc)
        crash_point("a store was at work");
    return rc || first;
}

static bool pump_in(struct link *l)
{
    char piece[READ_PIECE];
    bool moved = false;
    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t n = stream_read(l->stream, piece, sizeof piece);
        if (n == 0)
            return moved;
        struct error err;
        if (n < 0) {
            break_link(l, stream_error(l->stream));
            return true;
        }
        if (feed(l, piece, (size_t)n, &err) < 0) {
            error_prefix(&err, "%s", stream_name(l->stream));
            break_link(l, &err);
            return true;
        }
        crash_point("bytes came in");
        moved = true;
    }
    return moved;
}

static ssize_t pull(struct link *l, void *dst, size_t cap, struct error *err)
{
    return l->source ? (ssize_t)source_pull(l->source, dst, cap) : dest_pull(l->dest, dst, cap, err);
}

static bool pump_out(struct link *l)
{
    char piece[WRITE_PIECE];
    bool moved = false;
    for (;;) {
        size_t room = stream_room(l->stream);
        struct error err;
        ssize_t n = room ? pull(l, piece, room < sizeof piece ? room : sizeof piece, &err) : 0;
        if (n < 0) {
            break_link(l, &err);
            return true;
        }
        if (n == 0)
            break;
        if (stream_write(l->stream, piece, (size_t)n) < 0) {
            break_link(l, stream_error(l->stream));
            return true;
        }
        crash_point("bytes went out");
        moved = true;
    }
    if (stream_flush(l->stream) < 0)
        break_link(l, stream_error(l->stream));
    return moved;
}

size_t link_outstanding(const struct link *l)
{
    return l->source ? source_outstanding(l->source) : dest_outstanding(l->dest);
}

bool link_pump(struct link *l)
{
    if (!link_alive(l))
        return false;
    if (l->local)
        return pump_local(l);
    switch (stream_state(l->stream)) {
    case STREAM_CONNECTING:
        return false;
    case STREAM_FAILED:
        break_link(l, stream_error(l->stream));
        return true;
    case STREAM_READY:
        break;
    }
    bool first = !l->ready;
    l->ready = true;
    bool moved = pump_out(l) || first;
    if (link_alive(l))
        moved |= pump_in(l);
    if (link_alive(l)) {
        if (l->source)
            l->waiting = source_waiting(l->source);
        else
            l->awaiting = dest_waiting(l->dest);
        stream_set_idle(l->stream, l->source ? l->waiting.most_ms : l->awaiting.most_ms);
    }
    if (link_alive(l))
        stream_expect(l->stream, awaiting(l) || stream_unsent(l->stream) > 0);
    return moved;
}

/* Commands submitted since the last pump go out, and a store gets to work, before anything is waited for. */
static bool any_has_work(const struct link_loop *loop)
{
    for (size_t i = 0; i < loop->count; i++) {
        const struct link *l = loop->links[i];
        if (link_alive(l) && l->local && link_outstanding(l))
            return true;
        if (link_alive(l) && !l->local && stream_state(l->stream) == STREAM_READY && stream_room(l->stream) &&
            (l->source ? source_wants_write(l->source) : dest_wants_write(l->dest)))
            return true;
    }
    return false;
}

/* Until something comes in, or for a moment. */
static int rest(const struct link_loop *loop, struct error *err)
{
    for (size_t i = 0; i < loop->count; i++)
        if (!loop->links[i]->local)
            return net_wait(loop->net, TICK_MS, err);
    clock_sleep_ms(loop->clock, TICK_MS);
    return 0;
}

int link_run_until(struct link_loop *loop, bool (*reached)(void *ctx), void *ctx, struct error *err)
{
    for (;;) {
        bool moved = false;
        for (size_t i = 0; i < loop->count; i++)
            moved |= link_pump(loop->links[i]);
        if (loop->tick)
            loop->tick(loop->ctx);
        if (reached(ctx))
            return 0;
        if (loop->stop && loop->stop(loop->ctx))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
                "stopped as asked; run the same command again to go on");
        if (!moved && !any_has_work(loop) && rest(loop, err) < 0)
            return -1;
    }
}
