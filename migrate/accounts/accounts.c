#include "accounts.h"

#include "accounts_fold.h"
#include "accounts_form.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void accounts_done(struct account_list *l)
{
    free(l->path);
    free(l->columns);
    for (size_t i = 0; i < l->column_count && l->headings; i++)
        free(l->headings[i]);
    free(l->headings);
    list_csv_done(&l->csv);
    list_text_done(&l->text);
    *l = (struct account_list){0};
}

/* ---- reading ---- */
struct attempt {
    char delimiter;     /* 0: the likeliest */
    bool first_may_err; /* the first row may be one that makes no sense */
};

static int try_as(
    struct account_list *l, const struct list_text *t, const struct attempt *as, struct error *err)
{
    if (list_csv_read(t->text, t->len, as->delimiter, &l->csv, err) < 0)
        return error_prefix(err, "%s", l->path);
    return accounts_form_find(l, as->first_may_err, err);
}

/* Passwords full of commas in imapsync's first line may hide its semicolons: when the likeliest delimiter
 * makes no sense, the others are tried. What is told then is what was wrong with the likeliest. */
static int parse_text(const char *path, struct list_text *t, struct account_list *ret, struct error *err)
{
    struct account_list l CLEANUP(accounts_done) = {0};
    static const struct attempt attempts[] = {{0, false}, {',', false}, {';', false}, {'\t', false},
        {0, true}, {',', true}, {';', true}, {'\t', true}};
    struct error first;
    int rc = -1;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts && rc < 0; i++) {
        accounts_done(&l);
        l.path = mem_strdup(path);
        rc = try_as(&l, t, &attempts[i], i ? NULL : &first);
    }
    if (rc < 0 && err)
        *err = first;
    if (rc < 0)
        return -1;
    memcpy(l.charset, t->charset, sizeof l.charset);
    l.text = *t;
    *t = (struct list_text){0};
    *ret = l;
    l = (struct account_list){0};
    return 0;
}

int accounts_parse(const char *path, const char *bytes, size_t len, const char *charset,
    struct account_list *ret, struct error *err)
{
    struct list_text t CLEANUP(list_text_done) = {0};
    if (list_text_decode(bytes, len, charset, &t, err) < 0)
        return error_prefix(err, "%s", path);
    return parse_text(path, &t, ret, err);
}

static bool holds_passwords(const struct account_list *l)
{
    size_t count = accounts_count(l);
    for (size_t i = 0; i < count; i++)
        if (accounts_value(l, i, "from_password") || accounts_value(l, i, "to_password"))
            return true;
    return false;
}

int accounts_read(const char *path, const char *charset, struct account_list *ret, struct error *err)
{
    struct list_text t CLEANUP(list_text_done) = {0};
    struct stat st;
    if (list_text_read(path, charset, &t, err) < 0 || parse_text(path, &t, ret, err) < 0)
        return -1;
    ret->readable_by_others = stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
                              (st.st_mode & (S_IRGRP | S_IROTH)) && holds_passwords(ret);
    return 0;
}

/* ---- what is in it ---- */
static const struct list_row *row_of(const struct account_list *l, size_t i)
{
    return &l->csv.rows[l->first + i];
}

long accounts_line(const struct account_list *l, size_t i)
{
    return row_of(l, i)->line;
}

const char *accounts_heading(const struct account_list *l, const char *column)
{
    for (size_t i = 0; i < l->column_count; i++)
        if (l->columns[i] && !strcmp(l->columns[i]->name, column))
            return l->headings[i];
    return column;
}

const char *accounts_value(const struct account_list *l, size_t i, const char *column)
{
    const struct list_row *row = row_of(l, i);
    for (size_t k = 0; k < l->column_count && k < row->count; k++)
        if (l->columns[k] && *row->fields[k] && !strcmp(l->columns[k]->name, column))
            return row->fields[k];
    return NULL;
}

int accounts_enabled(const struct account_list *l, size_t i, bool *ret, struct error *err)
{
    static const char *const yes[] = {
        "yes", "y", "true", "1", "on", "はい", "有効", "対象", "する", "○", "〇", "◯", NULL};
    static const char *const no[] = {
        "no", "n", "false", "0", "off", "いいえ", "無効", "対象外", "しない", "×", "✕", NULL};
    char word[ACCOUNTS_FOLD_MAX];
    const char *value = accounts_value(l, i, "enabled");
    bool is_yes = !value || accounts_fold_is_one(accounts_fold(word, value), yes);
    if (!is_yes && !accounts_fold_is_one(word, no))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s:%ld: column %s must be yes or no (はい or いいえ, 有効 or 無効, ○ or ×, 1 or 0; empty is yes)",
            l->path, accounts_line(l, i), accounts_heading(l, "enabled"));
    *ret = is_yes;
    return 0;
}
