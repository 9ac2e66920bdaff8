/* patience.h with a clock that runs an hour in a moment: waits, their words, and who may end them. */
#include "check.h"
#include "patience.h"

#define HOUR    INT64_C(3600)
#define STEP_MS (4 * HOUR * 1000)
#define BEGIN   (INT64_C(20000) * 86400 + 10 * HOUR) /* 2024-10-04, 10:00 UTC, 19:00 in Japan */

struct fake {
    int64_t now_ms;  /* since BEGIN */
    int64_t step_ms; /* the clock goes on so much each time somebody looks at it */
    bool wall_only;  /* a machine that sleeps: the monotonic clock all but stands */
    int64_t mono_ms;
    int64_t stop_ms; /* the user asks to stop then; 0: never */
    unsigned shown;
    char said[1000];
};

static int64_t mono(void *ctx)
{
    struct fake *f = ctx;
    f->now_ms += f->step_ms;
    f->mono_ms += f->wall_only ? 1 : f->step_ms;
    return f->mono_ms;
}

static int64_t wall(void *ctx)
{
    const struct fake *f = ctx;
    return BEGIN + f->now_ms / 1000;
}

static void say(void *ctx, enum log_level level, const char *line)
{
    struct fake *f = ctx;
    (void)level;
    snprintf(f->said, sizeof f->said, "%s", line);
}

static void show(void *ctx, const struct progress *p)
{
    struct fake *f = ctx;
    f->shown += p->phase != NULL;
}

static bool stop(void *ctx)
{
    const struct fake *f = ctx;
    return f->stop_ms && f->now_ms >= f->stop_ms;
}

struct fixture {
    struct fake fake;
    struct clock clock;
    struct world world;
    struct job job;
    struct patience patience;
};

static void begin(struct fixture *f, bool wait_for_cap)
{
    *f = (struct fixture){.fake = {.step_ms = STEP_MS, .mono_ms = 1000},
        .job = {.max_wait_ms = RETRY_MAX_WAIT_MS, .utc_offset_min = 9 * 60, .wait_for_cap = wait_for_cap}};
    f->clock = (struct clock){.mono_ms = mono, .wall_s = wall, .ctx = &f->fake};
    f->world = (struct world){.clock = &f->clock,
        .log = {.fn = say, .ctx = &f->fake},
        .progress = show,
        .stop = stop,
        .ctx = &f->fake};
    patience_begin(&f->patience, &f->job, &f->world);
}

static struct error capped(int64_t wait_ms)
{
    struct error e;
    error_set(&e, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
        "imap.example.com takes 500 MB " RETRY_CAP_WORDS " and that much was sent");
    e.wait_ms = wait_ms;
    return e;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

/* Too long for this run: the time, whole minutes, none too early; the error still tells the wait. */
static void test_capped_stops(void)
{
    struct fixture f;
    begin(&f, false);
    f.fake.step_ms = 0;
    struct error err = capped((10 * HOUR + 4 * 60 + 1) * 1000);
    CHECK(!patience_again(&f.patience, &err));
    CHECK_INT(err.code, ERROR_THROTTLED);
    CHECK_INT(err.wait_ms, (10 * HOUR + 4 * 60 + 1) * 1000);
    CHECK(
        ends_with(err.text, "that much was sent: run the same command again after 2024-10-05 05:05, or with "
                            "--wait"));
    CHECK_INT(f.patience.attempts, 0);
    CHECK_INT(f.fake.shown, 0);
}

static void test_capped_waits(void)
{
    struct fixture f;
    begin(&f, true);
    struct error err = capped(20 * HOUR * 1000);
    CHECK(patience_again(&f.patience, &err));
    CHECK(f.fake.now_ms >= 20 * HOUR * 1000 && f.fake.now_ms < 20 * HOUR * 1000 + 3 * STEP_MS);
    CHECK(f.fake.shown > 0);
    CHECK(strstr(f.fake.said, ", until 2024-10-05 19:0") != NULL);
    CHECK_INT(f.patience.attempts, 1);
    CHECK_LABEL("and that again and again, as long as it gets on");
    for (int i = 0; i < 6; i++) {
        patience_progress(&f.patience);
        CHECK(patience_again(&f.patience, &err));
    }
    CHECK_LABEL("without getting on");
    CHECK(patience_again(&f.patience, &err));
    CHECK(patience_again(&f.patience, &err));
    f.fake.step_ms = 0;
    CHECK(!patience_again(&f.patience, &err));
    CHECK(strstr(err.text, "run the same command again after 2024-") && !strstr(err.text, "--wait"));
}

/* A wait that any error may have needs no leave. */
static void test_capped_short(void)
{
    struct fixture f;
    begin(&f, false);
    struct error err = capped(600000);
    CHECK(patience_again(&f.patience, &err));
    CHECK(f.fake.now_ms >= 600000);
}

static void test_capped_stop(void)
{
    struct fixture f;
    begin(&f, true);
    f.fake.stop_ms = HOUR * 1000;
    struct error err = capped(20 * HOUR * 1000);
    CHECK(!patience_again(&f.patience, &err));
    CHECK_INT(err.code, ERROR_CANCELLED);
    CHECK(f.fake.now_ms < HOUR * 1000 + 3 * STEP_MS);
}

/* The time that was named is kept by a machine that slept meanwhile. */
static void test_asleep(void)
{
    struct fixture f;
    begin(&f, true);
    f.fake.wall_only = true;
    struct error err = capped(20 * HOUR * 1000);
    CHECK(patience_again(&f.patience, &err));
    CHECK(f.fake.now_ms >= 20 * HOUR * 1000 && f.fake.now_ms < 20 * HOUR * 1000 + 3 * STEP_MS);
}

/* Not this wish but others stay bound by --max-wait. */
static void test_others_do_not_wait(void)
{
    struct fixture f;
    begin(&f, true);
    struct error err = {0};
    error_set(&err, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, "imap.example.com: slow down");
    err.wait_ms = 20 * HOUR * 1000;
    CHECK(!patience_again(&f.patience, &err));
    CHECK(strstr(err.text, "slow down; the wait is longer than this run may make: run the same command again "
                           "after 72000 s, until 2024-10-05 ") != NULL);
}

/* LOGIN-DELAY counts from where the sign-in really began. */
static void test_login_began(void)
{
    struct fixture f;
    struct error err = {0};
    begin(&f, false);
    f.fake.step_ms = 60000;
    CHECK_INT(patience_login(&f.patience, "pop.example.jp", &err), 0);
    f.fake.mono_ms += 300000; /* waited elsewhere */
    int64_t began_ms = f.fake.mono_ms;
    patience_login_began(&f.patience, began_ms);
    patience_login_began(&f.patience, 0); /* one that was not let sign in */
    patience_opened(&f.patience, 600);
    CHECK_INT(patience_login(&f.patience, "pop.example.jp", &err), 0);
    CHECK(f.fake.mono_ms >= began_ms + 600000 && f.fake.mono_ms < began_ms + 960000);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"capped: stops, with the time", test_capped_stops},
        {"capped: waits when asked to", test_capped_waits},
        {"capped: a short wait", test_capped_short},
        {"capped: the user's stop", test_capped_stop},
        {"capped: asleep", test_asleep},
        {"other waits", test_others_do_not_wait},
        {"sign-in after another wait", test_login_began},
    };
    return check_main("patience", tests, sizeof tests / sizeof *tests);
}
