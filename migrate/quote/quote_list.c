#include "quote_list.h"

#include "buf.h"
#include "csv_row.h"
#include "mail_words.h"
#include "mem.h"
#include "quote_growth.h"
#include "quote_size.h"
#include "text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_NAME,
    COLUMN_OCTETS,
    COLUMN_MESSAGES,
    COLUMN_GROWTH,
    COLUMNS,
};
static const char *const column_names[COLUMNS] = {"name", "octets", "messages", "growth"};

#define NOT_THERE SIZE_MAX

static int refused(struct error *err, long line, const char *what, const char *value)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "line %ld: %s%s", line, what, value);
}

static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (*row->fields[i])
            return false;
    return true;
}

static int find_columns(const struct csv_row *row, size_t at[COLUMNS], struct error *err)
{
    for (int k = 0; k < COLUMNS; k++) {
        at[k] = NOT_THERE;
        for (size_t i = 0; i < row->count; i++)
            if (text_equal_nocase(row->fields[i], column_names[k]))
                at[k] = i;
    }
    for (int k = COLUMN_NAME; k <= COLUMN_OCTETS; k++)
        if (at[k] == NOT_THERE)
            return refused(err, row->line,
                "the first row must name the columns, name,octets[,messages][,growth]; it lacks ",
                column_names[k]);
    return 0;
}

static const char *cell(const struct csv_row *row, const size_t at[COLUMNS], enum column k)
{
    return at[k] < row->count ? row->fields[at[k]] : "";
}

static int read_numbers(
    const struct csv_row *row, const size_t at[COLUMNS], struct quote_account *a, struct error *err)
{
    const char *messages = cell(row, at, COLUMN_MESSAGES), *growth = cell(row, at, COLUMN_GROWTH);
    unsigned long long n = 0;
    uint64_t year = 0;
    if (*messages && !text_parse_u64(messages, strlen(messages), &n))
        return refused(err, row->line, "messages must be a number, not ", messages);
    if (quote_size_parse("octets", cell(row, at, COLUMN_OCTETS), &a->inventory.octets, err) < 0 ||
        (*growth && quote_size_parse("growth", growth, &year, err) < 0))
        return error_prefix(err, "line %ld", row->line);
    a->inventory.messages = n;
    if (*growth)
        quote_give_growth(a, year);
    else
        quote_assume_growth(a);
    return 0;
}

static int read_account(
    struct quote *q, const struct csv_row *row, const size_t at[COLUMNS], struct error *err)
{
    const char *name = cell(row, at, COLUMN_NAME);
    if (!*name)
        return refused(err, row->line, "the name is missing", "");
    if (q->account_count >= QUOTE_LIST_ACCOUNTS_MAX)
        return refused(err, row->line, "there are more than 100,000 mailboxes", "");
    struct quote_account *a = quote_add_account(q);
    if (read_numbers(row, at, a, err) < 0)
        return -1;
    free(a->name);
    a->name = mail_words_decode(name);
    a->listed = true;
    a->stat = a->to_copy = a->held = a->inventory;
    a->stat_agrees = true;
    return 0;
}

static int read_rows(struct quote *q, struct csv *csv, struct csv_row *row, struct error *err)
{
    size_t at[COLUMNS], before = q->account_count;
    int rc = csv_next(csv, row, err);
    if (rc == 0)
        return refused(err, 1, "there is nothing in it", "");
    if (rc < 0 || find_columns(row, at, err) < 0)
        return -1;
    while ((rc = csv_next(csv, row, err)) == 1)
        if (!is_empty(row) && read_account(q, row, at, err) < 0)
            return -1;
    if (rc == 0 && q->account_count == before)
        return refused(err, csv->line, "there are no mailboxes", "");
    return rc;
}

int quote_list_parse(struct quote *q, const char *name, const char *text, size_t len, struct error *err)
{
    struct csv csv;
    struct csv_row row CLEANUP(csv_row_done) = {0};
    csv_begin(&csv, text, len);
    return read_rows(q, &csv, &row, err) < 0 ? error_prefix(err, "%s", name) : 0;
}

int quote_list_read(struct quote *q, const char *path, struct error *err)
{
    struct buf all CLEANUP(buf_done) = {0};
    FILE *f = fopen(path, "rb");
    size_t n = 1;
    while (f && n && buf_len(&all) <= QUOTE_LIST_MAX) {
        n = fread(buf_reserve(&all, 65536), 1, 65536, f);
        buf_commit(&all, n);
    }
    bool failed = !f || ferror(f);
    const char *why = strerror(errno);
    if (f)
        fclose(f);
    if (failed || buf_len(&all) > QUOTE_LIST_MAX)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s", path,
            failed ? why : "larger than 16 MiB, so this is no list of mailboxes");
    return quote_list_parse(q, path, buf_bytes(&all), buf_len(&all), err);
}
