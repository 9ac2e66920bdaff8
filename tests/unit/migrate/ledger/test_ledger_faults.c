/* ledger.h on files that are not a ledger, and on disks that are full. */
#include "fixture.h"
#include "ledger_schema.h"
#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files that are no ledger of ours ---- */
static void check_refused(const char *dir, enum ledger_mode mode, enum error_code code, const char *says)
{
    struct error err = {0};
    struct ledger *l = ledger_open(dir, mode, &err);
    CHECK(l == NULL);
    CHECK_INT(err.code, code);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    CHECK(strstr(err.text, dir) != NULL);
    CHECK(strstr(err.text, says) != NULL);
    ledger_close(l);
}

/* Write len octets of noise at an offset of the ledger. */
static void scribble(const char *dir, off_t at, size_t len)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    char *noise CLEANUP(mem_free_str) = mem_alloc(len);
    uint32_t rnd = 12345;
    for (size_t i = 0; i < len; i++) {
        rnd = rnd * 1664525u + 1013904223u;
        noise[i] = (char)(rnd >> 24);
    }
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    CHECK(fd >= 0);
    CHECK_INT(pwrite(fd, noise, len, at), len);
    close(fd);
}

static void test_noise(void)
{
    static const size_t lengths[] = {100, 511, 512, 4096, 20000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char dir[TEMP_DIR_MAX];
        temp_dir_make(dir);
        CHECK_LABEL("%zu octets", lengths[i]);
        scribble(dir, 0, lengths[i]);
        check_refused(dir, LEDGER_WRITE, ERROR_LEDGER, "another --work-dir");
        check_refused(dir, LEDGER_READ, ERROR_LEDGER, "another --work-dir");
        temp_dir_remove(dir);
    }
}

static bool any_row(void *ctx, const struct ledger_message *m)
{
    (void)m;
    ++*(unsigned *)ctx;
    return true;
}

/* The first page is whole, and what follows is noise: found out when it is read, never taken for mail. */
static void test_noise_inside(void)
{
    struct fixture f;
    char key[16];
    unsigned rows = 0;
    struct error err = {0};
    fixture_begin(&f);
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        fixture_put(&f, key, LEDGER_INTENT, NULL);
    }
    ledger_close(f.ledger);
    struct stat st;
    CHECK_INT(stat(fixture_path(&f, "ledger.sqlite"), &st), 0);
    CHECK(st.st_size > 20000);
    scribble(f.dir, 4096, (size_t)st.st_size - 4096);
    f.ledger = ledger_open(f.dir, LEDGER_WRITE, &err);
    if (f.ledger) {
        CHECK_INT(ledger_each_of_job(f.ledger, f.job, LEDGER_INTENT, any_row, &rows, &err), -1);
        CHECK_INT(rows, 0);
    }
    CHECK_INT(err.code, ERROR_LEDGER);
    CHECK(strstr(err.text, f.dir) != NULL);
    fixture_end(&f);
}

static void set_version(const char *dir, int version)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    char *sql CLEANUP(mem_free_str) = mem_printf("PRAGMA user_version=%d", version);
    sqlite3 *db = NULL;
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_version(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_put(&f, "a", LEDGER_DONE, NULL);
    ledger_close(f.ledger);
    f.ledger = NULL;
    set_version(f.dir, 99);
    check_refused(f.dir, LEDGER_WRITE, ERROR_LEDGER, "version 99");
    check_refused(f.dir, LEDGER_READ, ERROR_LEDGER, "version 99");
    set_version(f.dir, LEDGER_VERSION);
    fixture_reopen(&f); /* and it is as it was */
    CHECK_INT(fixture_state(f.ledger, f.job, "a"), LEDGER_DONE);
    fixture_end(&f);
}

static void test_no_folder(void)
{
    char root[TEMP_DIR_MAX];
    temp_dir_make(root);
    char *file CLEANUP(mem_free_str) = mem_printf("%s/file", root);
    int fd = open(file, O_CREAT | O_WRONLY, 0600);
    CHECK(fd >= 0);
    close(fd);
    check_refused(file, LEDGER_WRITE, ERROR_DISK, "--work-dir");
    temp_dir_remove(root);
}

/* ---- no room ---- */
/* Intents until one fails; how many were said to be durable, or -1 if it failed in another way than it
 * should.
 */
static int fill(struct ledger *l, int64_t job)
{
    struct error err = {0};
    for (int n = 0; n < 100000; n++) {
        char key[64], subject[1024];
        snprintf(key, sizeof key, "%d", n);
        memset(subject, 's', sizeof subject - 1);
        subject[sizeof subject - 1] = '\0';
        struct ledger_message m = {.key = key, .octets_claimed = 1, .reason = subject}, *batch[] = {&m};
        if (ledger_intend(l, job, batch, 1, &err) < 0)
            return err.code == ERROR_DISK && err.scope == ERROR_SCOPE_RUN && *err.text ? n : -1;
    }
    return -1;
}

static bool all_there(const char *dir, int count)
{
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    int64_t job = l ? ledger_job(l, "a", "b", "c", NULL) : -1;
    unsigned rows = 0;
    bool ok = job > 0 && ledger_each_of_job(l, job, LEDGER_INTENT, any_row, &rows, NULL) == 0;
    for (int i = 0; i < count && ok; i++) {
        char key[64];
        snprintf(key, sizeof key, "%d", i);
        ok = fixture_state(l, job, key) == LEDGER_INTENT;
    }
    /* The one that failed may be there or not: its failure was told. */
    ok = ok && (rows == (unsigned)count || rows == (unsigned)count + 1);
    ledger_close(l);
    return ok;
}

static int run_full(const char *dir)
{
    struct error err = {0};
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, &err);
    int64_t job = l ? ledger_job(l, "a", "b", "c", &err) : -1;
    if (job < 0 || ledger_commit(l, &err) < 0)
        return -1;
    int count = fill(l, job);
    ledger_close(l);
    return count;
}

/* Files that may not grow beyond a limit: SQLite's writes fail as on a full disk. */
static int in_small_files(const char *dir)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 2;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 480 * 1024;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 2;
    int count = run_full(dir);
    limit.rlim_cur = before;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 2;
    if (count < 10)
        return 3;
    return all_there(dir, count) ? 0 : 4;
}

/* A real file system of 1 MiB, in a mount namespace of this child's own. */
static int on_small_disk(const char *dir)
{
    int flags = CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0);
    if (unshare(flags) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=700") < 0)
        return 77;
    int count = run_full(dir);
    if (count < 10)
        return 3;
    if (mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=16m,mode=700") < 0)
        return 2;
    return all_there(dir, count) ? 0 : 4;
}

static void test_small_files(void)
{
    char dir[TEMP_DIR_MAX];
    temp_dir_make(dir);
    CHECK_INT(temp_dir_child(in_small_files, dir), 0);
    temp_dir_remove(dir);
}

static void test_small_disk(void)
{
    char dir[TEMP_DIR_MAX];
    temp_dir_make(dir);
    int rc = temp_dir_child(on_small_disk, dir);
    if (rc == 77)
        fprintf(stderr, "SKIPPED: a disk that is full (no file system may be mounted here)\n");
    else
        CHECK_INT(rc, 0);
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"noise", test_noise},
        {"noise inside", test_noise_inside},
        {"another version", test_version},
        {"no folder", test_no_folder},
        {"files that cannot grow", test_small_files},
        {"a disk that is full", test_small_disk},
    };
    return check_main("ledger faults", tests, sizeof tests / sizeof *tests);
}
