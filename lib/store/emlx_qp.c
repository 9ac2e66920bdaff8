#include "emlx_qp.h"

#include <string.h>

#define HARD      75 /* octets of a line before its "=" */
#define WIDTH_MIN 60

static size_t encoded(const char *text, size_t at, size_t len, char out[3])
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char c = (unsigned char)text[at];
    bool last = at + 1 == len || text[at + 1] == '\n' || text[at + 1] == '\r';
    if ((c > 32 && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !last)) {
        out[0] = (char)c;
        return 1;
    }
    out[0] = '=';
    out[1] = hex[c >> 4];
    out[2] = hex[c & 15];
    return 3;
}

/* A line with more than width octets is broken behind its last blank (at_blanks), or before the octet that is
 * too much. */
static void encode(const char *text, size_t len, size_t width, bool at_blanks, struct buf *out)
{
    char line[HARD + 8];
    size_t have = 0, blank = 0; /* octets up to and with the last blank */
    buf_clear(out);
    for (size_t at = 0; at < len; at++) {
        if (text[at] == '\r' && at + 1 < len && text[at + 1] == '\n')
            continue;
        if (text[at] == '\n') {
            buf_append(out, line, have);
            buf_append_char(out, '\n');
            have = blank = 0;
            continue;
        }
        char one[3];
        size_t n = encoded(text, at, len, one);
        if (have + n > width) {
            size_t part = at_blanks && blank ? blank : have;
            buf_append(out, line, part);
            buf_append_str(out, "=\n");
            memmove(line, line + part, have - part);
            have -= part;
            blank = 0;
        }
        memcpy(line + have, one, n);
        have += n;
        if (n == 1 && *one == ' ')
            blank = have;
    }
    buf_append(out, line, have);
}

static bool has_length(const struct buf *text, uint64_t length)
{
    uint64_t lines = 0;
    const char *end = buf_bytes(text) + buf_len(text);
    for (const char *p = buf_bytes(text); p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    return length == buf_len(text) || length == buf_len(text) + lines;
}

bool emlx_qp_encode(const char *text, size_t len, uint64_t length, struct buf *out)
{
    for (size_t width = HARD; width >= WIDTH_MIN; width--)
        for (int blanks = 0; blanks < 2; blanks++) {
            encode(text, len, width, blanks, out);
            if (has_length(out, length))
                return true;
        }
    buf_clear(out);
    return false;
}
