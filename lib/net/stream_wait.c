#include "stream_private.h"
#include "stream_quiet.h"

#include "mem.h"
#include "stream_error.h"
#include <limits.h>
#include <stdlib.h>

/* The streams being polled, each with its entry. */
struct polled {
    struct curl_waitfd *fds;
    struct stream **streams;
    unsigned count;
};

static void polled_done(struct polled *p)
{
    free(p->fds);
    free(p->streams);
}

static short events_of(const struct stream *s)
{
    if (s->state != STREAM_READY && !s->login.step)
        return 0;
    return (short)((s->drained ? CURL_WAIT_POLLIN : 0) | (s->out.used ? CURL_WAIT_POLLOUT : 0));
}

static void gather(const struct net *net, struct polled *ret)
{
    unsigned count = 0;
    for (const struct stream *s = net->streams; s; s = s->next)
        count += events_of(s) != 0;
    *ret = (struct polled){
        .fds = mem_array(count, sizeof *ret->fds), .streams = mem_array(count, sizeof *ret->streams)};
    for (struct stream *s = net->streams; s; s = s->next) {
        short events = events_of(s);
        if (!events)
            continue;
        ret->fds[ret->count] = (struct curl_waitfd){.fd = s->fd, .events = events};
        ret->streams[ret->count++] = s;
    }
}

/* Whether the idle timeout of this stream is running: octets that were left unread are no silence. */
static bool idle_runs(const struct stream *s)
{
    return s->state == STREAM_READY && s->expecting && s->drained;
}

void stream_set_idle(struct stream *s, int64_t idle_timeout_ms)
{
    s->idle_timeout_ms = idle_timeout_ms;
}

int64_t stream_silent_ms(const struct stream *s)
{
    return idle_runs(s) ? stream_state_now_ms() - s->active_ms : 0;
}

static void fail_silent_streams(struct net *net)
{
    int64_t now = stream_state_now_ms();
    for (struct stream *s = net->streams; s; s = s->next)
        if (idle_runs(s) && now - s->active_ms >= s->idle_timeout_ms) {
            stream_error_silent(&s->error, s->name, s->idle_timeout_ms);
            stream_state_fail(s);
        }
}

static int poll_ms(const struct net *net, int64_t until_ms)
{
    int64_t now = stream_state_now_ms(), ms = until_ms - now;
    for (const struct stream *s = net->streams; s; s = s->next) {
        if (!idle_runs(s) && !s->login.step)
            continue;
        int64_t left = (s->login.step ? s->deadline_ms : s->active_ms + s->idle_timeout_ms) - now;
        if (left < ms)
            ms = left;
    }
    return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static void flush_all(struct net *net)
{
    for (struct stream *s = net->streams; s; s = s->next)
        stream_flush(s);
}

/* Wait once; returns 1 when a stream has something for its user, 0 when not. */
static int poll_once(struct net *net, int64_t until_ms, struct error *err)
{
    CLEANUP(polled_done) struct polled p;
    gather(net, &p);
    int ready, events = 0;
    CURLMcode rc = curl_multi_poll(net->multi, p.fds, p.count, poll_ms(net, until_ms), &ready);
    if (rc != CURLM_OK)
        return error_unhandled(err, curl_multi_strerror(rc));
    for (unsigned i = 0; i < p.count; i++) {
        struct stream *s = p.streams[i];
        if (s->login.step)
            continue; /* no business of the user's */
        if (p.fds[i].revents & CURL_WAIT_POLLIN)
            s->drained = false;
        events += p.fds[i].revents != 0;
    }
    return events > 0;
}

/* A stream is polled for reading only after its last read found nothing. Thus one whose user leaves octets
 * unread on purpose (back-pressure) does not end every wait at once. */
int net_wait(struct net *net, int64_t max_ms, struct error *err)
{
    int64_t until_ms = stream_state_now_ms() + (max_ms < 0 ? 0 : max_ms > INT_MAX ? INT_MAX : max_ms);
    for (;;) {
        flush_all(net);
        if (stream_curl_perform(net, err) < 0)
            return -1;
        for (struct stream *s = net->streams; s; s = s->next)
            stream_login_go(s);
        fail_silent_streams(net);
        stream_quiet_look(net);
        if (net->changed)
            break;
        int rc = poll_once(net, until_ms, err);
        if (rc < 0)
            return -1;
        if (rc > 0 || stream_state_now_ms() >= until_ms)
            break;
    }
    flush_all(net);
    net->changed = false;
    return 0;
}
