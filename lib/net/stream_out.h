/* stream_out.h - octets on their way out. A write that TLS left half done must be tried again with the same
 * memory and length, so they stay where they are until a whole piece is gone: a ring that never moves.
 * Internal to lib/net. */
#pragma once

#include <stddef.h>

#define STREAM_OUT_CAP   (128 * 1024)
#define STREAM_OUT_PIECE (64 * 1024)

/* Zero-initialised is empty; memory comes with the first octet. */
struct stream_out {
    char *ring; /* owned */
    size_t at, used, piece;
};

void stream_out_done(struct stream_out *out);
/* Take over as much as there is room for; returns how much. */
size_t stream_out_put(struct stream_out *out, const void *src, size_t len);
/* The next piece to send: the same one until stream_out_sent. Returns its length, 0 when empty. */
size_t stream_out_next(struct stream_out *out, const char **ret_piece);
/* Overwrite what the ring holds, gone or not, and empty it. */
void stream_out_wipe(struct stream_out *out);
/* The first len octets of it are gone. */
void stream_out_sent(struct stream_out *out, size_t len);
