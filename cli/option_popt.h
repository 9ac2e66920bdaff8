/* option_popt.h - the option table as popt has it, for parsing and for --help. */
#pragma once

#include "option_table.h"
#include <popt.h>

#define OPTION_POPT_MAX  (OPTIONS_MAX + 16)
#define OPTION_POPT_HELP 1 /* what poptGetNextOpt returns for --help */

/* `one` (which includes `many`) has a line for each option, ended by a row of zeros. poptGetNextOpt returns
 * what option_popt_row turns into its row; the value is left to poptGetOptArg. What `command` does not heed
 * is known, so that it can be refused by name, but hidden from --help. */
void option_popt_tables(
    const char *command, struct poptOption one[OPTION_POPT_MAX], struct poptOption many[OPTION_POPT_MAX]);
const struct option_row *option_popt_row(int popt_value);
