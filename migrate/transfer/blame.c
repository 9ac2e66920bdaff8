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
    b->silent = why->code == ERROR_TIMEOUT;
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

static bool stands_in(const struct hash_set *set, const struct source_item *item)
{
    uint8_t now[SHA256_OCTETS];
    if (!set->used)
        return false;
    digest(item, now);
    return hash_set_has(set, now);
}

bool blame_is_condemned(struct blame *b, const struct source_item *item)
{
    return stands_in(&b->condemned, item);
}

void blame_cut(struct blame *b, const struct source_item *item)
{
    uint8_t now[SHA256_OCTETS];
    digest(item, now);
    hash_set_add(&b->cut, now);
}

bool blame_is_cut(struct blame *b, const struct source_item *item)
{
    return stands_in(&b->cut, item);
}

void blame_done(struct blame *b)
{
    hash_set_done(&b->condemned);
    hash_set_done(&b->cut);
    *b = (struct blame){0};
}
