/* handover_xlsx.h - what the sheets of the workbook share. Private to handover_xlsx*.c. */
#pragma once

#include "handover_private.h"
#include "quote_xlsx_out.h"

struct handover_book {
    struct quote_xlsx_out *out;
    const struct quote_words *words;
    const struct handover *h;
    int summary, accounts, items, dated; /* sheets; dated: only where there are such messages */
    uint32_t sum_row;                    /* of the accounts; from 0 */
};

#define HANDOVER_XLSX_HEAD_ROW  0
#define HANDOVER_XLSX_FIRST_ROW (HANDOVER_XLSX_HEAD_ROW + 1)
#define HANDOVER_XLSX_ROWS_MAX  1048576 /* what a sheet can hold */

/* Columns of the sheet of accounts. */
enum handover_xlsx_column {
    HANDOVER_XLSX_NAME,
    HANDOVER_XLSX_SOURCE,
    HANDOVER_XLSX_DESTINATION,
    HANDOVER_XLSX_STATE,
    HANDOVER_XLSX_BEFORE,
    HANDOVER_XLSX_BEFORE_OCTETS,
    HANDOVER_XLSX_COPIED,
    HANDOVER_XLSX_PRESENT,
    HANDOVER_XLSX_DUPLICATES,
    HANDOVER_XLSX_NOT_MAIL,
    HANDOVER_XLSX_QUARANTINED,
    HANDOVER_XLSX_REFUSED,
    HANDOVER_XLSX_WAITING,
    HANDOVER_XLSX_LEFT_OUT,
    HANDOVER_XLSX_VANISHED,
    HANDOVER_XLSX_AFTER, /* a formula */
    HANDOVER_XLSX_AFTER_OCTETS,
    HANDOVER_XLSX_UNACCOUNTED, /* a formula: 0 */
    HANDOVER_XLSX_DELETED,
    HANDOVER_XLSX_PROOF, /* the strongest first */
    HANDOVER_XLSX_PROVED = HANDOVER_XLSX_PROOF + LEDGER_PROOFS,
    HANDOVER_XLSX_FINDING,
    HANDOVER_XLSX_ADVICE,
    HANDOVER_XLSX_GONE,
    HANDOVER_XLSX_COLUMNS,
};

/* "A" ... "Z", "AA" ...; of the nearest block. */
const char *handover_xlsx_out_letters(char dst[3], size_t column);
#define LETTERS(column) handover_xlsx_out_letters((char[3]){0}, column)

struct handover_column {
    const char *words; /* message id */
    double width;
    bool number;
};
void handover_xlsx_out_heads(
    struct handover_book *b, int sheet, uint32_t row, const struct handover_column *columns, size_t count);

/* The sheet of accounts; sets sum_row. */
void handover_xlsx_accounts(struct handover_book *b);

__attribute__((format_arg(2))) static inline const char *say(const struct handover_book *b, const char *msgid)
{
    return quote_words(b->words, msgid);
}

static inline void put_text(
    struct handover_book *b, struct quote_xlsx_cell at, const char *text, unsigned look)
{
    quote_xlsx_out_text(b->out, at, text, look);
}
