#include "mem.h"
#include "store_dir.h"
#include "store_files.h"
#include "store_name.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- eml:PATH ---- */
static struct store_file look_eml(const void *ctx, const char *name)
{
    (void)ctx;
    return (struct store_file){.mail = store_dir_has_ending(name, ".eml")};
}

/* ---- mh:PATH ---- */
struct sequence {
    unsigned first, last;
    uint16_t flag; /* 0: it is not seen */
};

struct sequences {
    struct sequence *all;
    size_t count;
    bool unseen; /* one says what is not seen: then the rest is */
};

static void sequences_free(void *ctx)
{
    struct sequences *s = ctx;
    free(s->all);
    free(s);
}

/* "unseen: 1 3-5" */
static void take_sequence(struct sequences *s, char *line)
{
    static const struct {
        const char *name;
        uint16_t flag;
    } known[] = {{"unseen", 0}, {"replied", STORE_ANSWERED}, {"answered", STORE_ANSWERED},
        {"flagged", STORE_FLAGGED}, {"forwarded", STORE_FORWARDED}};
    char *colon = strchr(line, ':'), *save = NULL;
    if (!colon)
        return;
    *colon = '\0';
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (strcmp(line, known[k].name) != 0)
            continue;
        s->unseen = s->unseen || !known[k].flag;
        for (char *part = strtok_r(colon + 1, " \t\r\n", &save); part;
             part = strtok_r(NULL, " \t\r\n", &save)) {
            struct sequence q = {.flag = known[k].flag};
            int n = sscanf(part, "%u-%u", &q.first, &q.last);
            if (n < 1)
                continue;
            q.last = n == 1 ? q.first : q.last;
            s->all = mem_grow(s->all, s->count + 1, sizeof *s->all);
            s->all[s->count++] = q;
        }
    }
}

static struct sequences *sequences_read(const char *dir)
{
    struct sequences *s = mem_alloc(sizeof *s);
    char *path CLEANUP(mem_free_str) = store_dir_join(dir, ".mh_sequences");
    FILE *f = fopen(path, "re");
    char *line CLEANUP(mem_free_str) = NULL;
    size_t cap = 0;
    while (f && getline(&line, &cap, f) >= 0)
        take_sequence(s, line);
    if (f)
        fclose(f);
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
    for (size_t i = 0; i < s->count; i++) {
        const struct sequence *q = &s->all[i];
        if (number < q->first || number > q->last)
            continue;
        file.flags |= q->flag;
        unseen = unseen || !q->flag;
    }
    if (s->unseen)
        file.flags |= (uint16_t)(STORE_KNOWN | (unseen ? 0 : STORE_SEEN));
    return file;
}

/* ---- trees of such folders ---- */
static void add_files(struct store *s, uint32_t folder, const char *disk)
{
    struct store_files_rule eml = {.look = look_eml, .prefix = ""};
    struct store_files_rule mh = {.look = look_mh, .done = sequences_free, .prefix = ""};
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
    if (!store_list(s, disk, level, &dir))
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
