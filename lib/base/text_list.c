#include "text_list.h"

#include "mem.h"
#include <stdlib.h>

void text_list_add(struct text_list *l, char *owned)
{
    l->all = mem_grow(l->all, l->count + 1, sizeof *l->all);
    l->all[l->count++] = owned;
}

void text_list_done(struct text_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->all[i]);
    free(l->all);
    *l = (struct text_list){0};
}

size_t text_list_count(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    return count;
}
