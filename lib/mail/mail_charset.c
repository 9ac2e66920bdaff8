#include "mail_charset.h"

#include "text.h"
#include <errno.h>
#include <iconv.h>
#include <string.h>

#define UNFIT 1000000u /* a penalty no valid text reaches */

enum how {
    UTF8,
    ASCII,
    JIS,
    ICONV,       /* one octet each */
    ICONV_PAIRS, /* one or two: a bad pair becomes one '?' */
};

struct charset {
    const char *name; /* lower case */
    const char *iconv_name;
    enum how how;
};

static const struct charset charsets[] = {
    {"utf-8", NULL, UTF8},
    {"utf8", NULL, UTF8},
    {"us-ascii", NULL, ASCII},
    {"ascii", NULL, ASCII},
    {"unknown-8bit", NULL, ASCII}, /* RFC 1428 */
    {"iso-2022-jp", NULL, JIS},
    {"iso-2022-jp-1", NULL, JIS},
    {"iso-2022-jp-2", NULL, JIS},
    {"iso-2022-jp-3", NULL, JIS},
    {"iso-2022-jp-ms", NULL, JIS},
    {"cp50220", NULL, JIS},
    {"cp50221", NULL, JIS},
    {"shift_jis", "CP932", ICONV_PAIRS},
    {"shift-jis", "CP932", ICONV_PAIRS},
    {"sjis", "CP932", ICONV_PAIRS},
    {"x-sjis", "CP932", ICONV_PAIRS},
    {"cp932", "CP932", ICONV_PAIRS},
    {"ms932", "CP932", ICONV_PAIRS},
    {"ms_kanji", "CP932", ICONV_PAIRS},
    {"windows-31j", "CP932", ICONV_PAIRS},
    {"euc-jp", "EUC-JP-MS", ICONV_PAIRS},
    {"x-euc-jp", "EUC-JP-MS", ICONV_PAIRS},
    {"eucjp", "EUC-JP-MS", ICONV_PAIRS},
    {"eucjp-ms", "EUC-JP-MS", ICONV_PAIRS},
    {"cp51932", "EUC-JP-MS", ICONV_PAIRS},
    {"iso-8859-1", "WINDOWS-1252", ICONV},
    {"iso8859-1", "WINDOWS-1252", ICONV},
    {"latin1", "WINDOWS-1252", ICONV},
    {"iso-8859-2", "ISO-8859-2", ICONV},
    {"iso-8859-3", "ISO-8859-3", ICONV},
    {"iso-8859-4", "ISO-8859-4", ICONV},
    {"iso-8859-5", "ISO-8859-5", ICONV},
    {"iso-8859-6", "ISO-8859-6", ICONV},
    {"iso-8859-7", "ISO-8859-7", ICONV},
    {"iso-8859-8", "ISO-8859-8", ICONV},
    {"iso-8859-8-i", "ISO-8859-8", ICONV},
    {"iso-8859-9", "ISO-8859-9", ICONV},
    {"iso-8859-10", "ISO-8859-10", ICONV},
    {"iso-8859-11", "ISO-8859-11", ICONV},
    {"iso-8859-13", "ISO-8859-13", ICONV},
    {"iso-8859-14", "ISO-8859-14", ICONV},
    {"iso-8859-15", "ISO-8859-15", ICONV},
    {"iso-8859-16", "ISO-8859-16", ICONV},
    {"windows-1250", "WINDOWS-1250", ICONV},
    {"windows-1251", "WINDOWS-1251", ICONV},
    {"cp1251", "WINDOWS-1251", ICONV},
    {"windows-1252", "WINDOWS-1252", ICONV},
    {"cp1252", "WINDOWS-1252", ICONV},
    {"windows-1253", "WINDOWS-1253", ICONV},
    {"windows-1254", "WINDOWS-1254", ICONV},
    {"windows-1255", "WINDOWS-1255", ICONV},
    {"windows-1256", "WINDOWS-1256", ICONV},
    {"windows-1257", "WINDOWS-1257", ICONV},
    {"windows-1258", "WINDOWS-1258", ICONV},
    {"windows-874", "CP874", ICONV},
    {"tis-620", "CP874", ICONV},
    {"koi8-r", "KOI8-R", ICONV},
    {"koi8-u", "KOI8-U", ICONV},
    {"cp866", "CP866", ICONV},
    {"ibm866", "CP866", ICONV},
    {"macintosh", "MACINTOSH", ICONV},
    {"gb2312", "GBK", ICONV_PAIRS},
    {"gbk", "GBK", ICONV_PAIRS},
    {"x-gbk", "GBK", ICONV_PAIRS},
    {"cp936", "GBK", ICONV_PAIRS},
    {"gb18030", "GB18030", ICONV_PAIRS},
    {"big5", "BIG5-HKSCS", ICONV_PAIRS},
    {"big5-hkscs", "BIG5-HKSCS", ICONV_PAIRS},
    {"euc-kr", "CP949", ICONV_PAIRS},
    {"ks_c_5601-1987", "CP949", ICONV_PAIRS},
    {"cp949", "CP949", ICONV_PAIRS},
    {"windows-949", "CP949", ICONV_PAIRS},
    {"utf-7", "UTF-7", ICONV},
    {"unicode-1-1-utf-7", "UTF-7", ICONV},
};

static const struct charset *find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (!text_compare_nocase(name, len, charsets[i].name, strlen(charsets[i].name)))
            return &charsets[i];
    return NULL;
}

static size_t bad_width(const struct charset *cs, const char *in, size_t left)
{
    bool pair = cs->how == ICONV_PAIRS && left > 1 && (in[0] & 0x80) && (in[1] & 0x80);
    return pair ? 2 : 1;
}

/* False when this machine's iconv does not have it. Counts what could not be converted. */
static bool convert(const struct charset *cs, const char *text, size_t len, struct buf *out, size_t *ret_bad)
{
    iconv_t cd = iconv_open("UTF-8", cs->iconv_name);
    if (cd == (iconv_t)-1)
        return false;
    char *in = (char *)text; /* iconv does not write there */
    *ret_bad = 0;
    while (len) {
        size_t room = len * 4 + 16, left = room;
        char *dst = buf_reserve(out, room);
        size_t rc = iconv(cd, &in, &len, &dst, &left);
        buf_commit(out, room - left);
        if (rc != (size_t)-1)
            break;
        if (errno == E2BIG)
            continue;
        size_t width = errno == EINVAL ? len : bad_width(cs, in, len);
        in += width;
        len -= width;
        ++*ret_bad;
        buf_append_char(out, '?');
    }
    iconv_close(cd);
    return true;
}

/* ISO-2022-JP as it is met: its sets as EUC-JP with NEC's rows and half-width kana, which glibc's own decoder
 * refuses. */
static size_t jis_character(const struct mail_octets *j, const char *s, size_t len, struct buf *euc)
{
    bool kana = j->set == MAIL_OCTETS_KANA;
    if (!mail_octets_is_94(s[0]) || j->set == MAIL_OCTETS_ROMAN ||
        (!kana && (len < 2 || !mail_octets_is_94(s[1])))) {
        buf_append_char(euc, s[0] & 0x80 ? '?' : s[0]);
        return 1;
    }
    if (kana)
        buf_append_char(euc, (char)0x8e);
    if (j->set == MAIL_OCTETS_KANJI_2)
        buf_append_char(euc, (char)0x8f);
    size_t width = kana ? 1 : 2;
    for (size_t i = 0; i < width; i++)
        buf_append_char(euc, (char)(s[i] | 0x80));
    return width;
}

static const struct charset euc_jp = {"euc-jp", "EUC-JP-MS", ICONV_PAIRS};
static const struct charset cp932 = {"cp932", "CP932", ICONV_PAIRS};

static bool decode_jis(const char *text, size_t len, struct buf *out)
{
    struct buf euc = {0};
    struct mail_octets j = {.kind = MAIL_OCTETS_JIS};
    while (len) {
        size_t n = mail_octets_escape(&j, text, len);
        if (!n)
            n = jis_character(&j, text, len, &euc);
        text += n;
        len -= n;
    }
    size_t bad;
    bool ok = convert(&euc_jp, buf_bytes(&euc), buf_len(&euc), out, &bad);
    buf_done(&euc);
    return ok;
}

static bool is_utf8(const char *s, size_t len)
{
    while (len) {
        size_t n = text_utf8_len(s, len);
        if (!n)
            return false;
        s += n;
        len -= n;
    }
    return true;
}

static void append_replaced(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++)
        buf_append_char(out, text[i] & 0x80 ? '?' : text[i]);
}

bool mail_charset_decode(const char *name, size_t name_len, const char *text, size_t len, struct buf *out)
{
    const struct charset *cs = find(name, name_len);
    size_t bad;
    if (!cs)
        return false;
    switch (cs->how) {
    case UTF8:
        buf_append(out, text, len);
        return true;
    case ASCII:
        mail_charset_guess(text, len, out);
        return true;
    case JIS:
        if (mail_octets_any_8bit(text, len) && !memchr(text, '\033', len))
            mail_charset_guess(text, len, out);
        else
            return decode_jis(text, len, out);
        return true;
    case ICONV:
    case ICONV_PAIRS:
        break;
    }
    return convert(cs, text, len, out, &bad);
}

/* How unlike what people write in Japanese these characters are: half-width kana, private use and rare signs
 * count. */
static unsigned penalty(const char *s, size_t len)
{
    unsigned sum = 0;
    while (len) {
        size_t n = text_utf8_len(s, len);
        unsigned c = n ? text_utf8_code(s, n) : 0;
        if (c >= 0xff61 && c <= 0xff9f)
            sum += 1;
        else if (c >= 0xe000 && c <= 0xf8ff)
            sum += 3;
        else if (c >= 0x80 && !(c >= 0x3000 && c <= 0x30ff) && !(c >= 0x4e00 && c <= 0x9fff) && c < 0xff00)
            sum += 1;
        s += n ? n : 1;
        len -= n ? n : 1;
    }
    return sum;
}

static unsigned try(const struct charset *cs, const char *text, size_t len, struct buf *out)
{
    size_t bad;
    if (!convert(cs, text, len, out, &bad) || bad)
        return UNFIT;
    return penalty(buf_bytes(out), buf_len(out));
}

/* The likelier of CP932 and EUC-JP, and the text by it; NULL, and nothing, when it is neither. */
static const struct charset *likelier(const char *text, size_t len, struct buf *out)
{
    struct buf a = {0}, b = {0};
    unsigned as_cp932 = try(&cp932, text, len, &a), as_euc = try(&euc_jp, text, len, &b);
    bool is_euc = as_euc < as_cp932, is_none = as_euc >= UNFIT && as_cp932 >= UNFIT;
    const struct buf *best = is_euc ? &b : &a;
    if (!is_none)
        buf_append(out, buf_bytes(best), buf_len(best));
    buf_done(&a);
    buf_done(&b);
    return is_none ? NULL : is_euc ? &euc_jp : &cp932;
}

static bool has_escape(const char *text, size_t len)
{
    struct mail_octets j = {.kind = MAIL_OCTETS_JIS};
    const char *esc = memchr(text, '\033', len);
    return esc && mail_octets_escape(&j, esc, len - (size_t)(esc - text));
}

void mail_charset_guess(const char *text, size_t len, struct buf *out)
{
    if (mail_octets_any_8bit(text, len)) {
        if (is_utf8(text, len))
            buf_append(out, text, len);
        else if (!likelier(text, len, out))
            append_replaced(text, len, out);
    } else if (!has_escape(text, len) || !decode_jis(text, len, out)) {
        buf_append(out, text, len);
    }
}

const char *mail_charset_detect(const char *text, size_t len)
{
    if (!mail_octets_any_8bit(text, len))
        return has_escape(text, len) ? "ISO-2022-JP" : "US-ASCII";
    if (is_utf8(text, len))
        return "UTF-8";
    struct buf unused = {0};
    const struct charset *cs = likelier(text, len, &unused);
    buf_done(&unused);
    return !cs ? NULL : cs == &euc_jp ? "EUC-JP" : "Shift_JIS";
}

enum mail_octets_kind mail_charset_octets(const char *name, size_t len)
{
    const struct charset *cs = find(name, len);
    if (!cs || cs->how == ASCII)
        return MAIL_OCTETS_UNKNOWN;
    if (cs->how == UTF8)
        return MAIL_OCTETS_UTF8;
    if (cs->how == JIS)
        return MAIL_OCTETS_JIS;
    if (cs->how == ICONV)
        return MAIL_OCTETS_ONE;
    if (!strcmp(cs->iconv_name, cp932.iconv_name))
        return MAIL_OCTETS_CP932;
    return !strcmp(cs->iconv_name, euc_jp.iconv_name) ? MAIL_OCTETS_EUC_JP : MAIL_OCTETS_PAIRS;
}
