#include "sha256.h"

#include "mem.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct sha256 {
    EVP_MD_CTX *ctx;
};

static void begin(EVP_MD_CTX *ctx)
{
    /* Fails only when OpenSSL itself is broken: then no hash can be trusted. */
    if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
        abort();
}

struct sha256 *sha256_new(void)
{
    struct sha256 *h = mem_alloc(sizeof *h);
    h->ctx = EVP_MD_CTX_new();
    begin(h->ctx);
    return h;
}

void sha256_free(struct sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

void sha256_update(struct sha256 *h, const void *data, size_t len)
{
    if (len && EVP_DigestUpdate(h->ctx, data, len) != 1)
        abort();
}

void sha256_final(struct sha256 *h, uint8_t ret_digest[SHA256_OCTETS])
{
    if (EVP_DigestFinal_ex(h->ctx, ret_digest, NULL) != 1)
        abort();
    begin(h->ctx);
}

void sha256_bytes(const void *data, size_t len, uint8_t ret_digest[SHA256_OCTETS])
{
    if (EVP_Digest(data, len, ret_digest, NULL, EVP_sha256(), NULL) != 1)
        abort();
}

void sha256_hex(const uint8_t digest[SHA256_OCTETS], char ret_hex[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_OCTETS; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[2 * SHA256_OCTETS] = '\0';
}

bool sha256_is_set(const uint8_t digest[SHA256_OCTETS])
{
    static const uint8_t none[SHA256_OCTETS];
    return memcmp(digest, none, SHA256_OCTETS) != 0;
}
