#include "mail_hash.h"

#include <string.h>

void mail_hash_init(struct mail_hash *h)
{
    h->sha = sha256_new();
    h->len = 0;
}

void mail_hash_done(struct mail_hash *h)
{
    sha256_free(h->sha);
    h->sha = NULL;
}

static void pass_on(struct mail_hash *h)
{
    sha256_update(h->sha, h->gathered, h->len);
    h->len = 0;
}

void mail_hash_add(struct mail_hash *h, const void *data, size_t len)
{
    if (len > sizeof h->gathered - h->len)
        pass_on(h);
    if (len > sizeof h->gathered) {
        sha256_update(h->sha, data, len);
        return;
    }
    if (len)
        memcpy(h->gathered + h->len, data, len);
    h->len += len;
}

void mail_hash_final(struct mail_hash *h, uint8_t ret_digest[SHA256_OCTETS])
{
    pass_on(h);
    sha256_final(h->sha, ret_digest);
}
