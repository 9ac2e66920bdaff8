#include "pst_process.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOCKET_FD  3
#define FILE_FD    4
#define MEMORY_MAX ((rlim_t)2 << 30)
#define ANSWER_MAX (PST_ITEM_MAX + ((size_t)80 << 20))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct pst_process {
    int file, socket; /* socket: -1, no process */
    pid_t pid;
};

struct answer {
    uint64_t octets;
    uint32_t good;
};

static bool send_all(int fd, const void *data, size_t len)
{
    for (const char *at = data; len;) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool receive_all(int fd, void *data, size_t len)
{
    for (char *at = data; len;) {
        ssize_t n = recv(fd, at, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* ---- in the process ---- */
/* Stops with a signal where the parent does not; ends with it. */
static void settle_in(int socket, int file)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
    sigset_t none;
    struct rlimit memory = {.rlim_cur = MEMORY_MAX, .rlim_max = MEMORY_MAX}, core = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGALRM, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int a = fcntl(socket, F_DUPFD, FILE_FD + 1), b = fcntl(file, F_DUPFD, FILE_FD + 1);
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < SOCKET_FD; fd++)
        dup2(nowhere, fd);
    dup2(a, SOCKET_FD);
    dup2(b, FILE_FD);
    close_range(FILE_FD + 1, ~0u, 0);
    setrlimit(RLIMIT_CORE, &core);
    if (!SANITIZED)
        setrlimit(RLIMIT_DATA, &memory);
}

_Noreturn static void serve(int socket, int file)
{
    struct pst_request q;
    char path[32] =
        "/proc/self/fd/4"; /* FILE_FD: by its place in the file system, it would have to be there still */
    struct buf answer = {0}, why = {0};
    settle_in(socket, file);
    struct pst_library *l = pst_library_new();
    bool open = false, tried = false;
    while (receive_all(SOCKET_FD, &q, sizeof q)) {
        alarm(PST_PROCESS_WAIT_S);
        if (!tried)
            open = pst_library_open(l, path, &why);
        tried = true;
        buf_clear(&answer);
        bool good = open && pst_library_answer(l, &q, &answer);
        if (!open)
            buf_append(&answer, buf_bytes(&why), buf_len(&why));
        alarm(0);
        struct answer head = {.octets = buf_len(&answer), .good = good};
        if (!send_all(SOCKET_FD, &head, sizeof head) ||
            !send_all(SOCKET_FD, buf_bytes(&answer), buf_len(&answer)))
            break;
    }
    _exit(0);
}

/* ---- its parent ---- */
static bool start(struct pst_process *p)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    p->pid = fork();
    if (p->pid == 0)
        serve(pair[1], p->file);
    close(pair[1]);
    p->socket = pair[0];
    if (p->pid > 0)
        return true;
    close(p->socket);
    p->socket = -1;
    return false;
}

/* How it ended; it is gone. */
static int stop(struct pst_process *p)
{
    int status = 0;
    if (p->socket < 0)
        return 0;
    close(p->socket);
    p->socket = -1;
    kill(p->pid, SIGKILL); /* it has nothing to put away, and may be at work for long */
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static bool fail(struct pst_process *p, struct buf *ret)
{
    int status = 0;
    if (p->socket >= 0) /* where it is dead already, it stays known what it died of */
        kill(p->pid, SIGKILL);
    while (p->socket >= 0 && waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (p->socket >= 0)
        close(p->socket);
    p->socket = -1;
    buf_clear(ret);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        buf_printf(ret, "it is damaged: reading it did not end within %d seconds", PST_PROCESS_WAIT_S);
    else if (WIFSIGNALED(status))
        buf_printf(ret, "it is damaged: reading it ended with signal %d", WTERMSIG(status));
    else
        buf_append_str(ret, "it is damaged, or needs more memory than there is");
    return false;
}

struct pst_process *pst_process_new(int fd)
{
    struct pst_process *p = mem_alloc(sizeof *p);
    p->file = fd;
    p->socket = -1;
    return p;
}

void pst_process_free(struct pst_process *p)
{
    if (!p)
        return;
    stop(p);
    free(p);
}

bool pst_process_ask(struct pst_process *p, const struct pst_request *request, struct buf *ret)
{
    struct answer head;
    buf_clear(ret);
    if (p->socket < 0 && !start(p)) {
        buf_printf(ret, "no process can be started: %s", strerror(errno));
        return false;
    }
    if (!send_all(p->socket, request, sizeof *request) || !receive_all(p->socket, &head, sizeof head))
        return fail(p, ret);
    if (head.octets > ANSWER_MAX) { /* no answer of the library is: the process is not what it was */
        stop(p);
        buf_append_str(ret, "it is damaged");
        return false;
    }
    if (head.octets && !receive_all(p->socket, buf_reserve(ret, head.octets), head.octets))
        return fail(p, ret);
    buf_commit(ret, head.octets);
    return head.good != 0;
}
