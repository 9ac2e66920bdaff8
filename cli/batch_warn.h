/* batch_warn.h - what in a list looks like a slip, though it can be run: rows shifted by one, cells that a
 * spreadsheet has spoiled, full-width characters, ports of the other protocol. Sentences are added to the
 * list's warnings; no password is in them. */
#pragma once

#include "batch_list.h"

void batch_warn_rows(struct batch_list *l);
