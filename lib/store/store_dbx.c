#include "store_private.h"

#include "dbx.h"
#include "mail_scan.h"
#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_name.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOKS_STEP 20000 /* blocks looked at in one step */

struct reading {
    int fd;
    uint64_t file_octets;
    struct dbx_message *all; /* of the index */
    size_t count, room, next;
    uint64_t looks; /* at blocks */
};

static void reading_free(void *state)
{
    struct reading *r = state;
    if (r->fd >= 0)
        close(r->fd);
    free(r->all);
    free(r);
}

/* Chains that share their blocks are none: all of them together have no more than the file has room for. */
static bool is_too_much(const struct reading *r)
{
    return r->looks > 4 * (r->file_octets / DBX_BLOCK + 1);
}

/* The octets that the chain of its blocks has. -1: it is broken, cut off, or goes in a circle. */
static int64_t chain_octets(struct reading *r, const struct dbx_message *m)
{
    struct dbx_block block;
    uint64_t octets = 0, steps = 0, turn = 1;
    uint32_t earlier = m->at; /* a block that comes again is met here sooner or later (Brent) */
    for (uint32_t at = m->at; at; at = block.next) {
        r->looks++;
        if (is_too_much(r) || !dbx_block_at(store_file_read, &r->fd, at, &block) ||
            block.text + block.octets > r->file_octets || block.next == earlier)
            return -1;
        octets += block.octets;
        if (++steps == turn) {
            earlier = block.next;
            turn *= 2;
            steps = 0;
        }
    }
    return (int64_t)octets;
}

static void on_message(void *ctx, const struct dbx_message *m)
{
    struct reading *r = ctx;
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 256;
        r->all = mem_grow(r->all, r->room, sizeof *r->all);
    }
    r->all[r->count++] = *m;
}

static void note_lost(struct store *s, const struct store_task *t, uint64_t offset, const char *words)
{
    store_add_note(s, STORE_NOTE_LOST, t->path, offset, mem_strdup(words));
}

static void add_message(
    struct store *s, const struct store_task *t, struct reading *r, const struct dbx_message *m)
{
    int64_t octets = m->at ? chain_octets(r, m) : 0;
    if (m->branch) {
        note_lost(s, t, m->record,
            "a part of the index is broken or missing here: the messages that it names cannot be found");
    } else if (!m->readable) {
        note_lost(s, t, m->record, "the index names a message here, and there is none");
    } else if (!m->at) {
        s->folders[t->folder].partial++;
        store_add_note(s, STORE_NOTE_PARTIAL, t->path, m->record,
            mem_strdup("a message whose text was never fetched: it is on the mail server, if anywhere"));
    } else if (octets < 0) {
        note_lost(s, t, m->at,
            "a message whose blocks are broken or missing; Outlook Express may have damaged the file");
    } else {
        store_add_item(s, &(struct store_item){
                              .at = m->at,
                              .octets = (uint64_t)octets,
                              .date_s = m->received_s == INT64_MIN ? MAIL_NO_DATE : m->received_s,
                              .folder = t->folder,
                              .flags = (uint16_t)(STORE_KNOWN | (m->flags & DBX_READ ? STORE_SEEN : 0)),
                          });
    }
}

/* What the head claims against what the index has. */
static void note_count(struct store *s, const struct store_task *t, const struct reading *r, int64_t claimed)
{
    uint64_t records = 0;
    for (size_t i = 0; i < r->count; i++)
        records += !r->all[i].branch;
    if (claimed < 0)
        note_lost(s, t, 0, "its head is cut off: no message can be found in it");
    else if ((uint64_t)claimed != records)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_printf("its head says %lld messages, and its index has %llu", (long long)claimed,
                (unsigned long long)records));
}

static struct reading *begin(struct store *s, struct store_task *t)
{
    struct reading *r = mem_alloc(sizeof *r);
    struct stat st;
    t->state = r;
    t->done = reading_free;
    r->fd = store_add_opened(s, t, &st);
    if (r->fd < 0)
        return NULL;
    r->file_octets = (uint64_t)st.st_size;
    note_count(s, t, r, dbx_each(store_file_read, &r->fd, on_message, r));
    return r;
}

static int dbx_step(struct store *s, struct store_task *t)
{
    struct reading *r = t->state ? t->state : begin(s, t);
    if (!r)
        return 0;
    uint64_t stop = r->looks + LOOKS_STEP;
    while (r->next < r->count && r->looks < stop)
        add_message(s, t, r, &r->all[r->next++]);
    if (r->next < r->count)
        return 1;
    s->octets_done += r->file_octets;
    return 0;
}

/* ---- dbx:PATH ---- */
static void add_file(struct store *s, const char *parent, const char *disk, const char *name)
{
    char *utf8 CLEANUP(mem_free_str) = store_name_utf8(name);
    char *dot = strrchr(utf8, '.');
    if (dot && dot > utf8)
        *dot = '\0';
    char *path CLEANUP(mem_free_str) = store_name_below(parent, utf8);
    store_add_task(s, store_add_folder(s, path, disk), disk, dbx_step, NULL, NULL);
}

/* How many files it is that are left alone and were not named. */
static unsigned add_entry(struct store *s, const char *parent, const char *disk, const char *name)
{
    char front[DBX_FRONT];
    ssize_t len = store_file_begin(disk, front, sizeof front);
    enum dbx_kind kind = len < 0 ? DBX_OTHER : dbx_kind_of(front, (size_t)len);
    if (len < 0)
        store_add_errno(s, disk, 0, "cannot be opened");
    if (kind == DBX_MESSAGES)
        add_file(s, parent, disk, name);
    if (kind != DBX_NONE || !store_dir_has_ending(name, ".dbx"))
        return kind == DBX_NONE;
    store_add_note(s, STORE_NOTE_LOST, disk, 0,
        mem_strdup("is no file of Outlook Express 5 or 6, or its head is damaged"));
    return 0;
}

int store_dbx_begin(struct store *s, struct error *err)
{
    struct stat st;
    char front[DBX_FRONT];
    if (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))
        store_add_tree(s, "", s->path, 0, add_entry);
    else if (dbx_kind_of(front, store_front(s, s->path, front, sizeof front)) == DBX_MESSAGES)
        store_add_task(s, store_add_folder(s, "", s->path), s->path, dbx_step, NULL, NULL);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no folder of Outlook Express 5 or 6 (.dbx) (popferry discover PATH shows what is there)",
        s->path);
}
