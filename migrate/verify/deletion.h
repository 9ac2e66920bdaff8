/* deletion.h - what is asked of a deletion from the source, and what is told of it. */
#pragma once

#include "proof.h"
#include <stdbool.h>
#include <stdint.h>

#define DELETE_ACCEPT_DUPLICATES 1u /* whose other copy has other header fields */
#define DELETE_ACCEPT_DATES      2u /* whose copy has another INTERNALDATE */

struct delete_policy {
    int older_than_days; /* by INTERNALDATE; -1: whatever its age */
    unsigned accept;     /* what is taken as it is, though it is not quite what was sent */
    bool dry_run;        /* tell what would go, change nothing */
    uint64_t limit;      /* at most so many, in the order in which they were copied; UINT64_MAX: all */
    /* Asked once, when it is known what would go and the counts of the deletion say why the rest would not;
     * false: nothing is deleted. NULL: go on. */
    bool (*confirm)(void *ctx, uint64_t messages, uint64_t octets);
    void *ctx;
};

struct deletion {
    struct verification verification; /* what it rests on */
    uint64_t chosen, chosen_octets;   /* proved and asked for */
    uint64_t deleted, deleted_octets; /* of these, gone: the source's own list says so */
    uint64_t gone;                    /* of these, gone without our doing */
    uint64_t younger;                 /* kept by older_than_days */
    uint64_t later, later_octets;     /* proved, and beyond the limit */
    uint64_t kept;                    /* not proved; each was told to the sink */
    uint64_t left, left_octets;       /* chosen, and still there because the run ended before */
    uint64_t sessions;                /* with the source, for deleting */
    bool declined;                    /* confirm said no */
    int64_t elapsed_ms;
};
