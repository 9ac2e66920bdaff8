#include "ledger_db.h"

#include "buf.h"
#include "crash.h"
#include "ledger_file.h"
#include "ledger_schema.h"
#include "mem.h"
#include "own.h"
#include "work_dir.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ledger_failed(struct ledger *l, struct error *err)
{
    return ledger_file_failed(l->db, l->path, l->mode, err);
}

static sqlite3_stmt *cached(struct ledger *l, const char *sql, struct error *err)
{
    size_t max = sizeof l->statements / sizeof *l->statements;
    for (size_t i = 0; i < max; i++) {
        struct ledger_statement *s = &l->statements[i];
        if (s->sql == sql)
            return s->st;
        if (s->sql)
            continue;
        if (sqlite3_prepare_v3(l->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->st, NULL) != SQLITE_OK) {
            ledger_failed(l, err);
            return NULL;
        }
        s->sql = sql;
        return s->st;
    }
    error_unhandled(err, "too many ledger statements");
    return NULL;
}

static void bind(sqlite3_stmt *st, const char *types, va_list ap)
{
    for (int i = 1; *types; types++, i++) {
        const void *p;
        switch (*types) {
        case 'i':
            sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
            break;
        case 't':
            sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
            break;
        default:
            p = va_arg(ap, const void *);
            sqlite3_bind_blob(st, i, p, p ? SHA256_OCTETS : 0, SQLITE_TRANSIENT);
        }
    }
}

sqlite3_stmt *ledger_prepare(struct ledger *l, struct error *err, const char *sql, const char *types, ...)
{
    sqlite3_stmt *st = cached(l, sql, err);
    if (!st)
        return NULL;
    if (sqlite3_bind_parameter_count(st) > (int)strlen(types)) {
        error_unhandled(err, sql);
        return NULL;
    }
    sqlite3_reset(st);
    va_list ap;
    va_start(ap, types);
    bind(st, types, ap);
    va_end(ap);
    return st;
}

static int run_sql(struct ledger *l, const char *sql, struct error *err)
{
    return sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : ledger_failed(l, err);
}

int ledger_begin(struct ledger *l, struct error *err)
{
    if (!l->writing && run_sql(l, "BEGIN IMMEDIATE", err) < 0)
        return -1;
    l->writing = true;
    return 0;
}

int ledger_write(struct ledger *l, sqlite3_stmt *st, struct error *err)
{
    if (!st || ledger_begin(l, err) < 0)
        return -1;
    int rc = sqlite3_step(st);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return ledger_failed(l, err);
    sqlite3_reset(st);
    return 0;
}

int ledger_step(struct ledger *l, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        return ledger_failed(l, err);
    sqlite3_reset(st);
    return 0;
}

int ledger_exists(struct ledger *l, sqlite3_stmt *st, struct error *err)
{
    int rc = st ? ledger_step(l, st, err) : -1;
    if (st)
        sqlite3_reset(st);
    return rc;
}

const char *ledger_column_text(sqlite3_stmt *st, int column)
{
    const char *s = (const char *)sqlite3_column_text(st, column);
    return s ? s : "";
}

void ledger_column_hash(sqlite3_stmt *st, int column, uint8_t ret[SHA256_OCTETS])
{
    memset(ret, 0, SHA256_OCTETS);
    if (sqlite3_column_bytes(st, column) == SHA256_OCTETS)
        memcpy(ret, sqlite3_column_blob(st, column), SHA256_OCTETS);
}

int ledger_commit(struct ledger *l, struct error *err)
{
    if (!l->writing)
        return 0;
    /* A row still being looked at would keep the WAL from being taken back into the file. */
    for (size_t i = 0; i < sizeof l->statements / sizeof *l->statements; i++)
        sqlite3_reset(l->statements[i].st);
    crash_point("before a commit");
    if (run_sql(l, "COMMIT", err) < 0)
        return -1;
    l->writing = false;
    crash_point("after a commit");
    return 0;
}

static int version(struct ledger *l, int *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err, "PRAGMA user_version", "");
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = sqlite3_column_int(st, 0);
    sqlite3_reset(st);
    return 0;
}

/* All steps in one transaction: nobody ever sees it in between. */
static int bring_up_to_date(struct ledger *l, int from, struct error *err)
{
    struct buf sql CLEANUP(buf_done) = {0};
    buf_printf(&sql, "BEGIN;");
    for (int v = from; v < LEDGER_VERSION; v++)
        buf_printf(&sql, "%s", ledger_schema[v]);
    buf_printf(&sql, "PRAGMA user_version=%d; COMMIT", LEDGER_VERSION);
    crash_point("before the ledger is brought up to date");
    if (run_sql(l, buf_str(&sql), err) == 0)
        return 0;
    sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

static int nothing_yet(const char *work_dir, int len, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "there is no ledger in %.*s yet: nothing has been migrated with this work folder (name another with --work-dir)",
        len, work_dir);
}

static int check_version(struct ledger *l, struct error *err)
{
    int v;
    if (version(l, &v, err) < 0)
        return -1;
    if (!v && l->mode == LEDGER_READ) /* a run is making it at this moment */
        return nothing_yet(l->path, (int)(strrchr(l->path, '/') - l->path), err);
    if (v < LEDGER_VERSION && v >= 0 && l->mode != LEDGER_READ)
        return bring_up_to_date(l, v, err);
    if (v > 0 && v < LEDGER_VERSION)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
            "the ledger %s was made by an older popferry (version %d, this one knows %d); any command that signs "
            "in, as popferry plan, brings it up to date",
            l->path, v, LEDGER_VERSION);
    if (v != LEDGER_VERSION)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
            "the ledger %s has version %d and this popferry knows version %d; use the popferry that made it",
            l->path, v, LEDGER_VERSION);
    return 0;
}

/* WAL with synchronous=FULL: each commit is on the disk when it returns, and costs one fsync. */
static int open_db(struct ledger *l, struct error *err)
{
    static const char *const pragmas[] = {
        [LEDGER_WRITE] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4096",
        [LEDGER_READ] = "PRAGMA query_only=ON; PRAGMA cache_size=-4096",
        [LEDGER_SCRATCH] = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-4096",
    };
    int rc = l->mode == LEDGER_SCRATCH ? ledger_file_scratch(l->path, &l->db, err)
                                       : ledger_file_open(l->path, l->mode, &l->db, err);
    if (rc < 0 || run_sql(l, pragmas[l->mode], err) < 0)
        return -1;
    return check_version(l, err);
}

int ledger_check(struct ledger *l, uint64_t octets_max, struct error *err)
{
    struct stat st;
    if (octets_max && stat(l->path, &st) == 0 && (uint64_t)st.st_size > octets_max)
        return 0;
    return ledger_file_check(l->db, l->path, l->mode, err);
}

int ledger_limit_memory(struct ledger *l, uint64_t octets, struct error *err)
{
    uint64_t kib = octets / 1024 < 64 ? 64 : octets / 1024;
    char *sql CLEANUP(mem_free_str) = mem_printf("PRAGMA cache_size=-%llu", (unsigned long long)kib);
    return run_sql(l, sql, err);
}

/* SQLite's own flag against links would refuse a work folder that is named by one, too. */
static int check_files(const struct ledger *l, struct error *err)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *path CLEANUP(mem_free_str) = mem_printf("%s%s", l->path, endings[i]);
        if (own_file(path, err) < 0)
            return -1;
    }
    return 0;
}

/* A dry run refuses what the run that it foretells will refuse. Who only reads may read another's. */
static int make_ready(struct ledger *l, const char *work_dir, struct error *err)
{
    if (l->mode == LEDGER_READ)
        return 0;
    if (l->mode == LEDGER_SCRATCH)
        return work_dir_check(work_dir, err) < 0 ? -1 : check_files(l, err);
    if (work_dir_make(work_dir, err) < 0)
        return -1;
    l->lock_fd = work_dir_lock(work_dir, err);
    return l->lock_fd < 0 ? -1 : check_files(l, err);
}

struct ledger *ledger_open(const char *work_dir, enum ledger_mode mode, struct error *err)
{
    struct ledger *l = mem_alloc(sizeof *l);
    l->lock_fd = -1;
    l->mode = mode;
    l->path = mem_printf("%s/ledger.sqlite", work_dir);
    if (mode == LEDGER_READ && access(l->path, F_OK) < 0) {
        nothing_yet(work_dir, (int)strlen(work_dir), err);
        ledger_close(l);
        return NULL;
    }
    if (make_ready(l, work_dir, err) < 0 || open_db(l, err) < 0) {
        ledger_close(l);
        return NULL;
    }
    return l;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    if (l->db)
        ledger_commit(l, NULL);
    for (size_t i = 0; i < sizeof l->statements / sizeof *l->statements; i++)
        sqlite3_finalize(l->statements[i].st);
    sqlite3_close(l->db);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    free(l->path);
    free(l);
}

int64_t ledger_job(
    struct ledger *l, const char *source, const char *destination, const char *folder, struct error *err)
{
    sqlite3_stmt *add =
        ledger_prepare(l, err, "INSERT OR IGNORE INTO job(source, destination, folder) VALUES(?, ?, ?)",
            "ttt", source, destination, folder);
    if (ledger_write(l, add, err) < 0)
        return -1;
    sqlite3_stmt *st =
        ledger_prepare(l, err, "SELECT id FROM job WHERE source=? AND destination=? AND folder=?", "ttt",
            source, destination, folder);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    int64_t id = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return id;
}

int ledger_raw_headers(struct ledger *l, int64_t job, enum ledger_raw_headers *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err, "SELECT raw_headers FROM job WHERE id=?", "i", job);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc < 0)
        return -1;
    *ret = rc ? (enum ledger_raw_headers)sqlite3_column_int(st, 0) : LEDGER_RAW_UNKNOWN;
    sqlite3_reset(st);
    return 0;
}

int ledger_set_raw_headers(struct ledger *l, int64_t job, enum ledger_raw_headers what, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE job SET raw_headers=? WHERE id=?", "ii", (int64_t)what, job), err);
}

int64_t ledger_mailbox(struct ledger *l, int64_t job, const char *name, struct error *err)
{
    sqlite3_stmt *find =
        ledger_prepare(l, err, "SELECT id FROM mailbox WHERE job=? AND name=?", "it", job, name);
    int rc = find ? ledger_step(l, find, err) : -1;
    if (rc < 0)
        return -1;
    int64_t id = rc ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (id)
        return id;
    sqlite3_stmt *add =
        ledger_prepare(l, err, "INSERT INTO mailbox(job, name) VALUES(?, ?)", "it", job, name);
    return ledger_write(l, add, err) < 0 ? -1 : sqlite3_last_insert_rowid(l->db);
}

int ledger_each_mailbox(struct ledger *l, int64_t job, ledger_mailbox_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st =
        ledger_prepare(l, err, "SELECT id, name FROM mailbox WHERE job=? ORDER BY name", "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        if (!fn(ctx, sqlite3_column_int64(st, 0), (const char *)sqlite3_column_text(st, 1)))
            break;
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

int64_t ledger_run_begin(struct ledger *l, int64_t job, const char *command, int64_t now_s, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(
        l, err, "INSERT INTO run(job, command, started_s) VALUES(?, ?, ?)", "iti", job, command, now_s);
    if (ledger_write(l, st, err) < 0)
        return -1;
    int64_t id = sqlite3_last_insert_rowid(l->db);
    return ledger_commit(l, err) < 0 ? -1 : id;
}

int ledger_run_end(struct ledger *l, int64_t run, int64_t now_s, int exit_code, enum error_code why,
    const char *words, struct error *err)
{
    sqlite3_stmt *st =
        ledger_prepare(l, err, "UPDATE run SET ended_s=?, exit_code=?, error=?, words=? WHERE id=?", "iitti",
            now_s, (int64_t)exit_code, why ? error_code_name(why) : NULL, words, run);
    return ledger_write(l, st, err) < 0 ? -1 : ledger_commit(l, err);
}

static int read_counts(struct ledger *l, struct ledger_job_row *row, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT state, count(*), sum(" LEDGER_OCTETS ") FROM message WHERE job=? GROUP BY state", "i",
        row->id);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        int state = sqlite3_column_int(st, 0);
        if (state < 0 || state >= LEDGER_STATES)
            continue;
        row->count[state] = (uint64_t)sqlite3_column_int64(st, 1);
        if (state == LEDGER_DONE)
            row->octets_copied = (uint64_t)sqlite3_column_int64(st, 2);
    }
    return rc;
}

int ledger_each_job(struct ledger *l, ledger_job_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT j.id, source, destination, folder, command, words, started_s, ended_s, exit_code FROM job j "
        "LEFT JOIN run r ON r.id = (SELECT max(id) FROM run WHERE job = j.id) ORDER BY j.id",
        "");
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        struct ledger_job_row row = {
            .id = sqlite3_column_int64(st, 0),
            .source = ledger_column_text(st, 1),
            .destination = ledger_column_text(st, 2),
            .folder = ledger_column_text(st, 3),
            .run_command = ledger_column_text(st, 4),
            .run_words = ledger_column_text(st, 5),
            .run_started_s = sqlite3_column_int64(st, 6),
            .run_ended_s = sqlite3_column_int64(st, 7),
            .run_exit_code = sqlite3_column_int(st, 8),
        };
        if (read_counts(l, &row, err) < 0)
            return -1;
        if (!fn(ctx, &row))
            break;
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

int ledger_each_last_run(struct ledger *l, ledger_last_run_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT source, destination, folder, r.id, r.exit_code, "
        "EXISTS(SELECT 1 FROM message m WHERE m.job = j.id AND m.state = ?), "
        "NOT EXISTS(SELECT 1 FROM source s WHERE s.job = j.id AND s.ended) OR "
        "EXISTS(SELECT 1 FROM left_ t WHERE t.job = j.id) FROM job j LEFT JOIN run r ON r.id = "
        "(SELECT max(id) FROM run WHERE job = j.id AND command = 'migrate') ORDER BY j.id",
        "i", (int64_t)LEDGER_DONE);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        struct ledger_last_run row = {
            .source = ledger_column_text(st, 0),
            .destination = ledger_column_text(st, 1),
            .folder = ledger_column_text(st, 2),
            .migrated = sqlite3_column_type(st, 3) != SQLITE_NULL,
            .copied = sqlite3_column_int(st, 5),
            .exit_code = sqlite3_column_type(st, 4) == SQLITE_NULL ? -1 : sqlite3_column_int(st, 4),
            .partial = sqlite3_column_int(st, 6),
        };
        if (!fn(ctx, &row))
            break;
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}
