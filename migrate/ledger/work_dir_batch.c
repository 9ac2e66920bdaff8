/* Which batches may work side by side, as locks on ranges of one file (fcntl(2), open file descriptions): the
 * whole list has all of it, shard I of N one octet in the stretch of N. */
#include "work_dir.h"

#include "mem.h"
#include "own.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define GUARD   0 /* held while somebody looks whether he may */
#define FIRST   1
#define STRETCH (INT64_C(1) << 25) /* of one N: room for every I */

static int failed(const char *path, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot lock the work folder with %s: %s; choose a folder of your own with --work-dir", path,
        strerror(errno));
}

static struct flock range(int64_t start, int64_t len)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
}

static char *lock_path(const char *work_dir)
{
    return mem_printf("%s/batch.lock", work_dir);
}

/* The first lock of somebody else in this range (len 0: to the end). 1 yes (*ret_start, *ret_len as he has
 * it), 0 no, -1 error. */
static int held(int fd, int64_t start, int64_t len, int64_t *ret_start, int64_t *ret_len)
{
    struct flock l = range(start, len);
    if (fcntl(fd, F_OFD_GETLK, &l) < 0)
        return -1;
    *ret_start = l.l_start;
    *ret_len = l.l_len;
    return l.l_type != F_UNLCK;
}

/* Whoever is in the way of this shard: himself, the whole list, or a shard of another N. As held. */
static int in_the_way(int fd, unsigned shard, unsigned shards, int64_t *ret_start, int64_t *ret_len)
{
    int64_t stretch = shards * STRETCH;
    if (!shards)
        return held(fd, FIRST, 0, ret_start, ret_len);
    int rc = held(fd, stretch + shard, 1, ret_start, ret_len);
    if (rc == 0)
        rc = held(fd, FIRST, stretch - FIRST, ret_start, ret_len);
    return rc == 0 ? held(fd, stretch + STRETCH, 0, ret_start, ret_len) : rc;
}

static int refuse(const char *work_dir, int64_t start, int64_t len, struct error *err)
{
    char *who CLEANUP(mem_free_str) = len == 1
                                          ? mem_printf("shard %lld of %lld of a batch",
                                                (long long)(start % STRETCH), (long long)(start / STRETCH))
                                          : mem_strdup("another batch");
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_LOCKED,
        "%s is at work in the work folder %s; wait until it has ended (popferry status tells how far it is), "
        "or choose another --work-dir for another customer",
        who, work_dir);
}

static int take(const char *work_dir, int fd, unsigned shard, unsigned shards, struct error *err)
{
    int64_t start, len;
    struct flock own = shards ? range(shards * STRETCH + shard, 1) : range(FIRST, 0);
    int rc = in_the_way(fd, shard, shards, &start, &len);
    if (rc == 1)
        return refuse(work_dir, start, len, err);
    if (rc == 0 && fcntl(fd, F_OFD_SETLK, &own) == 0)
        return 0;
    char *path CLEANUP(mem_free_str) = lock_path(work_dir);
    return failed(path, err);
}

int work_dir_lock_batch(const char *work_dir, unsigned shard, unsigned shards, struct error *err)
{
    char *path CLEANUP(mem_free_str) = lock_path(work_dir);
    struct flock guard = range(GUARD, 1);
    if (own_file(path, err) < 0)
        return -1;
    int fd = own_open(path, O_RDWR | O_CREAT);
    if (fd < 0)
        return failed(path, err);
    int rc = fcntl(fd, F_OFD_SETLKW, &guard) < 0 ? failed(path, err) : take(work_dir, fd, shard, shards, err);
    guard.l_type = F_UNLCK;
    if (rc == 0 && fcntl(fd, F_OFD_SETLK, &guard) < 0)
        rc = failed(path, err);
    if (rc == 0)
        return fd;
    close(fd);
    return -1;
}

bool work_dir_batch_at_work(const char *work_dir)
{
    int64_t start, len;
    char *path CLEANUP(mem_free_str) = lock_path(work_dir);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    int rc = held(fd, FIRST, 0, &start, &len);
    close(fd);
    return rc == 1;
}
