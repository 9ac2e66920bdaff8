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
    char *key;       /* "env NAME", "fd N" */
    char *secret;    /* NULL: none */
    const char *why; /* there is none */
};
static struct given *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int refuse(struct error *err, const char *option, const char *name, const char *why)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %s: %s", option, name, why);
}

static const struct given *kept(const char *key)
{
    for (const struct given *g = all; g; g = g->next)
        if (!strcmp(g->key, key))
            return g;
    return NULL;
}

static void keep(const char *key, const char *secret, const char *why)
{
    struct given *g = mem_alloc(sizeof *g);
    *g = (struct given){all, mem_strdup(key), secret ? mem_strdup(secret) : NULL, why};
    all = g;
}

/* ---- a variable ---- */
/* In place, since unsetenv would move what other threads read; whoever started us may have given it twice. */
static void wipe_env(const char *name)
{
    size_t len = strlen(name);
    for (char **entry = environ; *entry; entry++)
        if (!strncmp(*entry, name, len) && (*entry)[len] == '=')
            explicit_bzero(*entry + len + 1, strlen(*entry + len + 1));
}

static void take_env(const char *name, const char *key)
{
    const char *value = strchr(name, '=') ? NULL : getenv(name);
    if (!value || !*value)
        keep(key, NULL, "no such variable is in the environment, or it is empty");
    else if (strpbrk(value, "\r\n"))
        keep(key, NULL, "there is a line break in this variable");
    else if (strlen(value) >= SECRET_MAX)
        keep(key, NULL, "it is too long for a password");
    else
        keep(key, value, NULL);
    wipe_env(name);
}

static const struct given *claim_env(const char *name)
{
    char *key CLEANUP(mem_free_str) = mem_printf("env %s", name);
    if (!kept(key))
        take_env(name, key);
    return kept(key);
}

void secret_given_claim_env(const char *name)
{
    if (!name)
        return;
    pthread_mutex_lock(&lock);
    claim_env(name);
    pthread_mutex_unlock(&lock);
}

char *secret_given_env(const char *option, const char *name, struct error *err)
{
    pthread_mutex_lock(&lock);
    const struct given *g = claim_env(name);
    char *secret = mem_strdup(g->secret);
    pthread_mutex_unlock(&lock);
    if (!secret)
        refuse(err, option, name, g->why);
    return secret;
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
    text = text && memcmp(dst, "\xff\xfe", 2) != 0 && memcmp(dst, "\xfe\xff", 2) != 0;
    while (n >= 3 && !memcmp(dst, "\xef\xbb\xbf", 3)) /* an editor's mark, which nobody typed */
        memmove(dst, dst + 3, n -= 3);
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
        rc = refuse(err, option, name, "what this descriptor gives is UTF-16, or no text: give it as UTF-8");
    else if (errno)
        rc = refuse(err, option, name, strerror(errno));
    else if (!*line)
        rc = refuse(err, option, name, "no password in the first line of what this descriptor gives");
    else if (strlen(line) >= SECRET_MAX)
        rc = refuse(err, option, name, "the first line is too long for a password");
    else
        keep(key, line, NULL);
    explicit_bzero(line, sizeof line);
    if (fd > STDERR_FILENO)
        close(fd);
    return rc;
}

char *secret_given_fd(const char *option, const char *fd, struct error *err)
{
    char *key CLEANUP(mem_free_str) = mem_printf("fd %s", fd);
    pthread_mutex_lock(&lock);
    char *secret = NULL;
    if (kept(key) || take_fd(option, fd, key, err) == 0)
        secret = mem_strdup(kept(key)->secret);
    pthread_mutex_unlock(&lock);
    return secret;
}
