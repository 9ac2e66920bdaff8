#include "net_certs.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY 86400L

static EVP_PKEY *ca_key;
static X509 *ca;
static char ca_path[] = "/tmp/popferry-test-ca-XXXXXX";

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "OpenSSL cannot: %s\n", what);
    exit(EXIT_FAILURE);
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    need(ext && X509_add_ext(cert, ext, -1), value);
    X509_EXTENSION_free(ext);
}

static X509 *new_cert(const char *name, EVP_PKEY *key, long from_s, long to_s)
{
    static long serial = 1;
    X509 *cert = X509_new();
    need(cert != NULL, "X509_new");
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), from_s);
    X509_gmtime_adj(X509_getm_notAfter(cert), to_s);
    X509_set_pubkey(cert, key);
    X509_NAME *subject = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(
        subject, "O", MBSTRING_UTF8, (const unsigned char *)"popferry test", -1, -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    return cert;
}

static void sign(X509 *cert, X509 *issuer, EVP_PKEY *key)
{
    X509_set_issuer_name(cert, X509_get_subject_name(issuer));
    need(X509_sign(cert, key, EVP_sha256()) > 0, "X509_sign");
}

const char *net_certs_init(void)
{
    ca_key = EVP_EC_gen("P-256");
    need(ca_key != NULL, "EVP_EC_gen");
    ca = new_cert("popferry test CA", ca_key, -DAY, 30 * DAY);
    add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
    sign(ca, ca, ca_key);
    int fd = mkstemp(ca_path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    need(f && PEM_write_X509(f, ca), "write the CA");
    fclose(f);
    return ca_path;
}

void net_certs_done(void)
{
    unlink(ca_path);
    X509_free(ca);
    EVP_PKEY_free(ca_key);
}

static X509 *make(enum net_cert kind, EVP_PKEY *key)
{
    static const struct {
        const char *name, *alt;
        long from_s, to_s;
    } kinds[NET_CERT_KINDS] = {
        [NET_CERT_GOOD] = {"localhost", "DNS:localhost,IP:127.0.0.1,IP:::1", -DAY, 30 * DAY},
        [NET_CERT_EXPIRED] = {"localhost", "DNS:localhost,IP:127.0.0.1", -9 * DAY, -2 * DAY},
        [NET_CERT_NOT_YET] = {"localhost", "DNS:localhost,IP:127.0.0.1", 2 * DAY, 30 * DAY},
        [NET_CERT_WRONG_HOST] = {"other.example", "DNS:other.example,DNS:mail.other.example", -DAY, 30 * DAY},
        [NET_CERT_SELF_SIGNED] = {"localhost", "DNS:localhost,IP:127.0.0.1", -DAY, 30 * DAY},
    };
    bool self = kind == NET_CERT_SELF_SIGNED;
    X509 *cert = new_cert(kinds[kind].name, key, kinds[kind].from_s, kinds[kind].to_s);
    add_extension(cert, self ? cert : ca, NID_subject_alt_name, kinds[kind].alt);
    sign(cert, self ? cert : ca, self ? key : ca_key);
    return cert;
}

SSL_CTX *net_certs_server(enum net_cert kind, int max_version)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    need(ctx && key, "a server's context");
    X509 *cert = make(kind, key);
    need(SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1,
        "use a certificate");
    if (max_version) {
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
        need(SSL_CTX_set_max_proto_version(ctx, max_version) == 1, "an old TLS version");
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}
