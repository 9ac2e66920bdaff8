#include "schedule_private.h"

/* ---- where a lane is ---- */
static void unlink_lane(struct schedule *s, struct schedule_lane *l)
{
    if (!l->linked)
        return;
    heap_remove(l->blocked_by == SCHEDULE_NONE ? &s->ready : &s->hosts[l->blocked_by].blocked, &l->node);
    l->linked = false;
    l->blocked_by = SCHEDULE_NONE;
    if (l->woken_by != SCHEDULE_NONE) /* it was to let the next one follow */
        schedule_lane_touch(s, &s->hosts[l->woken_by]);
    l->woken_by = SCHEDULE_NONE;
}

/* Its best task is another one now, or there is none. */
static void refresh_lane(struct schedule *s, struct schedule_lane *l)
{
    const struct heap_node *best = heap_top(&l->tasks);
    if (!best) {
        unlink_lane(s, l);
    } else if (!l->linked) {
        l->node.key = best->key;
        l->linked = true;
        heap_push(&s->ready, &l->node);
    } else if (l->blocked_by == SCHEDULE_NONE) {
        heap_update(&s->ready, &l->node, best->key);
    } else {
        heap_update(&s->hosts[l->blocked_by].blocked, &l->node, best->key);
        schedule_lane_touch(s, &s->hosts[l->blocked_by]);
    }
}

static void set_timer(struct schedule *s, struct schedule_host *h, int64_t at_ms)
{
    if (h->timed)
        heap_remove(&s->timers, &h->timer);
    h->timed = at_ms != INT64_MAX;
    h->timer.key = at_ms;
    if (h->timed)
        heap_push(&s->timers, &h->timer);
}

/* A lane that is in no place. */
static void block_lane(struct schedule *s, struct schedule_lane *l, uint32_t host, int64_t at_ms)
{
    l->linked = true;
    l->blocked_by = host;
    heap_push(&s->hosts[host].blocked, &l->node);
    set_timer(s, &s->hosts[host], at_ms);
}

/* ---- tasks ---- */
static void put_task(struct heap *in, struct schedule_entry *t)
{
    t->in = in;
    t->node.key = t->rank;
    heap_push(in, &t->node);
}

void schedule_lane_add(struct schedule *s, uint32_t task)
{
    struct schedule_entry *t = &s->tasks[task];
    struct schedule_lane *l = &s->lanes[t->lane];
    put_task(&l->tasks, t);
    refresh_lane(s, l);
}

void schedule_lane_drop(struct schedule *s, uint32_t task)
{
    struct schedule_entry *t = &s->tasks[task];
    struct schedule_lane *l = &s->lanes[t->lane];
    heap_remove(t->in, &t->node);
    if (t->in == &l->tasks)
        refresh_lane(s, l);
    t->in = NULL;
}

/* The best task, or SCHEDULE_NONE: its exclusive is taken, and it waits with its group now. */
static uint32_t take_task(struct schedule *s, struct schedule_lane *l)
{
    uint32_t task = heap_pop(&l->tasks)->id;
    struct schedule_entry *t = &s->tasks[task];
    t->in = NULL;
    if (t->exclusive == SCHEDULE_NONE || !s->exclusives[t->exclusive].busy)
        return task;
    put_task(&s->groups[t->group].parked, t);
    return SCHEDULE_NONE;
}

void schedule_lane_release(struct schedule *s, uint32_t exclusive)
{
    struct schedule_exclusive *e = &s->exclusives[exclusive];
    e->busy = false;
    for (uint32_t g = e->first; g < e->first + e->count; g++)
        if (heap_top(&s->groups[g].parked))
            schedule_lane_add(s, heap_pop(&s->groups[g].parked)->id);
}

/* ---- hosts that open ---- */
void schedule_lane_touch(struct schedule *s, struct schedule_host *h)
{
    if (!h->dirty)
        s->dirty[s->dirty_count++] = (uint32_t)(h - s->hosts);
    h->dirty = true;
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
        task = take_task(s, l);
        if (task != SCHEDULE_NONE)
            count_begun(s, &s->tasks[task]);
        refresh_lane(s, l);
    }
    if (next != SCHEDULE_NONE)
        wake_one(s, next, now_ms);
    return task;
}

uint32_t schedule_lane_pick(struct schedule *s, int64_t now_ms)
{
    uint32_t task = SCHEDULE_NONE;
    wake(s, now_ms);
    while (task == SCHEDULE_NONE && heap_top(&s->ready))
        task = look(s, now_ms);
    return task;
}
