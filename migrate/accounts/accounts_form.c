#include "accounts_form.h"

#include "accounts_fold.h"
#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define IMAPSYNC_FIELDS 6
#define IMAPSYNC_WORDS  "host1;user1;password1;host2;user2;password2"

static int __attribute__((format(printf, 4, 5)))
refused(const struct account_list *l, long line, struct error *err, const char *fmt, ...)
{
    char what[ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s:%ld: %s", l->path, line, what);
}

static bool is_password(const struct accounts_column *c)
{
    return c && (!strcmp(c->name, "from_password") || !strcmp(c->name, "to_password"));
}

static void begin(struct account_list *l, enum accounts_form form, size_t first, size_t fields)
{
    l->form = form;
    l->first = first;
    l->columns = mem_array(fields, sizeof(const struct accounts_column *));
    l->headings = mem_array(fields, sizeof *l->headings);
    l->column_count = fields;
}

/* In one line. */
static char *shown(const char *heading)
{
    size_t len = strlen(heading), n = 0;
    char *plain CLEANUP(mem_free_str) = mem_strdup(heading);
    for (const char *p = heading; *p; p++)
        if (*p != '\r' && *p != '\n')
            plain[n++] = *p;
    char *clean = mem_alloc(len + 1);
    return accounts_fold_trim(text_clean(clean, len + 1, plain, n));
}

static const char *delimiter_words(const struct account_list *l)
{
    return l->csv.delimiter == '\t' ? "a tab" : l->csv.delimiter == ';' ? "a semicolon" : "a comma";
}

/* ---- Microsoft's ---- */
static const struct {
    const char *folded, *column;
} microsoft[] = {
    {"emailaddress", "to_user"},
    {"username", "from_user"},
    {"password", "from_password"},
    {"userroot", "note"},
};
#define MICROSOFT_NEEDS 3 /* the first of them */

static size_t find_microsoft(const char *heading)
{
    char word[ACCOUNTS_FOLD_MAX];
    size_t k = 0;
    for (accounts_fold(word, heading); k < sizeof microsoft / sizeof *microsoft; k++)
        if (!strcmp(word, microsoft[k].folded))
            break;
    return k;
}

static bool is_microsoft(const struct list_row *row)
{
    unsigned seen = 0;
    for (size_t i = 0; i < row->count; i++) {
        unsigned bit = 1u << find_microsoft(row->fields[i]);
        if (bit == 1u << sizeof microsoft / sizeof *microsoft || seen & bit)
            return false;
        seen |= bit;
    }
    unsigned needed = (1u << MICROSOFT_NEEDS) - 1;
    return (seen & needed) == needed;
}

static int take_microsoft(struct account_list *l)
{
    const struct list_row *row = &l->csv.rows[0];
    begin(l, ACCOUNTS_MICROSOFT, 1, row->count);
    for (size_t i = 0; i < row->count; i++) {
        l->columns[i] = accounts_column_find(microsoft[find_microsoft(row->fields[i])].column);
        l->headings[i] = shown(row->fields[i]);
    }
    return 0;
}

/* ---- imapsync's ---- */
static bool is_host(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
    size_t len = strspn(s, letters);
    return !s[len] && (strpbrk(s, ".:") || text_equal_nocase(s, "localhost"));
}

static bool is_imapsync(const struct list_row *row)
{
    return row->count >= IMAPSYNC_FIELDS && is_host(accounts_fold_trim(row->fields[0])) &&
           is_host(accounts_fold_trim(row->fields[3]));
}

static int take_imapsync(struct account_list *l)
{
    static const struct {
        const char *column, *heading;
    } fields[IMAPSYNC_FIELDS] = {{"from_host", "host1"}, {"from_user", "user1"},
        {"from_password", "password1"}, {"to_host", "host2"}, {"to_user", "user2"},
        {"to_password", "password2"}};
    begin(l, ACCOUNTS_IMAPSYNC, 0, IMAPSYNC_FIELDS);
    for (size_t i = 0; i < IMAPSYNC_FIELDS; i++) {
        l->columns[i] = accounts_column_find(fields[i].column);
        l->headings[i] = mem_strdup(fields[i].heading);
    }
    return 0;
}

static bool any_is_imapsync(const struct list_csv *csv)
{
    for (size_t i = 0; i < csv->count; i++)
        if (is_imapsync(&csv->rows[i]))
            return true;
    return false;
}

/* ---- with a heading ---- */
static bool names_any(const struct list_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (accounts_column_find(row->fields[i]))
            return true;
    return false;
}

/* Those of the template; there are too many for a sentence. */
static void append_names(struct buf *out)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].examples[0])
            buf_printf(out, "%s%s", buf_len(out) ? ", " : "", all[i].name);
    buf_append_str(out, " and more (popferry accounts columns lists them)");
}

static int no_form(const struct account_list *l, long line, struct error *err)
{
    struct buf names CLEANUP(buf_done) = {0};
    append_names(&names);
    return refused(l, line, err,
        "the first line must name the columns, or be an account as imapsync has it, " IMAPSYNC_WORDS
        "; there are: %s",
        buf_str(&names));
}

static int no_column(const struct account_list *l, const struct list_row *row, size_t i, struct error *err)
{
    struct buf names CLEANUP(buf_done) = {0};
    char heading[100];
    append_names(&names);
    return refused(l, row->line, err, "there is no column \"%s\"; there are: %s",
        text_clean(heading, sizeof heading, row->fields[i], strlen(row->fields[i])), buf_str(&names));
}

/* What is passed over may stand there more than once. */
static bool may_repeat(const struct accounts_column *c)
{
    return !strcmp(c->name, "note") || !strcmp(c->name, "name");
}

static int take_heading(struct account_list *l, struct error *err)
{
    const struct list_row *row = &l->csv.rows[0];
    begin(l, ACCOUNTS_HEADED, 1, row->count);
    for (size_t i = 0; i < row->count; i++)
        l->headings[i] = shown(row->fields[i]);
    for (size_t i = 0; i < row->count; i++) {
        const struct accounts_column *c = accounts_column_find(row->fields[i]);
        if (!c && *accounts_fold_trim(row->fields[i]))
            return no_column(l, row, i, err);
        for (size_t k = 0; k < i && c; k++)
            if (l->columns[k] == c && !may_repeat(c))
                return refused(l, row->line, err, "the column %s stands there twice, as \"%s\" and \"%s\"",
                    c->name, row->fields[k], row->fields[i]);
        l->columns[i] = c;
    }
    return 0;
}

/* ---- all forms ---- */
static void trim_row(const struct account_list *l, const struct list_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (i >= l->column_count || !is_password(l->columns[i]))
            accounts_fold_trim(row->fields[i]);
}

static int too_much(const struct account_list *l, const struct list_row *row, struct error *err)
{
    for (size_t i = 0; i < row->count; i++)
        if (*row->fields[i] && (i >= l->column_count || !l->columns[i]))
            return refused(l, row->line, err,
                "there is something in field %zu, which has no heading: a field with %s in it must stand in quotes",
                i + 1, delimiter_words(l));
    return 0;
}

/* imapsync passes over what follows its fields. */
int accounts_fault(const struct account_list *l, size_t i, struct error *err)
{
    const struct list_row *row = &l->csv.rows[l->first + i];
    if (row->fault)
        return refused(l, row->line, err, "%s", row->fault);
    if (l->form != ACCOUNTS_IMAPSYNC)
        return too_much(l, row, err);
    return is_imapsync(row)
               ? 0
               : refused(l, row->line, err,
                     "the list has no heading, so each line must be as imapsync has it, " IMAPSYNC_WORDS
                     ", and this one is not: both hosts must be full names (pop.example.jp), and fields with %s in them "
                     "stand in quotes",
                     delimiter_words(l));
}

/* Where the first column is headed "#", numbers stand below it as #1, #2. */
static bool numbers_rows(const struct account_list *l)
{
    return l->first && *l->headings[0] == '#';
}

static bool has_text(const struct list_row *row)
{
    return row->fault || list_csv_has_text(row);
}

static bool is_account(const struct list_row *row)
{
    return !list_csv_is_note(row) && has_text(row);
}

static int take_rows(struct account_list *l, struct error *err)
{
    for (size_t i = 0; i < l->csv.count; i++) {
        trim_row(l, &l->csv.rows[i]);
        l->notes += !numbers_rows(l) && list_csv_is_note(&l->csv.rows[i]);
    }
    list_csv_filter(&l->csv, numbers_rows(l) ? has_text : is_account);
    if (accounts_count(l) > ACCOUNTS_MAX)
        return refused(
            l, l->csv.rows[l->first + ACCOUNTS_MAX].line, err, "there are more than 100,000 accounts");
    return accounts_count(l) ? 0
                             : refused(l, l->csv.end_line, err, "there are no accounts below the heading");
}

static int take_first_row(
    struct account_list *l, const struct list_row *row, bool first_may_err, struct error *err)
{
    if (is_microsoft(row) && !row->fault)
        return take_microsoft(l);
    if (names_any(row))
        return row->fault ? refused(l, row->line, err, "%s", row->fault) : take_heading(l, err);
    return is_imapsync(row) || (first_may_err && any_is_imapsync(&l->csv)) ? take_imapsync(l)
                                                                           : no_form(l, row->line, err);
}

int accounts_form_find(struct account_list *l, bool first_may_err, struct error *err)
{
    size_t notes = 0;
    while (notes < l->csv.count && list_csv_is_note(&l->csv.rows[notes]))
        notes++;
    if (notes == l->csv.count)
        return error_set(
            err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: there are no accounts in it", l->path);
    list_csv_drop(&l->csv, notes);
    return take_first_row(l, &l->csv.rows[0], first_may_err, err) < 0 ? -1 : take_rows(l, err);
}
