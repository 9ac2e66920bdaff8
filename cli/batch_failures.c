#include "batch_failures.h"

#include "batch_report.h"
#include "mem.h"
#include "sha256.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_MAX 1000 /* edited ones in one folder */

bool batch_failures_is_list(const char *path, const char *list_path)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(list_path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int disk_error(const char *path, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot write %s: %s; see that this folder can be written to and has room, and run again", path,
        strerror(errno));
}

/* "DIR/failures.csv": "DIR/.failures.csv.mark" */
static char *mark_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    int dir = slash ? (int)(slash + 1 - path) : 0;
    return mem_printf("%.*s.%s.mark", dir, path, path + dir);
}

/* Of the file as it is now; false: there is none. */
static bool read_mark(const char *path, char ret[SHA256_HEX])
{
    uint8_t digest[SHA256_OCTETS];
    char block[16384];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    struct sha256 *h = sha256_new();
    while ((n = read(fd, block, sizeof block)) > 0)
        sha256_update(h, block, (size_t)n);
    sha256_final(h, digest);
    sha256_free(h);
    sha256_hex(digest, ret);
    explicit_bzero(block, sizeof block); /* rows have passwords */
    close(fd);
    return true;
}

/* Is it as popferry wrote it? */
static bool is_untouched(const char *path, const char *now)
{
    char was[SHA256_HEX] = "";
    char *mark CLEANUP(mem_free_str) = mark_path(path);
    int fd = open(mark, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? 0 : read(fd, was, sizeof was - 1);
    if (fd >= 0)
        close(fd);
    return n > 0 && !strcmp(was, now);
}

/* "DIR/failures-edited-1.csv" and on; never upon another. */
static int keep(const char *path, char **ret, struct error *err)
{
    size_t stem = strlen(path) - strlen(".csv");
    for (int i = 1; i <= KEPT_MAX; i++) {
        char *to CLEANUP(mem_free_str) = mem_printf("%.*s-edited-%d.csv", (int)stem, path, i);
        if (link(path, to) < 0 && errno == EEXIST)
            continue;
        if (access(to, F_OK) < 0 || unlink(path) < 0)
            return disk_error(to, err);
        *ret = TAKE(to);
        return 0;
    }
    errno = EEXIST;
    return disk_error(path, err);
}

static int write_mark(const char *path, struct error *err)
{
    char now[SHA256_HEX];
    char *mark CLEANUP(mem_free_str) = mark_path(path);
    if (unlink(mark) < 0 && errno != ENOENT)
        return disk_error(mark, err);
    if (!read_mark(path, now))
        return 0;
    int fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    ssize_t n = fd < 0 ? -1 : write(fd, now, strlen(now));
    if (fd >= 0 && close(fd) < 0)
        n = -1;
    return n == (ssize_t)strlen(now) ? 0 : disk_error(mark, err);
}

int batch_failures_write(const char *path, const struct account_list *list,
    const struct batch_account *accounts, const size_t *row, size_t count, char **ret_kept, struct error *err)
{
    char now[SHA256_HEX];
    char *kept CLEANUP(mem_free_str) = NULL;
    if (read_mark(path, now) && !is_untouched(path, now) && keep(path, &kept, err) < 0)
        return -1;
    *ret_kept = TAKE(kept);
    if (batch_report_failures(path, list, accounts, row, count, err) < 0)
        return -1;
    return write_mark(path, err);
}
