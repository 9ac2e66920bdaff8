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

void schedule_lane_refresh(struct schedule *s, struct schedule_lane *l)
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
    schedule_lane_refresh(s, l);
}

void schedule_lane_drop(struct schedule *s, uint32_t task)
{
    struct schedule_entry *t = &s->tasks[task];
    struct schedule_lane *l = &s->lanes[t->lane];
    heap_remove(t->in, &t->node);
    if (t->in == &l->tasks)
        schedule_lane_refresh(s, l);
    t->in = NULL;
}

uint32_t schedule_lane_take(struct schedule *s, struct schedule_lane *l)
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

void schedule_lane_touch(struct schedule *s, struct schedule_host *h)
{
    if (!h->dirty)
        s->dirty[s->dirty_count++] = (uint32_t)(h - s->hosts);
    h->dirty = true;
}
