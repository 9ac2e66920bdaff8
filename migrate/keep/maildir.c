#include "maildir.h"

#include "crash.h"
#include "disk.h"
#include "mem.h"
#include "text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64 * 1024)

int maildir_make(const char *dir, struct error *err)
{
    static const char *const subs[] = {"cur", "new", "tmp"};
    if (disk_make_folder(dir, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++)
        if (disk_make_inner(dir, subs[i], err) < 0)
            return -1;
    return 0;
}

static int copy(struct spool *spool, int fd, const char *path, struct error *err)
{
    char piece[PIECE];
    for (uint64_t at = 0;;) {
        ssize_t n = spool_read(spool, at, piece, sizeof piece, err);
        if (n < 0)
            return -1;
        if (n == 0)
            return 0;
        if (disk_write(fd, piece, (size_t)n, path, err) < 0)
            return -1;
        at += (uint64_t)n;
    }
}

/* The file's time is a help for people, no promise: a file system that cannot keep this one may keep another.
 */
static void set_time(int fd, int64_t date_s)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = date_s}};
    if (date_s != MAILDIR_NO_DATE)
        futimens(fd, times);
}

static int fill(int fd, const char *path, struct spool *spool, int64_t date_s, struct error *err)
{
    int rc = copy(spool, fd, path, err);
    set_time(fd, date_s);
    if (close(fd) < 0 && rc == 0) /* a network file system may only say here that there is no room */
        rc = disk_error("write", path, err);
    return rc;
}

int maildir_write(const char *dir, const char *name, struct spool *spool, int64_t date_s, struct error *err)
{
    if (!*name || *name == '.' || strchr(name, '/'))
        return error_unhandled(err, "a file name that a Maildir cannot have");
    char *path CLEANUP(mem_free_str) = mem_printf("%s/tmp/%s", dir, name);
    if (unlink(path) < 0 && errno != ENOENT) /* left by a run that was killed */
        return disk_error("replace", path, err);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_error("make", path, err);
    crash_point("maildir-made");
    if (fill(fd, path, spool, date_s, err) < 0) {
        unlink(path);
        return -1;
    }
    crash_point("maildir-written");
    return 0;
}

static int sync_file(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return disk_error("open", path, err);
    int rc = disk_sync(fd, path, err);
    close(fd);
    return rc;
}

/* No file in tmp/ and one at its place: placed by an earlier call. */
static int place_one(const char *from, const char *to, struct error *err)
{
    if (access(from, F_OK) < 0 && errno == ENOENT && access(to, F_OK) == 0)
        return 0;
    if (sync_file(from, err) < 0)
        return -1;
    return rename(from, to) < 0 ? disk_error("rename to", to, err) : 0;
}

int maildir_place(const char *dir, const char *subdir, char *const *names, size_t count, struct error *err)
{
    if (!count)
        return 0;
    for (size_t i = 0; i < count; i++) {
        char *from CLEANUP(mem_free_str) = mem_printf("%s/tmp/%s", dir, names[i]);
        char *to CLEANUP(mem_free_str) = mem_printf("%s/%s/%s", dir, subdir, names[i]);
        if (place_one(from, to, err) < 0)
            return -1;
        crash_point("maildir-renamed");
    }
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/%s", dir, subdir);
    if (disk_sync_folder(folder, err) < 0)
        return -1;
    crash_point("maildir-placed");
    return 0;
}

int maildir_deliver(const char *dir, const char *subdir, const char *name, struct spool *spool,
    int64_t date_s, struct error *err)
{
    char *copy_of_name CLEANUP(mem_free_str) = mem_strdup(name);
    if (maildir_write(dir, name, spool, date_s, err) < 0)
        return -1;
    if (maildir_place(dir, subdir, &copy_of_name, 1, err) == 0)
        return 0;
    char *left CLEANUP(mem_free_str) = mem_printf("%s/tmp/%s", dir, name);
    unlink(left);
    return -1;
}

int maildir_clean(const char *dir, const char *suffix, struct error *err)
{
    char *tmp CLEANUP(mem_free_str) = mem_printf("%s/tmp", dir);
    DIR *d = opendir(tmp);
    if (!d)
        return disk_error("read", tmp, err);
    int rc = 0;
    for (struct dirent *e; rc == 0 && (e = readdir(d));)
        if (*e->d_name != '.' && text_has_suffix(e->d_name, suffix) && unlinkat(dirfd(d), e->d_name, 0) < 0)
            rc = disk_error("empty", tmp, err);
    closedir(d);
    return rc;
}
