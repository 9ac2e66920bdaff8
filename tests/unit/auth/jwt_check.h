/* jwt_check.h - keys made on the spot, and JWTs verified with their public half. */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>

struct jwt_pair {
    EVP_PKEY *key;
    char *key_pem, *cert_pem; /* owned */
    char x5t[64], x5t_sha256[64];
};

struct jwt_pair jwt_pair_new(unsigned bits);
void jwt_pair_done(struct jwt_pair *pair);

/* Does the signature hold under this public key, by RS256 or PS256? *ret_header and *ret_claims: the decoded
 * JSON, allocated. */
bool jwt_check(const char *jwt, EVP_PKEY *key, bool pss, char **ret_header, char **ret_claims);
/* PEM of a key or certificate. Caller frees. */
char *jwt_pair_key_pem(EVP_PKEY *key);
