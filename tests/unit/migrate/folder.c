#include "folder.h"

#include "mem.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

char folder_root[TEMP_DIR_MAX];

void folder_begin(void)
{
    temp_dir_make(folder_root);
}

void folder_end(void)
{
    temp_dir_remove(folder_root);
}

const char *folder_at(const char *name)
{
    static char path[8][512];
    static unsigned turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder_root, name);
    return p;
}

int folder_count(const char *path)
{
    int n = 0;
    DIR *d = opendir(path);
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));)
        n += *e->d_name != '.';
    closedir(d);
    return n;
}

int folder_mode(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

bool folder_read(const char *path, struct buf *ret)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    for (ssize_t n = 1; n > 0;) {
        n = read(fd, buf_reserve(ret, 65536), 65536);
        buf_commit(ret, n > 0 ? (size_t)n : 0);
    }
    close(fd);
    return true;
}

void folder_write(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len);
    close(fd);
}

void folder_check(const char *path, const char *expected)
{
    struct buf got CLEANUP(buf_done) = {0};
    CHECK(folder_read(path, &got));
    CHECK_STR(buf_str(&got), expected);
}

bool folder_holds(const char *path, const void *data, size_t len)
{
    struct buf got CLEANUP(buf_done) = {0};
    return folder_read(path, &got) && buf_len(&got) == len && !memcmp(buf_bytes(&got), data, len);
}

struct spool *folder_spool(const void *data, size_t len)
{
    struct spool *sp = spool_new(folder_root, 1024 * 1024);
    CHECK_INT(spool_write(sp, data, len, NULL), 0);
    return sp;
}

void folder_limit(unsigned long octets)
{
    struct rlimit limit = {octets, octets};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        _exit(9);
}
