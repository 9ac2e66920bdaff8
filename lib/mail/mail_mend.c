#include "mail_mend.h"

#include "mail_break.h"
#include "mail_cut.h"
#include "mail_encode.h"
#include "mail_field.h"
#include "mail_octets.h"
#include "mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mail_mend {
    unsigned flags;
    struct mail_lines lines;
    struct mail_break *breaker; /* NULL without LINES */
    struct buf *out;            /* the caller's, during a call */
    struct mail_mend_counts counts;

    bool in_body, in_line;
    bool fields, odd, mbox; /* there was a field, a line that is none, a first line "From " */
    bool field_known, line_known;
    struct buf field; /* the lines of the current one so far, unless: */
    bool passing;     /* it is too long, and passed on as it comes */
    bool raw;         /* with 8-bit octets */
};

static void start(struct mail_mend *m)
{
    mail_lines_init(&m->lines);
    m->counts = (struct mail_mend_counts){0};
    m->in_body = !(m->flags & MAIL_MEND_HEADERS);
    m->in_line = m->passing = m->raw = false;
    m->fields = m->odd = m->mbox = m->field_known = m->line_known = false;
    buf_clear(&m->field);
}

struct mail_mend *mail_mend_new(unsigned flags)
{
    struct mail_mend *m = mem_alloc(sizeof *m);
    m->flags = flags;
    if (flags & MAIL_MEND_LINES)
        m->breaker = mail_break_new();
    start(m);
    return m;
}

void mail_mend_free(struct mail_mend *m)
{
    if (!m)
        return;
    mail_break_free(m->breaker);
    buf_done(&m->field);
    free(m);
}

static void pass_text(struct mail_mend *m, const char *text, size_t len)
{
    if (m->breaker)
        mail_break_text(m->breaker, text, len, m->out);
    else
        buf_append(m->out, text, len);
}

static void pass_end(struct mail_mend *m)
{
    if (m->breaker)
        mail_break_end(m->breaker, m->out);
    else
        buf_append(m->out, "\r\n", 2);
}

/* Lines of CR LF, the last one perhaps not ended yet. */
static void pass_lines(struct mail_mend *m, const struct buf *b)
{
    const char *s = buf_bytes(b), *end = s + buf_len(b);
    while (s < end) {
        const char *cr = memchr(s, '\r', (size_t)(end - s));
        pass_text(m, s, (size_t)((cr ? cr : end) - s));
        if (!cr)
            break;
        pass_end(m);
        s = cr + 2;
    }
}

/* A line of the header, known to its end or far enough: what mail_scan.h would call it. */
static void note_line(struct mail_mend *m)
{
    const char *line = buf_bytes(&m->field);
    size_t len = buf_len(&m->field), prefix;
    bool first = !m->fields && !m->odd && !m->mbox;
    if (m->field_known)
        m->odd = m->odd || !m->fields;
    else if (mail_field_name(line, len, &prefix))
        m->fields = true;
    else if (first && len >= 5 && !memcmp(line, "From ", 5))
        m->mbox = true;
    else
        m->odd = true;
    m->field_known = m->line_known = true;
}

static void encode(struct mail_mend *m)
{
    struct buf encoded = {0};
    enum mail_encode_result result = mail_encode_field(buf_bytes(&m->field), buf_len(&m->field), &encoded);
    m->counts.fields += result == MAIL_ENCODE_DONE;
    m->counts.fields_left += result == MAIL_ENCODE_LEFT;
    pass_lines(m, result == MAIL_ENCODE_DONE ? &encoded : &m->field);
    buf_done(&encoded);
}

static void finish_field(struct mail_mend *m)
{
    if (m->passing)
        m->counts.fields_left += m->raw;
    else if (buf_len(&m->field))
        encode(m);
    buf_clear(&m->field);
    m->passing = m->raw = m->field_known = false;
}

static void begin_passing(struct mail_mend *m)
{
    if (!m->line_known)
        note_line(m);
    m->raw = mail_octets_any_8bit(buf_bytes(&m->field), buf_len(&m->field));
    pass_lines(m, &m->field);
    buf_clear(&m->field);
    m->passing = true;
}

static void header_text(struct mail_mend *m, const char *text, size_t len)
{
    if (!m->in_line && text[0] != ' ' && text[0] != '\t')
        finish_field(m);
    m->in_line = true;
    if (!m->passing) {
        size_t used = buf_len(&m->field), room = used < MAIL_MEND_FIELD_MAX ? MAIL_MEND_FIELD_MAX - used : 0;
        size_t n = len < room ? len : room;
        buf_append(&m->field, text, n);
        text += n;
        len -= n;
    }
    if (!len)
        return;
    if (!m->passing)
        begin_passing(m);
    m->raw = m->raw || mail_octets_any_8bit(text, len);
    pass_text(m, text, len);
}

/* Everything was body, and the body keeps what it has. */
static void forget_header(struct mail_mend *m)
{
    if (!m->fields && m->odd)
        m->counts.fields_left = 0;
}

static void header_end(struct mail_mend *m)
{
    if (!m->in_line) {
        finish_field(m);
        forget_header(m);
        m->in_body = true;
    } else if (!m->line_known) {
        note_line(m);
    }
    if (m->in_line && !m->passing)
        buf_append(&m->field, "\r\n", 2);
    else
        pass_end(m);
    m->in_line = m->line_known = false;
}

static void line_end(struct mail_mend *m)
{
    if (m->in_body)
        pass_end(m);
    else
        header_end(m);
}

static void drain(struct mail_mend *m)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&m->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_END)
            line_end(m);
        else if (m->in_body)
            pass_text(m, piece.text, piece.len);
        else
            header_text(m, piece.text, piece.len);
    }
}

void mail_mend_feed(struct mail_mend *m, const void *data, size_t len, struct buf *out)
{
    m->out = out;
    mail_lines_feed(&m->lines, data, len);
    drain(m);
    m->out = NULL;
}

void mail_mend_finish(struct mail_mend *m, struct buf *out, struct mail_mend_counts *ret)
{
    m->out = out;
    mail_lines_finish(&m->lines);
    drain(m);
    if (mail_lines_unended(&m->lines))
        line_end(m);
    if (!m->in_body) {
        finish_field(m);
        forget_header(m);
    }
    if (m->breaker)
        m->counts.lines = mail_break_finish(m->breaker);
    *ret = m->counts;
    start(m);
    m->out = NULL;
}

unsigned mail_mend_needed(const struct mail_facts *facts, unsigned flags)
{
    unsigned needed = facts->header_8bit ? MAIL_MEND_HEADERS : 0;
    if (facts->longest_line > MAIL_CUT_LINE)
        needed |= MAIL_MEND_LINES;
    return needed & flags;
}

static size_t add_words(char *dst, size_t cap, size_t at, const char *text)
{
    if (at >= cap)
        return at;
    int n = snprintf(dst + at, cap - at, "%s%s", at ? ", " : "", text);
    return n > 0 ? at + (size_t)n : at;
}

static size_t add_count(char *dst, size_t cap, size_t at, uint64_t count, const char *one, const char *many)
{
    char text[80];
    snprintf(text, sizeof text, "%" PRIu64 " %s", count, count == 1 ? one : many);
    return count ? add_words(dst, cap, at, text) : at;
}

char *mail_mend_words(const struct mail_mend_counts *counts, char *dst, size_t cap)
{
    if (cap)
        dst[0] = '\0';
    size_t at = counts->fields ? add_words(dst, cap, 0, "8-bit header encoded") : 0;
    at = add_count(dst, cap, at, counts->fields_left, "header field left with 8-bit octets",
        "header fields left with 8-bit octets");
    add_count(dst, cap, at, counts->lines, "long line broken", "long lines broken");
    return dst;
}
