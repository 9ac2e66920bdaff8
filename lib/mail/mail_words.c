#include "mail_words.h"

#include "buf.h"
#include "mail_charset.h"
#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <string.h>

#define CHARSET_MAX 40

/* "=?charset*language?B?text?=" (RFC 2047 section 2, RFC 2231 section 5). */
struct word {
    const char *charset;
    size_t charset_len;
    char encoding; /* 'b' or 'q' */
    const char *text;
    size_t len;
    const char *next;
};

/* Words of one charset in a row: their octets are decoded together, since a character may be cut in two. */
struct run {
    const char *charset;
    size_t charset_len;
    const char *from, *to; /* as they stand in the value */
    struct buf octets;
};

static bool read_word(const char *s, struct word *ret)
{
    struct word w = {.charset = s + 2};
    size_t full = strcspn(w.charset, "? ");
    w.charset_len = strcspn(w.charset, "?* ");
    const char *p = w.charset + full;
    if (!w.charset_len || w.charset_len > CHARSET_MAX || p[0] != '?' || !p[1] || p[2] != '?')
        return false;
    w.encoding = (char)(p[1] | 0x20);
    w.text = p + 3;
    const char *end = strstr(w.text, "?=");
    if ((w.encoding != 'b' && w.encoding != 'q') || !end)
        return false;
    w.len = (size_t)(end - w.text);
    w.next = end + 2;
    *ret = w;
    return true;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode_q(const char *s, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '=' && len - i > 2 && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
            buf_append_char(out, (char)(hex(s[i + 1]) << 4 | hex(s[i + 2])));
            i += 2;
        } else {
            buf_append_char(out, s[i] == '_' ? ' ' : s[i]);
        }
    }
}

static int base64(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);
    return at ? (int)(at - digits) : -1;
}

static void decode_b(const char *s, size_t len, struct buf *out)
{
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < len && s[i] != '='; i++) {
        int v = base64(s[i]);
        if (v < 0)
            continue;
        bits = (bits << 6 | (unsigned)v) & 0xffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_append_char(out, (char)(bits >> have));
        }
    }
}

static void flush(struct run *r, struct buf *out)
{
    if (!r->charset)
        return;
    if (!mail_charset_decode(r->charset, r->charset_len, buf_bytes(&r->octets), buf_len(&r->octets), out))
        buf_append(out, r->from, (size_t)(r->to - r->from));
    buf_clear(&r->octets);
    r->charset = NULL;
}

static void add(struct run *r, const char *at, const struct word *w, struct buf *out)
{
    if (r->charset && text_compare_nocase(r->charset, r->charset_len, w->charset, w->charset_len) != 0)
        flush(r, out);
    if (!r->charset) {
        r->charset = w->charset;
        r->charset_len = w->charset_len;
        r->from = at;
    }
    r->to = w->next;
    if (w->encoding == 'q')
        decode_q(w->text, w->len, &r->octets);
    else
        decode_b(w->text, w->len, &r->octets);
}

static bool only_blanks(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from == to;
}

/* What stands between words: blanks between two of them join them (RFC 2047 section 6.2). */
static void between(struct run *r, const char *from, const char *to, bool word_follows, struct buf *out)
{
    if (r->charset && word_follows && only_blanks(from, to))
        return;
    flush(r, out);
    mail_charset_guess(from, (size_t)(to - from), out);
}

/* The next place where a word could end; kept between calls, so that a value of openings costs no search for
 * each. */
static bool may_close(const char **closer, const char *p)
{
    if (*closer && *closer < p)
        *closer = strstr(p, "?=");
    return *closer;
}

static void decode(const char *value, struct buf *out)
{
    struct run run = {0};
    const char *from = value, *p = value, *closer = value;
    while ((p = strstr(p, "=?")) && may_close(&closer, p + 2)) {
        struct word w;
        if (!read_word(p, &w)) {
            p += 2;
            continue;
        }
        between(&run, from, p, true, out);
        add(&run, p, &w, out);
        from = p = w.next;
    }
    between(&run, from, from + strlen(from), false, out);
    buf_done(&run.octets);
}

char *mail_words_decode(const char *value)
{
    CLEANUP(buf_done) struct buf out = {0};
    decode(value ? value : "", &out);
    size_t len = buf_len(&out);
    char *shown = mem_alloc(len + 1);
    return text_clean(shown, len + 1, buf_bytes(&out), len);
}
