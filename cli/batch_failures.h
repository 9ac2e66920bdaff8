/* batch_failures.h - failures.csv, which popferry writes and people correct: what a person wrote is never
 * lost.
 *
 * A mark beside the file (".failures.csv.mark") tells it as popferry left it. One that is no longer so was
 * edited: it is kept under another name before a new one is written, or none is needed. */
#pragma once

#include "accounts.h"
#include "batch_account.h"
#include "error.h"
#include <stdbool.h>
#include <stddef.h>

/* Is that list this very file? Then it is the user's, and not to be written. */
bool batch_failures_is_list(const char *path, const char *list_path);

/* As batch_report_failures; *ret_kept: where an edited one is now, NULL: there was none; the caller frees. */
int batch_failures_write(const char *path, const struct account_list *list,
    const struct batch_account *accounts, const size_t *row, size_t count, char **ret_kept,
    struct error *err);
