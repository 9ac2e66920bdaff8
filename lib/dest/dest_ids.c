#include "dest_ids.h"

#include "mem.h"
#include <stdlib.h>

int dest_ids_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

bool dest_ids_have(const uint32_t *ids, size_t count, uint32_t id)
{
    return count && bsearch(&id, ids, count, sizeof id, dest_ids_compare);
}

void dest_id_list_add(struct dest_id_list *l, uint32_t id)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 1024;
        l->ids = mem_grow(l->ids, l->cap, sizeof *l->ids);
    }
    l->ids[l->count++] = id;
}

void dest_id_list_sort(struct dest_id_list *l)
{
    size_t n = 0;
    if (l->count)
        qsort(l->ids, l->count, sizeof *l->ids, dest_ids_compare);
    for (size_t i = 0; i < l->count; i++)
        if (!n || l->ids[n - 1] != l->ids[i])
            l->ids[n++] = l->ids[i];
    l->count = n;
}
