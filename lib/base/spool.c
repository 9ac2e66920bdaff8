#include "spool.h"

#include "buf.h"
#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct spool {
    const char *dir;
    size_t memory_max;
    struct buf mem; /* everything, until fd >= 0; then nothing */
    int fd;
    uint64_t octets;
};

struct spool *spool_new(const char *dir, size_t memory_max_octets)
{
    struct spool *sp = mem_alloc(sizeof *sp);
    *sp = (struct spool){.dir = dir, .memory_max = memory_max_octets, .fd = -1};
    return sp;
}

void spool_free(struct spool *sp)
{
    if (!sp)
        return;
    if (sp->fd >= 0)
        close(sp->fd);
    buf_done(&sp->mem);
    free(sp);
}

static int disk_error(const struct spool *sp, const char *what, struct error *err)
{
    int e = errno;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot %s a temporary file in %s: %s%s", what, sp->dir, strerror(e),
        e == ENOSPC || e == EDQUOT ? "; free some space there, or choose another --work-dir, and run again"
                                   : "");
}

static int write_all(struct spool *sp, const char *data, size_t len, struct error *err)
{
    while (len) {
        ssize_t n = write(sp->fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_error(sp, "write", err);
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Made and unlinked at once: whatever happens to the program, nothing is left behind. */
static int open_file(struct spool *sp, struct error *err)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/.spool-XXXXXX", sp->dir);
    sp->fd = mkostemp(path, O_CLOEXEC);
    if (sp->fd < 0)
        return disk_error(sp, "make", err);
    unlink(path);
    return 0;
}

static int move_to_file(struct spool *sp, struct error *err)
{
    if (open_file(sp, err) < 0)
        return -1;
    if (write_all(sp, buf_bytes(&sp->mem), buf_len(&sp->mem), err) < 0)
        return -1;
    buf_done(&sp->mem);
    return 0;
}

int spool_write(struct spool *sp, const void *data, size_t len, struct error *err)
{
    if (sp->fd < 0 && buf_len(&sp->mem) + len > sp->memory_max && move_to_file(sp, err) < 0)
        return -1;
    if (sp->fd < 0)
        buf_append(&sp->mem, data, len);
    else if (write_all(sp, data, len, err) < 0)
        return -1;
    sp->octets += len;
    return 0;
}

static ssize_t read_file(struct spool *sp, uint64_t offset, void *dst, size_t len, struct error *err)
{
    for (;;) {
        ssize_t n = pread(sp->fd, dst, len, (off_t)offset);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return disk_error(sp, "read", err);
    }
}

ssize_t spool_read(struct spool *sp, uint64_t offset, void *dst, size_t len, struct error *err)
{
    if (offset >= sp->octets)
        return 0;
    if (len > sp->octets - offset)
        len = (size_t)(sp->octets - offset);
    if (sp->fd >= 0)
        return read_file(sp, offset, dst, len, err);
    memcpy(dst, buf_bytes(&sp->mem) + offset, len);
    return (ssize_t)len;
}

uint64_t spool_octets(const struct spool *sp)
{
    return sp->octets;
}

size_t spool_memory_octets(const struct spool *sp)
{
    return buf_len(&sp->mem);
}
