#include "template.h"

#include "buf.h"
#include "clock.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static const struct field {
    const char *name;
    int digits;
} fields[] = {{"{year}", 4}, {"{month}", 2}, {"{day}", 2}, {"{path}", 0}};
#define PATH   3
#define FIELDS (sizeof fields / sizeof *fields)

enum piece_kind {
    PIECE_TEXT,
    PIECE_FIELD,
    PIECE_UNKNOWN, /* a field that is none */
    PIECE_OPEN,    /* a brace that is not closed */
    PIECE_CLOSE,   /* a brace that was not opened */
};

struct piece {
    enum piece_kind kind;
    const char *text;
    size_t len;   /* of text, as it goes over (a doubled brace is one), or as it stands there */
    size_t taken; /* from the template */
    size_t field;
};

static struct piece brace(const char *at)
{
    if (at[1] == at[0])
        return (struct piece){.kind = PIECE_TEXT, .text = at, .len = 1, .taken = 2};
    if (*at == '}')
        return (struct piece){.kind = PIECE_CLOSE, .text = at, .len = 1, .taken = 1};
    size_t name = 1 + strcspn(at + 1, "{}");
    if (at[name] != '}')
        return (struct piece){.kind = PIECE_OPEN, .text = at, .len = name, .taken = name};
    struct piece p = {.kind = PIECE_UNKNOWN, .text = at, .len = name + 1, .taken = name + 1};
    for (size_t i = 0; i < FIELDS; i++)
        if (strlen(fields[i].name) == p.len && !memcmp(fields[i].name, at, p.len)) {
            p.kind = PIECE_FIELD;
            p.field = i;
        }
    return p;
}

/* *at is not the end. */
static struct piece next_piece(const char *at)
{
    size_t plain = strcspn(at, "{}");
    return plain ? (struct piece){.kind = PIECE_TEXT, .text = at, .len = plain, .taken = plain} : brace(at);
}

static int wrong(const char *template, const struct piece *p, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "the folder \"%s\": %s \"%.*s\"; the fields are {year}, {month}, {day} and {path}, and {{ or }} stands for one "
        "brace",
        template, what, (int)(p->len < 60 ? p->len : 60), p->text);
}

int template_check(const char *template, struct error *err)
{
    if (!*template)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "the folder's name is empty");
    for (const char *at = template; *at;) {
        struct piece p = next_piece(at);
        if (p.kind == PIECE_UNKNOWN)
            return wrong(template, &p, "there is no field", err);
        if (p.kind == PIECE_OPEN)
            return wrong(template, &p, "no closing brace after", err);
        if (p.kind == PIECE_CLOSE)
            return wrong(template, &p, "no opening brace before", err);
        at += p.taken;
    }
    return 0;
}

/* Which kinds of field stand in it. */
static void find_fields(const char *template, bool *ret_date, bool *ret_path)
{
    *ret_date = *ret_path = false;
    for (const char *at = template; *at;) {
        struct piece p = next_piece(at);
        if (p.kind == PIECE_FIELD)
            *(p.field == PATH ? ret_path : ret_date) = true;
        at += p.taken;
    }
}

bool template_has_date(const char *template)
{
    bool date, path;
    find_fields(template, &date, &path);
    return date;
}

bool template_has_path(const char *template)
{
    bool date, path;
    find_fields(template, &date, &path);
    return path;
}

bool template_is_plain(const char *template)
{
    bool date, path;
    find_fields(template, &date, &path);
    return !date && !path;
}

/* Years 0000 to 9999; also keeps the offset from overflowing. */
static struct clock_utc local_date(int64_t date_s, int utc_offset_min)
{
    int64_t first_s = clock_from_utc(0, 1, 1, 0, 0, 0), last_s = clock_from_utc(9999, 12, 31, 23, 59, 59);
    int64_t offset_s = (int64_t)utc_offset_min * 60;
    if (date_s < first_s - offset_s)
        return clock_to_utc(first_s);
    if (date_s > last_s - offset_s)
        return clock_to_utc(last_s);
    return clock_to_utc(date_s + offset_s);
}

static void drop_last_slash(struct buf *b)
{
    size_t len = buf_len(b);
    if (len && buf_bytes(b)[len - 1] == '/') {
        char *rest = mem_strndup(buf_bytes(b), len - 1);
        buf_clear(b);
        buf_append_str(b, rest);
        free(rest);
    }
}

char *template_expand(const char *template, int64_t date_s, int utc_offset_min, const char *path)
{
    struct clock_utc d = local_date(date_s, utc_offset_min);
    const int values[FIELDS] = {d.year, d.month, d.day};
    struct buf out = {0};
    for (const char *at = template; *at;) {
        struct piece p = next_piece(at);
        at += p.taken;
        if (p.kind == PIECE_FIELD && p.field == PATH) {
            buf_append_str(&out, path);
            at += !*path && *at == '/';
        } else if (p.kind == PIECE_FIELD) {
            buf_printf(&out, "%0*d", fields[p.field].digits, values[p.field]);
        } else {
            buf_append(&out, p.text, p.len);
        }
    }
    if (!*path && template_has_path(template))
        drop_last_slash(&out);
    char *name = buf_len(&out) ? buf_strdup(&out) : mem_strdup("INBOX");
    buf_done(&out);
    return name;
}
