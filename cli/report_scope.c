#include "report_scope.h"

#include "ledger_balance.h"
#include "mem.h"
#include "work_dir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_names(const void *a, const void *b)
{
    const struct batch_entry *x = ((const struct report_scope_row *)a)->entry;
    const struct batch_entry *y = ((const struct report_scope_row *)b)->entry;
    int c = strcmp(x->source, y->source);
    c = c ? c : strcmp(x->destination, y->destination);
    return c ? c : strcmp(x->folder, y->folder);
}

/* The rows that have names, sorted. A row that another repeats is the same account. */
static void order_rows(struct report_scope *s, bool quiet)
{
    s->rows = mem_array(s->list.count + 1, sizeof *s->rows);
    for (size_t i = 0; i < s->list.count; i++) {
        const struct batch_entry *e = &s->list.entries[i];
        if (e->source && *e->source)
            s->rows[s->count++] = (struct report_scope_row){.entry = e};
        else if (!quiet)
            fprintf(stderr, "popferry: warning: %s\n", e->error.text);
    }
    qsort(s->rows, s->count, sizeof *s->rows, by_names);
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!kept || by_names(&s->rows[kept - 1], &s->rows[i]) != 0)
            s->rows[kept++] = s->rows[i];
    s->count = kept;
}

int report_scope_read(const struct options *o, struct report_scope *ret, struct error *err)
{
    struct report_scope s CLEANUP(report_scope_done) = {0};
    if (options_accounts(o, &s.from, &s.to, err) < 0)
        return -1;
    if (o->accounts) {
        struct options all = *o; /* what a row could do, is not done here: who was moved is asked */
        all.trust_list = true;
        if (batch_list_read(&all, true, false, &s.list, err) < 0)
            return -1;
        s.listed = true;
        order_rows(&s, o->quiet);
    }
    bool all = !s.from && !s.to && !s.listed;
    if (all && work_lists_read(o->work_dir, &s.lists, &s.lists_error) < 0 && !o->quiet)
        fprintf(stderr, "popferry: warning: %s\n", s.lists_error.text);
    *ret = s;
    s = (struct report_scope){0};
    return 0;
}

void report_scope_done(struct report_scope *s)
{
    free(s->from);
    free(s->to);
    free(s->rows);
    for (size_t i = 0; i < s->unlisted_count; i++) {
        struct report_unlisted *left = &s->unlisted[i];
        char *const strings[] = {left->source, left->destination, left->folder, left->work_dir, left->name};
        for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
            free(strings[k]);
    }
    free(s->unlisted);
    work_lists_free(s->lists);
    batch_list_done(&s->list);
    *s = (struct report_scope){0};
}

/* A row without a destination stands for any: the list was made to look at the sources. */
static bool row_is(const struct report_scope_row *row, const char *destination, const char *folder)
{
    const struct batch_entry *e = row->entry;
    return !*e->destination || (!strcmp(e->destination, destination) && !strcmp(e->folder, folder));
}

static bool list_wants(
    struct report_scope *s, const char *source, const char *destination, const char *folder)
{
    size_t low = 0, high = s->count;
    bool wanted = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->rows[middle].entry->source, source) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->count && !strcmp(s->rows[low].entry->source, source); low++)
        if (row_is(&s->rows[low], destination, folder))
            wanted = s->rows[low].met = true;
    return wanted;
}

/* ---- those that have left ---- */
static void note_unlisted(
    struct report_scope *s, const char *source, const char *destination, const char *folder)
{
    for (size_t i = 0; i < s->unlisted_count; i++)
        if (!strcmp(s->unlisted[i].source, source) && !strcmp(s->unlisted[i].destination, destination) &&
            !strcmp(s->unlisted[i].folder, folder))
            return;
    s->unlisted = mem_grow(s->unlisted, s->unlisted_count + 1, sizeof *s->unlisted);
    s->unlisted[s->unlisted_count++] = (struct report_unlisted){
        .source = mem_strdup(source), .destination = mem_strdup(destination), .folder = mem_strdup(folder)};
}

struct counting {
    struct ledger *ledger;
    struct report_unlisted *left;
    int64_t job; /* 0: not found yet */
};

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct counting *c = ctx;
    if (!strcmp(row->source, c->left->source) && !strcmp(row->destination, c->left->destination) &&
        !strcmp(row->folder, c->left->folder))
        c->job = row->id;
    return !c->job;
}

static void count_copied(struct counting *c)
{
    struct ledger_totals totals;
    struct ledger_source from;
    struct error ignored;
    if (ledger_each_job(c->ledger, on_job, c, &ignored) < 0 || !c->job ||
        ledger_totals(c->ledger, c->job, &totals, &ignored) < 0 ||
        ledger_source_read(c->ledger, c->job, &from, &ignored) < 0)
        return;
    struct ledger_balance b = ledger_balance_of(&totals, &from);
    c->left->copied = b.copied.messages;
    c->left->copied_octets = b.copied.octets;
}

void report_scope_count_unlisted(struct report_scope *s, const char *work_dir)
{
    for (size_t i = 0; i < s->unlisted_count; i++) {
        struct error ignored;
        struct report_unlisted *left = &s->unlisted[i];
        if (left->work_dir)
            continue;
        left->work_dir =
            work_dir_of_job(work_dir, true, left->source, left->destination, left->folder, &ignored);
        if (!left->work_dir)
            continue;
        if (strcmp(left->work_dir, work_dir) != 0)
            left->name = mem_strdup(strrchr(left->work_dir, '/') + 1);
        struct counting c = {ledger_open(left->work_dir, LEDGER_READ, &ignored), left, 0};
        if (c.ledger)
            count_copied(&c);
        ledger_close(c.ledger);
    }
}

bool report_scope_wants(void *ctx, const char *source, const char *destination, const char *folder)
{
    struct report_scope *s = ctx;
    if ((s->from && strcmp(s->from, source) != 0) || (s->to && strcmp(s->to, destination) != 0))
        return false;
    if (s->listed)
        return list_wants(s, source, destination, folder);
    if (work_lists_standing(s->lists, source, destination) != WORK_LISTS_LEFT)
        return true;
    note_unlisted(s, source, destination, folder);
    return false;
}

bool report_scope_not_begun(
    const struct report_scope *s, const struct report_walk *walk, size_t *n, const struct batch_entry **ret)
{
    for (; *n < s->count; ++*n) {
        const struct batch_entry *e = s->rows[*n].entry;
        if (s->rows[*n].met || (s->from && strcmp(s->from, e->source) != 0) ||
            (s->to && strcmp(s->to, e->destination) != 0) ||
            report_walk_lost(walk, e->source, e->destination, e->folder))
            continue;
        ++*n;
        *ret = e;
        return true;
    }
    return false;
}

int report_scope_unknown(const struct report_scope *s, const char *work_dir, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "no ledger in %s knows %s%s%s%s; popferry status lists the accounts that are known", work_dir,
        s->from ? s->from : "", s->from && s->to ? " to " : "", s->to ? s->to : "",
        !s->from && !s->to ? "any account of the list" : "");
}
