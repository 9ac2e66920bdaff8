#include "jwt_check.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *bio_text(BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    char *text = strndup(data, (size_t)len);
    BIO_free(bio);
    return text;
}

char *jwt_pair_key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    return bio_text(bio);
}

/* Decoded by hand here, so that the code under test does not judge itself. */
static size_t decode(const char *text, size_t len, unsigned char *dst)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t out = 0;
    unsigned bits = 0, value = 0;
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] ? strchr(digits, text[i]) : NULL;
        if (!at)
            return 0;
        value = value << 6 | (unsigned)(at - digits);
        bits += 6;
        if (bits >= 8)
            dst[out++] = (unsigned char)(value >> (bits -= 8));
    }
    return out;
}

static void encode(const unsigned char *data, size_t len, char *dst)
{
    EVP_EncodeBlock((unsigned char *)dst, data, (int)len);
    for (char *p = dst; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    dst[strcspn(dst, "=")] = '\0';
}

struct jwt_pair jwt_pair_new(unsigned bits)
{
    struct jwt_pair pair = {.key = EVP_RSA_gen(bits)};
    X509 *cert = X509_new();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    X509_set_version(cert, 2);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
    X509_set_pubkey(cert, pair.key);
    if (!X509_sign(cert, pair.key, EVP_sha256()))
        abort();
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, cert);
    pair.cert_pem = bio_text(bio);
    pair.key_pem = jwt_pair_key_pem(pair.key);
    X509_digest(cert, EVP_sha1(), digest, &len);
    encode(digest, len, pair.x5t);
    X509_digest(cert, EVP_sha256(), digest, &len);
    encode(digest, len, pair.x5t_sha256);
    X509_free(cert);
    return pair;
}

void jwt_pair_done(struct jwt_pair *pair)
{
    EVP_PKEY_free(pair->key);
    free(pair->key_pem);
    free(pair->cert_pem);
}

static bool verify(
    const char *text, size_t len, const unsigned char *sig, size_t sig_len, EVP_PKEY *key, bool pss)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx;
    bool ok = EVP_DigestVerifyInit(md, &ctx, EVP_sha256(), NULL, key) == 1;
    if (pss)
        ok = ok && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1;
    ok = ok && EVP_DigestVerify(md, sig, sig_len, (const unsigned char *)text, len) == 1;
    EVP_MD_CTX_free(md);
    return ok;
}

bool jwt_check(const char *jwt, EVP_PKEY *key, bool pss, char **ret_header, char **ret_claims)
{
    const char *dot = jwt ? strchr(jwt, '.') : NULL, *last = dot ? strchr(dot + 1, '.') : NULL;
    unsigned char *sig = calloc(1, jwt ? strlen(jwt) + 1 : 1);
    *ret_header = calloc(1, jwt ? strlen(jwt) + 1 : 1);
    *ret_claims = calloc(1, jwt ? strlen(jwt) + 1 : 1);
    bool ok = last && !strchr(last + 1, '.');
    if (ok) {
        decode(jwt, (size_t)(dot - jwt), (unsigned char *)*ret_header);
        decode(dot + 1, (size_t)(last - dot - 1), (unsigned char *)*ret_claims);
        size_t sig_len = decode(last + 1, strlen(last + 1), sig);
        ok = verify(jwt, (size_t)(last - jwt), sig, sig_len, key, pss);
    }
    free(sig);
    return ok;
}
