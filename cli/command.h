/* command.h - the commands: each gets its own argv (argv[0] is its name) and returns the exit code. */
#pragma once

#include "error.h"
#include <stdbool.h>

struct errand_kind;
struct command {
    const char *name;
    const char *summary; /* one line for the list */
    int (*run)(const struct command *self, int argc, const char **argv);
    const struct errand_kind *kind; /* of those that go over jobs; else NULL */
};

/* What they do with one job (errand.h); their run is pair_command. */
extern const struct errand_kind cmd_check_kind, cmd_plan_kind, cmd_migrate_kind, cmd_verify_kind,
    cmd_delete_kind;
/* With a frame of its own for one pair. */
extern const struct errand_kind cmd_estimate_kind;

/* For `migrate --delete-source verified`, too: is there a way to ask, or a --yes? 0, or -1 with ERROR_USAGE.
 */
struct options;
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
