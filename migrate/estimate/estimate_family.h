/* estimate_family.h - one family of plans over the years. */
#pragma once

#include "estimate.h"

struct estimate_inputs {
    const struct catalog *catalog;
    size_t mailbox_count;
    const struct estimate_params *params;
    const struct estimate *sums; /* octets and largest are filled */
    const uint64_t *projection;  /* of mailbox i in year n: [i * (years + 1) + n] */
};

/* The caller owns *ret: estimate_family_done. Failures: see estimate_run. */
int estimate_family_run(const struct estimate_inputs *in, const struct catalog_family *family,
    struct estimate_family *ret, struct error *err);
void estimate_family_done(struct estimate_family *f); /* zeroed is fine */
