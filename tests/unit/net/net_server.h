/* net_server.h - small real servers on free loopback ports, one thread per connection, for the tests of
 * streams. A server is a function that talks to one client; net_pop3 and net_imap are two that let sign in.
 */
#pragma once

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct net_server;

/* A client's connection, as its server sees it. */
struct net_peer {
    struct net_server *server;
    int fd;
    SSL *ssl;
    bool user_right; /* after USER */
};

/* How to behave; every string may be NULL. */
struct net_script {
    void (*talk)(struct net_peer *p, const struct net_script *script);
    SSL_CTX *tls;            /* for implicit TLS or STARTTLS */
    bool implicit;           /* shake hands before the greeting */
    int delay_ms;            /* before the greeting */
    const char *greeting;    /* with its line end */
    const char *caps;        /* POP3: the lines of CAPA, NULL: -ERR; IMAP: the capabilities */
    const char *tls_reply;   /* to STLS or STARTTLS (without a tag), in place of TLS; NULL: TLS */
    const char *caps_tls;    /* the same after STARTTLS; NULL: as before */
    const char *ir_reply;    /* to SASL PLAIN with an initial response; NULL: accept it */
    bool no_plain;           /* refuse SASL PLAIN without one, too */
    const char *login_reply; /* to a login, in place of comparing the password */
    const char *user, *password;
    const char *authzid;               /* that SASL PLAIN must name; NULL: none */
    const char *token;                 /* also let in by AUTH XOAUTH2 and OAUTHBEARER */
    const char *challenge;             /* Base64, sent before a token is refused; NULL: none */
    bool dribble;                      /* one octet at a time, each in a segment or record of its own */
    bool close_on_login;               /* say login_reply, if any, and close */
    void (*after)(struct net_peer *p); /* once signed in; NULL: answer +OK or nothing until the end */
};

struct net_server *net_server_start(const struct net_script *script);
/* Closes everything and waits for the threads. */
void net_server_stop(struct net_server *server);
uint16_t net_server_port(const struct net_server *server);
unsigned net_server_connections(struct net_server *server); /* accepted so far */
unsigned net_server_logins(struct net_server *server);      /* passwords seen so far */

/* For talk and after. false or <= 0: the client is gone. */
bool net_peer_say(struct net_peer *p, const char *text);
bool net_peer_write(struct net_peer *p, const void *data, size_t len);
ssize_t net_peer_read(struct net_peer *p, void *dst, size_t cap);
bool net_peer_line(struct net_peer *p, char *dst, size_t cap); /* without its end */
bool net_peer_tls(struct net_peer *p);
void net_peer_hold(struct net_peer *p);       /* until the client goes */
void net_peer_reset(struct net_peer *p);      /* close with RST */
void net_peer_no_goodbye(struct net_peer *p); /* the connection will end without TLS's own word for it */
void net_peer_count_login(struct net_peer *p);

void net_pop3(struct net_peer *p, const struct net_script *script);
void net_imap(struct net_peer *p, const struct net_script *script);
