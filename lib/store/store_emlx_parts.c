#include "store_private.h"

#include "emlx.h"
#include "emlx_parts.h"
#include "emlx_qp.h"
#include "mem.h"
#include "store_file.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

/* ---- files of parts ---- */
/* Is it so many octets long, with line ends of LF or of CR LF? */
static bool has_length(const char *path, uint64_t octets, uint64_t length)
{
    char chunk[CHUNK];
    uint64_t lines = 0, at = 0;
    int fd = store_file_open(path, false);
    for (ssize_t n; fd >= 0 && (n = pread(fd, chunk, sizeof chunk, (off_t)at)) > 0; at += (uint64_t)n)
        for (const char *p = chunk, *end = chunk + n; p < end && (p = memchr(p, '\n', (size_t)(end - p)));
             p++)
            lines++;
    if (fd >= 0)
        close(fd);
    return at == octets && (length == octets || length == octets + lines);
}

/* ID of ".../ID.partial.emlx"; the folder it lies in. */
static char *id_of(const char *path, char **ret_dir)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    *ret_dir = slash ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup(".");
    return mem_strndup(name, strcspn(name, "."));
}

/* The only file of this folder, but for hidden ones. NULL: there is none, or there are several. */
static char *only_file(const char *dir)
{
    struct store_dir d;
    size_t files = 0, which = 0;
    if (store_dir_read(dir, &d) < 0)
        return NULL;
    for (size_t i = 0; i < d.count; i++)
        if (d.entries[i].type == STORE_ENTRY_FILE && *d.entries[i].name != '.') {
            files++;
            which = i;
        }
    char *path = files == 1 ? store_dir_join(dir, d.entries[which].name) : NULL;
    store_dir_done(&d);
    return path;
}

/* A part's content, decoded: as it was sent. False: it cannot be that. */
static bool add_decoded(const struct emlx_part *part, char *path, uint64_t octets, struct store_pieces *ret)
{
    struct store_piece piece = {.end = octets};
    struct buf text CLEANUP(buf_done) = {0};
    bool fine = part->encoding == EMLX_BASE64
                    ? emlx_base64_shape(octets, part->octets, &piece.width, &piece.last_end)
                    : has_length(path, octets, part->octets);
    if (part->encoding == EMLX_QP) {
        size_t len;
        char *whole CLEANUP(mem_free_str) = store_file_whole(path, EMLX_QP_MAX, &len);
        fine = whole && emlx_qp_encode(whole, len, part->octets, &text);
        piece = (struct store_piece){.text = fine ? buf_strdup(&text) : NULL};
    }
    if (!fine)
        return false;
    if (!piece.text)
        piece.path = mem_strdup(path);
    store_pieces_add(ret, &piece);
    return true;
}

static bool add_part(
    const struct emlx_part *part, const char *message, struct store_pieces *ret, char **ret_why)
{
    struct stat st;
    char *dir CLEANUP(mem_free_str) = NULL, *id CLEANUP(mem_free_str) = id_of(message, &dir);
    char *sent CLEANUP(mem_free_str) = mem_printf("%s/%s.%s.emlxpart", dir, id, part->number);
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/../Attachments/%s/%s", dir, id, part->number);
    if (lstat(sent, &st) == 0 && S_ISREG(st.st_mode) &&
        has_length(sent, (uint64_t)st.st_size, part->octets)) {
        store_pieces_add(ret, &(struct store_piece){.path = TAKE(sent), .end = (uint64_t)st.st_size});
        return true;
    }
    char *decoded CLEANUP(mem_free_str) = only_file(folder);
    if (decoded && lstat(decoded, &st) == 0 && S_ISREG(st.st_mode) &&
        add_decoded(part, decoded, (uint64_t)st.st_size, ret))
        return true;
    *ret_why =
        decoded ? mem_printf("the file of its part %s is not what was received (%llu octets as sent)",
                      part->number, (unsigned long long)part->octets)
                : mem_printf(
                      "its part %s (%llu octets) is not on this disk: it is on the mail server, if anywhere",
                      part->number, (unsigned long long)part->octets);
    return false;
}

/* ---- the message ---- */
static void add_run(struct store_pieces *p, uint64_t start, uint64_t at, uint64_t end)
{
    store_pieces_add(p, &(struct store_piece){.at = start + at, .end = start + end});
}

static int add_parts(int fd, uint64_t start, uint64_t octets, const char *path, struct emlx_parts *e,
    struct store_pieces *ret, char **ret_why)
{
    char chunk[CHUNK];
    uint64_t at = 0;
    while (e->at < octets) {
        uint64_t base = e->at;
        size_t n = octets - base < sizeof chunk ? (size_t)(octets - base) : sizeof chunk;
        if (!store_file_read(&fd, start + base, chunk, n)) {
            *ret_why = mem_strdup("the file was changed since it was looked through");
            return -1;
        }
        for (size_t done = 0; done < n;) {
            bool part;
            done += emlx_parts_feed(e, chunk + done, n - done, &part);
            if (!part)
                continue;
            add_run(ret, start, at, e->part.field_at);
            add_run(ret, start, e->part.field_end, e->part.content_at);
            at = e->part.content_at;
            if (ret->count + 4 > STORE_PIECES_MAX) {
                *ret_why = mem_printf("it has too many parts in files of their own (%zu)", ret->count / 3);
                return -1;
            }
            if (e->part.octets && !add_part(&e->part, path, ret, ret_why))
                return -1;
        }
    }
    if (e->odd || emlx_parts_is_open(e)) {
        *ret_why = mem_strdup("a part of it lies in a file of its own in a way that popferry does not know");
        return -1;
    }
    add_run(ret, start, at, octets);
    return 0;
}

int store_emlx_pieces(
    const struct store_item *item, int fd, const char *path, struct store_pieces *ret, char **ret_why)
{
    char front[EMLX_FRONT];
    struct stat st;
    uint64_t start, octets;
    ssize_t n = pread(fd, front, sizeof front, 0);
    if (n < 0 || fstat(fd, &st) < 0 || !emlx_count(front, (size_t)n, &start, &octets) ||
        octets > (uint64_t)st.st_size - start) {
        *ret_why = mem_strdup("the file was changed since it was looked through");
        return -1;
    }
    if (!(item->flags & STORE_PARTS)) {
        add_run(ret, start, 0, octets);
        return 0;
    }
    struct emlx_parts *e = mem_alloc(sizeof *e);
    int rc = add_parts(fd, start, octets, path, e, ret, ret_why);
    free(e);
    return rc;
}
