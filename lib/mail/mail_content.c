#include "mail_content.h"

#include "buf.h"
#include "mail_body.h"
#include "mail_lines.h"
#include "mail_transfer.h"
#include "mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 256
#define PIECE    16384

/* Octets that count only when something follows them: blanks of a line of text, line ends of other content.
 * Of very many, the front and their number are hashed. */
struct held {
    uint64_t count;
    char front[HELD_MAX];
};

struct mail_content {
    bool text;
    struct mail_transfer transfer;
    struct mail_lines lines; /* of the decoded text */
    struct held held;
    struct mail_body *body;
    struct buf decoded;
};

struct mail_content *mail_content_new(void)
{
    struct mail_content *c = mem_alloc(sizeof *c);
    c->body = mail_body_new();
    return c;
}

void mail_content_free(struct mail_content *c)
{
    if (!c)
        return;
    mail_body_free(c->body);
    buf_done(&c->decoded);
    free(c);
}

static bool is_text(const char *type)
{
    return !strncmp(type, "text/", 5) || !strncmp(type, "message/", 8) || !strncmp(type, "multipart/", 10);
}

void mail_content_start(struct mail_content *c, const struct mail_mime_leaf *leaf)
{
    uint8_t unused[SHA256_OCTETS];
    mail_body_finish(c->body, unused);
    c->text = is_text(leaf->type);
    c->transfer = (struct mail_transfer){.encoding = leaf->encoding};
    mail_lines_init(&c->lines);
    c->held.count = 0;
    buf_clear(&c->decoded);
}

static bool is_held(const struct mail_content *c, char octet)
{
    return c->text ? octet == ' ' || octet == '\t' : octet == '\r' || octet == '\n';
}

static void hold(struct held *h, const char *s, size_t len)
{
    for (size_t i = 0; i < len && h->count + i < HELD_MAX; i++)
        h->front[h->count + i] = s[i];
    h->count += len;
}

static void release(struct mail_content *c)
{
    struct held *h = &c->held;
    mail_body_text(c->body, h->front, h->count < HELD_MAX ? h->count : HELD_MAX);
    if (h->count > HELD_MAX) {
        char number[24];
        int n = snprintf(number, sizeof number, "%" PRIu64, h->count);
        mail_body_text(c->body, number, (size_t)n);
    }
    h->count = 0;
}

/* Runs of such octets go the same way wherever they stand, or a split inside one could be told. */
static void hash(struct mail_content *c, const char *s, size_t len)
{
    for (size_t n; len; s += n, len -= n) {
        bool held = is_held(c, s[0]);
        for (n = 1; n < len && is_held(c, s[n]) == held; n++)
            ;
        if (held) {
            hold(&c->held, s, n);
            continue;
        }
        if (c->held.count)
            release(c);
        mail_body_text(c->body, s, n);
    }
}

static void drain_lines(struct mail_content *c)
{
    struct mail_lines_piece piece;
    for (enum mail_lines_event e; (e = mail_lines_next(&c->lines, &piece)) != MAIL_LINES_MORE;) {
        if (e == MAIL_LINES_TEXT) {
            hash(c, piece.text, piece.len);
        } else {
            c->held.count = 0;
            mail_body_end(c->body);
        }
    }
}

static void drain(struct mail_content *c)
{
    if (c->text) {
        mail_lines_feed(&c->lines, buf_bytes(&c->decoded), buf_len(&c->decoded));
        drain_lines(c);
    } else {
        hash(c, buf_bytes(&c->decoded), buf_len(&c->decoded));
    }
    buf_clear(&c->decoded);
}

void mail_content_text(struct mail_content *c, const char *text, size_t len)
{
    while (len) {
        size_t n = len < PIECE ? len : PIECE;
        mail_transfer_text(&c->transfer, text, n, &c->decoded);
        if (buf_len(&c->decoded) >= PIECE)
            drain(c);
        text += n;
        len -= n;
    }
}

void mail_content_end(struct mail_content *c)
{
    mail_transfer_end(&c->transfer, c->text ? "\n" : "\r\n", &c->decoded);
    if (buf_len(&c->decoded) >= PIECE)
        drain(c);
}

void mail_content_finish(struct mail_content *c, uint8_t ret_digest[SHA256_OCTETS])
{
    mail_transfer_finish(&c->transfer, &c->decoded);
    drain(c);
    if (c->text) {
        mail_lines_finish(&c->lines);
        drain_lines(c);
    }
    mail_body_finish(c->body, ret_digest);
}
