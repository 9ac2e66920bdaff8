#include "session.h"

#include "job_ends.h"
#include "job_stream.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define SIGN_OFF_MS     10000
#define SILENCE_TOLD_MS 10000 /* a silence is told of from then on, and each time it has doubled */

static void report_progress(struct session *s)
{
    if (s->world->progress)
        s->world->progress(s->world->ctx, &s->progress);
}

/* Once ready it was signed in, whatever broke it later. */
static void tell_side(struct session *s, enum job_side side, const struct link *l)
{
    bool in = l->ready || (l->stream && stream_state(l->stream) == STREAM_READY);
    if (s->told[side] || !(in || l->error.code))
        return;
    s->told[side] = true;
    job_signed_in(s->world, side, in ? NULL : &l->error);
}

static void tell_sides(struct session *s)
{
    tell_side(s, JOB_SOURCE, &s->source_link);
    tell_side(s, JOB_DESTINATION, &s->lanes[0].link);
}

static void tell_alert(struct session *s, const struct lane *lane, const char *words)
{
    const char *server = link_name(&lane->link);
    if (*words && (!s->world->alerts || alerts_add(s->world->alerts, server, words)))
        log_line(&s->world->log, LOG_WARN, "%s: the server says: %s", server, words);
}

static void tell_alerts(struct session *s)
{
    for (size_t i = 0; i < s->lane_count; i++) {
        struct lane *lane = &s->lanes[i];
        if (!lane->link.ready)
            continue;
        if (!lane->alert_told && lane->link.stream)
            tell_alert(s, lane, stream_alert(lane->link.stream));
        lane->alert_told = true;
        for (const char *words; (words = dest_alert(lane->dest, lane->alerts_told)); lane->alerts_told++)
            tell_alert(s, lane, words);
    }
}

/* words: what it owes; "": nothing. */
static void tell_silence(struct session *s, enum job_side side, const struct link *l, const char *words)
{
    int64_t silent_ms = l->stream && !l->ended ? stream_silent_ms(l->stream) : 0;
    int64_t *told_ms = &s->silence_told_ms[side];
    if (silent_ms < SILENCE_TOLD_MS)
        *told_ms = SILENCE_TOLD_MS;
    if (silent_ms < *told_ms || !*words || silent_ms < SILENCE_TOLD_MS)
        return;
    *told_ms *= 2;
    log_line(&s->world->log, LOG_WARN, "%s: waiting for the answer to %s for %d s", stream_name(l->stream),
        words, (int)(silent_ms / 1000));
}

static void tell_silences(struct session *s)
{
    tell_silence(s, JOB_SOURCE, &s->source_link, s->source_link.waiting.words);
    if (s->lane_count)
        tell_silence(s, JOB_DESTINATION, &s->lanes[0].link, s->lanes[0].link.awaiting.words);
}

static void tick(void *ctx)
{
    tell_silences(ctx);
    tell_sides(ctx);
    tell_alerts(ctx);
    report_progress(ctx);
}

static bool stop(void *ctx)
{
    struct session *s = ctx;
    return s->world->stop && s->world->stop(s->world->ctx);
}

void session_phase(struct session *s, const char *phase)
{
    s->progress.phase = phase;
    report_progress(s);
}

static void add_link(struct session *s, struct link *l)
{
    s->links[s->loop.count++] = l;
}

static struct lane *add_lane(struct session *s)
{
    struct lane *lane = &s->lanes[s->lane_count++];
    lane->dest = job_dest_new(s->job, s->world);
    lane->link = (struct link){.dest = lane->dest, .name = s->job->to.user};
    lane->link.local = !dest_traits(lane->dest)->has_stream;
    if (!lane->link.local)
        lane->link.stream = job_stream_open(s->job, s->world, JOB_DESTINATION, s->net);
    add_link(s, &lane->link);
    return lane;
}

#define REMARKS_TOLD 20

/* How mail on a disk was read, where that was not plain. */
static void tell_remarks(const struct session *s)
{
    size_t count, told = 0, more = 0;
    const struct source_remark *r = source_remarks(s->source, &count);
    for (size_t i = 0; !s->job->taken_up && i < count; i++) {
        if (r[i].always)
            log_line(&s->world->log, LOG_WARN, "%s", r[i].words);
        if (!r[i].mail)
            continue;
        if (told++ < REMARKS_TOLD)
            log_line(&s->world->log, LOG_WARN, "%s", r[i].words);
        else
            more++;
    }
    if (more)
        log_line(&s->world->log, LOG_WARN, "%llu more of the kind: popferry discover %s lists them",
            (unsigned long long)more, s->job->from.path);
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
    tell_remarks(s);
    s->progress.total = count;
    for (size_t i = 0; i < count; i++)
        s->progress.total_octets += items[i].octets;
}

static void on_dest(void *ctx, const struct error *error)
{
    struct session *s = ctx;
    s->dest_ready = true;
    if (error)
        s->dest_error = *error;
    s->lanes[0].usable = !error;
}

/* Only where the user allowed it; said all the same, since it concerns the customer. */
static void warn_of_weakness(const struct session *s, const struct stream *stream)
{
    char text[ERROR_TEXT_MAX];
    if (stream && !s->job->taken_up && job_stream_weakness(text, sizeof text, stream))
        log_line(&s->world->log, LOG_WARN, "%s", text);
}

static bool both_ready(void *ctx)
{
    const struct session *s = ctx;
    return s->inventory_done && s->dest_ready;
}

static bool dest_failed(const struct session *s, struct error *err)
{
    if (!s->dest_error.code)
        return false;
    *err = s->dest_error;
    if (s->mailbox)
        session_name_mailbox(s, err);
    else
        error_prefix(err, "%s", session_destination(s));
    return true;
}

static int ask_to_sign_in(struct session *s, struct error *err)
{
    if (s->world->sign_in)
        session_phase(s, "waiting to sign in");
    if (job_sign_in(s->world, err) < 0)
        return -1;
    s->login_ms = clock_mono_ms(s->world->clock);
    return 0;
}

static void connect_both(struct session *s, enum dest_mode mode)
{
    const struct job *job = s->job;
    s->net = s->loop.net = net_new(&s->world->log);
    session_phase(s, "connecting");
    s->source = job_source_new(job, s->world);
    s->source_link = (struct link){.source = s->source, .name = job->from.user};
    s->source_link.local = !source_traits(s->source)->has_stream;
    if (!s->source_link.local)
        s->source_link.stream = job_stream_open(job, s->world, JOB_SOURCE, s->net);
    add_link(s, &s->source_link);
    source_inventory(s->source, on_inventory, s);
    s->mailbox = job_has_one_mailbox(job) ? job_mailbox(job, "", 0, s->begun_s) : NULL;
    s->dest_ready = !job->to.host;
    if (job->to.host) {
        s->dest = add_lane(s)->dest;
        dest_prepare(s->dest, s->mailbox, mode, on_dest, s);
    }
}

int session_open(struct session *s, const struct job *job, const struct world *world, enum dest_mode mode,
    struct error *err)
{
    *s = (struct session){.job = job, .world = world};
    s->loop =
        (struct link_loop){.clock = world->clock, .links = s->links, .tick = tick, .stop = stop, .ctx = s};
    if (ask_to_sign_in(s, err) < 0)
        return -1;
    s->begun_s = clock_wall_s(world->clock);
    connect_both(s, mode);
    int rc = session_run_until(s, both_ready, s, err);
    tell_sides(s); /* the loop may have ended before a tick saw it */
    tell_alerts(s);
    if (rc < 0)
        return -1;
    const struct error *broken = session_broken(s);
    if (broken) {
        *err = *broken;
        return -1;
    }
    warn_of_weakness(s, s->source_link.stream);
    if (s->lane_count)
        warn_of_weakness(s, s->lanes[0].link.stream);
    if (s->inventory_error.code) {
        *err = s->inventory_error; /* a store's names the file */
        return s->source_link.local ? -1 : error_prefix(err, "%s", link_name(&s->source_link));
    }
    return dest_failed(s, err) ? -1 : 0;
}

int session_enter(struct session *s, const char *name, enum dest_mode mode, struct error *err)
{
    if (s->mailbox && !strcmp(s->mailbox, name))
        return 0;
    char *before = s->mailbox;
    s->mailbox = mem_strdup(name);
    s->dest_ready = false;
    s->dest_error = (struct error){0}; /* of another mailbox */
    dest_enter(s->dest, s->mailbox, mode, on_dest, s);
    free(before);
    return session_wait(s, both_ready, s, err) < 0 || dest_failed(s, err) ? -1 : 0;
}

static void on_joined(void *ctx, const struct error *error)
{
    struct lane *lane = ctx;
    lane->usable = !error;
}

void session_add_lanes(struct session *s, size_t count)
{
    while (s->lane_count < count && s->lane_count < SESSION_LANES_MAX) {
        struct lane *lane = add_lane(s);
        dest_join(lane->dest, s->dest, on_joined, lane);
    }
}

/* A lane that never became usable is no loss; one that broke at work is. */
const struct error *session_broken(const struct session *s)
{
    if (s->source_link.error.code && !s->source_link.ended)
        return &s->source_link.error;
    for (size_t i = 0; i < s->lane_count; i++) {
        const struct link *l = &s->lanes[i].link;
        if (l->error.code && !l->ended && (i == 0 || s->lanes[i].usable))
            return &l->error;
    }
    return NULL;
}

struct reached {
    struct session *session;
    bool (*fn)(void *ctx);
    void *ctx;
};

static bool reached_or_broken(void *ctx)
{
    struct reached *r = ctx;
    return r->fn(r->ctx) || session_broken(r->session);
}

int session_run_until(struct session *s, bool (*reached)(void *ctx), void *ctx, struct error *err)
{
    struct reached r = {.session = s, .fn = reached, .ctx = ctx};
    if (link_run_until(&s->loop, reached_or_broken, &r, err) < 0)
        return -1;
    const struct error *broken = session_broken(s);
    if (!broken || reached(ctx))
        return 0;
    *err = *broken;
    return -1;
}

void session_abandon(struct session *s, const struct error *why)
{
    for (size_t i = 0; i < s->loop.count; i++)
        if (link_outstanding(s->links[i]))
            link_abort(s->links[i], why);
}

int session_wait(struct session *s, bool (*reached)(void *ctx), void *ctx, struct error *err)
{
    if (session_run_until(s, reached, ctx, err) == 0)
        return 0;
    session_abandon(s, err);
    return -1;
}

const char *session_destination(const struct session *s)
{
    return link_name(&s->lanes[0].link);
}

int session_name_mailbox(const struct session *s, struct error *err)
{
    return error_prefix(err, "%s, mailbox %s", session_destination(s), s->mailbox);
}

/* ---- what the destination holds ---- */
struct listed {
    bool done;
    struct error error;
};

static void on_listed(void *ctx, const struct error *error)
{
    struct listed *l = ctx;
    l->done = true;
    if (error)
        l->error = *error;
}

static bool is_listed(void *ctx)
{
    return ((const struct listed *)ctx)->done;
}

int session_list(struct session *s, struct dest_listing *l, struct error *err)
{
    struct listed listed = {0};
    dest_list(s->dest, l, on_listed, &listed);
    if (session_wait(s, is_listed, &listed, err) < 0)
        return -1;
    if (!listed.error.code)
        return 0;
    *err = listed.error;
    return session_name_mailbox(s, err);
}

/* ---- the end ---- */
static void on_quit(void *ctx, const struct error *error)
{
    struct goodbye *g = ctx;
    g->source_done = true;
    g->source_ok = !error;
}

static void on_logout(void *ctx, const struct error *error)
{
    struct goodbye *g = ctx;
    (void)error;
    g->lanes_left--;
}

bool session_takes(const struct session *s, size_t item, enum filter_limit *ret_why)
{
    size_t count, folders;
    const struct source_item *it = &source_items(s->source, &count)[item];
    const struct source_folder *f = source_folders(s->source, &folders);
    return it->folder == SOURCE_NO_FOLDER ||
           filter_folder(&s->job->filter, f[it->folder].path, f[it->folder].role, ret_why);
}

void session_keep_source(struct session *s)
{
    s->keep_source = true;
}

void session_say_goodbye(struct session *s)
{
    struct goodbye *g = &s->goodbye;
    if (g->said)
        return;
    g->said = true;
    g->source_done = s->keep_source || !s->source_link.ready || !link_alive(&s->source_link);
    if (!g->source_done)
        source_close(s->source, on_quit, g);
    s->source_link.ended = true;
    for (size_t i = 0; i < s->lane_count; i++) {
        struct link *l = &s->lanes[i].link;
        if (l->ready && link_alive(l)) {
            g->lanes_left++;
            dest_close(s->lanes[i].dest, on_logout, g);
        }
        l->ended = true;
    }
}

static bool signed_off(void *ctx)
{
    struct session *s = ctx;
    const struct goodbye *g = &s->goodbye;
    return (g->source_done && !g->lanes_left) || clock_mono_ms(s->world->clock) > g->deadline_ms;
}

static const struct error closed = {
    .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the session was closed"};

/* Engines that broke were aborted with their own error; for them this does nothing. */
static void abort_engines(struct session *s)
{
    for (size_t i = 0; i < s->lane_count; i++)
        dest_abort(s->lanes[i].dest, &closed);
    if (s->source)
        source_abort(s->source, &closed);
}

int session_sign_off(struct session *s, struct error *err)
{
    session_say_goodbye(s);
    s->goodbye.deadline_ms = clock_mono_ms(s->world->clock) + SIGN_OFF_MS;
    s->loop.stop = NULL; /* a short polite end, also after the user asked to stop */
    struct error ignored;
    link_run_until(&s->loop, signed_off, s, &ignored);
    if (s->goodbye.source_ok || s->keep_source)
        return 0;
    return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_LOST,
        "%s did not confirm the end of the session", link_name(&s->source_link));
}

void session_close(struct session *s)
{
    abort_engines(s);
    for (size_t i = 0; i < s->lane_count; i++) {
        struct lane *lane = &s->lanes[i];
        stream_close(lane->link.stream);
        dest_free(lane->dest);
    }
    stream_close(s->source_link.stream);
    source_free(s->source);
    free(s->mailbox);
    allowance_log_done(&s->sent);
    net_free(s->net);
    *s = (struct session){0};
}
