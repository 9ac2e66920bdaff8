/* ledger.h after kill -9: intents are there, what was lazy may be gone, nothing is torn. */
#include "fixture.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCHES 5

/* A child that does its work, says so, and waits to be killed. */
static void killed(void (*work)(const char *dir), const char *dir)
{
    int ends[2];
    char c;
    CHECK_INT(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        work(dir);
        if (write(ends[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    CHECK_INT(read(ends[0], &c, 1), 1);
    close(ends[0]);
    int status;
    CHECK(pid > 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static struct ledger *open_job(const char *dir, int64_t *ret_job)
{
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    *ret_job = l ? ledger_job(l, "taro@pop.example.jp", "taro@imap.example.com", "INBOX", NULL) : -1;
    if (*ret_job < 0)
        _exit(1);
    return l;
}

static void put_lazily(struct ledger *l, int64_t job, const char *key)
{
    struct ledger_message m = {.key = key, .state = LEDGER_PRESENT};
    if (ledger_put(l, job, &m, NULL) < 0)
        _exit(1);
}

static void intend(struct ledger *l, int64_t job, int first, int count, int64_t *ret_ids)
{
    struct ledger_message rows[8], *batch[8];
    char keys[8][16];
    for (int i = 0; i < count; i++) {
        snprintf(keys[i], sizeof keys[i], "%d", first + i);
        rows[i] = (struct ledger_message){
            .key = keys[i], .octets_claimed = 10, .floor_uidvalidity = 7, .floor_uid = 3};
        batch[i] = &rows[i];
    }
    if (ledger_intend(l, job, batch, (size_t)count, NULL) < 0)
        _exit(1);
    for (int i = 0; i < count; i++)
        ret_ids[i] = rows[i].id;
}

static void intend_then_lazy(const char *dir)
{
    int64_t job, ids[8];
    struct ledger *l = open_job(dir, &job);
    put_lazily(l, job, "lazy before");
    intend(l, job, 0, 3, ids);
    put_lazily(l, job, "lazy after");
    if (ledger_done(l, ids[0], 7, 3, NULL) < 0 || ledger_withdraw(l, ids[1], NULL) < 0)
        _exit(1);
}

static void test_intents_stay(void)
{
    struct fixture f = {0};
    struct ledger_message m;
    temp_dir_make(f.dir);
    killed(intend_then_lazy, f.dir);
    fixture_reopen(&f); /* the lock went with the process */
    CHECK_INT(fixture_state(f.ledger, f.job, "lazy before"), LEDGER_PRESENT);
    CHECK_INT(fixture_state(f.ledger, f.job, "0"), LEDGER_INTENT);
    CHECK_INT(fixture_state(f.ledger, f.job, "1"), LEDGER_INTENT);
    CHECK_INT(fixture_state(f.ledger, f.job, "2"), LEDGER_INTENT);
    CHECK_INT(fixture_state(f.ledger, f.job, "lazy after"), -1);
    CHECK_INT(ledger_find_key(f.ledger, f.job, "2", &m, NULL), 1);
    CHECK_INT(m.floor_uidvalidity, 7);
    CHECK_INT(m.floor_uid, 3);
    fixture_end(&f);
}

/* Each intent carries with it what was lazy before. */
static void many_batches(const char *dir)
{
    int64_t job, ids[8];
    struct ledger *l = open_job(dir, &job);
    for (int i = 0; i < BATCHES; i++) {
        intend(l, job, i * 4, 4, ids);
        for (int k = 0; k < 4; k++)
            if (ledger_done(l, ids[k], 7, (uint32_t)(i * 4 + k + 1), NULL) < 0)
                _exit(1);
    }
}

static void test_batches(void)
{
    struct fixture f = {0};
    temp_dir_make(f.dir);
    killed(many_batches, f.dir);
    fixture_reopen(&f);
    for (int i = 0; i < BATCHES * 4; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        CHECK_LABEL("%s", key);
        CHECK_INT(fixture_state(f.ledger, f.job, key), i < (BATCHES - 1) * 4 ? LEDGER_DONE : LEDGER_INTENT);
    }
    fixture_end(&f);
}

static void begin_run(const char *dir)
{
    int64_t job;
    struct ledger *l = open_job(dir, &job);
    if (ledger_run_begin(l, job, "migrate", 1000, NULL) < 0)
        _exit(1);
    put_lazily(l, job, "lazy");
}

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct ledger_job_row *ret = ctx;
    *ret = *row;
    return true;
}

/* A run that did not end shows as one. */
static void test_run(void)
{
    struct fixture f = {0};
    struct ledger_job_row row = {0};
    temp_dir_make(f.dir);
    killed(begin_run, f.dir);
    struct ledger *reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    CHECK_INT(ledger_each_job(reader, on_job, &row, NULL), 0);
    CHECK_INT(row.run_started_s, 1000);
    CHECK_INT(row.run_ended_s, 0);
    CHECK_INT(row.count[LEDGER_PRESENT], 0);
    ledger_close(reader);
    temp_dir_remove(f.dir);
}

static void create(const char *dir)
{
    if (!ledger_open(dir, LEDGER_WRITE, NULL))
        _exit(1);
}

/* Killed as soon as it is made: a ledger without jobs. */
static void test_new(void)
{
    struct fixture f = {0};
    struct ledger_job_row row = {0};
    temp_dir_make(f.dir);
    killed(create, f.dir);
    struct ledger *reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    CHECK_INT(ledger_each_job(reader, on_job, &row, NULL), 0);
    CHECK_INT(row.id, 0);
    ledger_close(reader);
    fixture_reopen(&f);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"intents stay", test_intents_stay},
        {"batches", test_batches},
        {"run", test_run},
        {"new", test_new},
    };
    return check_main("ledger crash", tests, sizeof tests / sizeof *tests);
}
