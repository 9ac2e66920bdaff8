#include "store_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEADER_FIRST 4096 /* octets that hold most headers */

int store_file_open(const char *path, bool follow)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
}

bool store_file_read(void *ctx, uint64_t at, void *dst, size_t len)
{
    int fd = *(const int *)ctx;
    size_t have = 0;
    for (ssize_t n; have < len; have += (size_t)n) {
        n = pread(fd, (char *)dst + have, len - have, (off_t)(at + have));
        if (n <= 0)
            return false;
    }
    return true;
}

size_t store_file_begin(const char *path, void *dst, size_t max)
{
    int fd = store_file_open(path, true);
    ssize_t n = fd < 0 ? -1 : read(fd, dst, max);
    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : (size_t)n;
}

size_t store_file_header(int fd, uint64_t at, char *dst, size_t max)
{
    size_t have = 0;
    for (size_t part = HEADER_FIRST; have < max; part = max) {
        size_t more = part < max - have ? part : max - have;
        ssize_t n = pread(fd, dst + have, more, (off_t)(at + have));
        if (n <= 0)
            break;
        have += (size_t)n;
        if (memmem(dst, have, "\n\n", 2) || memmem(dst, have, "\n\r\n", 3))
            break;
    }
    return have;
}
