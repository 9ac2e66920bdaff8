#include "disk.h"

#include "mem.h"
#include "own.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *next_step(int no)
{
    switch (no) {
    case ENOSPC:
    case EDQUOT:
        return "free some space there and run again";
    case EACCES:
    case EPERM:
    case EROFS:
        return "choose a folder that this user may write to";
    case ENOENT:
    case ENOTDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
        return "choose another folder";
    default:
        return "check the disk and run again";
    }
}

int disk_error(const char *doing, const char *path, struct error *err)
{
    int no = errno;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "cannot %s %s: %s; %s", doing, path,
        strerror(no), next_step(no));
}

int disk_sync(int fd, const char *path, struct error *err)
{
    return fsync(fd) < 0 ? disk_error("write", path, err) : 0;
}

/* Some file systems of other makers cannot sync a folder, and say so; theirs are as durable as they can be.
 */
int disk_sync_folder(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return disk_error("open", path, err);
    int rc = fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP ? disk_error("write", path, err) : 0;
    close(fd);
    return rc;
}

int disk_sync_parent(const char *path, struct error *err)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len && path[len - 1] != '/')
        len--;
    char *parent CLEANUP(mem_free_str) = len ? mem_strndup(path, len) : mem_strdup(".");
    return disk_sync_folder(parent, err);
}

static int make_one(const char *path, struct error *err)
{
    struct stat st;
    if (mkdir(path, 0700) == 0)
        return disk_sync_parent(path, err);
    int no = errno;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return 0;
        no = ENOTDIR;
    }
    errno = no;
    return disk_error("make the folder", path, err);
}

int disk_make_folder(const char *path, struct error *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return own_folder(path, false, err);
    char *copy CLEANUP(mem_free_str) = mem_strdup(path);
    for (char *slash = strchr(copy + (*copy == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_one(copy, err) < 0)
            return -1;
        *slash = '/';
    }
    return make_one(path, err) < 0 ? -1 : own_folder(path, false, err);
}

int disk_make_inner(const char *folder, const char *below, struct error *err)
{
    for (size_t len = strcspn(below, "/");; len += 1 + strcspn(below + len + 1, "/")) {
        char *path CLEANUP(mem_free_str) = mem_printf("%s/%.*s", folder, (int)len, below);
        if (own_folder(path, true, err) < 0 || make_one(path, err) < 0)
            return -1;
        if (!below[len])
            return 0;
    }
}

int disk_write(int fd, const void *data, size_t len, const char *path, struct error *err)
{
    const char *p = data;
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_error("write", path, err);
        p += n;
        len -= (size_t)n;
    }
    return 0;
}
