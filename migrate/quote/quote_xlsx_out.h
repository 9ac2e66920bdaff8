/* quote_xlsx_out.h - a workbook cell by cell. The one home of libxlsxwriter.
 *
 * Order of calls: quote_xlsx_out_new; sheets and cells in any order; quote_xlsx_out_close, which frees. Rows
 * and columns count from 0. Text is never taken for a formula. */
#pragma once

#include "error.h"
#include "money.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quote_xlsx_out;

enum quote_xlsx_kind {
    QUOTE_XLSX_TEXT,
    QUOTE_XLSX_COUNT,   /* 1,234 */
    QUOTE_XLSX_GB,      /* 1,234.56 */
    QUOTE_XLSX_PERCENT, /* 0.1 is 10.0 % */
    QUOTE_XLSX_RATE,
    QUOTE_XLSX_MONEY, /* + enum money_currency */
    QUOTE_XLSX_KINDS = QUOTE_XLSX_MONEY + MONEY_CURRENCIES,
};

/* How a cell looks: a kind, and any of these bits above it. */
enum quote_xlsx_look {
    QUOTE_XLSX_BOLD = 1 << 8,
    QUOTE_XLSX_INPUT = 1 << 9, /* to be changed by the reader */
    QUOTE_XLSX_HEAD = 1 << 10,
    QUOTE_XLSX_WRAP = 1 << 11,
    QUOTE_XLSX_MARK = 1 << 12, /* not verified, missing */
    QUOTE_XLSX_TITLE = 1 << 13,
};

struct quote_xlsx_cell {
    int sheet;
    uint32_t row;
    uint16_t col;
};

static inline struct quote_xlsx_cell cell(int sheet, uint32_t row, size_t col)
{
    return (struct quote_xlsx_cell){sheet, row, (uint16_t)col};
}

/* NULL with ERROR_DISK if there is no room (in memory) to work in. */
struct quote_xlsx_out *quote_xlsx_out_new(struct error *err);
/* The workbook as the octets of a file, which the caller frees, or NULL with ERROR_DISK (temporary files of
 * the library) or ERROR_INTERNAL. Frees o in either case. */
char *quote_xlsx_out_close(struct quote_xlsx_out *o, size_t *ret_len, struct error *err);

int quote_xlsx_out_sheet(struct quote_xlsx_out *o, const char *name); /* its number, from 0 */
void quote_xlsx_out_width(struct quote_xlsx_out *o, int sheet, uint16_t col, double chars);
/* Keep the rows above `row` in sight, and repeat row `repeat` on each page. */
void quote_xlsx_out_freeze(struct quote_xlsx_out *o, int sheet, uint32_t row, uint32_t repeat);

void quote_xlsx_out_text(
    struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *text, unsigned look);
void quote_xlsx_out_number(struct quote_xlsx_out *o, struct quote_xlsx_cell at, double n, unsigned look);
/* The head of a column of numbers or of text, and how wide the column is. */
void quote_xlsx_out_head(
    struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *words, bool number, double chars);
/* "=A1*2" and its value, a number or (text not NULL) a text. */
void quote_xlsx_out_formula(struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *formula,
    double n, const char *text, unsigned look);
/* A cell's name for formulas, and the whole numbers it may hold (low < high; else anything). */
void quote_xlsx_out_name(
    struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *name, int low, int high);
