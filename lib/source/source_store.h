/* source_store.h - mail that lies on a disk as a source: store.h, fed step by step.
 *
 * Read only. Messages have no names of their own but in a Maildir; else their content tells them apart. What
 * a store names and cannot give (a message of which only the beginning was ever fetched, a stretch of a file
 * that is broken) is an item, too, whose fetch fails with the reason, so that it is counted and reported like
 * any message that a source does not give. The rest of what a store notes stands in source_remarks. */
#pragma once

#include "source.h"
#include "store.h"

/* path is copied; it is opened by source_inventory. codepage: as store_set_codepage; 0: none is said. */
struct source *source_store_new(enum store_kind kind, const char *path, unsigned codepage);
