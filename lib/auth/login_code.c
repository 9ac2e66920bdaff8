#include "login_code.h"

#include "login_page.h"
#include "mem.h"
#include "sha256.h"
#include "token_grant.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 8
#define TICK_MS         100
#define SECRET_OCTETS   32

struct connection {
    int fd;
    size_t len;
    char text[LOGIN_PAGE_MAX + 1];
};

struct login_code {
    const struct oauth_client *client;
    int fd;
    char *redirect, *state, *verifier, *url;
    struct connection *connections[MAX_CONNECTIONS]; /* oldest first; browsers open some without need */
    size_t count;
    char *code; /* once it came */
    struct oauth_reply refusal;
};

static int listen_on(uint16_t port, uint16_t *ret_port, struct error *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 8) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        *ret_port = ntohs(address.sin_port);
        return fd;
    }
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "cannot wait for the browser at 127.0.0.1, port %u: %s; name another port", port, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static char *challenge(const char *verifier)
{
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(verifier, strlen(verifier), digest);
    return auth_base64url(digest, sizeof digest);
}

static void make_url(struct login_code *l, const char *user)
{
    const struct oauth_client *c = l->client;
    CLEANUP(auth_form_done) struct auth_form query = {0};
    CLEANUP(mem_free_str) char *hash = challenge(l->verifier);
    auth_form_add(&query, "response_type", "code");
    auth_form_add(&query, "client_id", c->client_id);
    auth_form_add(&query, "redirect_uri", l->redirect);
    auth_form_add(&query, "scope", c->scope);
    auth_form_add(&query, "state", l->state);
    auth_form_add(&query, "code_challenge", hash);
    auth_form_add(&query, "code_challenge_method", "S256");
    auth_form_add(&query, "login_hint", user);
    const char *extra = c->authorize_extra;
    l->url = mem_printf("%s%c%s%s%s", c->authorize_url, strchr(c->authorize_url, '?') ? '&' : '?', query.text,
        extra ? "&" : "", extra ? extra : "");
}

struct login_code *login_code_start(
    const struct oauth_client *c, uint16_t port, const char *user, struct error *err)
{
    if (!c->authorize_url || !c->token_url || !c->client_id) {
        error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "to sign in with a browser, the provider's two addresses and a client id must be known");
        return NULL;
    }
    int fd = listen_on(port, &port, err);
    if (fd < 0)
        return NULL;
    struct login_code *l = mem_alloc(sizeof *l);
    l->client = c;
    l->fd = fd;
    l->state = auth_random(SECRET_OCTETS);
    l->verifier = auth_random(SECRET_OCTETS);
    l->redirect = mem_printf("http://%s:%u/", c->redirect_host ? c->redirect_host : "127.0.0.1", port);
    if (l->state && l->verifier) {
        make_url(l, user);
        return l;
    }
    login_code_free(l);
    error_unhandled(err, "no randomness");
    return NULL;
}

static void hang_up(struct login_code *l, size_t i)
{
    struct connection *c = l->connections[i];
    shutdown(c->fd, SHUT_WR);
    close(c->fd);
    explicit_bzero(c, sizeof *c); /* it held the code */
    free(c);
    memmove(&l->connections[i], &l->connections[i + 1], (--l->count - i) * sizeof l->connections[0]);
}

void login_code_free(struct login_code *l)
{
    if (!l)
        return;
    while (l->count)
        hang_up(l, 0);
    close(l->fd);
    mem_wipe_free(l->state);
    mem_wipe_free(l->verifier);
    mem_wipe_free(l->code);
    oauth_reply_done(&l->refusal);
    free(l->redirect);
    free(l->url);
    free(l);
}

const char *login_code_url(const struct login_code *l)
{
    return l->url;
}

static void pick_up(struct login_code *l)
{
    int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (l->count == MAX_CONNECTIONS)
        hang_up(l, 0);
    struct connection *c = mem_alloc(sizeof *c);
    c->fd = fd;
    l->connections[l->count++] = c;
}

/* Small enough for the socket's buffer; a browser that is gone needs no page. */
static void answer(struct login_code *l, const struct connection *c)
{
    const char *page = login_page_answer(c->text, l->state, &l->code, &l->refusal);
    size_t len = strlen(page);
    if (send(c->fd, page, len, MSG_NOSIGNAL) < 0)
        return;
}

/* true: done with this connection */
static bool hear(struct login_code *l, struct connection *c)
{
    ssize_t n = recv(c->fd, c->text + c->len, LOGIN_PAGE_MAX - c->len, 0);
    if (n < 0)
        return errno != EAGAIN && errno != EINTR;
    c->len += (size_t)n;
    if (!strstr(c->text, "\r\n\r\n"))
        return n == 0 || c->len == LOGIN_PAGE_MAX;
    answer(l, c);
    return true;
}

static void serve(struct login_code *l)
{
    struct pollfd fds[1 + MAX_CONNECTIONS] = {{.fd = l->fd, .events = POLLIN}};
    size_t count = l->count;
    for (size_t i = 0; i < count; i++)
        fds[i + 1] = (struct pollfd){.fd = l->connections[i]->fd, .events = POLLIN};
    if (poll(fds, (nfds_t)(count + 1), TICK_MS) <= 0)
        return;
    for (size_t i = count; i-- > 0;)
        if (fds[i + 1].revents && hear(l, l->connections[i]))
            hang_up(l, i);
    if (fds[0].revents)
        pick_up(l);
}

static bool stopped(const struct oauth_client *c)
{
    return c->stop && c->stop(c->ctx);
}

static int redeem(struct login_code *l, int64_t now_s, struct token_set *ret, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    CLEANUP(token_set_done) struct token_set set = {0};
    auth_form_add(&form, "grant_type", "authorization_code");
    auth_form_add(&form, "code", l->code);
    auth_form_add(&form, "redirect_uri", l->redirect);
    auth_form_add(&form, "code_verifier", l->verifier);
    if (token_grant_ask(l->client, "the authorization", &form, now_s, &set, err) < 0)
        return -1;
    token_set_note(&set, l->client);
    *ret = set;
    set = (struct token_set){0};
    return 0;
}

int login_code_wait(struct login_code *l, int64_t timeout_ms, const struct clock *clock,
    struct token_set *ret, struct error *err)
{
    int64_t deadline_ms = clock_mono_ms(clock) + timeout_ms;
    while (!l->code && !l->refusal.error[0]) {
        if (stopped(l->client))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED, "stopped as asked");
        if (clock_mono_ms(clock) >= deadline_ms)
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_TIMEOUT,
                "nobody has signed in with the browser within %d s; run the same command again",
                (int)(timeout_ms / 1000));
        serve(l);
    }
    if (l->refusal.error[0])
        return oauth_refused(err, l->client, "the authorization", &l->refusal);
    return redeem(l, clock_wall_s(clock), ret, err);
}
