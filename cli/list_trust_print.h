/* list_trust_print.h - popferry accounts check: what the cells of a list would do beyond naming servers,
 * users and passwords (list_trust.h), each in words. */
#pragma once

#include "batch_list.h"
#include "options.h"
#include <jansson.h>

/* A table on standard output; nothing where no cell would. common: the options of all accounts. */
void list_trust_print(const struct batch_list *l, const struct options *common);
/* An array of {line, column, would, words}. The caller owns it. */
json_t *list_trust_json(const struct batch_list *l, const struct options *common);
