/* stream_private.h - what a stream is made of. Internal to lib/net: stream.c (opening, reading, writing),
 * stream_state.c (connecting, ready, failed), stream_wait.c (waiting), stream_curl.c (what is asked of
 * libcurl while signing in), stream_heard.c (what the server says meanwhile). */
#pragma once

#include "stream.h"
#include "stream_curl.h"
#include "stream_login.h"
#include "stream_out.h"
#include "stream_route.h"
#include "stream_secret.h"
#include "stream_tls.h"
#include "stream_words.h"
#include <curl/curl.h>

struct stream {
    struct net *net;
    struct stream *next;
    enum stream_state state;
    struct error error;
    char *name;

    enum stream_protocol protocol;
    enum stream_security security;
    char *host;
    uint16_t port;
    char *user, *password, *token, *ca_file; /* password, token: NULL once READY or FAILED */
    char *authzid;
    struct stream_route route; /* owned */
    int64_t connect_timeout_ms, idle_timeout_ms;

    /* Signing in. */
    CURL *easy; /* in net->multi while it exists */
    char curl_text[CURL_ERROR_SIZE];
    int64_t deadline_ms;
    bool no_ir;      /* second attempt: SASL without initial response */
    bool want_bare;  /* the attempt under way is to be given up for that: */
    bool want_other; /* the same, for another SASL mechanism */
    bool says_no;    /* "+ERR", which libcurl takes for no answer */
    bool next_mech;  /* second attempt: the mechanism of the first was not to the server's liking */
    bool bare; /* second attempt: without a user name for libcurl, which stops before the sign-in: USER and
                  PASS, or LOGIN, by our own hand */
    struct stream_login login;
    bool weak_auth;  /* as in struct stream_spec */
    bool any_family; /* second attempt by a SOCKS proxy: addresses of both families */
    char *options;   /* second attempt, or a token's: CURLOPT_LOGIN_OPTIONS */
    struct stream_words words;
    struct stream_secret secret;
    struct stream_tls_watch tls;
    char proxy_said[160]; /* the last status line of an HTTP proxy */
    bool proxy_talks;     /* its answer is not at its end */
    char first[64];       /* the peer's first octets, as far as seen */
    size_t first_len;
    bool alien;       /* they fit no greeting of the protocol */
    bool quiet_asked; /* stream_quiet.h: it was silent, and asked whether it speaks TLS */

    /* Ready. */
    curl_socket_t fd;
    struct stream_out out;
    bool drained;     /* the last read found nothing: poll tells when there is more */
    bool send_broken; /* nothing can be sent any more, but the peer's last words may still be read */
    bool expecting;
    int64_t active_ms; /* last octet in or out, or the begin of the expectation */
    uint64_t octets_in, octets_out;
};

struct net {
    struct log log;
    CURLM *multi;
    struct stream *streams;
    bool changed; /* some stream became READY or FAILED since the last net_wait */
};

/* stream_state.c */
int64_t stream_state_now_ms(void);
void stream_state_ready(struct stream *s);
/* Send what can be sent; CURLE_OK also when that is not all. */
CURLcode stream_state_push(struct stream *s);
void stream_state_fail(struct stream *s);                /* s->error is filled; lets go of the connection */
void stream_state_failed(struct stream *s, CURLcode rc); /* the same while signing in; fills s->error */
void stream_state_stop(struct stream *s);                /* closes the connection */
void stream_state_forget(struct stream *s);              /* password and token */

/* stream_heard.c: what the peer says while it is signed in to */
void stream_heard_first(struct stream *s, const char *data, size_t len);
void stream_heard_line(struct stream *s, const char *data, size_t len);

/* stream_curl.c */
void stream_curl_start(struct stream *s); /* begins an attempt, or fails the stream */
int stream_curl_perform(struct net *net, struct error *err);
