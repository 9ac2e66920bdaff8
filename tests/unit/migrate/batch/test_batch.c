/* batch.h: real threads, and a clock that goes as the test lets it. Tasks only record; the checks are the
 * main thread's. */
#include "batch.h"
#include "check.h"
#include "mem.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define S    INT64_C(1000)
#define MOST 5000

struct scene {
    atomic_llong now_ms;
    int64_t jump_ms; /* by which each tick moves the clock */
    size_t count;
    bool only_idle; /* not while a task runs */
    atomic_bool stop;
    atomic_uint running, most_running, ticks, cancelled, paused_seen;
    atomic_uint runs[MOST];
    atomic_llong begun_ms[MOST];
    enum error_code denied[MOST];
    void (*task)(struct scene *s, struct batch *b, size_t task, struct batch_end *ret);
};

/* ---- the world of a scene ---- */
static int64_t mono_ms(void *ctx)
{
    struct scene *s = ctx;
    return atomic_load(&s->now_ms);
}

static int64_t wall_s(void *ctx)
{
    return mono_ms(ctx) / 1000;
}

static void run(void *ctx, struct batch *b, size_t task, struct batch_end *ret)
{
    struct scene *s = ctx;
    unsigned running = atomic_fetch_add(&s->running, 1) + 1, most = atomic_load(&s->most_running);
    while (running > most && !atomic_compare_exchange_weak(&s->most_running, &most, running))
        ;
    atomic_store(&s->begun_ms[task], mono_ms(s));
    atomic_fetch_add(&s->runs[task], 1);
    if (s->task)
        s->task(s, b, task, ret);
    atomic_fetch_sub(&s->running, 1);
}

static bool may_jump(struct scene *s, struct batch *b)
{
    for (size_t i = 0; s->only_idle && i < s->count; i++)
        if (batch_state(b, i) == SCHEDULE_RUNNING)
            return false;
    return true;
}

static void tick(void *ctx, struct batch *b)
{
    struct scene *s = ctx;
    char host[8];
    int64_t left_ms;
    atomic_fetch_add(&s->ticks, 1);
    if (may_jump(s, b))
        atomic_fetch_add(&s->now_ms, s->jump_ms);
    if (batch_paused_host(b, 0, host, sizeof host, &left_ms) && !strcmp(host, "pop.exa") && left_ms <= 30 * S)
        atomic_fetch_add(&s->paused_seen, 1);
}

static bool stop(void *ctx)
{
    struct scene *s = ctx;
    return atomic_load(&s->stop);
}

static struct scene *new_scene(
    void (*task)(struct scene *s, struct batch *b, size_t task, struct batch_end *ret), int64_t jump_ms)
{
    struct scene *s = mem_alloc(sizeof *s);
    s->task = task;
    s->jump_ms = jump_ms;
    atomic_store(&s->now_ms, 1000 * S);
    return s;
}

/* The states are read after the run, so what the spec points to lives on. */
static int play(struct scene *s, const struct schedule_limits *limits, size_t count, struct batch **ret,
    struct error *err)
{
    static struct schedule_task tasks[MOST];
    static struct clock fake;
    fake = (struct clock){.mono_ms = mono_ms, .wall_s = wall_s, .ctx = s};
    s->count = count;
    for (size_t i = 0; i < count; i++)
        tasks[i] = (struct schedule_task){.hosts = {"pop.example.jp:995", "imap.example.com:993"}};
    const struct batch_spec spec = {.clock = s->jump_ms ? &fake : clock_system(),
        .limits = limits,
        .tasks = tasks,
        .count = count,
        .run = run,
        .tick = tick,
        .tick_ms = s->jump_ms ? 0 : 1, /* a clock that only ticks move needs one each time */
        .stop = stop,
        .ctx = s};
    return batch_run(&spec, ret, err);
}

static unsigned count_state(struct batch *b, size_t count, enum schedule_state state)
{
    unsigned n = 0;
    for (size_t i = 0; i < count; i++)
        n += batch_state(b, i) == state;
    return n;
}

/* ---- thousands of short tasks ---- */
static void short_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    struct error err;
    (void)ret;
    if (task % 3 || batch_sign_in(b, task, &err)) {
        atomic_fetch_add(&s->cancelled, task % 3 == 0);
        return;
    }
    batch_signed_in(b, task, SCHEDULE_SOURCE, NULL);
    batch_signed_in(b, task, SCHEDULE_DESTINATION, NULL);
}

static void test_short(void)
{
    struct scene *s = new_scene(short_task, 0);
    const struct schedule_limits limits = {
        .jobs = 16, .host_jobs = 12, .failures = 3, .refusals = 5, .max_pause_ms = S, .max_wait_ms = S};
    struct batch *b = NULL;
    struct error err;
    CHECK_LABEL("short tasks");
    CHECK_INT(play(s, &limits, MOST, &b, &err), 0);
    for (size_t i = 0; i < MOST; i++)
        CHECK_INT(atomic_load(&s->runs[i]), 1);
    CHECK_INT(count_state(b, MOST, SCHEDULE_ENDED), MOST);
    CHECK_INT(atomic_load(&s->cancelled), 0);
    CHECK(atomic_load(&s->most_running) <= 12);
    CHECK(atomic_load(&s->ticks) > 0);
    batch_free(b);
    free(s);
}

static void test_none(void)
{
    struct scene *s = new_scene(NULL, 0);
    struct batch *b = NULL;
    CHECK_LABEL("no tasks");
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 4}, 0, &b, NULL), 0);
    batch_free(b);
    batch_free(NULL);
    free(s);
}

/* ---- a daily limit ---- */
static void capped_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    (void)b;
    if (atomic_load(&s->runs[task]) == 1 && task < 2)
        ret->wait_ms = task ? 86400 * S : 3600 * S;
}

static void test_capped(void)
{
    struct scene *s = new_scene(capped_task, 300 * S);
    struct batch *b = NULL;
    CHECK_LABEL("capped");
    s->only_idle = true;
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 2, .max_wait_ms = 3600 * S}, 4, &b, NULL), 0);
    CHECK_INT(atomic_load(&s->runs[0]), 2);
    CHECK(atomic_load(&s->begun_ms[0]) >= 1000 * S + 3600 * S);
    CHECK_INT(atomic_load(&s->runs[1]), 1);
    CHECK_INT(count_state(b, 4, SCHEDULE_ENDED), 4);
    CHECK_INT(batch_again_ms(b, 0), 0);
    CHECK(batch_again_ms(b, 1) > 80000 * S && batch_again_ms(b, 1) <= 86400 * S);
    CHECK_INT(batch_why(b, 1).code, ERROR_NONE);
    atomic_fetch_add(&s->now_ms, 2 * 86400 * S);
    CHECK_INT(batch_again_ms(b, 1), 1);
    batch_free(b);
    free(s);
}

/* ---- stop ---- */
/* The one that signs in asks to stop, which those see that wait for a minute to pass. */
static void stopping_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    struct error err;
    ret->failed = true;
    for (int i = 0; i < 2; i++)
        if (!batch_sign_in(b, task, &err))
            atomic_store(&s->stop, true);
        else if (err.code == ERROR_CANCELLED)
            atomic_fetch_add(&s->cancelled, 1);
}

static void test_stop(void)
{
    struct scene *s = new_scene(stopping_task, 0);
    struct batch *b = NULL;
    CHECK_LABEL("stop");
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 4, .logins_per_minute = 1}, 20, &b, NULL), 0);
    unsigned ended = count_state(b, 20, SCHEDULE_ENDED);
    CHECK(ended >= 1 && ended <= 4);
    CHECK_INT(count_state(b, 20, SCHEDULE_GIVEN_UP), 20 - ended);
    CHECK_INT(atomic_load(&s->cancelled), 2 * ended - 1);
    CHECK_INT(atomic_load(&s->runs[19]), 0);
    CHECK_INT(batch_why(b, 19).code, ERROR_CANCELLED);
    CHECK(*batch_why(b, 19).text != '\0');
    batch_free(b);
    free(s);
}

/* All have ended but one that is paused until tomorrow. */
static void paused_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    (void)s;
    (void)b;
    (void)task;
    ret->wait_ms = 86400 * S;
}

static void stop_at_tick(void *ctx, struct batch *b)
{
    if (batch_state(b, 0) == SCHEDULE_PAUSED)
        atomic_store(&((struct scene *)ctx)->stop, true);
}

static void test_stop_while_paused(void)
{
    struct scene *s = new_scene(paused_task, 0);
    struct batch *b = NULL;
    struct error err;
    const struct schedule_limits limits = {.jobs = 1, .wait = true};
    const struct schedule_task task = {.octets = 1};
    const struct batch_spec spec = {clock_system(), &limits, &task, 1, run, stop_at_tick, 1, stop, s};
    CHECK_LABEL("stop while all wait");
    CHECK_INT(batch_run(&spec, &b, &err), 0);
    CHECK_INT(batch_state(b, 0), SCHEDULE_ENDED);
    CHECK(batch_again_ms(b, 0) > 86000 * S);
    batch_free(b);
    free(s);
}

/* ---- sign-ins ---- */
static void test_logins(void)
{
    struct scene *s = new_scene(short_task, 30 * S);
    struct batch *b = NULL;
    CHECK_LABEL("sign-ins a minute");
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 6, .logins_per_minute = 2}, 18, &b, NULL), 0);
    CHECK_INT(count_state(b, 18, SCHEDULE_ENDED), 18); /* of which a third signs in: 6, 2 a minute */
    CHECK(atomic_load(&s->now_ms) >= 1000 * S + 120 * S);
    batch_free(b);
    free(s);
}

/* ---- a host that is down ---- */
static void unlucky_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    struct error err;
    ret->failed = true;
    if (batch_sign_in(b, task, &err)) {
        s->denied[task] = err.scope == ERROR_SCOPE_RUN ? err.code : ERROR_NONE;
        return;
    }
    error_set(&err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT, "pop.example.jp: connection refused");
    batch_signed_in(b, task, SCHEDULE_SOURCE, &err);
    if (batch_sign_in(b, task, &err))
        s->denied[task] = err.code;
    else
        batch_signed_in(b, task, SCHEDULE_SOURCE, &err);
}

static void test_down(void)
{
    struct scene *s = new_scene(unlucky_task, 2 * S);
    struct batch *b = NULL;
    const struct schedule_limits limits = {
        .jobs = 4, .failures = 2, .max_pause_ms = 30 * S, .max_wait_ms = 61 * S};
    CHECK_LABEL("a host that is down");
    CHECK_INT(play(s, &limits, 50, &b, NULL), 0);
    CHECK_INT(batch_state(b, 49), SCHEDULE_GIVEN_UP);
    CHECK_INT(batch_why(b, 49).code, ERROR_CONNECT);
    CHECK(atomic_load(&s->paused_seen) > 0);
    CHECK(atomic_load(&s->now_ms) >= 1000 * S + 60 * S);
    unsigned denied = 0;
    for (size_t i = 0; i < 50; i++)
        denied += s->denied[i] == ERROR_CONNECT;
    CHECK(denied > 0);
    batch_free(b);
    free(s);
}

/* ---- signals, stacks ---- */
static pthread_t main_thread;
static volatile sig_atomic_t in_main, in_other;

static void on_signal(int number)
{
    (void)number;
    if (pthread_equal(pthread_self(), main_thread))
        in_main++;
    else
        in_other++;
}

static void loud_task(struct scene *s, struct batch *b, size_t task, struct batch_end *ret)
{
    pthread_attr_t attr;
    size_t octets = 0;
    (void)b;
    (void)task;
    (void)ret;
    kill(getpid(), SIGUSR1);
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstacksize(&attr, &octets);
    pthread_attr_destroy(&attr);
    if (octets >= BATCH_STACK)
        atomic_fetch_add(&s->cancelled, 1);
}

static void test_threads(void)
{
    struct scene *s = new_scene(loud_task, 0);
    struct batch *b = NULL;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    CHECK_LABEL("signals");
    main_thread = pthread_self();
    sigaction(SIGUSR1, &action, NULL);
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 8}, 200, &b, NULL), 0);
    CHECK(in_main > 0);
    CHECK_INT(in_other, 0);
    CHECK_INT(atomic_load(&s->cancelled), 200);
    batch_free(b);
    free(s);
}

/* ---- threads that cannot be made ---- */
int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static int threads_left = INT32_MAX;

int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
    return threads_left-- > 0 ? __real_pthread_create(ret, attr, fn, arg) : EAGAIN;
}

static void test_few_threads(void)
{
    struct scene *s = new_scene(short_task, 0);
    struct batch *b = NULL;
    struct error err = {0};
    CHECK_LABEL("two threads, of eight");
    threads_left = 2;
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 8}, 500, &b, &err), 0);
    CHECK_INT(count_state(b, 500, SCHEDULE_ENDED), 500);
    CHECK(atomic_load(&s->most_running) <= 2);
    batch_free(b);
    CHECK_LABEL("no thread");
    b = NULL;
    threads_left = 0;
    CHECK_INT(play(s, &(struct schedule_limits){.jobs = 8}, 500, &b, &err), -1);
    CHECK_INT(err.code, ERROR_INTERNAL);
    CHECK(b == NULL);
    CHECK(strstr(err.text, "thread") != NULL);
    threads_left = INT32_MAX;
    free(s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"thousands of short tasks", test_short},
        {"no tasks", test_none},
        {"a daily limit", test_capped},
        {"stop", test_stop},
        {"stop while all wait", test_stop_while_paused},
        {"sign-ins a minute", test_logins},
        {"a host that is down", test_down},
        {"signals and stacks", test_threads},
        {"few threads", test_few_threads},
    };
    return check_main("batch", tests, sizeof tests / sizeof *tests);
}
