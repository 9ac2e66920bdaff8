/* A message of an Outlook store, built piece by piece. */
#include "store_pst.h"

#include "mem.h"
#include "pst_build.h"
#include "pst_mime.h"
#include "store_pst_file.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_CHUNK 65536
/* Whole lines of base64. */
#define DATA_CHUNK ((uint32_t)PST_BASE64_LINE * 4096)

struct store_pst_reader {
    struct store *store;
    char *path, *place;
    uint32_t id;
    struct buf octets; /* of the item */
    struct pst_item *item;
    struct pst_message message;
    size_t piece; /* the current one */
    uint64_t at;  /* in it */
};

static int refuse(const struct store_pst_reader *r, const char *why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED,
        "%s: this message is not whole: %s", r->place, why);
}

static bool build(struct store_pst_reader *r, struct error *err)
{
    struct pst_request request = {.kind = PST_REQUEST_MESSAGE, .id = r->id};
    if (!store_pst_ask(r->store, r->path, &request, &r->octets)) {
        refuse(r, buf_str(&r->octets), err);
        return false;
    }
    r->item = pst_item_parse(buf_bytes(&r->octets), buf_len(&r->octets));
    if (!r->item) {
        refuse(r, "it is damaged", err);
        return false;
    }
    pst_build(r->item, r->store->charset, &r->message);
    if (r->message.lacks)
        refuse(r, r->message.lacks, err);
    return !r->message.lacks;
}

struct store_pst_reader *store_pst_open(
    struct store *s, const struct store_item *item, const char *place, struct error *err)
{
    struct store_pst_reader *r = mem_alloc(sizeof *r);
    r->store = s;
    r->path = mem_strdup(s->folders[item->folder].disk);
    r->place = mem_strdup(place);
    r->id = (uint32_t)item->at;
    if (build(r, err))
        return r;
    store_pst_close(r);
    return NULL;
}

static int read_data(
    struct store_pst_reader *r, const struct pst_piece *p, struct buf *out, struct error *err)
{
    struct buf data CLEANUP(buf_done) = {0};
    struct pst_request request = {
        .kind = PST_REQUEST_DATA, .id = r->id, .levels = p->data->levels, .offset = r->at};
    uint64_t left = p->data->octets - r->at;
    request.count = left < DATA_CHUNK ? (uint32_t)left : DATA_CHUNK;
    memcpy(request.path, p->data->path, sizeof request.path);
    if (!store_pst_ask(r->store, r->path, &request, &data))
        return refuse(r, buf_str(&data), err);
    if (buf_len(&data) != request.count)
        return refuse(r, "an attachment's data end too early", err);
    if (p->encoded)
        pst_mime_base64(out, buf_bytes(&data), buf_len(&data));
    else
        buf_append(out, buf_bytes(&data), buf_len(&data));
    r->at += request.count;
    return r->at == p->data->octets;
}

/* 1: the piece is over. */
static int read_piece(
    struct store_pst_reader *r, const struct pst_piece *p, struct buf *out, struct error *err)
{
    if (p->data)
        return read_data(r, p, out, err);
    size_t left = p->len - (size_t)r->at, n = left < TEXT_CHUNK ? left : TEXT_CHUNK;
    buf_append(out, buf_bytes(&r->message.text) + p->at + r->at, n);
    r->at += n;
    return r->at == p->len;
}

int store_pst_read(struct store_pst_reader *r, struct buf *out, struct error *err)
{
    if (r->piece == r->message.count)
        return 0;
    int rc = read_piece(r, &r->message.pieces[r->piece], out, err);
    if (rc < 0)
        return -1;
    if (rc) {
        r->piece++;
        r->at = 0;
    }
    return 1;
}

void store_pst_close(struct store_pst_reader *r)
{
    if (!r)
        return;
    pst_message_done(&r->message);
    pst_item_free(r->item);
    buf_done(&r->octets);
    free(r->path);
    free(r->place);
    free(r);
}
