/* secret_line.h - the shell line of a password command, with {user} and {host} in it.
 *
 * Their values are not pasted into the line: sh gets them as arguments, and in the line they become "$1" and
 * "$2", as the quotes around them want it. So no octet of them means anything to the shell. Where a shell
 * would not expand that, or what it calls would take it for code of its own, the line is refused: within
 * backquotes, ${...} or $((...)), with here-documents or $'...', behind a backslash, as the name of the
 * command, and as (part of) the code that eval, ssh, sh -c, awk and the like are given. What another command
 * does with its arguments is its own affair. */
#pragma once

#include "error.h"

/* option: for the message. -1 with ERROR_USAGE, which says what to write instead. */
int secret_line_check(const char *option, const char *command, struct error *err);

/* For sh -c LINE NAME USER HOST; caller frees. Only after secret_line_check. */
char *secret_line_fill(const char *command);
