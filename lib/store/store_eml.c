#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_files.h"
#include "store_name.h"
#include <stdlib.h>
#include <string.h>

/* ---- eml:PATH ---- */
static struct store_file look_eml(const void *ctx, const char *name)
{
    (void)ctx;
    return (struct store_file){.mail = store_dir_has_ending(name, ".eml")};
}

/* ---- mh:PATH ---- */
#define SEQUENCES_MAX (32u << 20) /* octets of .mh_sequences */

static const struct {
    const char *name;
    uint16_t flag; /* 0: it is not seen */
} known[] = {{"unseen", 0}, {"replied", STORE_ANSWERED}, {"answered", STORE_ANSWERED},
    {"flagged", STORE_FLAGGED}, {"forwarded", STORE_FORWARDED}};
#define KNOWN (sizeof known / sizeof *known)

struct range {
    unsigned long first, last;
};

/* Those of one sequence: in order and apart, once all were read. */
struct ranges {
    struct range *all;
    size_t count;
};

struct sequences {
    struct ranges of[KNOWN];
    bool unseen; /* one says what is not seen: then the rest is */
};

static void sequences_free(void *ctx)
{
    struct sequences *s = ctx;
    for (size_t k = 0; k < KNOWN; k++)
        free(s->of[k].all);
    free(s);
}

/* "1 3-5" */
static void take_ranges(struct ranges *r, char *text)
{
    char *save = NULL;
    for (char *part = strtok_r(text, " \t\r", &save); part; part = strtok_r(NULL, " \t\r", &save)) {
        char *end;
        struct range one = {.first = strtoul(part, &end, 10)};
        one.last = *end == '-' ? strtoul(end + 1, NULL, 10) : one.first;
        if (end == part || one.last < one.first)
            continue;
        if (r->count % 64 == 0)
            r->all = mem_grow(r->all, r->count + 64, sizeof *r->all);
        r->all[r->count++] = one;
    }
}

static int by_first(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static void join_ranges(struct ranges *r)
{
    size_t kept = 0;
    if (r->count)
        qsort(r->all, r->count, sizeof *r->all, by_first);
    for (size_t i = 0; i < r->count; i++)
        if (kept && r->all[i].first <= r->all[kept - 1].last)
            r->all[kept - 1].last =
                r->all[i].last > r->all[kept - 1].last ? r->all[i].last : r->all[kept - 1].last;
        else
            r->all[kept++] = r->all[i];
    r->count = kept;
}

static int within(const void *key, const void *one)
{
    const unsigned long *number = key;
    const struct range *r = one;
    return *number < r->first ? -1 : *number > r->last;
}

static bool has_number(const struct ranges *r, unsigned long number)
{
    return r->count && bsearch(&number, r->all, r->count, sizeof *r->all, within);
}

/* "unseen: 1 3-5" */
static void take_sequence(struct sequences *s, char *line)
{
    char *colon = strchr(line, ':');
    if (!colon)
        return;
    *colon = '\0';
    for (size_t k = 0; k < KNOWN; k++)
        if (!strcmp(line, known[k].name)) {
            s->unseen = s->unseen || !known[k].flag;
            take_ranges(&s->of[k], colon + 1);
        }
}

static struct sequences *sequences_read(const char *dir)
{
    struct sequences *s = mem_alloc(sizeof *s);
    char *path CLEANUP(mem_free_str) = store_dir_join(dir, ".mh_sequences"), *save = NULL;
    size_t len;
    char *text CLEANUP(mem_free_str) = store_file_whole(path, SEQUENCES_MAX, &len);
    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
        take_sequence(s, line);
    for (size_t k = 0; k < KNOWN; k++)
        join_ranges(&s->of[k]);
    return s;
}

/* "12" is a message, ",12" a deleted one. */
static struct store_file look_mh(const void *ctx, const char *name)
{
    const struct sequences *s = ctx;
    if (*name == ',' && store_dir_is_number(name + 1))
        return (struct store_file){.mail = true, .deleted = true};
    struct store_file file = {.mail = store_dir_is_number(name)};
    unsigned long number = file.mail ? strtoul(name, NULL, 10) : 0;
    bool unseen = false;
    for (size_t k = 0; k < KNOWN; k++)
        if (has_number(&s->of[k], number)) {
            file.flags |= known[k].flag;
            unseen = unseen || !known[k].flag;
        }
    if (s->unseen)
        file.flags |= (uint16_t)(STORE_KNOWN | (unseen ? 0 : STORE_SEEN));
    return file;
}

/* ---- trees of such folders ---- */
static void add_files(struct store *s, uint32_t folder, const char *disk)
{
    struct store_files_rule eml = {.look = look_eml, .prefix = "", .listed = true};
    struct store_files_rule mh = {.look = look_mh, .done = sequences_free, .prefix = "", .listed = true};
    if (s->kind == STORE_MH)
        mh.ctx = sequences_read(disk);
    store_files_add(s, folder, disk, s->kind == STORE_MH ? &mh : &eml);
}

static bool has_mail(const struct store *s, const struct store_dir *dir)
{
    static const struct sequences none;
    for (size_t i = 0; i < dir->count; i++) {
        const struct store_entry *e = &dir->entries[i];
        if (e->type == STORE_ENTRY_FILE &&
            (s->kind == STORE_MH ? look_mh(&none, e->name) : look_eml(NULL, e->name)).mail)
            return true;
    }
    return false;
}

static void add_tree(struct store *s, const char *path, const char *disk, unsigned level)
{
    struct store_dir dir;
    if (!store_list(s, disk, level, false, &dir))
        return;
    if (has_mail(s, &dir) || (s->kind == STORE_MH && level && store_dir_has(&dir, ".mh_sequences")))
        add_files(s, store_add_folder(s, path, disk), disk);
    for (size_t i = 0; i < dir.count; i++) {
        if (dir.entries[i].type != STORE_ENTRY_FOLDER || *dir.entries[i].name == '.')
            continue;
        char *name CLEANUP(mem_free_str) = store_name_utf8(dir.entries[i].name);
        char *below CLEANUP(mem_free_str) = store_name_below(path, name);
        char *inner CLEANUP(mem_free_str) = store_dir_join(disk, dir.entries[i].name);
        add_tree(s, below, inner, level + 1);
    }
    store_dir_done(&dir);
}

int store_eml_begin(struct store *s, struct error *err)
{
    add_tree(s, "", s->path, 0);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no file that ends in .eml (popferry discover PATH shows what is there)", s->path);
}

int store_mh_begin(struct store *s, struct error *err)
{
    add_tree(s, "", s->path, 0);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no MH folder: one has messages in files 1, 2, 3 ... (popferry discover PATH shows what is there)",
        s->path);
}
