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
    uint64_t records;
};

/* The octets that the chain of its blocks has. -1: it is broken. */
static int64_t chain_octets(struct reading *r, const struct dbx_message *m)
{
    struct dbx_block block;
    uint64_t octets = 0;
    for (uint32_t at = m->at; at; at = block.next) {
        if (!dbx_block_at(store_file_read, &r->fd, at, &block))
            return -1;
        octets += block.octets;
        if (octets > (1ull << 31)) /* no file is as large: the chain goes in a circle */
            return -1;
    }
    return (int64_t)octets;
}

static void on_message(void *ctx, const struct dbx_message *m)
{
    struct reading *r = ctx;
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
    int64_t claimed = dbx_each(store_file_read, &r.fd, on_message, &r);
    close(r.fd);
    s->octets_done += (uint64_t)st.st_size;
    if (claimed >= 0 && (uint64_t)claimed != r.records)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_printf("its head says %lld messages, and its index has %llu", (long long)claimed,
                (unsigned long long)r.records));
    return 0;
}

/* ---- dbx:PATH ---- */
static enum dbx_kind kind_of(const char *path)
{
    char front[DBX_FRONT];
    return dbx_kind_of(front, store_file_begin(path, front, sizeof front));
}

static void add_file(struct store *s, const char *parent, const char *disk, const char *name)
{
    char *utf8 CLEANUP(mem_free_str) = store_name_utf8(name);
    char *dot = strrchr(utf8, '.');
    if (dot && dot > utf8)
        *dot = '\0';
    char *path CLEANUP(mem_free_str) = store_name_below(parent, utf8);
    store_add_task(s, store_add_folder(s, path, disk), disk, dbx_step, NULL, NULL);
}

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level)
{
    struct store_dir dir;
    if (!store_list(s, disk, level, &dir))
        return;
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
        char *name CLEANUP(mem_free_str) = store_name_utf8(e->name);
        char *below CLEANUP(mem_free_str) = store_name_below(parent, name);
        if (e->type == STORE_ENTRY_FOLDER)
            add_tree(s, below, path, level + 1);
        else if (e->type == STORE_ENTRY_FILE && kind_of(path) == DBX_MESSAGES)
            add_file(s, parent, path, e->name);
    }
    store_dir_done(&dir);
}

int store_dbx_begin(struct store *s, struct error *err)
{
    struct stat st;
    if (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))
        add_tree(s, "", s->path, 0);
    else if (kind_of(s->path) == DBX_MESSAGES)
        store_add_task(s, store_add_folder(s, "", s->path), s->path, dbx_step, NULL, NULL);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no folder of Outlook Express 5 or 6 (.dbx) (popferry discover PATH shows what is there)",
        s->path);
}
