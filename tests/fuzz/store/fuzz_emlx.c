/* A message file of Apple Mail: what its first line counts, its property list, its parts in files of their
 * own: in order and within the message, and the same at any split; quoted-printable that is found has the
 * length asked for. */
#include "buf.h"
#include "emlx.h"
#include "emlx_parts.h"
#include "emlx_qp.h"
#include "mem.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void parts(const char *text, size_t size, size_t piece, struct buf *out)
{
    struct emlx_parts *e = mem_alloc(sizeof *e);
    uint64_t last = 0;
    for (size_t at = 0; at < size;) {
        size_t n = piece < size - at ? piece : size - at;
        for (size_t done = 0; done < n;) {
            bool part;
            done += emlx_parts_feed(e, text + at + done, n - done, &part);
            need(e->at == at + done);
            if (!part)
                continue;
            const struct emlx_part *p = &e->part;
            need(last <= p->field_at && p->field_at < p->field_end && p->field_end < p->content_at &&
                 p->content_at <= size);
            need(*p->number && strspn(p->number, "0123456789.") == strlen(p->number));
            last = p->content_at;
            buf_printf(out, "%s %d %d %d %d\n", p->number, (int)p->field_at, (int)p->content_at,
                (int)p->octets, (int)p->encoding);
        }
        at += n;
    }
    buf_printf(out, "%d %d", e->odd, emlx_parts_is_open(e));
    free(e);
}

static void encode(const char *text, size_t size)
{
    struct buf out CLEANUP(buf_done) = {0};
    if (size > 4096)
        return;
    for (size_t length = size; length < size + 8; length++)
        if (emlx_qp_encode(text, size, length, &out))
            need(buf_len(&out) <= length && length <= 2 * buf_len(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct buf whole CLEANUP(buf_done) = {0}, single CLEANUP(buf_done) = {0};
    uint64_t start = 0, octets = 0;
    if (emlx_count(text, size, &start, &octets))
        need(start <= size && start <= EMLX_FRONT);
    emlx_plist_read(text, size);
    parts(text + start, size - start, size, &whole);
    parts(text + start, size - start, 1, &single);
    need(buf_len(&whole) == buf_len(&single) &&
         !memcmp(buf_bytes(&whole), buf_bytes(&single), buf_len(&whole)));
    encode(text, size);
    return 0;
}
