#include "secret_command.h"

#include "buf.h"
#include "mem.h"
#include "stop.h"
#include "talk.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define POLL_MS 50 /* how soon the end of a command is seen that left a process with its output behind */

static int usage(struct error *err, const char *option, const char *who, const char *what)
{
    return error_set(
        err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s, for the %s: %s", option, who, what);
}

/* ---- the values ---- */
static bool mentions(const char *line, char number)
{
    const char plain[] = {'$', number, '\0'}, braced[] = {'$', '{', number, '}', '\0'};
    return strstr(line, plain) || strstr(line, braced);
}

/* "..", "x/../y", "./x" */
static bool leads_elsewhere(const char *user)
{
    for (const char *part = user; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        size_t len = strcspn(part, "/");
        if ((len == 1 && *part == '.') || (len == 2 && !strncmp(part, "..", 2)))
            return true;
    }
    return false;
}

const char *secret_command_fault(const char *user)
{
    if (*user == '-')
        return "the user begins with \"-\", which the command would take for one of its options";
    if (*user == '/' || leads_elsewhere(user))
        return "the user begins with \"/\" or has a part \".\" or \"..\", by which a command that looks up a path (pass "
               "show mail/{user}) would find another one's password";
    return NULL;
}

/* What begins with "-" would be an option of the command, and no value. */
static int check_values(const char *option, const struct secret_command *c, struct error *err)
{
    const char *fault = mentions(c->line, '1') ? secret_command_fault(c->user) : NULL;
    if (fault)
        return usage(err, option, c->who, fault);
    if (*c->host == '-' && mentions(c->line, '2'))
        return usage(err, option, c->who,
            "the host begins with \"-\", which the command would take for one of its options");
    return 0;
}

/* ---- the process ---- */
/* Signals as a shell expects them, whatever thread this is; no descriptors of ours but standard error. */
static int start(const struct secret_command *c, int out, pid_t *ret_pid)
{
    char *const argv[] = {(char *)"sh", (char *)"-c", (char *)c->line, (char *)"popferry", (char *)c->user,
        (char *)c->host, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGQUIT); /* a shell's background job has these two ignored */
    sigaddset(&usual, SIGHUP);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
#endif
    int rc = posix_spawn(ret_pid, "/bin/sh", &files, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return rc;
}

/* What comes, as far as it belongs to the first line; secret has room for SECRET_MAX. */
struct line {
    char *secret;
    size_t len;
    bool complete;
};

static void take(struct line *l, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && !l->complete; i++) {
        l->complete = bytes[i] == '\n' || bytes[i] == '\0' || l->len == SECRET_MAX;
        if (!l->complete)
            l->secret[l->len++] = bytes[i];
    }
}

/* Read all it prints, so that it need not end by SIGPIPE; but not longer than it lives: something it started
 * may keep the pipe open for ever. One that hangs does not keep who asks to stop waiting. Returns its status.
 */
static int read_all(int fd, pid_t pid, struct line *l)
{
    char bytes[512];
    int status = 0;
    bool open = true;
    for (;;) {
        if (stop_is_asked())
            kill(pid, SIGTERM);
        struct pollfd in = {.fd = fd, .events = POLLIN};
        int n = open ? poll(&in, 1, POLL_MS) : 0;
        if (n < 0)
            continue;
        if (n > 0) {
            ssize_t got = read(fd, bytes, sizeof bytes);
            take(l, bytes, got > 0 ? (size_t)got : 0);
            open = got > 0 || (got < 0 && errno == EINTR);
            continue;
        }
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid || (ended < 0 && errno != EINTR))
            break;
        if (!open)
            poll(NULL, 0, POLL_MS / 10);
    }
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

static int judge(const char *option, const char *who, int status, const struct line *l, struct error *err)
{
    char *what CLEANUP(mem_free_str) = NULL;
    if (status && (stop_is_asked() || (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)))
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CANCELLED,
            "%s, for the %s: stopped while the command was at work; run the same command again to go on",
            option, who);
    if (WIFSIGNALED(status))
        what = mem_printf("the command was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        what = mem_printf("the command ended with exit code %d; what it says of that is on standard error",
            WEXITSTATUS(status));
    else if (!l->len)
        what = mem_strdup("the command printed no password in its first line");
    else if (l->len == SECRET_MAX)
        what = mem_strdup("the first line that the command printed is too long for a password");
    return what ? usage(err, option, who, what) : 0;
}

char *secret_command_run(const char *option, const struct secret_command *c, struct error *err)
{
    int pipe_fds[2];
    pid_t pid;
    const char *who = c->who;
    if (check_values(option, c, err) < 0)
        return NULL;
    if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
        usage(err, option, who, strerror(errno));
        return NULL;
    }
    int failure = start(c, pipe_fds[1], &pid);
    close(pipe_fds[1]);
    if (failure) {
        close(pipe_fds[0]);
        usage(err, option, who, strerror(failure));
        return NULL;
    }
    struct line l = {.secret = mem_alloc(SECRET_MAX + 1)};
    int status = read_all(pipe_fds[0], pid, &l);
    close(pipe_fds[0]);
    if (l.len && l.len < SECRET_MAX && l.secret[l.len - 1] == '\r')
        l.secret[--l.len] = '\0';
    if (judge(option, who, status, &l, err) == 0)
        return l.secret;
    mem_wipe_free(l.secret);
    return NULL;
}
