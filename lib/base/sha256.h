/* sha256.h - streaming SHA-256 (FIPS 180-4) over OpenSSL's EVP. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_OCTETS 32
#define SHA256_HEX    (2 * SHA256_OCTETS + 1)

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *h);
void sha256_update(struct sha256 *h, const void *data, size_t len);
/* Write the digest and start over. */
void sha256_final(struct sha256 *h, uint8_t ret_digest[SHA256_OCTETS]);

void sha256_bytes(const void *data, size_t len, uint8_t ret_digest[SHA256_OCTETS]);
/* All zero stands for none. */
bool sha256_is_set(const uint8_t digest[SHA256_OCTETS]);
void sha256_hex(const uint8_t digest[SHA256_OCTETS], char ret_hex[SHA256_HEX]);
