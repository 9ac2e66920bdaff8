#include "uids.h"

#include <stdlib.h>

int uids_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

bool uids_has(const uint32_t *uids, size_t count, uint32_t uid)
{
    return count && bsearch(&uid, uids, count, sizeof uid, uids_compare);
}
