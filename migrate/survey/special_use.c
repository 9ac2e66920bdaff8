#include "special_use.h"

#include "imap_name.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct asking {
    struct special_use *found;
    bool answered;
    struct error error;
};

static enum mail_role role_of(const char *attribute)
{
    static const struct {
        const char *name;
        enum mail_role role;
    } rows[] = {{"\\Sent", MAIL_ROLE_SENT}, {"\\Drafts", MAIL_ROLE_DRAFTS}, {"\\Trash", MAIL_ROLE_TRASH},
        {"\\Junk", MAIL_ROLE_JUNK}, {"\\Archive", MAIL_ROLE_ARCHIVE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_equal_nocase(attribute, rows[i].name))
            return rows[i].role;
    return MAIL_ROLE_NONE;
}

/* As a user would write it. */
static char *path_of_wire(const char *wire, char delimiter)
{
    char *path = imap_name_to_utf8(wire);
    for (char *p = path; delimiter && delimiter != '/' && *p; p++)
        if (*p == delimiter)
            *p = '/';
    return path;
}

/* Of several for the same the first counts. */
static void on_row(void *ctx, const struct imap_list_row *row)
{
    struct asking *a = ctx;
    enum mail_role role = row->special_use ? role_of(row->special_use) : MAIL_ROLE_NONE;
    if (role != MAIL_ROLE_NONE && !a->found->paths[role] && !row->noselect && !row->nonexistent)
        a->found->paths[role] = path_of_wire(row->name, row->delimiter);
}

/* A server that does not answer LIST has told of none. */
static void on_listed(void *ctx, const struct imap_result *res)
{
    struct asking *a = ctx;
    a->answered = true;
    if (res->status == IMAP_ABORTED)
        a->error = *res->error;
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
    ret->paths[MAIL_ROLE_INBOX] = mem_strdup("INBOX");
    if (!imap_caps(s->lanes[0].imap)->special_use)
        return 0;
    imap_list(s->lanes[0].imap, "", "*", on_row, on_listed, &a);
    if (session_run_until(s, has_answered, &a, err) < 0) {
        imap_abort(s->lanes[0].imap, err); /* it would call back into a */
        return -1;
    }
    if (!a.error.code)
        return 0;
    *err = a.error;
    return -1;
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
