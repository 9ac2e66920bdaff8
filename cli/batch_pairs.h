/* batch_pairs.h - who goes to whom, as the list has it: so that a column or a row that was shifted is seen.
 */
#pragma once

#include "batch_list.h"
#include <jansson.h>

/* A line for each account that can be run, to standard output, aligned; nothing if there is none. */
void batch_pairs_print(const struct batch_list *l);
/* [{"line", "from", "to" (null if there is no destination), "folder"}, ...] */
json_t *batch_pairs_json(const struct batch_list *l);
