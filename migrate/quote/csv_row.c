#include "csv_row.h"

#include "buf.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void csv_begin(struct csv *c, const char *text, size_t len)
{
    bool marked = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3);
    *c = (struct csv){.at = text + (marked ? 3 : 0), .end = text + len, .line = 1};
}

void csv_row_done(struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        free(row->fields[i]);
    free(row->fields);
    *row = (struct csv_row){0};
}

static int refused(const struct csv *c, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "line %ld: %s", c->line, what);
}

static bool ends_row(const struct csv *c)
{
    return c->at == c->end || *c->at == '\n' || *c->at == '\r';
}

/* Behind the opening quote: up to the closing one, "" standing for one of them. */
static int read_quoted(struct csv *c, struct buf *out, struct error *err)
{
    for (; c->at < c->end; c->at++) {
        if (*c->at == '"' && (c->at + 1 == c->end || c->at[1] != '"')) {
            c->at++;
            return ends_row(c) || *c->at == ',' ? 0 : refused(c, "text behind a field in quotes", err);
        }
        c->at += *c->at == '"';
        c->line += *c->at == '\n';
        buf_append_char(out, *c->at);
    }
    return refused(c, "a field in quotes does not end", err);
}

static int read_field(struct csv *c, struct csv_row *row, struct error *err)
{
    struct buf out CLEANUP(buf_done) = {0};
    if (c->at < c->end && *c->at == '"') {
        c->at++;
        if (read_quoted(c, &out, err) < 0)
            return -1;
    } else {
        while (!ends_row(c) && *c->at != ',')
            buf_append_char(&out, *c->at++);
    }
    if (memchr(buf_bytes(&out), '\0', buf_len(&out)))
        return refused(c, "a NUL character, so this is no CSV file", err);
    if (row->count == row->cap) {
        row->cap = row->cap ? row->cap * 2 : 8;
        row->fields = mem_grow(row->fields, row->cap, sizeof *row->fields);
    }
    row->fields[row->count++] = buf_strdup(&out);
    return 0;
}

static void end_row(struct csv *c)
{
    bool cr = c->at < c->end && *c->at == '\r';
    c->at += cr;
    bool lf = c->at < c->end && *c->at == '\n';
    c->at += lf;
    c->line += cr || lf;
}

int csv_next(struct csv *c, struct csv_row *row, struct error *err)
{
    csv_row_done(row);
    if (c->at == c->end)
        return 0;
    row->line = c->line;
    for (;;) {
        if (read_field(c, row, err) < 0)
            return -1;
        if (ends_row(c))
            break;
        c->at++; /* the comma */
    }
    end_row(c);
    return 1;
}
