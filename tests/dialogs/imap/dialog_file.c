#include "dialog_file.h"

#include "mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    static const char all[] = "0123456789abcdef";
    const char *at = memchr(all, c >= 'A' && c <= 'F' ? c | 0x20 : c, sizeof all - 1);
    return at ? (int)(at - all) : -1;
}

/* What stands behind a backslash: how many characters it has, 0 if it is unknown. */
static size_t escaped(const char *s, size_t len, char *ret)
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

bool dialog_unescape(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = s[i];
        if (c == '\\') {
            size_t n = escaped(s + i + 1, len - i - 1, &c);
            if (!n)
                return false;
            i += n;
        }
        buf_append_char(out, c);
    }
    return true;
}

void dialog_escape(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\r')
            buf_append_str(out, "\\r");
        else if (c == '\n')
            buf_append_str(out, "\\n");
        else if (c == '\t')
            buf_append_str(out, "\\t");
        else if (c == '\\' || c == '"')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_append_char(out, (char)c);
    }
}

static struct dialog_step *add_step(struct dialog *d, enum dialog_kind kind, int line)
{
    struct dialog_step *last = d->count ? &d->steps[d->count - 1] : NULL;
    if (last && kind == DIALOG_SERVER && last->kind == DIALOG_SERVER)
        return last;
    d->steps = mem_grow(d->steps, d->count + 1, sizeof *d->steps);
    d->steps[d->count] = (struct dialog_step){.kind = kind, .line = line};
    return &d->steps[d->count++];
}

static int bad_line(const struct dialog *d, int line, const char *text)
{
    fprintf(stderr, "%s:%d: not understood: %s\n", d->path, line, text);
    return -1;
}

static int add_bytes(struct dialog *d, enum dialog_kind kind, int line, char mark, const char *text)
{
    struct buf *b = &add_step(d, kind, line)->text;
    if (mark == '#') {
        size_t n = strtoul(text, NULL, 10);
        memset(buf_reserve(b, n), 'x', n);
        buf_commit(b, n);
        return 0;
    }
    if (!dialog_unescape(b, text, strlen(text)) || (mark != ':' && mark != '-'))
        return bad_line(d, line, text);
    if (mark == ':')
        buf_append_str(b, "\r\n");
    return 0;
}

static int read_line(struct dialog *d, const char *s, int line)
{
    if (!*s || *s == '#')
        return 0;
    const char *text = strlen(s) > 3 ? s + 3 : "";
    if (!strncmp(s, "@ ", 2))
        buf_append_str(&add_step(d, DIALOG_DO, line)->text, s + 2);
    else if (!strncmp(s, "E: ", 3))
        buf_append_str(&add_step(d, DIALOG_EVENT, line)->text, text);
    else if ((s[0] == 'C' || s[0] == 'S') && s[1] && (!s[2] || s[2] == ' '))
        return add_bytes(d, s[0] == 'C' ? DIALOG_CLIENT : DIALOG_SERVER, line, s[1], text);
    else
        return bad_line(d, line, s);
    return 0;
}

int dialog_read(struct dialog *d, const char *path)
{
    *d = (struct dialog){.path = path};
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    char *s = NULL;
    size_t cap = 0;
    int rc = 0;
    for (int line = 1; !rc && getline(&s, &cap, f) > 0; line++) {
        s[strcspn(s, "\n")] = '\0';
        rc = read_line(d, s, line);
    }
    free(s);
    fclose(f);
    return rc;
}

void dialog_done(struct dialog *d)
{
    for (size_t i = 0; i < d->count; i++)
        buf_done(&d->steps[i].text);
    free(d->steps);
    *d = (struct dialog){0};
}
