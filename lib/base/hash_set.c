#include "hash_set.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

void hash_set_done(struct hash_set *s)
{
    free(s->slots);
    *s = (struct hash_set){0};
}

/* The slot that holds it, or the free one where it belongs. Digests are random: any 8 octets will do to
 * start. */
static uint8_t *slot_of(const struct hash_set *s, const uint8_t digest[SHA256_OCTETS])
{
    static const uint8_t zero[SHA256_OCTETS];
    uint64_t at;
    memcpy(&at, digest, sizeof at);
    for (;; at++) {
        uint8_t *slot = s->slots[at & (s->cap - 1)];
        if (!memcmp(slot, digest, SHA256_OCTETS) || !memcmp(slot, zero, SHA256_OCTETS))
            return slot;
    }
}

static void grow(struct hash_set *s)
{
    static const uint8_t zero[SHA256_OCTETS];
    struct hash_set old = *s;
    s->cap = old.cap ? old.cap * 2 : 1024;
    s->slots = mem_array(s->cap, SHA256_OCTETS);
    for (size_t i = 0; i < old.cap; i++)
        if (memcmp(old.slots[i], zero, SHA256_OCTETS) != 0)
            memcpy(slot_of(s, old.slots[i]), old.slots[i], SHA256_OCTETS);
    free(old.slots);
}

bool hash_set_has(const struct hash_set *s, const uint8_t digest[SHA256_OCTETS])
{
    return s->cap && !memcmp(slot_of(s, digest), digest, SHA256_OCTETS);
}

bool hash_set_add(struct hash_set *s, const uint8_t digest[SHA256_OCTETS])
{
    if (s->used * 2 >= s->cap)
        grow(s);
    uint8_t *slot = slot_of(s, digest);
    if (!memcmp(slot, digest, SHA256_OCTETS))
        return true;
    memcpy(slot, digest, SHA256_OCTETS);
    s->used++;
    return false;
}
