#include "store_text.h"

#include <string.h>

static const char word[] = "From ";

/* What was held back was none, or is one: `less` of its ">"s go. */
static void let_go(struct store_text *t, size_t less, struct buf *out)
{
    for (size_t i = less; i < t->quotes; i++)
        buf_append_char(out, '>');
    buf_append(out, word, t->word);
    if (t->dot)
        buf_append_char(out, '.');
    t->quotes = t->word = 0;
    t->dot = false;
    t->inside = true;
}

/* At the begin of a line. True: the octet is held back. */
static bool hold(struct store_text *t, char c, struct buf *out)
{
    if (c == '>' && !t->word && t->quotes < STORE_TEXT_QUOTES_MAX) {
        t->quotes++;
        return true;
    }
    if (!t->quotes || c != word[t->word]) {
        let_go(t, 0, out);
        return false;
    }
    t->word++;
    if (!word[t->word])
        let_go(t, 1, out);
    return true;
}

/* At the begin of a line: how many octets of it are dealt with. */
static size_t unstuff(struct store_text *t, const char *data, size_t len, struct buf *out)
{
    size_t at = 0;
    if (!t->dot && data[0] == '.') {
        t->dot = true;
        at = 1;
    }
    if (t->dot && at < len) {
        at += data[at] == '.';
        let_go(t, 0, out);
    }
    return at;
}

/* A run without LF, within a line. */
static void run(struct store_text *t, const char *data, size_t len, struct buf *out)
{
    size_t at = t->unstuff && !t->inside ? unstuff(t, data, len, out) : 0;
    while (t->unquote && !t->inside && at < len) {
        if (!hold(t, data[at], out))
            break;
        at++;
    }
    buf_append(out, data + at, len - at);
    t->inside = t->inside || at < len;
    t->cr = data[len - 1] == '\r';
}

void store_text_feed(struct store_text *t, const char *data, size_t len, struct buf *out)
{
    const char *end = data + len;
    while (data < end) {
        const char *lf = memchr(data, '\n', (size_t)(end - data));
        const char *stop = lf ? lf : end;
        if (stop > data)
            run(t, data, (size_t)(stop - data), out);
        if (!lf)
            return;
        if (!t->inside)
            let_go(t, 0, out);
        buf_append_str(out, t->cr ? "\n" : "\r\n");
        t->cr = t->inside = false;
        data = lf + 1;
    }
}

void store_text_finish(struct store_text *t, struct buf *out)
{
    if (!t->inside)
        let_go(t, 0, out);
}
