#include "mail_break.h"

#include "mail_cut.h"
#include "mail_field.h"
#include "mail_mime.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct mail_break {
    struct mail_mime *mime;
    uint64_t lines;
    bool is_long; /* this line was broken already */
    enum mail_mime_place place;
    size_t from; /* a first line of a field: the end of its name */
    size_t len;
    char window[MAIL_CUT_WINDOW];
};

struct mail_break *mail_break_new(void)
{
    struct mail_break *b = mem_alloc(sizeof *b);
    b->mime = mail_mime_new();
    return b;
}

void mail_break_free(struct mail_break *b)
{
    if (!b)
        return;
    mail_mime_free(b->mime);
    free(b);
}

static enum mail_cut_style style(const struct mail_break *b, const struct mail_mime_leaf *leaf)
{
    if (b->place == MAIL_MIME_HEADER || b->place == MAIL_MIME_MAYBE)
        return MAIL_CUT_FOLD;
    if (b->place == MAIL_MIME_ASIDE)
        return MAIL_CUT_TEXT;
    return leaf->encoding == MAIL_MIME_QP       ? MAIL_CUT_QP
           : leaf->encoding == MAIL_MIME_BASE64 ? MAIL_CUT_BASE64
                                                : MAIL_CUT_TEXT;
}

static void begin_long(struct mail_break *b)
{
    b->place = mail_mime_line(b->mime, b->window, b->len).place;
    if (b->place != MAIL_MIME_HEADER || !mail_field_name(b->window, b->len, &b->from))
        b->from = 0;
    b->is_long = true;
    b->lines++;
}

static void cut(struct mail_break *b, struct buf *out)
{
    if (!b->is_long)
        begin_long(b);
    const struct mail_mime_leaf *leaf = mail_mime_leaf(b->mime);
    enum mail_octets_kind kind = b->place == MAIL_MIME_CONTENT ? leaf->octets : MAIL_OCTETS_UNKNOWN;
    struct mail_cut c;
    mail_cut_find(b->window, style(b, leaf), kind, b->from, &c);
    b->from = 0;
    buf_append(out, b->window, c.at);
    buf_append_str(out, c.close);
    buf_append(out, "\r\n", 2);
    size_t open = strlen(c.open), rest = b->len - c.at;
    memmove(b->window + open, b->window + c.at, rest);
    memcpy(b->window, c.open, open);
    b->len = open + rest;
}

void mail_break_text(struct mail_break *b, const char *text, size_t len, struct buf *out)
{
    while (len) {
        size_t room = sizeof b->window - b->len, n = len < room ? len : room;
        memcpy(b->window + b->len, text, n);
        b->len += n;
        if (b->is_long)
            mail_mime_rest(b->mime, text, n);
        if (b->len == sizeof b->window)
            cut(b, out);
        text += n;
        len -= n;
    }
}

void mail_break_end(struct mail_break *b, struct buf *out)
{
    if (!b->is_long)
        mail_mime_line(b->mime, b->window, b->len);
    buf_append(out, b->window, b->len);
    buf_append(out, "\r\n", 2);
    b->is_long = false;
    b->len = 0;
}

uint64_t mail_break_finish(struct mail_break *b)
{
    uint64_t lines = b->lines;
    mail_mime_finish(b->mime);
    b->lines = 0;
    return lines;
}
