/* WORK/lists.json: {"schema":1, "lists":[{"path", "part_of", "run"}], "accounts":[{"from", "to",
 * "lists":[N]}]} */
#include "work_lists_private.h"

#include "mem.h"
#include "own.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA     1
#define OCTETS_MAX (INT64_C(256) << 20)

static char *file_of(const char *work_dir, const char *name)
{
    return mem_printf("%s/%s", work_dir, name);
}

static int disk_error(const char *path, const char *what, int why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot %s %s: %s; see that this folder can be used and has room, and run again", what, path,
        strerror(why));
}

static int senseless(const char *path, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
        "%s is damaged (%s): which accounts are in a list is not known", path, what);
}

/* ---- reading ---- */
static bool take_list(struct work_lists *l, const json_t *from)
{
    const char *path = json_string_value(json_object_get(from, "path"));
    const json_t *run = json_object_get(from, "run"), *part = json_object_get(from, "part_of");
    size_t index = l->list_count;
    if (!path || !json_is_integer(run) || !(json_is_null(part) || json_is_integer(part)) ||
        work_lists_list(l, path) != index)
        return false;
    l->lists[index].run_s = json_integer_value(run);
    if (json_is_integer(part))
        l->lists[index].part_of = json_integer_value(part) < 0 ? SIZE_MAX : (size_t)json_integer_value(part);
    return true;
}

/* A part is of a list that is none. */
static bool are_parts_sound(const struct work_lists *l)
{
    for (size_t i = 0; i < l->list_count; i++) {
        size_t whole = l->lists[i].part_of;
        if (whole >= l->list_count || l->lists[whole].part_of != whole)
            return false;
    }
    return true;
}

static bool take_account(struct work_lists *l, const json_t *from)
{
    size_t i;
    json_t *n;
    const char *source = json_string_value(json_object_get(from, "from"));
    const char *destination = json_string_value(json_object_get(from, "to"));
    json_t *lists = json_object_get(from, "lists");
    if (!source || !destination || !json_is_array(lists))
        return false;
    struct work_account *a = work_lists_add(l, source, destination);
    json_array_foreach(lists, i, n)
    {
        json_int_t list = json_integer_value(n);
        if (!json_is_integer(n) || list < 0 || (size_t)list >= l->list_count)
            return false;
        work_account_put(a, (size_t)list);
    }
    return true;
}

static bool take_all(struct work_lists *l, const json_t *document)
{
    size_t i;
    json_t *from;
    json_t *lists = json_object_get(document, "lists"), *accounts = json_object_get(document, "accounts");
    if (!json_is_array(lists) || !json_is_array(accounts))
        return false;
    json_array_foreach(lists, i, from) if (!take_list(l, from)) return false;
    if (!are_parts_sound(l))
        return false;
    json_array_foreach(accounts, i, from) if (!take_account(l, from)) return false;
    return work_lists_sort(l);
}

static int understand(const char *path, const json_t *document, struct work_lists **ret, struct error *err)
{
    const json_t *schema = json_object_get(document, "schema");
    if (json_is_integer(schema) && json_integer_value(schema) > SCHEMA)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
            "%s was written by a newer popferry; use that one", path);
    struct work_lists *l = work_lists_new();
    if (!json_is_integer(schema) || json_integer_value(schema) != SCHEMA || !take_all(l, document)) {
        work_lists_free(l);
        return senseless(path, "not what popferry writes", err);
    }
    *ret = l;
    return 0;
}

/* Others' links, pipes and devices are not followed; a file of somebody else may be read. *ret -1: there is
 * none.
 */
static int open_file(const char *path, int *ret, struct error *err)
{
    struct stat st;
    *ret = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*ret < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : disk_error(path, "read", errno, err);
    if (fstat(*ret, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= OCTETS_MAX)
        return 0;
    close(*ret);
    return senseless(path, "no regular file, or too large", err);
}

int work_lists_read(const char *work_dir, struct work_lists **ret, struct error *err)
{
    json_error_t why;
    char *path CLEANUP(mem_free_str) = file_of(work_dir, WORK_LISTS_FILE);
    int fd;
    if (open_file(path, &fd, err) < 0)
        return -1;
    if (fd < 0) {
        *ret = NULL;
        return 0;
    }
    json_t *document = json_loadfd(fd, JSON_REJECT_DUPLICATES, &why);
    close(fd);
    int rc = document ? understand(path, document, ret, err) : senseless(path, "no JSON", err);
    json_decref(document);
    return rc;
}

/* ---- writing ---- */
static json_t *words(const char *s)
{
    json_t *text = json_string(s);
    if (text)
        return text;
    char *clean CLEANUP(mem_free_str) = text_clean_dup(s);
    return json_string(clean);
}

static json_t *list_numbers(const struct work_account *a)
{
    json_t *all = json_array();
    for (size_t i = 0; i < a->list_count; i++)
        json_array_append_new(all, json_integer((json_int_t)a->lists[i]));
    return all;
}

static json_t *document_of(const struct work_lists *l)
{
    json_t *lists = json_array(), *accounts = json_array();
    for (size_t i = 0; i < l->list_count; i++) {
        const struct work_list *from = &l->lists[i];
        json_t *part = from->part_of == i ? json_null() : json_integer((json_int_t)from->part_of);
        json_array_append_new(lists, json_pack("{s:o, s:o, s:I}", "path", words(from->path), "part_of", part,
                                         "run", (json_int_t)from->run_s));
    }
    for (size_t i = 0; i < l->count; i++) {
        const struct work_account *a = &l->accounts[i];
        json_array_append_new(accounts, json_pack("{s:o, s:o, s:o}", "from", words(a->source), "to",
                                            words(a->destination), "lists", list_numbers(a)));
    }
    return json_pack("{s:i, s:o, s:o}", "schema", SCHEMA, "lists", lists, "accounts", accounts);
}

static int write_file(const char *work_dir, const struct work_lists *l, struct error *err)
{
    char *path CLEANUP(mem_free_str) = file_of(work_dir, WORK_LISTS_FILE);
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", path);
    json_t *document = document_of(l);
    int fd = own_make(part);
    int why = fd < 0 ? errno : 0;
    errno = 0;
    if (!why && json_dumpfd(document, fd, JSON_COMPACT | JSON_PRESERVE_ORDER) < 0)
        why = errno ? errno : EIO;
    json_decref(document);
    if (!why && fsync(fd) < 0)
        why = errno;
    if (fd >= 0 && close(fd) < 0 && !why)
        why = errno;
    if (!why && rename(part, path) < 0)
        why = errno;
    if (!why)
        return 0;
    if (fd >= 0)
        unlink(part);
    return disk_error(path, "write", why, err);
}

/* What makes no sense is kept, for whoever wants to look at it. */
static int put_aside(const char *work_dir, struct error *damage, struct error *err)
{
    char *path CLEANUP(mem_free_str) = file_of(work_dir, WORK_LISTS_FILE);
    char *to CLEANUP(mem_free_str) = mem_printf("%s.damaged", path);
    if (rename(path, to) < 0)
        return disk_error(path, "rename", errno, err);
    error_append(damage, "; it is kept as %s, and a new one begun", to);
    return 0;
}

/* A descriptor to close, or -1. */
static int lock(const char *work_dir, struct error *err)
{
    char *path CLEANUP(mem_free_str) = file_of(work_dir, "lists.lock");
    if (own_file(path, err) < 0)
        return -1;
    int fd = own_open(path, O_RDWR | O_CREAT), rc = -1;
    while (fd >= 0 && (rc = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
        ;
    if (rc == 0)
        return fd;
    disk_error(path, "lock", errno, err);
    if (fd >= 0)
        close(fd);
    return -1;
}

static int change(
    const char *work_dir, work_lists_change_fn *fn, void *ctx, struct error *damage, struct error *err)
{
    struct work_lists *l = NULL;
    int rc = work_lists_read(work_dir, &l, err);
    if (rc < 0 && err->code == ERROR_LEDGER) {
        *damage = *err;
        rc = put_aside(work_dir, damage, err);
    }
    if (rc == 0) {
        l = l ? l : work_lists_new();
        fn(ctx, l);
        rc = write_file(work_dir, l, err);
    }
    work_lists_free(l);
    return rc;
}

int work_lists_change(
    const char *work_dir, work_lists_change_fn *fn, void *ctx, struct error *ret_damage, struct error *err)
{
    struct error why;
    *ret_damage = (struct error){0};
    int fd = lock(work_dir, err);
    if (fd < 0)
        return -1;
    int rc = change(work_dir, fn, ctx, ret_damage, &why);
    if (rc < 0 && err)
        *err = why;
    close(fd);
    return rc;
}
