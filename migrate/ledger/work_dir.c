#include "work_dir.h"

#include "mem.h"
#include "own.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *path, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot %s the work folder %s: %s; choose a folder of your own with --work-dir", what, path,
        strerror(errno));
}

static int make_parents(char *path, struct error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int rc = mkdir(path, 0700);
        int e = errno;
        *slash = '/';
        if (rc < 0 && e != EEXIST) {
            errno = e;
            return failed(path, "make", err);
        }
    }
    return 0;
}

int work_dir_check(const char *path, struct error *err)
{
    static const char middle[] = "/" WORK_DIR_ACCOUNTS "/";
    const char *inner = strstr(path, middle);
    for (const char *next = inner; next; next = strstr(next + 1, middle))
        inner = next;
    bool below = inner && !strchr(inner + sizeof middle - 1, '/');
    if (!below)
        return own_folder(path, false, err);
    char *accounts CLEANUP(mem_free_str) = mem_strndup(path, (size_t)(inner - path) + sizeof middle - 2);
    return own_folder(accounts, true, err) < 0 ? -1 : own_folder(path, true, err);
}

int work_dir_make(const char *path, struct error *err)
{
    struct stat st;
    if (!*path)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--work-dir: the name of the work folder is empty");
    bool there = stat(path, &st) == 0;
    if (there && !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return failed(path, "use", err);
    }
    if (work_dir_check(path, err) < 0)
        return -1;
    if (!there) {
        char *copy CLEANUP(mem_free_str) = mem_strdup(path);
        if (make_parents(copy, err) < 0)
            return -1;
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            return failed(path, "make", err);
    }
    return access(path, R_OK | W_OK | X_OK) < 0 ? failed(path, "write to", err) : 0;
}

int work_dir_lock(const char *path, struct error *err)
{
    char *name CLEANUP(mem_free_str) = mem_printf("%s/lock", path);
    if (own_file(name, err) < 0)
        return -1;
    int fd = own_open(name, O_RDWR | O_CREAT);
    if (fd < 0)
        return failed(path, "write to", err);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    int e = errno;
    close(fd);
    errno = e;
    if (e != EWOULDBLOCK)
        return failed(path, "lock", err);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_LOCKED,
        "another popferry is at work in the work folder %s; wait until it has ended, or choose another "
        "--work-dir for another customer",
        path);
}
