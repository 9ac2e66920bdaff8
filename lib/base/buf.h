/* buf.h - a growable byte queue: append at the end, consume at the front.
 *
 * Zero-initialised is empty and valid; buf_done accepts that. Growth aborts when memory is out: whoever lets
 * a peer choose the size must bound it first. */
#pragma once

#include <stddef.h>

struct buf {
    char *data; /* owned */
    size_t start, end, cap;
};

void buf_done(struct buf *b);
void buf_clear(struct buf *b);
void buf_append(struct buf *b, const void *data, size_t len);
void buf_append_str(struct buf *b, const char *s);
void buf_append_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull(2)));
/* Room for len more bytes at the end; write there, then buf_commit what was written. */
void *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);
void buf_consume(struct buf *b, size_t len); /* len <= buf_len */
/* Copy out at most cap bytes from the front and consume them; returns how many. */
size_t buf_take(struct buf *b, void *dst, size_t cap);
/* NUL-terminated copy of the content (not counting embedded NULs); caller frees. */
char *buf_strdup(const struct buf *b);
/* Make the content a C string in place (a NUL after the end that is not counted). */
const char *buf_str(struct buf *b);

static inline size_t buf_len(const struct buf *b)
{
    return b->end - b->start;
}

static inline const char *buf_bytes(const struct buf *b)
{
    return b->data ? b->data + b->start : "";
}
