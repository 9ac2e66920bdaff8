/* rss.c - run a command; tell what it took: seconds, peak resident kibibytes, exit code, in one line to a
 * file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: rss RESULT-FILE COMMAND [ARGUMENT]...\n", stderr);
        return 2;
    }
    double start = seconds();
    pid_t pid = fork();
    if (!pid) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    struct rusage use;
    int status;
    if (pid < 0 || wait4(pid, &status, 0, &use) < 0) {
        perror("rss");
        return 2;
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *f = fopen(argv[1], "w");
    if (!f || fprintf(f, "%.3f %ld %d\n", seconds() - start, use.ru_maxrss, code) < 0 || fclose(f)) {
        perror(argv[1]);
        return 2;
    }
    return code;
}
