#include "dialog_file.h"

#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The escape behind a backslash: how many characters it has, 0 if there is none like it. */
static size_t escape(const char *s, size_t len, char *ret)
{
    static const char names[] = "rnt\\\"", values[] = "\r\n\t\\\"";
    const char *at = len ? memchr(names, *s, sizeof names - 1) : NULL;
    if (at) {
        *ret = values[at - names];
        return 1;
    }
    if (len < 3 || *s != 'x' || hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
        return 0;
    *ret = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
    return 3;
}

long dialog_unescape(char *s, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] != '\\') {
            s[out++] = s[i];
            continue;
        }
        char c;
        size_t n = escape(s + i + 1, len - i - 1, &c);
        if (!n)
            return -1;
        s[out++] = c;
        i += n;
    }
    return (long)out;
}

static bool kind_of(char mark, enum dialog_kind *ret)
{
    static const struct {
        char mark;
        enum dialog_kind kind;
    } kinds[] = {{'@', DIALOG_ORDER}, {'C', DIALOG_CLIENT}, {'S', DIALOG_SERVER}, {'E', DIALOG_EVENT}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].mark == mark) {
            *ret = kinds[i].kind;
            return true;
        }
    return false;
}

static bool is_wire(enum dialog_kind kind)
{
    return kind == DIALOG_CLIENT || kind == DIALOG_SERVER;
}

/* "C: text", "C:", "@ words": where the text starts, 0 if the mark is not right. */
static size_t text_start(const char *raw, size_t len, enum dialog_kind kind)
{
    size_t n = kind == DIALOG_ORDER ? 1 : 2;
    if (len < n)
        return 0;
    if (n == 2 && raw[1] != ':' && !(raw[1] == '-' && is_wire(kind)))
        return 0;
    if (len == n)
        return n;
    return raw[n] == ' ' ? n + 1 : 0;
}

static bool parse_line(const char *raw, size_t len, struct dialog_line *ret)
{
    size_t start = kind_of(*raw, &ret->kind) ? text_start(raw, len, ret->kind) : 0;
    if (!start)
        return false;
    ret->len = len - start;
    ret->text = mem_alloc(ret->len + 3);
    memcpy(ret->text, raw + start, ret->len);
    if (!is_wire(ret->kind))
        return true;
    long n = dialog_unescape(ret->text, ret->len);
    ret->len = n < 0 ? 0 : (size_t)n;
    memcpy(ret->text + ret->len, raw[1] == ':' ? "\r\n" : "\0", raw[1] == ':' ? 3 : 1);
    ret->len += raw[1] == ':' ? 2 : 0;
    return n >= 0;
}

static bool add_line(struct dialog *d, const char *raw, size_t len, unsigned number)
{
    if (!len || *raw == '#')
        return true;
    d->lines = mem_grow(d->lines, d->count + 1, sizeof *d->lines);
    struct dialog_line *line = &d->lines[d->count++];
    *line = (struct dialog_line){.number = number};
    if (parse_line(raw, len, line))
        return true;
    fprintf(stderr, "%s:%u: not a line of a dialog: %.*s\n", d->path, number, (int)len, raw);
    return false;
}

bool dialog_load(struct dialog *d, const char *path)
{
    *d = (struct dialog){.path = path};
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return false;
    }
    char *raw = NULL;
    size_t cap = 0;
    ssize_t n;
    bool ok = true;
    for (unsigned number = 1; ok && (n = getline(&raw, &cap, f)) > 0; number++)
        ok = add_line(d, raw, (size_t)n - (raw[n - 1] == '\n'), number);
    free(raw);
    fclose(f);
    return ok;
}

void dialog_done(struct dialog *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->lines[i].text);
    free(d->lines);
    *d = (struct dialog){0};
}

size_t dialog_write_end(const struct dialog *d, size_t first)
{
    size_t i = first;
    while (i < d->count && d->lines[i].kind == DIALOG_SERVER)
        i++;
    return i;
}
