#include "jwt.h"

#include "auth_json.h"
#include "auth_text.h"
#include "mem.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_BITS 2048

struct jwt_key {
    EVP_PKEY *key;
    char *x5t, *x5t_sha256; /* NULL: no certificate */
};

static int bad_file(const char *name, const char *why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%.200s: %s", name, why);
}

/* Never ask at the terminal for the passphrase of an encrypted key. */
static int no_passphrase(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing, (void)ctx;
    return -1;
}

struct jwt_key *jwt_key_new(const char *pem, const char *name, struct error *err)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (pkey && EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) >= LEAST_BITS) {
        struct jwt_key *key = mem_alloc(sizeof *key);
        key->key = pkey;
        return key;
    }
    bad_file(name,
        pkey ? "the key must be an RSA key of at least 2048 bits"
             : "holds no private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)",
        err);
    EVP_PKEY_free(pkey);
    return NULL;
}

void jwt_key_free(struct jwt_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
    free(key->x5t);
    free(key->x5t_sha256);
    free(key);
}

static char *thumbprint(const X509 *cert, const EVP_MD *md)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return X509_digest(cert, md, digest, &len) == 1 ? auth_base64url(digest, len) : NULL;
}

int jwt_key_certificate(struct jwt_key *key, const char *pem, const char *name, struct error *err)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (!cert)
        return bad_file(name, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", err);
    bool same = EVP_PKEY_eq(X509_get0_pubkey(cert), key->key) == 1;
    if (same) {
        free(key->x5t);
        free(key->x5t_sha256);
        key->x5t = thumbprint(cert, EVP_sha1());
        key->x5t_sha256 = thumbprint(cert, EVP_sha256());
    }
    X509_free(cert);
    return same ? 0 : bad_file(name, "the certificate is not that of the private key", err);
}

static bool set_padding(EVP_PKEY_CTX *ctx, enum jwt_algorithm algorithm)
{
    if (algorithm == JWT_RS256)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* In Base64url; NULL: OpenSSL cannot. */
static char *signature(const struct jwt_key *key, enum jwt_algorithm algorithm, const char *text)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx = NULL;
    unsigned char *octets = NULL;
    size_t len = 0, text_len = strlen(text);
    char *signature = NULL;
    if (md && EVP_DigestSignInit(md, &ctx, EVP_sha256(), NULL, key->key) == 1 &&
        set_padding(ctx, algorithm) &&
        EVP_DigestSign(md, NULL, &len, (const unsigned char *)text, text_len) == 1) {
        octets = mem_alloc(len);
        if (EVP_DigestSign(md, octets, &len, (const unsigned char *)text, text_len) == 1)
            signature = auth_base64url(octets, len);
    }
    free(octets);
    EVP_MD_CTX_free(md);
    return signature;
}

static char *part(const struct auth_json *j)
{
    char *text = auth_json_write(j);
    char *coded = text ? auth_base64url(text, strlen(text)) : NULL;
    mem_wipe_free(text);
    return coded;
}

static char *header(const struct jwt_key *key, enum jwt_algorithm algorithm, const char *kid)
{
    struct auth_json *j = auth_json_new();
    auth_json_put(j, "alg", algorithm == JWT_PS256 ? "PS256" : "RS256");
    auth_json_put(j, "typ", "JWT");
    auth_json_put(j, "kid", kid);
    if (algorithm == JWT_PS256)
        auth_json_put(j, "x5t#S256", key->x5t_sha256);
    else
        auth_json_put(j, "x5t", key->x5t);
    char *coded = part(j);
    auth_json_free(j);
    return coded;
}

char *jwt_sign(const struct jwt_key *key, enum jwt_algorithm algorithm, const char *kid,
    const struct auth_json *claims, struct error *err)
{
    char *head = header(key, algorithm, kid), *body = part(claims);
    char *signed_part = head && body ? mem_printf("%s.%s", head, body) : NULL;
    char *sign = signed_part ? signature(key, algorithm, signed_part) : NULL;
    char *jwt = sign ? mem_printf("%s.%s", signed_part, sign) : NULL;
    free(head);
    free(body);
    free(signed_part);
    mem_wipe_free(sign);
    if (!jwt)
        error_unhandled(err, "OpenSSL cannot sign an assertion with this key");
    return jwt;
}
