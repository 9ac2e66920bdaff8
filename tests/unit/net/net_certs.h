/* net_certs.h - certificates made on the spot: a CA of the test's own, and servers' certificates of every
 * kind. */
#pragma once

#include <openssl/ssl.h>

enum net_cert {
    NET_CERT_GOOD, /* for localhost, 127.0.0.1 and ::1 */
    NET_CERT_EXPIRED,
    NET_CERT_NOT_YET,
    NET_CERT_WRONG_HOST, /* for other.example */
    NET_CERT_SELF_SIGNED,
    NET_CERT_KINDS,
};

/* Make the CA and write it, PEM, to a temporary file; its path. Exits when OpenSSL cannot. */
const char *net_certs_init(void);
void net_certs_done(void);
/* A server's context with such a certificate; max_version 0: any. Caller frees. */
SSL_CTX *net_certs_server(enum net_cert kind, int max_version);
