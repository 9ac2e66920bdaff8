#include "verify.h"

#include <stdlib.h>

static int compare_uid(const void *a, const void *b)
{
    const struct verify_entry *x = a, *y = b;
    return x->uid < y->uid ? -1 : x->uid > y->uid;
}

void verify_entry_sort(struct verify_box *box)
{
    if (box->count)
        qsort(box->entries, box->count, sizeof *box->entries, compare_uid);
}

struct verify_entry *verify_entry_find(const struct verify_box *box, uint32_t uid)
{
    const struct verify_entry probe = {.uid = uid};
    return box->count ? bsearch(&probe, box->entries, box->count, sizeof *box->entries, compare_uid) : NULL;
}
