#include "bmf_scan.h"

#include "mail_field.h"
#include "text.h"
#include <string.h>

/* The value of this field, or NULL when the line is another. *line ends with a NUL. */
static const char *value_of(const char *line, size_t len, const char *field)
{
    size_t prefix, name = mail_field_name(line, len, &prefix);
    if (!name || text_compare_nocase(line, name, field, strlen(field)) != 0)
        return NULL;
    return line + prefix + strspn(line + prefix, " \t");
}

static void take_file(struct bmf_scan *b, const char *value)
{
    size_t len = b->longer ? 0 : strlen(value);
    while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    memcpy(b->file, value, len);
    b->file[len] = '\0';
}

/* A line of a part's header. */
static enum bmf_event part_line(struct bmf_scan *b)
{
    size_t prefix;
    const char *value = value_of(b->line, b->len, "x-becky-include");
    if (value) {
        take_file(b, value);
        b->part = false;
        b->included = true;
        return BMF_INCLUDE;
    }
    value = value_of(b->line, b->len, "content-transfer-encoding");
    if (value)
        b->base64 = text_has_prefix_nocase(value, "base64");
    b->part = b->len && (*b->line == ' ' || *b->line == '\t' || mail_field_name(b->line, b->len, &prefix));
    return BMF_MORE;
}

static enum bmf_event body_line(struct bmf_scan *b)
{
    bool boundary = b->len > 2 && !memcmp(b->line, "--", 2);
    b->odd = b->odd || (b->included && b->len && !boundary);
    b->included = false;
    if (b->part && !boundary)
        return part_line(b);
    if (boundary) {
        b->part = true;
        b->base64 = false;
    }
    return BMF_MORE;
}

/* A whole line, or what is kept of it, without its end. */
static enum bmf_event line(struct bmf_scan *b)
{
    if (!b->longer && b->len == 1 && *b->line == '.')
        return BMF_END;
    if (b->body)
        return body_line(b);
    b->body = !b->len;
    b->in_head = b->in_head || value_of(b->line, b->len, "x-becky-include");
    return BMF_MORE;
}

static void begin_line(struct bmf_scan *b)
{
    if (b->ended) {
        b->start = b->at;
        b->odd = b->in_head = b->body = b->part = b->included = b->base64 = false;
    }
    b->line_at = b->at;
    b->len = 0;
    b->longer = b->whole = b->ended = false;
}

/* Part of a line, without its LF. */
static void keep(struct bmf_scan *b, const char *data, size_t len)
{
    size_t room = BMF_LINE_MAX - b->len, n = len < room ? len : room;
    memcpy(b->line + b->len, data, n);
    b->len += n;
    b->longer = b->longer || n < len;
}

static enum bmf_event end_line(struct bmf_scan *b)
{
    if (!b->longer && b->len && b->line[b->len - 1] == '\r')
        b->len--;
    b->line[b->len] = '\0';
    enum bmf_event event = line(b);
    b->whole = true;
    b->ended = event == BMF_END;
    return event;
}

size_t bmf_scan_feed(struct bmf_scan *b, const char *data, size_t len, enum bmf_event *ret)
{
    size_t done = 0;
    *ret = BMF_MORE;
    while (done < len && *ret == BMF_MORE) {
        const char *lf = memchr(data + done, '\n', len - done);
        size_t n = lf ? (size_t)(lf - data) - done : len - done;
        if (b->whole)
            begin_line(b);
        keep(b, data + done, n);
        done += n + (lf != NULL);
        b->at += n + (lf != NULL);
        if (lf)
            *ret = end_line(b);
    }
    return done;
}

bool bmf_scan_is_within(const struct bmf_scan *b)
{
    return !b->ended && b->at > b->start;
}
