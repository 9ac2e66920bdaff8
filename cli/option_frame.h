/* option_frame.h - the command line of a command with options of its own, which are not those of
 * option_table.h: @FILE, --help, and sentences for what is not understood. */
#pragma once

#include "command.h"
#include <popt.h>
#include <stddef.h>

#define OPTION_FRAME_HELP 'h'
/* The last lines of a table of options. */
#define OPTION_FRAME_END                                                                                     \
    {"help", 'h', POPT_ARG_NONE, NULL, OPTION_FRAME_HELP, "this text", NULL}, POPT_TABLEEND

#define OPTION_FRAME_FILE "@FILE in place of an option reads options from FILE, one per line.\n"

struct option_frame {
    const struct command *command;
    const char *arguments; /* "ADDRESS [OPTIONS]" */
    const char *notes;     /* of --help, below the options; with OPTION_FRAME_FILE */
    const struct poptOption *options;
    /* Each option with a `val` of its own, in the order given; value is the callee's to free. */
    void (*take)(void *ctx, int option, char *value);
    void *ctx;
};

/* Options, and up to max words beside them (NULL: not given), which the caller frees in either case. Prints
 * the help and exits where it is asked for. -1 with ERROR_USAGE. */
int option_frame_read(
    const struct option_frame *f, int argc, const char **argv, char **words, size_t max, struct error *err);

/* -1 with ERROR_USAGE: the words, the value, and that --help tells how to call the command. */
int option_frame_usage(const char *command, const char *words, const char *value, struct error *err);

/* Of --format (NULL: not given): text or json? */
int option_frame_format(const char *command, const char *format, bool *ret_json, struct error *err);
