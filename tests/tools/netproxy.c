/* netproxy - a TCP proxy on the loopback interface that makes a near server far: every octet is delayed by a
 * one-way time, each way, and so is the set-up of the connection. Bandwidth is not limited; what is under way
 * is bounded.
 *
 *   netproxy --listen PORT|0 --connect 127.0.0.1:PORT --delay-ms MS [--cut-up N] [--cut-down N] [--port-file
 * FILE]
 *
 * --cut-up: after N octets from the client, --cut-down: after N octets from the server have been passed on,
 * both connections of the pair are reset. Runs until SIGTERM or SIGINT. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_MAX (256 * 1024)
#define QUEUE_MAX (32u * 1024 * 1024)
#define NS_PER_MS 1000000
#define NEVER     INT64_MAX

/* Octets that arrived together, and when they are due at the other side. len 0: the end. */
struct chunk {
    struct chunk *next;
    int64_t due_ns;
    size_t at, len;
    char data[];
};

/* One direction: read from one socket, written to the other. */
struct pipe {
    int from, to; /* -1 while not connected */
    struct chunk *first, **last;
    size_t queued;
    uint64_t passed, cut_after; /* 0: no cut */
    bool read_end, write_end;
    int from_entry, to_entry; /* in the poll set, -1 when not there */
};

struct pair {
    struct pair *next;
    int client, server;
    int64_t connect_ns; /* when to connect to the server; NEVER once done */
    bool connecting;
    int connect_entry;
    struct pipe up, down;
    bool dead, cut;
};

static struct {
    struct sockaddr_in listen, connect;
    int64_t delay_ns;
    uint64_t cut_up, cut_down;
    const char *port_file;
    FILE *log;
} options;

static volatile sig_atomic_t stop;
static struct pair *pairs;
static struct pollfd *entries;
static size_t entry_count, entry_cap;

static void fail(const char *what)
{
    fprintf(stderr, "netproxy: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void set_nodelay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void close_socket(int fd, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (fd < 0)
        return;
    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

/* ---- one direction ---- */

static void pipe_init(struct pipe *p, uint64_t cut_after)
{
    *p = (struct pipe){.from = -1, .to = -1, .cut_after = cut_after, .from_entry = -1, .to_entry = -1};
    p->last = &p->first;
}

static void pipe_drop_first(struct pipe *p)
{
    struct chunk *c = p->first;
    p->first = c->next;
    if (!p->first)
        p->last = &p->first;
    free(c);
}

static void pipe_done(struct pipe *p)
{
    while (p->first)
        pipe_drop_first(p);
}

static void pipe_add(struct pipe *p, const char *data, size_t len)
{
    struct chunk *c = malloc(sizeof *c + len);
    if (!c)
        fail("memory");
    *c = (struct chunk){.due_ns = now_ns() + options.delay_ns, .len = len};
    memcpy(c->data, data, len);
    *p->last = c;
    p->last = &c->next;
    p->queued += len;
}

/* Take in what is there. Returns false when the connection is broken. */
static bool pipe_read(struct pipe *p)
{
    static char data[CHUNK_MAX];
    while (!p->read_end && p->queued < QUEUE_MAX) {
        ssize_t n = recv(p->from, data, sizeof data, 0);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        pipe_add(p, data, (size_t)n);
        p->read_end = n == 0;
        if ((size_t)n < sizeof data)
            break;
    }
    return true;
}

static size_t until_cut(const struct pipe *p, size_t len)
{
    uint64_t left = p->cut_after - p->passed;
    return p->cut_after && left < len ? (size_t)left : len;
}

/* Give out what is due. Returns false when the connection is broken. */
static bool pipe_write(struct pipe *p, int64_t now)
{
    while (p->first && p->first->due_ns <= now) {
        struct chunk *c = p->first;
        if (!c->len) {
            p->write_end = true;
            shutdown(p->to, SHUT_WR);
            pipe_drop_first(p);
            break;
        }
        ssize_t n = send(p->to, c->data + c->at, until_cut(p, c->len - c->at), MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        c->at += (size_t)n;
        p->queued -= (size_t)n;
        p->passed += (uint64_t)n;
        if (p->cut_after && p->passed >= p->cut_after)
            break;
        if (c->at == c->len)
            pipe_drop_first(p);
    }
    return true;
}

static bool pipe_is_cut(const struct pipe *p)
{
    return p->cut_after && p->passed >= p->cut_after;
}

/* ---- one client and its server ---- */

/* For a far server, the client's SYN, the server's answer and the client's next octets take one way each
 * before the server's program sees the connection. Here the client is connected at once, so the server must
 * wait for all three. */
static void pair_new(int client)
{
    struct pair *pair = malloc(sizeof *pair);
    if (!pair)
        fail("memory");
    *pair = (struct pair){
        .next = pairs, .client = client, .server = -1, .connect_ns = now_ns() + 3 * options.delay_ns};
    pipe_init(&pair->up, options.cut_up);
    pipe_init(&pair->down, options.cut_down);
    pair->up.from = pair->down.to = client;
    pair->connect_entry = -1;
    set_nodelay(client);
    pairs = pair;
}

static void pair_connected(struct pair *pair)
{
    pair->connecting = false;
    pair->up.to = pair->down.from = pair->server;
}

static void pair_connect(struct pair *pair)
{
    pair->connect_ns = NEVER;
    pair->server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (pair->server < 0) {
        pair->dead = true;
        return;
    }
    set_nodelay(pair->server);
    if (!connect(pair->server, (struct sockaddr *)&options.connect, sizeof options.connect))
        pair_connected(pair);
    else if (errno == EINPROGRESS)
        pair->connecting = true;
    else
        pair->dead = true;
}

static void pair_free(struct pair *pair)
{
    bool ended = pair->up.write_end && pair->down.write_end;
    close_socket(pair->client, !ended);
    close_socket(pair->server, !ended);
    pipe_done(&pair->up);
    pipe_done(&pair->down);
    free(pair);
}

/* ---- the poll set ---- */

static int add_entry(int fd, short events)
{
    if (entry_count == entry_cap) {
        entry_cap = entry_cap ? 2 * entry_cap : 64;
        entries = realloc(entries, entry_cap * sizeof *entries);
        if (!entries)
            fail("memory");
    }
    entries[entry_count] = (struct pollfd){.fd = fd, .events = events};
    return (int)entry_count++;
}

static bool entry_ready(int entry)
{
    return entry >= 0 && entries[entry].revents;
}

static void earliest(int64_t *due, int64_t other)
{
    if (other < *due)
        *due = other;
}

static void pipe_gather(struct pipe *p, int64_t now, int64_t *due)
{
    p->from_entry = p->to_entry = -1;
    if (p->from >= 0 && !p->read_end && p->queued < QUEUE_MAX)
        p->from_entry = add_entry(p->from, POLLIN);
    if (!p->first || p->to < 0)
        return;
    if (p->first->due_ns > now)
        earliest(due, p->first->due_ns);
    else
        p->to_entry = add_entry(p->to, POLLOUT);
}

static void gather(int listener, int64_t now, int64_t *due)
{
    entry_count = 0;
    add_entry(listener, POLLIN);
    for (struct pair *pair = pairs; pair; pair = pair->next) {
        earliest(due, pair->connect_ns);
        pair->connect_entry = pair->connecting ? add_entry(pair->server, POLLOUT) : -1;
        pipe_gather(&pair->up, now, due);
        pipe_gather(&pair->down, now, due);
    }
}

static void wait_for(int64_t now, int64_t due)
{
    int64_t left = due > now ? due - now : 0;
    struct timespec ts = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (ppoll(entries, (nfds_t)entry_count, due == NEVER ? NULL : &ts, NULL) < 0 && errno != EINTR)
        fail("ppoll");
}

static void pair_finish_connect(struct pair *pair)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (!entry_ready(pair->connect_entry))
        return;
    if (getsockopt(pair->server, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error)
        pair->dead = true;
    else
        pair_connected(pair);
}

static void pipe_serve(struct pair *pair, struct pipe *p, int64_t now)
{
    if (entry_ready(p->from_entry) && !pipe_read(p))
        pair->dead = true;
    if (!pair->dead && p->to >= 0 && !pipe_write(p, now))
        pair->dead = true;
    if (pipe_is_cut(p))
        pair->dead = true;
}

static void pair_serve(struct pair *pair, int64_t now)
{
    if (pair->connect_ns <= now)
        pair_connect(pair);
    else if (pair->connecting)
        pair_finish_connect(pair);
    if (!pair->dead)
        pipe_serve(pair, &pair->up, now);
    if (!pair->dead)
        pipe_serve(pair, &pair->down, now);
    if (pair->up.write_end && pair->down.write_end)
        pair->dead = true;
}

static void serve_pairs(void)
{
    int64_t now = now_ns();
    for (struct pair **p = &pairs; *p;) {
        struct pair *pair = *p;
        pair_serve(pair, now);
        if (pair->dead) {
            *p = pair->next;
            pair_free(pair);
        } else {
            p = &pair->next;
        }
    }
}

static void accept_all(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (options.log)
            fputs("connection\n", options.log);
        pair_new(fd);
    }
}

/* ---- set-up ---- */

static uint64_t number(const char *text, uint64_t max)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno || *end || end == text || *text == '-' || n > max) {
        fprintf(stderr, "netproxy: not a number up to %llu: %s\n", (unsigned long long)max, text);
        exit(EXIT_FAILURE);
    }
    return n;
}

static struct sockaddr_in loopback(const char *port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)number(port, UINT16_MAX))};
}

static void set_option(int c, const char *value)
{
    const char *colon = strrchr(value, ':');
    switch (c) {
    case 'l':
        options.listen = loopback(value);
        break;
    case 'c':
        options.connect = loopback(colon ? colon + 1 : value);
        break;
    case 'd':
        options.delay_ns = (int64_t)number(value, 60000) * NS_PER_MS;
        break;
    case 'u':
        options.cut_up = number(value, INT64_MAX);
        break;
    case 'w':
        options.cut_down = number(value, INT64_MAX);
        break;
    case 'p':
        options.port_file = value;
        break;
    case 'L':
        options.log = fopen(value, "we");
        if (!options.log)
            fail(value);
        setlinebuf(options.log);
        break;
    default:
        fprintf(stderr, "usage: netproxy --listen PORT|0 --connect 127.0.0.1:PORT --delay-ms MS [--cut-up N] "
                        "[--cut-down N] [--port-file FILE] [--log FILE]\n");
        exit(EXIT_FAILURE);
    }
}

static void parse(int argc, char **argv)
{
    static const struct option known[] = {{"listen", required_argument, NULL, 'l'},
        {"connect", required_argument, NULL, 'c'}, {"delay-ms", required_argument, NULL, 'd'},
        {"cut-up", required_argument, NULL, 'u'}, {"cut-down", required_argument, NULL, 'w'},
        {"port-file", required_argument, NULL, 'p'}, {"log", required_argument, NULL, 'L'},
        {NULL, 0, NULL, 0}};
    options.listen = loopback("0");
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        set_option(c, optarg ? optarg : "");
    if (optind != argc || !options.connect.sin_port)
        set_option('?', "");
}

/* Whole or not there: readers wait for the file to appear. */
static void write_port_file(uint16_t port)
{
    char part[4096];
    if (!options.port_file) {
        printf("%u\n", port);
        fflush(stdout);
        return;
    }
    snprintf(part, sizeof part, "%s.part", options.port_file);
    FILE *f = fopen(part, "w");
    if (!f || fprintf(f, "%u\n", port) < 0 || fclose(f) || rename(part, options.port_file))
        fail(options.port_file);
}

static int listen_there(void)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof options.listen;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&options.listen, len) < 0 || listen(fd, 128) < 0 ||
        getsockname(fd, (struct sockaddr *)&options.listen, &len) < 0)
        fail("cannot listen");
    write_port_file(ntohs(options.listen.sin_port));
    return fd;
}

int main(int argc, char **argv)
{
    parse(argc, argv);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    prctl(PR_SET_TIMERSLACK, 1UL); /* else each wait may be late by 50 us */
    int listener = listen_there();
    while (!stop) {
        int64_t now = now_ns(), due = NEVER;
        gather(listener, now, &due);
        wait_for(now, due);
        if (entries[0].revents)
            accept_all(listener);
        serve_pairs();
    }
    while (pairs) {
        struct pair *pair = pairs;
        pairs = pair->next;
        pair_free(pair);
    }
    free(entries);
    if (options.log)
        fclose(options.log);
    close(listener);
    return EXIT_SUCCESS;
}
