#include "store_private.h"

#include "mail_facts.h"
#include "mem.h"
#include "store_file.h"
#include "store_name.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYWORDS_MAX  UINT16_MAX
#define KEYWORD_SLOTS (4u * KEYWORDS_MAX)

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

void store_add_aside(struct store *s, const char *disk, uint64_t count)
{
    if (count)
        store_add_note(s, STORE_NOTE_ASIDE, disk, 0,
            mem_printf("%llu other file%s in this folder, which %s no mail of this kind",
                (unsigned long long)count, count == 1 ? "" : "s", count == 1 ? "is" : "are"));
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

/* Where the set's number stands, or would. */
static uint16_t *keyword_slot(struct store *s, const char *words)
{
    if (!s->keyword_slots)
        s->keyword_slots = mem_array(KEYWORD_SLOTS, sizeof *s->keyword_slots);
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *p = words; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    size_t i = hash % KEYWORD_SLOTS;
    while (s->keyword_slots[i] && strcmp(s->keywords[s->keyword_slots[i]], words) != 0)
        i = (i + 1) % KEYWORD_SLOTS;
    return &s->keyword_slots[i];
}

uint16_t store_add_keywords(struct store *s, const char *words)
{
    if (!*words)
        return 0;
    uint16_t *slot = keyword_slot(s, words);
    if (*slot || s->keyword_count > KEYWORDS_MAX)
        return *slot;
    s->keywords = mem_grow(s->keywords, s->keyword_count + 1, sizeof *s->keywords);
    s->keywords[s->keyword_count] = mem_strdup(words);
    return *slot = (uint16_t)s->keyword_count++;
}

int store_add_opened(struct store *s, const struct store_task *t, struct stat *ret)
{
    int fd = store_file_open(t->path, true);
    if (fd < 0 || fstat(fd, ret) < 0) {
        store_add_errno(s, t->path, 0, "cannot be opened");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    store_add_file(s, t->folder, ret);
    return fd;
}
