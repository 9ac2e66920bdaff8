#include "store_files.h"

#include "mail_scan.h"
#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MAX  64
#define FRONT_MAX 65536 /* octets of a header that are looked at for its date */

struct files {
    struct store_files_rule rule;
    struct store_dir dir;
    size_t next;
    uint64_t aside;
    struct mail_scan *facts;
    char *front;
};

static void files_free(void *state)
{
    struct files *f = state;
    if (f->rule.done)
        f->rule.done(f->rule.ctx);
    store_dir_done(&f->dir);
    mail_scan_free(f->facts);
    free(f->front);
    free(f);
}

static int64_t date_of(struct files *f, size_t len)
{
    struct mail_facts facts;
    mail_scan_feed(f->facts, f->front, len);
    mail_scan_finish(f->facts, &facts);
    int64_t date_s = facts.received_s != MAIL_NO_DATE ? facts.received_s : facts.date_s;
    mail_facts_done(&facts);
    return date_s;
}

static void add_file(
    struct store *s, struct store_task *t, struct files *f, const char *name, const struct store_file *file)
{
    struct stat st;
    char *path CLEANUP(mem_free_str) = store_dir_join(t->path, name);
    int fd = store_file_open(path, false);
    if (fd < 0 || fstat(fd, &st) < 0) {
        store_add_errno(s, path, 0, "cannot be opened");
        if (fd >= 0)
            close(fd);
        return;
    }
    errno = 0;
    size_t len = store_file_header(fd, 0, f->front, FRONT_MAX);
    int e = errno;
    close(fd);
    s->octets_done += (uint64_t)st.st_size;
    if (!len && e) {
        errno = e;
        store_add_errno(s, path, 0, "cannot be read");
    } else if (!store_front_is_packed(s, path, f->front, len)) {
        char *relative CLEANUP(mem_free_str) = mem_printf("%s%s", f->rule.prefix, name);
        store_add_item(s, &(struct store_item){
                              .at = store_add_name(s, relative),
                              .octets = (uint64_t)st.st_size,
                              .date_s = date_of(f, len),
                              .folder = t->folder,
                              .flags = file->flags,
                              .keywords = file->keywords ? store_add_keywords(s, file->keywords) : 0,
                          });
    }
}

static void one_entry(struct store *s, struct store_task *t, struct files *f, const struct store_entry *e)
{
    if (e->type == STORE_ENTRY_FOLDER && !f->rule.listed && *e->name != '.') {
        char *path CLEANUP(mem_free_str) = store_dir_join(t->path, e->name);
        store_add_note(s, STORE_NOTE_ASIDE, path, 0,
            mem_strdup("a folder that does not belong here is not looked into"));
    }
    if (e->type != STORE_ENTRY_FILE || *e->name == '.')
        return;
    struct store_file file = f->rule.look(f->rule.ctx, e->name);
    if (!file.mail)
        f->aside++;
    else if (file.deleted)
        s->folders[t->folder].deleted++;
    else
        add_file(s, t, f, e->name, &file);
    free(file.keywords);
}

static int files_step(struct store *s, struct store_task *t)
{
    struct files *f = t->state;
    if (!f->facts) {
        f->facts = mail_scan_new();
        f->front = mem_alloc(FRONT_MAX);
        if (!store_list(s, t->path, 0, f->rule.listed, &f->dir))
            return 0;
    }
    for (size_t i = 0; i < STEP_MAX && f->next < f->dir.count; i++)
        one_entry(s, t, f, &f->dir.entries[f->next++]);
    if (f->next < f->dir.count)
        return 1;
    store_add_aside(s, t->path, f->aside);
    return 0;
}

void store_files_add(struct store *s, uint32_t folder, const char *dir, const struct store_files_rule *rule)
{
    struct files *f = mem_alloc(sizeof *f);
    f->rule = *rule;
    store_add_task(s, folder, dir, files_step, f, files_free);
}
