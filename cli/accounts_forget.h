/* accounts_forget.h - popferry accounts forget NAME...: accounts of a work folder that were never meant, as
 * one with a slip in its name, are put away. Their ledgers are kept. */
#pragma once

#include "error.h"
#include "options.h"

/* The exit code; -1 with ERROR_USAGE where nothing was begun. */
int accounts_forget(const struct options *o, struct error *err);
