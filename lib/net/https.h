/* https.h - one small HTTPS request at a time, for tokens (OAuth 2.0) and server settings (autoconfig). Not
 * for mail.
 *
 * The certificate is verified, redirects stay on the host that was asked (others are an error; a POST follows
 * none), what comes is bounded in size and time, cookies and netrc are not used. Blocks; any thread, one
 * request per call. The program must ignore SIGPIPE. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct https_request {
    const char *url;     /* https://...; http:// only with allow_http, also of a redirect */
    const char *form;    /* NULL: GET; else POST of this application/x-www-form-urlencoded body; it may hold
                            secrets, the caller wipes it */
    const char *accept;  /* media type; NULL: any */
    const char *ca_file; /* PEM, trusted beside the system's; NULL: those only */
    const char *address; /* connect to this IP address in place of asking the name service; NULL: ask */
    const char *proxy;   /* as libcurl takes it, "" for none; NULL: by the environment */
    size_t max_octets;   /* of the answer's body; 0: 1 MiB */
    int64_t timeout_ms;  /* of the whole; 0: 20 s */
    bool allow_http;
    bool (*stop)(void *ctx); /* asked to stop? Asked ten times a second; NULL: never */
    void *ctx;
};

struct https_reply {
    int status; /* 200 ... */
    char *body; /* ended by NUL; owned */
    size_t len;
    char content_type[128]; /* "" when none was given */
};

/* 0 with any status; -1: ERROR_USAGE (the URL), ERROR_CONNECT, ERROR_TIMEOUT, ERROR_TLS, ERROR_PROTOCOL (too
 * large, redirect elsewhere), ERROR_CANCELLED; the text names the host, never the form or a query. */
int https_fetch(const struct https_request *r, struct https_reply *ret, struct error *err);
void https_reply_done(struct https_reply *r); /* wipes; zeroed is fine */
