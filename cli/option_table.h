/* option_table.h - every option there is: its name, what it fills, its line in --help, and the commands that
 * it concerns. */
#pragma once

#include "options.h"
#include <popt.h>

#define OPTION_TABLE_MAX 96

/* Fill table (ended by a row of zeros) with the options that fill *o. What does not concern `command` is
 * taken, so that one @FILE serves all commands, but hidden from its --help. */
void option_table_fill(struct options *o, const char *command, struct poptOption table[OPTION_TABLE_MAX]);
