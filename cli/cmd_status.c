#include "command.h"

#include "exit_code.h"
#include "mem.h"
#include "options.h"
#include "report.h"
#include "status.h"
#include "talk.h"
#include "text.h"
#include "work_dir.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
    struct status status;
    struct report_scope scope;
    const char *folder; /* of the ledger that is being read */
};

static struct status_account *add(
    struct status *s, const char *source, const char *destination, const char *folder, const char *work_dir)
{
    s->accounts = mem_grow(s->accounts, s->count + 1, sizeof *s->accounts);
    struct status_account *a = &s->accounts[s->count++];
    *a = (struct status_account){
        .source = text_clean_dup(source),
        .destination = text_clean_dup(destination),
        .folder = text_clean_dup(folder),
        .work_dir = text_clean_dup(work_dir),
        .begun = work_dir != NULL,
    };
    return a;
}

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct gathering *g = ctx;
    if (!report_scope_wants(&g->scope, row->source, row->destination, row->folder))
        return true;
    struct status_account *a = add(&g->status, row->source, row->destination, row->folder, g->folder);
    a->job = row->id;
    a->run_command = text_clean_dup(row->run_command);
    a->run_words = text_clean_dup(row->run_words);
    a->run_started_s = row->run_started_s;
    a->run_ended_s = row->run_ended_s;
    a->run_exit_code = row->run_exit_code;
    return true;
}

static void cut(struct status *s, size_t count)
{
    while (s->count > count) {
        struct status_account *a = &s->accounts[--s->count];
        char *const strings[] = {
            a->source, a->destination, a->folder, a->work_dir, a->run_command, a->run_words};
        for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
            free(strings[k]);
    }
}

static void status_done(struct gathering *g)
{
    struct status *s = &g->status;
    cut(s, 0);
    free(s->accounts);
    json_decref(s->batch);
    json_decref(s->shards);
    report_walk_done(&s->walk);
    report_scope_done(&g->scope);
}

static int read_sums(struct ledger *ledger, struct status_account *a, struct error *err)
{
    if (ledger_totals(ledger, a->job, &a->totals, err) < 0 ||
        ledger_source_read(ledger, a->job, &a->from, err) < 0)
        return -1;
    a->balance = ledger_balance_of(&a->totals, &a->from);
    return 0;
}

static int read_all_sums(struct ledger *ledger, struct status *s, size_t first, struct error *err)
{
    for (size_t i = first; i < s->count; i++)
        if (read_sums(ledger, &s->accounts[i], err) < 0)
            return -1;
    return 0;
}

/* All of a ledger, or nothing. */
static int on_ledger(void *ctx, const char *folder, struct ledger *ledger, struct error *err)
{
    struct gathering *g = ctx;
    size_t before = g->status.count;
    g->folder = folder;
    if (ledger_snapshot(ledger, err) == 0 && ledger_check(ledger, 0, err) == 0 &&
        ledger_each_job(ledger, on_job, g, err) == 0 && read_all_sums(ledger, &g->status, before, err) == 0)
        return 0;
    cut(&g->status, before);
    return -1;
}

static void add_not_begun(struct gathering *g)
{
    const struct batch_entry *e;
    for (size_t n = 0; report_scope_not_begun(&g->scope, &g->status.walk, &n, &e);) {
        struct status_account *a = add(&g->status, e->source, e->destination, e->folder, NULL);
        a->run_command = text_clean_dup("");
        a->run_words = text_clean_dup("");
    }
}

static void add_shard(struct status *s, const char *path)
{
    unsigned shard, shards;
    int end = 0;
    const char *name = strrchr(path, '/') + 1;
    if (sscanf(name, "status-%u-of-%u.json%n", &shard, &shards, &end) != 2 || !end || name[end])
        return;
    json_t *b = json_load_file(path, 0, NULL);
    if (json_is_object(b)) {
        json_object_set_new(b, "shard", json_sprintf("%u/%u", shard, shards));
        json_array_append(s->shards, b);
    }
    json_decref(b);
}

static int by_shard(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

/* A folder's name may hold what a pattern takes for its own: so no glob(3). */
static void read_shards(struct status *s)
{
    char **paths = NULL;
    size_t count = 0;
    DIR *dir = opendir(s->work_dir);
    s->shards = json_array();
    for (struct dirent *d; dir && (d = readdir(dir));) {
        if (strncmp(d->d_name, "status-", 7) != 0)
            continue;
        paths = mem_grow(paths, count + 1, sizeof *paths);
        paths[count++] = mem_printf("%s/%s", s->work_dir, d->d_name);
    }
    if (dir)
        closedir(dir);
    if (count)
        qsort(paths, count, sizeof *paths, by_shard);
    for (size_t i = 0; i < count; i++) {
        add_shard(s, paths[i]);
        free(paths[i]);
    }
    free(paths);
}

/* The file is replaced as a whole, so it is complete whenever it is there; one that is no JSON is passed
 * over. */
static void read_batch(struct status *s)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/status.json", s->work_dir);
    s->batch = json_load_file(path, 0, NULL);
    s->batch_at_work = work_dir_batch_at_work(s->work_dir);
    read_shards(s);
}

/* A batch that has only begun has no ledger yet, and its accounts none to be found in. */
static int gather(struct gathering *g, struct error *err)
{
    struct status *s = &g->status;
    read_batch(s);
    int rc = report_walk(s->work_dir, on_ledger, g, &s->walk, err);
    if (rc < 0 && err->code == ERROR_USAGE && (s->batch || json_array_size(s->shards) || g->scope.listed))
        rc = 0;
    if (rc == 0) {
        *err = (struct error){0};
        add_not_begun(g);
        report_scope_count_unlisted(&g->scope, s->work_dir);
    }
    return rc;
}

static int status(const struct options *o)
{
    struct error err = {0};
    struct gathering g CLEANUP(status_done) = {.status.work_dir = o->work_dir};
    g.status.scope = &g.scope;
    int rc = report_scope_read(o, &g.scope, &err);
    if (rc == 0)
        rc = gather(&g, &err);
    const struct report_walk *walk = &g.status.walk;
    int code = rc < 0                ? (int)exit_code_of(&err)
               : walk->damaged_count ? (int)exit_code_of(&walk->damaged[0].error)
                                     : EXIT_CODE_DONE;
    if (o->format == FORMAT_JSON)
        status_json(&g.status, &err, code);
    else if (rc == 0)
        status_text(&g.status);
    fflush(stdout);
    report_walk_tell(walk);
    return rc < 0 ? talk_error(NULL, &err) : code;
}

int cmd_status(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    int code;
    return command_begin(self, argc, argv, &o, &code) ? status(&o) : code;
}
