#include "imap_name.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* ---- UTF-8 to modified UTF-7 ---- */

struct encoder {
    struct buf *out;
    bool shifted;
    uint32_t bits;
    int bit_count;
};

static void put_unit(struct encoder *e, unsigned unit)
{
    if (!e->shifted)
        buf_append_char(e->out, '&');
    e->shifted = true;
    e->bits = e->bits << 16 | unit;
    for (e->bit_count += 16; e->bit_count >= 6; e->bit_count -= 6)
        buf_append_char(e->out, digits[e->bits >> (e->bit_count - 6) & 63]);
}

static void unshift(struct encoder *e)
{
    if (!e->shifted)
        return;
    if (e->bit_count)
        buf_append_char(e->out, digits[e->bits << (6 - e->bit_count) & 63]);
    buf_append_char(e->out, '-');
    e->shifted = false;
    e->bits = 0;
    e->bit_count = 0;
}

static void put_char(struct encoder *e, unsigned c)
{
    if (c >= 0x20 && c <= 0x7e) {
        unshift(e);
        buf_append_char(e->out, (char)c);
        if (c == '&')
            buf_append_char(e->out, '-');
    } else if (c > 0xffff) {
        put_unit(e, 0xd800 + ((c - 0x10000) >> 10));
        put_unit(e, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        put_unit(e, c);
    }
}

static int refuse(struct error *err, const char *path, const char *why)
{
    return error_set(
        err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "the mailbox name \"%s\" %s", path, why);
}

/* One level, len octets, to out. */
static int put_level(struct buf *out, const char *path, const char *s, size_t len, struct error *err)
{
    struct encoder e = {.out = out};
    if (!len)
        return refuse(err, path, *path ? "has an empty level" : "is empty");
    while (len) {
        size_t n = text_utf8_len(s, len);
        if (!n)
            return refuse(err, path, "is not UTF-8");
        unsigned c = text_utf8_code(s, n);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return refuse(err, path, "holds control characters");
        put_char(&e, c);
        s += n;
        len -= n;
    }
    unshift(&e);
    return 0;
}

static int put_levels(struct buf *out, const char *path, char delimiter, struct error *err)
{
    const char *s = path;
    for (;;) {
        size_t len = strcspn(s, "/");
        if (put_level(out, path, s, len, err) < 0)
            return -1;
        if (!s[len])
            return 0;
        if (!delimiter)
            return refuse(err, path, "has levels, and the server has none");
        buf_append_char(out, delimiter);
        s += len + 1;
    }
}

/* INBOX itself or something below it. */
static bool is_inbox(const char *wire, char delimiter)
{
    return text_has_prefix_nocase(wire, "INBOX") && (!wire[5] || (delimiter && wire[5] == delimiter));
}

char *imap_name_to_wire(const char *path, const char *prefix, char delimiter, struct error *err)
{
    CLEANUP(buf_done) struct buf wire = {0};
    if (put_levels(&wire, path, delimiter, err) < 0)
        return NULL;
    CLEANUP(mem_free_str) char *name = buf_strdup(&wire);
    if (is_inbox(name, delimiter)) {
        memcpy(name, "INBOX", 5);
        return TAKE(name);
    }
    if (!strncmp(name, prefix, strlen(prefix)))
        return TAKE(name);
    return mem_printf("%s%s", prefix, name);
}

/* ---- modified UTF-7 to UTF-8 ---- */

static void put_utf8(struct buf *out, unsigned c)
{
    if (c < 0x80) {
        buf_append_char(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    buf_append_char(out, (char)(lead[more] | c >> (6 * more)));
    while (more--)
        buf_append_char(out, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

struct decoder {
    struct buf *out;
    unsigned high; /* first half of a surrogate pair, 0 if none waits */
};

static int take_unit(struct decoder *d, unsigned unit)
{
    bool low = (unit & 0xfc00) == 0xdc00;
    if (low != (d->high != 0))
        return -1;
    if (low) {
        put_utf8(d->out, 0x10000 + ((d->high - 0xd800) << 10) + (unit - 0xdc00));
        d->high = 0;
    } else if ((unit & 0xfc00) == 0xd800) {
        d->high = unit;
    } else {
        put_utf8(d->out, unit);
    }
    return 0;
}

/* s: what stands between "&" and "-", len > 0. */
static int decode_shifted(struct buf *out, const char *s, size_t len)
{
    struct decoder d = {.out = out};
    uint32_t bits = 0;
    int bit_count = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digit = s[i] ? strchr(digits, s[i]) : NULL;
        if (!digit)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - digits);
        bit_count += 6;
        if (bit_count < 16)
            continue;
        bit_count -= 16;
        if (take_unit(&d, bits >> bit_count & 0xffff) < 0)
            return -1;
    }
    bool padding_zero = !(bits & ((1u << bit_count) - 1));
    return d.high || bit_count >= 6 || !padding_zero ? -1 : 0;
}

static int decode(struct buf *out, const char *wire)
{
    while (*wire) {
        size_t plain = strcspn(wire, "&");
        buf_append(out, wire, plain);
        wire += plain;
        if (!*wire)
            break;
        size_t len = strcspn(++wire, "-");
        if (!wire[len])
            return -1;
        if (!len)
            buf_append_char(out, '&');
        else if (decode_shifted(out, wire, len) < 0)
            return -1;
        wire += len + 1;
    }
    return 0;
}

char *imap_name_to_utf8(const char *wire)
{
    CLEANUP(buf_done) struct buf text = {0};
    if (decode(&text, wire) < 0) {
        buf_clear(&text);
        buf_append_str(&text, wire);
    }
    size_t cap = buf_len(&text) + 1;
    char *shown = mem_alloc(cap);
    return text_clean(shown, cap, buf_bytes(&text), buf_len(&text));
}
