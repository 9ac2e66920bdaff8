/* csv_row.h - the rows of a CSV file as spreadsheets write it (RFC 4180), from memory. Pure.
 *
 * A row ends with CR LF, LF or CR; an UTF-8 byte order mark at the beginning is skipped. Fields are handed
 * out as bytes, in whatever charset they are. */
#pragma once

#include "error.h"
#include <stddef.h>

struct csv {
    const char *at, *end;
    long line; /* of the next row, from 1 */
};

struct csv_row {
    char **fields; /* owned */
    size_t count, cap;
    long line; /* on which it begins */
};

/* text is borrowed as long as c is used. */
void csv_begin(struct csv *c, const char *text, size_t len);
/* 1 and the next row in *row (what was there is freed), 0 at the end, -1 with ERROR_USAGE "line N: ..." for a
 * quoted field that does not end, text behind one, and a NUL. */
int csv_next(struct csv *c, struct csv_row *row, struct error *err);
void csv_row_done(struct csv_row *row); /* zeroed is fine */
