#include "store_find.h"

#include "dbx.h"
#include "mbox_from.h"
#include "mbox_scan.h"
#include "mem.h"
#include "store_dir.h"
#include "store_emlx.h"
#include "store_file.h"
#include "store_maildir.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FRONT    16384
#define JOIN_MAX 2 /* levels of folders with files of a kind that are one store: account, folder */

struct finder {
    struct store_finding *out;
    dev_t disk;
    char *front;
};

/* What a folder holds, as its parent sees it: at out->all[from] and behind. */
struct seen {
    size_t from;
    bool one; /* one kind of files, and it may be joined with what lies beside it */
    enum store_kind kind;
    unsigned height;
};

const char *store_foreign_words(enum store_foreign foreign)
{
    static const char *const words[] = {
        [STORE_FOREIGN_OE4] = "Outlook Express 4",
    };
    return words[foreign];
}

static void add(
    struct finder *f, enum store_kind kind, enum store_foreign foreign, const char *path, uint64_t octets)
{
    struct store_finding *out = f->out;
    out->all = mem_grow(out->all, out->count + 1, sizeof *out->all);
    out->all[out->count++] =
        (struct store_found){.kind = kind, .foreign = foreign, .path = mem_strdup(path), .octets = octets};
}

static void add_unread(struct finder *f, const char *path, const char *why)
{
    char *words = mem_printf("%s: %s", path, why);
    f->out->unread = mem_grow(f->out->unread, f->out->unread_count + 1, sizeof *f->out->unread);
    f->out->unread[f->out->unread_count++] = words;
}

/* ---- files ---- */
static bool has_field(const char *front, size_t len)
{
    static const char *const fields[] = {
        "From:", "Received:", "Subject:", "Date:", "Return-Path:", "X-Mozilla-Status:"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        for (const char *p = front, *end = front + len;
             (p = memmem(p, (size_t)(end - p), fields[i], strlen(fields[i]))); p++)
            if (p == front || p[-1] == '\n' || p[-1] == '\r')
                return true;
    return false;
}

/* A line "From " alone is in many texts: it has a date, or a field of mail follows. */
static bool is_mbox(const char *front, size_t len)
{
    const char *line = memmem(front, len, "From ", 5);
    if (!mbox_scan_is_likely(front, len) || !line)
        return false;
    const char *lf = memchr(line, '\n', len - (size_t)(line - front));
    size_t n = lf ? (size_t)(lf - line) : 0;
    return mbox_from_has_date(line, n) || has_field(front, len);
}

struct file_kind {
    bool mbox, dbx, pst, headed; /* headed: a field of mail stands in its front */
    enum store_foreign foreign;
    uint64_t octets;
};

static struct file_kind file_kind(struct finder *f, const char *path)
{
    struct file_kind k = {0};
    struct stat st;
    ssize_t n = stat(path, &st) < 0 ? -1 : store_file_begin(path, f->front, FRONT);
    if (n < 0 && errno != ENOENT) /* it is gone meanwhile */
        add_unread(f, path, strerror(errno));
    if (n < 0)
        return k;
    size_t len = (size_t)n;
    k.octets = (uint64_t)st.st_size;
    k.mbox = is_mbox(f->front, len);
    k.headed = has_field(f->front, len);
    k.pst = len >= 4 && !memcmp(f->front, "!BDN", 4);
    if (len >= 4 && !memcmp(f->front, "JMF6", 4))
        k.foreign = STORE_FOREIGN_OE4;
    k.dbx = dbx_kind_of(f->front, len) == DBX_MESSAGES;
    return k;
}

/* ---- folders ---- */
static bool has_ending(const struct store_dir *d, const char *end)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->entries[i].type == STORE_ENTRY_FILE && store_dir_has_ending(d->entries[i].name, end))
            return true;
    return false;
}

static bool has_numbers(const struct store_dir *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->entries[i].type == STORE_ENTRY_FILE && store_dir_is_number(d->entries[i].name))
            return true;
    return false;
}

/* The first file in it of that sort looks like mail: a field of mail is in its front. */
static bool first_is_mail(struct finder *f, const char *path, bool numbers)
{
    struct store_dir d;
    bool mail = false;
    if (store_dir_read(path, &d) < 0)
        return false;
    for (size_t i = 0; i < d.count; i++) {
        const struct store_entry *e = &d.entries[i];
        if (e->type != STORE_ENTRY_FILE || *e->name == '.' || (numbers && !store_dir_is_number(e->name)))
            continue;
        char *file CLEANUP(mem_free_str) = store_dir_join(path, e->name);
        mail = file_kind(f, file).headed;
        break;
    }
    store_dir_done(&d);
    return mail;
}

/* cur and new and tmp; or of them what a backup has left, with mail in it. */
static bool is_maildir(struct finder *f, const struct store_dir *d, const char *path)
{
    bool cur = store_dir_has_folder(d, "cur"), new = store_dir_has_folder(d, "new");
    char *inner CLEANUP(mem_free_str) = store_dir_join(path, cur ? "cur" : "new");
    if (cur && new)
        return true;
    return (cur || new) && (store_dir_has_folder(d, "tmp") || first_is_mail(f, inner, false));
}

/* NAME.sbd beside NAME: the folders below a folder of Thunderbird, whose summaries no backup needs to have.
 */
static bool has_sbd(const struct store_dir *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct store_entry *e = &d->entries[i];
        if (e->type != STORE_ENTRY_FOLDER || !store_dir_has_ending(e->name, ".sbd"))
            continue;
        char *name CLEANUP(mem_free_str) = mem_strndup(e->name, strlen(e->name) - 4);
        if (store_dir_has(d, name))
            return true;
    }
    return false;
}

static bool is_profile(const struct store_dir *d)
{
    return (store_dir_has(d, "prefs.js") && store_dir_has_folder(d, "Mail")) || has_ending(d, ".msf") ||
           has_sbd(d);
}

static bool is_passed_over(const char *path, const char *name)
{
    static const char *const names[] = {"$RECYCLE.BIN", "System Volume Information", "node_modules", ".git"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return !strcmp(path, "/") && (!strcmp(name, "proc") || !strcmp(name, "sys") || !strcmp(name, "dev"));
}

/* Parts of messages, which are no mail of their own. */
static bool is_beside(const struct store_dir *d, const char *name)
{
    return (!strcmp(name, "#Attach") && has_ending(d, ".bmf")) ||
           (!strcmp(name, "Attachments") && store_dir_has_folder(d, "Messages"));
}

static struct seen look(struct finder *f, const char *path, unsigned level);

/* What lies in one folder. */
struct inside {
    char **mboxes; /* files */
    size_t mbox_count;
    struct seen *below;
    size_t below_count;
    bool eml, emlx, mh, dbx, becky;
};

static void inside_done(struct inside *in)
{
    for (size_t i = 0; i < in->mbox_count; i++)
        free(in->mboxes[i]);
    free(in->mboxes);
    free(in->below);
}

static void look_at_file(struct finder *f, const char *path, const struct store_entry *e, struct inside *in)
{
    char *file CLEANUP(mem_free_str) = store_dir_join(path, e->name);
    struct file_kind k = file_kind(f, file);
    if (k.foreign)
        add(f, 0, k.foreign, file, k.octets);
    if (k.pst) /* each is a store of its own, with its own tree */
        add(f, STORE_PST, STORE_FOREIGN_NOT, file, 0);
    in->dbx = in->dbx || k.dbx;
    in->becky = in->becky || (k.headed && store_dir_has_ending(e->name, ".bmf"));
    if (!k.mbox)
        return;
    in->mboxes = mem_grow(in->mboxes, in->mbox_count + 1, sizeof *in->mboxes);
    in->mboxes[in->mbox_count++] = TAKE(file);
}

static void look_at_folder(
    struct finder *f, const char *path, const struct store_entry *e, unsigned level, struct inside *in)
{
    char *inner CLEANUP(mem_free_str) = store_dir_join(path, e->name);
    struct seen s = look(f, inner, level + 1);
    if (f->out->count == s.from)
        return;
    in->below = mem_grow(in->below, in->below_count + 1, sizeof *in->below);
    in->below[in->below_count++] = s;
}

/* Those of this kind that were found since: they are part of a larger one. */
static void drop_kind(struct store_finding *out, size_t from, enum store_kind kind)
{
    size_t kept = from;
    for (size_t i = from; i < out->count; i++)
        if (!out->all[i].foreign && out->all[i].kind == kind)
            free(out->all[i].path);
        else
            out->all[kept++] = out->all[i];
    out->count = kept;
}

/* Each folder in it is somebody else's. */
static bool is_of_many(const char *path)
{
    static const char *const names[] = {"home", "Users", "Documents and Settings", "vmail"};
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(slash ? slash + 1 : path, names[i]))
            return true;
    return false;
}

/* Is all that was found below of this kind, and each a store right below, or joined from such? */
static bool is_all(const struct inside *in, enum store_kind kind, unsigned *ret_height)
{
    *ret_height = 0;
    for (size_t i = 0; i < in->below_count; i++) {
        if (!in->below[i].one || in->below[i].kind != kind)
            return false;
        *ret_height = in->below[i].height + 1 > *ret_height ? in->below[i].height + 1 : *ret_height;
    }
    return true;
}

static struct seen one_store(struct finder *f, struct seen seen, enum store_kind kind, const char *path)
{
    drop_kind(f->out, seen.from, kind);
    add(f, kind, STORE_FOREIGN_NOT, path, 0);
    seen.one = f->out->count == seen.from + 1;
    seen.kind = kind;
    return seen;
}

/* Files of a kind in the folder itself, with all such below it; or several folders with them. */
static struct seen join(struct finder *f, const char *path, const struct inside *in, struct seen seen)
{
    bool others = in->below_count > 0;
    enum store_kind kind = in->dbx          ? STORE_DBX
                           : in->becky      ? STORE_BECKY
                           : in->emlx       ? STORE_EMLX
                           : in->mbox_count ? STORE_MBOX
                           : in->mh         ? STORE_MH
                           : in->eml        ? STORE_EML
                           : others         ? in->below[0].kind
                                            : STORE_KINDS;
    bool all = is_all(in, kind, &seen.height);
    if (in->mbox_count &&
        (!all || (in->mbox_count == 1 && !others))) { /* the folder as one would hold too much */
        for (size_t i = 0; i < in->mbox_count; i++)
            add(f, STORE_MBOX, STORE_FOREIGN_NOT, in->mboxes[i], 0);
        seen.one = f->out->count == seen.from + 1;
        seen.kind = STORE_MBOX;
        return seen;
    }
    if (in->dbx || in->becky || in->emlx || in->mbox_count || in->mh || in->eml)
        return one_store(f, seen, kind, path);
    if (all && kind == STORE_BECKY && store_dir_has_ending(path, ".mb")) { /* an account, however deep */
        seen.height = 0;
        return one_store(f, seen, kind, path);
    }
    if (all && others && kind == STORE_EMLX && store_emlx_is_level(path)) {
        seen.height--;
        return one_store(f, seen, kind, path);
    }
    if (all && in->below_count > 1 && seen.height <= JOIN_MAX && !is_of_many(path))
        return one_store(f, seen, kind, path);
    return seen;
}

static struct seen look_inside(struct finder *f, const char *path, const struct store_dir *d, unsigned level)
{
    struct seen seen = {.from = f->out->count};
    struct inside in CLEANUP(inside_done) = {.eml = has_ending(d, ".eml"), .emlx = has_ending(d, ".emlx")};
    for (size_t i = 0; i < d->count; i++) {
        const struct store_entry *e = &d->entries[i];
        if (e->type == STORE_ENTRY_FILE)
            look_at_file(f, path, e, &in);
        if (e->type == STORE_ENTRY_FOLDER && !is_passed_over(path, e->name) && !is_beside(d, e->name))
            look_at_folder(f, path, e, level, &in);
    }
    in.mh = has_numbers(d) && (store_dir_has(d, ".mh_sequences") || first_is_mail(f, path, true));
    return join(f, path, &in, seen);
}

static struct seen look(struct finder *f, const char *path, unsigned level)
{
    struct seen seen = {.from = f->out->count};
    struct store_dir d;
    struct stat st;
    /* A link is followed where it is what was named. */
    bool other = level && lstat(path, &st) == 0 && st.st_dev != f->disk;
    if (level > STORE_DIR_LEVELS_MAX || other) {
        add_unread(f, path, other ? "is on another disk: name it itself" : "lies too deep: name it itself");
        return seen;
    }
    if (store_dir_read(path, &d) < 0) {
        add_unread(f, path, strerror(errno));
        return seen;
    }
    if (is_profile(&d)) {
        add(f, STORE_THUNDERBIRD, STORE_FOREIGN_NOT, path, 0);
    } else if (is_maildir(f, &d, path)) {
        add(f, STORE_MAILDIR, STORE_FOREIGN_NOT, path, 0);
        seen.one = true;
        seen.kind = STORE_MAILDIR;
    } else
        seen = look_inside(f, path, &d, level);
    store_dir_done(&d);
    return seen;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct store_found *)a)->path, ((const struct store_found *)b)->path);
}

int store_find(const char *path, struct store_finding *ret, struct error *err)
{
    struct finder f = {.out = ret};
    struct stat st;
    *ret = (struct store_finding){0};
    if (stat(path, &st) < 0)
        return error_set(
            err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s", path, strerror(errno));
    f.disk = st.st_dev;
    f.front = mem_alloc(FRONT);
    if (S_ISDIR(st.st_mode)) {
        look(&f, path, 0);
    } else if (S_ISREG(st.st_mode)) {
        struct file_kind k = file_kind(&f, path);
        bool becky = k.headed && store_dir_has_ending(path, ".bmf");
        if (k.foreign || k.mbox || k.dbx || k.pst || becky)
            add(&f,
                k.pst   ? STORE_PST
                : k.dbx ? STORE_DBX
                : becky ? STORE_BECKY
                        : STORE_MBOX,
                k.foreign, path, k.octets);
    }
    free(f.front);
    if (ret->count)
        qsort(ret->all, ret->count, sizeof *ret->all, by_path);
    return 0;
}

void store_finding_done(struct store_finding *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->all[i].path);
    free(f->all);
    for (size_t i = 0; i < f->unread_count; i++)
        free(f->unread[i]);
    free(f->unread);
    *f = (struct store_finding){0};
}
