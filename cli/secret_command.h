/* secret_command.h - a password that a command of the user's prints: of a password manager, or a renewer of
 * tokens. */
#pragma once

#include "error.h"

#define SECRET_MAX 16384 /* a password or token has fewer octets, wherever it comes from */

struct secret_command {
    const char *line;        /* for sh: what secret_line_fill made */
    const char *user, *host; /* its arguments */
    const char *who;         /* "source (taro at pop.example.jp)", for messages */
};

/* Why a command that has {user} in it may not be given this one, who may be of a list that others wrote;
 * NULL: it may.
 */
const char *secret_command_fault(const char *user);

/* Run the line and return the first line of its standard output, without its end; what follows is passed
 * over. Its standard input is empty, its standard error and environment are ours. option: for messages. Waits
 * for its end, in any thread. NULL with ERROR_USAGE when it cannot be run, fails, or prints no password, or
 * when a value that it is given may not be
 * (secret_command_fault, or a host that begins with "-"); ERROR_CANCELLED when the user asks to stop
 * meanwhile, which ends it (SIGTERM). The message never holds what it printed. Caller wipes: mem_wipe_free.
 */
char *secret_command_run(const char *option, const struct secret_command *c, struct error *err);
