#include "batch_again.h"

#include "buf.h"
#include "mem.h"
#include "option_table.h"
#include "text_list.h"
#include <string.h>

static void append_quoted(struct buf *out, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%=";
    if (*word && !word[strspn(word, plain)]) {
        buf_append_str(out, word);
        return;
    }
    buf_append_char(out, '\'');
    for (; *word; word++)
        buf_append(out, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    buf_append_char(out, '\'');
}

static void append_option(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, " --%s ", name);
    append_quoted(out, value);
}

static void append_row(struct buf *out, const struct options *o, const struct option_row *row)
{
    const void *field = (const char *)o + row->offset;
    const char *const *list;
    switch (row->kind) {
    case OPTION_TEXT:
        if (*(char *const *)field)
            append_option(out, row->name, *(char *const *)field);
        return;
    case OPTION_NUMBER:
        buf_printf(out, " --%s %d", row->name, *(const int *)field);
        return;
    case OPTION_FLAG:
        if (*(const int *)field)
            buf_printf(out, " --%s", row->name);
        return;
    case OPTION_LIST:
        list = *(const char *const *const *)field;
        for (size_t i = 0; i < text_list_count(list); i++)
            append_option(out, row->name, list[i]);
        return;
    case OPTION_SECRET:
        return;
    }
}

char *batch_again_quoted(const char *word)
{
    struct buf out CLEANUP(buf_done) = {0};
    append_quoted(&out, word);
    return buf_strdup(&out);
}

char *batch_again_command(const char *command, const struct options *o, const char *list)
{
    struct buf out CLEANUP(buf_done) = {0};
    size_t count;
    const struct option_row *rows = option_table(&count);
    buf_printf(&out, "popferry %s --accounts ", command);
    append_quoted(&out, list);
    for (size_t i = 0; i < count; i++)
        if (o->given[i] && option_table_heeds(&rows[i], command) && strcmp(rows[i].name, "accounts") != 0 &&
            strcmp(rows[i].name, "shard") != 0)
            append_row(&out, o, &rows[i]);
    return buf_strdup(&out);
}
