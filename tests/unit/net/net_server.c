#include "net_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 32

struct connection {
    struct net_peer peer;
    pthread_t thread;
};

struct net_server {
    struct net_script script;
    int fd;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    unsigned count, logins;
    struct connection *connections[MAX_CONNECTIONS];
};

ssize_t net_peer_read(struct net_peer *p, void *dst, size_t cap)
{
    if (p->ssl)
        return SSL_read(p->ssl, dst, (int)cap);
    return recv(p->fd, dst, cap, 0);
}

bool net_peer_write(struct net_peer *p, const void *data, size_t len)
{
    const char *at = data;
    while (len) {
        ssize_t n = p->ssl ? SSL_write(p->ssl, at, (int)len) : send(p->fd, at, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool net_peer_say(struct net_peer *p, const char *text)
{
    size_t len = strlen(text), piece = p->server->script.dribble && len ? 1 : len;
    for (; len; text += piece, len -= piece) {
        if (!net_peer_write(p, text, piece))
            return false;
        sched_yield(); /* time for the client to see it alone */
    }
    return true;
}

bool net_peer_line(struct net_peer *p, char *dst, size_t cap)
{
    size_t len = 0;
    for (;;) {
        char c;
        if (net_peer_read(p, &c, 1) != 1)
            return false;
        if (c == '\n')
            break;
        if (c != '\r' && len + 1 < cap)
            dst[len++] = c;
    }
    dst[len] = '\0';
    return true;
}

bool net_peer_tls(struct net_peer *p)
{
    p->ssl = SSL_new(p->server->script.tls);
    return p->ssl && SSL_set_fd(p->ssl, p->fd) == 1 && SSL_accept(p->ssl) == 1;
}

void net_peer_hold(struct net_peer *p)
{
    char sink[4096];
    while (net_peer_read(p, sink, sizeof sink) > 0)
        continue;
}

void net_peer_reset(struct net_peer *p)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void net_peer_no_goodbye(struct net_peer *p)
{
    SSL_set_quiet_shutdown(p->ssl, 1);
}

void net_peer_count_login(struct net_peer *p)
{
    pthread_mutex_lock(&p->server->lock);
    p->server->logins++;
    pthread_mutex_unlock(&p->server->lock);
}

static void *talk(void *ctx)
{
    struct connection *c = ctx;
    struct net_peer *p = &c->peer;
    const struct net_script *script = &p->server->script;
    sigset_t pipe; /* only here: the tested side has to do without */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    if (!script->implicit || net_peer_tls(p))
        script->talk(p, script);
    if (p->ssl && SSL_is_init_finished(p->ssl) && !SSL_get_quiet_shutdown(p->ssl))
        SSL_shutdown(p->ssl);
    SSL_free(p->ssl);
    p->ssl = NULL;
    pthread_mutex_lock(&p->server->lock);
    close(p->fd);
    p->fd = -1;
    pthread_mutex_unlock(&p->server->lock);
    return NULL;
}

static void begin(struct net_server *server, int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    if (!c || server->count == MAX_CONNECTIONS)
        abort();
    c->peer = (struct net_peer){.server = server, .fd = fd};
    pthread_mutex_lock(&server->lock);
    server->connections[server->count++] = c;
    pthread_mutex_unlock(&server->lock);
    if (pthread_create(&c->thread, NULL, talk, c))
        abort();
}

static void *accept_all(void *ctx)
{
    struct net_server *server = ctx;
    for (int fd; (fd = accept(server->fd, NULL, NULL)) >= 0;)
        begin(server, fd);
    return NULL;
}

struct net_server *net_server_start(const struct net_script *script)
{
    struct net_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    if (!server)
        abort();
    server->script = *script;
    pthread_mutex_init(&server->lock, NULL);
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, len) < 0 ||
        listen(server->fd, 32) < 0 || getsockname(server->fd, (struct sockaddr *)&address, &len) < 0) {
        perror("a test server");
        exit(EXIT_FAILURE);
    }
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, accept_all, server))
        abort();
    return server;
}

void net_server_stop(struct net_server *server)
{
    shutdown(server->fd, SHUT_RDWR); /* ends accept */
    pthread_join(server->thread, NULL);
    close(server->fd);
    for (unsigned i = 0; i < server->count; i++) {
        struct connection *c = server->connections[i];
        pthread_mutex_lock(&server->lock);
        if (c->peer.fd >= 0)
            shutdown(c->peer.fd, SHUT_RDWR);
        pthread_mutex_unlock(&server->lock);
        pthread_join(c->thread, NULL);
        free(c);
    }
    pthread_mutex_destroy(&server->lock);
    free(server);
}

uint16_t net_server_port(const struct net_server *server)
{
    return server->port;
}

unsigned net_server_connections(struct net_server *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned n = server->count;
    pthread_mutex_unlock(&server->lock);
    return n;
}

unsigned net_server_logins(struct net_server *server)
{
    pthread_mutex_lock(&server->lock);
    unsigned n = server->logins;
    pthread_mutex_unlock(&server->lock);
    return n;
}
