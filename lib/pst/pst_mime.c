#include "pst_mime.h"

#include "mail_charset.h"
#include "mem.h"
#include "pst_text.h"
#include "text.h"
#include <stdint.h>
#include <string.h>

#define LINE_MAX_OCTETS 990
#define QP_LINE         76
#define LINE_OCTETS     57 /* of base64 */

struct measure {
    size_t high, longest;
    bool odd; /* a control that no line of text may have */
};

static struct measure measure(const char *text, size_t len)
{
    struct measure m = {0};
    size_t line = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        m.high += c >= 0x80;
        m.odd = m.odd || !c || c == 0x7f || (c < 0x20 && !strchr("\t\n\r\f\x1b", c));
        line = c == '\n' ? 0 : line + 1;
        if (line > m.longest)
            m.longest = line;
    }
    return m;
}

/* CR LF, LF and CR end a line; the last one gets an end. */
static void lines(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue;
        if (text[i] == '\r' || text[i] == '\n')
            buf_append_str(out, "\r\n");
        else
            buf_append_char(out, text[i]);
    }
    size_t n = buf_len(out);
    if (n && buf_bytes(out)[n - 1] != '\n')
        buf_append_str(out, "\r\n");
}

void pst_mime_base64(struct buf *out, const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned n =
            (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
        char group[4] = {digits[n >> 18], digits[n >> 12 & 63], left > 1 ? digits[n >> 6 & 63] : '=',
            left > 2 ? digits[n & 63] : '='};
        buf_append(out, group, 4);
        if ((i + 3) % LINE_OCTETS == 0 || left <= 3)
            buf_append_str(out, "\r\n");
    }
}

/* RFC 2045 section 6.7: of lines with CR LF. */
static void quoted_printable(const char *text, size_t len, struct buf *out)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r' && i + 1 < len && text[i + 1] == '\n') {
            buf_append_str(out, "\r\n");
            column = 0;
            i++;
            continue;
        }
        bool at_end = i + 2 < len && text[i + 1] == '\r' && text[i + 2] == '\n';
        bool plain = (c > 0x20 && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !at_end);
        size_t width = plain ? 1 : 3;
        if (column + width > QP_LINE - 1) {
            buf_append_str(out, "=\r\n");
            column = 0;
        }
        if (plain) {
            buf_append_char(out, (char)c);
        } else {
            char code[3] = {'=', hex[c >> 4], hex[c & 15]};
            buf_append(out, code, 3);
        }
        column += width;
    }
}

void pst_mime_text(struct buf *out, const char *subtype, const char *charset, const char *text, size_t len)
{
    struct buf all CLEANUP(buf_done) = {0};
    lines(text, len, &all);
    struct measure m = measure(buf_bytes(&all), buf_len(&all));
    buf_printf(out, "Content-Type: text/%s; charset=%s\r\n", subtype, charset);
    if (!m.high && !m.odd && m.longest <= LINE_MAX_OCTETS) {
        buf_append_str(out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
        buf_append(out, buf_bytes(&all), buf_len(&all));
    } else if (m.high * 6 < buf_len(&all) && !m.odd) {
        buf_append_str(out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        quoted_printable(buf_bytes(&all), buf_len(&all), out);
    } else {
        buf_append_str(out, "Content-Transfer-Encoding: base64\r\n\r\n");
        pst_mime_base64(out, buf_bytes(&all), buf_len(&all));
    }
}

static bool is_seven_bit(const char *charset)
{
    return text_equal_nocase(charset, "US-ASCII") || text_equal_nocase(charset, "ISO-2022-JP");
}

const char *pst_mime_charset(unsigned codepage, const char *text, size_t len)
{
    const char *said = pst_text_charset(codepage), *found = mail_charset_detect(text, len);
    bool high = false;
    for (size_t i = 0; i < len && !high; i++)
        high = (unsigned char)text[i] >= 0x80;
    if (!said || (high && is_seven_bit(said)))
        said = found ? found : "windows-1252";
    if (!high && found && text_equal_nocase(found, "US-ASCII"))
        return "us-ascii";
    return said;
}
