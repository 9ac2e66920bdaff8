#include "quote_list.h"

#include "list_csv.h"
#include "list_text.h"
#include "mem.h"
#include "quote_growth.h"
#include "quote_size.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_NAME,
    COLUMN_OCTETS,
    COLUMN_MESSAGES,
    COLUMN_GROWTH,
    COLUMN_SENT,
    COLUMN_LOCAL,
    COLUMNS,
};
static const char *const column_names[COLUMNS] = {"name", "octets", "messages", "growth", "sent", "local"};

#define NOT_THERE SIZE_MAX

static int refused(struct error *err, long line, const char *what, const char *value)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "line %ld: %s%s", line, what, value);
}

static int find_columns(const struct list_row *row, size_t at[COLUMNS], struct error *err)
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
                "the first row must name the columns, name,octets[,messages][,growth][,sent][,local]; it lacks ",
                column_names[k]);
    return 0;
}

static const char *cell(const struct list_row *row, const size_t at[COLUMNS], enum column k)
{
    return at[k] < row->count ? row->fields[at[k]] : "";
}

/* Sent mail in percent of the octets, and what lies on the user's computer. */
static int read_unseen(
    const struct list_row *row, const size_t at[COLUMNS], struct quote_account *a, struct error *err)
{
    const char *sent = cell(row, at, COLUMN_SENT), *local = cell(row, at, COLUMN_LOCAL);
    char *percent CLEANUP(mem_free_str) = mem_strdup(sent);
    size_t len = strlen(percent);
    while (len && (percent[len - 1] == '%' || percent[len - 1] == ' '))
        percent[--len] = '\0';
    if (*sent && money_tax_parse(percent, &a->sent_tenths, NULL) < 0)
        return refused(err, row->line,
            "sent must be a number of percent, 0 to 100, with at most one decimal, not ", sent);
    a->local_given = *local;
    if (*local && quote_size_parse("local", local, &a->local_octets, err) < 0)
        return error_prefix(err, "line %ld", row->line);
    return 0;
}

static int read_numbers(
    const struct list_row *row, const size_t at[COLUMNS], struct quote_account *a, struct error *err)
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
    struct quote *q, const struct list_row *row, const size_t at[COLUMNS], struct error *err)
{
    const char *name = cell(row, at, COLUMN_NAME);
    if (!*name)
        return refused(err, row->line, "the name is missing", "");
    if (q->account_count >= QUOTE_LIST_ACCOUNTS_MAX)
        return refused(err, row->line, "there are more than 100,000 mailboxes", "");
    struct quote_account *a = quote_add_account(q);
    if (read_numbers(row, at, a, err) < 0 || read_unseen(row, at, a, err) < 0)
        return -1;
    free(a->name);
    a->name = text_clean_dup(name);
    a->listed = true;
    a->stat = a->to_copy = a->held = a->inventory;
    a->stat_agrees = true;
    return 0;
}

static int read_rows(struct quote *q, const struct list_csv *csv, struct error *err)
{
    size_t at[COLUMNS];
    if (!csv->count)
        return refused(err, 1, "there is nothing in it", "");
    if (find_columns(&csv->rows[0], at, err) < 0)
        return -1;
    for (size_t i = 1; i < csv->count; i++)
        if (read_account(q, &csv->rows[i], at, err) < 0)
            return -1;
    return csv->count > 1 ? 0 : refused(err, csv->end_line, "there are no mailboxes", "");
}

static int parse_text(struct quote *q, const char *name, const struct list_text *t, struct error *err)
{
    struct list_csv csv CLEANUP(list_csv_done) = {0};
    if (list_csv_parse(t->text, t->len, 0, &csv, err) < 0 || read_rows(q, &csv, err) < 0)
        return error_prefix(err, "%s", name);
    return 0;
}

int quote_list_parse(struct quote *q, const char *name, const char *text, size_t len, struct error *err)
{
    struct list_text t CLEANUP(list_text_done) = {0};
    if (list_text_decode(text, len, NULL, &t, err) < 0)
        return error_prefix(err, "%s", name);
    return parse_text(q, name, &t, err);
}

int quote_list_read(struct quote *q, const char *path, struct error *err)
{
    struct list_text t CLEANUP(list_text_done) = {0};
    return list_text_read(path, NULL, &t, err) < 0 ? -1 : parse_text(q, path, &t, err);
}
