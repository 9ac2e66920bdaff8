#include "lines.h"

#include "mem.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE (64 * 1024)
#define FULL                                                                                                 \
    (8u * 1024 * 1024) /* unread or unsent octets of one direction from which on no more are taken in */
#define WAIT_MS 1000

static struct lines_options options;
static const struct lines_tool *tool;
static volatile sig_atomic_t stop;
static struct lines_conn *conns;
static unsigned conn_count;
static struct pollfd *entries;
static size_t entry_count, entry_cap;
static uint64_t random_state;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", tool->name, what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- small things ---- */

const struct lines_options *lines_options(void)
{
    return &options;
}

int64_t lines_now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void lines_log(const char *fmt, ...)
{
    va_list ap;
    if (!options.log)
        return;
    va_start(ap, fmt);
    vfprintf(options.log, fmt, ap);
    va_end(ap);
    fputc('\n', options.log);
    fflush(options.log);
}

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

bool lines_chance(unsigned percent)
{
    random_state += 1;
    return mix(random_state) % 100 < percent;
}

uint64_t lines_hash(const void *data, size_t len, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return mix(hash ^ mix(seed));
}

bool lines_take(struct buf *b, struct buf *line)
{
    const char *bytes = buf_bytes(b), *lf = buf_len(b) ? memchr(bytes, '\n', buf_len(b)) : NULL;
    if (!lf)
        return false;
    buf_clear(line);
    lines_move(b, line, (size_t)(lf - bytes) + 1);
    return true;
}

size_t lines_move(struct buf *from, struct buf *to, size_t max)
{
    size_t n = buf_len(from) < max ? buf_len(from) : max;
    buf_append(to, buf_bytes(from), n);
    buf_consume(from, n);
    return n;
}

const char *lines_find(const void *data, size_t len, const char *needle)
{
    return memmem(data, len, needle, strlen(needle));
}

/* ---- connections ---- */

static void set_up_socket(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        fail("cannot make a socket non-blocking");
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

static int connect_server(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (connect(fd, (struct sockaddr *)&options.connect, sizeof options.connect) < 0) {
        close(fd);
        return -1;
    }
    set_up_socket(fd);
    return fd;
}

static void conn_new(int client)
{
    struct lines_conn *c = mem_alloc(sizeof *c);
    *c = (struct lines_conn){
        .next = conns, .number = ++conn_count, .client = client, .client_entry = -1, .server_entry = -1};
    c->server = connect_server();
    set_up_socket(client);
    if (c->server < 0)
        c->end = LINES_RESET;
    conns = c;
    tool->open(c);
}

static void conn_free(struct lines_conn *c)
{
    tool->close(c);
    close_socket(c->client, c->end == LINES_RESET);
    close_socket(c->server, false);
    buf_done(&c->from_client);
    buf_done(&c->to_server);
    buf_done(&c->from_server);
    buf_done(&c->to_client);
    free(c);
}

static void accept_all(int listener)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            conn_new(client);
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR && errno != ECONNABORTED)
            fail("accept");
    }
}

/* Take in what is there. Returns whether anything came, or the end did. */
static bool take_in(int fd, struct buf *b, bool *ended)
{
    ssize_t n = recv(fd, buf_reserve(b, PIECE), PIECE, 0);
    if (n > 0)
        buf_commit(b, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        *ended = true;
    return n > 0 || *ended;
}

/* Give out up to max octets. Returns how many; an end is noted. */
static size_t give_out(int fd, struct buf *b, size_t max, bool *ended)
{
    size_t len = buf_len(b) < max ? buf_len(b) : max;
    ssize_t n = len ? send(fd, buf_bytes(b), len, MSG_NOSIGNAL) : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        *ended = true;
        buf_clear(b);
    }
    if (n <= 0)
        return 0;
    buf_consume(b, (size_t)n);
    return (size_t)n;
}

static void give_client(struct lines_conn *c)
{
    size_t max = c->close_after ? c->close_after - c->passed : SIZE_MAX;
    c->passed += give_out(c->client, &c->to_client, max, &c->client_ended);
    if (c->close_after && c->passed >= c->close_after) {
        lines_log("%u closed after %llu octets", c->number, (unsigned long long)c->passed);
        c->end = LINES_CLOSE;
        buf_clear(&c->to_client);
    }
}

/* Whatever the tool makes of a side's end: without the client there is nobody to talk to, without the server
 * only what is still to be said. */
static void look_for_end(struct lines_conn *c)
{
    if (c->client_ended) {
        c->end = c->end ? c->end : LINES_CLOSE;
        buf_clear(&c->to_client);
    } else if (c->server_ended && !c->end) {
        c->end = LINES_CLOSE;
    }
}

static bool holding(const struct lines_conn *c)
{
    return c->hold_until_ms > lines_now_ms();
}

static void conn_serve(struct lines_conn *c)
{
    bool moved = c->hold_until_ms != 0; /* what has waited is looked at again */
    if (holding(c))
        return;
    c->hold_until_ms = 0;
    if (!c->end && c->client_entry >= 0 && entries[c->client_entry].revents)
        moved |= take_in(c->client, &c->from_client, &c->client_ended);
    if (!c->end && c->server_entry >= 0 && entries[c->server_entry].revents)
        moved |= take_in(c->server, &c->from_server, &c->server_ended);
    if (moved && !c->end)
        tool->turn(c);
    if (holding(c))
        return;
    if (c->server >= 0 && !c->server_ended)
        give_out(c->server, &c->to_server, SIZE_MAX, &c->server_ended);
    if (!c->client_ended)
        give_client(c);
    look_for_end(c);
}

static bool conn_over(struct lines_conn *c)
{
    return c->end && !buf_len(&c->to_client) && !holding(c);
}

static void serve_all(void)
{
    for (struct lines_conn **p = &conns; *p;) {
        struct lines_conn *c = *p;
        conn_serve(c);
        if (conn_over(c)) {
            *p = c->next;
            conn_free(c);
        } else {
            p = &c->next;
        }
    }
}

/* ---- the poll set ---- */

static int add_entry(int fd, short events)
{
    if (fd < 0 || !events)
        return -1;
    if (entry_count == entry_cap) {
        entry_cap = entry_cap ? 2 * entry_cap : 64;
        entries = mem_grow(entries, entry_cap, sizeof *entries);
    }
    entries[entry_count] = (struct pollfd){.fd = fd, .events = events};
    return (int)entry_count++;
}

static short wanted(bool ended, const struct buf *in, const struct buf *passed_to, const struct buf *out)
{
    short events = 0;
    if (!ended && buf_len(in) < FULL && buf_len(passed_to) < FULL)
        events |= POLLIN;
    if (buf_len(out))
        events |= POLLOUT;
    return events;
}

static int gather(int listener)
{
    int64_t now = lines_now_ms(), wait = WAIT_MS;
    entry_count = 0;
    add_entry(listener, POLLIN);
    for (struct lines_conn *c = conns; c; c = c->next) {
        c->client_entry = c->server_entry = -1;
        if (c->hold_until_ms > now) {
            wait = c->hold_until_ms - now < wait ? c->hold_until_ms - now : wait;
            continue;
        }
        c->client_entry = add_entry(
            c->client, wanted(c->client_ended || c->end, &c->from_client, &c->to_server, &c->to_client));
        c->server_entry = add_entry(
            c->server, wanted(c->server_ended || c->end, &c->from_server, &c->to_client, &c->to_server));
    }
    return (int)wait;
}

/* ---- the command line ---- */

uint64_t lines_number(const char *text, uint64_t max)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno || *end || end == text || *text == '-' || n > max) {
        fprintf(stderr, "%s: not a number up to %llu: %s\n", tool->name, (unsigned long long)max, text);
        exit(EXIT_FAILURE);
    }
    return n;
}

static struct sockaddr_in loopback(const char *place)
{
    const char *colon = strrchr(place, ':');
    uint16_t port = (uint16_t)lines_number(colon ? colon + 1 : place, UINT16_MAX);
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
}

static void set_common(int option, const char *value)
{
    switch (option) {
    case 'l':
        options.listen = loopback(value);
        break;
    case 'c':
        options.connect = loopback(value);
        break;
    case 'p':
        options.port_file = value;
        break;
    case 's':
        options.seed = lines_number(value, UINT64_MAX);
        break;
    case 'o':
        options.log = fopen(value, "ae");
        if (!options.log)
            fail(value);
        break;
    }
}

/* The common options, then the tool's, ended by zeros; the caller frees. */
static struct option *all_options(const struct option *own)
{
    static const struct option common[] = {{"listen", required_argument, NULL, 'l'},
        {"connect", required_argument, NULL, 'c'}, {"port-file", required_argument, NULL, 'p'},
        {"log", required_argument, NULL, 'o'}, {"seed", required_argument, NULL, 's'}};
    size_t common_count = sizeof common / sizeof *common, own_count = 0;
    while (own[own_count].name)
        own_count++;
    struct option *all = mem_array(common_count + own_count + 1, sizeof *all);
    memcpy(all, common, sizeof common);
    memcpy(all + common_count, own, own_count * sizeof *own);
    return all;
}

static void parse(const struct lines_main *m, int argc, char **argv)
{
    bool bad = false;
    struct option *known = all_options(m->options);
    options.listen = loopback("0");
    for (int o; (o = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (o == '?')
            bad = true;
        else if (o >= LINES_OPTION_OWN)
            m->set(o, optarg);
        else
            set_common(o, optarg);
    }
    free(known);
    if (bad || optind != argc || !options.connect.sin_port) {
        fputs(m->usage, stderr);
        exit(EXIT_FAILURE);
    }
    random_state = mix(options.seed);
}

/* Whole or not there: readers wait for the file to appear. */
static void write_port_file(uint16_t port)
{
    if (!options.port_file) {
        printf("%u\n", port);
        fflush(stdout);
        return;
    }
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", options.port_file);
    FILE *f = fopen(part, "we");
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

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

int lines_main(const struct lines_main *m, int argc, char **argv)
{
    tool = m->tool;
    parse(m, argc, argv);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    int listener = listen_there();
    while (!stop) {
        int wait_ms = gather(listener);
        if (poll(entries, (nfds_t)entry_count, wait_ms) < 0 && errno != EINTR)
            fail("poll");
        if (!stop && entries[0].revents)
            accept_all(listener);
        if (!stop)
            serve_all();
    }
    while (conns) {
        struct lines_conn *c = conns;
        conns = c->next;
        conn_free(c);
    }
    free(entries);
    close(listener);
    if (options.log)
        fclose(options.log);
    return EXIT_SUCCESS;
}
