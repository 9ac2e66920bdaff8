/* command_line.h - what a person typed, made into options: every option is heeded or refused.
 *
 * An option on the command line that the command does not heed is an error that names the commands which do;
 * in an @FILE, which serves all commands, it is passed over. What is given on the command line counts more
 * than what stands in a file, wherever the file is named; of several files the later counts. */
#pragma once

#include "command.h"
#include "options.h"

enum command_line {
    COMMAND_LINE_READ,
    COMMAND_LINE_HELP, /* --help was asked for, and printed on standard output; there is nothing in *ret */
};

/* argv[0] is the command's name. A value of enum command_line, or -1 with ERROR_USAGE. The caller owns *ret:
 * options_done. */
int command_line_read(
    const struct command *self, int argc, const char **argv, struct options *ret, struct error *err);

/* Was --format json asked for? As well as that can be told of a line that is not understood. */
bool command_line_wants_json(int argc, const char **argv);

/* The arguments of main with the command in front of the options that stood before it; "help CMD" becomes
 * "CMD --help". 1, with argv[1..] in *ret, which is as long as argv, ended by NULL, and the caller frees; 0:
 * there is no command. -1 with ERROR_USAGE for an option that there is not. */
int command_line_order(int argc, char **argv, const char **ret, struct error *err);
