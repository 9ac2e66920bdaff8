#include "stream_private.h"

#include "clock.h"
#include "mem.h"
#include "stream_bearer.h"
#include "stream_error.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 60000
#define IDLE_TIMEOUT_MS    300000
#define HOST_MAX_OCTETS    253 /* RFC 1035 section 2.3.4, without the dot of the root */

struct net *net_new(const struct log *log)
{
    stream_curl_init();
    struct net *net = mem_alloc(sizeof *net);
    if (log)
        net->log = *log;
    net->multi = curl_multi_init();
    if (!net->multi)
        abort(); /* no memory */
    return net;
}

void net_free(struct net *net)
{
    if (!net)
        return;
    while (net->streams)
        stream_close(net->streams);
    curl_multi_cleanup(net->multi);
    free(net);
}

static uint16_t default_port(const struct stream_spec *spec)
{
    if (spec->protocol == STREAM_POP3)
        return spec->security == STREAM_TLS_IMPLICIT ? 995 : 110;
    return spec->security == STREAM_TLS_IMPLICIT ? 993 : 143;
}

/* The URL of the server, which is also its name in messages. */
static char *make_name(const struct stream *s)
{
    const char *scheme = s->protocol == STREAM_POP3 ? "pop3" : "imap";
    const char *tls = s->security == STREAM_TLS_IMPLICIT ? "s" : "";
    if (!strchr(s->host, ':'))
        return mem_printf("%s%s://%s:%u", scheme, tls, s->host, s->port);
    const char *zone = strchr(s->host, '%'); /* RFC 6874 */
    int address = (int)(zone ? zone - s->host : (ptrdiff_t)strlen(s->host));
    return mem_printf("%s%s://[%.*s%s%s]:%u", scheme, tls, address, s->host, zone ? "%25" : "",
        zone ? zone + 1 : "", s->port);
}

const char *stream_host_fault(const char *host)
{
    if (!*host)
        return "no host is given";
    if (*host == '-')
        return "a host name cannot begin with -";
    if (strlen(host) > HOST_MAX_OCTETS)
        return "a host name has at most 253 octets";
    for (const char *p = host; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("/\\?#@[]<>\"*,;", *p))
            return "a host name cannot hold blanks or any of / \\ ? # @ [ ] < > \" * , ;";
    if (!strchr(host, ':') && strchr(host, '%'))
        return "a host name cannot hold %";
    return NULL;
}

/* What would end the message of XOAUTH2 or OAUTHBEARER is no token (RFC 6750 section 2.1), and no user. */
static const char *token_fault(const struct stream_spec *spec)
{
    for (const char *p = spec->token; *p; p++)
        if (*p <= ' ' || *p > '~')
            return "the OAuth 2.0 token holds blanks or something else that no token holds";
    if (strchr(spec->user, '\001') ||
        (spec->bearer == STREAM_BEARER_OAUTHBEARER && strpbrk(spec->user, ",=")))
        return "the user name holds something that OAUTHBEARER cannot send";
    return *spec->token ? NULL : "the OAuth 2.0 token is empty";
}

/* USER, PASS and LOGIN are lines. */
static const char *spec_fault(const struct stream_spec *spec)
{
    const char *fault = stream_host_fault(spec->host ? spec->host : "");
    if (fault)
        return fault;
    if (!spec->user || !*spec->user)
        return "no user name is given";
    if (strpbrk(spec->user, "\r\n"))
        return "the user name holds a line break";
    if (spec->authzid && (!*spec->authzid || strpbrk(spec->authzid, "\r\n")))
        return "the name of the mailbox to open is empty or holds a line break";
    if (spec->authzid && spec->token)
        return "an OAuth 2.0 token opens the mailbox of its user name alone: give that as the user, and no other to "
               "open";
    if (stream_route_fault(spec))
        return stream_route_fault(spec);
    if (spec->token)
        return token_fault(spec);
    if (!spec->password || !*spec->password)
        return "no password is given";
    if (strpbrk(spec->password, "\r\n"))
        return "the password holds a line break";
    return NULL;
}

static int check_readable(const char *what, const char *path, int flags, struct error *err)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | flags) : -1;
    if (path && fd < 0)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "cannot read the %s: %.300s: %s", what, path, strerror(errno));
    if (path)
        close(fd);
    return 0;
}

static int check_spec(const struct stream_spec *spec, struct error *err)
{
    const char *fault = spec_fault(spec);
    if (fault)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s server %.100s: %s",
            spec->protocol == STREAM_POP3 ? "POP3" : "IMAP", spec->host ? spec->host : "", fault);
    if (check_readable("file given by --ca-file", spec->ca_file, 0, err) < 0)
        return -1;
    return check_readable("folder given by --ca-dir", spec->route.ca_dir, O_DIRECTORY, err);
}

static void copy_spec(struct stream *s, const struct stream_spec *spec)
{
    s->protocol = spec->protocol;
    s->security = spec->security;
    s->host = mem_strdup(spec->host ? spec->host : "");
    s->port = spec->port ? spec->port : default_port(spec);
    s->user = mem_strdup(spec->user ? spec->user : "");
    s->password = mem_strdup(spec->password && !spec->token ? spec->password : "");
    s->token = mem_strdup(spec->token);
    if (spec->token)
        s->options = mem_strdup(stream_bearer_options(spec->bearer, s->user));
    else if (spec->authzid) /* nothing else can say it */
        s->options = mem_strdup("AUTH=PLAIN");
    s->ca_file = mem_strdup(spec->ca_file);
    s->authzid = mem_strdup(spec->authzid);
    stream_route_copy(&s->route, &spec->route);
    s->weak_auth = spec->weak_auth;
    s->connect_timeout_ms = spec->connect_timeout_ms > 0 ? spec->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    s->idle_timeout_ms = spec->idle_timeout_ms > 0 ? spec->idle_timeout_ms : IDLE_TIMEOUT_MS;
    s->name = make_name(s);
    if (s->token)
        stream_secret_init_token(&s->secret, s->user, s->token, s->host, s->port);
    else
        stream_secret_init(&s->secret, s->authzid, s->user, s->password);
}

struct stream *stream_open(struct net *net, const struct stream_spec *spec)
{
    struct stream *s = mem_alloc(sizeof *s);
    s->net = net;
    s->fd = CURL_SOCKET_BAD;
    copy_spec(s, spec);
    s->next = net->streams;
    net->streams = s;
    s->deadline_ms = stream_state_now_ms() + s->connect_timeout_ms;
    if (check_spec(spec, &s->error) < 0)
        stream_state_fail(s);
    else
        stream_curl_start(s);
    return s;
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    stream_state_stop(s);
    for (struct stream **p = &s->net->streams; *p; p = &(*p)->next)
        if (*p == s) {
            *p = s->next;
            break;
        }
    stream_state_forget(s);
    stream_out_done(&s->out);
    free(s->options);
    free(s->host);
    free(s->user);
    free(s->ca_file);
    free(s->authzid);
    stream_route_done(&s->route);
    free(s->name);
    free(s);
}

enum stream_state stream_state(const struct stream *s)
{
    return s->state;
}

const struct error *stream_error(const struct stream *s)
{
    return s->state == STREAM_FAILED ? &s->error : NULL;
}

const char *stream_name(const struct stream *s)
{
    return s->name;
}

const char *stream_alert(const struct stream *s)
{
    return s->words.alert;
}

const struct stream_tls *stream_tls(const struct stream *s)
{
    return &s->tls.info;
}

void stream_expect(struct stream *s, bool awaiting)
{
    if (awaiting && !s->expecting)
        s->active_ms = stream_state_now_ms();
    s->expecting = awaiting;
}

uint64_t stream_octets_in(const struct stream *s)
{
    return s->octets_in;
}

uint64_t stream_octets_out(const struct stream *s)
{
    return s->octets_out;
}

size_t stream_unsent(const struct stream *s)
{
    return s->state == STREAM_READY ? s->out.used : 0;
}

size_t stream_room(const struct stream *s)
{
    return s->state == STREAM_READY && !s->send_broken ? STREAM_OUT_CAP - s->out.used : 0;
}

static ssize_t lost(struct stream *s, const char *text)
{
    stream_error_lost(&s->error, s->name, text);
    stream_state_fail(s);
    return -1;
}

/* Some servers write "OK" and "+" in two small pieces, and hold the second back until the first is
 * acknowledged: with the kernel's delayed ACK each APPEND would take 40 ms. The kernel forgets this wish
 * again and again. */
static void ack_at_once(curl_socket_t fd)
{
#ifdef TCP_QUICKACK
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

ssize_t stream_read(struct stream *s, void *dst, size_t cap)
{
    if (s->state != STREAM_READY)
        return s->state == STREAM_CONNECTING ? 0 : -1;
    if (!cap)
        return 0;
    size_t n = 0;
    s->curl_text[0] = '\0';
    CURLcode rc = curl_easy_recv(s->easy, dst, cap, &n);
    if (n && s->protocol == STREAM_IMAP)
        ack_at_once(s->fd);
    if (rc == CURLE_AGAIN) {
        if (!s->drained)
            s->active_ms = stream_state_now_ms();
        s->drained = true;
        return 0;
    }
    if (rc != CURLE_OK)
        return lost(s, s->curl_text[0] ? s->curl_text : curl_easy_strerror(rc));
    if (!n)
        return lost(s, NULL);
    s->drained = false;
    s->octets_in += n;
    return (ssize_t)n;
}

/* A peer that closes says why before: when sending fails, what it has said can still be read, and reading is
 * what tells of the end. */
int stream_flush(struct stream *s)
{
    if (s->state == STREAM_READY && !s->send_broken && stream_state_push(s) != CURLE_OK) {
        s->send_broken = true;
        stream_out_done(&s->out);
    }
    return s->state == STREAM_FAILED ? -1 : 0;
}

ssize_t stream_write(struct stream *s, const void *src, size_t len)
{
    if (s->state != STREAM_READY)
        return s->state == STREAM_CONNECTING ? 0 : -1;
    if (s->send_broken)
        return 0;
    size_t taken = stream_out_put(&s->out, src, len);
    if (s->out.used < STREAM_OUT_PIECE)
        return (ssize_t)taken;
    stream_flush(s);
    if (taken < len && !s->send_broken)
        taken += stream_out_put(&s->out, (const char *)src + taken, len - taken);
    return (ssize_t)taken;
}
