#include "folder_name.h"

#include "buf.h"
#include "mem.h"
#include "sha256.h"
#include "text.h"
#include <stdint.h>
#include <string.h>

#define HASH_DIGITS 8

static bool is_bad(const char *s, size_t n, char delimiter)
{
    unsigned c = text_utf8_code(s, n);
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '*' || c == '%' ||
           (delimiter && c == (unsigned char)delimiter);
}

static size_t count_characters(const char *s, size_t len)
{
    size_t count = 0;
    for (size_t at = 0, n; at < len; at += n ? n : 1, count++)
        n = text_utf8_len(s + at, len - at);
    return count;
}

static void put_hash(struct buf *out, const char *s, size_t len)
{
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(s, len, digest);
    buf_append_char(out, '~');
    for (int i = 0; i < HASH_DIGITS / 2; i++)
        buf_printf(out, "%02x", digest[i]);
}

/* One level, without blanks at its ends. */
static void put_level(struct buf *out, const char *s, size_t len, char delimiter)
{
    bool cut = count_characters(s, len) > FOLDER_NAME_LEVEL_MAX;
    size_t most = cut ? FOLDER_NAME_LEVEL_MAX - HASH_DIGITS - 1 : FOLDER_NAME_LEVEL_MAX, count = 0;
    bool dots = (len == 1 || len == 2) && !strncmp(s, "..", len);
    for (size_t at = 0, n; at < len && count < most; at += n ? n : 1, count++) {
        n = text_utf8_len(s + at, len - at);
        if (!n || dots || is_bad(s + at, n, delimiter))
            buf_append_char(out, '_');
        else
            buf_append(out, s + at, n);
    }
    if (cut)
        put_hash(out, s, len);
}

char *folder_name_fit(const char *path, char delimiter, bool *ret_changed)
{
    struct buf out = {0};
    for (const char *s = path; *s;) {
        size_t len = strcspn(s, "/"), before = strspn(s, " "), end = len;
        const char *next = s + len + (s[len] == '/');
        before = before < len ? before : len;
        while (end > before && s[end - 1] == ' ')
            end--;
        if (end > before) {
            if (buf_len(&out))
                buf_append_char(&out, '/');
            put_level(&out, s + before, end - before, delimiter == '/' ? 0 : delimiter);
        }
        s = next;
    }
    char *name = buf_strdup(&out);
    buf_done(&out);
    *ret_changed = strcmp(name, path) != 0;
    return name;
}
