#include "batch_pairs.h"

#include "i18n.h"
#include "mem.h"
#include "text.h"
#include "text_table.h"
#include <string.h>

static bool is_pair(const struct batch_entry *e)
{
    return !e->error.code && *e->source;
}

/* Names of a list may hold what a terminal would act on. */
static void take_clean(struct text_table *t, const char *s)
{
    text_table_take(t, text_clean_dup(s));
}

static void add_pair(struct text_table *t, const struct batch_list *l, const struct batch_entry *e)
{
    bool plain = !*e->folder || !strcmp(e->folder, "INBOX");
    char *to CLEANUP(mem_free_str) =
        mem_printf("%s%s%s", e->destination, plain ? "" : ", ", plain ? "" : e->folder);
    text_table_take(t, mem_printf("%ld", accounts_line(&l->list, e->row)));
    take_clean(t, e->source);
    text_table_add(t, *e->destination ? "→" : "");
    take_clean(t, to);
}

void batch_pairs_print(const struct batch_list *l)
{
    struct text_table t = {.columns = 4, .right = {true}};
    bool any = false;
    for (size_t i = 0; i < l->count; i++)
        any |= is_pair(&l->entries[i]);
    if (!any)
        return;
    text_table_add(&t, _("line"));
    text_table_add(&t, _("moved from"));
    text_table_add(&t, "");
    text_table_add(&t, _("moved to"));
    for (size_t i = 0; i < l->count; i++)
        if (is_pair(&l->entries[i]))
            add_pair(&t, l, &l->entries[i]);
    text_table_print(&t);
}

json_t *batch_pairs_json(const struct batch_list *l)
{
    json_t *all = json_array();
    for (size_t i = 0; i < l->count; i++) {
        const struct batch_entry *e = &l->entries[i];
        if (is_pair(e))
            json_array_append_new(
                all, json_pack("{s:I, s:s, s:o, s:s}", "line", (json_int_t)accounts_line(&l->list, e->row),
                         "from", e->source, "to", *e->destination ? json_string(e->destination) : json_null(),
                         "folder", e->folder));
    }
    return all;
}
