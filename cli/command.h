/* command.h - the commands: each gets its own argv (argv[0] is its name) and returns the exit code. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>

struct errand_kind;
struct options;
struct command {
    const char *name;
    const char *summary; /* one line for the list */
    int (*run)(const struct command *self, int argc, const char **argv);
    const struct errand_kind *kind; /* of those that go over jobs; else NULL */
    const char *formats;            /* of --format: "text json" */
    const char *arguments;          /* of --help: "ADDRESS [OPTIONS]"; NULL: options alone */
    unsigned words;                 /* beside the options, at most; <= OPTIONS_WORDS */
    const char *notes;              /* of --help, below the options, with its last line end; NULL: none */
};

/* Options read, and the language chosen. False: there is nothing more to do, and *ret_code is the exit code:
 * the help was printed, or what is wrong with the options was told. The caller owns *ret: options_done. */
bool command_begin(
    const struct command *self, int argc, const char **argv, struct options *ret, int *ret_code);

/* What keeps a command from beginning: "popferry: error: ..." on standard error, and with --format json a
 * document, too. Returns the exit code. */
int command_refuse(const struct command *self, const struct options *o, const struct error *err);
/* The same where there are no options yet. self NULL: no command was understood. */
int command_refuse_line(const struct command *self, bool json, const struct error *err);

/* What they do with one job (errand.h); their run is pair_command. */
extern const struct errand_kind cmd_check_kind, cmd_plan_kind, cmd_migrate_kind, cmd_verify_kind,
    cmd_delete_kind;
/* With a frame of its own for one pair. */
extern const struct errand_kind cmd_estimate_kind;

/* For `migrate --delete-source verified`, too: is there a way to ask, or a --yes? 0, or -1 with ERROR_USAGE.
 */
int cmd_delete_ready(const struct options *o, bool batch, struct error *err);
/* Verify, then delete. */
struct errand;
int cmd_delete_errand(struct errand *e);

int cmd_estimate(const struct command *self, int argc, const char **argv);
int cmd_status(const struct command *self, int argc, const char **argv);
int cmd_report(const struct command *self, int argc, const char **argv);
int cmd_discover(const struct command *self, int argc, const char **argv);
int cmd_catalog(const struct command *self, int argc, const char **argv);
int cmd_login(const struct command *self, int argc, const char **argv);
int cmd_accounts(const struct command *self, int argc, const char **argv);
