/* The options of one account: those of the command line, with the cells of a row of the list in their place.
 */
#include "options.h"

#include "list_trust.h"
#include "mem.h"
#include "option_table.h"
#include "options_route.h"
#include "secret_command.h"
#include <stdlib.h>
#include <string.h>

struct row {
    const struct account_list *list;
    size_t index;
    struct options *options;
    struct options_faults *faults;
    const struct options *common;
};

/* ---- what is wrong ---- */
void options_faults_add(struct options_faults *f, const struct error *err)
{
    for (size_t i = 0; i < f->count; i++)
        if (!strcmp(f->all[i].text, err->text))
            return;
    f->all = mem_grow(f->all, f->count + 1, sizeof *f->all);
    f->all[f->count++] = *err;
}

void options_faults_done(struct options_faults *f)
{
    free(f->all);
    *f = (struct options_faults){0};
}

static const char *cell(const struct row *r, const char *column)
{
    return accounts_value(r->list, r->index, column);
}

/* A cell that is of no use. */
static void refuse(const struct row *r, const struct accounts_column *column, const char *what)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: column %s: %s", r->options->place,
        accounts_heading(r->list, column->name), what);
    options_faults_add(r->faults, &why);
}

static void refuse_deed(const struct row *r, const struct accounts_column *column,
    const struct option_row *option, const char *value)
{
    char *words CLEANUP(mem_free_str) = list_trust_refusal(option, value);
    refuse(r, column, words);
}

/* ---- the cells ---- */
static void take_cell(const struct row *r, const struct accounts_column *column, const char *value)
{
    const struct option_row *option = list_trust_option(column);
    struct error why;
    bool used = option || !strcmp(column->name, "user");
    if (used && strpbrk(value, "\r\n"))
        refuse(r, column,
            option && option->kind == OPTION_SECRET ? "there is a line break in this password"
                                                    : "there is a line break in this cell");
    else if (option && option->kind == OPTION_SECRET && strlen(value) >= SECRET_MAX)
        refuse(r, column, "this is too long for a password");
    else if (option && list_trust_is_needed(r->common, option, value) && !r->common->trust_list)
        refuse_deed(r, column, option, value);
    else if (option && option_table_set(r->options, option, value, &why) < 0)
        refuse(r, column, why.text);
}

static void take_cells(const struct row *r)
{
    size_t count;
    const struct accounts_column *columns = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = cell(r, columns[i].name);
        if (value)
            take_cell(r, &columns[i], value);
    }
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

/* "HOST:PORT", or a URL whose scheme says one, or that has one. */
static bool names_port(const char *host)
{
    return host && (strchr(host, ':') || strstr(host, "："));
}

static void drop(char **field)
{
    free(*field);
    *field = NULL;
}

/* The scheme of a cell's URL says it. But where encryption was demanded for all, pop3:// of a list does not
 * bring about what --allow-plaintext allows. */
static void drop_encryption(const struct row *r, const char *url, char **tls)
{
    const char *begin = url ? strstr(url, "://") : NULL;
    bool demanded = *tls && options_route_encrypts(*tls) && !r->options->trust_list;
    if (!begin || begin == url)
        return;
    drop(tls);
    if (demanded && begin[-1] != 's' && begin[-1] != 'S')
        *tls = mem_strdup("starttls");
}

/* A cell that comes second to another option must not come second to a common one. */
static void drop_rivals(const struct row *r)
{
    struct options *o = r->options;
    if (cell(r, "from_host"))
        drop(&o->from);
    if (cell(r, "to_host"))
        drop(&o->to);
    if (names_port(cell(r, "from")) || names_port(cell(r, "from_host")))
        drop(&o->from_port);
    if (names_port(cell(r, "to")) || names_port(cell(r, "to_host")))
        drop(&o->to_port);
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
    drop_encryption(r, cell(r, "from"), &o->from_tls);
    drop_encryption(r, cell(r, "from_host"), &o->from_tls);
    drop_encryption(r, cell(r, "to"), &o->to_tls);
    drop_encryption(r, cell(r, "to_host"), &o->to_tls);
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

/* The column of an error about "--since", if the row has it; else NULL. */
static const struct accounts_column *column_of(
    const struct account_list *list, size_t row, const struct error *err)
{
    size_t count, len = strspn(err->text, "-"), name = strcspn(err->text + len, ": ");
    const struct accounts_column *columns = accounts_columns(&count);
    for (size_t i = 0; i < count && len == 2; i++) {
        const char *option = columns[i].option;
        if (option && strlen(option) == name && !strncmp(option, err->text + len, name) &&
            accounts_value(list, row, columns[i].name))
            return &columns[i];
    }
    return NULL;
}

/* What is said behind the option and its value: "--since \"soon\": not a date" is "not a date". */
static const char *words_behind(const char *text, const char *value)
{
    const char *p = text + strcspn(text, ": ");
    const char *begin = p + strspn(p, " \"");
    size_t len = strlen(value);
    if (strncmp(begin, value, len) != 0)
        return p + strspn(p, ": ");
    begin += len;
    return begin + strspn(begin, "\": ");
}

int options_account_fault(
    const struct options *o, const struct account_list *list, size_t i, struct error *err)
{
    const struct accounts_column *column = column_of(list, i, err);
    if (!column)
        return error_prefix(err, "%s", o->place);
    char *words CLEANUP(mem_free_str) =
        mem_strdup(words_behind(err->text, accounts_value(list, i, column->name)));
    return error_set(err, err->scope, err->retry, err->code, "%s: column %s: %s", o->place,
        accounts_heading(list, column->name), words);
}

/* One after the other, with what is wrong taken out of the way of the next. */
static void read_values(const struct row *r, const struct options *common)
{
    struct error why;
    while (options_read_values(r->options, &why) < 0) {
        const struct accounts_column *column = column_of(r->list, r->index, &why);
        const struct option_row *option = column ? list_trust_option(column) : NULL;
        size_t before = r->faults->count;
        options_account_fault(r->options, r->list, r->index, &why);
        options_faults_add(r->faults, &why);
        if (!option || r->faults->count == before)
            return;
        option_table_put(common, r->options, option);
    }
}

int options_for_account(const struct options *common, const struct account_list *list, size_t i,
    struct options *ret, struct options_faults *faults)
{
    struct options o CLEANUP(options_done) = *common;
    const struct row row = {.list = list, .index = i, .options = &o, .faults = faults, .common = common};
    size_t before = faults->count;
    option_table_copy(common, &o);
    o.place = mem_printf("%s:%ld", list->path, accounts_line(list, i));
    drop_rivals(&row);
    take_cells(&row);
    fill_users(&row);
    read_values(&row, common);
    if (faults->count > before)
        return -1;
    *ret = o;
    o = (struct options){0};
    return 0;
}
