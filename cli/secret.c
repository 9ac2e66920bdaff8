#include "secret.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 4096

static int failed(struct error *err, const char *option, const char *file, const char *why)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %s: %s", option, file, why);
}

/* Ctrl-C at the prompt must not leave the terminal without echo. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    interrupted = sig;
}

/* The first line, without its end; cut at SECRET_MAX octets. stdio is not used: its buffers would keep the
 * secret. */
static char *first_line(int fd)
{
    char *secret = mem_alloc(SECRET_MAX + 1);
    size_t n = 0;
    while (n < SECRET_MAX && !interrupted) {
        ssize_t got = read(fd, secret + n, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || secret[n] == '\n' || secret[n] == '\0')
            break;
        n++;
    }
    if (n && secret[n - 1] == '\r')
        n--;
    explicit_bzero(secret + n, SECRET_MAX - n);
    return secret;
}

static char *from_file(const char *file, const char *option, struct error *err)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        failed(err, option, file, strerror(errno));
        return NULL;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
        fprintf(stderr, "popferry: warning: %s can be read by other users of this machine; chmod 600 %s\n",
            file, file);
    char *secret = first_line(fd);
    close(fd);
    size_t len = strlen(secret);
    if (len && len < SECRET_MAX)
        return secret;
    mem_wipe_free(secret);
    failed(err, option, file,
        len ? "the first line is too long for a password" : "holds no password in its first line");
    return NULL;
}

static char *from_terminal(int tty, const char *side, const struct endpoint *e)
{
    struct termios old, hidden;
    dprintf(tty, "Password of the %s, %s at %s: ", side, e->user, e->host);
    bool changed = tcgetattr(tty, &old) == 0;
    if (changed) {
        hidden = old;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(tty, TCSAFLUSH, &hidden);
    }
    const struct sigaction note = {.sa_handler = on_interrupt};
    struct sigaction before;
    sigaction(SIGINT, &note, &before);
    char *secret = first_line(tty);
    sigaction(SIGINT, &before, NULL);
    if (changed)
        tcsetattr(tty, TCSAFLUSH, &old);
    dprintf(tty, "\n");
    if (interrupted)
        raise(SIGINT);
    return secret;
}

char *secret_read(
    const char *side, const struct endpoint *e, const char *file, const char *option, struct error *err)
{
    if (file)
        return from_file(file, option, err);
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty >= 0) {
        char *secret = from_terminal(tty, side, e);
        close(tty);
        if (*secret)
            return secret;
        free(secret);
    }
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "no password for the %s: name a file that holds it by %s", side, option);
    return NULL;
}
