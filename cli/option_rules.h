/* option_rules.h - what the table of options cannot say of one option alone: which are heeded only beside
 * another, which contradict each other, and which may not even stand in an @FILE. */
#pragma once

#include "option_table.h"

/* An option that `command` does not heed stood in an @FILE: 0 if it is passed over, -1 with ERROR_USAGE if
 * it would seem to hold something back. */
int option_rules_pass(const struct option_row *row, const char *command, struct error *err);

/* Of two that say the same thing, or the opposite, that of the command line counts against that of a file,
 * which is forgotten; two of the same origin are an error. Then: what only another option, which is missing,
 * would make the command heed. -1 with ERROR_USAGE. */
int option_rules_check(struct options *o, const char *command, struct error *err);

/* `what` ("popferry accounts columns") heeds only these (ended by NULL). -1 with ERROR_USAGE for another one
 * of the command line. */
int option_rules_only(const struct options *o, const char *what, const char *const *names, struct error *err);

bool option_rules_given(const struct options *o, const char *name); /* on the command line or in an @FILE */
bool option_rules_of_line(const struct options *o, const char *name);
