#define CARES_NO_DEPRECATED /* later c-ares has other names for what Debian 12's has to be called by */
#include "discover_dns.h"

#include "clock.h"
#include "mem.h"
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY_MS  1500
#define TRIES   2
#define STEP_MS 100 /* how soon stop is heard */

struct discover_dns {
    ares_channel channel;
};

/* What one answer is for. */
struct waiting {
    struct discover_dns_question *question;
    size_t *open;
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
    ares_library_init(ARES_LIB_INIT_ALL);
}

static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    long port = digits && digits < 6 && !text[digits] ? strtol(text, NULL, 10) : 0;
    return port > 0 && port < 65536;
}

/* ADDRESS, IPV4:PORT or [IPV6]:PORT. c-ares takes more, other things from version to version: lists, URLs. */
static bool is_server(const char *text)
{
    unsigned char address[16];
    char host[80];
    bool bracket = *text == '[';
    const char *first = strchr(text, ':'), *end = bracket ? strchr(text, ']') : NULL;
    if (bracket && !end)
        return false;
    if (!bracket && first && !strchr(first + 1, ':'))
        end = first; /* IPv4 and a port */
    size_t len = end ? (size_t)(end - text) - bracket : strlen(text);
    if (len >= sizeof host)
        return false;
    memcpy(host, text + bracket, len);
    host[len] = '\0';
    bool v6 = strchr(host, ':') != NULL;
    if (v6)
        host[strcspn(host, "%")] = '\0'; /* fe80::1%eth0 */
    const char *rest = end ? end + bracket : "";
    if (inet_pton(v6 ? AF_INET6 : AF_INET, host, address) != 1 || (bracket && !v6))
        return false;
    return (!bracket && !*rest) || (*rest == ':' && is_port(rest + 1));
}

struct discover_dns *discover_dns_new(const char *server, struct error *err)
{
    pthread_once(&library_once, library_init);
    struct discover_dns *dns = mem_alloc(sizeof *dns);
    struct ares_options options = {.timeout = TRY_MS, .tries = TRIES};
    int rc = ares_init_options(&dns->channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (rc != ARES_SUCCESS) {
        error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
            "the name service cannot be set up: %s; see /etc/resolv.conf", ares_strerror(rc));
        free(dns);
        return NULL;
    }
    if (!server || (is_server(server) && ares_set_servers_ports_csv(dns->channel, server) == ARES_SUCCESS))
        return dns;
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--dns must be the IP address of a name server, as 192.0.2.1 or 192.0.2.1:5353 or [2001:db8::1]:5353, "
        "not %.100s",
        server);
    discover_dns_free(dns);
    return NULL;
}

void discover_dns_free(struct discover_dns *dns)
{
    if (dns)
        ares_destroy(dns->channel);
    free(dns);
}

/* ---- order ---- */
static int compare(const void *a, const void *b)
{
    const struct discover_dns_record *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : (int)x->port - (int)y->port;
}

void discover_dns_sort(struct discover_dns_record *records, size_t count)
{
    if (count)
        qsort(records, count, sizeof *records, compare);
}

/* ---- answers ---- */
static void take(struct discover_dns_question *q, struct discover_dns_record r, const char *host)
{
    bool nowhere = q->type == DISCOVER_DNS_SRV && (!*host || !strcmp(host, "."));
    if (q->count < DISCOVER_DNS_RECORDS && (nowhere || discover_host_take(r.name, host)))
        q->records[q->count++] = r;
}

static int parse_srv(struct discover_dns_question *q, const unsigned char *answer, int len)
{
    struct ares_srv_reply *list = NULL;
    int rc = ares_parse_srv_reply(answer, len, &list);
    for (const struct ares_srv_reply *r = rc == ARES_SUCCESS ? list : NULL; r; r = r->next)
        take(q, (struct discover_dns_record){r->priority, r->weight, r->port, ""}, r->host);
    ares_free_data(list);
    return rc;
}

static int parse_mx(struct discover_dns_question *q, const unsigned char *answer, int len)
{
    struct ares_mx_reply *list = NULL;
    int rc = ares_parse_mx_reply(answer, len, &list);
    for (const struct ares_mx_reply *r = rc == ARES_SUCCESS ? list : NULL; r; r = r->next)
        take(q, (struct discover_dns_record){.priority = r->priority}, r->host);
    ares_free_data(list);
    return rc;
}

static void take_address(struct discover_dns_question *q, int family, const void *address)
{
    struct discover_dns_record r = {0};
    if (q->count < DISCOVER_DNS_RECORDS && inet_ntop(family, address, r.name, sizeof r.name))
        q->records[q->count++] = r;
}

static int parse_addresses(struct discover_dns_question *q, const unsigned char *answer, int len)
{
    struct ares_addrttl v4[DISCOVER_DNS_RECORDS];
    struct ares_addr6ttl v6[DISCOVER_DNS_RECORDS];
    int n = DISCOVER_DNS_RECORDS;
    bool is_v4 = q->type == DISCOVER_DNS_A;
    int rc = is_v4 ? ares_parse_a_reply(answer, len, NULL, v4, &n)
                   : ares_parse_aaaa_reply(answer, len, NULL, v6, &n);
    for (int i = 0; rc == ARES_SUCCESS && i < n; i++)
        take_address(q, is_v4 ? AF_INET : AF_INET6,
            is_v4 ? (const void *)&v4[i].ipaddr : (const void *)&v6[i].ip6addr);
    return rc;
}

static int parse(struct discover_dns_question *q, const unsigned char *answer, int len)
{
    switch (q->type) {
    case DISCOVER_DNS_SRV:
        return parse_srv(q, answer, len);
    case DISCOVER_DNS_MX:
        return parse_mx(q, answer, len);
    case DISCOVER_DNS_A:
    case DISCOVER_DNS_AAAA:
        break;
    }
    return parse_addresses(q, answer, len);
}

static void on_answer(void *ctx, int status, int timeouts, unsigned char *answer, int len)
{
    (void)timeouts;
    struct waiting *w = ctx;
    struct discover_dns_question *q = w->question;
    (*w->open)--;
    if (status == ARES_SUCCESS)
        status = parse(q, answer, len);
    if (status == ARES_ENOTFOUND) {
        q->answer = DISCOVER_DNS_NOBODY;
    } else if (status == ARES_ENODATA || (status == ARES_SUCCESS && !q->count)) {
        q->answer = DISCOVER_DNS_NONE;
    } else if (status == ARES_SUCCESS) {
        q->answer = DISCOVER_DNS_FOUND;
        if (q->type == DISCOVER_DNS_SRV || q->type == DISCOVER_DNS_MX)
            discover_dns_sort(q->records, q->count);
    } else {
        const char *why = status == ARES_ECANCELLED ? "no answer in time" : ares_strerror(status);
        snprintf(q->why, sizeof q->why, "%s", why);
    }
}

/* ---- asking ---- */
static int type_number(enum discover_dns_type type)
{
    static const int numbers[] = {
        [DISCOVER_DNS_SRV] = ns_t_srv,
        [DISCOVER_DNS_MX] = ns_t_mx,
        [DISCOVER_DNS_A] = ns_t_a,
        [DISCOVER_DNS_AAAA] = ns_t_aaaa,
    };
    return numbers[type];
}

static void turn(ares_channel channel)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    unsigned mask = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    int n = 0;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) { /* the macros for this shift into the sign */
        bool in = mask >> i & 1, out = mask >> (i + ARES_GETSOCK_MAXNUM) & 1;
        short events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
        if (events)
            fds[n++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
    struct timeval step = {0, STEP_MS * 1000}, room;
    const struct timeval *wait = ares_timeout(channel, &step, &room);
    poll(fds, (nfds_t)n, (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000) + 1);
    for (int i = 0; i < n; i++)
        ares_process_fd(channel, fds[i].revents & (POLLIN | POLLHUP | POLLERR) ? fds[i].fd : ARES_SOCKET_BAD,
            fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what is overdue */
}

int discover_dns_ask(struct discover_dns *dns, struct discover_dns_question *questions, size_t count,
    int64_t timeout_ms, bool (*stop)(void *ctx), void *ctx, struct error *err)
{
    struct waiting *waiting = mem_array(count + 1, sizeof *waiting);
    size_t open = count;
    bool stopped = stop && stop(ctx); /* a refusal may be heard while it is asked */
    int64_t until_ms = clock_mono_ms(clock_system()) + timeout_ms;
    for (size_t i = 0; i < count && !stopped; i++) {
        struct discover_dns_question *q = &questions[i];
        q->answer = DISCOVER_DNS_FAILED;
        q->why[0] = '\0';
        q->count = 0;
        waiting[i] = (struct waiting){q, &open};
        ares_query(dns->channel, q->name, ns_c_in, type_number(q->type), on_answer, &waiting[i]);
    }
    while (open && !stopped && clock_mono_ms(clock_system()) < until_ms) {
        turn(dns->channel);
        stopped = stop && stop(ctx);
    }
    ares_cancel(dns->channel); /* calls on_answer for each that is open */
    free(waiting);
    if (stopped)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NOW, ERROR_CANCELLED, "stopped as asked for");
    return 0;
}
