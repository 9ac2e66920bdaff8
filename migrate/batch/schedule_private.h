/* schedule_private.h - what the files of the schedule share; for nobody else.
 *
 * Tasks with the same two hosts form a lane, which may begin its tasks or may not as a whole; its tasks wait
 * in a heap by rank. A lane with tasks is in exactly one place: in `ready`, or with the host that keeps it
 * from beginning (`blocked`). A host at which something changed is `dirty`; one that opens by itself has a
 * timer. Whenever a host opens, its best lane goes back to `ready`; after that one was looked at the next one
 * does, as long as the host is open. So a call looks at few lanes, however many there are, and still finds
 * the best task.
 *
 * A task whose `exclusive` is taken leaves its lane for its group (those of one lane with one exclusive);
 * when the exclusive is free again, the best of each group goes back. */
#pragma once

#include "heap.h"
#include "schedule.h"

#define SCHEDULE_NONE UINT32_MAX

struct schedule_host {
    const char *name;
    uint32_t running; /* tasks */
    /* Sides of running tasks that have yet to sign in (or want to again), and that were let to and have not
     * told yet how it went. */
    uint32_t fresh, out;
    /* When sign-ins were let through, of the last minute: a ring. */
    int64_t *logins;
    size_t login_first, login_used, login_cap;

    bool proven; /* a sign-in succeeded */
    unsigned refused;
    /* Tasks that could not connect since the host answered last. A task counts once in a streak. */
    unsigned failures;
    uint32_t streak;
    /* Paused, or after a pause nobody has connected yet. */
    bool trouble;
    int64_t until_ms;
    unsigned pauses;
    int64_t paused_ms; /* the sum of these */
    uint32_t prober;   /* the task that tries first */
    struct error *last, *why;

    bool dirty, timed;
    struct heap_node timer;
    struct heap blocked;
    const uint32_t *lanes;
    size_t lane_count;
};

struct schedule_lane {
    struct heap_node node;
    bool linked; /* in `ready`, or blocked */
    uint32_t hosts[2];
    uint32_t blocked_by;
    uint32_t woken_by; /* the host whose next lane follows when this was looked at */
    struct heap tasks;
    size_t first, count; /* in by_lane */
};

struct schedule_group {
    uint32_t lane;
    struct heap parked;
};

struct schedule_exclusive {
    bool busy;
    uint32_t first, count; /* groups */
};

enum schedule_sign {
    SCHEDULE_SETTLED,
    SCHEDULE_FRESH,
    SCHEDULE_OUT,
};

struct schedule_entry {
    struct heap_node node;
    struct heap *in;
    int64_t rank;
    int64_t again_ms;
    const struct error *why;
    uint32_t lane, exclusive, group;
    uint32_t failed_in[2]; /* the streak in which it counted, by side */
    uint8_t state, sign[2];
};

struct schedule {
    struct schedule_limits limits;
    uint32_t task_count, host_count, lane_count, group_count;
    struct schedule_entry *tasks;
    struct schedule_host *hosts;
    struct schedule_lane *lanes;
    struct schedule_group *groups;
    struct schedule_exclusive *exclusives;
    uint32_t *by_lane;    /* tasks */
    uint32_t *host_lanes; /* lanes */
    struct heap ready, timers, paused;
    uint32_t *dirty, *troubled; /* hosts */
    size_t dirty_count, troubled_count;
    uint32_t running, left;
    struct error *stopped; /* why nothing more begins; NULL: it does */
};

/* The host of a task's side, or NULL. */
static inline struct schedule_host *schedule_side_host(
    const struct schedule *s, const struct schedule_entry *t, int side)
{
    uint32_t h = s->lanes[t->lane].hosts[side];
    return h == SCHEDULE_NONE ? NULL : &s->hosts[h];
}

/* Does it need the same host twice? */
static inline bool schedule_twice(const struct schedule *s, const struct schedule_entry *t)
{
    const uint32_t *h = s->lanes[t->lane].hosts;
    return h[0] != SCHEDULE_NONE && h[0] == h[1];
}

/* ---- schedule_build.c ---- */
/* Hosts, lanes, groups and their tables, from the tasks. */
void schedule_build(struct schedule *s, const struct schedule_task *tasks);

/* ---- schedule_host.c ---- */
/* May no task begin at this host now? Then *ret_at_ms is when it may, or INT64_MAX: when a task there ends or
 * signs in. */
bool schedule_host_blocked(
    const struct schedule *s, struct schedule_host *h, int64_t now_ms, int64_t *ret_at_ms);
/* So long must a sign-in there wait; 0: let it. need: 1, or 2 at once. */
int64_t schedule_host_gate(const struct schedule *s, struct schedule_host *h, unsigned need, int64_t now_ms);
void schedule_host_login(const struct schedule *s, struct schedule_host *h, int64_t now_ms);
/* How a sign-in went. probe: it was the one that tries after a pause. */
void schedule_host_told(struct schedule *s, struct schedule_host *h, struct schedule_entry *t, int side,
    const struct error *error, bool probe, int64_t now_ms);

/* ---- schedule_lane.c ---- */
/* Put a waiting task into its lane. */
void schedule_lane_add(struct schedule *s, uint32_t task);
/* Take a task out of where it waits. */
void schedule_lane_drop(struct schedule *s, uint32_t task);
/* Something at this host is not as it was: look at it again. */
void schedule_lane_touch(struct schedule *s, struct schedule_host *h);
/* The best task, or SCHEDULE_NONE: its exclusive is taken, and it waits with its group now. */
uint32_t schedule_lane_take(struct schedule *s, struct schedule_lane *l);
/* Its best task is another one now, or there is none. */
void schedule_lane_refresh(struct schedule *s, struct schedule_lane *l);
void schedule_lane_release(struct schedule *s, uint32_t exclusive);

/* ---- schedule_pick.c ---- */
/* The best task that may begin now, taken out of its lane and counted at its hosts, or SCHEDULE_NONE. */
uint32_t schedule_pick(struct schedule *s, int64_t now_ms);

/* ---- schedule_words.c ---- */
/* Why the rest of a host's tasks is given up: after refusals, or after failures. */
void schedule_words_refused(const struct schedule_host *h, struct error *ret);
void schedule_words_failed(const struct schedule_host *h, struct error *ret);
void schedule_words_stopped(bool fail_fast, struct error *ret);
