/* command_list.h - the commands there are. */
#pragma once

#include "command.h"

const struct command *command_list(size_t *ret_count);
/* NULL if there is none of that name; then *err says which may have been meant. */
const struct command *command_list_find(const char *name, struct error *err);
