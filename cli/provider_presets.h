/* provider_presets.h - what the catalog knows of providers' servers, as lib/discover takes it. */
#pragma once

#include "catalog.h"
#include "discover.h"

/* Of several hosts of a provider those below the domain's name are taken; where none is, all, if there is one
 * for each protocol. Strings are the catalog's, which must stay. The caller frees *ret. */
size_t provider_presets(const struct catalog *c, struct discover_preset **ret);
