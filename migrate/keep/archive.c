#include "archive.h"

#include "archive_manifest.h"
#include "archive_mbox.h"
#include "buf.h"
#include "crash.h"
#include "disk.h"
#include "hash_set.h"
#include "maildir.h"
#include "mem.h"
#include "own.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".eml"

static const char *const format_names[] = {[ARCHIVE_MAILDIR] = "maildir", [ARCHIVE_MBOX] = "mbox"};

struct archive {
    enum archive_format format;
    char *dir, *manifest_path, *mbox_path;
    int manifest_fd, mbox_fd;
    struct hash_set keys;
    struct archive_entry last; /* of the manifest, as read */
    uint64_t mbox_octets;      /* with what was added */
    uint64_t mbox_synced;      /* as the manifest will have it */
    bool mbox_dirty;           /* there may be more */
    struct buf lines;          /* added since the last sync: for the manifest */
    char **names;              /* and for the Maildir */
    size_t name_count, name_cap;
    struct error broken; /* code != 0: something failed, nothing more goes in */
};

int archive_parse_format(const char *text, enum archive_format *ret, struct error *err)
{
    for (size_t i = 0; i < sizeof format_names / sizeof *format_names; i++)
        if (!strcmp(text, format_names[i])) {
            *ret = (enum archive_format)i;
            return 0;
        }
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "\"%s\" is no format of an archive; choose maildir or mbox", text);
}

static int usage(const char *path, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "the archive %s: %s", path, what);
}

/* ---- opening ---- */
static bool counts_as_empty(const char *name)
{
    static const char *const names[] = {".", "..", "lost+found", "manifest.tsv.new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

static int need_empty(const struct archive *a, struct error *err)
{
    DIR *d = opendir(a->dir);
    if (!d)
        return disk_error("read the folder", a->dir, err);
    struct dirent *e;
    while ((e = readdir(d)) && counts_as_empty(e->d_name))
        ;
    int rc = 0;
    if (e)
        rc = error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "the folder %s is no archive of popferry, but there are files in it (%s); choose an empty folder",
            a->dir, e->d_name);
    closedir(d);
    return rc;
}

/* The manifest comes first and at once: a folder with anything in it and no manifest is not ours. */
static int begin_manifest(const struct archive *a, struct error *err)
{
    const char *header = archive_manifest_header(a->format);
    char *fresh CLEANUP(mem_free_str) = mem_printf("%s.new", a->manifest_path);
    if (disk_make_folder(a->dir, err) < 0 || need_empty(a, err) < 0)
        return -1;
    int fd = own_make(fresh);
    if (fd < 0)
        return disk_error("make", fresh, err);
    int rc = disk_write(fd, header, strlen(header), fresh, err) < 0 ? -1 : disk_sync(fd, fresh, err);
    close(fd);
    if (rc == 0) {
        crash_point("archive-begun");
        rc = rename(fresh, a->manifest_path) < 0 ? disk_error("make", a->manifest_path, err)
                                                 : disk_sync_folder(a->dir, err);
    }
    if (rc < 0)
        unlink(fresh);
    return rc;
}

static int lock(const struct archive *a, struct error *err)
{
    if (flock(a->manifest_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return disk_error("lock", a->manifest_path, err);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_LOCKED,
        "another popferry writes to the archive %s; wait until it has ended, or choose another folder",
        a->dir);
}

static int open_manifest(struct archive *a, struct error *err)
{
    if (own_folder(a->dir, false, err) < 0)
        return -1;
    a->manifest_fd = own_open(a->manifest_path, O_RDWR | O_APPEND);
    if (a->manifest_fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        if (begin_manifest(a, err) < 0)
            return -1;
        a->manifest_fd = own_open(a->manifest_path, O_RDWR | O_APPEND);
    }
    return a->manifest_fd < 0 ? disk_error("open", a->manifest_path, err) : lock(a, err);
}

/* Entries of an mbox stand one behind the other. */
static bool note_entry(void *ctx, const struct archive_entry *e)
{
    struct archive *a = ctx;
    uint64_t end;
    if (e->offset != a->mbox_octets || __builtin_add_overflow(e->offset, e->stored, &end) || end > INT64_MAX)
        return false;
    a->mbox_octets = a->mbox_synced = end;
    a->last = *e;
    hash_set_add(&a->keys, e->key);
    return true;
}

static int check_format(const struct archive *a, FILE *f, struct error *err)
{
    int format = archive_manifest_format(f);
    if (format < 0)
        return usage(a->dir,
            "its manifest.tsv does not begin as popferry writes it; choose an empty folder, or put the file back "
            "as it was",
            err);
    if (format != (int)a->format)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "the archive %s has the format %s; go on with that, or choose an empty folder for the format %s",
            a->dir, format_names[format], format_names[a->format]);
    return 0;
}

static int read_lines(struct archive *a, FILE *f, struct error *err)
{
    int64_t good;
    bool torn;
    unsigned long line;
    if (check_format(a, f, err) < 0)
        return -1;
    if (archive_manifest_read(f, a->format, note_entry, a, &good, &torn, &line) < 0)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "the archive %s: line %lu of its manifest.tsv is not as popferry wrote it; put the file back as it "
            "was, or choose an empty folder",
            a->dir, line);
    if (ferror(f))
        return disk_error("read", a->manifest_path, err);
    if (!torn)
        return 0;
    if (ftruncate(a->manifest_fd, good) < 0)
        return disk_error("write", a->manifest_path, err);
    return disk_sync(a->manifest_fd, a->manifest_path, err);
}

static int read_manifest(struct archive *a, struct error *err)
{
    int fd = dup(a->manifest_fd); /* the lock goes with the last of the two */
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
    if (!f) {
        disk_error("read", a->manifest_path, err);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int rc = read_lines(a, f, err);
    fclose(f);
    return rc;
}

static int changed(const struct archive *a, struct error *err)
{
    return usage(a->dir,
        "messages.mbox was changed by another program since popferry wrote it; put it back as it was, or choose "
        "an empty folder (and let mail programs open a copy)",
        err);
}

/* Only what is surely ours is cut off. */
static int mend_mbox(struct archive *a, struct error *err)
{
    struct stat st;
    if (fstat(a->mbox_fd, &st) < 0)
        return disk_error("read", a->mbox_path, err);
    uint64_t octets = (uint64_t)st.st_size;
    if (octets < a->mbox_octets)
        return changed(a, err);
    const struct archive_entry *e = &a->last;
    int same = !e->stored ? 1
                          : archive_mbox_check(
                                a->mbox_fd, a->mbox_path, e->offset, e->stored, e->octets, e->sha256, err);
    if (same > 0 && octets > a->mbox_octets)
        same = archive_mbox_is_torn(a->mbox_fd, a->mbox_path, a->mbox_octets, err);
    if (same <= 0)
        return same < 0 ? -1 : changed(a, err);
    if (octets > a->mbox_octets && ftruncate(a->mbox_fd, (off_t)a->mbox_octets) < 0)
        return disk_error("write", a->mbox_path, err);
    return 0;
}

static int open_mbox(struct archive *a, struct error *err)
{
    a->mbox_fd = own_open(a->mbox_path, O_RDWR | O_CREAT);
    if (a->mbox_fd < 0)
        return disk_error("open", a->mbox_path, err);
    return mend_mbox(a, err) < 0 ? -1 : disk_sync_folder(a->dir, err);
}

static int open_maildir(struct archive *a, struct error *err)
{
    return maildir_make(a->dir, err) < 0 ? -1 : maildir_clean(a->dir, SUFFIX, err);
}

struct archive *archive_open(const char *dir, enum archive_format format, struct error *err)
{
    struct archive *a = mem_alloc(sizeof *a);
    *a = (struct archive){.format = format, .dir = mem_strdup(dir), .manifest_fd = -1, .mbox_fd = -1};
    a->manifest_path = mem_printf("%s/manifest.tsv", dir);
    a->mbox_path = mem_printf("%s/" ARCHIVE_MBOX_NAME, dir);
    int rc = open_manifest(a, err);
    if (rc == 0)
        rc = read_manifest(a, err);
    if (rc == 0)
        rc = format == ARCHIVE_MBOX ? open_mbox(a, err) : open_maildir(a, err);
    if (rc == 0)
        return a;
    archive_close(a);
    return NULL;
}

/* ---- closing ---- */
static void drop_names(struct archive *a, bool unlink_them)
{
    for (size_t i = 0; i < a->name_count; i++) {
        char *path CLEANUP(mem_free_str) = mem_printf("%s/tmp/%s", a->dir, a->names[i]);
        if (unlink_them)
            unlink(path);
        free(a->names[i]);
    }
    a->name_count = 0;
}

void archive_close(struct archive *a)
{
    if (!a)
        return;
    drop_names(a, true);
    if (a->mbox_fd >= 0) {
        if (a->mbox_dirty && ftruncate(a->mbox_fd, (off_t)a->mbox_synced) < 0)
            a->mbox_dirty = false; /* the next archive_open will do it */
        close(a->mbox_fd);
    }
    if (a->manifest_fd >= 0)
        close(a->manifest_fd);
    buf_done(&a->lines);
    hash_set_done(&a->keys);
    free(a->names);
    free(a->dir);
    free(a->manifest_path);
    free(a->mbox_path);
    free(a);
}

/* ---- adding ---- */
static int failed(struct archive *a, const struct error *why, struct error *err)
{
    a->broken = *why;
    if (err)
        *err = *why;
    return -1;
}

static void add_name(struct archive *a, char *name)
{
    if (a->name_count == a->name_cap) {
        a->name_cap = a->name_cap ? 2 * a->name_cap : 64;
        a->names = mem_grow(a->names, a->name_cap, sizeof *a->names);
    }
    a->names[a->name_count++] = name;
}

/* The name goes by the key: added again after a crash, the message replaces itself. */
static int add_file(
    struct archive *a, const struct archive_message *m, const uint8_t key[SHA256_OCTETS], struct error *err)
{
    char hex[SHA256_HEX];
    sha256_hex(key, hex);
    char *name CLEANUP(mem_free_str) = mem_printf("%.32s" SUFFIX, hex);
    if (maildir_write(a->dir, name, m->spool, m->date_s, err) < 0)
        return -1;
    char *file CLEANUP(mem_free_str) = mem_printf("cur/%s", name);
    archive_manifest_add(&a->lines, a->format, m, file, 0, 0);
    add_name(a, TAKE(name));
    return 0;
}

static int add_entry(struct archive *a, const struct archive_message *m, struct error *err)
{
    uint64_t stored;
    a->mbox_dirty = true;
    if (archive_mbox_write(a->mbox_fd, a->mbox_path, a->mbox_octets, m->spool, m->date_s, &stored, err) < 0)
        return -1;
    archive_manifest_add(&a->lines, a->format, m, ARCHIVE_MBOX_NAME, a->mbox_octets, stored);
    a->mbox_octets += stored;
    return 0;
}

/* A UIDL that is empty is none. */
static const char *key_of(const char *uidl)
{
    return uidl && *uidl ? uidl : NULL;
}

bool archive_has(const struct archive *a, const char *account, const char *key, uint64_t listed_octets)
{
    uint8_t digest[SHA256_OCTETS];
    if (!key_of(key))
        return false;
    archive_manifest_key(account, key, listed_octets, NULL, digest);
    return hash_set_has(&a->keys, digest);
}

int archive_add(struct archive *a, const struct archive_message *m, struct error *err)
{
    uint8_t digest[SHA256_OCTETS];
    struct error why;
    if (a->broken.code)
        return failed(a, &a->broken, err);
    archive_manifest_key(m->account, key_of(m->key), m->listed_octets, m->sha256, digest);
    if (hash_set_has(&a->keys, digest))
        return 0;
    int rc = a->format == ARCHIVE_MBOX ? add_entry(a, m, &why) : add_file(a, m, digest, &why);
    if (rc < 0)
        return failed(a, &why, err);
    hash_set_add(&a->keys, digest);
    crash_point("archive-added");
    return 0;
}

/* The files before the manifest: what is listed is there. */
static int store(struct archive *a, struct error *err)
{
    if (a->format == ARCHIVE_MAILDIR)
        return maildir_place(a->dir, "cur", a->names, a->name_count, err);
    if (disk_sync(a->mbox_fd, a->mbox_path, err) < 0)
        return -1;
    a->mbox_synced = a->mbox_octets;
    return 0;
}

static int list(struct archive *a, struct error *err)
{
    if (disk_write(a->manifest_fd, buf_bytes(&a->lines), buf_len(&a->lines), a->manifest_path, err) < 0)
        return -1;
    crash_point("archive-listed");
    return disk_sync(a->manifest_fd, a->manifest_path, err);
}

int archive_sync(struct archive *a, struct error *err)
{
    struct error why;
    if (a->broken.code)
        return failed(a, &a->broken, err);
    if (!buf_len(&a->lines))
        return 0;
    if (store(a, &why) < 0)
        return failed(a, &why, err);
    crash_point("archive-stored");
    if (list(a, &why) < 0)
        return failed(a, &why, err);
    crash_point("archive-synced");
    buf_clear(&a->lines);
    drop_names(a, false);
    a->mbox_dirty = false;
    return 0;
}

size_t archive_count(const struct archive *a)
{
    return a->keys.used;
}
