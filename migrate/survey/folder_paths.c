#include "folder_paths.h"

#include "folder_name.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

int folder_paths_begin(struct session *s, struct folder_paths *ret, struct error *err)
{
    *ret = (struct folder_paths){.session = s};
    source_folders(s->source, &ret->count);
    ret->paths = mem_array(ret->count, sizeof *ret->paths);
    return special_use_find(s, &ret->special, err);
}

static char *path_of(const struct folder_paths *f, const struct source_folder *folder)
{
    const struct session *s = f->session;
    bool changed;
    const char *special = special_use_of(&f->special, folder);
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
        f->paths[folder] = path_of(f, &source_folders(f->session->source, &count)[folder]);
    return f->paths[folder];
}

void folder_paths_done(struct folder_paths *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->paths[i]);
    free(f->paths);
    special_use_done(&f->special);
    *f = (struct folder_paths){0};
}
