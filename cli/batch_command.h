/* batch_command.h - a command over all accounts of a list (--accounts FILE). */
#pragma once

#include "command.h"
#include "options.h"

/* The exit code: the worst of the accounts' (batch_account_worst). */
int batch_command(const struct command *self, const struct options *o);
