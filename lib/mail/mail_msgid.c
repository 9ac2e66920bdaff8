#include "mail_msgid.h"

#include "mail_blanks.h"
#include "mail_scan.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX 998
#define CHUNK  1024

/* The place after the comment that starts at s[at], or at when it never closes. */
static size_t skip_comment(const char *s, size_t at, size_t len)
{
    unsigned depth = 0;
    for (size_t i = at; i < len; i++) {
        if (s[i] == '\\')
            i++;
        else if (s[i] == '(')
            depth++;
        else if (s[i] == ')' && !--depth)
            return i + 1;
    }
    return at;
}

/* The same for a quoted string. */
static size_t skip_quoted(const char *s, size_t at, size_t len)
{
    for (size_t i = at + 1; i < len; i++) {
        if (s[i] == '\\')
            i++;
        else if (s[i] == '"')
            return i + 1;
    }
    return at;
}

static size_t skip_both(const char *s, size_t at, size_t len)
{
    size_t next = s[at] == '(' ? skip_comment(s, at, len) : s[at] == '"' ? skip_quoted(s, at, len) : at;
    return next;
}

/* The first c outside comments and quoted strings, or len. */
static size_t find_plain(const char *s, size_t at, size_t len, char c)
{
    while (at < len && s[at] != c) {
        size_t next = skip_both(s, at, len);
        at = next > at ? next : at + 1;
    }
    return at < len ? at : len;
}

/* The ">" that closes what opens before at, brackets in between counted; if they do not pair, the first ">".
 */
static size_t find_close(const char *s, size_t at, size_t len)
{
    unsigned depth = 1;
    for (size_t i = at; i < len;) {
        if (s[i] == '<')
            depth++;
        else if (s[i] == '>' && !--depth)
            return i;
        size_t next = skip_both(s, i, len);
        i = next > i ? next : i + 1;
    }
    return find_plain(s, at, len, '>');
}

/* Copy s without comments and blanks; returns the length. dst may be as long as s. */
static size_t strip(const char *s, size_t len, char *dst)
{
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t next = skip_both(s, i, len);
        if (next > i && s[i] == '"') {
            memcpy(dst + n, s + i, next - i);
            n += next - i;
        } else if (next == i) {
            if (s[i] != ' ')
                dst[n++] = s[i];
            next = i + 1;
        }
        i = next;
    }
    return n;
}

static bool is_key(const char *id, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)id[i], letter = c | 0x20;
        if (c >= 0x80 || (c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'z'))
            return true;
    }
    return false;
}

static char *hashed(const uint8_t digest[SHA256_OCTETS])
{
    char hex[SHA256_HEX];
    sha256_hex(digest, hex);
    return mem_printf("<sha256:%s>", hex);
}

static char *finished(const char *id, size_t len)
{
    while (len >= 2 && id[0] == '<' && id[len - 1] == '>') {
        id++;
        len -= 2;
    }
    if (!is_key(id, len))
        return NULL;
    char *framed = mem_alloc(len + 3);
    framed[0] = '<';
    memcpy(framed + 1, id, len);
    framed[len + 1] = '>';
    if (len + 2 <= ID_MAX)
        return framed;
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(framed, len + 2, digest);
    free(framed);
    return hashed(digest);
}

char *mail_msgid_from_key(const char *key, size_t len, const uint8_t *rest)
{
    char id[MAIL_FIELD_MAX];
    size_t open = find_plain(key, 0, len, '<');
    size_t from = open < len ? open + 1 : 0;
    size_t to = open < len ? find_close(key, from, len) : len;
    if (to == len && rest)
        return hashed(rest);
    size_t n = strip(key + from, to - from, id);
    if (open == len && n && id[n - 1] == '>')
        n--;
    return finished(id, n);
}

char *mail_msgid_parse(const char *value, size_t len)
{
    char key[MAIL_FIELD_MAX], chunk[CHUNK + 1];
    size_t kept = 0, total = 0;
    struct mail_blanks blanks = {0};
    struct sha256 *hash = sha256_new();
    for (size_t at = 0; at < len;) {
        size_t in = len - at < CHUNK ? len - at : CHUNK;
        size_t n = mail_blanks_squeeze(&blanks, value + at, in, chunk);
        size_t keep = n < sizeof key - kept ? n : sizeof key - kept;
        memcpy(key + kept, chunk, keep);
        sha256_update(hash, chunk, n);
        kept += keep;
        total += n;
        at += in;
    }
    uint8_t digest[SHA256_OCTETS];
    sha256_final(hash, digest);
    sha256_free(hash);
    return mail_msgid_from_key(key, kept, total > kept ? digest : NULL);
}
