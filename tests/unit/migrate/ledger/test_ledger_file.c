/* Ledgers that a stranger made, that are damaged inside, and that may not be written. */
#include "fixture.h"
#include "mem.h"
#include "work_dir.h"
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void run_sql(const char *dir, const char *sql)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    sqlite3 *db = NULL;
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* ---- a copy ---- */
static off_t size_of(const char *dir)
{
    struct stat st;
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static void test_scratch(void)
{
    struct fixture f;
    struct error err = {0};
    fixture_begin(&f);
    fixture_put(&f, "a", LEDGER_OPEN, NULL);
    ledger_close(f.ledger);
    f.ledger = NULL;
    off_t before = size_of(f.dir);
    CHECK_LABEL("it has what the ledger has, and keeps its own");
    struct ledger *copy = ledger_open(f.dir, LEDGER_SCRATCH, &err), *other;
    CHECK(copy != NULL);
    int64_t first = ledger_job(copy, "new", "job", "INBOX", &err);
    CHECK(first > 1); /* the fixture's job is there, too */
    CHECK_INT(ledger_commit(copy, &err), 0);
    CHECK_INT(ledger_job(copy, "new", "job", "INBOX", &err), first);
    other = ledger_open(f.dir, LEDGER_WRITE, &err); /* which it does not lock */
    CHECK(other != NULL);
    ledger_close(other);
    ledger_close(copy);
    CHECK_INT(size_of(f.dir), before);
    CHECK_LABEL("where there is none");
    char *none CLEANUP(mem_free_str) = mem_printf("%s/none", f.dir);
    copy = ledger_open(none, LEDGER_SCRATCH, &err);
    CHECK(copy != NULL);
    CHECK(ledger_job(copy, "new", "job", "INBOX", &err) > 0);
    ledger_close(copy);
    CHECK(access(none, F_OK) < 0);
    fixture_end(&f);
}

/* ---- made by a stranger ---- */
static const char *const foreign[] = {
    "CREATE TRIGGER evil AFTER INSERT ON message BEGIN UPDATE message SET state = 1; DELETE FROM run; END",
    "CREATE TRIGGER evil AFTER UPDATE ON message BEGIN UPDATE message SET quarantine = '../../../etc/passwd'; END",
    "CREATE VIEW evil AS SELECT * FROM message",
    "ALTER TABLE message RENAME TO kept; CREATE VIEW message AS SELECT *, load_extension('/tmp/x') FROM kept",
    "ALTER TABLE job RENAME TO kept; CREATE VIEW job AS SELECT * FROM kept",
    "CREATE VIRTUAL TABLE evil USING fts4(x)",
};

static void check_refused(const char *dir, enum ledger_mode mode)
{
    struct error err = {0};
    struct ledger *l = ledger_open(dir, mode, &err);
    CHECK(l == NULL);
    CHECK_INT(err.code, ERROR_LEDGER);
    CHECK(strstr(err.text, dir) && strstr(err.text, "--work-dir") &&
          strstr(err.text, "no popferry puts there"));
    ledger_close(l);
}

static void test_foreign(void)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        struct fixture f;
        struct error err = {0};
        fixture_begin(&f);
        fixture_put(&f, "a", LEDGER_OPEN, NULL);
        ledger_close(f.ledger);
        f.ledger = NULL;
        run_sql(f.dir, foreign[i]);
        CHECK_LABEL("%s", foreign[i]);
        check_refused(f.dir, LEDGER_READ);
        check_refused(f.dir, LEDGER_WRITE);
        CHECK(work_dir_of_job(f.dir, true, "a", "b", "c", &err) == NULL);
        CHECK_INT(err.code, ERROR_LEDGER);
        fixture_end(&f);
    }
}

/* What begins as a trigger of a table of ours while the ledger is open does nothing either. */
static void test_no_trigger_runs(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_put(&f, "a", LEDGER_OPEN, NULL);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    run_sql(f.dir, "CREATE TRIGGER evil AFTER INSERT ON message BEGIN DELETE FROM message; END");
    fixture_put(&f, "b", LEDGER_OPEN, NULL);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    CHECK_INT(fixture_state(f.ledger, f.job, "a"), LEDGER_OPEN);
    CHECK_INT(fixture_state(f.ledger, f.job, "b"), LEDGER_OPEN);
    fixture_end(&f);
}

/* ---- damaged ---- */
static void fill(struct fixture *f, int count)
{
    fixture_begin(f);
    for (int i = 0; i < count; i++) {
        char key[32];
        snprintf(key, sizeof key, "key-%d", i);
        fixture_put(f, key, LEDGER_DONE, NULL);
    }
    CHECK_INT(ledger_commit(f->ledger, NULL), 0);
}

/* Noise in one page after the other: the sum of the rows is found right or not told. */
static void test_damaged(void)
{
    struct fixture f;
    struct stat st;
    fill(&f, 400);
    ledger_close(f.ledger);
    f.ledger = NULL;
    CHECK_INT(stat(fixture_path(&f, "ledger.sqlite"), &st), 0);
    for (off_t at = 4096; at < st.st_size; at += 4096) {
        char page[64], noise[64];
        struct error err = {0};
        FILE *file = fopen(fixture_path(&f, "ledger.sqlite"), "r+");
        memset(noise, 0xa5, sizeof noise);
        CHECK_INT(pread(fileno(file), page, sizeof page, at), sizeof page);
        CHECK_INT(pwrite(fileno(file), noise, sizeof noise, at), sizeof noise);
        CHECK_LABEL("page at %lld", (long long)at);
        struct ledger *l = ledger_open(f.dir, LEDGER_READ, &err);
        if (l) {                                    /* else the page says what its tables are */
            CHECK_INT(ledger_check(l, 1, &err), 0); /* too large to be looked at */
            CHECK_INT(ledger_check(l, 0, &err), -1);
        }
        CHECK_INT(err.code, ERROR_LEDGER);
        CHECK(strstr(err.text, f.dir) != NULL);
        ledger_close(l);
        CHECK_INT(pwrite(fileno(file), page, sizeof page, at), sizeof page);
        fclose(file);
    }
    f.ledger = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK_INT(ledger_check(f.ledger, 0, NULL), 0);
    fixture_end(&f);
}

/* ---- not to be written ---- */
/* As a run leaves it that is killed: the last rows only in the write-ahead log. */
static int write_and_die(const char *dir)
{
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    int64_t job = l ? ledger_job(l, "a", "b", "c", NULL) : -1;
    for (int i = 0; i < 20 && job > 0; i++) {
        char key[32];
        snprintf(key, sizeof key, "late-%d", i);
        struct ledger_message m = {.key = key, .octets_claimed = 1}, *batch[] = {&m};
        if (ledger_intend(l, job, batch, 1, NULL) < 0)
            return 1;
    }
    if (job < 0 || ledger_commit(l, NULL) < 0)
        return 1;
    _exit(0);
}

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    *(uint64_t *)ctx += row->count[LEDGER_INTENT];
    return true;
}

static int read_twenty(const char *dir)
{
    uint64_t rows = 0;
    struct error err = {0};
    struct ledger *l = ledger_open(dir, LEDGER_READ, &err);
    if (!l || ledger_snapshot(l, &err) < 0 || ledger_check(l, 0, &err) < 0 ||
        ledger_each_job(l, on_job, &rows, &err) < 0)
        return fprintf(stderr, "%s\n", err.text), 2;
    if (ledger_job(l, "x", "y", "z", &err) >= 0)
        return 3;
    ledger_close(l);
    return rows == 20 ? 0 : 4;
}

static int as_nobody(const char *dir)
{
    if (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
        return 77;
    return read_twenty(dir);
}

static int on_read_only_disk(const char *dir)
{
    int flags = CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0);
    if (unshare(flags) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(dir, dir, NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
        return 77;
    return read_twenty(dir);
}

static void check_read(int (*how)(const char *dir), const char *dir, const char *what)
{
    int rc = temp_dir_child(how, dir);
    if (rc == 77)
        fprintf(stderr, "SKIPPED: %s\n", what);
    else
        CHECK_INT(rc, 0);
}

static void forbid_writing(const char *dir)
{
    static const char *const names[] = {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", dir, names[i]);
        CHECK(chmod(path, 0444) == 0 || access(path, F_OK) < 0);
    }
    CHECK_INT(chmod(dir, 0555), 0);
}

enum left {
    NOTHING,
    LOG,
    LOG_AND_INDEX,
    LEFT,
};

static void test_read_only(void)
{
    for (enum left left = NOTHING; left < LEFT; left++) {
        char root[TEMP_DIR_MAX];
        temp_dir_make(root);
        char *dir CLEANUP(mem_free_str) =
            mem_printf("%s/100%% of ?a=b#c", root); /* an URI would say otherwise */
        char *log CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite-wal", dir);
        char *index CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite-shm", dir);
        CHECK_LABEL("left %d", (int)left);
        CHECK_INT(temp_dir_child(write_and_die, dir), 0);
        CHECK_INT(access(log, F_OK), 0);
        if (left == NOTHING)
            ledger_close(ledger_open(dir, LEDGER_WRITE, NULL));
        if (left == LOG)
            CHECK_INT(unlink(index), 0);
        check_read(on_read_only_disk, dir, "a read-only disk (nothing may be mounted here)");
        forbid_writing(dir);
        check_read(as_nobody, dir, "a folder that may not be written");
        CHECK_INT(access(log, F_OK), left == NOTHING ? -1 : 0);
        CHECK_INT(access(index, F_OK), left == LOG_AND_INDEX ? 0 : -1);
        CHECK_INT(chmod(dir, 0700), 0);
        temp_dir_remove(root);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"a copy that nobody else sees", test_scratch},
        {"triggers, views and virtual tables", test_foreign},
        {"no trigger runs", test_no_trigger_runs},
        {"damaged inside", test_damaged},
        {"not to be written", test_read_only},
    };
    return check_main("ledger file", tests, sizeof tests / sizeof *tests);
}
