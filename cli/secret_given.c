#include "secret_given.h"

#include "mem.h"
#include "secret_command.h"
#include "text.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was read; for as long as the program lives. */
struct given {
    struct given *next;
    char *key; /* "env NAME", "fd N" */
    char *secret;
};
static struct given *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int refuse(struct error *err, const char *option, const char *name, const char *why)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %s: %s", option, name, why);
}

static const char *kept(const char *key)
{
    for (const struct given *g = all; g; g = g->next)
        if (!strcmp(g->key, key))
            return g->secret;
    return NULL;
}

static void keep(const char *key, const char *secret)
{
    struct given *g = mem_alloc(sizeof *g);
    *g = (struct given){all, mem_strdup(key), mem_strdup(secret)};
    all = g;
}

/* ---- a variable ---- */
static int take_env(const char *option, const char *name, const char *key, struct error *err)
{
    char *value = getenv(name);
    if (!value || !*value)
        return refuse(err, option, name, "no such variable is in the environment, or it is empty");
    if (strpbrk(value, "\r\n"))
        return refuse(err, option, name, "there is a line break in this variable");
    if (strlen(value) >= SECRET_MAX)
        return refuse(err, option, name, "it is too long for a password");
    keep(key, value);
    explicit_bzero(value, strlen(value)); /* in place: unsetenv would move what other threads read */
    return 0;
}

/* ---- a descriptor ---- */
static bool parse_fd(const char *text, int *ret)
{
    unsigned long long n;
    if (!text_parse_u64(text, strlen(text), &n) || n > 65535)
        return false;
    *ret = (int)n;
    return true;
}

int secret_given_check_fd(const char *option, const char *fd, struct error *err)
{
    int number;
    return parse_fd(fd, &number) ? 0 : refuse(err, option, fd, "must be the number of a descriptor, as 3");
}

bool secret_given_line(int fd, char *dst, unsigned cap, const volatile int *stop)
{
    unsigned n = 0;
    bool text = true;
    memset(dst, 0, cap);
    while (n + 1 < cap && !(stop && *stop)) {
        ssize_t got = read(fd, dst + n, 1);
        if (got < 0 && errno == EINTR) {
            errno = 0;
            continue;
        }
        text = got <= 0 || dst[n] != '\0';
        if (got <= 0 || dst[n] == '\n' || !text)
            break;
        n++;
    }
    if (n && dst[n - 1] == '\r')
        n--;
    n = text ? n : 0;
    explicit_bzero(dst + n, cap - n);
    return text;
}

static int take_fd(const char *option, const char *name, const char *key, struct error *err)
{
    char line[SECRET_MAX + 1];
    int fd, rc = 0;
    if (secret_given_check_fd(option, name, err) < 0 || !parse_fd(name, &fd))
        return -1;
    errno = 0;
    if (!secret_given_line(fd, line, sizeof line, NULL))
        rc = refuse(err, option, name, "what this descriptor gives is no text, or UTF-16 (it holds NUL)");
    else if (errno)
        rc = refuse(err, option, name, strerror(errno));
    else if (!*line)
        rc = refuse(err, option, name, "no password in the first line of what this descriptor gives");
    else if (strlen(line) >= SECRET_MAX)
        rc = refuse(err, option, name, "the first line is too long for a password");
    else
        keep(key, line);
    explicit_bzero(line, sizeof line);
    if (fd > STDERR_FILENO)
        close(fd);
    return rc;
}

/* ---- both ---- */
static char *given(const char *kind, const char *option, const char *name,
    int (*take)(const char *option, const char *name, const char *key, struct error *err), struct error *err)
{
    char *key CLEANUP(mem_free_str) = mem_printf("%s %s", kind, name);
    pthread_mutex_lock(&lock);
    char *secret = NULL;
    if (kept(key) || take(option, name, key, err) == 0)
        secret = mem_strdup(kept(key));
    pthread_mutex_unlock(&lock);
    return secret;
}

char *secret_given_env(const char *option, const char *name, struct error *err)
{
    return given("env", option, name, take_env, err);
}

char *secret_given_fd(const char *option, const char *fd, struct error *err)
{
    return given("fd", option, fd, take_fd, err);
}
