#include "batch_known.h"

#include "batch_report.h"
#include "i18n.h"
#include "mem.h"
#include "option_rules.h"
#include "work_lists.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a run, for work_lists ---- */
struct noting {
    struct batch_list *list;
    const struct options *options;
    struct work_lists_run run;
    char *path;
    struct work_lists_name *names;
    const char **unnamed;
    const char *part; /* NULL: the run itself */
};

static void noting_done(struct noting *n)
{
    free(n->path);
    free(n->names);
    free(n->unnamed);
}

/* From the root, wherever it is named from; the caller frees. */
static char *whole_path(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : mem_strdup(path);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void add_entry(struct noting *n, const struct batch_entry *e)
{
    if (*e->source)
        n->names[n->run.count++] = (struct work_lists_name){e->source, e->destination};
    else
        n->unnamed[n->run.unnamed_count++] = e->nameless ? NULL : e->name;
}

static struct noting begin(struct batch_list *l, const struct options *o, int64_t now_s)
{
    size_t most = l->count + l->other_count + 1;
    struct noting n = {.list = l,
        .options = o,
        .path = whole_path(o->accounts),
        .names = mem_array(most, sizeof *n.names),
        .unnamed = mem_array(most, sizeof *n.unnamed)};
    n.run = (struct work_lists_run){
        .list = n.path, .passing = !is_file(n.path), .now_s = now_s, .names = n.names, .unnamed = n.unnamed};
    return n;
}

static void add_all(struct noting *n)
{
    for (size_t i = 0; i < n->list->count; i++)
        add_entry(n, &n->list->entries[i]);
    for (size_t i = 0; i < n->list->other_count; i++)
        add_entry(n, &n->list->others[i]);
}

/* ---- whose work folder this is ---- */
/* The default is one's own choice by nobody: a second customer ends up there by itself. */
static void warn_of_strangers(struct noting *n, const struct work_lists *known)
{
    size_t count;
    const char *list;
    if (option_rules_given(n->options, "work-dir") || !work_lists_strange(known, &n->run, &count, &list))
        return;
    if (!strcmp(list, n->path))
        batch_list_warn(n->list,
            ngettext(
                "the default work folder %2$s holds %1$zu account that was in this list before, and none that is in it "
                "now: if this is another customer's list, stop (Ctrl-C) and give a folder of its own with --work-dir",
                "the default work folder %2$s holds %1$zu accounts that were in this list before, and none that is in it "
                "now: if this is another customer's list, stop (Ctrl-C) and give a folder of its own with --work-dir",
                count),
            count, n->options->work_dir);
    else
        batch_list_warn(n->list,
            ngettext(
                "the default work folder %2$s holds %1$zu account of another list, %3$s, and none of this one: if that "
                "is another customer's, stop (Ctrl-C) and give this list a folder of its own with --work-dir",
                "the default work folder %2$s holds %1$zu accounts of another list, %3$s, and none of this one: if that "
                "is another customer's, stop (Ctrl-C) and give this list a folder of its own with --work-dir",
                count),
            count, n->options->work_dir, list);
}

static void change(void *ctx, struct work_lists *known)
{
    struct noting *n = ctx;
    if (n->part) {
        work_lists_note_part(known, n->part, &n->run);
        return;
    }
    warn_of_strangers(n, known);
    work_lists_note(known, &n->run);
}

int batch_known_note(struct batch_list *l, const struct options *o, int64_t now_s, struct error *err)
{
    struct noting n CLEANUP(noting_done) = begin(l, o, now_s);
    struct error damage;
    add_all(&n);
    int rc = work_lists_change(o->work_dir, change, &n, &damage, err);
    if (damage.code)
        batch_list_warn(l, "%s", damage.text);
    return rc;
}

void batch_known_look(struct batch_list *l, const struct options *o, int64_t now_s)
{
    struct noting n CLEANUP(noting_done) = begin(l, o, now_s);
    struct work_lists *known = NULL;
    struct error why;
    add_all(&n);
    if (work_lists_read(o->work_dir, &known, &why) < 0)
        batch_list_warn(l, "%s", why.text);
    warn_of_strangers(&n, known);
    work_lists_free(known);
}

int batch_known_note_failures(const struct batch_list *l, const struct options *o, const char *path,
    const struct batch_account *accounts, int64_t now_s, struct error *err)
{
    struct batch_list *list = (struct batch_list *)l; /* nothing is added to it here */
    struct noting n CLEANUP(noting_done) = begin(list, o, now_s);
    char *part CLEANUP(mem_free_str) = whole_path(path);
    struct error damage;
    if (!is_file(part)) /* none was needed */
        return 0;
    n.part = part;
    for (size_t i = 0; i < l->count; i++)
        if (batch_report_is_failure(&accounts[i]) && !l->entries[i].repeats)
            add_entry(&n, &l->entries[i]);
    return work_lists_change(o->work_dir, change, &n, &damage, err);
}
