/* store_pst_file.h - the file of an Outlook store that requests go to: one at a time is open, with its
 * process. For store_pst*.c. */
#pragma once

#include "pst_process.h"
#include "store_private.h"

/* False: *ret says why. */
bool store_pst_ask(struct store *s, const char *path, const struct pst_request *request, struct buf *ret);
