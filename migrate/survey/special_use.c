#include "special_use.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct asking {
    struct special_use *found;
    bool answered;
    struct error error;
};

/* Of several for the same the first counts. */
static void on_row(void *ctx, enum mail_role role, const char *path)
{
    struct asking *a = ctx;
    if (!a->found->paths[role])
        a->found->paths[role] = mem_strdup(path);
}

static void on_told(void *ctx, const struct error *error)
{
    struct asking *a = ctx;
    a->answered = true;
    if (error)
        a->error = *error;
}

static bool has_answered(void *ctx)
{
    const struct asking *a = ctx;
    return a->answered;
}

static size_t depth_of(const char *path)
{
    size_t n = 0;
    for (; *path; path++)
        n += *path == '/';
    return n;
}

/* How deep the upmost folders lie: below the names of accounts, where a store has several. *ret_any: is one
 * of them for something? */
static size_t upmost(const struct session *s, bool *ret_any)
{
    size_t count, depth = SIZE_MAX;
    const struct source_folder *f = source_folders(s->source, &count);
    *ret_any = false;
    for (size_t i = 0; i < count; i++)
        depth = depth_of(f[i].path) < depth ? depth_of(f[i].path) : depth;
    for (size_t i = 0; i < count; i++)
        *ret_any |= depth_of(f[i].path) == depth && f[i].role != MAIL_ROLE_NONE;
    return depth;
}

int special_use_find(struct session *s, struct special_use *ret, struct error *err)
{
    struct asking a = {.found = ret};
    bool any;
    *ret = (struct special_use){.depth = upmost(s, &any)};
    if (!any || !s->job->to.host || s->job->special_use_off || strcmp(s->job->folder, "{path}") != 0 ||
        s->job->folder_old)
        return 0;
    ret->asked = true;
    ret->paths[MAIL_ROLE_INBOX] = mem_strdup("INBOX");
    dest_roles(s->dest, on_row, on_told, &a);
    if (session_wait(s, has_answered, &a, err) < 0)
        return -1;
    if (!a.error.code)
        return 0;
    *err = a.error;
    return -1;
}

bool special_use_may(const struct special_use *u, const struct source_folder *folder)
{
    return u->asked && folder->role != MAIL_ROLE_NONE && depth_of(folder->path) == u->depth;
}

const char *special_use_of(const struct special_use *u, const struct source_folder *folder)
{
    return depth_of(folder->path) == u->depth ? u->paths[folder->role] : NULL;
}

void special_use_done(struct special_use *u)
{
    for (size_t i = 0; i < SPECIAL_USE_ROLES; i++)
        free(u->paths[i]);
    *u = (struct special_use){0};
}
