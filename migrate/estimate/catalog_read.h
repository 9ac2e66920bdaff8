/* catalog_read.h - the elements of one valid file as the structs of catalog.h. */
#pragma once

#include "catalog.h"
#include "catalog_arena.h"
#include "catalog_xml.h"

/* What one file holds; owned by the arena. Nothing is resolved yet: provider, family and steps are NULL. */
struct catalog_batch {
    struct catalog_provider **providers;
    struct catalog_family **families;
    struct catalog_plan **plans;
    size_t provider_count, family_count, plan_count;
    const char *gathered; /* "" if the file does not say */
};

/* -1 with ERROR_USAGE for what the schema cannot see: an amount with too many decimals, an id that stands
 * twice, storage beyond 2^63 octets. What was made until then stays with the arena. */
int catalog_read(const struct catalog_xml *xml, const char *name, struct catalog_arena *arena,
    struct catalog_batch *ret, struct error *err);
