#include "stream_tls.h"

#include "sha256.h"
#include "text.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static int slot = -1; /* where an SSL_CTX keeps its watch */

static void make_slot(void)
{
    slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static struct stream_tls_watch *watch_of(const SSL *ssl)
{
    return ssl ? SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot) : NULL;
}

static void name_text(char *dst, size_t cap, const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (bio &&
        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
        long len = BIO_get_mem_data(bio, &text);
        text_clean(dst, cap, text, len > 0 ? (size_t)len : 0);
    }
    BIO_free(bio);
}

static void time_text(char *dst, size_t cap, const ASN1_TIME *time)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(time, &tm))
        snprintf(dst, cap, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
            tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_name(char *dst, size_t cap, const char *name, size_t len)
{
    char clean[128];
    text_clean(clean, sizeof clean, name, len);
    size_t used = strlen(dst);
    if (used + strlen(clean) + 3 <= cap)
        snprintf(dst + used, cap - used, "%s%s", used ? ", " : "", clean);
}

/* The host names a certificate is for. */
static void dns_names(char *dst, size_t cap, const X509 *cert)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            add_name(dst, cap, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                (size_t)ASN1_STRING_length(name->d.dNSName));
    }
    GENERAL_NAMES_free(names);
}

static int64_t time_s(const ASN1_TIME *time)
{
    struct tm tm;
    return ASN1_TIME_to_tm(time, &tm) ? (int64_t)timegm(&tm) : 0;
}

/* RFC 7469 section 2.4: SHA-256 of the SubjectPublicKeyInfo. */
static void note_pin(struct stream_tls *info, const X509 *cert)
{
    unsigned char *der = NULL, text[STREAM_PIN_MAX - 8 - 3];
    uint8_t digest[SHA256_OCTETS];
    int len = cert ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der) : 0;
    if (len > 0) {
        sha256_bytes(der, (size_t)len, digest);
        EVP_EncodeBlock(text, digest, sizeof digest);
        snprintf(info->pin, sizeof info->pin, "sha256//%s", (const char *)text);
    }
    OPENSSL_free(der);
}

static void note_certificate(struct stream_tls_watch *watch, const X509 *cert)
{
    name_text(watch->info.subject, sizeof watch->info.subject, X509_get_subject_name(cert));
    name_text(watch->info.issuer, sizeof watch->info.issuer, X509_get_issuer_name(cert));
    time_text(watch->info.not_after, sizeof watch->info.not_after, X509_get0_notAfter(cert));
    watch->info.not_after_s = time_s(X509_get0_notAfter(cert));
    time_text(watch->not_before, sizeof watch->not_before, X509_get0_notBefore(cert));
    watch->names[0] = '\0';
    dns_names(watch->names, sizeof watch->names, cert);
}

static enum stream_tls_fault certificate_fault(int code)
{
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return STREAM_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return STREAM_TLS_NOT_YET_VALID;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return STREAM_TLS_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return STREAM_TLS_UNKNOWN_CA;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return STREAM_TLS_WEAK;
    default:
        return STREAM_TLS_BAD_CERTIFICATE;
    }
}

/* OpenSSL asks after each certificate of the chain; the answer is always its own. */
static int on_verify(int ok, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct stream_tls_watch *watch = watch_of(ssl);
    const X509 *cert = X509_STORE_CTX_get_current_cert(store);
    if (ok || !watch || watch->fault)
        return ok;
    int code = X509_STORE_CTX_get_error(store);
    watch->fault = certificate_fault(code);
    text_clean(watch->fault_text, sizeof watch->fault_text, X509_verify_cert_error_string(code),
        strlen(X509_verify_cert_error_string(code)));
    if (cert)
        note_certificate(watch, cert);
    note_pin(&watch->info, X509_STORE_CTX_get0_cert(store));
    return ok;
}

/* libcurl tells the first error of the queue, too, but in sentences that differ from version to version. */
static void note_failure(struct stream_tls_watch *watch)
{
    unsigned long code = ERR_peek_error();
    if (code)
        watch->handshake = stream_tls_fault_of(code);
}

static void on_info(const SSL *ssl, int where, int ret)
{
    struct stream_tls_watch *watch = watch_of(ssl);
    if (watch && where == SSL_CB_CONNECT_EXIT && ret <= 0)
        note_failure(watch);
    if (!(where & SSL_CB_HANDSHAKE_DONE) || !watch || watch->shaken)
        return;
    watch->shaken = true;
    watch->info.used = true;
    snprintf(watch->info.version, sizeof watch->info.version, "%s", SSL_get_version(ssl));
    snprintf(watch->info.cipher, sizeof watch->info.cipher, "%s", SSL_get_cipher_name(ssl));
    X509 *cert = SSL_get1_peer_certificate(ssl);
    if (cert)
        note_certificate(watch, cert);
    note_pin(&watch->info, cert);
    X509_free(cert);
}

void stream_tls_attach(struct stream_tls_watch *watch, void *ssl_ctx)
{
    SSL_CTX *ctx = ssl_ctx;
    pthread_once(&slot_once, make_slot);
    if (slot < 0 || watch->ctx == ctx || !SSL_CTX_set_ex_data(ctx, slot, watch))
        return;
    stream_tls_detach(watch);
    SSL_CTX_up_ref(ctx);
    watch->ctx = ctx;
    SSL_CTX_set_verify(ctx, SSL_CTX_get_verify_mode(ctx), on_verify);
    SSL_CTX_set_info_callback(ctx, on_info);
}

void stream_tls_detach(struct stream_tls_watch *watch)
{
    if (!watch->ctx)
        return;
    SSL_CTX_set_ex_data(watch->ctx, slot, NULL);
    SSL_CTX_free(watch->ctx);
    watch->ctx = NULL;
}

bool stream_tls_min_is_old(enum stream_tls_min min)
{
    return min == STREAM_TLS_1_0 || min == STREAM_TLS_1_1;
}

void stream_tls_allow_old(void *ssl_ctx)
{
    SSL_CTX_set_options(ssl_ctx, SSL_OP_LEGACY_SERVER_CONNECT);
}

void stream_tls_allow_bare_end(void *ssl_ctx)
{
    SSL_CTX_set_options(ssl_ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
}

enum stream_tls_fault stream_tls_fault_of(unsigned long code)
{
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
        return STREAM_TLS_NO_FAULT;
    switch (ERR_GET_REASON(code)) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return STREAM_TLS_NO_FAULT;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
        return STREAM_TLS_OLD_VERSION;
    case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
    case SSL_R_DH_KEY_TOO_SMALL:
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
    case SSL_R_CA_MD_TOO_WEAK:
        return STREAM_TLS_WEAK;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
        return STREAM_TLS_NOT_TLS;
    default:
        return STREAM_TLS_NO_AGREEMENT;
    }
}

const char *stream_tls_ca_dir(void)
{
    return X509_get_default_cert_dir();
}
