/* dest_ids.h - ids of messages in ascending order. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For qsort and bsearch over uint32_t. */
int dest_ids_compare(const void *a, const void *b);

/* ids: ascending; NULL if count is 0. */
bool dest_ids_have(const uint32_t *ids, size_t count, uint32_t id);

/* A list that grows. */
struct dest_id_list {
    uint32_t *ids;
    size_t count, cap;
};
void dest_id_list_add(struct dest_id_list *l, uint32_t id);
/* Ascending, each once. */
void dest_id_list_sort(struct dest_id_list *l);
