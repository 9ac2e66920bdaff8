#include "utf7.h"

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

void utf7_encode(const char *text, size_t len, struct buf *out)
{
    struct encoder e = {.out = out};
    for (size_t n; len; text += n, len -= n) {
        n = text_utf8_len(text, len);
        put_char(&e, text_utf8_code(text, n));
    }
    unshift(&e);
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

int utf7_decode(const char *name, struct buf *out)
{
    while (*name) {
        size_t plain = strcspn(name, "&");
        buf_append(out, name, plain);
        name += plain;
        if (!*name)
            break;
        size_t len = strcspn(++name, "-");
        if (!name[len])
            return -1;
        if (!len)
            buf_append_char(out, '&');
        else if (decode_shifted(out, name, len) < 0)
            return -1;
        name += len + 1;
    }
    return 0;
}
