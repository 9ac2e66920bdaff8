/* smallest_source.c - a folder of .eml files as a source: how little a new kind takes. */
#include "smallest_source.h"

#include "mem.h"
#include "source_private.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    struct request *next;
    enum { INVENTORY, MESSAGE, CLOSE } what;
    size_t item;
    source_data_fn *data;
    source_done_fn *done;
    void *ctx;
};

struct folder {
    struct source base; /* first */
    const char *path;
    struct request *first, **last;
};

static void submit(struct source *s, struct request request)
{
    struct folder *f = (struct folder *)s;
    struct request *r = mem_alloc(sizeof *r);
    *r = request;
    *f->last = r;
    f->last = &r->next;
}

static void settle(struct folder *f, const struct error *error)
{
    struct request r = *f->first;
    free(f->first);
    f->first = r.next;
    f->last = f->first ? f->last : &f->first;
    r.done(r.ctx, error);
}

/* A key is the name of the file. */
static void find_all(struct folder *f)
{
    DIR *dir = opendir(f->path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        size_t len = strlen(e->d_name), at = f->base.count;
        if (len < 5 || strcmp(e->d_name + len - 4, ".eml") != 0)
            continue;
        f->base.items = mem_grow(f->base.items, ++f->base.count, sizeof *f->base.items);
        f->base.items[at] = (struct source_item){
            .key = mem_strdup(e->d_name), .number = (uint32_t)at + 1, .folder = SOURCE_NO_FOLDER};
    }
    if (dir)
        closedir(dir);
    settle(f, NULL);
}

static void give(struct folder *f)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", f->path, f->base.items[f->first->item].key);
    char piece[4096];
    struct error err;
    FILE *file = fopen(path, "re");
    for (size_t n; file && (n = fread(piece, 1, sizeof piece, file)) > 0;)
        f->first->data(f->first->ctx, piece, n);
    bool good = file && !ferror(file);
    if (file)
        fclose(file);
    if (!good)
        error_set(&err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_DISK, "%s cannot be read", path);
    settle(f, good ? NULL : &err);
}

// clang-format off
static void end(struct folder *f) { settle(f, NULL); }
static void inventory(struct source *s, source_done_fn *done, void *ctx) { submit(s, (struct request){.done = done, .ctx = ctx}); }
static void fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx) { submit(s, (struct request){.what = MESSAGE, .item = item, .data = data, .done = done, .ctx = ctx}); }
static void close_folder(struct source *s, source_done_fn *done, void *ctx) { submit(s, (struct request){.what = CLOSE, .done = done, .ctx = ctx}); }
static void abort_all(struct source *s, const struct error *why) { while (((struct folder *)s)->first) settle((struct folder *)s, why); }
static size_t outstanding(const struct source *s) { size_t n = 0; for (const struct request *r = ((const struct folder *)s)->first; r; r = r->next) n++; return n; }
// clang-format on

static int step(struct source *s, struct error *err)
{
    static void (*const work[])(struct folder * f) = {find_all, give, end};
    struct folder *f = (struct folder *)s;
    (void)err;
    bool any = f->first != NULL;
    if (any)
        work[f->first->what](f);
    return any;
}

static void free_folder(struct source *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].key);
    free(s->items);
    free(s);
}

struct source *smallest_source_new(const char *path)
{
    static const struct source_kind kind = {.free = free_folder,
        .inventory = inventory,
        .fetch = fetch,
        .close = close_folder,
        .abort = abort_all,
        .outstanding = outstanding,
        .step = step};
    struct folder *f = mem_alloc(sizeof *f);
    *f = (struct folder){
        .base = {.kind = &kind, .traits = {.sign_in_pause_s = -1, .expire_days = -1}}, .path = path};
    f->last = &f->first;
    return &f->base;
}
