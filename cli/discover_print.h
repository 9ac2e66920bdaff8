/* discover_print.h - what was found for an address, and all that was asked. To standard output. */
#pragma once

#include "discover.h"
#include <jansson.h>
#include <stdbool.h>

/* want: by enum stream_protocol. */
void discover_print_text(const struct discover_result *r, const bool want[2]);
/* An object; the caller owns it. */
json_t *discover_print_json(const struct discover_result *r);
