#include "store_private.h"

#include "mem.h"
#include "pst_text.h"
#include "store_pst.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    [STORE_PST] = {"pst", "Outlook .pst or .ost", store_pst_begin},
    [STORE_EMLX] = {"emlx", "Apple Mail", store_emlx_begin},
    [STORE_BECKY] = {"becky", "Becky!", store_becky_begin},
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

bool store_is_named(const char *text)
{
    enum store_kind kind;
    const char *path;
    return text && store_parse(text, &kind, &path);
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

bool store_knows_codepage(unsigned codepage)
{
    return pst_text_charset(codepage);
}

void store_set_codepage(struct store *s, unsigned codepage)
{
    s->charset = pst_text_charset(codepage);
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
    free(s->keyword_slots);
    free(s->items);
    free(s->files);
    buf_done(&s->names);
    store_pst_free(s->pst);
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
