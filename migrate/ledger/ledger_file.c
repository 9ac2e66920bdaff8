#include "ledger_file.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* A writer that makes or closes its file holds it for some fsyncs; disks can be slow. */
#define BUSY_MS 5000

int ledger_file_failed(sqlite3 *db, const char *path, enum ledger_mode mode, struct error *err)
{
    int code = sqlite3_errcode(db) & 0xff;
    const char *words = sqlite3_errmsg(db);
    bool disk =
        code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY || code == SQLITE_CANTOPEN;
    if (disk && mode == LEDGER_READ)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
            "cannot read the ledger %s: %s; give yourself access to it, or look at a copy of its folder",
            path, words);
    if (disk)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
            "cannot write the ledger %s: %s; what it holds is safe: make room on that disk and run the same "
            "command again",
            path, words);
    if (code == SQLITE_BUSY)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_LOCKED,
            "the ledger %s is in use by another program (%s); run the same command again when that has ended",
            path, words);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
        "the ledger %s cannot be used: %s; keep it, and try with a copy of it or another --work-dir", path,
        words);
}

/* ---- what nothing in the file can do ---- */
static int harden(sqlite3 *db)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof options / sizeof *options && rc == SQLITE_OK; i++)
        rc = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    return rc;
}

static int open_as(const char *name, int flags, const char *vfs, sqlite3 **ret)
{
    int rc = sqlite3_open_v2(name, ret, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_extended_result_codes(*ret, 1);
    sqlite3_busy_timeout(*ret, BUSY_MS);
    rc = harden(*ret);
    return rc == SQLITE_OK
               ? sqlite3_exec(*ret, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL, NULL, NULL)
               : rc;
}

/* The first look into the file. SQLITE_ROW: something stands in it (*ret_name) that is no table or index. */
static int look(sqlite3 *db, char **ret_name)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db,
        "SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR coalesce(rootpage, 0) = 0",
        -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        *ret_name = mem_strdup(name ? name : "");
    }
    sqlite3_finalize(st);
    return rc;
}

/* ---- a file that cannot be written ---- */
/* Reading a write-ahead log needs a file beside it that is written. */
static bool is_unwritable(int rc)
{
    rc &= 0xff;
    return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY;
}

static bool has_log(const char *path)
{
    struct stat st;
    char *log CLEANUP(mem_free_str) = mem_printf("%s-wal", path);
    return stat(log, &st) == 0 && st.st_size > 0;
}

static char *immutable_uri(const char *path)
{
    struct buf uri CLEANUP(buf_done) = {0};
    buf_append_str(&uri, "file:");
    for (const unsigned char *p = (const unsigned char *)path; *p; p++)
        buf_printf(&uri, "%%%02x", *p);
    buf_append_str(&uri, "?immutable=1");
    return buf_strdup(&uri);
}

/* Nobody writes here, or SQLite would have found the file that a writer keeps: so no locks. What a killed run
 * left in its log is read as well, by an index of it in memory. */
static int open_as_it_lies(const char *path, sqlite3 **ret)
{
    if (has_log(path)) {
        int rc = open_as(path, SQLITE_OPEN_READONLY, "unix-none", ret);
        return rc == SQLITE_OK ? sqlite3_exec(*ret, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL) : rc;
    }
    char *uri CLEANUP(mem_free_str) = immutable_uri(path);
    return open_as(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL, ret);
}

static int open_for_reading(const char *path, sqlite3 **ret, char **ret_name)
{
    int rc = open_as(path, SQLITE_OPEN_READWRITE, NULL, ret);
    if (rc == SQLITE_OK)
        rc = look(*ret, ret_name);
    if (is_unwritable(rc)) {
        sqlite3_close(*ret);
        *ret = NULL;
        rc = open_as_it_lies(path, ret);
        if (rc == SQLITE_OK)
            rc = look(*ret, ret_name);
    }
    return rc;
}

/* ---- opening ---- */
int ledger_file_open(const char *path, enum ledger_mode mode, sqlite3 **ret, struct error *err)
{
    char *name CLEANUP(mem_free_str) = NULL;
    int rc;
    *ret = NULL;
    if (mode == LEDGER_READ) {
        rc = open_for_reading(path, ret, &name);
    } else {
        rc = open_as(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL, ret);
        if (rc == SQLITE_OK)
            rc = look(*ret, &name);
    }
    if (rc == SQLITE_ROW)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
            "the ledger %s holds \"%s\", a trigger or a view that no popferry puts there: somebody else made or "
            "changed it; choose another --work-dir",
            path, name);
    return rc == SQLITE_DONE ? 0 : ledger_file_failed(*ret, path, mode, err);
}

/* ---- a copy ---- */
static int copy(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b)
        return sqlite3_extended_errcode(to);
    int rc = sqlite3_backup_step(b, -1);
    int end = sqlite3_backup_finish(b);
    return rc == SQLITE_DONE ? end : rc;
}

int ledger_file_scratch(const char *path, sqlite3 **ret, struct error *err)
{
    struct stat st;
    sqlite3 *from = NULL;
    int rc = open_as("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL, ret);
    if (rc != SQLITE_OK)
        return ledger_file_failed(*ret, "(a copy of it)", LEDGER_WRITE, err);
    if (stat(path, &st) < 0)
        return 0;
    rc = ledger_file_open(path, LEDGER_READ, &from, err);
    if (rc == 0 && copy(from, *ret) != SQLITE_OK)
        rc = ledger_file_failed(*ret, path, LEDGER_READ, err);
    sqlite3_close(from);
    return rc;
}

/* ---- is it whole? ---- */
int ledger_file_check(sqlite3 *db, const char *path, enum ledger_mode mode, struct error *err)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &st, NULL) != SQLITE_OK)
        return ledger_file_failed(db, path, mode, err);
    int rc = sqlite3_step(st);
    const char *found = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
    const char *head_end =
        found && *found == '*' ? strchr(found, '\n') : NULL; /* "*** in database main ***" */
    if (rc != SQLITE_ROW)
        rc = ledger_file_failed(db, path, mode, err);
    else if (!found || strcmp(found, "ok") != 0)
        rc = error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
            "the ledger %s is damaged: %s; keep it, and try with a copy of it or another --work-dir", path,
            head_end ? head_end + 1 : text_or_empty(found));
    else
        rc = 0;
    sqlite3_finalize(st);
    return rc;
}
