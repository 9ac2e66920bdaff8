#include "store_private.h"

#include "mail_scan.h"
#include "mem.h"
#include "store_name.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEYWORDS_MAX UINT16_MAX

struct kind {
    const char *name, *words;
    int (*begin)(struct store *s, struct error *err);
};

static const struct kind kinds[STORE_KINDS] = {
    [STORE_MBOX] = {"mbox", "mbox files", store_mbox_begin},
    [STORE_THUNDERBIRD] = {"thunderbird", "Thunderbird", store_thunderbird_begin},
    [STORE_MAILDIR] = {"maildir", "Maildir", store_maildir_begin},
    [STORE_EML] = {"eml", ".eml files", store_eml_begin},
    [STORE_MH] = {"mh", "MH", store_mh_begin},
    [STORE_DBX] = {"dbx", "Outlook Express .dbx", store_dbx_begin},
};

const char *store_kind_name(enum store_kind kind)
{
    return kinds[kind].name;
}

const char *store_kind_words(enum store_kind kind)
{
    return kinds[kind].words;
}

bool store_parse(const char *text, enum store_kind *ret_kind, const char **ret_path)
{
    for (enum store_kind k = 0; k < STORE_KINDS; k++) {
        size_t len = strlen(kinds[k].name);
        if (!strncmp(text, kinds[k].name, len) && text[len] == ':') {
            *ret_kind = k;
            *ret_path = text + len + 1;
            return true;
        }
    }
    return false;
}

struct store *store_open(enum store_kind kind, const char *path, struct error *err)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s:%s: %s", kinds[kind].name, path,
            strerror(errno));
        return NULL;
    }
    struct store *s = mem_alloc(sizeof *s);
    s->kind = kind;
    s->path = mem_strdup(path);
    s->tasks_end = &s->tasks;
    s->keywords = mem_grow(NULL, 1, sizeof *s->keywords);
    s->keywords[s->keyword_count++] = mem_strdup("");
    return s;
}

static void task_free(struct store_task *t)
{
    if (t->done)
        t->done(t->state);
    free(t->path);
    free(t);
}

void store_free(struct store *s)
{
    if (!s)
        return;
    while (s->tasks) {
        struct store_task *t = s->tasks;
        s->tasks = t->next;
        task_free(t);
    }
    for (size_t i = 0; i < s->folder_count; i++) {
        free(s->folders[i].path);
        free(s->folders[i].disk);
    }
    for (size_t i = 0; i < s->note_count; i++) {
        free(s->notes[i].path);
        free(s->notes[i].words);
    }
    for (size_t i = 0; i < s->keyword_count; i++)
        free(s->keywords[i]);
    free(s->folders);
    free(s->notes);
    free(s->keywords);
    free(s->items);
    free(s->files);
    buf_done(&s->names);
    free(s->path);
    free(s);
}

int store_step(struct store *s, uint64_t *ret_done, struct error *err)
{
    if (!s->found) {
        s->found = true;
        if (kinds[s->kind].begin(s, err) < 0)
            return -1;
    }
    struct store_task *t = s->tasks;
    if (t && t->step(s, t) == 0) {
        s->tasks = t->next;
        if (!s->tasks)
            s->tasks_end = &s->tasks;
        task_free(t);
    }
    if (ret_done)
        *ret_done = s->octets_done;
    return s->tasks != NULL;
}

/* ---- filling ---- */
uint32_t store_add_folder(struct store *s, const char *path, const char *disk)
{
    s->folders = mem_grow(s->folders, s->folder_count + 1, sizeof *s->folders);
    s->folders[s->folder_count] = (struct store_folder){
        .path = mem_strdup(path),
        .disk = mem_strdup(disk),
        .role = store_name_role(path),
        .oldest_s = MAIL_NO_DATE,
        .newest_s = MAIL_NO_DATE,
    };
    return (uint32_t)s->folder_count++;
}

void store_add_task(struct store *s, uint32_t folder, const char *path,
    int (*step)(struct store *s, struct store_task *t), void *state, void (*done)(void *state))
{
    struct store_task *t = mem_alloc(sizeof *t);
    t->folder = folder;
    t->path = mem_strdup(path);
    t->step = step;
    t->state = state;
    t->done = done;
    *s->tasks_end = t;
    s->tasks_end = &t->next;
}

void store_add_item(struct store *s, const struct store_item *item)
{
    struct store_folder *f = &s->folders[item->folder];
    if (s->item_count % 1024 == 0)
        s->items = mem_grow(s->items, s->item_count + 1024, sizeof *s->items);
    s->items[s->item_count++] = *item;
    f->messages++;
    f->octets += item->octets;
    if (item->date_s == MAIL_NO_DATE)
        return;
    if (f->oldest_s == MAIL_NO_DATE || item->date_s < f->oldest_s)
        f->oldest_s = item->date_s;
    if (f->newest_s == MAIL_NO_DATE || item->date_s > f->newest_s)
        f->newest_s = item->date_s;
}

void store_add_note(
    struct store *s, enum store_note_kind kind, const char *path, uint64_t offset, char *words)
{
    s->notes = mem_grow(s->notes, s->note_count + 1, sizeof *s->notes);
    s->notes[s->note_count++] =
        (struct store_note){.kind = kind, .path = mem_strdup(path), .offset = offset, .words = words};
}

void store_add_errno(struct store *s, const char *path, uint64_t offset, const char *doing)
{
    int e = errno;
    store_add_note(s, STORE_NOTE_LOST, path, offset, mem_printf("%s: %s", doing, strerror(e)));
}

void store_add_file(struct store *s, uint32_t folder, const struct stat *st)
{
    s->files = mem_grow(s->files, s->file_count + 1, sizeof *s->files);
    s->files[s->file_count++] = (struct store_files){.folder = folder,
        .octets = (uint64_t)st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec};
}

uint64_t store_add_name(struct store *s, const char *name)
{
    uint64_t at = buf_len(&s->names);
    buf_append(&s->names, name, strlen(name) + 1);
    return at;
}

uint16_t store_add_keywords(struct store *s, const char *words)
{
    for (size_t i = s->keyword_count; i-- > 0;)
        if (!strcmp(s->keywords[i], words))
            return (uint16_t)i;
    if (s->keyword_count > KEYWORDS_MAX)
        return 0;
    s->keywords = mem_grow(s->keywords, s->keyword_count + 1, sizeof *s->keywords);
    s->keywords[s->keyword_count] = mem_strdup(words);
    return (uint16_t)s->keyword_count++;
}

/* ---- what there is ---- */
const struct store_folder *store_folders(const struct store *s, size_t *ret_count)
{
    *ret_count = s->folder_count;
    return s->folders;
}

const struct store_item *store_items(const struct store *s, size_t *ret_count)
{
    *ret_count = s->item_count;
    return s->items;
}

const struct store_note *store_notes(const struct store *s, size_t *ret_count)
{
    *ret_count = s->note_count;
    return s->notes;
}

const char *store_keywords(const struct store *s, const struct store_item *item)
{
    return s->keywords[item->keywords];
}
