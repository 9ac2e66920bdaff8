#include "temp_dir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void temp_dir_make(char ret_path[TEMP_DIR_MAX])
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(ret_path, TEMP_DIR_MAX, "%s/popferry-test-XXXXXX", base && *base ? base : "/tmp");
    if (n >= TEMP_DIR_MAX)
        snprintf(ret_path, TEMP_DIR_MAX, "/tmp/popferry-test-XXXXXX");
    if (!mkdtemp(ret_path) || chmod(ret_path, 0711) < 0) {
        perror(ret_path);
        exit(EXIT_FAILURE);
    }
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void temp_dir_remove(const char *path)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0)
        perror(path);
}

int temp_dir_child(int (*fn)(const char *path), const char *path)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(fn(path));
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
