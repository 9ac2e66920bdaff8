#include "schedule_private.h"

#include "mem.h"
#include "text.h"
#include <stdlib.h>

#define MINUTE_MS      INT64_C(60000)
#define FIRST_PAUSE_MS INT64_C(30000)
/* When it is another task's sign-in that has to come back first. */
#define LOOK_AGAIN_MS 250

/* ---- sign-ins within a minute ---- */
static int64_t login_ms(const struct schedule_host *h, size_t n)
{
    return h->logins[(h->login_first + n) % h->login_cap];
}

static void forget_old(struct schedule_host *h, int64_t now_ms)
{
    while (h->login_used && now_ms - login_ms(h, 0) >= MINUTE_MS) {
        h->login_first = (h->login_first + 1) % h->login_cap;
        h->login_used--;
    }
}

static void grow(struct schedule_host *h)
{
    size_t cap = h->login_cap ? 2 * h->login_cap : 8;
    int64_t *logins = mem_array(cap, sizeof *logins);
    for (size_t i = 0; i < h->login_used; i++)
        logins[i] = login_ms(h, i);
    free(h->logins);
    h->logins = logins;
    h->login_first = 0;
    h->login_cap = cap;
}

void schedule_host_login(const struct schedule *s, struct schedule_host *h, int64_t now_ms)
{
    if (!s->limits.logins_per_minute)
        return;
    if (h->login_used == h->login_cap)
        grow(h);
    h->logins[(h->login_first + h->login_used++) % h->login_cap] = now_ms;
}

/* When there is room for `need` sign-ins beside `others`: now_ms if there is now. Two at once under a limit
 * of one may go when there are no others. */
static int64_t login_room(
    const struct schedule *s, struct schedule_host *h, size_t others, size_t need, int64_t now_ms)
{
    size_t most = s->limits.logins_per_minute;
    if (!most)
        return now_ms;
    forget_old(h, now_ms);
    size_t sum = h->login_used + others;
    if (sum + need <= most || !sum)
        return now_ms;
    size_t leave = sum + need - most; /* so many have to become old first */
    if (leave <= h->login_used)
        return login_ms(h, leave - 1) + MINUTE_MS;
    return others ? INT64_MAX : login_ms(h, h->login_used - 1) + MINUTE_MS;
}

/* ---- may a task begin, may it sign in? ---- */
static bool on_trial(const struct schedule *s, const struct schedule_host *h)
{
    return s->limits.refusals && !h->proven;
}

bool schedule_host_blocked(
    const struct schedule *s, struct schedule_host *h, int64_t now_ms, int64_t *ret_at_ms)
{
    int64_t at_ms = now_ms;
    if (s->limits.host_jobs && h->running >= s->limits.host_jobs)
        at_ms = INT64_MAX;
    else if (on_trial(s, h) && h->refused + h->fresh + h->out >= s->limits.refusals)
        at_ms = INT64_MAX;
    else if (h->trouble && h->until_ms > now_ms)
        at_ms = h->until_ms;
    else if (h->trouble && h->fresh + h->out)
        at_ms = INT64_MAX;
    else
        at_ms = login_room(s, h, h->fresh, 1, now_ms);
    if (at_ms <= now_ms)
        return false;
    *ret_at_ms = at_ms;
    return true;
}

int64_t schedule_host_gate(const struct schedule *s, struct schedule_host *h, unsigned need, int64_t now_ms)
{
    if (h->trouble && h->until_ms > now_ms)
        return h->until_ms - now_ms;
    if (h->trouble && h->out)
        return LOOK_AGAIN_MS;
    /* So many may be refused before anybody knows whether sign-ins there succeed at all, and no more. */
    if (on_trial(s, h) && h->refused + h->out >= s->limits.refusals)
        return LOOK_AGAIN_MS;
    return login_room(s, h, 0, need, now_ms) - now_ms;
}

/* ---- how a sign-in went ---- */
enum told {
    TOLD_IN,       /* signed in */
    TOLD_REFUSED,  /* for good */
    TOLD_ANSWERED, /* not signed in, but the host is there, and it is a matter of this account */
    TOLD_FAILED,   /* the host's fault */
    TOLD_NOTHING,  /* about the host */
};

static enum told meaning(const struct error *error)
{
    switch (error ? error->code : ERROR_NONE) {
    case ERROR_NONE:
        return TOLD_IN;
    case ERROR_AUTH: /* one that may pass by itself says nothing about the password */
        return error->retry == ERROR_RETRY_NOW || error->retry == ERROR_RETRY_LATER ? TOLD_ANSWERED
                                                                                    : TOLD_REFUSED;
    case ERROR_THROTTLED: /* LOGIN-DELAY is counted by account: RFC 2449 section 6.5 */
        return text_find_nocase(error->text, "[LOGIN-DELAY") ? TOLD_ANSWERED : TOLD_FAILED;
    case ERROR_REFUSED:
    case ERROR_IN_USE:
    case ERROR_FULL:
    case ERROR_NO_FOLDER:
        return TOLD_ANSWERED;
    case ERROR_NO_HOST:
    case ERROR_CONNECT:
    case ERROR_LOST:
    case ERROR_TIMEOUT:
    case ERROR_TLS:
    case ERROR_PROTOCOL:
        return TOLD_FAILED;
    default:
        return TOLD_NOTHING;
    }
}

static void calm(struct schedule *s, struct schedule_host *h)
{
    uint32_t id = (uint32_t)(h - s->hosts);
    for (size_t i = 0; h->trouble && i < s->troubled_count; i++)
        if (s->troubled[i] == id) {
            s->troubled_count--;
            for (; i < s->troubled_count; i++)
                s->troubled[i] = s->troubled[i + 1];
        }
    h->trouble = false;
}

static void answered(struct schedule *s, struct schedule_host *h)
{
    calm(s, h);
    h->failures = h->pauses = 0;
    h->paused_ms = 0;
    h->streak++;
    h->prober = SCHEDULE_NONE;
}

static void give_up(struct schedule *s, struct schedule_host *h, const struct error *why)
{
    h->why = mem_alloc(sizeof *h->why);
    *h->why = *why;
    calm(s, h);
    for (size_t l = 0; l < h->lane_count; l++) {
        const struct schedule_lane *lane = &s->lanes[h->lanes[l]];
        for (size_t i = lane->first; i < lane->first + lane->count; i++) {
            struct schedule_entry *t = &s->tasks[s->by_lane[i]];
            if (t->state != SCHEDULE_WAITING && t->state != SCHEDULE_PAUSED)
                continue;
            schedule_lane_drop(s, s->by_lane[i]);
            t->state = SCHEDULE_GIVEN_UP;
            t->why = h->why;
            s->left--;
        }
    }
}

static void refused(struct schedule *s, struct schedule_host *h)
{
    if (!on_trial(s, h) || ++h->refused < s->limits.refusals || h->why)
        return;
    struct error why;
    schedule_words_refused(h, &why);
    give_up(s, h, &why);
}

/* Twice as long each time; a wait that the server names is kept, however long. */
static int64_t pause_of(const struct schedule *s, const struct schedule_host *h, const struct error *error)
{
    int64_t ms = FIRST_PAUSE_MS;
    for (unsigned i = 0; i < h->pauses && ms < s->limits.max_pause_ms; i++)
        ms *= 2;
    if (ms > s->limits.max_pause_ms)
        ms = s->limits.max_pause_ms;
    if (error->code == ERROR_THROTTLED && error->wait_ms > ms)
        ms = error->wait_ms;
    return ms > 0 ? ms : 1;
}

static void make_pause(struct schedule *s, struct schedule_host *h, const struct error *error, int64_t now_ms)
{
    int64_t ms = pause_of(s, h, error);
    if (error->retry == ERROR_RETRY_NEVER || ms > s->limits.max_wait_ms - h->paused_ms) {
        struct error why;
        schedule_words_failed(h, &why);
        give_up(s, h, &why);
        return;
    }
    if (!h->trouble)
        s->troubled[s->troubled_count++] = (uint32_t)(h - s->hosts);
    h->trouble = true;
    h->until_ms = now_ms > INT64_MAX - ms ? INT64_MAX - 1 : now_ms + ms;
    h->pauses++;
    h->paused_ms += ms;
    h->prober = SCHEDULE_NONE;
}

/* Sign-ins that were on their way when the pause began fail as well, which is nothing new. */
static void failed(struct schedule *s, struct schedule_host *h, struct schedule_entry *t, int side,
    const struct error *error, bool probe, int64_t now_ms)
{
    if (h->why || (h->trouble && !probe))
        return;
    if (!h->trouble) {
        if (t->failed_in[side] == h->streak)
            return;
        t->failed_in[side] = h->streak;
        if (!s->limits.failures || ++h->failures < s->limits.failures)
            return;
    }
    make_pause(s, h, error, now_ms);
}

void schedule_host_told(struct schedule *s, struct schedule_host *h, struct schedule_entry *t, int side,
    const struct error *error, bool probe, int64_t now_ms)
{
    enum told told = meaning(error);
    if (told == TOLD_REFUSED || told == TOLD_FAILED) {
        h->last = h->last ? h->last : mem_alloc(sizeof *h->last);
        *h->last = *error;
    }
    if (told == TOLD_IN)
        h->proven = true;
    if (told == TOLD_FAILED)
        failed(s, h, t, side, error, probe, now_ms);
    else if (told != TOLD_NOTHING)
        answered(s, h);
    if (told == TOLD_REFUSED)
        refused(s, h);
    schedule_lane_touch(s, h);
}
