#include "folder_paths.h"

#include "folder_name.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* Whatever the destination has for such mail now, and wherever the folder lies by now. */
static int recall(struct folder_paths *f, struct ledger *ledger, int64_t job, struct error *err)
{
    size_t count;
    const struct source_folder *folders = source_folders(f->session->source, &count);
    for (size_t i = 0; i < count && !f->session->job->special_use_off; i++)
        if (folders[i].role != MAIL_ROLE_NONE &&
            ledger_folder(ledger, job, folders[i].path, &f->past[i], err) < 0)
            return -1;
    return 0;
}

int folder_paths_begin(
    struct session *s, struct ledger *ledger, int64_t job, struct folder_paths *ret, struct error *err)
{
    *ret = (struct folder_paths){.session = s};
    source_folders(s->source, &ret->count);
    ret->paths = mem_array(ret->count, sizeof *ret->paths);
    ret->past = mem_array(ret->count, sizeof *ret->past);
    return special_use_find(s, &ret->special, err) < 0 ? -1 : recall(ret, ledger, job, err);
}

static char *path_of(const struct folder_paths *f, const struct source_folder *folder, const char *past)
{
    const struct session *s = f->session;
    bool changed;
    const char *special = special_use_of(&f->special, folder);
    if (past && strcmp(past, special ? special : folder->path) != 0)
        log_line(&s->world->log, LOG_INFO,
            "the folder \"%s\" goes to \"%s\", as before, whatever the destination has for such mail now",
            folder->path, past);
    if (past)
        return mem_strdup(past);
    if (special) {
        if (strcmp(special, folder->path) != 0)
            log_line(&s->world->log, LOG_INFO,
                "the folder \"%s\" goes to \"%s\", which the destination has for such mail", folder->path,
                special);
        return mem_strdup(special);
    }
    char *path = folder_name_fit(folder->path, s->dest ? dest_traits(s->dest)->delimiter : 0, &changed);
    if (changed)
        log_line(&s->world->log, LOG_WARN,
            "the folder \"%s\" is called \"%s\" in the destination: its own name is one that a server cannot have",
            folder->path, path);
    return path;
}

const char *folder_paths_of(struct folder_paths *f, size_t item)
{
    size_t count;
    uint32_t folder = source_items(f->session->source, &count)[item].folder;
    if (folder == SOURCE_NO_FOLDER)
        return "";
    if (!f->paths[folder])
        f->paths[folder] = path_of(f, &source_folders(f->session->source, &count)[folder], f->past[folder]);
    return f->paths[folder];
}

int folder_paths_note(
    struct folder_paths *f, struct ledger *ledger, int64_t job, size_t item, struct error *err)
{
    size_t count;
    uint32_t folder = source_items(f->session->source, &count)[item].folder;
    if (folder == SOURCE_NO_FOLDER || f->past[folder])
        return 0;
    const struct source_folder *from = &source_folders(f->session->source, &count)[folder];
    if (!special_use_may(&f->special, from))
        return 0;
    f->past[folder] = mem_strdup(folder_paths_of(f, item));
    return ledger_set_folder(ledger, job, from->path, f->past[folder], err);
}

void folder_paths_done(struct folder_paths *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->paths[i]);
        free(f->past[i]);
    }
    free(f->paths);
    free(f->past);
    special_use_done(&f->special);
    *f = (struct folder_paths){0};
}
