#include "maildiff_mail.h"

#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct text {
    char *bytes;
    size_t len;
};

static struct text text_new(size_t cap)
{
    struct text t = {.bytes = malloc(cap + 1)};
    if (!t.bytes)
        abort();
    return t;
}

static void put(struct text *t, const char *bytes, size_t len)
{
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

/* As it leaves a POP3 server, which must end the last line to end the message; without NUL. */
static struct text sent(const char *bytes, size_t len)
{
    struct text t = text_new(len + 2);
    for (size_t i = 0; i < len; i++)
        if (bytes[i])
            t.bytes[t.len++] = bytes[i];
    if (len && bytes[len - 1] != '\n')
        put(&t, "\r\n", 2);
    t.bytes[t.len] = 0;
    return t;
}

/* Every LF, CR or run of CR before a LF is one line end; and there is one at the end. */
static struct text mend(const char *bytes, size_t len)
{
    struct text in = sent(bytes, len), out = text_new(2 * len + 4);
    for (size_t i = 0; i < in.len; i++) {
        size_t crs = strspn(in.bytes + i, "\r");
        if (i + crs > in.len)
            crs = in.len - i;
        if (crs && i + crs < in.len && in.bytes[i + crs] == '\n') {
            put(&out, "\r\n", 2);
            i += crs;
        } else if (in.bytes[i] == '\r' || in.bytes[i] == '\n') {
            put(&out, "\r\n", 2);
        } else {
            out.bytes[out.len++] = in.bytes[i];
        }
    }
    if (out.len && (out.len < 2 || memcmp(out.bytes + out.len - 2, "\r\n", 2)))
        put(&out, "\r\n", 2);
    free(in.bytes);
    return out;
}

/* The line that starts at p ends before this place. */
static const char *line_end(const char *p, const char *end)
{
    const char *cr = memmem(p, (size_t)(end - p), "\r\n", 2);
    return cr ? cr : end;
}

static bool is_field(const char *p, const char *eol, const char *name)
{
    size_t n = strlen(name);
    if ((size_t)(eol - p) <= n || strncasecmp(p, name, n))
        return false;
    for (p += n; p < eol && (*p == ' ' || *p == '\t'); p++)
        ;
    return p < eol && *p == ':';
}

/* The value of the first field of that name, every run of blanks and line ends as one blank. */
static struct text field(const struct text *header, const char *name)
{
    struct text value = text_new(header->len);
    const char *p = header->bytes, *end = p + header->len, *eol;
    for (; p < end; p = eol + 2) {
        eol = line_end(p, end);
        if (is_field(p, eol, name))
            break;
    }
    if (p >= end)
        return value;
    p = memchr(p, ':', (size_t)(end - p));
    for (p++; p < end; p++) {
        if (p[0] == '\r' && p + 2 < end && p[2] != ' ' && p[2] != '\t')
            break;
        if (!strchr(" \t\r\n", *p))
            value.bytes[value.len++] = *p;
        else if (value.len && value.bytes[value.len - 1] != ' ')
            value.bytes[value.len++] = ' ';
    }
    if (value.len && value.bytes[value.len - 1] == ' ')
        value.len--;
    return value;
}

/* What stands between the first brackets (the whole value if there are none), blanks left out. */
static struct text message_id(const struct text *header)
{
    struct text value = field(header, "Message-ID"), id = text_new(value.len);
    const char *p = value.bytes, *end = p + value.len, *open = memchr(p, '<', value.len);
    if (open)
        p = open + 1;
    for (; p < end && !(open && *p == '>'); p++)
        if (*p != ' ')
            id.bytes[id.len++] = *p;
    free(value.bytes);
    return id;
}

/* Servers and mbox files add and change these on the way. */
static bool is_transport(const char *p, const char *eol)
{
    static const char *const names[] = {"Status", "X-Status", "X-UIDL", "X-UID", "X-IMAPbase", "X-IMAP",
        "X-Keywords", "X-Mozilla-Status", "X-Mozilla-Status2", "X-Mozilla-Keys", "Content-Length", "Lines"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_field(p, eol, names[i]))
            return true;
    return eol - p > 5 && !memcmp(p, "From ", 5);
}

/* The header without those and however it is folded. */
static struct text plain_header(const struct text *header)
{
    struct text out = text_new(header->len);
    const char *p = header->bytes, *end = p + header->len, *eol;
    bool skipped = false;
    for (; p < end; p = eol + 2) {
        eol = line_end(p, end);
        bool folded = *p == ' ' || *p == '\t';
        if (!folded)
            skipped = is_transport(p, eol);
        if (skipped)
            continue;
        if (!folded && out.len)
            out.bytes[out.len++] = '\n';
        for (const char *c = p; c < eol; c++) {
            char ch = *c == '\t' ? ' ' : *c;
            if (ch != ' ' || (out.len && out.bytes[out.len - 1] != ' '))
                out.bytes[out.len++] = ch;
        }
    }
    return out;
}

static void add(struct text *key, struct text t)
{
    put(key, t.bytes, t.len);
    put(key, "", 1);
    free(t.bytes);
}

static void identify(const struct text *whole, unsigned char ret[MAILDIFF_SUM])
{
    const char *gap = memmem(whole->bytes, whole->len, "\r\n\r\n", 4);
    struct text header = {whole->bytes, gap ? (size_t)(gap - whole->bytes) + 2 : whole->len};
    struct text body = {whole->bytes + header.len, whole->len - header.len};
    while (body.len && strchr("\r\n", body.bytes[body.len - 1]))
        body.len--;
    struct text id = message_id(&header), key = text_new(4 * header.len + body.len + 8);
    if (id.len) {
        add(&key, id);
        add(&key, field(&header, "From"));
        add(&key, field(&header, "Date"));
        add(&key, field(&header, "Subject"));
        put(&key, body.bytes, body.len);
    } else {
        add(&key, plain_header(&header));
        put(&key, body.bytes, body.len);
        free(id.bytes);
    }
    SHA256((const unsigned char *)key.bytes, key.len, ret);
    free(key.bytes);
}

void maildiff_mail_read(const char *bytes, size_t len, struct maildiff_mail *ret)
{
    struct text mended = mend(bytes, len);
    SHA256((const unsigned char *)bytes, len, ret->raw);
    SHA256((const unsigned char *)mended.bytes, mended.len, ret->mended);
    identify(&mended, ret->identity);
    free(mended.bytes);
}
