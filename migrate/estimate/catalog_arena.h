/* catalog_arena.h - everything a catalog owns, freed at once. Zero-initialised is empty. */
#pragma once

#include <stddef.h>

struct catalog_arena {
    void **blocks;
    size_t count, cap;
};

void catalog_arena_done(struct catalog_arena *a);
/* Zeroed memory for an array; NULL for none. Aborts when memory is out. */
void *catalog_arena_array(struct catalog_arena *a, size_t count, size_t size);
/* From now on the arena frees p (from malloc, or NULL). Returns p. */
void *catalog_arena_own(struct catalog_arena *a, void *p);
