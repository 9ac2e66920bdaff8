#include "mail_mend.h"

void mail_mend_munged_init(struct mail_mend_munged *m)
{
    mail_lines_init(&m->lines);
    m->in_line = m->in_body = false;
}

static void text(struct mail_mend_munged *m, const struct mail_lines_piece *piece, struct buf *out)
{
    m->in_line = true;
    if (m->in_body) {
        buf_append(out, piece->text, piece->len);
        return;
    }
    char *dst = buf_reserve(out, piece->len);
    for (size_t i = 0; i < piece->len; i++)
        dst[i] = piece->text[i] & 0x80 ? 'X' : piece->text[i];
    buf_commit(out, piece->len);
}

static void end(struct mail_mend_munged *m, struct buf *out)
{
    m->in_body = m->in_body || !m->in_line;
    m->in_line = false;
    buf_append(out, "\r\n", 2);
}

static void drain(struct mail_mend_munged *m, struct buf *out)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&m->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_TEXT)
            text(m, &piece, out);
        else
            end(m, out);
    }
}

void mail_mend_munged_feed(struct mail_mend_munged *m, const void *data, size_t len, struct buf *out)
{
    mail_lines_feed(&m->lines, data, len);
    drain(m, out);
}

void mail_mend_munged_finish(struct mail_mend_munged *m, struct buf *out)
{
    mail_lines_finish(&m->lines);
    drain(m, out);
    if (mail_lines_unended(&m->lines))
        buf_append(out, "\r\n", 2);
    mail_mend_munged_init(m);
}
