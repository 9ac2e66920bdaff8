/* uids.h - UIDs of a mailbox in ascending order. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For qsort and bsearch over uint32_t. */
int uids_compare(const void *a, const void *b);

/* uids: ascending; NULL if count is 0. */
bool uids_has(const uint32_t *uids, size_t count, uint32_t uid);
