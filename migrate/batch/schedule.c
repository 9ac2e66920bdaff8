#include "schedule.h"

#include "mem.h"
#include "schedule_private.h"
#include <stdlib.h>

struct schedule *schedule_new(
    const struct schedule_limits *limits, const struct schedule_task *tasks, size_t count)
{
    struct schedule *s = mem_alloc(sizeof *s);
    s->limits = *limits;
    s->task_count = s->left = (uint32_t)count;
    schedule_build(s, tasks);
    return s;
}

static void free_host(struct schedule_host *h)
{
    free(h->logins);
    free(h->last);
    free(h->why);
    heap_done(&h->blocked);
}

void schedule_free(struct schedule *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->host_count; i++)
        free_host(&s->hosts[i]);
    for (uint32_t i = 0; i < s->lane_count; i++)
        heap_done(&s->lanes[i].tasks);
    for (uint32_t i = 0; i < s->group_count; i++)
        heap_done(&s->groups[i].parked);
    heap_done(&s->ready);
    heap_done(&s->timers);
    heap_done(&s->paused);
    free(s->tasks);
    free(s->hosts);
    free(s->lanes);
    free(s->groups);
    free(s->exclusives);
    free(s->by_lane);
    free(s->host_lanes);
    free(s->dirty);
    free(s->troubled);
    free(s->stopped);
    free(s);
}

/* ---- what begins ---- */
static void resume(struct schedule *s, int64_t now_ms)
{
    while (heap_top(&s->paused) && heap_top(&s->paused)->key <= now_ms) {
        uint32_t task = heap_pop(&s->paused)->id;
        s->tasks[task].state = SCHEDULE_WAITING;
        s->tasks[task].again_ms = 0;
        schedule_lane_add(s, task);
    }
}

static int64_t next_ms(const struct schedule *s)
{
    const struct heap_node *timer = heap_top(&s->timers), *paused = heap_top(&s->paused);
    int64_t at_ms = timer ? timer->key : INT64_MAX;
    return paused && paused->key < at_ms ? paused->key : at_ms;
}

enum schedule_next schedule_next(struct schedule *s, int64_t now_ms, size_t *ret_task, int64_t *ret_at_ms)
{
    if (!s->running && !s->left)
        return SCHEDULE_OVER;
    resume(s, now_ms);
    if (s->running && s->running >= s->limits.jobs) {
        *ret_at_ms = INT64_MAX;
        return SCHEDULE_LATER;
    }
    uint32_t task = schedule_pick(s, now_ms);
    if (task == SCHEDULE_NONE) {
        *ret_at_ms = next_ms(s);
        return SCHEDULE_LATER;
    }
    s->tasks[task].state = SCHEDULE_RUNNING;
    s->running++;
    s->left--;
    *ret_task = task;
    return SCHEDULE_BEGIN;
}

/* ---- sign-ins ---- */
/* The task's side is counted as `sign` from now on. Was it the probe? */
static bool count_sign(
    struct schedule *s, struct schedule_entry *t, int side, struct schedule_host *h, enum schedule_sign sign)
{
    bool probe = t->sign[side] == SCHEDULE_OUT && h->prober == t->node.id;
    h->fresh += (sign == SCHEDULE_FRESH) - (t->sign[side] == SCHEDULE_FRESH);
    h->out += (sign == SCHEDULE_OUT) - (t->sign[side] == SCHEDULE_OUT);
    if (probe && sign != SCHEDULE_OUT)
        h->prober = SCHEDULE_NONE;
    t->sign[side] = (uint8_t)sign;
    schedule_lane_touch(s, h);
    return probe;
}

int64_t schedule_sign_in(struct schedule *s, size_t task, int64_t now_ms, const struct error **ret_why)
{
    struct schedule_entry *t = &s->tasks[task];
    struct schedule_host *hosts[2] = {schedule_side_host(s, t, 0), schedule_side_host(s, t, 1)};
    unsigned need = schedule_twice(s, t) ? 2 : 1;
    int64_t wait_ms = 0;
    for (int side = 0; side < 2; side++)
        if (hosts[side])
            count_sign(s, t, side, hosts[side], SCHEDULE_FRESH);
    for (int side = 0; side < 2; side++) {
        if (!hosts[side])
            continue;
        if (hosts[side]->why) {
            *ret_why = hosts[side]->why;
            return -1;
        }
        int64_t ms = schedule_host_gate(s, hosts[side], need, now_ms);
        wait_ms = ms > wait_ms ? ms : wait_ms;
    }
    for (int side = 0; side < 2 && !wait_ms; side++) {
        if (!hosts[side])
            continue;
        count_sign(s, t, side, hosts[side], SCHEDULE_OUT);
        schedule_host_login(s, hosts[side], now_ms);
        if (hosts[side]->trouble)
            hosts[side]->prober = t->node.id;
    }
    return wait_ms;
}

void schedule_signed_in(
    struct schedule *s, size_t task, enum schedule_side side, const struct error *error, int64_t now_ms)
{
    struct schedule_entry *t = &s->tasks[task];
    struct schedule_host *h = schedule_side_host(s, t, side), *other = schedule_side_host(s, t, !side);
    if (!h || t->state != SCHEDULE_RUNNING)
        return;
    bool probe = count_sign(s, t, side, h, SCHEDULE_SETTLED);
    if (error && other) /* which is given up with it, and will not tell */
        count_sign(s, t, !side, other, SCHEDULE_SETTLED);
    schedule_host_told(s, h, t, side, error, probe, now_ms);
}

/* ---- ends ---- */
/* Nothing more begins. */
static void halt(struct schedule *s, bool fail_fast)
{
    if (s->stopped)
        return;
    s->stopped = mem_alloc(sizeof *s->stopped);
    schedule_words_stopped(fail_fast, s->stopped);
    for (uint32_t i = 0; i < s->task_count; i++) {
        struct schedule_entry *t = &s->tasks[i];
        if (t->state != SCHEDULE_WAITING && t->state != SCHEDULE_PAUSED)
            continue;
        schedule_lane_drop(s, i);
        t->why = t->state == SCHEDULE_WAITING ? s->stopped : NULL;
        t->state = t->state == SCHEDULE_WAITING ? SCHEDULE_GIVEN_UP : SCHEDULE_ENDED;
        s->left--;
    }
}

void schedule_stop(struct schedule *s)
{
    halt(s, false);
}

/* Why it cannot go on at its time, if one of its hosts is given up. */
static const struct error *lost_host(const struct schedule *s, const struct schedule_entry *t)
{
    for (int side = 0; side < 2; side++) {
        const struct schedule_host *h = schedule_side_host(s, t, side);
        if (h && h->why)
            return h->why;
    }
    return NULL;
}

static bool goes_on(const struct schedule *s, int64_t again_ms, int64_t now_ms)
{
    if (s->stopped || again_ms == INT64_MAX)
        return false;
    return s->limits.wait || again_ms <= now_ms || again_ms - now_ms <= s->limits.max_wait_ms;
}

static void set_ended(struct schedule *s, struct schedule_entry *t, int64_t again_ms, int64_t now_ms)
{
    t->state = SCHEDULE_ENDED;
    t->again_ms = again_ms;
    if (!again_ms || !goes_on(s, again_ms, now_ms))
        return;
    t->why = lost_host(s, t);
    t->state = t->why ? SCHEDULE_GIVEN_UP : SCHEDULE_PAUSED;
    if (t->why)
        return;
    t->in = &s->paused;
    t->node.key = again_ms;
    heap_push(&s->paused, &t->node);
    s->left++;
}

void schedule_ended(struct schedule *s, size_t task, const struct schedule_end *end, int64_t now_ms)
{
    struct schedule_entry *t = &s->tasks[task];
    for (int side = 0; side < 2; side++) {
        struct schedule_host *h = schedule_side_host(s, t, side);
        if (!h)
            continue;
        count_sign(s, t, side, h, SCHEDULE_SETTLED);
        h->running -= !(side && schedule_twice(s, t));
    }
    s->running--;
    if (t->exclusive != SCHEDULE_NONE)
        schedule_lane_release(s, t->exclusive);
    if (end->failed && s->limits.fail_fast)
        halt(s, true);
    set_ended(s, t, end->again_ms, now_ms);
}

/* ---- what is known ---- */
enum schedule_state schedule_state(const struct schedule *s, size_t task)
{
    return s->tasks[task].state;
}

int64_t schedule_again_ms(const struct schedule *s, size_t task)
{
    return s->tasks[task].again_ms;
}

const struct error *schedule_why(const struct schedule *s, size_t task)
{
    return s->tasks[task].why;
}

bool schedule_paused_host(const struct schedule *s, size_t n, const char **ret_host, int64_t *ret_until_ms)
{
    if (n >= s->troubled_count)
        return false;
    const struct schedule_host *h = &s->hosts[s->troubled[n]];
    *ret_host = h->name;
    *ret_until_ms = h->until_ms;
    return true;
}
