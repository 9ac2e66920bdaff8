#include "mail_transfer.h"

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void base64(struct mail_transfer *t, const char *text, size_t len, struct buf *out)
{
    char *dst = buf_reserve(out, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int v = sextet(text[i]);
        if (v < 0) {
            if (text[i] == '=')
                t->bits = t->have = 0;
            continue;
        }
        t->bits = (t->bits << 6 | (unsigned)v) & 0xffff;
        t->have += 6;
        if (t->have >= 8) {
            t->have -= 8;
            dst[n++] = (char)(t->bits >> t->have);
        }
    }
    buf_commit(out, n);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void give_back(struct mail_transfer *t, struct buf *out)
{
    if (t->escape)
        buf_append_char(out, '=');
    if (t->escape == 2)
        buf_append_char(out, t->digit);
    t->escape = 0;
}

static void qp_octet(struct mail_transfer *t, char c, struct buf *out)
{
    if (t->escape == 1 && (c == ' ' || c == '\t'))
        return; /* added on the way, before a soft line break */
    if (t->escape && hex(c) >= 0) {
        if (t->escape == 2)
            buf_append_char(out, (char)(hex(t->digit) << 4 | hex(c)));
        t->escape = t->escape == 2 ? 0 : 2;
        t->digit = c;
        return;
    }
    give_back(t, out);
    if (c == '=')
        t->escape = 1;
    else
        buf_append_char(out, c);
}

void mail_transfer_text(struct mail_transfer *t, const char *text, size_t len, struct buf *out)
{
    if (t->encoding == MAIL_MIME_BASE64) {
        base64(t, text, len, out);
        return;
    }
    if (t->encoding == MAIL_MIME_IDENTITY) {
        buf_append(out, text, len);
        return;
    }
    for (size_t i = 0; i < len; i++)
        qp_octet(t, text[i], out);
}

void mail_transfer_end(struct mail_transfer *t, const char *line_end, struct buf *out)
{
    if (t->encoding == MAIL_MIME_BASE64)
        return;
    bool soft = t->encoding == MAIL_MIME_QP && t->escape == 1;
    if (!soft)
        give_back(t, out);
    t->escape = 0;
    if (!soft)
        buf_append_str(out, line_end);
}

void mail_transfer_finish(struct mail_transfer *t, struct buf *out)
{
    give_back(t, out);
    *t = (struct mail_transfer){.encoding = t->encoding};
}
