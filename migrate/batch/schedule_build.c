#include "schedule_private.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

typedef int compare_fn(const void *a, const void *b, void *ctx);

static void free_ids(uint32_t **ids)
{
    free(*ids);
}

static uint32_t *counting(size_t count)
{
    uint32_t *ids = mem_array(count, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = (uint32_t)i;
    return ids;
}

/* Sorts `order`, and gives equal items the same number from 0, in ret_ids by item. How many there are. */
static uint32_t number(uint32_t *order, size_t count, compare_fn *compare, void *ctx, uint32_t *ret_ids)
{
    uint32_t next = 0;
    qsort_r(order, count, sizeof *order, compare, ctx);
    for (size_t i = 0; i < count; i++) {
        if (i && compare(&order[i - 1], &order[i], ctx))
            next++;
        ret_ids[order[i]] = next;
    }
    return count ? next + 1 : 0;
}

static int compare_ids(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* ---- names to numbers ---- */
static int compare_names(const void *a, const void *b, void *ctx)
{
    const char *const *names = ctx;
    return strcmp(names[*(const uint32_t *)a], names[*(const uint32_t *)b]);
}

/* names: some may be NULL, which become SCHEDULE_NONE. ret_names: if not NULL, one for each number. */
static uint32_t number_names(const char **names, size_t count, uint32_t *ret_ids, const char ***ret_names)
{
    CLEANUP(free_ids) uint32_t *order = mem_array(count, sizeof *order);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        ret_ids[i] = SCHEDULE_NONE;
        if (names[i])
            order[used++] = (uint32_t)i;
    }
    uint32_t distinct = number(order, used, compare_names, names, ret_ids);
    if (ret_names) {
        *ret_names = mem_array(distinct, sizeof **ret_names);
        for (size_t i = 0; i < used; i++)
            (*ret_names)[ret_ids[order[i]]] = names[order[i]];
    }
    return distinct;
}

static uint32_t *number_hosts(struct schedule *s, const struct schedule_task *tasks)
{
    size_t sides = 2 * (size_t)s->task_count;
    const char **names = mem_array(sides, sizeof *names), **hosts;
    uint32_t *ids = mem_array(sides, sizeof *ids);
    for (size_t i = 0; i < sides; i++)
        names[i] = tasks[i / 2].hosts[i % 2];
    s->host_count = number_names(names, sides, ids, &hosts);
    s->hosts = mem_array(s->host_count, sizeof *s->hosts);
    for (uint32_t h = 0; h < s->host_count; h++)
        s->hosts[h] =
            (struct schedule_host){.name = hosts[h], .timer.id = h, .prober = SCHEDULE_NONE, .streak = 1};
    free(hosts);
    free(names);
    return ids;
}

/* Numbers of exclusives into the tasks. How many there are. */
static uint32_t number_exclusives(struct schedule *s, const struct schedule_task *tasks)
{
    const char **names = mem_array(s->task_count, sizeof *names);
    CLEANUP(free_ids) uint32_t *ids = mem_array(s->task_count, sizeof *ids);
    for (uint32_t i = 0; i < s->task_count; i++)
        names[i] = tasks[i].exclusive;
    uint32_t distinct = number_names(names, s->task_count, ids, NULL);
    for (uint32_t i = 0; i < s->task_count; i++)
        s->tasks[i].exclusive = ids[i];
    free(names);
    return distinct;
}

/* ---- lanes ---- */
static int compare_hosts(const void *a, const void *b, void *ctx)
{
    const uint32_t *x = (uint32_t *)ctx + 2 * (size_t) * (const uint32_t *)a;
    const uint32_t *y = (uint32_t *)ctx + 2 * (size_t) * (const uint32_t *)b;
    return x[0] == y[0] ? compare_ids(x[1], y[1]) : compare_ids(x[0], y[0]);
}

static void build_lanes(struct schedule *s, uint32_t *hosts)
{
    CLEANUP(free_ids) uint32_t *ids = mem_array(s->task_count, sizeof *ids);
    s->by_lane = counting(s->task_count);
    s->lane_count = number(s->by_lane, s->task_count, compare_hosts, hosts, ids);
    s->lanes = mem_array(s->lane_count, sizeof *s->lanes);
    for (uint32_t i = 0; i < s->task_count; i++) {
        uint32_t task = s->by_lane[i];
        struct schedule_lane *l = &s->lanes[ids[task]];
        s->tasks[task].lane = ids[task];
        if (l->count++)
            continue;
        l->first = i;
        l->node.id = ids[task];
        l->blocked_by = l->woken_by = SCHEDULE_NONE;
        memcpy(l->hosts, &hosts[2 * (size_t)task], sizeof l->hosts);
    }
}

/* Which lanes a host has, so that they can be given up together. */
static void list_lanes(struct schedule *s)
{
    size_t *next = mem_array((size_t)s->host_count + 1, sizeof *next);
    s->host_lanes = mem_array(2 * (size_t)s->lane_count, sizeof *s->host_lanes);
    for (size_t i = 0; i < 2 * (size_t)s->lane_count; i++)
        if (s->lanes[i / 2].hosts[i % 2] != SCHEDULE_NONE)
            s->hosts[s->lanes[i / 2].hosts[i % 2]].lane_count++;
    for (uint32_t h = 0; h < s->host_count; h++) {
        s->hosts[h].lanes = s->host_lanes + next[h];
        next[h + 1] = next[h] + s->hosts[h].lane_count;
    }
    for (size_t i = 0; i < 2 * (size_t)s->lane_count; i++)
        if (s->lanes[i / 2].hosts[i % 2] != SCHEDULE_NONE)
            s->host_lanes[next[s->lanes[i / 2].hosts[i % 2]]++] = (uint32_t)(i / 2);
    free(next);
}

/* ---- groups ---- */
static int compare_groups(const void *a, const void *b, void *ctx)
{
    const struct schedule_entry *x = (struct schedule_entry *)ctx + *(const uint32_t *)a;
    const struct schedule_entry *y = (struct schedule_entry *)ctx + *(const uint32_t *)b;
    return x->exclusive == y->exclusive ? compare_ids(x->lane, y->lane)
                                        : compare_ids(x->exclusive, y->exclusive);
}

static void build_groups(struct schedule *s, uint32_t exclusives)
{
    CLEANUP(free_ids) uint32_t *order = mem_array(s->task_count, sizeof *order);
    CLEANUP(free_ids) uint32_t *ids = mem_array(s->task_count, sizeof *ids);
    size_t used = 0;
    for (uint32_t i = 0; i < s->task_count; i++)
        if (s->tasks[i].exclusive != SCHEDULE_NONE)
            order[used++] = i;
    s->group_count = number(order, used, compare_groups, s->tasks, ids);
    s->groups = mem_array(s->group_count, sizeof *s->groups);
    s->exclusives = mem_array(exclusives, sizeof *s->exclusives);
    for (size_t i = 0; i < used; i++) {
        struct schedule_entry *t = &s->tasks[order[i]];
        struct schedule_exclusive *e = &s->exclusives[t->exclusive];
        t->group = ids[order[i]];
        if (!e->count)
            e->first = t->group;
        e->count = t->group - e->first + 1;
    }
}

/* ---- ranks ---- */
static int compare_octets(const void *a, const void *b, void *ctx)
{
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct schedule_task *tasks = ctx;
    /* One less than 0 is the most: the unknown ones come first. */
    uint64_t x = tasks[i].octets - 1, y = tasks[j].octets - 1;
    return x == y ? compare_ids(i, j) : x > y ? -1 : 1;
}

void schedule_build(struct schedule *s, const struct schedule_task *tasks)
{
    s->tasks = mem_array(s->task_count, sizeof *s->tasks);
    CLEANUP(free_ids) uint32_t *hosts = number_hosts(s, tasks);
    CLEANUP(free_ids) uint32_t *order = counting(s->task_count);
    build_lanes(s, hosts);
    list_lanes(s);
    build_groups(s, number_exclusives(s, tasks));
    s->dirty = mem_array(s->host_count, sizeof *s->dirty);
    s->troubled = mem_array(s->host_count, sizeof *s->troubled);
    qsort_r(order, s->task_count, sizeof *order, compare_octets, (void *)tasks);
    for (uint32_t i = 0; i < s->task_count; i++) {
        s->tasks[order[i]].rank = i;
        s->tasks[order[i]].node.id = order[i];
        schedule_lane_add(s, order[i]);
    }
}
