#include "emlx_parts.h"

#include "mail_field.h"
#include "mail_mime_type.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* The value, or NULL when the line is another field. *line ends with a NUL. */
static const char *value_of(const char *line, size_t len, const char *field)
{
    size_t prefix, name = mail_field_name(line, len, &prefix);
    if (!name || text_compare_nocase(line, name, field, strlen(field)) != 0)
        return NULL;
    return line + prefix + strspn(line + prefix, " \t");
}

static void add_value(char *dst, size_t cap, const char *text)
{
    size_t have = strlen(dst), len = strlen(text);
    if (have + len + 1 < cap)
        memcpy(dst + have, text, len + 1);
}

static void begin_header(struct emlx_parts *e)
{
    e->body = e->field = e->empty = false;
    e->which = EMLX_VALUE_NONE;
    e->type[0] = e->encoding[0] = '\0';
}

static void number_part(struct emlx_parts *e)
{
    size_t len = 0;
    for (unsigned i = 0; i < e->depth; i++)
        len += (size_t)snprintf(e->part.number + len, sizeof e->part.number - len, "%s%u", i ? "." : "",
            e->levels[i].parts % 100000);
    if (!e->depth)
        memcpy(e->part.number, "1", 2);
}

static void take_octets(struct emlx_parts *e, const char *value)
{
    unsigned long long octets;
    size_t digits = strspn(value, "0123456789");
    e->odd = e->odd || e->field || value[digits + strspn(value + digits, " \t")] ||
             !text_parse_u64(value, digits, &octets);
    e->field = !e->odd;
    if (!e->field)
        return;
    e->part.octets = octets;
    e->part.field_at = e->line_at;
    e->part.field_end = e->at;
}

static void header_field(struct emlx_parts *e)
{
    const char *value;
    bool more = *e->line == ' ' || *e->line == '\t';
    if (more && e->which == EMLX_VALUE_TYPE)
        add_value(e->type, sizeof e->type, e->line);
    if (more)
        return;
    e->which = EMLX_VALUE_NONE;
    if ((value = value_of(e->line, e->len, "content-type"))) {
        e->type[0] = '\0';
        add_value(e->type, sizeof e->type, value);
        e->which = EMLX_VALUE_TYPE;
    } else if ((value = value_of(e->line, e->len, "content-transfer-encoding"))) {
        e->encoding[0] = '\0';
        add_value(e->encoding, sizeof e->encoding, value);
    } else if ((value = value_of(e->line, e->len, "x-apple-content-length"))) {
        take_octets(e, value);
    }
}

static bool end_header(struct emlx_parts *e)
{
    char boundary[EMLX_BOUNDARY_MAX + 1];
    e->body = true;
    if (text_has_prefix_nocase(e->type, "multipart/") && e->depth < EMLX_DEPTH &&
        mail_mime_type_param(e->type, strlen(e->type), "boundary", boundary, sizeof boundary) && *boundary) {
        memcpy(e->levels[e->depth].boundary, boundary, sizeof boundary);
        e->levels[e->depth].parts = 0;
        e->odd = e->odd || e->field; /* a multipart has parts of its own */
        e->depth++;
        return false;
    }
    if (!e->field)
        return false;
    number_part(e);
    e->part.content_at = e->at;
    e->part.encoding = text_has_prefix_nocase(e->encoding, "base64")             ? EMLX_BASE64
                       : text_has_prefix_nocase(e->encoding, "quoted-printable") ? EMLX_QP
                                                                                 : EMLX_IDENTITY;
    e->empty = true;
    return true;
}

/* A line that divides, or ends, parts of a level. */
static bool is_boundary(struct emlx_parts *e)
{
    if (e->longer || e->len < 3 || memcmp(e->line, "--", 2) != 0)
        return false;
    for (unsigned d = e->depth; d-- > 0;) {
        size_t len = strlen(e->levels[d].boundary);
        if (strncmp(e->line + 2, e->levels[d].boundary, len) != 0)
            continue;
        const char *rest = e->line + 2 + len;
        bool last = !strncmp(rest, "--", 2);
        rest += last ? 2 : 0;
        if (rest[strspn(rest, " \t")])
            continue;
        e->odd = e->odd || (!e->body && e->field); /* its header does not end */
        e->depth = last ? d : d + 1;
        begin_header(e);
        e->body = last;
        e->levels[d].parts += !last;
        return true;
    }
    return false;
}

/* True: the header of a part that lies elsewhere ends here. */
static bool line(struct emlx_parts *e)
{
    if (is_boundary(e))
        return false;
    if (e->body) {
        e->odd = e->odd || (e->empty && e->len) || value_of(e->line, e->len, "x-apple-content-length");
        return false;
    }
    if (!e->len)
        return end_header(e);
    header_field(e);
    return false;
}

static void keep(struct emlx_parts *e, const char *data, size_t len)
{
    size_t room = EMLX_LINE_MAX - e->len, n = len < room ? len : room;
    memcpy(e->line + e->len, data, n);
    e->len += n;
    e->longer = e->longer || n < len;
}

size_t emlx_parts_feed(struct emlx_parts *e, const char *data, size_t len, bool *ret_part)
{
    size_t done = 0;
    *ret_part = false;
    while (done < len && !*ret_part) {
        const char *lf = memchr(data + done, '\n', len - done);
        size_t n = lf ? (size_t)(lf - data) - done : len - done;
        if (e->whole) {
            e->line_at = e->at;
            e->len = 0;
            e->whole = e->longer = false;
        }
        keep(e, data + done, n);
        done += n + (lf != NULL);
        e->at += n + (lf != NULL);
        if (!lf)
            break;
        e->len -= !e->longer && e->len && e->line[e->len - 1] == '\r';
        e->line[e->len] = '\0';
        e->whole = true;
        *ret_part = line(e);
    }
    return done;
}

bool emlx_parts_is_open(const struct emlx_parts *e)
{
    return !e->body && e->field;
}
