#include "quote_xlsx.h"

#include "mem.h"
#include "quote_file.h"
#include "quote_xlsx_book.h"
#include <stdlib.h>

/* ---- the workbook ---- */
static void add_sheets(struct quote_xlsx_book *b)
{
    b->summary = quote_xlsx_out_sheet(b->out, say(b, "Summary"));
    b->plans = quote_xlsx_out_sheet(b->out, say(b, "Plans"));
    b->accounts = quote_xlsx_out_sheet(b->out, say(b, "Mailboxes"));
    b->basis = quote_xlsx_out_sheet(b->out, say(b, "Assumptions"));
}

static void fill(struct quote_xlsx_book *b)
{
    size_t offers = b->q->offer_count;
    b->price_rows = mem_array(offers, sizeof *b->price_rows);
    b->blocks = mem_array(offers, sizeof *b->blocks);
    add_sheets(b);
    quote_xlsx_basis(b);
    quote_xlsx_accounts(b);
    if (b->q->calculated)
        quote_xlsx_plans(b);
    quote_xlsx_summary(b);
    for (size_t i = 0; i < offers; i++)
        free(b->blocks[i].years);
    free(b->blocks);
    free(b->price_rows);
}

int quote_xlsx_write(const struct quote *q, const char *path, const char *lang, struct error *err)
{
    struct quote_xlsx_book book = {.out = quote_xlsx_out_new(err), .words = quote_words_of(lang), .q = q};
    size_t len;
    if (!book.out)
        return -1;
    fill(&book);
    char *data CLEANUP(mem_free_str) = quote_xlsx_out_close(book.out, &len, err);
    return data ? quote_file_write(path, data, len, err) : -1;
}
