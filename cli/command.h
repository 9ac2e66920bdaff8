/* command.h - the commands: each gets its own argv (argv[0] is its name) and returns the exit code. */
#pragma once

#include "error.h"

struct command {
    const char *name;
    const char *summary; /* one line for the list */
    int (*run)(const struct command *self, int argc, const char **argv);
};

struct options;
struct job;

/* For `migrate --delete-source verified`: is there a way to ask, or a --yes? 0, or -1 with ERROR_USAGE. */
int cmd_delete_check_consent(const struct options *o, struct error *err);
/* Verify, then delete: what `popferry delete` does. The exit code. */
int cmd_delete_run(const struct options *o, const struct job *job);

int cmd_check(const struct command *self, int argc, const char **argv);
int cmd_estimate(const struct command *self, int argc, const char **argv);
int cmd_plan(const struct command *self, int argc, const char **argv);
int cmd_migrate(const struct command *self, int argc, const char **argv);
int cmd_verify(const struct command *self, int argc, const char **argv);
int cmd_delete(const struct command *self, int argc, const char **argv);
int cmd_status(const struct command *self, int argc, const char **argv);
int cmd_report(const struct command *self, int argc, const char **argv);
int cmd_catalog(const struct command *self, int argc, const char **argv);
