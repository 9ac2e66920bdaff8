/* schedule.h: thousands of random batches with hosts that go down, refuse, throttle and come back, and with
 * tasks that do anything a task may do. In each of them no limit is ever broken, the best task begins, and
 * everything comes to an end. */
#include "check.h"
#include "mem.h"
#include "schedule.h"
#include "schedule_private.h" /* to look at every task, where the schedule looks at few */

#define SEEDS     4000
#define TASKS     48
#define HOSTS     6
#define SIGN_INS  20000
#define STEPS     200000
#define MINUTE_MS 60000
#define NEVER     INT64_MAX

static uint64_t seed;

static unsigned roll(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % below);
}

static bool chance(unsigned percent)
{
    return roll(100) < percent;
}

enum phase {
    IDLE,
    ASKING,
    SIGNING,
    WORKING,
};

/* What a running task does next. */
struct actor {
    enum phase phase;
    int64_t at_ms;
    unsigned sign_ins, rounds;
};

struct place {
    char name[16];
    int64_t down_until_ms; /* and then it is up */
    enum error_code down;
    bool refuses, ever;
    unsigned refused;
    size_t prober; /* who tries after a pause, + 1; 0: nobody */
    int64_t *logins;
    size_t login_count;
    unsigned running;
};

struct world {
    struct schedule_limits limits;
    struct schedule_task tasks[TASKS];
    struct actor actors[TASKS];
    struct place places[HOSTS];
    size_t count, hosts;
    unsigned running, busy[4];
    int64_t now_ms;
    struct schedule *s;
    bool stopped, failed;
};

static const char *const exclusives[] = {"a", "b", "c", "d"};

/* ---- a random batch ---- */
static void make_place(struct world *w, size_t i)
{
    static const enum error_code codes[] = {
        ERROR_CONNECT, ERROR_TIMEOUT, ERROR_TLS, ERROR_THROTTLED, ERROR_LOST};
    struct place *p = &w->places[i];
    snprintf(p->name, sizeof p->name, "h%c:995", (char)('0' + i));
    p->logins = mem_array(SIGN_INS, sizeof *p->logins);
    p->refuses = chance(15);
    p->down = codes[roll(5)];
    p->down_until_ms = chance(30) ? roll(20) * 100000 : 0;
}

static void make_task(struct world *w, size_t i)
{
    struct schedule_task *t = &w->tasks[i];
    for (int side = 0; side < 2; side++)
        t->hosts[side] = chance(90) ? w->places[roll((unsigned)w->hosts)].name : NULL;
    t->exclusive = chance(20) ? exclusives[roll(4)] : NULL;
    t->octets = chance(20) ? 0 : roll(30);
}

static unsigned some(unsigned percent, unsigned below)
{
    return chance(percent) ? 1 + roll(below) : 0;
}

static void make_world(struct world *w, uint64_t number)
{
    *w = (struct world){.now_ms = 1000};
    seed = number * 0x9e3779b97f4a7c15u + 1;
    w->count = roll(TASKS + 1);
    w->hosts = 1 + roll(HOSTS);
    w->limits = (struct schedule_limits){.jobs = 1 + roll(12),
        .host_jobs = some(40, 5),
        .logins_per_minute = some(50, 6),
        .failures = some(90, 4),
        .refusals = some(80, 6),
        .max_pause_ms = roll(6) * 40000,
        .max_wait_ms = roll(10) * 100000,
        .wait = chance(30),
        .fail_fast = chance(10)};
    for (size_t i = 0; i < w->hosts; i++)
        make_place(w, i);
    for (size_t i = 0; i < w->count; i++)
        make_task(w, i);
    w->s = schedule_new(&w->limits, w->tasks, w->count);
}

static void end_world(struct world *w)
{
    schedule_free(w->s);
    for (size_t i = 0; i < w->hosts; i++)
        free(w->places[i].logins);
}

/* ---- the limits, by what was seen ---- */
static struct place *place_of(struct world *w, size_t task, int side)
{
    const char *host = w->tasks[task].hosts[side];
    return host ? &w->places[host[1] - '0'] : NULL;
}

static bool same_host(struct world *w, size_t task)
{
    return place_of(w, task, 0) && place_of(w, task, 0) == place_of(w, task, 1);
}

/* When the host's pause is over; 0: it has none. */
static int64_t paused_until(const struct world *w, const struct place *p)
{
    const char *host;
    int64_t until_ms;
    for (size_t n = 0; schedule_paused_host(w->s, n, &host, &until_ms); n++)
        if (!strcmp(host, p->name))
            return until_ms;
    return 0;
}

static void check_room(const struct world *w, const struct place *p)
{
    CHECK(paused_until(w, p) <= w->now_ms);
    CHECK(p->ever || !w->limits.refusals || p->refused < w->limits.refusals);
}

static void count_running(struct world *w, size_t task, int by)
{
    w->running += (unsigned)by;
    CHECK(w->running <= w->limits.jobs);
    for (int side = 0; side < 2 - same_host(w, task); side++) {
        struct place *p = place_of(w, task, side);
        if (!p)
            continue;
        p->running += (unsigned)by;
        CHECK(!w->limits.host_jobs || p->running <= w->limits.host_jobs);
        if (by > 0)
            check_room(w, p);
    }
    if (w->tasks[task].exclusive) {
        unsigned *busy = &w->busy[w->tasks[task].exclusive[0] - 'a'];
        *busy += (unsigned)by;
        CHECK(*busy <= 1);
    }
}

/* This attempt is over. */
static void clear_probes(struct world *w, size_t task)
{
    for (int side = 0; side < 2; side++) {
        struct place *p = place_of(w, task, side);
        if (p && p->prober == task + 1)
            p->prober = 0;
    }
}

static void count_login(struct world *w, size_t task, struct place *p)
{
    if (paused_until(w, p)) {
        CHECK(!p->prober || p->prober == task + 1);
        p->prober = task + 1;
    }
    size_t most = w->limits.logins_per_minute;
    CHECK(p->login_count < SIGN_INS);
    p->logins[p->login_count++] = w->now_ms;
    if (most == 1 && same_host(w, task)) /* needs two at once, which nobody can help */
        most = 2;
    if (most && p->login_count > most)
        CHECK(w->now_ms - p->logins[p->login_count - most - 1] >= MINUTE_MS);
    check_room(w, p);
}

/* ---- the choice, by looking at every task ---- */
static bool may_begin(struct world *w, size_t task)
{
    const struct schedule_entry *t = &w->s->tasks[task];
    int64_t at_ms;
    if (t->state != SCHEDULE_WAITING)
        return false;
    if (w->tasks[task].exclusive && w->busy[w->tasks[task].exclusive[0] - 'a'])
        return false;
    for (int side = 0; side < 2; side++) {
        struct schedule_host *h = schedule_side_host(w->s, t, side);
        if (h && schedule_host_blocked(w->s, h, w->now_ms, &at_ms))
            return false;
    }
    return true;
}

static bool better(const struct schedule_task *t, size_t a, size_t b)
{
    if (!t[a].octets != !t[b].octets)
        return !t[a].octets;
    return t[a].octets == t[b].octets ? a < b : t[a].octets > t[b].octets;
}

/* Paused tasks whose time has come wait from the next look on. */
static size_t best_task(struct world *w)
{
    size_t best = w->count;
    for (size_t i = 0; i < w->count; i++)
        if (may_begin(w, i) && (best == w->count || better(w->tasks, i, best)))
            best = i;
    return best;
}

static bool any_due(const struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (schedule_state(w->s, i) == SCHEDULE_PAUSED && schedule_again_ms(w->s, i) <= w->now_ms)
            return true;
    return false;
}

/* ---- what tasks do ---- */
static struct error error_of(enum error_code code)
{
    static const enum error_retry retries[] = {
        ERROR_RETRY_LATER, ERROR_RETRY_LATER, ERROR_RETRY_NOW, ERROR_RETRY_NEVER};
    struct error e;
    error_set(&e, ERROR_SCOPE_JOB, code == ERROR_TLS ? ERROR_RETRY_NEVER : retries[roll(3)], code, "no");
    if (code == ERROR_AUTH)
        e.retry = chance(80) ? ERROR_RETRY_NEVER : ERROR_RETRY_LATER;
    if (code == ERROR_THROTTLED && chance(50))
        e.wait_ms = roll(100000);
    return e;
}

/* false: signed in there */
static bool sign_in_fails(struct world *w, struct place *p, struct error *ret)
{
    static const enum error_code odd[] = {ERROR_CANCELLED, ERROR_IN_USE, ERROR_REFUSED, ERROR_DISK};
    if (!p->down_until_ms && chance(2))
        p->down_until_ms = w->now_ms + 1000 * roll(900);
    if (p->down_until_ms > w->now_ms)
        *ret = error_of(p->down);
    else if (p->refuses || chance(10))
        *ret = error_of(ERROR_AUTH);
    else if (chance(5))
        *ret = error_of(odd[roll(4)]);
    else
        return false;
    return true;
}

static bool tell(struct world *w, size_t task, int side)
{
    struct place *p = place_of(w, task, side);
    struct error e;
    if (!p)
        return true;
    bool fails = sign_in_fails(w, p, &e);
    p->ever |= !fails;
    p->refused += fails && e.code == ERROR_AUTH && e.retry == ERROR_RETRY_NEVER;
    schedule_signed_in(w->s, task, (enum schedule_side)side, fails ? &e : NULL, w->now_ms);
    CHECK(p->ever || !w->limits.refusals || p->refused <= w->limits.refusals);
    return !fails;
}

static void end_task(struct world *w, size_t task)
{
    struct actor *a = &w->actors[task];
    struct schedule_end end = {.failed = chance(30)};
    if (a->rounds < 3 && chance(25))
        end.again_ms = chance(3) ? NEVER : w->now_ms - 100 + 1000 * roll(1200);
    a->rounds++;
    a->phase = IDLE;
    clear_probes(w, task);
    count_running(w, task, -1);
    w->failed |= end.failed;
    schedule_ended(w->s, task, &end, w->now_ms);
    enum schedule_state state = schedule_state(w->s, task);
    CHECK(state == SCHEDULE_ENDED || end.again_ms);
    CHECK(state == SCHEDULE_ENDED || state == SCHEDULE_PAUSED || state == SCHEDULE_GIVEN_UP);
    CHECK_INT(schedule_again_ms(w->s, task), end.again_ms);
    if (w->limits.fail_fast && w->failed)
        CHECK(state != SCHEDULE_PAUSED);
}

static void ask(struct world *w, size_t task)
{
    struct actor *a = &w->actors[task];
    const struct error *why = NULL;
    int64_t wait_ms = schedule_sign_in(w->s, task, w->now_ms, &why);
    if (wait_ms < 0) {
        CHECK(why && why->code != ERROR_NONE);
        end_task(w, task);
    } else if (wait_ms) {
        a->at_ms = w->now_ms + (chance(80) ? wait_ms : 1 + roll(5000));
    } else {
        for (int side = 0; side < 2; side++)
            if (place_of(w, task, side))
                count_login(w, task, place_of(w, task, side));
        a->sign_ins++;
        a->phase = SIGNING;
        a->at_ms = w->now_ms + roll(40000);
    }
}

static void act(struct world *w, size_t task)
{
    struct actor *a = &w->actors[task];
    a->at_ms = w->now_ms + roll(chance(10) ? 600000 : 3000);
    switch (a->phase) {
    case ASKING:
        ask(w, task);
        break;
    case SIGNING:
        clear_probes(w, task); /* and some say nothing, of one side or at all */
        if (chance(95) && tell(w, task, 0) && chance(95))
            tell(w, task, 1);
        a->phase = WORKING;
        break;
    default:
        if (a->sign_ins < 4 && chance(30))
            a->phase = ASKING;
        else
            end_task(w, task);
    }
}

/* ---- the run ---- */
static void begin(struct world *w, size_t task)
{
    struct actor *a = &w->actors[task];
    CHECK(!w->stopped);
    CHECK(!w->limits.fail_fast || !w->failed);
    CHECK_INT(schedule_state(w->s, task), SCHEDULE_RUNNING);
    count_running(w, task, 1);
    a->phase = chance(95) ? ASKING : WORKING;
    a->sign_ins = 0;
    a->at_ms = w->now_ms + roll(500);
}

static int64_t next_act(const struct world *w, size_t *ret_task)
{
    int64_t at_ms = NEVER;
    for (size_t i = 0; i < w->count; i++)
        if (w->actors[i].phase != IDLE && w->actors[i].at_ms < at_ms) {
            at_ms = w->actors[i].at_ms;
            *ret_task = i;
        }
    return at_ms;
}

/* False: all is over. */
static bool step(struct world *w)
{
    size_t task = 0, wanted = any_due(w) ? SIZE_MAX : best_task(w), actor = 0;
    int64_t at_ms = -1;
    enum schedule_next next = schedule_next(w->s, w->now_ms, &task, &at_ms);
    if (next == SCHEDULE_OVER)
        return false;
    if (next == SCHEDULE_BEGIN) {
        CHECK(wanted == SIZE_MAX || task == wanted);
        begin(w, task);
        return true;
    }
    CHECK(at_ms > w->now_ms);
    CHECK(at_ms < NEVER || w->running);
    CHECK(w->running == w->limits.jobs || best_task(w) == w->count);
    int64_t act_ms = next_act(w, &actor);
    if (w->running && act_ms <= at_ms) {
        w->now_ms = act_ms > w->now_ms ? act_ms : w->now_ms;
        act(w, actor);
    } else {
        w->now_ms = at_ms;
    }
    return true;
}

static void check_end(const struct world *w)
{
    CHECK_INT(w->running, 0);
    for (size_t i = 0; i < w->count; i++) {
        enum schedule_state state = schedule_state(w->s, i);
        const struct error *why = schedule_why(w->s, i);
        CHECK(state == SCHEDULE_ENDED || state == SCHEDULE_GIVEN_UP);
        CHECK((state == SCHEDULE_GIVEN_UP) == (why != NULL));
        CHECK(!why || (why->code != ERROR_NONE && *why->text));
    }
}

static void test_random(void)
{
    unsigned given_up = 0, ended = 0;
    for (uint64_t number = 1; number <= SEEDS; number++) {
        struct world w;
        unsigned steps = 0;
        CHECK_LABEL("seed %" PRIu64, number);
        make_world(&w, number);
        int64_t stop_ms = chance(10) ? w.now_ms + 1000 * roll(600) : NEVER;
        while (step(&w) && steps++ < STEPS)
            if (w.now_ms >= stop_ms && !w.stopped) {
                schedule_stop(w.s);
                w.stopped = true;
            }
        CHECK(steps < STEPS);
        check_end(&w);
        for (size_t i = 0; i < w.count; i++) {
            given_up += schedule_state(w.s, i) == SCHEDULE_GIVEN_UP;
            ended += schedule_state(w.s, i) == SCHEDULE_ENDED;
        }
        end_world(&w);
    }
    CHECK_LABEL("all of them"); /* that there was something of everything */
    CHECK(given_up > SEEDS);
    CHECK(ended > 5 * SEEDS);
}

int main(void)
{
    static const struct check_test tests[] = {{"random batches", test_random}};
    return check_main("schedule-random", tests, sizeof tests / sizeof *tests);
}
