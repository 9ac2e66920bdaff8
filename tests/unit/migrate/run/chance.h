/* chance.h - numbers that look like chance, and are the same for the same seed on every machine. */
#pragma once

#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline unsigned draw(struct chance *c, unsigned below)
{
    c->state = c->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(c->state >> 33) % below;
}
