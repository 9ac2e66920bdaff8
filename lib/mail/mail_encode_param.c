#include "mail_encode_param.h"

#include "mem.h"
#include <stdio.h>
#include <string.h>

#define NAME_MAX_OCTETS 48 /* what remains of a line must hold the octets of a character */

struct param {
    const char *name;
    size_t name_len;
    const char *raw; /* the value as it stands, with its quotes */
    size_t raw_len;
    bool has_value, quoted;
};

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* RFC 2045 tspecials end a token; "*" belongs to RFC 2231. */
static bool is_attribute_octet(char c)
{
    return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=*'%", c);
}

/* Without quotes, backslashes and folds. */
static void unquote(const struct mail_encode_out *o, const struct param *p, struct buf *ret)
{
    struct mail_octets kind = o->kind;
    size_t end = p->raw_len - (p->quoted && p->raw_len > 1 && p->raw[p->raw_len - 1] == '"');
    for (size_t i = p->quoted; i < end;) {
        if (p->quoted && p->raw[i] == '\\' && i + 1 < end)
            i++;
        size_t n = mail_octets_next(&kind, p->raw + i, end - i);
        if (p->raw[i] != '\r' && p->raw[i] != '\n')
            buf_append(ret, p->raw + i, n);
        i += n;
    }
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* One character: its octets may look like letters in the middle of it. */
static void percent(struct buf *b, const char *s, size_t len)
{
    if (len == 1 && (is_alphanumeric(s[0]) || (s[0] && strchr("-._", s[0])))) {
        buf_append_char(b, s[0]);
        return;
    }
    for (size_t i = 0; i < len; i++)
        buf_printf(b, "%%%02X", (unsigned char)s[i]);
}

static void percent_all(const struct mail_encode_out *o, struct buf *b, const char *s, size_t len)
{
    struct mail_octets kind = o->kind;
    for (size_t i = 0, n; i < len; i += n) {
        n = mail_octets_next(&kind, s + i, len - i);
        percent(b, s + i, n);
    }
}

static void put(struct mail_encode_out *o, const struct buf *b)
{
    mail_encode_out_raw(o, buf_bytes(b), buf_len(b));
}

/* name*0*=charset''...; name*1*=...; each on a line of its own. */
static void put_sections(
    struct mail_encode_out *o, const struct param *p, const char *label, const struct buf *octets)
{
    struct mail_octets kind = o->kind;
    const char *s = buf_bytes(octets);
    size_t left = buf_len(octets);
    for (unsigned section = 0; left; section++) {
        CLEANUP(buf_done) struct buf line = {0};
        buf_printf(&line, "%.*s*%u*=%s%s", (int)p->name_len, p->name, section, section ? "" : label,
            section ? "" : "''");
        for (bool any = false; left; any = true) {
            CLEANUP(buf_done) struct buf character = {0};
            size_t n = mail_octets_next(&kind, s, left);
            percent(&character, s, n);
            if (any && o->column + buf_len(&line) + buf_len(&character) > MAIL_ENCODE_COLUMNS)
                break;
            buf_append(&line, buf_bytes(&character), buf_len(&character));
            s += n;
            left -= n;
        }
        put(o, &line);
        if (left) {
            mail_encode_out_raw(o, ";", 1);
            mail_encode_out_fold(o);
        }
    }
}

static void put_extended(struct mail_encode_out *o, const struct param *p)
{
    CLEANUP(buf_done) struct buf octets = {0};
    CLEANUP(buf_done) struct buf whole = {0};
    unquote(o, p, &octets);
    const char *label = mail_encode_out_label(o, buf_bytes(&octets), buf_len(&octets));
    buf_printf(&whole, "%.*s*=%s''", (int)p->name_len, p->name, label);
    percent_all(o, &whole, buf_bytes(&octets), buf_len(&octets));
    if (o->column + buf_len(&whole) > MAIL_ENCODE_COLUMNS && o->column > o->blanks)
        mail_encode_out_fold(o);
    if (o->column + buf_len(&whole) <= MAIL_ENCODE_COLUMNS)
        put(o, &whole);
    else
        put_sections(o, p, label, &octets);
}

/* Said to be extended already, but raw: only what is raw changes. */
static void put_escaped(struct mail_encode_out *o, const struct param *p)
{
    CLEANUP(buf_done) struct buf b = {0};
    buf_append(&b, p->name, p->name_len);
    buf_append_char(&b, '=');
    for (size_t i = 0; i < p->raw_len; i++) {
        if (p->raw[i] & 0x80)
            buf_printf(&b, "%%%02X", (unsigned char)p->raw[i]);
        else
            buf_append_char(&b, p->raw[i]);
    }
    put(o, &b);
}

static bool is_plain_name(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_attribute_octet(s[i]))
            return false;
    return len && len <= NAME_MAX_OCTETS;
}

static bool put_param(struct mail_encode_out *o, const struct param *p)
{
    size_t n = p->name_len;
    bool extended = n && p->name[n - 1] == '*';
    if (is_plain_name(p->name, n))
        put_extended(o, p);
    else if (extended && !mail_octets_any_8bit(p->name, n))
        put_escaped(o, p);
    else
        return false;
    return true;
}

static size_t quoted_end(const struct mail_encode_out *o, const char *s, size_t len)
{
    struct mail_octets kind = o->kind;
    for (size_t i = 1; i < len;) {
        if (s[i] == '"')
            return i + 1;
        if (s[i] == '\\' && i + 1 < len)
            i++;
        i += mail_octets_next(&kind, s + i, len - i);
    }
    return len;
}

static size_t bare_end(const char *s, size_t len)
{
    const char *semicolon = memchr(s, ';', len);
    size_t n = semicolon ? (size_t)(semicolon - s) : len;
    while (n && is_gap(s[n - 1]))
        n--;
    return n;
}

/* "name = value" with blanks around it; returns how many octets it is. */
static size_t read_param(const struct mail_encode_out *o, const char *s, size_t len, struct param *ret)
{
    size_t at = 0;
    while (at < len && is_gap(s[at]))
        at++;
    ret->name = s + at;
    while (at < len && s[at] != '=' && s[at] != ';' && !is_gap(s[at]))
        at++;
    ret->name_len = (size_t)(s + at - ret->name);
    while (at < len && is_gap(s[at]))
        at++;
    ret->has_value = at < len && s[at] == '=';
    at += ret->has_value;
    while (at < len && is_gap(s[at]))
        at++;
    ret->raw = s + at;
    ret->quoted = at < len && s[at] == '"';
    ret->raw_len = ret->quoted ? quoted_end(o, s + at, len - at) : bare_end(s + at, len - at);
    return at + ret->raw_len;
}

/* What follows a ";". */
static bool one_param(struct mail_encode_out *o, const char *s, size_t len, size_t *ret_used)
{
    struct param p;
    size_t n = read_param(o, s, len, &p);
    *ret_used = n;
    if (!mail_octets_any_8bit(s, n)) {
        mail_encode_out_copy(o, s, n);
        return true;
    }
    mail_encode_out_copy(o, s, (size_t)(p.name - s));
    return p.has_value && put_param(o, &p);
}

/* Up to and with the next ";", or all of it. */
static bool between(struct mail_encode_out *o, const char *s, size_t len, size_t *ret_used)
{
    const char *semicolon = memchr(s, ';', len);
    *ret_used = semicolon ? (size_t)(semicolon - s) + 1 : len;
    mail_encode_out_copy(o, s, *ret_used);
    return !mail_octets_any_8bit(s, *ret_used);
}

bool mail_encode_param(struct mail_encode_out *o, const char *value, size_t len)
{
    size_t used = 0;
    for (bool in_param = false; len; in_param = !in_param) {
        bool ok = in_param ? one_param(o, value, len, &used) : between(o, value, len, &used);
        if (!ok)
            return false;
        value += used;
        len -= used;
    }
    return true;
}
