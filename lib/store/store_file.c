#include "store_file.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_FIRST 4096 /* octets that hold most headers */

static int refuse(mode_t mode)
{
    errno = S_ISDIR(mode) ? EISDIR : S_ISLNK(mode) ? ELOOP : ENOTSUP;
    return -1;
}

int store_file_open(const char *path, bool follow)
{
    struct stat st;
    if ((follow ? stat(path, &st) : lstat(path, &st)) < 0)
        return -1;
    if (!S_ISREG(st.st_mode)) /* to open a device may do something already */
        return refuse(st.st_mode);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    return refuse(st.st_mode);
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

ssize_t store_file_begin(const char *path, void *dst, size_t max)
{
    int fd = store_file_open(path, true);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, dst, max);
    int e = errno;
    close(fd);
    errno = e;
    return n;
}

char *store_file_whole(const char *path, size_t max, size_t *ret_len)
{
    struct stat st;
    int fd = store_file_open(path, true);
    char *data = NULL;
    *ret_len = 0;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= 0 && (uint64_t)st.st_size <= max) {
        data = mem_alloc((size_t)st.st_size + 1);
        for (ssize_t n; *ret_len < (size_t)st.st_size &&
                        (n = read(fd, data + *ret_len, (size_t)st.st_size - *ret_len)) > 0;)
            *ret_len += (size_t)n;
    }
    if (fd >= 0)
        close(fd);
    return data;
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
