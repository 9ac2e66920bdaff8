/* stream_tls.h - looks over OpenSSL's shoulder while libcurl shakes hands: what was agreed, and whose
 * certificate it was, also when it is not acceptable. It observes only (but for the two stream_tls_allow_…):
 * every decision stays OpenSSL's and libcurl's. The only place with OpenSSL's TLS headers. Internal to
 * lib/net. */
#pragma once

#include "stream.h"

enum stream_tls_fault {
    STREAM_TLS_NO_FAULT,
    STREAM_TLS_EXPIRED,
    STREAM_TLS_NOT_YET_VALID,
    STREAM_TLS_SELF_SIGNED,
    STREAM_TLS_UNKNOWN_CA,
    STREAM_TLS_BAD_CERTIFICATE, /* anything else about the certificate */
    STREAM_TLS_OLD_VERSION,
    STREAM_TLS_WEAK,    /* keys, hashes or a handshake of the time of TLS 1.0 */
    STREAM_TLS_NOT_TLS, /* the peer's first octets are no TLS record */
    STREAM_TLS_NO_AGREEMENT,
};

struct stream_tls_watch {
    void *ctx; /* a reference of our own to libcurl's SSL_CTX, so that it can be told to forget us */
    bool shaken;
    struct stream_tls info;
    enum stream_tls_fault fault; /* of the certificate named in info */
    char fault_text[96];
    enum stream_tls_fault handshake; /* why it failed, in OpenSSL's words */
    char not_before[64], names[160]; /* "a.example, b.example" */
};

/* From CURLOPT_SSL_CTX_FUNCTION, with libcurl built on OpenSSL; watch stays where it is until done. */
void stream_tls_attach(struct stream_tls_watch *watch, void *ssl_ctx);
void stream_tls_detach(struct stream_tls_watch *watch);

/* Older than TLS 1.2? */
bool stream_tls_min_is_old(enum stream_tls_min min);
/* Servers of that age do not know RFC 5746, which OpenSSL demands of them by itself. */
void stream_tls_allow_old(void *ssl_ctx);

/* What kind of trouble in a handshake an error code of OpenSSL stands for (0x0A00010B: "wrong version
 * number"). */
enum stream_tls_fault stream_tls_fault_of(unsigned long code);

/* Take the end of a connection without TLS's own goodbye for an end like any other: for what tells by itself
 * whether it is whole. */
void stream_tls_allow_bare_end(void *ssl_ctx);

/* OpenSSL's folder of trusted certificates. */
const char *stream_tls_ca_dir(void);
