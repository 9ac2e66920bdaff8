#include "text_table.h"

#include "cell.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

#define WRAP_COLUMNS 100

void text_table_take(struct text_table *t, char *cell)
{
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 64;
        t->cells = mem_grow(t->cells, t->cap, sizeof *t->cells);
    }
    t->cells[t->count++] = cell;
}

void text_table_add(struct text_table *t, const char *cell)
{
    text_table_take(t, mem_strdup(cell));
}

/* Whether the rest of the row, behind cell i, is blank. */
static bool rest_is_blank(const struct text_table *t, size_t i)
{
    for (i++; i % (size_t)t->columns; i++)
        if (*t->cells[i])
            return false;
    return true;
}

static void print(const struct buf *b)
{
    fwrite(buf_bytes(b), 1, buf_len(b), stdout);
}

void text_table_print(struct text_table *t)
{
    int widths[TEXT_TABLE_COLUMNS] = {0};
    struct buf out CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < t->count; i++) {
        int width = text_width(t->cells[i]), *widest = &widths[i % (size_t)t->columns];
        *widest = width > *widest ? width : *widest;
    }
    for (size_t i = 0; i < t->count; i++) {
        int column = (int)(i % (size_t)t->columns);
        bool end = rest_is_blank(t, i);
        if (!end || *t->cells[i])
            buf_append_str(&out, "  ");
        if (t->right[column] && *t->cells[i])
            cell_right(&out, t->cells[i], widths[column]);
        else if (end)
            cell_fit(&out, t->cells[i], widths[column]);
        else
            cell_left(&out, t->cells[i], widths[column]);
        if (column + 1 == t->columns)
            buf_append_char(&out, '\n');
    }
    print(&out);
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    t->cells = NULL;
    t->count = t->cap = 0;
}

void text_table_heading(const char *words)
{
    printf("\n%s\n", words);
}

void text_table_wrap(const char *first, const char *text)
{
    struct buf out CLEANUP(buf_done) = {0};
    int indent = text_width(first);
    buf_append_str(&out, first);
    cell_wrap(&out, text, indent, indent, WRAP_COLUMNS);
    buf_append_char(&out, '\n');
    print(&out);
}
