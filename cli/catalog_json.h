/* catalog_json.h - the catalog as JSON; see popferry(1). */
#pragma once

#include "catalog.h"
#include <jansson.h>

/* providers, families and plans; only the one with this id, or all for NULL. The caller owns the result. */
json_t *catalog_json(const struct catalog *c, const char *id);
