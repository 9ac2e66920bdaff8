#include "work_dir.h"

#include "ledger_file.h"
#include "mem.h"
#include "sha256.h"
#include "text.h"
#include "text_list.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LEDGER      "ledger.sqlite"
#define NAME_OCTETS 120 /* of a folder's name, before the hash; file systems take 255 */
#define HASH_OCTETS 4

static int unreadable(const char *path, int why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "%s cannot be looked at: %s; give yourself access to it, or choose another --work-dir", path,
        strerror(why));
}

/* 1 yes, 0 no, -1 it cannot be told. */
static int is_there(const char *path, struct error *err)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return 1;
    return errno == ENOENT || errno == ENOTDIR ? 0 : unreadable(path, errno, err);
}

/* ---- the folder of one job ---- */
/* What every file system takes, and what no shell, archive or spreadsheet takes for something else. */
static bool may_stand(unsigned char c, bool first)
{
    if (c >= 0x80)
        return true;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '_' || (!first && strchr("@.-+", c));
}

char *work_dir_stem(const char *source)
{
    char name[NAME_OCTETS + 1];
    text_clean(name, sizeof name, source, strlen(source));
    for (char *p = name; *p; p++)
        if (!may_stand((unsigned char)*p, p == name))
            *p = '_';
    return mem_strdup(*name ? name : "_");
}

static char *name_of(const char *source, const char *destination, const char *folder)
{
    const char *const parts[] = {source, destination, folder};
    uint8_t digest[SHA256_OCTETS];
    char hex[SHA256_HEX];
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        sha256_update(h, parts[i], strlen(parts[i]) + 1); /* with its end, so that none runs into the next */
    sha256_final(h, digest);
    sha256_free(h);
    sha256_hex(digest, hex);
    char *name CLEANUP(mem_free_str) = work_dir_stem(source);
    return mem_printf("%s-%.*s", name, 2 * HASH_OCTETS, hex);
}

static int ask(sqlite3 *db, const char *source, const char *destination, const char *folder)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(
        db, "SELECT 1 FROM job WHERE source=? AND destination=? AND folder=?", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_text(st, 1, source, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, destination, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, folder, -1, SQLITE_STATIC);
    rc = sqlite3_step(st);
    sqlite3_finalize(st);
    return rc;
}

/* Without ledger_open: the ledger of an older popferry can answer this as well. */
static int ledger_knows(
    const char *path, const char *source, const char *destination, const char *folder, struct error *err)
{
    sqlite3 *db;
    int known = -1;
    if (ledger_file_open(path, LEDGER_READ, &db, err) == 0) {
        int rc = ask(db, source, destination, folder);
        /* SQLITE_ERROR: no such table, in a file that was only just begun. */
        known = rc == SQLITE_ROW ? 1
                : rc == SQLITE_DONE || (rc & 0xff) == SQLITE_ERROR
                    ? 0
                    : ledger_file_failed(db, path, LEDGER_READ, err);
    }
    sqlite3_close(db);
    return known;
}

/* Does WORK's own ledger know it? 1, 0, -1. */
static int work_knows(
    const char *work_dir, const char *source, const char *destination, const char *folder, struct error *err)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/" LEDGER, work_dir);
    int there = is_there(path, err);
    return there == 1 ? ledger_knows(path, source, destination, folder, err) : there;
}

char *work_dir_of_job(const char *work_dir, bool batch, const char *source, const char *destination,
    const char *folder, struct error *err)
{
    char *name CLEANUP(mem_free_str) = name_of(source, destination, folder);
    char *own CLEANUP(mem_free_str) = mem_printf("%s/" WORK_DIR_ACCOUNTS "/%s", work_dir, name);
    int there = is_there(own, err);
    if (there < 0)
        return NULL;
    if (there)
        return TAKE(own);
    int known = batch || work_dir_batch_at_work(work_dir)
                    ? work_knows(work_dir, source, destination, folder, err)
                    : 1;
    if (known < 0)
        return NULL;
    return known ? mem_strdup(work_dir) : TAKE(own);
}

/* ---- all of them ---- */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(const char *path, struct text_list *n, struct error *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT || errno == ENOTDIR ? 0 : unreadable(path, errno, err);
    struct dirent *e;
    for (errno = 0; (e = readdir(dir)); errno = 0) {
        if (*e->d_name == '.')
            continue;
        text_list_add(n, mem_strdup(e->d_name));
    }
    int why = errno;
    closedir(dir);
    if (why)
        return unreadable(path, why, err);
    if (n->count)
        qsort(n->all, n->count, sizeof *n->all, by_name);
    return 0;
}

/* Whether to go on. A folder that cannot be looked into is fn's to fail with. */
static bool visit(const char *folder, work_dir_fn *fn, void *ctx)
{
    char *ledger CLEANUP(mem_free_str) = mem_printf("%s/" LEDGER, folder);
    return is_there(ledger, NULL) == 0 || fn(ctx, folder);
}

int work_dir_each_name(const char *work_dir, work_dir_name_fn *fn, void *ctx, struct error *err)
{
    struct text_list names CLEANUP(text_list_done) = {0};
    char *accounts CLEANUP(mem_free_str) = mem_printf("%s/" WORK_DIR_ACCOUNTS, work_dir);
    if (read_names(accounts, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count && fn(ctx, names.all[i]); i++)
        ;
    return 0;
}

int work_dir_each(const char *work_dir, work_dir_fn *fn, void *ctx, struct error *err)
{
    struct text_list names CLEANUP(text_list_done) = {0};
    char *accounts CLEANUP(mem_free_str) = mem_printf("%s/" WORK_DIR_ACCOUNTS, work_dir);
    if (read_names(accounts, &names, err) < 0)
        return -1;
    bool more = visit(work_dir, fn, ctx);
    for (size_t i = 0; i < names.count && more; i++) {
        char *folder CLEANUP(mem_free_str) = mem_printf("%s/%s", accounts, names.all[i]);
        more = visit(folder, fn, ctx);
    }
    return 0;
}
