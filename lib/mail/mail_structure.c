#include "mail_structure.h"

#include "mail_content.h"
#include "mail_lines.h"
#include "mail_mime.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct mail_structure {
    struct mail_lines lines;
    struct mail_mime *mime;
    struct mail_content *content;
    struct sha256 *whole;
    uint64_t leaves;

    bool line_open; /* the current line's front has been judged */
    enum mail_mime_place place;
    size_t front_len;
    char front[MAIL_MIME_FRONT];
};

static void start(struct mail_structure *s)
{
    mail_lines_init(&s->lines);
    s->leaves = 0;
    s->line_open = false;
    s->front_len = 0;
    mail_content_start(s->content, mail_mime_leaf(s->mime));
}

struct mail_structure *mail_structure_new(void)
{
    struct mail_structure *s = mem_alloc(sizeof *s);
    s->mime = mail_mime_new();
    s->content = mail_content_new();
    s->whole = sha256_new();
    start(s);
    return s;
}

void mail_structure_free(struct mail_structure *s)
{
    if (!s)
        return;
    mail_mime_free(s->mime);
    mail_content_free(s->content);
    sha256_free(s->whole);
    free(s);
}

static void follow(struct mail_structure *s, struct mail_mime_step step)
{
    if (step.commit) {
        uint8_t digest[SHA256_OCTETS];
        const char *type = mail_mime_done(s->mime)->type;
        mail_content_finish(s->content, digest);
        sha256_update(s->whole, type, strlen(type) + 1);
        sha256_update(s->whole, digest, sizeof digest);
        s->leaves++;
    }
    if (step.start)
        mail_content_start(s->content, mail_mime_leaf(s->mime));
    s->place = step.place;
}

static bool is_content(const struct mail_structure *s)
{
    return s->place == MAIL_MIME_CONTENT || s->place == MAIL_MIME_MAYBE;
}

static void open_line(struct mail_structure *s)
{
    follow(s, mail_mime_line(s->mime, s->front, s->front_len));
    if (is_content(s))
        mail_content_text(s->content, s->front, s->front_len);
    s->line_open = true;
}

static void text(struct mail_structure *s, const char *text, size_t len)
{
    if (!s->line_open) {
        size_t room = sizeof s->front - s->front_len, n = len < room ? len : room;
        memcpy(s->front + s->front_len, text, n);
        s->front_len += n;
        text += n;
        len -= n;
    }
    if (!len)
        return;
    if (!s->line_open)
        open_line(s);
    mail_mime_rest(s->mime, text, len);
    if (is_content(s))
        mail_content_text(s->content, text, len);
}

static void end(struct mail_structure *s)
{
    if (!s->line_open)
        open_line(s);
    if (is_content(s))
        mail_content_end(s->content);
    s->line_open = false;
    s->front_len = 0;
}

static void drain(struct mail_structure *s)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&s->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_TEXT)
            text(s, piece.text, piece.len);
        else
            end(s);
    }
}

void mail_structure_feed(struct mail_structure *s, const void *data, size_t len)
{
    mail_lines_feed(&s->lines, data, len);
    drain(s);
}

void mail_structure_finish(struct mail_structure *s, struct mail_structure_facts *ret)
{
    mail_lines_finish(&s->lines);
    drain(s);
    if (mail_lines_unended(&s->lines))
        end(s);
    ret->open = mail_mime_is_open(s->mime);
    ret->closed = mail_mime_is_closed(s->mime);
    follow(s, mail_mime_finish(s->mime));
    ret->leaves = s->leaves;
    sha256_final(s->whole, ret->sha256);
    start(s);
}
