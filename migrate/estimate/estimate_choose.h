/* estimate_choose.h - the cheapest plan of a family that holds a given amount of mail. */
#pragma once

#include "estimate.h"

/* What all choices within a family share. */
struct estimate_terms {
    const struct catalog *catalog;
    const struct catalog_family *family;
    enum money_currency currency;
    unsigned term_months;
    bool archive;
};

struct estimate_demand {
    uint64_t octets;  /* with the margin: in one pool or contract, or for each seat */
    uint64_t largest; /* of the mailboxes in the pool or contract, with the margin; 0: each has its own */
    uint64_t seats;   /* at least; >= 1 */
    const struct catalog_plan *from; /* the plan so far; NULL: any may be chosen */
};

struct estimate_option {
    const struct catalog_plan *plan; /* NULL: none */
    const struct catalog_add_on *add_on;
    uint64_t seats; /* mailboxes, or more where a pool needs them */
    uint64_t units; /* of the add-on, in all */
    bool priced;
    struct money yearly; /* of all seats and units, exact */
};

/* ESTIMATE_FITS and *ret, or why nothing does. Overflowing amounts count as not priced. */
enum estimate_misfit estimate_choose(
    const struct estimate_terms *terms, const struct estimate_demand *demand, struct estimate_option *ret);

/* Octets that a plan alone holds for that many seats: of the pool or contract, else for each of them. */
uint64_t estimate_choose_ceiling(const struct catalog_plan *plan, uint64_t seats);
