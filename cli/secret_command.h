/* secret_command.h - a password that a command of the user's prints: of a password manager, or a renewer of
 * tokens.
 *
 * The command is one line for sh. In it {user} and {host} become the account's user and host, each as one
 * word in single quotes, so that no octet of them means anything to the shell; hence they may not stand
 * within quotes of the command's own. */
#pragma once

#include "error.h"

#define SECRET_MAX 16384 /* a password or token has fewer octets, wherever it comes from */

/* option: for the message. -1 with ERROR_USAGE when {user} or {host} stands within quotes or backquotes. */
int secret_command_check(const char *option, const char *command, struct error *err);

/* The line for sh; caller frees. Only after secret_command_check. */
char *secret_command_fill(const char *command, const char *user, const char *host);

/* Run the line and return the first line of its standard output, without its end; what follows is passed
 * over. Its standard input is empty, its standard error and environment are ours. who: "source (taro at
 * pop.example.jp)", for messages. Waits for its end, in any thread. NULL with ERROR_USAGE when it cannot be
 * run, fails, or prints no password; ERROR_CANCELLED when the user asks to stop meanwhile, which ends it
 * (SIGTERM). The message never holds what it printed. Caller wipes: mem_wipe_free. */
char *secret_command_run(const char *option, const char *who, const char *line, struct error *err);
