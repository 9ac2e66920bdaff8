#include "blame.h"

#include <string.h>

/* Without a UIDL, number and size must do: within one run, nothing is deleted from the source. */
static void digest(const struct source_item *item, uint8_t ret[SHA256_OCTETS])
{
    struct sha256 *hash = sha256_new();
    sha256_update(hash, &item->octets, sizeof item->octets);
    if (item->key)
        sha256_update(hash, item->key, strlen(item->key));
    else
        sha256_update(hash, &item->number, sizeof item->number);
    sha256_final(hash, ret);
    sha256_free(hash);
}

void blame_session(struct blame *b)
{
    b->named = false;
}

void blame_source(struct blame *b, const struct source_item *item, const struct error *why)
{
    uint8_t now[SHA256_OCTETS];
    if (b->named || (why->code != ERROR_LOST && why->code != ERROR_TIMEOUT && why->code != ERROR_PROTOCOL))
        return;
    b->named = true;
    digest(item, now);
    b->times = b->times && !memcmp(now, b->last, SHA256_OCTETS) ? b->times + 1 : 1;
    memcpy(b->last, now, SHA256_OCTETS);
    if (b->times >= BLAME_SOURCE_MAX)
        hash_set_add(&b->condemned, now);
}

bool blame_is_suspect(const struct blame *b, const struct source_item *item)
{
    uint8_t now[SHA256_OCTETS];
    digest(item, now);
    return !memcmp(now, b->last, SHA256_OCTETS);
}

bool blame_is_condemned(struct blame *b, const struct source_item *item)
{
    uint8_t now[SHA256_OCTETS];
    if (!b->condemned.used)
        return false;
    digest(item, now);
    return hash_set_has(&b->condemned, now);
}

void blame_done(struct blame *b)
{
    hash_set_done(&b->condemned);
    *b = (struct blame){0};
}
