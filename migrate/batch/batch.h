/* batch.h - many tasks, some at a time, one thread each; the only place in migrate that makes threads.
 *
 * The tasks share nothing but the schedule, which is behind the batch's lock. The thread that calls batch_run
 * does no task: it calls tick, and ends when all is done. Threads are made as they are needed, at most
 * limits.jobs, with all signals blocked that a user or another process sends, so that these reach the
 * caller's thread. Their stack has BATCH_STACK octets.
 *
 * All times are the spec's clock's; it, and stop, are looked at every 100 ms at least. */
#pragma once

#include "clock.h"
#include "schedule.h"

#define BATCH_STACK (1024 * 1024)

struct batch;

/* What a task reports of itself. */
struct batch_end {
    bool failed;
    int64_t wait_ms; /* again not before so long from now; 0: it is done */
};

struct batch_spec {
    const struct clock *clock;
    const struct schedule_limits *limits;
    const struct schedule_task *tasks;
    size_t count;
    /* In a thread of its own, never for the same task twice at a time. */
    void (*run)(void *ctx, struct batch *batch, size_t task, struct batch_end *ret);
    /* In the caller's thread, every tick_ms from the beginning to the end, also while all wait; may be NULL.
     */
    void (*tick)(void *ctx, struct batch *batch);
    int64_t tick_ms;
    /* Has the user asked to stop? From any thread, no lock held. NULL: never. */
    bool (*stop)(void *ctx);
    void *ctx;
};

/* Until no task is left, or stop said so and those at work have ended. -1 with ERROR_INTERNAL when no thread
 * can be made at all; with some, the batch goes on with these. *ret is for reading the states afterwards:
 * batch_free. What spec points to (not spec itself) lives as long. */
int batch_run(const struct batch_spec *spec, struct batch **ret, struct error *err);
void batch_free(struct batch *b); /* NULL is fine */

/* From a task, before it signs in: waits until it may. -1 with ERROR_CANCELLED when asked to stop meanwhile,
 * or with the reason why a host was given up, a whole sentence with the code of its cause; both have
 * ERROR_SCOPE_RUN, so that retry.h stops. Then sign in without delay: others may wait for how it goes. */
int batch_sign_in(struct batch *b, size_t task, struct error *err);
/* From a task, for each side: how it went; NULL: well. See schedule_signed_in. */
void batch_signed_in(struct batch *b, size_t task, enum schedule_side side, const struct error *error);

/* From tick, from a task, or after batch_run. */
enum schedule_state batch_state(struct batch *b, size_t task);
int64_t batch_again_ms(struct batch *b, size_t task); /* from now, at least 1; 0: none */
/* Why a task was given up; code 0 if it was not. */
struct error batch_why(struct batch *b, size_t task);
/* Copies, cut to cap; *ret_left_ms is 0 while one task tries. False: there are no more (n from 0). */
bool batch_paused_host(struct batch *b, size_t n, char *ret_host, size_t cap, int64_t *ret_left_ms);
