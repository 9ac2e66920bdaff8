#include "text_table.h"

#include "mem.h"
#include "print.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void text_table_print(struct text_table *t)
{
    int widths[TEXT_TABLE_COLUMNS] = {0};
    for (size_t i = 0; i < t->count; i++) {
        int width = text_width(t->cells[i]), *widest = &widths[i % (size_t)t->columns];
        *widest = width > *widest ? width : *widest;
    }
    for (size_t i = 0; i < t->count; i++) {
        int column = (int)(i % (size_t)t->columns), width = text_width(t->cells[i]);
        bool end = rest_is_blank(t, i);
        if (!end || *t->cells[i])
            fputs("  ", stdout);
        if (t->right[column] && *t->cells[i])
            printf("%*s%s", widths[column] - width, "", t->cells[i]);
        else
            print_cell(t->cells[i], end ? width : widths[column]);
        if (column + 1 == t->columns)
            putchar('\n');
    }
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    t->cells = NULL;
    t->count = t->cap = 0;
}

/* ---- paragraphs ---- */
/* What may not begin a line (kinsoku), of what occurs in such text. */
static bool clings(const char *s)
{
    static const char *const marks[] = {"、", "。", "，", "．", "」", "』", "）", "】", "・", "ー", "：",
        "；", "％", "っ", "ゃ", "ゅ", "ょ", "ッ", "ャ", "ュ", "ョ"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (!strncmp(s, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* How many octets from s on stay together: one wide character with what clings to it, or a word. */
static size_t piece(const char *s)
{
    size_t len = 0, left = strlen(s);
    while (left - len) {
        size_t n = text_utf8_len(s + len, left - len);
        n = n ? n : 1;
        char one[5] = {0};
        memcpy(one, s + len, n);
        bool wide = text_width(one) == 2;
        if (len && (*one == ' ' || (wide && !clings(s + len))))
            break;
        len += n;
        if (wide && !clings(s + len))
            break;
    }
    return len;
}

void text_table_wrap(const char *first, const char *text)
{
    int indent = text_width(first), column = indent;
    fputs(first, stdout);
    while (*text) {
        size_t len = piece(text);
        char *one CLEANUP(mem_free_str) = mem_strndup(text, len);
        int width = text_width(one);
        if (column > indent && column + width > WRAP_COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        }
        const char *shown = column == indent && *one == ' ' ? one + 1 : one;
        fputs(shown, stdout);
        column += text_width(shown);
        text += len;
    }
    putchar('\n');
}
