#include "mail_repair.h"

#include <inttypes.h>
#include <stdio.h>

bool mail_repair_needed(const struct mail_facts *facts)
{
    return facts->bare_cr || facts->bare_lf || facts->nul || facts->no_final_crlf;
}

void mail_repair_init(struct mail_repair *r)
{
    mail_lines_init(&r->lines);
}

static void drain(struct mail_repair *r, struct buf *out)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&r->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_TEXT)
            buf_append(out, piece.text, piece.len);
        else
            buf_append(out, "\r\n", 2);
    }
}

void mail_repair_feed(struct mail_repair *r, const void *data, size_t len, struct buf *out)
{
    mail_lines_feed(&r->lines, data, len);
    drain(r, out);
}

void mail_repair_finish(struct mail_repair *r, struct buf *out)
{
    mail_lines_finish(&r->lines);
    drain(r, out);
    if (mail_lines_unended(&r->lines))
        buf_append(out, "\r\n", 2);
    mail_lines_init(&r->lines);
}

static size_t count_words(char *dst, size_t cap, size_t at, uint64_t count, const char *what)
{
    if (!count || at >= cap)
        return at;
    int n = snprintf(dst + at, cap - at, "%s%" PRIu64 " %s", at ? ", " : "", count, what);
    return n > 0 ? at + (size_t)n : at;
}

char *mail_repair_words(const struct mail_facts *facts, char *dst, size_t cap)
{
    if (cap)
        dst[0] = '\0';
    size_t at = count_words(dst, cap, 0, facts->bare_lf, "bare LF");
    at = count_words(dst, cap, at, facts->bare_cr, "bare CR");
    at = count_words(dst, cap, at, facts->nul, "NUL");
    if (facts->no_final_crlf && at < cap)
        snprintf(dst + at, cap - at, "%sno final CRLF", at ? ", " : "");
    return dst;
}
