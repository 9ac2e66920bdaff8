#include "mail_mime_type.h"

#include "text.h"
#include <stdio.h>
#include <string.h>

#define SECTIONS_MAX 20 /* RFC 2231 section 3: of one parameter */

struct cursor {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Blanks and comments. */
static void skip_blanks(struct cursor *c)
{
    unsigned depth = 0;
    for (; c->at < c->end; c->at++) {
        if (*c->at == '(')
            depth++;
        else if (*c->at == ')' && depth)
            depth--;
        else if (*c->at == '\\' && depth && c->end - c->at > 1)
            c->at++;
        else if (!depth && !is_blank(*c->at))
            break;
    }
}

static size_t token(struct cursor *c, const char *stops)
{
    const char *from = c->at;
    while (c->at < c->end && !is_blank(*c->at) && !strchr(stops, *c->at))
        c->at++;
    return (size_t)(c->at - from);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool mail_mime_type_name(const char *value, size_t len, char *ret, size_t cap)
{
    struct cursor c = {value, value + len};
    skip_blanks(&c);
    const char *major = c.at;
    size_t major_len = token(&c, "/;(");
    skip_blanks(&c);
    if (!major_len || c.at == c.end || *c.at != '/')
        return false;
    c.at++;
    skip_blanks(&c);
    const char *minor = c.at;
    size_t minor_len = token(&c, ";(");
    if (!minor_len || major_len + minor_len + 2 > cap)
        return false;
    for (size_t i = 0; i < major_len; i++)
        ret[i] = lower(major[i]);
    ret[major_len] = '/';
    for (size_t i = 0; i < minor_len; i++)
        ret[major_len + 1 + i] = lower(minor[i]);
    ret[major_len + 1 + minor_len] = '\0';
    return true;
}

/* A parameter's value, as long as it fits; what does not makes *ret_len cap. */
static void read_value(struct cursor *c, char *ret, size_t cap, size_t *ret_len)
{
    bool quoted = c->at < c->end && *c->at == '"';
    size_t n = 0;
    c->at += quoted;
    for (; c->at < c->end && n < cap; c->at++) {
        if (quoted ? *c->at == '"' : is_blank(*c->at) || *c->at == ';' || *c->at == '(')
            break;
        if (quoted && *c->at == '\\' && c->end - c->at > 1)
            c->at++;
        ret[n++] = *c->at;
    }
    c->at += quoted && c->at < c->end;
    *ret_len = n;
}

static bool to_next_param(struct cursor *c)
{
    bool quoted = false;
    for (; c->at < c->end && (quoted || *c->at != ';'); c->at++) {
        if (*c->at == '"')
            quoted = !quoted;
        else if (quoted && *c->at == '\\' && c->end - c->at > 1)
            c->at++;
    }
    if (c->at == c->end)
        return false;
    c->at++;
    skip_blanks(c);
    return true;
}

/* The first parameter of this name, as it stands. false: there is none, or it does not fit. */
static bool find_param(const char *value, size_t len, const char *name, char *ret, size_t cap)
{
    struct cursor c = {value, value + len};
    while (to_next_param(&c)) {
        const char *found = c.at;
        size_t found_len = token(&c, "=;");
        skip_blanks(&c);
        if (c.at == c.end || *c.at != '=' || text_compare_nocase(found, found_len, name, strlen(name)) != 0)
            continue;
        c.at++;
        skip_blanks(&c);
        char got[256];
        size_t got_len;
        read_value(&c, got, sizeof got, &got_len);
        if (!got_len || got_len >= sizeof got || got_len >= cap)
            return false;
        memcpy(ret, got, got_len);
        ret[got_len] = '\0';
        return true;
    }
    return false;
}

/* ---- RFC 2231 ---- */
static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "us-ascii'en'a%20b" (the charset and language stand in the first section alone), in place. */
static void decode(char *text, bool first)
{
    const char *in = text;
    for (int quotes = 0; first && quotes < 2; quotes++) {
        const char *quote = strchr(in, '\'');
        if (!quote) {
            in = text;
            break;
        }
        in = quote + 1;
    }
    char *out = text;
    for (; *in; in++) {
        bool coded = *in == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0;
        *out++ = (char)(coded ? hex(in[1]) * 16 + hex(in[2]) : *in);
        in += coded ? 2 : 0;
    }
    *out = '\0';
}

/* name*0, name*1*, ... in their order, or name* alone. */
static bool find_extended(const char *value, size_t len, const char *name, char *ret, size_t cap)
{
    char section[64], text[256];
    size_t n = 0;
    snprintf(section, sizeof section, "%s*", name);
    if (find_param(value, len, section, text, sizeof text)) {
        decode(text, true);
        n = strlen(text);
        if (n && n < cap)
            memcpy(ret, text, n + 1);
        return n && n < cap;
    }
    for (unsigned i = 0; i < SECTIONS_MAX; i++) {
        snprintf(section, sizeof section, "%s*%u*", name, i);
        bool coded = find_param(value, len, section, text, sizeof text);
        section[strlen(section) - 1] = '\0';
        if (!coded && !find_param(value, len, section, text, sizeof text))
            break;
        if (coded)
            decode(text, i == 0);
        size_t more = strlen(text);
        if (n + more >= cap)
            return false;
        memcpy(ret + n, text, more + 1);
        n += more;
    }
    return n > 0;
}

bool mail_mime_type_param(const char *value, size_t len, const char *name, char *ret, size_t cap)
{
    return find_param(value, len, name, ret, cap) || find_extended(value, len, name, ret, cap);
}

enum mail_mime_encoding mail_mime_type_encoding(const char *value, size_t len)
{
    struct cursor c = {value, value + len};
    skip_blanks(&c);
    const char *name = c.at;
    size_t n = token(&c, ";(");
    if (!text_compare_nocase(name, n, "base64", 6))
        return MAIL_MIME_BASE64;
    return !text_compare_nocase(name, n, "quoted-printable", 16) ? MAIL_MIME_QP : MAIL_MIME_IDENTITY;
}
