#include "store_private.h"

#include "dbx.h"
#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_pst.h"
#include "store_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

struct store_reader {
    int fd;
    char *place;
    uint64_t at, end; /* in the file */
    bool blocks;      /* what lies there is a chain of blocks: end is of the one that at is in */
    uint64_t left;    /* octets of the message that are still to come */
    uint32_t next;
    struct store_pieces pieces; /* of what is put together; at and end are of one of them */
    size_t piece;               /* the next of them */
    int other;                  /* file of the one that is being read, or -1: it is in the message's own */
    bool whole_line;            /* of that one, as are these: */
    unsigned width;
    bool last_end;
    bool over;
    struct store_pst_reader *pst; /* of a message that is built; NULL */
    struct stat was;              /* when it was opened */
    struct store_text text;
    struct buf out;
};

static int by_folder(const void *key, const void *file)
{
    uint32_t folder = *(const uint32_t *)key, other = ((const struct store_files *)file)->folder;
    return (folder > other) - (folder < other);
}

/* They are in the order of their folders, as tasks are. */
static const struct store_files *file_of(const struct store *s, uint32_t folder)
{
    return s->file_count ? bsearch(&folder, s->files, s->file_count, sizeof *s->files, by_folder) : NULL;
}

static char *path_of(const struct store *s, const struct store_item *item)
{
    const char *disk = s->folders[item->folder].disk;
    return file_of(s, item->folder) ? mem_strdup(disk)
                                    : store_dir_join(disk, buf_bytes(&s->names) + item->at);
}

char *store_place(const struct store *s, size_t i)
{
    const struct store_item *item = &s->items[i];
    char *path CLEANUP(mem_free_str) = path_of(s, item);
    if (s->kind == STORE_PST)
        return mem_printf("%s, folder \"%s\", item %llu", path, s->folders[item->folder].path,
            (unsigned long long)item->at);
    return file_of(s, item->folder) ? mem_printf("%s, octet %llu", path, (unsigned long long)item->at)
                                    : TAKE(path);
}

static int refuse(const char *place, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_DISK, "%s: %s", place, what);
}

static int64_t mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static int refuse_changed(const char *place, struct error *err)
{
    return refuse(place,
        "the file was changed since it was looked through: close the mail program that uses it, and run the same "
        "command again",
        err);
}

static int check(const struct store_files *was, const struct store_item *item, const struct store_reader *r,
    struct error *err)
{
    uint64_t octets = (uint64_t)r->was.st_size;
    if (was ? was->octets != octets || was->mtime_ns != mtime_ns(&r->was) : item->octets != octets)
        return refuse_changed(r->place, err);
    return 0;
}

/* All was read: of one and the same file, if nobody wrote to it meanwhile. */
static int check_end(const struct store_reader *r, struct error *err)
{
    struct stat st;
    if (fstat(r->fd, &st) < 0)
        return refuse(r->place, strerror(errno), err);
    if (st.st_size != r->was.st_size || mtime_ns(&st) != mtime_ns(&r->was))
        return refuse_changed(r->place, err);
    return 0;
}

/* Those of a message that is put together. */
static int find_pieces(struct store *s, const struct store_item *item, const char *path,
    struct store_reader *r, struct error *err)
{
    char *why CLEANUP(mem_free_str) = NULL;
    if (s->kind == STORE_PST) {
        r->at = r->end = 0;
        r->pst = store_pst_open(s, item, r->place, err);
        return r->pst ? 0 : -1;
    }
    if (s->kind != STORE_BECKY && s->kind != STORE_EMLX)
        return 0;
    r->at = r->end = 0;
    if ((s->kind == STORE_EMLX ? store_emlx_pieces : store_becky_pieces)(
            item, r->fd, path, &r->pieces, &why) < 0)
        return refuse(r->place, why, err);
    return 0;
}

struct store_reader *store_reader_open(struct store *s, size_t i, struct error *err)
{
    const struct store_item *item = &s->items[i];
    const struct store_files *file = file_of(s, item->folder);
    char *path CLEANUP(mem_free_str) = path_of(s, item);
    struct store_reader *r = mem_alloc(sizeof *r);
    r->place = store_place(s, i);
    r->text.unquote = (item->flags & STORE_UNQUOTE) != 0;
    r->fd = store_file_open(path, file != NULL);
    r->at = file ? item->at : 0;
    r->end = r->at + item->octets;
    r->blocks = s->kind == STORE_DBX;
    if (r->blocks) {
        r->next = (uint32_t)item->at;
        r->left = item->octets;
        r->at = r->end = 0;
    }
    r->other = -1;
    if (r->fd < 0 || fstat(r->fd, &r->was) < 0)
        refuse(r->place, strerror(errno), err);
    else if (check(file, item, r, err) == 0 && find_pieces(s, item, path, r, err) == 0)
        return r;
    store_reader_close(r);
    return NULL;
}

/* The block behind the one that was read; none where the message is over. */
static int next_block(struct store_reader *r, struct error *err)
{
    struct dbx_block block;
    if (!r->left)
        return 0;
    if (!dbx_block_at(store_file_read, &r->fd, r->next, &block))
        return refuse(r->place, "its blocks are broken", err);
    r->at = block.text;
    r->end = block.text + (block.octets < r->left ? block.octets : r->left);
    r->left -= r->end - r->at;
    r->next = block.next;
    return 0;
}

/* The one before it is over. */
static void end_piece(struct store_reader *r)
{
    if (r->whole_line && r->text.inside)
        store_text_feed(&r->text, "\n", 1, &r->out);
    r->whole_line = false;
    r->width = 0;
    if (r->other >= 0)
        close(r->other);
    r->other = -1;
}

/* Text is handed out on the way to the next run of a file; none: all was read. */
static int next_piece(struct store_reader *r, struct error *err)
{
    end_piece(r);
    while (r->piece < r->pieces.count) {
        const struct store_piece *p = &r->pieces.all[r->piece++];
        r->text.unstuff = p->unstuff;
        if (p->text) {
            store_text_feed(&r->text, p->text, strlen(p->text), &r->out);
            continue;
        }
        if (p->path && (r->other = store_file_open(p->path, false)) < 0)
            return refuse(p->path, strerror(errno), err);
        r->whole_line = p->whole_line;
        r->width = p->width;
        r->last_end = p->last_end;
        r->at = p->at;
        r->end = p->end;
        break;
    }
    return 0;
}

/* One line of it. */
static void encode(const unsigned char *data, size_t len, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        unsigned left = len - i < 3 ? (unsigned)(len - i) : 3;
        unsigned bits = (unsigned)data[i] << 16 | (left > 1 ? (unsigned)data[i + 1] << 8 : 0) |
                        (left > 2 ? data[i + 2] : 0);
        char group[4] = {digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
            left > 2 ? digits[bits & 63] : '='};
        buf_append(out, group, sizeof group);
    }
}

/* Some lines of base64. */
static int read_encoded(struct store_reader *r, struct error *err)
{
    unsigned char line[1024];
    size_t octets = r->width / 4 * 3;
    for (size_t done = 0; done < CHUNK && r->at < r->end; done += octets) {
        size_t n = r->end - r->at < octets ? (size_t)(r->end - r->at) : octets;
        if (!store_file_read(&r->other, r->at, line, n))
            return refuse(r->place, "one of its parts in files of their own cannot be read any more", err);
        encode(line, n, &r->out);
        r->at += n;
        if (r->at < r->end || r->last_end)
            buf_append_str(&r->out, "\r\n");
    }
    return 0;
}

static int read_more(struct store_reader *r, struct error *err)
{
    if (r->pst) {
        int rc = store_pst_read(r->pst, &r->out, err);
        r->over = rc == 0;
        return rc < 0 || (rc == 0 && check_end(r, err) < 0) ? -1 : 0;
    }
    if (r->blocks && r->at == r->end && next_block(r, err) < 0)
        return -1;
    if (r->at == r->end && next_piece(r, err) < 0)
        return -1;
    if (r->width && r->at < r->end)
        return read_encoded(r, err);
    char chunk[CHUNK];
    size_t want = r->end - r->at < sizeof chunk ? (size_t)(r->end - r->at) : sizeof chunk;
    ssize_t n = want ? pread(r->other >= 0 ? r->other : r->fd, chunk, want, (off_t)r->at) : 0;
    if (n < 0 && errno == EINTR)
        return 0;
    if (n < 0)
        return refuse(r->place, strerror(errno), err);
    if (!n && want)
        return refuse(r->place, "the file has become shorter since it was looked through", err);
    if (!want) {
        if (check_end(r, err) < 0)
            return -1;
        store_text_finish(&r->text, &r->out);
        r->over = true;
    } else {
        store_text_feed(&r->text, chunk, (size_t)n, &r->out);
        r->at += (uint64_t)n;
    }
    return 0;
}

ssize_t store_reader_read(struct store_reader *r, void *dst, size_t cap, struct error *err)
{
    while (!buf_len(&r->out) && !r->over)
        if (read_more(r, err) < 0)
            return -1;
    return (ssize_t)buf_take(&r->out, dst, cap);
}

void store_reader_close(struct store_reader *r)
{
    if (!r)
        return;
    if (r->fd >= 0)
        close(r->fd);
    if (r->other >= 0)
        close(r->other);
    store_pieces_done(&r->pieces);
    store_pst_close(r->pst);
    buf_done(&r->out);
    free(r->place);
    free(r);
}
