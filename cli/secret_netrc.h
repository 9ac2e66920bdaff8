/* secret_netrc.h - passwords out of a netrc file, as ftp, curl and fetchmail read it.
 *
 * Words divided by blanks and line ends: machine HOST, login USER, password WORD, account WORD, default;
 * macdef up to an empty line; "#" at the begin of a word's place begins a note up to the end of the line. A
 * word in double quotes may hold blanks, with \" and \\ for a quote and a backslash in it; else each octet
 * stands for itself. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>

#define SECRET_NETRC_MAX (4 << 20)

/* The password of this user at this host: of the first entry whose machine is the host (without regard to
 * case) or that is `default`, and whose login is the user or missing. others: `default`
 * counts, too. NULL if there is none, or it is empty. The caller wipes: mem_wipe_free. */
char *secret_netrc_find(const char *text, size_t len, const char *host, const char *user, bool others);

/* The same out of a file. NULL with ERROR_USAGE when it cannot be read, other users can read it (ftp and
 * others refuse that, too), is larger than SECRET_NETRC_MAX, or has nothing for this account. */
char *secret_netrc_read(const char *file, const char *host, const char *user, bool others, struct error *err);
