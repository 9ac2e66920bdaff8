/* table_cell.h - what may stand in a cell of a table that is opened by people and programs: CSV (RFC 4180
 * section 2), TSV, XLSX, and text in XML and HTML. The one place that decides. What stands between cells and
 * ends a row is the caller's.
 *
 * Shown text is valid UTF-8: broken octets, control characters and non-characters (U+FFFE and the like, which
 * no XML may hold) become "?", as text_clean has it. What a spreadsheet would take for a formula has a "'"
 * before it: = + - @, also full-width, at the beginning, and where a spreadsheet that splits at other
 * characters than we do would begin a cell. */
#pragma once

#include "buf.h"
#include <stddef.h>

/* In quotes, its own quotes doubled. Byte for byte what a reader gets back: for lists that we read again. */
void table_cell_csv_exact(struct buf *out, const char *value);

void table_cell_csv(struct buf *out, const char *value);        /* in quotes only where it must be */
void table_cell_csv_quoted(struct buf *out, const char *value); /* always in quotes */
/* Never in quotes; tabs and line ends become blanks. */
void table_cell_tsv(struct buf *out, const char *value);

/* For XML and HTML, unescaped: tabs and line ends (as LF) stay. Caller frees. */
char *table_cell_text(const char *value);
/* For a text of a workbook (ECMA-376 part 1, 18.3.1.4 and 22.9.2.19), before XML is made of it: what a reader
 * would take for an escaped character ("_x0041_") is itself escaped; cut, with "…" at its end, to what Excel
 * takes. Caller frees. */
#define TABLE_CELL_XLSX_MAX 32767 /* UTF-16 units */
char *table_cell_xlsx(const char *value);

/* How many octets the sign at s takes with which a formula begins; 0: there is none. */
size_t table_cell_sign(const char *s);
