#include "stream_out.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void stream_out_done(struct stream_out *out)
{
    free(out->ring);
    *out = (struct stream_out){0};
}

void stream_out_wipe(struct stream_out *out)
{
    if (out->ring)
        explicit_bzero(out->ring, STREAM_OUT_CAP);
    stream_out_done(out);
}

size_t stream_out_put(struct stream_out *out, const void *src, size_t len)
{
    len = least(len, STREAM_OUT_CAP - out->used);
    if (!len)
        return 0;
    if (!out->ring)
        out->ring = mem_alloc(STREAM_OUT_CAP);
    size_t end = (out->at + out->used) % STREAM_OUT_CAP;
    size_t until_wrap = least(len, STREAM_OUT_CAP - end);
    memcpy(out->ring + end, src, until_wrap);
    memcpy(out->ring, (const char *)src + until_wrap, len - until_wrap);
    out->used += len;
    return len;
}

size_t stream_out_next(struct stream_out *out, const char **ret_piece)
{
    if (!out->piece)
        out->piece = least(least(out->used, STREAM_OUT_PIECE), STREAM_OUT_CAP - out->at);
    *ret_piece = out->piece ? out->ring + out->at : NULL;
    return out->piece;
}

void stream_out_sent(struct stream_out *out, size_t len)
{
    out->used -= len;
    out->at = out->used ? (out->at + len) % STREAM_OUT_CAP : 0;
    out->piece = 0;
}
