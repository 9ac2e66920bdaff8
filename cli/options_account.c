/* The options of one account: those of the command line, with the cells of a row of the list in their place.
 */
#include "options.h"

#include "mem.h"
#include "option_table.h"
#include <stdlib.h>
#include <string.h>

struct row {
    const struct account_list *list;
    size_t index;
    struct options *options;
};

static const char *cell(const struct row *r, const char *column)
{
    return accounts_value(r->list, r->index, column);
}

static int refused(const struct row *r, struct error *err, const char *column, const char *what)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: column %s: %s",
        r->options->place, column, what);
}

/* ---- the cells ---- */
static const struct option_row *option_of(const struct accounts_column *column)
{
    if (column->option)
        return option_table_find(column->option);
    if (!strcmp(column->name, "from_password"))
        return option_table_find("from-password");
    return !strcmp(column->name, "to_password") ? option_table_find("to-password") : NULL;
}

static int take_cell(
    const struct row *r, const struct accounts_column *column, const char *value, struct error *err)
{
    const struct option_row *option = option_of(column);
    struct error why;
    if (!strcmp(column->name, "user") && strpbrk(value, "\r\n"))
        return refused(r, err, column->name, "there is a line break in this cell");
    if (!option)
        return column->option ? error_unhandled(err, column->name) : 0;
    if (strpbrk(value, "\r\n"))
        return refused(r, err, column->name,
            option->kind == OPTION_SECRET ? "there is a line break in this password"
                                          : "there is a line break in this cell");
    if (option_table_set(r->options, option, value, &why) == 0)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: column %s: \"%s\" %s",
        r->options->place, column->name, value, why.text);
}

static int take_cells(const struct row *r, struct error *err)
{
    size_t count;
    const struct accounts_column *columns = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = cell(r, columns[i].name);
        if (value && take_cell(r, &columns[i], value, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- what contradicts them ---- */
static const char *authority_of(const char *url, size_t *ret_len)
{
    const char *begin = url ? strstr(url, "://") : NULL;
    begin = begin ? begin + 3 : "";
    *ret_len = strcspn(begin, "/");
    return begin;
}

static bool has_user(const char *url)
{
    size_t len;
    const char *authority = authority_of(url, &len);
    return memchr(authority, '@', len);
}

static bool has_mailbox(const char *url)
{
    size_t len;
    const char *authority = authority_of(url, &len);
    return authority[len] && authority[len + 1];
}

static bool has_scheme(const char *url)
{
    return url && strstr(url, "://");
}

static void drop(char **field)
{
    free(*field);
    *field = NULL;
}

/* A cell that comes second to another option must not come second to a common one. */
static void drop_rivals(const struct row *r)
{
    struct options *o = r->options;
    if (cell(r, "from_host"))
        drop(&o->from);
    if (cell(r, "to_host"))
        drop(&o->to);
    if (cell(r, "from_password_command") || cell(r, "from_password_env"))
        drop(&o->from_password_file);
    if (cell(r, "to_password_command") || cell(r, "to_password_env"))
        drop(&o->to_password_file);
    if (cell(r, "from_password_env"))
        drop(&o->from_password_command);
    if (cell(r, "to_password_env"))
        drop(&o->to_password_command);
    if (cell(r, "from_password_file") || cell(r, "from_password_command") || cell(r, "from_password_env"))
        drop(&o->from_token_file), drop(&o->from_token_command), drop(&o->from_oauth);
    if (cell(r, "to_password_file") || cell(r, "to_password_command") || cell(r, "to_password_env"))
        drop(&o->to_token_file), drop(&o->to_token_command), drop(&o->to_oauth);
    if (has_scheme(cell(r, "from")) || has_scheme(cell(r, "from_host")))
        drop(&o->from_tls);
    if (has_scheme(cell(r, "to")) || has_scheme(cell(r, "to_host")))
        drop(&o->to_tls);
    if (has_user(cell(r, "from")))
        drop(&o->from_user);
    if (has_user(cell(r, "to")))
        drop(&o->to_user);
    if (has_mailbox(cell(r, "to")))
        drop(&o->folder);
}

/* The column user: for the sides that have none yet. */
static void fill_users(const struct row *r)
{
    struct options *o = r->options;
    const char *user = cell(r, "user");
    if (user && !o->from_user && !has_user(o->from))
        o->from_user = mem_strdup(user);
    if (user && !o->to_user && !has_user(o->to))
        o->to_user = mem_strdup(user);
}

/* An error about "--since" is one about the column since, if the row has it. */
static int tell_column(const struct row *r, struct error *err)
{
    size_t count, len = strspn(err->text, "-"), name = strcspn(err->text + len, ": ");
    const struct accounts_column *columns = accounts_columns(&count);
    for (size_t i = 0; i < count && len == 2; i++) {
        const char *option = columns[i].option;
        if (option && strlen(option) == name && !strncmp(option, err->text + len, name) &&
            cell(r, columns[i].name))
            return error_prefix(err, "%s: column %s", r->options->place, columns[i].name);
    }
    return error_prefix(err, "%s", r->options->place);
}

int options_for_account(const struct options *common, const struct account_list *list, size_t i,
    struct options *ret, struct error *err)
{
    struct options o CLEANUP(options_done) = *common;
    struct error why;
    const struct row row = {.list = list, .index = i, .options = &o};
    option_table_copy(common, &o);
    o.place = mem_printf("%s:%ld", list->path, accounts_line(list, i));
    drop_rivals(&row);
    if (take_cells(&row, &why) < 0) {
        if (err)
            *err = why;
        return -1;
    }
    fill_users(&row);
    if (options_read_values(&o, &why) < 0) {
        tell_column(&row, &why);
        if (err)
            *err = why;
        return -1;
    }
    *ret = o;
    o = (struct options){0};
    return 0;
}
