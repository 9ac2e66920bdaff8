#include "mail_fields.h"

#include <string.h>

void mail_fields_init(struct mail_fields *f)
{
    mail_hash_init(&f->hash);
    mail_fields_skip(f);
}

void mail_fields_done(struct mail_fields *f)
{
    mail_hash_done(&f->hash);
}

void mail_fields_skip(struct mail_fields *f)
{
    f->kind = MAIL_SERVERS_ANY;
    f->held_len = 0;
}

/* It is no server's after all. */
static void release(struct mail_fields *f)
{
    mail_hash_add(&f->hash, f->held, f->held_len);
    f->held_len = 0;
    f->kind = MAIL_SERVERS_NOT;
}

static bool is_servers(const struct mail_fields *f, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!mail_servers_octet(f->kind, text[i]))
            return false;
    return len <= sizeof f->held - f->held_len;
}

static void put(struct mail_fields *f, const char *text, size_t len)
{
    if (f->kind == MAIL_SERVERS_NOT) {
        mail_hash_add(&f->hash, text, len);
    } else if (f->kind != MAIL_SERVERS_ANY) {
        memcpy(f->held + f->held_len, text, len);
        f->held_len += len;
    }
}

void mail_fields_begin(struct mail_fields *f, enum mail_servers_value kind, const char *prefix, size_t len)
{
    f->kind = kind;
    f->held_len = 0;
    put(f, prefix, len);
}

void mail_fields_text(struct mail_fields *f, const char *text, size_t len)
{
    if (f->kind != MAIL_SERVERS_NOT && f->kind != MAIL_SERVERS_ANY && !is_servers(f, text, len))
        release(f);
    put(f, text, len);
}

void mail_fields_end(struct mail_fields *f)
{
    if (f->held_len == sizeof f->held)
        release(f);
    put(f, "\n", 1);
}

void mail_fields_finish(struct mail_fields *f, uint8_t ret_digest[SHA256_OCTETS])
{
    mail_hash_final(&f->hash, ret_digest);
    mail_fields_skip(f);
}
