#include "work_dir.h"

#include "clock.h"
#include "mem.h"
#include "own.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_PART  9 /* "-1a2b3c4d" */
#define TWINS_MAX  1000
#define NAME_WORDS 200 /* octets of a name that somebody typed, in a sentence */

static int usage(struct error *err, const char *work_dir, const char *name, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: there is no account %.*s%s",
        work_dir, NAME_WORDS, name, what);
}

static int failed(const char *path, const char *what, struct error *err)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "cannot %s %s: %s", what, path, strerror(errno));
}

/* ---- which one ---- */
struct search {
    const char *name, *stem;
    char *found[2];
    bool exact;
};

static void search_done(struct search *s)
{
    mem_free_str(&s->found[0]);
    mem_free_str(&s->found[1]);
}

static bool is_but_for_hash(const char *folder, const char *name)
{
    size_t len = strlen(name);
    return strlen(folder) == len + HASH_PART && !strncmp(folder, name, len) && folder[len] == '-' &&
           strspn(folder + len + 1, "0123456789abcdef") == HASH_PART - 1;
}

static bool on_name(void *ctx, const char *folder)
{
    struct search *s = ctx;
    s->exact = !strcmp(folder, s->name);
    if (s->exact)
        search_done(s);
    if (s->exact || is_but_for_hash(folder, s->name) || is_but_for_hash(folder, s->stem))
        s->found[s->found[0] ? 1 : 0] = mem_strdup(folder);
    return !s->exact && !s->found[1];
}

/* Names of folders alone: no way leads out of WORK/accounts. */
static int find(const char *work_dir, const char *name, char **ret, struct error *err)
{
    char *stem CLEANUP(mem_free_str) = work_dir_stem(name);
    struct search s CLEANUP(search_done) = {.name = name, .stem = stem};
    if (!*name || strchr(name, '/') || *name == '.')
        return usage(err, work_dir, name, ": a name has no / in it and begins with no dot");
    if (work_dir_each_name(work_dir, on_name, &s, err) < 0)
        return -1;
    if (!s.found[0])
        return usage(err, work_dir, name, "");
    if (s.found[1])
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: there are several accounts %.*s: say which, as %s or %s", work_dir, NAME_WORDS, name,
            s.found[0], s.found[1]);
    *ret = TAKE(s.found[0]);
    return 0;
}

/* ---- moving it ---- */
/* Never upon another. */
static char *place_for(const char *work_dir, const char *name, int64_t now_s)
{
    struct stat st;
    struct clock_utc u = clock_to_utc(now_s);
    char *to = mem_printf("%s/" WORK_DIR_FORGOTTEN "/%s-%04d%02d%02d-%02d%02d%02d", work_dir, name, u.year,
        u.month, u.day, u.hour, u.minute, u.second);
    for (int i = 2; i < TWINS_MAX && lstat(to, &st) == 0; i++) {
        char *next = mem_printf("%s/" WORK_DIR_FORGOTTEN "/%s-%04d%02d%02d-%02d%02d%02d-%d", work_dir, name,
            u.year, u.month, u.day, u.hour, u.minute, u.second, i);
        mem_free_str(&to);
        to = next;
    }
    return to;
}

static int move(const char *work_dir, const char *from, const char *to, struct error *err)
{
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/" WORK_DIR_FORGOTTEN, work_dir);
    if (own_folder(folder, true, err) < 0)
        return -1;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return failed(folder, "make", err);
    return rename(from, to) < 0 ? failed(from, "move", err) : 0;
}

static bool is_there(const char *folder, const char *file)
{
    struct stat st;
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", folder, file);
    return lstat(path, &st) == 0;
}

struct locks {
    int batch, account; /* -1: none */
};

static void locks_done(struct locks *l)
{
    if (l->account >= 0)
        close(l->account);
    if (l->batch >= 0)
        close(l->batch);
}

/* No batch has it before it, no run is in it. looking: files of locks that are not there are not made. */
static int take_locks(
    const char *work_dir, const char *folder, bool looking, struct locks *ret, struct error *err)
{
    if ((!looking || work_dir_batch_at_work(work_dir)) &&
        (ret->batch = work_dir_lock_batch(work_dir, 0, 0, err)) < 0)
        return -1;
    if ((!looking || is_there(folder, "lock")) && (ret->account = work_dir_lock(folder, err)) < 0)
        return -1;
    return 0;
}

int work_dir_forget(const char *work_dir, const char *name, int64_t now_s, bool dry, char **ret_from,
    char **ret_to, struct error *err)
{
    struct locks locks CLEANUP(locks_done) = {-1, -1};
    char *found CLEANUP(mem_free_str) = NULL;
    char *accounts CLEANUP(mem_free_str) = mem_printf("%s/" WORK_DIR_ACCOUNTS, work_dir);
    if (own_folder(work_dir, false, err) < 0 || own_folder(accounts, true, err) < 0 ||
        find(work_dir, name, &found, err) < 0)
        return -1;
    char *from CLEANUP(mem_free_str) = mem_printf("%s/%s", accounts, found);
    char *to CLEANUP(mem_free_str) = place_for(work_dir, found, now_s);
    if (own_folder(from, true, err) < 0 || take_locks(work_dir, from, dry, &locks, err) < 0 ||
        (!dry && move(work_dir, from, to, err) < 0))
        return -1;
    *ret_from = TAKE(found);
    *ret_to = TAKE(to);
    return 0;
}
