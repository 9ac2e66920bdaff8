/* exit_code.h - the exit codes of popferry, a promise to scripts. */
#pragma once

#include "error.h"

enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_ATTENTION = 1, /* done, but some messages were refused or could not be read */
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_LOGIN =
        3, /* signing in is refused, by the server or (certificate, protocol) by us: a person must act */
    EXIT_CODE_TEMPORARY = 4, /* run the same command again later */
    EXIT_CODE_LOCAL = 5,     /* disk, work folder, ledger */
    EXIT_CODE_FULL = 6,      /* the destination has no room */
};

enum exit_code exit_code_of(const struct error *err);
