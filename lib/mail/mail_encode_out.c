#include "mail_encode_out.h"

#include "mail_charset.h"
#include <string.h>

#define ROOM_MIN 40 /* columns worth a first word that is not the last */

void mail_encode_out_init(struct mail_encode_out *o, const char *label)
{
    enum mail_octets_kind kind = label ? mail_charset_octets(label, strlen(label)) : MAIL_OCTETS_ONE;
    *o = (struct mail_encode_out){.label = label, .kind = {.kind = kind}};
}

void mail_encode_out_done(struct mail_encode_out *o)
{
    buf_done(&o->text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_gap(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

void mail_encode_out_raw(struct mail_encode_out *o, const char *s, size_t len)
{
    buf_append(&o->text, s, len);
    for (size_t i = 0; i < len; i++) {
        o->column++;
        o->blanks = is_blank(s[i]) ? o->blanks + 1 : 0;
        if (s[i] == '\n') {
            o->column = 0;
            o->has_word = false;
        }
        o->after_word = o->after_word && is_gap(s[i]);
    }
}

void mail_encode_out_fold(struct mail_encode_out *o)
{
    size_t blanks = o->blanks;
    buf_append(&o->text, blanks ? "\r\n" : "\r\n ", blanks ? 2 : 3);
    if (blanks) {
        char *end = o->text.data + o->text.end;
        memmove(end - blanks, end - blanks - 2, blanks);
        memcpy(end - blanks - 2, "\r\n", 2);
    }
    o->blanks = o->column = blanks ? blanks : 1;
    o->has_word = false;
}

/* A line is never made of blanks only: there is something before them on this one. */
static bool may_fold(const struct mail_encode_out *o)
{
    return o->blanks && o->column > o->blanks;
}

void mail_encode_out_copy(struct mail_encode_out *o, const char *s, size_t len)
{
    while (len) {
        size_t n = 0;
        bool gap = is_gap(s[0]);
        while (n < len && is_gap(s[n]) == gap)
            n++;
        if (!gap && o->has_word && may_fold(o) && o->column + n > MAIL_ENCODE_COLUMNS)
            mail_encode_out_fold(o);
        mail_encode_out_raw(o, s, n);
        s += n;
        len -= n;
    }
}

/* Octets that Windows-1252 does not have, or a text that has more of them than letters, is something else. */
static bool looks_western(const char *s, size_t len)
{
    size_t letters = 0, high = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d)
            return false;
        high += c >= 0x80;
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
    return high <= letters;
}

const char *mail_encode_out_label(const struct mail_encode_out *o, const char *octets, size_t len)
{
    const char *label = o->label ? o->label : mail_charset_detect(octets, len);
    return label ? label : looks_western(octets, len) ? "windows-1252" : "unknown-8bit";
}

static void base64(struct mail_encode_out *o, const char *s, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *u = (const unsigned char *)s;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned bits =
            (unsigned)u[i] << 16 | (left > 1 ? (unsigned)u[i + 1] << 8 : 0) | (left > 2 ? u[i + 2] : 0);
        char quartet[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
            left > 1 ? digits[bits >> 6 & 63] : '=', left > 2 ? digits[bits & 63] : '='};
        mail_encode_out_raw(o, quartet, sizeof quartet);
    }
}

/* How many of the octets go into a word that may have so many columns: whole characters. */
static size_t fitting(
    const struct mail_encode_out *o, const char *label, const char *s, size_t len, size_t columns)
{
    size_t frame = strlen("=?") + strlen(label) + strlen("?B?") + strlen("?=");
    size_t max = columns > frame ? (columns - frame) / 4 * 3 : 0, n = 0;
    struct mail_octets kind = o->kind;
    while (n < len) {
        size_t step = mail_octets_next(&kind, s + n, len - n);
        if (n + step > max)
            break;
        n += step;
    }
    return n;
}

static void word(struct mail_encode_out *o, const char *label, const char *s, size_t len)
{
    mail_encode_out_raw(o, "=?", 2);
    mail_encode_out_raw(o, label, strlen(label));
    mail_encode_out_raw(o, "?B?", 3);
    base64(o, s, len);
    mail_encode_out_raw(o, "?=", 2);
    o->has_word = o->after_word = true;
}

static bool needs_blank(const struct mail_encode_out *o)
{
    const struct buf *b = &o->text;
    return buf_len(b) && !is_gap(b->data[b->end - 1]) && b->data[b->end - 1] != '(';
}

void mail_encode_out_words(struct mail_encode_out *o, const char *octets, size_t len)
{
    const char *label = mail_encode_out_label(o, octets, len);
    if (needs_blank(o))
        mail_encode_out_raw(o, " ", 1);
    while (len) {
        size_t room = o->column < MAIL_ENCODE_COLUMNS ? MAIL_ENCODE_COLUMNS - o->column : 0;
        size_t n = fitting(o, label, octets, len, room);
        if (n < len && room < ROOM_MIN && o->column > o->blanks) {
            mail_encode_out_fold(o);
            continue;
        }
        if (!n) /* a line of very many blanks */
            n = fitting(o, label, octets, len, MAIL_ENCODE_COLUMNS);
        word(o, label, octets, n);
        octets += n;
        len -= n;
        if (len)
            mail_encode_out_fold(o);
    }
}
