#include "report_walk.h"

#include "exit_code.h"
#include "mem.h"
#include "talk.h"
#include "text_list.h"
#include "work_dir.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A ledger that a batch has just begun has no tables yet; on a slow disk for up to a second. */
#define TRIES    21
#define PAUSE_MS 50

void report_walk_done(struct report_walk *w)
{
    for (size_t i = 0; i < w->damaged_count; i++)
        free(w->damaged[i].folder);
    free(w->damaged);
    *w = (struct report_walk){0};
}

static void note(struct report_walk *w, const char *folder, const struct error *why)
{
    w->damaged = mem_grow(w->damaged, w->damaged_count + 1, sizeof *w->damaged);
    w->damaged[w->damaged_count++] = (struct report_damage){mem_strdup(folder), *why};
}

/* Where that cannot be told, WORK's own ledger is the one that cannot be read. */
bool report_walk_lost(
    const struct report_walk *w, const char *source, const char *destination, const char *folder)
{
    struct error ignored;
    char *own CLEANUP(mem_free_str) =
        w->damaged_count ? work_dir_of_job(w->work_dir, true, source, destination, folder, &ignored) : NULL;
    for (size_t i = 0; i < w->damaged_count; i++)
        if (!strcmp(own ? own : w->work_dir, w->damaged[i].folder))
            return true;
    return false;
}

/* ---- the folders ---- */
static bool on_folder(void *ctx, const char *folder)
{
    text_list_add(ctx, mem_strdup(folder));
    return true;
}

/* What ledger_open says of a folder without one: the sentence for a user who named the wrong folder. */
static int nothing_there(const char *work_dir, struct error *err)
{
    struct ledger *l = ledger_open(work_dir, LEDGER_READ, err);
    ledger_close(l);
    return l ? 0 : -1;
}

int report_walk_folders(
    const char *work_dir, report_walk_folder_fn *fn, void *ctx, struct report_walk *w, struct error *err)
{
    struct text_list f CLEANUP(text_list_done) = {0};
    w->work_dir = work_dir;
    if (work_dir_each(work_dir, on_folder, &f, err) < 0)
        return -1;
    if (!f.count)
        return nothing_there(work_dir, err);
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    int tries = work_dir_batch_at_work(work_dir) ? TRIES : 1;
    for (size_t i = 0; i < f.count; i++) {
        struct error why;
        int rc = -1;
        for (int try = 0; try < tries && (rc = fn(ctx, f.all[i], &why)) < 0 && try + 1 < tries; try++)
            nanosleep(&pause, NULL);
        if (rc == 0)
            w->ledgers++;
        else if (why.code != ERROR_USAGE) /* which says that there is nothing in it yet */
            note(w, f.all[i], &why);
    }
    return 0;
}

/* ---- their ledgers ---- */
struct reading {
    report_walk_fn *fn;
    void *ctx;
    struct report_walk *walk;
};

/* Opened again if need be, read once: what was printed stands. */
static int read_folder(void *ctx, const char *folder, struct error *err)
{
    struct reading *r = ctx;
    struct error why;
    struct ledger *l = ledger_open(folder, LEDGER_READ, err);
    if (!l)
        return -1;
    if (r->fn(r->ctx, folder, l, &why) < 0)
        note(r->walk, folder, &why);
    ledger_close(l);
    return 0;
}

int report_walk(const char *work_dir, report_walk_fn *fn, void *ctx, struct report_walk *w, struct error *err)
{
    struct reading r = {fn, ctx, w};
    return report_walk_folders(work_dir, read_folder, &r, w, err);
}

int report_walk_tell(const struct report_walk *w)
{
    int code = EXIT_CODE_DONE;
    for (size_t i = 0; i < w->damaged_count; i++)
        code = talk_error(NULL, &w->damaged[i].error);
    return code;
}
