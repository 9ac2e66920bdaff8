#include "drive.h"

#include "job_stream.h"

#define PATIENCE_MS 30000

void drive_begin(struct drive *d, const struct job *job, const struct world *world)
{
    *d = (struct drive){.job = job, .world = world, .net = net_new(&world->log)};
}

static struct link *add(struct drive *d, const struct link *l, bool has_stream, enum job_side side)
{
    struct link *added = &d->links[d->count];
    *added = *l;
    added->name = side == JOB_SOURCE ? "source" : "destination";
    added->local = !has_stream;
    if (has_stream)
        added->stream = job_stream_open(d->job, d->world, side, d->net);
    d->all[d->count++] = added;
    return added;
}

struct dest *drive_dest(struct drive *d)
{
    struct dest *dest = job_dest_new(d->job, d->world);
    add(d, &(struct link){.dest = dest}, dest_traits(dest)->has_stream, JOB_DESTINATION);
    return dest;
}

struct source *drive_source(struct drive *d)
{
    struct source *source = job_source_new(d->job, d->world);
    add(d, &(struct link){.source = source}, source_traits(source)->has_stream, JOB_SOURCE);
    return source;
}

void drive_end(struct drive *d)
{
    static const struct error closed = {
        .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the test is over"};
    for (size_t i = 0; i < d->count; i++)
        link_abort(&d->links[i], &closed);
    for (size_t i = d->count; i-- > 0;) {
        stream_close(d->links[i].stream);
        source_free(d->links[i].source);
        dest_free(d->links[i].dest);
    }
    net_free(d->net);
}

void told_done(void *ctx, const struct error *error)
{
    struct told *t = ctx;
    t->calls++;
    t->error = error ? *error : (struct error){0};
}

void told_told(void *ctx, bool answered, const struct error *error)
{
    told_done(ctx, error);
    ((struct told *)ctx)->answered = answered;
}

struct until {
    struct drive *drive;
    const struct told *told;
    int64_t end_ms;
};

static bool reached(void *ctx)
{
    const struct until *u = ctx;
    for (size_t i = 0; i < u->drive->count; i++)
        if (u->drive->links[i].error.code && !u->drive->links[i].ended)
            return true;
    return u->told->calls || clock_mono_ms(clock_system()) > u->end_ms;
}

void drive_wait(struct drive *d, struct told *told)
{
    struct error err = {0};
    struct link_loop loop = {.clock = clock_system(), .net = d->net, .links = d->all, .count = d->count};
    struct until u = {.drive = d, .told = told, .end_ms = clock_mono_ms(clock_system()) + PATIENCE_MS};
    CHECK_INT(told->calls, 0);
    CHECK_INT(link_run_until(&loop, reached, &u, &err), 0);
    for (size_t i = 0; i < d->count; i++)
        if (d->links[i].error.code && !d->links[i].ended)
            CHECK_STR(d->links[i].error.text, "");
    CHECK_INT(told->calls, 1);
}
