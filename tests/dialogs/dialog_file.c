#include "dialog_file.h"

#include "mem.h"
#include "text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char escape_names[] = "rnt\\\"", escape_values[] = "\r\n\t\\\"";

static int hex_digit(char c)
{
    static const char all[] = "0123456789abcdef";
    const char *at = memchr(all, c >= 'A' && c <= 'F' ? c | 0x20 : c, sizeof all - 1);
    return at ? (int)(at - all) : -1;
}

/* What stands behind a backslash: how many characters it has, 0 if it is unknown. */
static size_t escaped(const char *s, size_t len, char *ret)
{
    const char *at = len ? memchr(escape_names, *s, sizeof escape_names - 1) : NULL;
    if (at) {
        *ret = escape_values[at - escape_names];
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
    for (size_t i = 0, n; i < len; i += n) {
        const char *at = memchr(escape_values, s[i], sizeof escape_values - 1);
        size_t utf8 = text_utf8_len(s + i, len - i);
        n = utf8 ? utf8 : 1;
        if (at)
            buf_printf(out, "\\%c", escape_names[at - escape_values]);
        else if (!utf8 || (unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            buf_printf(out, "\\x%02x", (unsigned char)s[i]);
        else
            buf_append(out, s + i, n);
    }
}

void dialog_quote(struct buf *out, const char *s, size_t len)
{
    buf_append_char(out, '"');
    dialog_escape(out, s, len);
    buf_append_char(out, '"');
}

static struct buf *add_step(struct dialog *d, enum dialog_kind kind, int line)
{
    struct dialog_step *last = d->count ? &d->steps[d->count - 1] : NULL;
    if (last && kind == DIALOG_SERVER && last->kind == DIALOG_SERVER)
        return &last->text;
    d->steps = mem_grow(d->steps, d->count + 1, sizeof *d->steps);
    d->steps[d->count] = (struct dialog_step){.kind = kind, .line = line};
    return &d->steps[d->count++].text;
}

static bool add_letters(struct buf *b, const char *digits, size_t len)
{
    unsigned long long n;
    if (!text_parse_u64(digits, len, &n) || !n)
        return false;
    memset(buf_reserve(b, n), 'x', n);
    buf_commit(b, n);
    return true;
}

/* What stands behind a C or S. */
static bool add_bytes(struct buf *b, char mark, const char *text, size_t len)
{
    if (mark == '#')
        return add_letters(b, text, len);
    if ((mark != ':' && mark != '-') || !dialog_unescape(b, text, len))
        return false;
    if (mark == ':')
        buf_append_str(b, "\r\n");
    return true;
}

static bool read_line(struct dialog *d, const char *s, size_t len, int line)
{
    if (!len || *s == '#')
        return true;
    if (len > 2 && !memcmp(s, "@ ", 2)) {
        buf_append(add_step(d, DIALOG_DO, line), s + 2, len - 2);
        return true;
    }
    if (len < 2 || (len > 2 && s[2] != ' '))
        return false;
    const char *text = len > 3 ? s + 3 : "";
    len = len > 3 ? len - 3 : 0;
    if (*s == 'C' || *s == 'S')
        return add_bytes(add_step(d, *s == 'C' ? DIALOG_CLIENT : DIALOG_SERVER, line), s[1], text, len);
    if (!len || memcmp(s, "E:", 2) != 0)
        return false;
    buf_append(add_step(d, DIALOG_EVENT, line), text, len);
    return true;
}

static int read_lines(struct dialog *d, FILE *f)
{
    CLEANUP(mem_free_str) char *s = NULL;
    size_t cap = 0;
    ssize_t n;
    for (int line = 1; (n = getline(&s, &cap, f)) > 0; line++) {
        size_t len = (size_t)n - (s[n - 1] == '\n');
        if (!read_line(d, s, len, line)) {
            fprintf(stderr, "%s:%d: not understood: %.*s\n", d->path, line, (int)len, s);
            return -1;
        }
    }
    if (!d->count || ferror(f)) {
        fprintf(stderr, "%s: %s\n", d->path, ferror(f) ? strerror(errno) : "holds no dialog");
        return -1;
    }
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
    int rc = read_lines(d, f);
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
