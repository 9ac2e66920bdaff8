/* secret_given.h - passwords that whoever started the program gave it to take along: in an environment
 * variable or on a file descriptor.
 *
 * Each is read once and kept for the later sign-ins, of whatever account and thread. A variable is claimed as
 * soon as it is known by name, before any command is run: its value is overwritten in the environment, so
 * that neither /proc/PID/environ nor a child of ours shows it any longer. A descriptor is read at the first
 * sign-in that wants it, and closed unless it is one of the standard ones. */
#pragma once

#include "error.h"
#include <stdbool.h>

/* Read and overwrite a variable; NULL: none. What is wrong with it is told by secret_given_env. */
void secret_given_claim_env(const char *name);

/* option: "--from-password-env", for messages. The caller wipes: mem_wipe_free. NULL with ERROR_USAGE when
 * the variable is not set or empty, or holds a line break or more than a password may have. */
char *secret_given_env(const char *option, const char *name, struct error *err);

/* The first line of what can be read there, without its end. NULL with ERROR_USAGE when fd is no number of an
 * open descriptor, or that line is empty or too long. */
char *secret_given_fd(const char *option, const char *fd, struct error *err);

/* fd: a whole number below 65536? -1 with ERROR_USAGE. */
int secret_given_check_fd(const char *option, const char *fd, struct error *err);

/* The first line, at most cap - 1 octets, without its end, at once zero-terminated; the rest of dst is zero.
 * Read octet by octet, so that what follows stays in the descriptor, and no buffer keeps the secret. stop
 * (NULL: never) ends it between two octets. An editor's mark (BOM) before it is left out. false: it is
 * UTF-16, or a NUL stands in it, which no password has; then dst is empty. */
bool secret_given_line(int fd, char *dst, unsigned cap, const volatile int *stop);
