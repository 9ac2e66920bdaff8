#include "buf.h"

#include "mem.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_CAP (256 * 1024) /* an emptied queue gives back what is beyond this */

void buf_done(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    if (b->cap > KEEP_CAP)
        buf_done(b);
    b->start = b->end = 0;
}

void *buf_reserve(struct buf *b, size_t len)
{
    if (b->cap - b->end >= len)
        return b->data + b->end;
    if (b->start) {
        memmove(b->data, b->data + b->start, b->end - b->start);
        b->end -= b->start;
        b->start = 0;
    }
    if (b->cap - b->end < len) {
        if (len > SIZE_MAX / 4 || b->end > SIZE_MAX / 4)
            abort();
        size_t cap = b->cap ? b->cap : 256;
        while (cap - b->end < len)
            cap *= 2;
        b->data = mem_grow(b->data, cap, 1);
        b->cap = cap;
    }
    return b->data + b->end;
}

void buf_commit(struct buf *b, size_t len)
{
    b->end += len;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
    if (!len)
        return;
    memcpy(buf_reserve(b, len), data, len);
    b->end += len;
}

void buf_append_str(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

void buf_append_char(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    size_t room = 128;
    int n = vsnprintf(buf_reserve(b, room), room, fmt, ap);
    va_end(ap);
    if (n >= (int)room)
        vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
    va_end(again);
    b->end += n > 0 ? (size_t)n : 0;
}

void buf_consume(struct buf *b, size_t len)
{
    b->start += len;
    if (b->start == b->end)
        buf_clear(b);
}

size_t buf_take(struct buf *b, void *dst, size_t cap)
{
    size_t n = buf_len(b) < cap ? buf_len(b) : cap;
    if (n) {
        memcpy(dst, b->data + b->start, n);
        buf_consume(b, n);
    }
    return n;
}

char *buf_strdup(const struct buf *b)
{
    return mem_strndup(buf_bytes(b), buf_len(b));
}

const char *buf_str(struct buf *b)
{
    *(char *)buf_reserve(b, 1) = '\0';
    return b->data + b->start;
}
