#include "store_msf.h"

#include "buf.h"
#include "mem.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX          16
#define NAME_MAX_OCTETS 1024

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Up to the ")" that ends it: $XX is an octet, "\" takes what follows as it is, and a line end away. */
static char *value_of(const char *p, const char *end)
{
    struct buf out CLEANUP(buf_done) = {0};
    for (; p < end && *p != ')' && buf_len(&out) <= NAME_MAX_OCTETS; p++) {
        if (*p == '$' && end - p > 2 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            buf_append_char(&out, (char)(hex(p[1]) << 4 | hex(p[2])));
            p += 2;
        } else if (*p == '\\' && end - p > 1) {
            p++;
            if (*p != '\n' && *p != '\r')
                buf_append_char(&out, *p);
        } else {
            buf_append_char(&out, *p);
        }
    }
    bool whole = p < end && buf_len(&out) && buf_len(&out) <= NAME_MAX_OCTETS;
    return whole && !memchr(buf_bytes(&out), '\0', buf_len(&out)) ? buf_strdup(&out) : NULL;
}

/* The id in "(ID=word)", with its terminator; false: there is none. */
static bool id_before(const char *data, const char *at, char id[ID_MAX])
{
    const char *p = at;
    while (p > data && hex(p[-1]) >= 0)
        p--;
    size_t len = (size_t)(at - p);
    if (!len || len >= ID_MAX || p == data || p[-1] != '(')
        return false;
    memcpy(id, p, len);
    id[len] = '\0';
    return true;
}

static const char *find(const char *p, const char *end, const char *what)
{
    return memmem(p, (size_t)(end - p), what, strlen(what));
}

/* The last value that this atom has, behind the columns. */
static char *atom(const char *data, const char *end, const char *id)
{
    char mark[ID_MAX + 3];
    const char *last = NULL;
    snprintf(mark, sizeof mark, "(%s=", id);
    for (const char *p = data; (p = find(p, end, mark)); p++)
        last = p + strlen(mark);
    return last ? value_of(last, end) : NULL;
}

char *store_msf_folder_name(const char *data, size_t len)
{
    const char *end = data + len, *column = find(data, end, "=folderName)");
    char id[ID_MAX], mark[ID_MAX + 4];
    if (!column || !id_before(data, column, id))
        return NULL;
    const char *columns_end = memchr(column, '>', (size_t)(end - column));
    if (!columns_end)
        return NULL;
    snprintf(mark, sizeof mark, "(^%s", id);
    const char *cell = NULL;
    for (const char *p = columns_end; (p = find(p, end, mark)); p++)
        if (end - p > (ptrdiff_t)strlen(mark) && (p[strlen(mark)] == '^' || p[strlen(mark)] == '='))
            cell = p + strlen(mark);
    if (!cell)
        return NULL;
    if (*cell == '=')
        return value_of(cell + 1, end);
    size_t n = 0;
    for (cell++; cell + n < end && hex(cell[n]) >= 0 && n < ID_MAX - 1; n++)
        id[n] = cell[n];
    id[n] = '\0';
    return n ? atom(columns_end, end, id) : NULL;
}
