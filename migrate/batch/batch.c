#include "batch.h"

#include "mem.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MS 100

struct batch {
    struct batch_spec spec;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* anything below */
    struct schedule *schedule;
    /* Tasks that have begun and that no thread has taken yet: a ring of `jobs`. */
    size_t *begun;
    size_t jobs, first, used;
    pthread_t *threads;
    size_t thread_count, idle;
    bool over;
};

static int64_t now_ms(const struct batch *b)
{
    return clock_mono_ms(b->spec.clock);
}

static bool stopped(const struct batch *b)
{
    return b->spec.stop && b->spec.stop(b->spec.ctx);
}

/* Under lock, which is let go meanwhile. The machine's clock, since the spec's may stand still. */
static void wait_for_change(struct batch *b, int64_t ms)
{
    int64_t step_ms = ms < 1 ? 1 : ms > STEP_MS ? STEP_MS : ms;
    int64_t until_ms = clock_mono_ms(clock_system()) + step_ms;
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_cond_timedwait(&b->changed, &b->lock, &until);
}

/* ---- the threads ---- */
static void run_task(struct batch *b, size_t task)
{
    struct batch_end end = {0};
    b->spec.run(b->spec.ctx, b, task, &end);
    pthread_mutex_lock(&b->lock);
    int64_t now = now_ms(b), wait_ms = end.wait_ms < INT64_MAX - now ? end.wait_ms : INT64_MAX - now;
    struct schedule_end told = {.failed = end.failed, .again_ms = end.wait_ms > 0 ? now + wait_ms : 0};
    schedule_ended(b->schedule, task, &told, now);
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

/* False: there will be no more. */
static bool take_begun(struct batch *b, size_t *ret_task)
{
    pthread_mutex_lock(&b->lock);
    b->idle++;
    while (!b->used && !b->over)
        pthread_cond_wait(&b->changed, &b->lock);
    b->idle--;
    bool taken = b->used > 0;
    if (taken) {
        *ret_task = b->begun[b->first];
        b->first = (b->first + 1) % b->jobs;
        b->used--;
    }
    pthread_mutex_unlock(&b->lock);
    return taken;
}

static void *work(void *ctx)
{
    size_t task;
    while (take_begun(ctx, &task))
        run_task(ctx, task);
    return NULL;
}

/* What a defect raises in the thread itself stays as it is. */
static void block_signals(sigset_t *ret_before)
{
    static const int ours[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        sigdelset(&set, ours[i]);
    pthread_sigmask(SIG_SETMASK, &set, ret_before);
}

/* Under lock. */
static int add_thread(struct batch *b)
{
    pthread_attr_t attr;
    sigset_t before;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, BATCH_STACK);
    block_signals(&before);
    int failed = pthread_create(&b->threads[b->thread_count], &attr, work, b);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    b->thread_count += !failed;
    return failed;
}

/* Under lock. Fewer threads than wanted will do, as long as there is one. */
static int hand_over(struct batch *b, size_t task, struct error *err)
{
    int failed = 0;
    b->begun[(b->first + b->used++) % b->jobs] = task;
    if (b->used > b->idle && b->thread_count < b->jobs)
        failed = add_thread(b);
    if (failed && !b->thread_count)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_INTERNAL,
            "cannot make a thread: %s; free memory, or raise the limit on processes", strerror(failed));
    pthread_cond_broadcast(&b->changed);
    return 0;
}

/* ---- the run ---- */
/* Under lock, which is let go meanwhile: what the caller has to say and to do may take its own locks. */
static void ask_caller(struct batch *b, int64_t *due_ms)
{
    pthread_mutex_unlock(&b->lock);
    bool stop = stopped(b);
    if (b->spec.tick && now_ms(b) >= *due_ms) {
        b->spec.tick(b->spec.ctx, b);
        *due_ms = now_ms(b) + b->spec.tick_ms;
    }
    pthread_mutex_lock(&b->lock);
    if (stop)
        schedule_stop(b->schedule);
}

static int64_t until_due(const struct batch *b, int64_t at_ms, int64_t due_ms)
{
    int64_t next_ms = b->spec.tick && due_ms < at_ms ? due_ms : at_ms;
    return next_ms - now_ms(b);
}

/* Under lock. Begin what may; false: nothing is left. */
static bool begin_tasks(struct batch *b, int64_t *ret_at_ms, int *ret_failed, struct error *err)
{
    for (;;) {
        size_t task;
        switch (schedule_next(b->schedule, now_ms(b), &task, ret_at_ms)) {
        case SCHEDULE_BEGIN:
            *ret_failed = hand_over(b, task, err);
            if (*ret_failed)
                return false;
            break;
        case SCHEDULE_LATER:
            return true;
        case SCHEDULE_OVER:
            return false;
        }
    }
}

/* Under lock. */
static int go(struct batch *b, struct error *err)
{
    int failed = 0;
    int64_t at_ms, due_ms = now_ms(b);
    for (;;) {
        ask_caller(b, &due_ms);
        if (!begin_tasks(b, &at_ms, &failed, err))
            return failed;
        wait_for_change(b, until_due(b, at_ms, due_ms));
    }
}

static struct batch *new_batch(const struct batch_spec *spec)
{
    struct batch *b = mem_alloc(sizeof *b);
    pthread_condattr_t attr;
    b->spec = *spec;
    b->jobs = spec->limits->jobs ? spec->limits->jobs : 1;
    if (b->jobs > spec->count)
        b->jobs = spec->count ? spec->count : 1;
    b->begun = mem_array(b->jobs, sizeof *b->begun);
    b->threads = mem_array(b->jobs, sizeof *b->threads);
    b->schedule = schedule_new(spec->limits, spec->tasks, spec->count);
    pthread_mutex_init(&b->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&b->changed, &attr);
    pthread_condattr_destroy(&attr);
    return b;
}

int batch_run(const struct batch_spec *spec, struct batch **ret, struct error *err)
{
    struct batch *b = new_batch(spec);
    pthread_mutex_lock(&b->lock);
    int failed = go(b, err);
    b->over = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
    for (size_t i = 0; i < b->thread_count; i++)
        pthread_join(b->threads[i], NULL);
    b->thread_count = 0;
    if (failed) {
        batch_free(b);
        return -1;
    }
    *ret = b;
    return 0;
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    schedule_free(b->schedule);
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(b->begun);
    free(b->threads);
    free(b);
}

/* ---- from the tasks ---- */
int batch_sign_in(struct batch *b, size_t task, struct error *err)
{
    const struct error *why = NULL;
    for (;;) {
        if (stopped(b))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
                "stopped before the sign-in: run the same command again to go on");
        pthread_mutex_lock(&b->lock);
        int64_t wait_ms = schedule_sign_in(b->schedule, task, now_ms(b), &why);
        if (wait_ms > 0)
            wait_for_change(b, wait_ms);
        pthread_mutex_unlock(&b->lock);
        if (!wait_ms)
            return 0;
        if (wait_ms < 0)
            break;
    }
    if (!err)
        return -1;
    *err = *why;
    err->scope = ERROR_SCOPE_RUN; /* no use to ask again */
    return -1;
}

void batch_signed_in(struct batch *b, size_t task, enum schedule_side side, const struct error *error)
{
    pthread_mutex_lock(&b->lock);
    schedule_signed_in(b->schedule, task, side, error, now_ms(b));
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

/* ---- what is known ---- */
enum schedule_state batch_state(struct batch *b, size_t task)
{
    pthread_mutex_lock(&b->lock);
    enum schedule_state state = schedule_state(b->schedule, task);
    pthread_mutex_unlock(&b->lock);
    return state;
}

int64_t batch_again_ms(struct batch *b, size_t task)
{
    pthread_mutex_lock(&b->lock);
    int64_t at_ms = schedule_again_ms(b->schedule, task), left_ms = at_ms - now_ms(b);
    pthread_mutex_unlock(&b->lock);
    return !at_ms ? 0 : left_ms > 1 ? left_ms : 1;
}

struct error batch_why(struct batch *b, size_t task)
{
    pthread_mutex_lock(&b->lock);
    const struct error *why = schedule_why(b->schedule, task);
    struct error copy = why ? *why : (struct error){0};
    pthread_mutex_unlock(&b->lock);
    return copy;
}

bool batch_paused_host(struct batch *b, size_t n, char *ret_host, size_t cap, int64_t *ret_left_ms)
{
    const char *host;
    int64_t until_ms;
    pthread_mutex_lock(&b->lock);
    bool found = schedule_paused_host(b->schedule, n, &host, &until_ms);
    if (found) {
        int64_t left_ms = until_ms - now_ms(b);
        snprintf(ret_host, cap, "%s", host);
        *ret_left_ms = left_ms > 0 ? left_ms : 0;
    }
    pthread_mutex_unlock(&b->lock);
    return found;
}
