/* stream_error.h - turns what went wrong with a stream into one sentence on two axes. Pure.
 * Internal to lib/net. */
#pragma once

#include "stream.h"
#include "stream_tls.h"
#include "stream_words.h"

/* What is known about a sign-in that failed. */
struct stream_failure {
    const char *name; /* "pop3s://host:995" */
    enum stream_protocol protocol;
    enum stream_security security;
    uint16_t port;
    const char *host, *user, *ca_file; /* host: NULL is that of no provider we know */
    const char *authzid;               /* NULL: none */
    bool no_trust;                     /* nor does the system trust anyone */
    enum stream_tls_min tls_min;
    const char *bind;       /* NULL: any */
    const char *proxy;      /* its name; NULL: none */
    const char *proxy_said; /* an HTTP proxy's status line, or "" */
    bool token;             /* the user has one in place of a password */
    int64_t timeout_ms;

    int curl_code;         /* CURLcode */
    const char *curl_text; /* CURLOPT_ERRORBUFFER */
    int os_errno;          /* CURLINFO_OS_ERRNO */
    bool connected;        /* TCP */
    const char *alien;     /* first octets that fit no greeting of the protocol, or NULL */
    size_t alien_len;
    const struct stream_words *words;
    const struct stream_tls_watch *tls;
};

int stream_error_sign_in(struct error *err, const struct stream_failure *f);

/* The part of stream_error_sign_in about a token that was refused (stream_bearer.c). */
int stream_error_bearer(struct error *err, const struct stream_failure *f);

/* A READY stream whose connection ended; text: libcurl's word for it, NULL when the server closed it in
 * order. */
int stream_error_lost(struct error *err, const char *name, const char *text);
/* A READY stream that was silent for too long. */
int stream_error_silent(struct error *err, const char *name, int64_t idle_ms);

/* The part about a proxy, and about --bind (stream_error_route.c): false when it was neither of these. */
bool stream_error_route(struct error *err, const struct stream_failure *f);

/* The part of stream_error_sign_in about TLS (stream_error_tls.c). */
int stream_error_tls(struct error *err, const struct stream_failure *f);
int stream_error_no_starttls(struct error *err, const struct stream_failure *f);
