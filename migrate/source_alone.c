#include "source_alone.h"

static void tick(void *ctx)
{
    struct session *s = ctx;
    if (s->world->progress)
        s->world->progress(s->world->ctx, &s->progress);
}

static bool stop(void *ctx)
{
    struct session *s = ctx;
    return s->world->stop && s->world->stop(s->world->ctx);
}

static void on_inventory(void *ctx, const struct error *error)
{
    struct session *s = ctx;
    s->inventory_done = true;
    if (error) {
        s->inventory_error = *error;
        return;
    }
    size_t count;
    const struct source_item *items = source_items(s->source, &count);
    s->progress.total = count;
    for (size_t i = 0; i < count; i++)
        s->progress.total_octets += items[i].octets;
}

static bool inventory_done(void *ctx)
{
    return ((struct session *)ctx)->inventory_done;
}

static struct stream *open_stream(struct session *s)
{
    const struct endpoint *e = &s->job->from;
    struct stream_spec spec = {
        .protocol = STREAM_POP3,
        .security = e->security == ENDPOINT_TLS        ? STREAM_TLS_IMPLICIT
                    : e->security == ENDPOINT_STARTTLS ? STREAM_TLS_STARTTLS
                                                       : STREAM_PLAINTEXT,
        .host = e->host,
        .port = e->port,
        .user = e->user,
        .password = job_secret(s->job, s->world, JOB_SOURCE),
        .ca_file = s->job->ca_file,
    };
    return stream_open(s->net, &spec);
}

int source_alone_open(struct session *s, const struct job *job, const struct world *world, struct error *err)
{
    *s = (struct session){
        .job = job, .world = world, .begun_s = clock_wall_s(world->clock), .dest_ready = true};
    s->loop = (struct link_loop){.links = s->links, .tick = tick, .stop = stop, .ctx = s};
    s->net = s->loop.net = net_new(&world->log);
    session_phase(s, "connecting");
    s->source = source_new();
    s->source_link = (struct link){.source = s->source, .stream = open_stream(s)};
    s->links[s->loop.count++] = &s->source_link;
    if (job->one_at_a_time)
        source_one_at_a_time(s->source);
    source_inventory(s->source, on_inventory, s);
    s->mailbox = job_has_one_mailbox(job) ? job_mailbox(job, 0, s->begun_s) : NULL;
    if (session_run_until(s, inventory_done, s, err) < 0)
        return -1;
    if (!stream_tls(s->source_link.stream)->used)
        log_line(&world->log, LOG_WARN,
            "%s is not encrypted (--allow-plaintext): password and mail can be read by anyone on the way",
            stream_name(s->source_link.stream));
    if (!s->inventory_error.code)
        return 0;
    *err = s->inventory_error;
    return error_prefix(err, "%s", stream_name(s->source_link.stream));
}
