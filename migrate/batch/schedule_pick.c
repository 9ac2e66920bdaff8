/* Which lane may begin a task now. */
#include "schedule_private.h"

/* ---- hosts that open ---- */
static void set_timer(struct schedule *s, struct schedule_host *h, int64_t at_ms)
{
    if (h->timed)
        heap_remove(&s->timers, &h->timer);
    h->timed = at_ms != INT64_MAX;
    h->timer.key = at_ms;
    if (h->timed)
        heap_push(&s->timers, &h->timer);
}

static void wake_one(struct schedule *s, uint32_t host, int64_t now_ms)
{
    struct schedule_host *h = &s->hosts[host];
    int64_t at_ms = INT64_MAX;
    if (!heap_top(&h->blocked) || schedule_host_blocked(s, h, now_ms, &at_ms)) {
        set_timer(s, h, at_ms);
        return;
    }
    struct schedule_lane *l = &s->lanes[heap_pop(&h->blocked)->id];
    l->blocked_by = SCHEDULE_NONE;
    l->woken_by = host;
    heap_push(&s->ready, &l->node);
}

static void wake(struct schedule *s, int64_t now_ms)
{
    while (s->dirty_count) {
        uint32_t host = s->dirty[--s->dirty_count];
        s->hosts[host].dirty = false;
        wake_one(s, host, now_ms);
    }
    while (heap_top(&s->timers) && heap_top(&s->timers)->key <= now_ms) {
        struct heap_node *n = heap_pop(&s->timers);
        s->hosts[n->id].timed = false;
        wake_one(s, n->id, now_ms);
    }
}

/* ---- the choice ---- */
/* A lane that is in no place. */
static void block_lane(struct schedule *s, struct schedule_lane *l, uint32_t host, int64_t at_ms)
{
    l->linked = true;
    l->blocked_by = host;
    heap_push(&s->hosts[host].blocked, &l->node);
    set_timer(s, &s->hosts[host], at_ms);
}

static bool blocked(
    struct schedule *s, const struct schedule_lane *l, int64_t now_ms, uint32_t *ret_host, int64_t *ret_at_ms)
{
    for (int side = 0; side < 2; side++) {
        uint32_t host = l->hosts[side];
        if (host == SCHEDULE_NONE || !schedule_host_blocked(s, &s->hosts[host], now_ms, ret_at_ms))
            continue;
        *ret_host = host;
        return true;
    }
    return false;
}

static void count_begun(struct schedule *s, struct schedule_entry *t)
{
    for (int side = 0; side < 2; side++) {
        struct schedule_host *h = schedule_side_host(s, t, side);
        if (!h)
            continue;
        t->sign[side] = SCHEDULE_FRESH;
        h->fresh++;
        h->running += !(side && schedule_twice(s, t));
    }
    if (t->exclusive != SCHEDULE_NONE)
        s->exclusives[t->exclusive].busy = true;
}

/* Look at the best lane: its best task, or SCHEDULE_NONE if that may not begin. */
static uint32_t look(struct schedule *s, int64_t now_ms)
{
    struct schedule_lane *l = &s->lanes[heap_pop(&s->ready)->id];
    uint32_t next = l->woken_by, host, task = SCHEDULE_NONE;
    int64_t at_ms;
    l->linked = false;
    l->woken_by = SCHEDULE_NONE;
    if (blocked(s, l, now_ms, &host, &at_ms)) {
        block_lane(s, l, host, at_ms);
    } else {
        task = schedule_lane_take(s, l);
        if (task != SCHEDULE_NONE)
            count_begun(s, &s->tasks[task]);
        schedule_lane_refresh(s, l);
    }
    if (next != SCHEDULE_NONE)
        wake_one(s, next, now_ms);
    return task;
}

uint32_t schedule_pick(struct schedule *s, int64_t now_ms)
{
    uint32_t task = SCHEDULE_NONE;
    wake(s, now_ms);
    while (task == SCHEDULE_NONE && heap_top(&s->ready))
        task = look(s, now_ms);
    return task;
}
