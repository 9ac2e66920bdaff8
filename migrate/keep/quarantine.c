#include "quarantine.h"

#include "buf.h"
#include "clock.h"
#include "crash.h"
#include "disk.h"
#include "maildir.h"
#include "mem.h"
#include "own.h"
#include "table_cell.h"
#include "text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "quarantine"

int quarantine_put(const char *work_dir, int64_t job, int64_t row, const uint8_t sha256[SHA256_OCTETS],
    struct spool *spool, int64_t date_s, char **ret_path, struct error *err)
{
    char hex[SHA256_HEX];
    sha256_hex(sha256, hex);
    char *name CLEANUP(mem_free_str) = mem_printf("%" PRId64 "-%.16s.eml", row, hex);
    char *below CLEANUP(mem_free_str) = mem_printf(FOLDER "/%" PRId64, job);
    char *dir CLEANUP(mem_free_str) = mem_printf("%s/%s", work_dir, below);
    if (disk_make_inner(work_dir, below, err) < 0 || maildir_make(dir, err) < 0 ||
        maildir_deliver(dir, "cur", name, spool, date_s, err) < 0)
        return error_prefix(err, "a message that the destination refused cannot be kept");
    crash_point("quarantine-put");
    *ret_path = mem_printf(FOLDER "/%" PRId64 "/cur/%s", job, name);
    return 0;
}

/* The path comes from a file; it must not lead anywhere else. */
static bool is_ours(const char *path)
{
    static const char begin[] = FOLDER "/";
    return !strncmp(path, begin, sizeof begin - 1) && !strstr(path, "/.") && path[strlen(path) - 1] != '/';
}

int quarantine_remove(const char *work_dir, const char *path, struct error *err)
{
    if (!is_ours(path))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER,
            "the ledger names \"%s\" as a file in quarantine, which it cannot be; nothing was removed", path);
    char *full CLEANUP(mem_free_str) = mem_printf("%s/%s", work_dir, path);
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/" FOLDER, work_dir);
    if (own_folder(folder, true, err) < 0)
        return -1;
    if (unlink(full) == 0) {
        crash_point("quarantine-removed");
        return disk_sync_parent(full, err);
    }
    return errno == ENOENT ? 0 : disk_error("remove", full, err);
}

/* ---- the list for a person ---- */
struct quarantine_reasons {
    const char *work_dir;
    int64_t job;
    struct buf text;
    size_t rows;
};

struct quarantine_reasons *quarantine_reasons_begin(const char *work_dir, int64_t job)
{
    struct quarantine_reasons *r = mem_alloc(sizeof *r);
    *r = (struct quarantine_reasons){.work_dir = work_dir, .job = job};
    buf_append_str(&r->text, "file\tuidl\tmessage-id\tfrom\tsubject\tdate\toctets\treason\n");
    return r;
}

void quarantine_reasons_free(struct quarantine_reasons *r)
{
    if (!r)
        return;
    buf_done(&r->text);
    free(r);
}

static void add_value(struct buf *text, const char *value)
{
    table_cell_tsv(text, text_or_empty(value));
    buf_append_char(text, '\t');
}

static void add_date(struct buf *text, int64_t date_s)
{
    if (date_s != MAILDIR_NO_DATE) {
        struct clock_utc d = clock_to_utc(date_s);
        buf_printf(
            text, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
    }
    buf_append_char(text, '\t');
}

void quarantine_reasons_add(struct quarantine_reasons *r, const struct quarantine_row *row)
{
    struct buf *text = &r->text;
    add_value(text, row->path);
    add_value(text, row->uidl);
    add_value(text, row->message_id);
    add_value(text, row->from);
    add_value(text, row->subject);
    add_date(text, row->date_s);
    buf_printf(text, "%" PRIu64 "\t", row->octets);
    add_value(text, row->reason);
    text->data[text->end - 1] = '\n'; /* in place of the last tab */
    r->rows++;
}

static int write_file(const char *path, const struct buf *text, struct error *err)
{
    int fd = own_make(path);
    if (fd < 0)
        return disk_error("make", path, err);
    int rc = disk_write(fd, buf_bytes(text), buf_len(text), path, err);
    if (rc == 0)
        rc = disk_sync(fd, path, err);
    if (close(fd) < 0 && rc == 0)
        rc = disk_error("write", path, err);
    return rc;
}

static int replace(const char *dir, const struct buf *text, struct error *err)
{
    char *fresh CLEANUP(mem_free_str) = mem_printf("%s/reasons.tsv.new", dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/reasons.tsv", dir);
    if (write_file(fresh, text, err) < 0) {
        unlink(fresh);
        return -1;
    }
    crash_point("reasons-written");
    if (rename(fresh, path) < 0)
        return disk_error("replace", path, err);
    crash_point("reasons-replaced");
    return disk_sync_folder(dir, err);
}

int quarantine_reasons_end(struct quarantine_reasons *r, struct error *err)
{
    char *below CLEANUP(mem_free_str) = mem_printf(FOLDER "/%" PRId64, r->job);
    char *dir CLEANUP(mem_free_str) = mem_printf("%s/%s", r->work_dir, below);
    int rc = 0;
    if (r->rows || access(dir, F_OK) == 0)
        rc = disk_make_inner(r->work_dir, below, err) < 0 ? -1 : replace(dir, &r->text, err);
    quarantine_reasons_free(r);
    return rc;
}
