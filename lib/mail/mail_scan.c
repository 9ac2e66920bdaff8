#include "mail_scan.h"

#include "mail_body.h"
#include "mail_header.h"
#include "mail_lines.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

enum part {
    IN_HEADER,
    MAYBE_NONE, /* in the header, only lines so far that are no field: perhaps all of it is body */
    IN_BODY,
};

struct mail_scan {
    struct sha256 *whole, *print;
    struct mail_header *header;
    struct mail_body *body;
    struct mail_lines lines;
    enum part part;
    bool ended; /* the header was, by an empty line */
    uint64_t header_octets;
};

static void start(struct mail_scan *s)
{
    mail_lines_init(&s->lines);
    s->part = MAYBE_NONE;
    s->ended = false;
    s->header_octets = 0;
}

struct mail_scan *mail_scan_new(void)
{
    struct mail_scan *s = mem_alloc(sizeof *s);
    s->whole = sha256_new();
    s->print = sha256_new();
    s->header = mail_header_new();
    s->body = mail_body_new();
    start(s);
    return s;
}

void mail_scan_free(struct mail_scan *s)
{
    if (!s)
        return;
    sha256_free(s->whole);
    sha256_free(s->print);
    mail_header_free(s->header);
    mail_body_free(s->body);
    free(s);
}

static void forget_body(struct mail_scan *s)
{
    uint8_t unused[SHA256_OCTETS];
    mail_body_finish(s->body, unused);
}

static void text(struct mail_scan *s, const struct mail_lines_piece *piece)
{
    if (s->part != IN_BODY)
        mail_header_text(s->header, piece->text, piece->len);
    if (s->part == MAYBE_NONE && mail_header_has_fields(s->header)) {
        forget_body(s);
        s->part = IN_HEADER;
    }
    if (s->part != IN_HEADER)
        mail_body_text(s->body, piece->text, piece->len);
}

static void header_is_over(struct mail_scan *s, uint64_t octets)
{
    s->ended = true;
    s->part = IN_BODY;
    if (mail_header_is_none(s->header)) {
        mail_body_end(s->body);
        return;
    }
    s->header_octets = octets;
    forget_body(s);
}

static void end(struct mail_scan *s, const struct mail_lines_piece *piece)
{
    if (s->part != IN_BODY && mail_header_end(s->header))
        header_is_over(s, piece->end_octets);
    else if (s->part != IN_HEADER)
        mail_body_end(s->body);
}

static void drain(struct mail_scan *s)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&s->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_TEXT)
            text(s, &piece);
        else
            end(s, &piece);
    }
}

void mail_scan_feed(struct mail_scan *s, const void *data, size_t len)
{
    if (!len)
        return;
    sha256_update(s->whole, data, len);
    mail_lines_feed(&s->lines, data, len);
    drain(s);
}

static void fingerprint(struct mail_scan *s, struct mail_facts *f)
{
    if (f->message_id) {
        sha256_update(s->print, f->message_id, strlen(f->message_id) + 1);
        sha256_update(s->print, f->core, sizeof f->core);
    } else {
        sha256_update(s->print, f->whole_header, sizeof f->whole_header);
    }
    sha256_update(s->print, f->body, sizeof f->body);
    sha256_final(s->print, f->fingerprint);
}

void mail_scan_finish(struct mail_scan *s, struct mail_facts *ret)
{
    mail_lines_finish(&s->lines);
    drain(s);
    struct mail_facts f;
    bool has_header = mail_header_finish(s->header, &f);
    if (has_header && s->part != IN_BODY)
        forget_body(s);
    f.octets = s->lines.octets;
    f.header_octets = has_header && !s->ended ? f.octets : s->header_octets;
    f.has_body = s->ended || !has_header;
    sha256_final(s->whole, f.sha256);
    mail_body_finish(s->body, f.body);
    fingerprint(s, &f);
    f.bare_cr = s->lines.bare_cr;
    f.bare_lf = s->lines.bare_lf;
    f.nul = s->lines.nul;
    f.no_final_crlf = mail_lines_unended(&s->lines);
    f.longest_line = s->lines.longest_line;
    start(s);
    *ret = f;
}
