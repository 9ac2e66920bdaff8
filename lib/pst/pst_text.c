#include "pst_text.h"

#include "mail_charset.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct codepage {
    uint32_t number;
    const char *charset;
};

const char *pst_text_charset(uint32_t codepage)
{
    static const struct codepage known[] = {{932, "Shift_JIS"}, {20932, "EUC-JP"}, {51932, "EUC-JP"},
        {50220, "ISO-2022-JP"}, {50221, "ISO-2022-JP"}, {50222, "ISO-2022-JP"}, {65001, "UTF-8"},
        {20127, "US-ASCII"}, {28591, "ISO-8859-1"}, {28592, "ISO-8859-2"}, {28593, "ISO-8859-3"},
        {28594, "ISO-8859-4"}, {28595, "ISO-8859-5"}, {28596, "ISO-8859-6"}, {28597, "ISO-8859-7"},
        {28598, "ISO-8859-8"}, {38598, "ISO-8859-8-I"}, {28599, "ISO-8859-9"}, {28603, "ISO-8859-13"},
        {28605, "ISO-8859-15"}, {874, "windows-874"}, {1250, "windows-1250"}, {1251, "windows-1251"},
        {1252, "windows-1252"}, {1253, "windows-1253"}, {1254, "windows-1254"}, {1255, "windows-1255"},
        {1256, "windows-1256"}, {1257, "windows-1257"}, {1258, "windows-1258"}, {10000, "macintosh"},
        {20866, "KOI8-R"}, {21866, "KOI8-U"}, {866, "IBM866"}, {936, "GB2312"}, {54936, "GB18030"},
        {950, "Big5"}, {949, "ks_c_5601-1987"}, {51949, "EUC-KR"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == codepage)
            return known[i].charset;
    return NULL;
}

/* By the language of a locale (MS-LCID), where it has more than ASCII. */
static const char *charset_of_locale(uint32_t locale)
{
    switch (locale & 0x3ff) {
    case 0x11:
        return "Shift_JIS";
    case 0x12:
        return "ks_c_5601-1987";
    case 0x04:
        return locale == 0x0404 || locale == 0x0c04 ? "Big5" : "GB2312";
    case 0x19:
    case 0x22:
    case 0x02:
        return "windows-1251";
    case 0x05:
    case 0x0e:
    case 0x15:
        return "windows-1250";
    }
    return NULL;
}

const char *pst_text_charset_of(const struct pst_props *p)
{
    const char *charset = pst_text_charset(pst_props_number(p, PST_CODEPAGE, 0));
    if (!charset)
        charset = charset_of_locale(pst_props_number(p, PST_LOCALE, 0));
    return charset;
}

static void put_code(unsigned code, struct buf *out)
{
    if (code < 0x80) {
        buf_append_char(out, (char)code);
    } else if (code < 0x800) {
        buf_append_char(out, (char)(0xc0 | code >> 6));
        buf_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        buf_append_char(out, (char)(0xe0 | code >> 12));
        buf_append_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        buf_append_char(out, (char)(0xf0 | code >> 18));
        buf_append_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        buf_append_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_append_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

static unsigned unit(const unsigned char *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static void utf16(const char *data, size_t len, struct buf *out)
{
    const unsigned char *p = (const unsigned char *)data;
    for (size_t i = 0; i + 2 <= len; i += 2) {
        unsigned code = unit(p + i), low = i + 4 <= len ? unit(p + i + 2) : 0;
        if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        } else if (code >= 0xd800 && code < 0xe000) {
            code = 0xfffd;
        }
        if (code)
            put_code(code, out);
    }
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80 || text[i] == 0x1b)
            return false;
    return true;
}

/* Octets that are no characters of Windows-1252: what calls itself so may be Japanese, whose leading octets
 * they are. */
static bool has_no_1252(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] && strchr("\x81\x8d\x8f\x90\x9d", text[i]))
            return true;
    return false;
}

void pst_text_decode(const char *charset, const char *text, size_t len, struct buf *out)
{
    while (len && !text[len - 1])
        len--;
    if (!charset && is_ascii(text, len)) {
        buf_append(out, text, len);
        return;
    }
    const char *guess = charset ? charset : mail_charset_detect(text, len);
    if (charset && text_equal_nocase(charset, "windows-1252") && has_no_1252(text, len))
        guess = mail_charset_detect(text, len);
    if (!guess || !mail_charset_decode(guess, strlen(guess), text, len, out))
        mail_charset_decode("windows-1252", 12, text, len, out);
}

char *pst_text_dup(const struct pst_props *p, enum pst_tag tag, const char *charset)
{
    const struct pst_prop *prop = pst_props_find(p, tag);
    struct buf all CLEANUP(buf_done) = {0}, out CLEANUP(buf_done) = {0};
    if (!prop)
        return NULL;
    if (prop->type == PST_TYPE_UNICODE)
        utf16(prop->data, prop->len, &all);
    else if (prop->type == PST_TYPE_STRING8 || prop->type == PST_TYPE_BINARY)
        pst_text_decode(charset, prop->data, prop->len, &all);
    else
        return NULL;
    for (const char *c = buf_bytes(&all), *end = c + buf_len(&all); c < end; c++)
        if (*c)
            buf_append_char(&out, *c);
    return buf_strdup(&out);
}

char *pst_text_line(const struct pst_props *p, enum pst_tag tag, const char *charset)
{
    char *text CLEANUP(mem_free_str) = pst_text_dup(p, tag, charset);
    struct buf out CLEANUP(buf_done) = {0};
    size_t kept = 0;
    for (size_t i = 0, len = text ? strlen(text) : 0; i < len;) {
        size_t n = text_utf8_len(text + i, len - i);
        bool blank = n == 1 && (text[i] == ' ' || (unsigned char)text[i] < 0x20 || text[i] == 0x7f);
        if (!n) {
            buf_append_char(&out, '?');
        } else if (!blank) {
            buf_append(&out, text + i, n);
        } else if (buf_len(&out)) {
            buf_append_char(&out, ' ');
        }
        i += n ? n : 1;
        kept = blank ? kept : buf_len(&out);
    }
    return kept ? mem_strndup(buf_bytes(&out), kept) : NULL;
}
