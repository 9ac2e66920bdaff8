#include "quote_file.h"

#include "mem.h"
#include "own.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int refused(const char *path, int why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "the report %s cannot be written: %s; name a file in a folder that exists, may be written to and has room",
        path, strerror(why));
}

/* 0, or what went wrong. */
static int write_synced(const char *path, const void *data, size_t len)
{
    int fd = own_make(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return errno;
    bool written = fwrite(data, 1, len, f) == len && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int why = errno;
    if (fclose(f) != 0 && written)
        return errno;
    return written ? 0 : why;
}

int quote_file_write(const char *path, const void *data, size_t len, struct error *err)
{
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", path);
    int why = write_synced(part, data, len);
    if (why == 0 && rename(part, path) == 0)
        return 0;
    why = why ? why : errno;
    unlink(part);
    return refused(path, why, err);
}
