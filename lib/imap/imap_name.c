#include "imap_name.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include "utf7.h"
#include <stdbool.h>
#include <string.h>

static int refuse(struct error *err, const char *path, const char *why)
{
    return error_set(
        err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "the mailbox name \"%s\" %s", path, why);
}

/* One level, len octets, to out. */
static int put_level(struct buf *out, const char *path, const char *s, size_t len, struct error *err)
{
    if (!len)
        return refuse(err, path, *path ? "has an empty level" : "is empty");
    for (size_t at = 0, n; at < len; at += n) {
        n = text_utf8_len(s + at, len - at);
        if (!n)
            return refuse(err, path, "is not UTF-8");
        unsigned c = text_utf8_code(s + at, n);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return refuse(err, path, "holds control characters");
    }
    utf7_encode(s, len, out);
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

char *imap_name_to_utf8(const char *wire)
{
    CLEANUP(buf_done) struct buf text = {0};
    if (utf7_decode(wire, &text) < 0) {
        buf_clear(&text);
        buf_append_str(&text, wire);
    }
    size_t cap = buf_len(&text) + 1;
    char *shown = mem_alloc(cap);
    return text_clean(shown, cap, buf_bytes(&text), buf_len(&text));
}
