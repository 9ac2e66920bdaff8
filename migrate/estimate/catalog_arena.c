#include "catalog_arena.h"

#include "mem.h"
#include <stdlib.h>

void catalog_arena_done(struct catalog_arena *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->blocks[i]);
    free(a->blocks);
    *a = (struct catalog_arena){0};
}

void *catalog_arena_own(struct catalog_arena *a, void *p)
{
    if (!p)
        return NULL;
    if (a->count == a->cap) {
        a->cap = a->cap ? a->cap * 2 : 256;
        a->blocks = mem_grow(a->blocks, a->cap, sizeof *a->blocks);
    }
    a->blocks[a->count++] = p;
    return p;
}

void *catalog_arena_array(struct catalog_arena *a, size_t count, size_t size)
{
    return count ? catalog_arena_own(a, mem_array(count, size)) : NULL;
}
