/* greeting.h - do mail servers answer there, encrypted, by a certificate that names them, and with a greeting
 * of their protocol? Nobody signs in: no user name and no password is sent.
 *
 * All are asked at once. Blocks; any thread. The program must ignore SIGPIPE, as stream.h says. */
#pragma once

#include "error.h"
#include "stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct greeting_ask {
    enum stream_protocol protocol;
    enum stream_security security; /* implicit TLS, or STARTTLS, which is then required */
    const char *host;
    uint16_t port;
    const char *address; /* connect to this IP address in place of asking the name service; NULL: ask */
    const char *named;   /* the name that the certificate must hold; NULL: host */

    /* Filled in. */
    bool answers;
    bool unknown;       /* the name service has no address for the host */
    struct error error; /* why not: a sentence with the host; ERROR_CONNECT, ERROR_TIMEOUT, ERROR_TLS,
                           ERROR_PROTOCOL ... */
};

struct greeting_terms {
    const char *ca_file;     /* PEM, trusted beside the system's; NULL: those only */
    int64_t timeout_ms;      /* for all together */
    bool (*stop)(void *ctx); /* NULL: never */
    void *ctx;
};

/* 0: each of the asks is filled in, whether it answers or not. -1: ERROR_CANCELLED, or ERROR_INTERNAL for a
 * libcurl that cannot do this. */
int greeting_probe(
    struct greeting_ask *asks, size_t count, const struct greeting_terms *terms, struct error *err);
