/* doubt.h - messages whose answer was lost, and that are not found by what they are: a destination that
 * rewrites what it stores may hold them all the same. Then their date (INTERNALDATE, which we gave), their
 * size and their number must tell. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doubt_intent {
    int64_t date_s;
    uint64_t octets;
    uint32_t floor_uid; /* it can only stand there or above */
    /* out */
    uint32_t uid;      /* recognised: 0: not */
    size_t candidates; /* not recognised, and this many may be it; 0: it is not there */
};

/* A message of the destination that nothing else explains. */
struct doubt_row {
    int64_t date_s;
    uint64_t octets;
    uint32_t uid;
    bool taken; /* out */
};

/* Intents in the order in which they were sent, rows ascending. Recognised is one whose date and very size
 * tell it from all others, and else all of a date if there are as many rows as intents; otherwise they stay
 * in doubt. */
void doubt_judge(struct doubt_intent *intents, size_t count, struct doubt_row *rows, size_t row_count);
