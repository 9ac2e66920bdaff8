/* list_csv.h - the rows of a CSV text as spreadsheets write it (RFC 4180; read by libcsv, the only place that
 * knows it): divided by comma, semicolon or tab, fields in quotes may hold all of these and line breaks.
 *
 * A row ends with CR LF, LF or CR. Blanks around a field belong to it; a quote within a field that does not
 * begin with one is text. Pure. */
#pragma once

#include "buf.h"
#include "error.h"
#include <stdbool.h>
#include <stddef.h>

#define LIST_CSV_DELIMITERS ",;\t"
#define LIST_CSV_FIELDS_MAX 1000   /* of a row */
#define LIST_CSV_ROWS_MAX   200000 /* with text in them */

struct list_row {
    char **fields; /* UTF-8, owned; wiped when freed */
    size_t count;
    long line;         /* on which it begins, from 1 */
    size_t at, octets; /* where it stands in the text, without the line's end */
    const char
        *fault; /* what is wrong with its quotes: fields has only what stands before that; NULL: nothing */
    long fault_line;
};

struct list_csv {
    struct list_row *rows; /* rows without any text are left out */
    size_t count;
    char delimiter;
    long end_line; /* on which the text ends, from 1 */
};

/* text: without a NUL (list_text sees to that). delimiter: 0 to find out from the first line that is no note
 * (list_csv_is_note): which of LIST_CSV_DELIMITERS stands there most often outside of quotes, unless the text
 * begins with Excel's "sep=;", which is passed over. -1 with ERROR_USAGE "line N: ..." for too many fields or
 * rows. A quoted field that does not end, and one with text behind it, are the `fault` of their row, which
 * then ends with the line on which that field begins. */
int list_csv_read(const char *text, size_t len, char delimiter, struct list_csv *ret, struct error *err);
/* The same; a row with a fault is refused, too: "line N: ..." (N: where the field begins, or where there is
 * text behind it). */
int list_csv_parse(const char *text, size_t len, char delimiter, struct list_csv *ret, struct error *err);
void list_csv_done(struct list_csv *c); /* zeroed is fine */

bool list_csv_has_text(const struct list_row *row); /* beside blanks */
/* "#" and something in the first field, which is none of Excel's errors (#N/A): a line for people, where a
 * list may have such. */
bool list_csv_is_note(const struct list_row *row);
/* Take out the first n rows. */
void list_csv_drop(struct list_csv *c, size_t n);
/* Take out the rows that keep does not want. */
void list_csv_filter(struct list_csv *c, bool (*keep)(const struct list_row *row));

/* Append one field, quoted where it must be: also where another delimiter stands in it, so that
 * list_csv_parse finds out the right one. */
void list_csv_field(struct buf *out, const char *value, char delimiter);
