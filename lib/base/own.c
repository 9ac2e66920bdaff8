#include "own.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IWGRP | S_IWOTH)

static int refuse(const char *path, const char *what, const char *next, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "%s %s; %s", path, what, next);
}

static int refuse_owner(const char *path, uid_t uid, struct error *err)
{
    struct passwd entry, *found = NULL;
    char names[2048], what[200];
    if (getpwuid_r(uid, &entry, names, sizeof names, &found) != 0 || !found)
        snprintf(what, sizeof what, "belongs to user %lu and not to you", (unsigned long)uid);
    else
        snprintf(what, sizeof what, "belongs to %.100s and not to you%s", found->pw_name,
            geteuid() ? "" : ", who are root");
    return refuse(path, what,
        "run popferry as that user, choose a folder of your own, or, when all in it is trusted, make it yours by chown -R",
        err);
}

static int unknown(const char *path, struct error *err)
{
    return refuse(path, strerror(errno), "choose another folder", err);
}

/* ---- folders ---- */
/* In a folder where all may write, and that is not like /tmp, another user could put his own in its place. */
static int check_parent(const char *path, struct error *err)
{
    struct stat st;
    char *above CLEANUP(mem_free_str) = mem_printf("%s/..", path);
    if (stat(above, &st) < 0 || !(st.st_mode & S_IWOTH) || st.st_mode & S_ISVTX)
        return 0;
    return refuse(path, "lies in a folder that every user of this machine may write to",
        "take that away with chmod o-w, or choose another folder", err);
}

int own_folder(const char *path, bool inner, struct error *err)
{
    struct stat st;
    if ((inner ? lstat(path, &st) : stat(path, &st)) < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : unknown(path, err);
    if (S_ISLNK(st.st_mode))
        return refuse(path, "is a symbolic link, and what is written there would go elsewhere",
            "remove it, and look who made it", err);
    if (!S_ISDIR(st.st_mode))
        return refuse(path, "is no folder", "choose another one", err);
    if (st.st_uid != geteuid())
        return refuse_owner(path, st.st_uid, err);
    if (st.st_mode & OTHERS)
        return refuse(path, "can be written to by other users of this machine",
            "look whether all in it is yours, then take that away with chmod -R go-w, or choose another folder",
            err);
    return inner ? 0 : check_parent(path, err);
}

/* ---- files ---- */
/* 0, or what is wrong with it as errno. */
static int fault_of(const struct stat *st)
{
    if (S_ISLNK(st->st_mode))
        return ELOOP;
    if (!S_ISREG(st->st_mode))
        return ENXIO;
    if (st->st_uid != geteuid())
        return EPERM;
    return st->st_nlink > 1 ? EMLINK : 0;
}

int own_file(const char *path, struct error *err)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : unknown(path, err);
    if (S_ISDIR(st.st_mode)) /* which can be no file's place, as whoever opens it finds out */
        return 0;
    switch (fault_of(&st)) {
    case 0:
        return 0;
    case EPERM:
        return refuse_owner(path, st.st_uid, err);
    case EMLINK:
        return refuse(path,
            "is a file with a second name (a hard link), and what is written there would go elsewhere",
            "look who made it, and put a copy in its place", err);
    default:
        return refuse(path,
            "is a symbolic link or no regular file, and what is written there would go elsewhere",
            "remove it, and look who made it", err);
    }
}

static int close_with(int fd, int no)
{
    close(fd);
    errno = no;
    return -1;
}

int own_open(const char *path, int flags)
{
    struct stat st;
    /* A named pipe without a reader must not hold us up. */
    const int careful = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, (flags & ~O_TRUNC) | careful, 0600);
    if (fd < 0)
        return -1;
    int no = fstat(fd, &st) < 0 ? errno : fault_of(&st);
    if (!no && flags & O_TRUNC && ftruncate(fd, 0) < 0)
        no = errno;
    if (!no && fcntl(fd, F_SETFL, flags & O_APPEND) < 0)
        no = errno;
    return no ? close_with(fd, no) : fd;
}

int own_make(const char *path)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return -1;
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}
