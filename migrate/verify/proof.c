#include "proof.h"

uint64_t proof_agreed(const struct verification *v)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof v->agreed / sizeof *v->agreed; i++)
        n += v->agreed[i];
    return n;
}

bool proof_agrees(const struct verification *v)
{
    return v->finished && !v->missing && !v->altered && !v->doubled && !v->pending && !v->redated &&
           !v->source_unlisted;
}
