#include "mail_body.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define STAGE 16384

struct mail_body {
    struct sha256 *hash;
    uint64_t owed_ends; /* hashed only when text follows */
    size_t staged;
    char stage[STAGE];
};

struct mail_body *mail_body_new(void)
{
    struct mail_body *b = mem_alloc(sizeof *b);
    b->hash = sha256_new();
    return b;
}

void mail_body_free(struct mail_body *b)
{
    if (!b)
        return;
    sha256_free(b->hash);
    free(b);
}

static void flush(struct mail_body *b)
{
    sha256_update(b->hash, b->stage, b->staged);
    b->staged = 0;
}

void mail_body_text(struct mail_body *b, const char *text, size_t len)
{
    for (; b->owed_ends; b->owed_ends--) {
        if (b->staged == STAGE)
            flush(b);
        b->stage[b->staged++] = '\n';
    }
    if (len > STAGE - b->staged)
        flush(b);
    if (len > STAGE) {
        sha256_update(b->hash, text, len);
        return;
    }
    memcpy(b->stage + b->staged, text, len);
    b->staged += len;
}

void mail_body_end(struct mail_body *b)
{
    b->owed_ends++;
}

void mail_body_finish(struct mail_body *b, uint8_t ret_digest[SHA256_OCTETS])
{
    flush(b);
    b->owed_ends = 0;
    sha256_final(b->hash, ret_digest);
}
