/* command.h - the commands: each gets its own argv (argv[0] is its name) and returns the exit code. */
#pragma once

struct command {
    const char *name;
    const char *summary; /* one line for the list */
    int (*run)(const struct command *self, int argc, const char **argv);
};

int cmd_check(const struct command *self, int argc, const char **argv);
int cmd_plan(const struct command *self, int argc, const char **argv);
int cmd_migrate(const struct command *self, int argc, const char **argv);
int cmd_status(const struct command *self, int argc, const char **argv);
