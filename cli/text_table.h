/* text_table.h - tables and paragraphs for a terminal, aligned by columns of the screen (East Asian wide
 * characters count 2). To stdout. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define TEXT_TABLE_COLUMNS 10

/* Zeroed with `columns` set is an empty table; the first row is its heading. */
struct text_table {
    int columns;
    bool right[TEXT_TABLE_COLUMNS]; /* aligned to the right */
    char **cells;                   /* owned, row by row */
    size_t count, cap;
};

/* The next cell, from left to right; the table owns it. */
void text_table_take(struct text_table *t, char *cell);
void text_table_add(struct text_table *t, const char *cell); /* a copy */
/* Print it, indented by two, and free the cells. */
void text_table_print(struct text_table *t);

/* The heading of a part, an empty line before it. */
void text_table_heading(const char *words);
/* A paragraph, wrapped at 100 columns; `first` before its first line, the others indented as far. */
void text_table_wrap(const char *first, const char *text);
