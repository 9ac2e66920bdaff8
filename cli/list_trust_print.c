#include "list_trust_print.h"

#include "i18n.h"
#include "list_trust.h"
#include "mem.h"
#include "text.h"
#include "text_table.h"
#include <stdio.h>
#include <string.h>

/* A cell, and what it would do. */
struct deed {
    long line;
    const char *column; /* as its heading stands in the list */
    const struct option_row *option;
    const char *value;
};

static void each_of_account(const struct batch_list *l, const struct options *common, size_t row,
    void (*on_deed)(void *ctx, const struct deed *d), void *ctx)
{
    size_t count;
    const struct accounts_column *columns = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = accounts_value(&l->list, row, columns[i].name);
        const struct option_row *option = value ? list_trust_option(&columns[i]) : NULL;
        if (!option || !list_trust_is_needed(common, option, value))
            continue;
        const struct deed d = {
            accounts_line(&l->list, row), accounts_heading(&l->list, columns[i].name), option, value};
        on_deed(ctx, &d);
    }
}

static void each(const struct batch_list *l, const struct options *common,
    void (*on_deed)(void *ctx, const struct deed *d), void *ctx)
{
    for (size_t i = 0; i < l->count; i++)
        each_of_account(l, common, l->entries[i].row, on_deed, ctx);
}

static void add_row(void *ctx, const struct deed *d)
{
    struct text_table *t = ctx;
    char column[100];
    if (!t->count) {
        text_table_add(t, _("line"));
        text_table_add(t, _("column"));
        text_table_add(t, _("what it would do"));
    }
    text_table_take(t, mem_printf("%ld", d->line));
    text_table_add(t, text_clean(column, sizeof column, d->column, strlen(d->column)));
    text_table_take(t, list_trust_words(d->option, d->value));
}

void list_trust_print(const struct batch_list *l, const struct options *common)
{
    struct text_table t = {.columns = 3, .right = {true}};
    each(l, common, add_row, &t);
    if (t.count)
        printf("%s\n", common->trust_list
                           ? _("What this list does beyond naming servers, users and passwords, since "
                               "--trust-list lets it:")
                           : _("What this list would do beyond naming servers, users and passwords, and does "
                               "not without --trust-list:"));
    text_table_print(&t);
}

static void add_object(void *ctx, const struct deed *d)
{
    char column[100];
    char *words CLEANUP(mem_free_str) = list_trust_words(d->option, d->value);
    text_clean(column, sizeof column, d->column, strlen(d->column));
    json_array_append_new(
        ctx, json_pack("{s:I, s:s, s:s, s:s, s:s}", "line", (json_int_t)d->line, "column", column, "option",
                 d->option->name, "would", list_trust_name(d->option, d->value), "words", words));
}

json_t *list_trust_json(const struct batch_list *l, const struct options *common)
{
    json_t *all = json_array();
    each(l, common, add_object, all);
    return all;
}
