/* mail_hash.h - SHA-256 over many small pieces: they are gathered first. Private to lib/mail. */
#pragma once

#include "sha256.h"
#include <stddef.h>

struct mail_hash {
    struct sha256 *sha;
    size_t len;
    char gathered[1024];
};

void mail_hash_init(struct mail_hash *h);
void mail_hash_done(struct mail_hash *h);
void mail_hash_add(struct mail_hash *h, const void *data, size_t len);
/* The digest of what was added; starts over. */
void mail_hash_final(struct mail_hash *h, uint8_t ret_digest[SHA256_OCTETS]);
