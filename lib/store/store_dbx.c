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

struct reading {
    struct store *s;
    const struct store_task *t;
    int fd;
    uint64_t file_octets;
    uint64_t records;
    uint64_t looks; /* at blocks */
};

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
    if (m->branch) {
        store_add_note(r->s, STORE_NOTE_LOST, r->t->path, m->record,
            mem_strdup(
                "a part of the index is broken or missing here: the messages that it names cannot be found"));
        return;
    }
    r->records++;
    if (!m->readable) {
        store_add_note(r->s, STORE_NOTE_LOST, r->t->path, m->record,
            mem_strdup("the index names a message here, and there is none"));
        return;
    }
    if (!m->at) {
        r->s->folders[r->t->folder].partial++;
        store_add_note(r->s, STORE_NOTE_PARTIAL, r->t->path, m->record,
            mem_strdup("a message whose text was never fetched: it is on the mail server, if anywhere"));
        return;
    }
    int64_t octets = chain_octets(r, m);
    if (octets < 0) {
        store_add_note(r->s, STORE_NOTE_LOST, r->t->path, m->at,
            mem_strdup(
                "a message whose blocks are broken or missing; Outlook Express may have damaged the file"));
        return;
    }
    store_add_item(r->s, &(struct store_item){
                             .at = m->at,
                             .octets = (uint64_t)octets,
                             .date_s = m->received_s == INT64_MIN ? MAIL_NO_DATE : m->received_s,
                             .folder = r->t->folder,
                             .flags = (uint16_t)(STORE_KNOWN | (m->flags & DBX_READ ? STORE_SEEN : 0)),
                         });
}

static int dbx_step(struct store *s, struct store_task *t)
{
    struct reading r = {.s = s, .t = t, .fd = store_file_open(t->path, true)};
    struct stat st;
    if (r.fd < 0 || fstat(r.fd, &st) < 0) {
        store_add_errno(s, t->path, 0, "cannot be opened");
        if (r.fd >= 0)
            close(r.fd);
        return 0;
    }
    store_add_file(s, t->folder, &st);
    r.file_octets = (uint64_t)st.st_size;
    int64_t claimed = dbx_each(store_file_read, &r.fd, on_message, &r);
    close(r.fd);
    s->octets_done += (uint64_t)st.st_size;
    if (claimed < 0)
        store_add_note(
            s, STORE_NOTE_LOST, t->path, 0, mem_strdup("its head is cut off: no message can be found in it"));
    if (claimed >= 0 && (uint64_t)claimed != r.records)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_printf("its head says %lld messages, and its index has %llu", (long long)claimed,
                (unsigned long long)r.records));
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

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level)
{
    struct store_dir dir;
    uint64_t aside = 0;
    if (!store_list(s, disk, level, false, &dir))
        return;
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
        char *name CLEANUP(mem_free_str) = store_name_utf8(e->name);
        char *below CLEANUP(mem_free_str) = store_name_below(parent, name);
        if (e->type == STORE_ENTRY_FOLDER)
            add_tree(s, below, path, level + 1);
        else if (e->type == STORE_ENTRY_FILE)
            aside += add_entry(s, parent, path, e->name);
    }
    store_add_aside(s, disk, aside);
    store_dir_done(&dir);
}

int store_dbx_begin(struct store *s, struct error *err)
{
    struct stat st;
    char front[DBX_FRONT];
    if (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))
        add_tree(s, "", s->path, 0);
    else if (dbx_kind_of(front, store_front(s, s->path, front, sizeof front)) == DBX_MESSAGES)
        store_add_task(s, store_add_folder(s, "", s->path), s->path, dbx_step, NULL, NULL);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no folder of Outlook Express 5 or 6 (.dbx) (popferry discover PATH shows what is there)",
        s->path);
}
