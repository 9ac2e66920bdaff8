#include "list_text.h"

#include "mem.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known without asking iconv. Names are compared without "-" and "_" and by their letters' sizes. */
struct charset {
    const char *name;  /* as list_text.h has it */
    const char *iconv; /* NULL: it is UTF-8 */
    const char *mark;
    const char *aliases; /* each ended by a blank */
};
static const struct charset known[] = {
    {"UTF-8", NULL, "", "utf8 "},
    {"UTF-8-BOM", NULL, "\xef\xbb\xbf", "utf8bom utf8sig "},
    {"UTF-16LE", "UTF-16LE", "\xff\xfe", "utf16le utf16 unicode "},
    {"UTF-16BE", "UTF-16BE", "\xfe\xff", "utf16be "},
    {"CP932", "CP932", "", "cp932 ms932 windows31j shiftjis sjis xsjis "},
};
#define UTF8      (&known[0])
#define UTF8_MARK (&known[1])
#define CP932     (&known[4])

void list_text_done(struct list_text *t)
{
    if (t->text)
        explicit_bzero(t->text, t->len);
    free(t->text);
    *t = (struct list_text){0};
}

void list_text_wipe(struct buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->cap);
    buf_done(b);
}

/* ---- names ---- */
static const struct charset *find_known(const char *name)
{
    char plain[40];
    size_t n = 0;
    for (; *name && n < sizeof plain - 2; name++)
        if (*name != '-' && *name != '_')
            plain[n++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    plain[n++] = ' ';
    for (size_t i = 0; !*name && i < sizeof known / sizeof *known; i++)
        for (const char *a = known[i].aliases; *a; a += strcspn(a, " ") + 1)
            if (!strncmp(a, plain, n))
                return &known[i];
    return NULL;
}

static const struct charset *find_mark(const char *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].mark);
        if (n && len >= n && !memcmp(bytes, known[i].mark, n))
            return &known[i];
    }
    return NULL;
}

static bool has_mark(const struct charset *cs)
{
    return cs && *cs->mark;
}

static int check_converter(const struct charset *cs, struct error *err)
{
    iconv_t cd = cs->iconv ? iconv_open("UTF-8", cs->iconv) : (iconv_t)0;
    if (cd == (iconv_t)-1)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "charset %s: this machine's iconv does not have it: see iconv --list, or save the file as \"CSV UTF-8\"",
            cs->name);
    if (cs->iconv)
        iconv_close(cd);
    return 0;
}

/* A name that only iconv has goes into *other. A "/" in it would let iconv leave out what it does not know.
 */
static int choose(const char *name, const struct charset **ret, struct charset *other, struct error *err)
{
    *ret = find_known(name);
    if (*ret)
        return 0;
    if (!*name || strlen(name) >= LIST_TEXT_CHARSET_MAX || strchr(name, '/'))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "charset %s: no such name: UTF-8, CP932 and UTF-16LE are the usual ones", name);
    *other = (struct charset){name, name, "", ""};
    *ret = other;
    return 0;
}

/* ---- bytes to UTF-8 ---- */
static long line_of(const char *utf8, size_t len)
{
    long line = 1;
    for (size_t i = 0; i < len; i++)
        line += utf8[i] == '\n' ? !i || utf8[i - 1] != '\r' : utf8[i] == '\r';
    return line;
}

/* How many octets from the beginning are UTF-8. */
static size_t valid_utf8(const char *s, size_t len)
{
    size_t at = 0, n;
    while (at < len && (n = text_utf8_len(s + at, len - at)))
        at += n;
    return at;
}

/* More room without leaving a copy behind. */
static void grow(struct buf *b)
{
    struct buf larger = {0};
    buf_reserve(&larger, buf_len(b) * 2 + 256);
    buf_append(&larger, buf_bytes(b), buf_len(b));
    list_text_wipe(b);
    *b = larger;
}

/* As far as it goes; false: the rest is none of this charset. */
static bool convert(iconv_t cd, const char *bytes, size_t len, struct buf *out)
{
    char *in = (char *)bytes; /* iconv does not write there */
    for (bool flushed = false;;) {
        char *dst = out->data + out->end;
        size_t room = out->cap - out->end, left = room;
        size_t rc = iconv(cd, flushed ? NULL : &in, flushed ? NULL : &len, &dst, &left);
        int why = errno;
        buf_commit(out, room - left);
        if (rc != (size_t)-1 && flushed)
            return true;
        if (rc != (size_t)-1)
            flushed = true; /* what brings a stateful charset back to its beginning */
        else if (why == E2BIG)
            grow(out);
        else
            return false;
    }
}

static bool recode(const char *to, const char *from, const char *bytes, size_t len, struct buf *out)
{
    iconv_t cd = iconv_open(to, from);
    if (cd == (iconv_t)-1)
        return false;
    buf_reserve(out, len * 3 + 64);
    bool all = convert(cd, bytes, len, out);
    iconv_close(cd);
    return all;
}

static bool decode(const struct charset *cs, const char *bytes, size_t len, struct buf *out)
{
    if (cs->iconv)
        return recode("UTF-8", cs->iconv, bytes, len, out);
    size_t valid = valid_utf8(bytes, len);
    buf_append(out, bytes, valid);
    return valid == len;
}

static int check_text(const struct buf *out, struct error *err)
{
    const char *nul = memchr(buf_bytes(out), '\0', buf_len(out));
    return nul ? error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                     "line %ld: a NUL character, so this is no text file (or UTF-16 without its mark: save it as "
                     "\"CSV UTF-8\", or name its charset)",
                     line_of(buf_bytes(out), (size_t)(nul - buf_bytes(out))))
               : 0;
}

static int decode_as(const struct charset *cs, bool guessed, const char *bytes, size_t len,
    struct list_text *ret, struct error *err)
{
    struct buf out CLEANUP(list_text_wipe) = {0};
    if (check_converter(cs, err) < 0)
        return -1;
    size_t skip = 0;
    while (
        has_mark(cs) && find_mark(bytes + skip, len - skip) == cs) /* some programs put one before another */
        skip += strlen(cs->mark);
    if (!decode(cs, bytes + skip, len - skip, &out))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "line %ld: this is not %s: save the file as \"CSV UTF-8\", or name its charset",
            line_of(buf_bytes(&out), buf_len(&out)),
            guessed ? "text in UTF-8 or CP932 (Shift_JIS)" : cs->name);
    if (check_text(&out, err) < 0)
        return -1;
    struct list_text t = {.text = buf_strdup(&out), .len = buf_len(&out)};
    memcpy(t.charset, cs->name, strlen(cs->name) + 1);
    *ret = t;
    return 0;
}

/* ---- what is no text ---- */
static bool begins(const char *bytes, size_t len, const char *magic, size_t n)
{
    return len >= n && !memcmp(bytes, magic, n);
}

static bool holds(const char *bytes, size_t len, const char *word)
{
    return memmem(bytes, len, word, strlen(word));
}

/* NULL: it may be text. */
static const char *find_workbook(const char *bytes, size_t len)
{
    size_t head = len < 65536 ? len : 65536;
    if (begins(bytes, len, "\xd0\xcf\x11\xe0", 4))
        return "an Excel workbook (.xls, or one with a password)";
    if (begins(bytes, len, "{\\rtf", 5) || begins(bytes, len, "%PDF", 4))
        return "a document";
    if (begins(bytes, len, "<", 1) && (holds(bytes, head, "<html") || holds(bytes, head, "<table") ||
                                          holds(bytes, head, "<HTML") || holds(bytes, head, "<Workbook")))
        return "a web page or XML, as some programs export it under the name .xls";
    if (!begins(bytes, len, "PK\3\4", 4))
        return NULL;
    return holds(bytes, head, "opendocument.spreadsheet") ? "an OpenDocument spreadsheet (.ods)"
           : holds(bytes, head, ".iwa")                   ? "a Numbers document"
           : holds(bytes, head, "xl/") || holds(bytes, head, "[Content_Types].xml")
               ? "an Excel workbook (.xlsx)"
               : "a ZIP archive";
}

int list_text_decode(
    const char *bytes, size_t len, const char *charset, struct list_text *ret, struct error *err)
{
    const struct charset *marked = find_mark(bytes, len), *cs = marked;
    struct charset other;
    bool guessed = !charset && !marked;
    const char *workbook = find_workbook(bytes, len);
    if (workbook)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "this is %s, no list as text: open it in the program that made it, save it as \"CSV UTF-8 "
            "(comma delimited)\", and name that file",
            workbook);
    if (charset && choose(charset, &cs, &other, err) < 0)
        return -1;
    if (marked && (cs == UTF8 || has_mark(cs)))
        cs = marked;
    if (!cs)
        cs = valid_utf8(bytes, len) == len ? UTF8 : CP932;
    return decode_as(cs, guessed, bytes, len, ret, err);
}

/* ---- files ---- */
static int file_error(const char *path, const char *why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s", path, why);
}

/* At most cap octets; -1: errno. stdio is not used: its buffers would keep what is in them. */
static ssize_t read_all(int fd, char *dst, size_t cap)
{
    size_t n = 0;
    while (n < cap) {
        ssize_t got = read(fd, dst + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (!got)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

int list_text_read(const char *path, const char *charset, struct list_text *ret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return file_error(path, strerror(errno), err);
    char *all = mem_alloc(LIST_TEXT_MAX + 1); /* pages that nothing is read into cost nothing */
    ssize_t n = read_all(fd, all, LIST_TEXT_MAX + 1);
    int rc = n < 0                ? file_error(path, strerror(errno), err)
             : n <= LIST_TEXT_MAX ? list_text_decode(all, (size_t)n, charset, ret, err)
                                  : file_error(path, "larger than 16 MiB, so this is no list", err);
    if (rc < 0 && n >= 0 && n <= LIST_TEXT_MAX)
        error_prefix(err, "%s", path);
    explicit_bzero(all, n > 0 ? (size_t)n : 0);
    free(all);
    close(fd);
    return rc;
}

/* ---- UTF-8 to bytes ---- */
int list_text_encode(const char *text, size_t len, const char *charset, struct buf *ret, struct error *err)
{
    struct buf out CLEANUP(list_text_wipe) = {0};
    const struct charset *cs;
    struct charset other;
    if (choose(charset, &cs, &other, err) < 0 || check_converter(cs, err) < 0)
        return -1;
    if (!cs->iconv)
        buf_append(&out, text, len);
    else if (!recode(cs->iconv, "UTF-8", text, len, &out))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "it has a character that %s does not have: name another charset, as UTF-8", cs->name);
    if (!buf_len(ret))
        buf_append_str(ret, cs->mark);
    buf_append(ret, buf_bytes(&out), buf_len(&out));
    return 0;
}
