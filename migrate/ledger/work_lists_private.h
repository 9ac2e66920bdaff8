/* work_lists_private.h - for work_lists*.c alone. */
#pragma once

#include "work_lists.h"

struct work_list {
    char *path;
    size_t part_of; /* index of the list that it is a part of; its own: of none */
    int64_t run_s;  /* when it was run or, a part, written last */
};

struct work_account {
    char *source, *destination;
    size_t *lists; /* that hold it */
    size_t list_count;
};

struct work_lists {
    struct work_list *lists;
    size_t list_count;
    struct work_account *accounts; /* by source and destination */
    size_t count;
};

/* The list of this path, found or made. */
size_t work_lists_list(struct work_lists *l, const char *path);
/* Takes no notice of the order: work_lists_sort, after the last one. */
struct work_account *work_lists_add(struct work_lists *l, const char *source, const char *destination);
/* False: there are two of one name. */
bool work_lists_sort(struct work_lists *l);
bool work_account_has(const struct work_account *a, size_t list);
void work_account_put(struct work_account *a, size_t list);
