/* hash_set.h - a set of SHA-256 digests: what a plan has seen so far. Zeroed is empty. */
#pragma once

#include "sha256.h"
#include <stdbool.h>
#include <stddef.h>

struct hash_set {
    uint8_t (*slots)[SHA256_OCTETS]; /* all zero: free */
    size_t used, cap;
};

void hash_set_done(struct hash_set *s);
bool hash_set_has(const struct hash_set *s, const uint8_t digest[SHA256_OCTETS]);
/* true if it was there already */
bool hash_set_add(struct hash_set *s, const uint8_t digest[SHA256_OCTETS]);
