/* text_list.h - strings, owned, in the order in which they came. */
#pragma once

#include <stddef.h>

/* Zeroed is empty. */
struct text_list {
    char **all;
    size_t count;
};

void text_list_add(struct text_list *l, char *owned);
void text_list_done(struct text_list *l);

/* How many there are in a list that ends with NULL; NULL has none. */
size_t text_list_count(const char *const *list);
