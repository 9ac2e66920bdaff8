/* spool.h: a body that moves from memory to a file on its way, and is the same wherever it is. */
#include "check.h"
#include "spool.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static void make_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/popferry-spool-XXXXXX");
    CHECK(mkdtemp(dir) != NULL);
}

/* Only an empty folder can be removed: no file stayed behind. */
static void remove_dir(void)
{
    CHECK_INT(rmdir(dir), 0);
}

static char octet(uint64_t at)
{
    return (char)(at * 31 + (at >> 8));
}

static bool is_piece(const char *data, uint64_t from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] != octet(from + i))
            return false;
    return true;
}

static int write_pattern(struct spool *sp, size_t total, size_t piece, struct error *err)
{
    char data[4096];
    for (size_t at = 0; at < total;) {
        size_t n = total - at < piece ? total - at : piece;
        for (size_t i = 0; i < n; i++)
            data[i] = octet(at + i);
        if (spool_write(sp, data, n, err) < 0)
            return -1;
        at += n;
    }
    return 0;
}

/* Every offset and length, also beyond the end. */
static void check_reads(struct spool *sp, size_t total)
{
    char data[256];
    struct error err = {0};
    CHECK_INT(spool_octets(sp), total);
    for (size_t at = 0; at <= total + 2; at++)
        for (size_t len = 0; len <= total + 2; len++) {
            size_t left = at < total ? total - at : 0, want = len < left ? len : left;
            ssize_t n = spool_read(sp, at, data, len, &err);
            if (n != (ssize_t)want || !is_piece(data, at, want)) {
                CHECK_INT(n, want);
                CHECK(is_piece(data, at, want));
                return;
            }
        }
}

static void test_around_the_limit(void)
{
    make_dir();
    for (size_t limit = 0; limit <= 12; limit += 4)
        for (size_t total = 0; total <= 24; total++)
            for (size_t piece = 1; piece <= 9; piece += 2) {
                struct spool *sp = spool_new(dir, limit);
                struct error err = {0};
                CHECK_LABEL("limit %zu total %zu piece %zu", limit, total, piece);
                CHECK_INT(write_pattern(sp, total, piece, &err), 0);
                CHECK_INT(spool_memory_octets(sp), total <= limit ? total : 0);
                check_reads(sp, total);
                spool_free(sp);
            }
    spool_free(NULL);
    remove_dir();
}

/* What is written can be read at once, before and after the move. */
static void test_read_while_writing(void)
{
    make_dir();
    struct spool *sp = spool_new(dir, 10);
    for (size_t at = 0; at < 60; at++) {
        struct error err = {0};
        char c = octet(at), back[64];
        CHECK_INT(spool_write(sp, &c, 1, &err), 0);
        CHECK_INT(spool_read(sp, 0, back, sizeof back, &err), at + 1);
        CHECK(is_piece(back, 0, at + 1));
    }
    CHECK_INT(spool_write(sp, "", 0, NULL), 0);
    CHECK_INT(spool_octets(sp), 60);
    spool_free(sp);
    remove_dir();
}

static void test_large(void)
{
    make_dir();
    static char back[70000];
    const size_t total = 5 * 1024 * 1024 + 17;
    struct spool *sp = spool_new(dir, 1024 * 1024);
    struct error err = {0};
    CHECK_INT(write_pattern(sp, total, 4096, &err), 0);
    CHECK_INT(spool_octets(sp), total);
    CHECK_INT(spool_memory_octets(sp), 0);
    uint64_t at = 0;
    ssize_t n;
    while ((n = spool_read(sp, at, back, sizeof back, &err)) > 0) {
        CHECK(is_piece(back, at, (size_t)n));
        at += (uint64_t)n;
    }
    CHECK_INT(n, 0);
    CHECK_INT(at, total);
    CHECK_INT(spool_read(sp, total - 1, back, sizeof back, &err), 1);
    CHECK_INT(spool_read(sp, UINT64_MAX, back, sizeof back, &err), 0);
    spool_free(sp);
    remove_dir();
}

/* The file is unlinked as soon as it is made. */
static void test_nothing_to_find(void)
{
    make_dir();
    struct spool *sp = spool_new(dir, 0);
    struct error err = {0};
    CHECK_INT(spool_write(sp, "mail", 4, &err), 0);
    CHECK_INT(spool_memory_octets(sp), 0);
    remove_dir(); /* while the spool is still open */
    char back[8];
    CHECK_INT(spool_read(sp, 0, back, sizeof back, &err), 4);
    spool_free(sp);
}

static void check_disk_error(const struct error *err, const char *named)
{
    CHECK_INT(err->code, ERROR_DISK);
    CHECK_INT(err->scope, ERROR_SCOPE_RUN);
    CHECK_INT(err->retry, ERROR_RETRY_NEVER);
    CHECK(strstr(err->text, named) != NULL);
}

static void test_no_folder(void)
{
    make_dir();
    char missing[80];
    snprintf(missing, sizeof missing, "%s/not-there", dir);
    struct spool *sp = spool_new(missing, 3);
    struct error err = {0};
    char back[8];
    CHECK_INT(spool_write(sp, "abc", 3, &err), 0); /* in memory: the folder is not looked at */
    CHECK_INT(spool_write(sp, "d", 1, &err), -1);
    check_disk_error(&err, missing);
    CHECK_INT(spool_octets(sp), 3);
    CHECK_INT(spool_read(sp, 0, back, sizeof back, NULL), 3);
    CHECK_INT(spool_write(sp, "d", 1, NULL), -1);
    spool_free(sp);
    remove_dir();
}

/* In a child, whose files may not grow beyond 4096 octets: as good as a full disk. */
static int write_beyond(void)
{
    const struct rlimit limit = {4096, 4096};
    struct error err = {0};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 9;
    struct spool *sp = spool_new(dir, 100);
    int rc = write_pattern(sp, 5000, 50, &err);
    bool ok = rc == -1 && err.code == ERROR_DISK && err.scope == ERROR_SCOPE_RUN && strstr(err.text, dir);
    ok = ok && spool_octets(sp) <= 4096;
    spool_free(sp);
    return ok ? 0 : 1;
}

/* The same without the right to write there; root has it everywhere, and gives it up first. */
static int write_unwritable(void)
{
    struct error err = {0};
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 9;
    struct spool *sp = spool_new(dir, 0);
    int rc = spool_write(sp, "x", 1, &err);
    bool ok = rc == -1 && err.code == ERROR_DISK && strstr(err.text, dir) && spool_octets(sp) == 0;
    spool_free(sp);
    return ok ? 0 : 1;
}

static int in_child(int (*fn)(void))
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(fn());
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_cannot_write(void)
{
    make_dir();
    CHECK_INT(in_child(write_beyond), 0);
    CHECK_INT(chmod(dir, 0500), 0);
    CHECK_INT(in_child(write_unwritable), 0);
    CHECK_INT(chmod(dir, 0700), 0);
    remove_dir();
}

int main(void)
{
    static const struct check_test tests[] = {
        {"around the limit", test_around_the_limit},
        {"read while writing", test_read_while_writing},
        {"large", test_large},
        {"nothing to find", test_nothing_to_find},
        {"no folder", test_no_folder},
        {"cannot write", test_cannot_write},
    };
    return check_main("spool", tests, sizeof tests / sizeof *tests);
}
