#include "archive_manifest.h"

#include "clock.h"
#include "mail_date.h"
#include "mem.h"
#include "table_cell.h"
#include "text.h"
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define COMMON "sha256\toctets\taccount\tuidl\tlisted\tdate\tfile"

static const char *const headers[] = {
    [ARCHIVE_MAILDIR] = COMMON "\n",
    [ARCHIVE_MBOX] = COMMON "\tstored\n",
};
#define FORMATS (sizeof headers / sizeof *headers)

enum column {
    SHA256,
    OCTETS,
    ACCOUNT,
    UIDL,
    LISTED,
    DATE,
    FILE_NAME,
    STORED,
    COLUMNS_MAX,
};

const char *archive_manifest_header(enum archive_format format)
{
    return headers[format];
}

/* Programs get back what it was, octet for octet; a person's spreadsheet sees no formula. Caller frees. */
static char *escape(const char *s)
{
    struct buf out CLEANUP(buf_done) = {0};
    bool begins = true; /* a cell, also where it is cut at other characters than tabs */
    for (size_t len = strlen(s); len;) {
        size_t n = text_utf8_len(s, len);
        if (n && *s != '\\' && text_is_showable(text_utf8_code(s, n)) && !(begins && table_cell_sign(s)))
            buf_append(&out, s, n);
        else
            for (size_t i = 0; i < n + !n; i++)
                buf_printf(&out, "\\x%02x", (unsigned char)s[i]);
        begins = strchr(" ,;", *s) && (begins || *s != ' ');
        s += n + !n;
        len -= n + !n;
    }
    return buf_strdup(&out);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place, what escape made, or the escape of an older popferry. */
static void unescape(char *s)
{
    char *to = s;
    for (; *s; to++) {
        bool escaped = s[0] == '\\' && s[1] == 'x' && hex_digit(s[2]) >= 0 && hex_digit(s[3]) >= 0;
        *to = escaped ? (char)(hex_digit(s[2]) << 4 | hex_digit(s[3])) : *s;
        s += escaped ? 4 : 1;
    }
    *to = '\0';
}

static void key_of(const char *account, const char *uidl, uint64_t listed_octets, const char *sha256,
    uint8_t ret_key[SHA256_OCTETS])
{
    char *words CLEANUP(mem_free_str) = *uidl ? mem_printf("%s\t%s\t%" PRIu64, account, uidl, listed_octets)
                                              : mem_printf("%s\t\t%s", account, sha256);
    sha256_bytes(words, strlen(words), ret_key);
}

void archive_manifest_key(const char *account, const char *uidl, uint64_t listed_octets,
    const uint8_t *sha256, uint8_t ret_key[SHA256_OCTETS])
{
    char *a CLEANUP(mem_free_str) = escape(account);
    char *u CLEANUP(mem_free_str) = escape(uidl ? uidl : "");
    char hex[SHA256_HEX] = "";
    if (sha256)
        sha256_hex(sha256, hex);
    key_of(a, u, listed_octets, hex, ret_key);
}

void archive_manifest_add(struct buf *text, enum archive_format format, const struct archive_message *m,
    const char *file, uint64_t offset, uint64_t stored)
{
    char *account CLEANUP(mem_free_str) = escape(m->account);
    char *uidl CLEANUP(mem_free_str) = escape(m->key ? m->key : "");
    char hex[SHA256_HEX];
    sha256_hex(m->sha256, hex);
    buf_printf(text, "%s\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t", hex, spool_octets(m->spool), account, uidl,
        m->listed_octets);
    if (m->date_s != MAIL_NO_DATE) {
        struct clock_utc d = clock_to_utc(m->date_s);
        buf_printf(
            text, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
    }
    if (format == ARCHIVE_MBOX)
        buf_printf(text, "\t%s:%" PRIu64 "\t%" PRIu64 "\n", file, offset, stored);
    else
        buf_printf(text, "\t%s\n", file);
}

/* ---- reading ---- */
/* Cut at tabs; how many values, at most COLUMNS_MAX + 1. */
static size_t cut(char *line, char *ret_values[COLUMNS_MAX + 1])
{
    size_t n = 0;
    for (char *value; n <= COLUMNS_MAX && (value = strsep(&line, "\t"));)
        ret_values[n++] = value;
    return n;
}

static bool number(const char *s, uint64_t *ret)
{
    unsigned long long v;
    if (!text_parse_u64(s, strlen(s), &v))
        return false;
    *ret = v;
    return true;
}

static bool digest(const char *hex, uint8_t ret[SHA256_OCTETS])
{
    if (strlen(hex) != SHA256_HEX - 1)
        return false;
    for (size_t i = 0; i < SHA256_OCTETS; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool place(const char *file, const char *stored, struct archive_entry *e)
{
    static const char begin[] = ARCHIVE_MBOX_NAME ":";
    return !strncmp(file, begin, sizeof begin - 1) && number(file + sizeof begin - 1, &e->offset) &&
           number(stored, &e->stored);
}

bool archive_manifest_parse(char *line, enum archive_format format, struct archive_entry *ret)
{
    char *v[COLUMNS_MAX + 1];
    uint64_t listed;
    struct archive_entry e = {0};
    if (cut(line, v) != (format == ARCHIVE_MBOX ? COLUMNS_MAX : STORED))
        return false;
    if (!digest(v[SHA256], e.sha256) || !number(v[OCTETS], &e.octets) || !number(v[LISTED], &listed))
        return false;
    if (format == ARCHIVE_MBOX ? !place(v[FILE_NAME], v[STORED], &e) : !*v[FILE_NAME])
        return false;
    unescape(v[ACCOUNT]);
    unescape(v[UIDL]);
    archive_manifest_key(v[ACCOUNT], v[UIDL], listed, e.sha256, e.key);
    *ret = e;
    return true;
}

int archive_manifest_format(FILE *f)
{
    char line[128];
    if (fgets(line, sizeof line, f))
        for (size_t i = 0; i < FORMATS; i++)
            if (!strcmp(line, headers[i]))
                return (int)i;
    return -1;
}

/* What is not yet on the disk at a power cut may be missing, or be octets of zero. */
static bool is_torn(const char *line, size_t len)
{
    return line[len - 1] != '\n' || memchr(line, '\0', len);
}

int archive_manifest_read(FILE *f, enum archive_format format, archive_manifest_fn *each, void *ctx,
    int64_t *ret_good_octets, bool *ret_torn, unsigned long *ret_line)
{
    char *line CLEANUP(mem_free_str) = NULL;
    size_t cap = 0;
    int64_t good = ftello(f);
    bool torn = false;
    unsigned long at = 2; /* behind the header */
    for (ssize_t n; !torn && (n = getline(&line, &cap, f)) > 0; at++) {
        struct archive_entry e;
        torn = is_torn(line, (size_t)n);
        if (torn)
            break;
        line[n - 1] = '\0';
        if (!archive_manifest_parse(line, format, &e) || !each(ctx, &e)) {
            *ret_line = at;
            return -1;
        }
        good += n;
    }
    *ret_good_octets = good;
    *ret_torn = torn;
    return 0;
}
