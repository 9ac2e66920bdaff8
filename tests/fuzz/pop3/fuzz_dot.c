/* The streaming decoder at changing cuts against a plain one that sees all of the input at once.
 *
 * Input: one octet of flags (bit 0: the server ends lines with LF), one that seeds the cuts, then the wire.
 */
#include "buf.h"
#include "mem.h"
#include "pop3_dot.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct wire {
    const char *s;
    size_t len;
    bool bare_lf;
};

static bool has(const struct wire *w, size_t at, const char *text)
{
    size_t n = strlen(text);
    return w->len - at >= n && !memcmp(w->s + at, text, n);
}

static bool at_line_start(const struct wire *w, size_t at)
{
    if (!at)
        return true;
    return w->s[at - 1] == '\n' && (w->bare_lf || (at > 1 && w->s[at - 2] == '\r'));
}

static bool is_doubt(const struct wire *w, size_t at)
{
    size_t n = has(w, at, "+OK") ? 3 : has(w, at, "-ERR") ? 4 : 0;
    if (!n || at + n == w->len || !memchr(" \r\n", w->s[at + n], 3))
        return false;
    if (at < 2 || w->s[at - 1] != '\n')
        return false;
    size_t dot = at - (w->s[at - 2] == '\r' ? 3 : 2);
    if (dot > at || w->s[dot] != '.')
        return false;
    return !(dot && w->s[dot - 1] == '.' && at_line_start(w, dot - 1));
}

/* All at once: the message to *out; what was consumed. */
static size_t reference(const struct wire *w, struct buf *out, bool *ret_ended, bool *ret_doubt)
{
    for (size_t at = 0; at < w->len; at++) {
        *ret_doubt = *ret_doubt || is_doubt(w, at);
        if (w->s[at] != '.' || !at_line_start(w, at)) {
            buf_append_char(out, w->s[at]);
            continue;
        }
        if (has(w, at, ".\r\n") || (w->bare_lf && has(w, at, ".\n"))) {
            *ret_ended = true;
            return at + (w->s[at + 1] == '\r' ? 3 : 2);
        }
        if (at + 1 == w->len || (at + 2 == w->len && w->s[at + 1] == '\r'))
            return w->len;
        buf_append_char(out, '.');
        if (w->s[at + 1] == '.')
            at++;
    }
    return w->len;
}

static size_t decode(struct pop3_dot *d, const struct wire *w, uint32_t seed, struct buf *out)
{
    size_t used = 0;
    while (used < w->len && !pop3_dot_ended(d)) {
        seed = seed * 1664525u + 1013904223u;
        size_t want = seed >> 28 ? (seed >> 24) % 7 + 1 : w->len, left = w->len - used;
        size_t n = want < left ? want : left;
        char *piece = mem_alloc(n); /* of exactly this size, for the address sanitizer */
        memcpy(piece, w->s + used, n);
        struct pop3_dot_span span;
        size_t took = pop3_dot_next(d, piece, n, &span);
        if (took > n || (!took && !span.len))
            abort();
        buf_append(out, span.data, span.len);
        used += took;
        free(piece);
    }
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct wire w = {(const char *)data + 2, size - 2, data[0] & 1};
    CLEANUP(buf_done) struct buf expected = {0}, actual = {0};
    bool ended = false, doubt = false;
    size_t consumed = reference(&w, &expected, &ended, &doubt);
    struct pop3_dot d;
    pop3_dot_init(&d, w.bare_lf);
    if (decode(&d, &w, data[1], &actual) != consumed || pop3_dot_ended(&d) != ended || d.doubt != doubt)
        abort();
    if (buf_len(&actual) != buf_len(&expected) ||
        (buf_len(&actual) && memcmp(buf_bytes(&actual), buf_bytes(&expected), buf_len(&actual)) != 0))
        abort();
    return 0;
}
