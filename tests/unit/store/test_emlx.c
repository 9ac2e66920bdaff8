/* What a message file of Apple Mail says; which of its parts lie elsewhere, at every split point; how they
 * were. */
#include "check.h"
#include "emlx.h"
#include "emlx_parts.h"
#include "emlx_qp.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static void counts(void)
{
    static const struct {
        const char *front;
        int start, octets; /* -1: none */
    } fronts[] = {
        {"12\nx", 3, 12},
        {"17829     \nx", 11, 17829},
        {"0\r\n", 3, 0},
        {"", -1, 0},
        {"12", -1, 0},
        {"\n", -1, 0},
        {"  12\n", -1, 0},
        {"-1\n", -1, 0},
        {"1 2\n", -1, 0},
        {"99999999999999999999999\n", -1, 0},
        {"From: a\n", -1, 0},
    };
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        uint64_t start, octets;
        CHECK_LABEL("%s", fronts[i].front);
        bool fine = emlx_count(fronts[i].front, strlen(fronts[i].front), &start, &octets);
        CHECK_INT(fine, fronts[i].start >= 0);
        if (fine)
            CHECK(start == (uint64_t)fronts[i].start && octets == (uint64_t)fronts[i].octets);
    }
}

static void lists(void)
{
    static const struct {
        const char *text;
        bool told;
        uint64_t flags;
        int64_t received_s;
    } rows[] = {
        {"<key>flags</key>\n\t<integer>8623689857</integer>\n<key>date-received</key><integer>1516985072</integer>",
            true, 8623689857, 1516985072},
        {"<key>flags</key><integer>0</integer>", true, 0, INT64_MIN},
        {"<key>flags</key><string>1</string>", false, 0, INT64_MIN},
        {"<key>flags</key><integer>1", false, 0, INT64_MIN},
        {"<key>flags</key>", false, 0, INT64_MIN},
        {"<key>flags</key><integer></integer>", false, 0, INT64_MIN},
        {"<key>date-received</key><integer>99999999999999</integer>", false, 0, INT64_MIN},
        {"", false, 0, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct emlx_plist p = emlx_plist_read(rows[i].text, strlen(rows[i].text));
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(p.told, rows[i].told);
        CHECK(p.flags == rows[i].flags && p.received_s == rows[i].received_s);
    }
}

static const struct {
    const char *text, *parts; /* "NUMBER field-end content octets encoding;", "odd", "open" */
} messages[] = {
    {"", ""},
    {"A: b\n\nX\n", ""},
    {"A: b\nX-Apple-Content-Length: 5\n\n", "1 5-31 32 5 0;"},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Transfer-Encoding: Base64\n"
     "x-apple-content-length: 70\n\n\n--b--\n",
        "2 87-114 115 70 1;"},
    {"Content-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: multipart/x; boundary=c\r\n\r\n--c\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\nX-Apple-Content-Length: 7\r\n\r\n\r\n--c--\r\n--b\r\n"
     "X-Apple-Content-Length: 8\r\n\r\n--b--",
        "1.1 145-172 174 7 2;2 188-215 217 8 0;"},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Apple-Content-Length: 7\n\ntext\n--b--\n",
        "1 47-73 74 7 0;odd"},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Apple-Content-Length: 7\n--b--\n", "odd"},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Apple-Content-Length: 7", ""},
    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Apple-Content-Length: 7\n", "open"},
    {"X-Apple-Content-Length: x\n\n", "odd"},
    {"X-Apple-Content-Length: 1\nX-Apple-Content-Length: 1\n\n", "odd"},
    {"Content-Type: message/rfc822\n\nX-Apple-Content-Length: 1\n\n", "odd"},
    {"Content-Type: multipart/mixed; boundary=b\nX-Apple-Content-Length: 1\n\n", "odd"},
};

static void scan(struct emlx_parts *e, const char *data, size_t len, struct buf *out)
{
    for (size_t done = 0; done < len;) {
        bool part;
        done += emlx_parts_feed(e, data + done, len - done, &part);
        if (part)
            buf_printf(out, "%s %d-%d %d %d %d;", e->part.number, (int)e->part.field_at,
                (int)e->part.field_end, (int)e->part.content_at, (int)e->part.octets, (int)e->part.encoding);
    }
}

static void parts_at_every_split(void)
{
    for (size_t k = 0; k < sizeof messages / sizeof *messages; k++)
        for (size_t len = strlen(messages[k].text), at = 0; at <= len; at++) {
            struct emlx_parts *e = mem_alloc(sizeof *e);
            struct buf out CLEANUP(buf_done) = {0};
            CHECK_LABEL("%s, split at %zu", messages[k].text, at);
            scan(e, messages[k].text, at, &out);
            scan(e, messages[k].text + at, len - at, &out);
            buf_append_str(&out, e->odd ? "odd" : emlx_parts_is_open(e) ? "open" : "");
            CHECK_STR(buf_str(&out), messages[k].parts);
            free(e);
        }
}

/* Deeper than levels are kept: what stands there is odd, and nothing breaks. */
static void deep(void)
{
    struct emlx_parts *e = mem_alloc(sizeof *e);
    struct buf in CLEANUP(buf_done) = {0}, out CLEANUP(buf_done) = {0};
    for (int i = 0; i < 50; i++)
        buf_printf(&in, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    buf_append_str(&in, "X-Apple-Content-Length: 1\n\n\n");
    scan(e, buf_bytes(&in), buf_len(&in), &out);
    CHECK_LABEL("50 levels");
    CHECK_INT(e->odd, 1);
    CHECK_INT(buf_len(&out), 0);
    free(e);
}

static void shapes(void)
{
    static const struct {
        uint64_t octets, length;
        unsigned width; /* 0: none */
        bool last_end;
    } rows[] = {
        {26624, 35967, 76, false}, /* as in files of Apple Mail */
        {75066, 101404, 76, false},
        {55904, 76502, 76, true}, /* counted with CR LF */
        {3, 4, 76, false},
        {3, 5, 76, true},
        {3, 6, 76, true},
        {3, 7, 0, false},
        {0, 0, 0, false},
        {300, 400 + 6, 76, true},
        {300, 400 + 99, 4, false},
        {5632, 702736, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned width = 0;
        bool last_end = false;
        CHECK_LABEL("%d octets in %d", (int)rows[i].octets, (int)rows[i].length);
        CHECK_INT(emlx_base64_shape(rows[i].octets, rows[i].length, &width, &last_end), rows[i].width > 0);
        if (rows[i].width)
            CHECK(width == rows[i].width && last_end == rows[i].last_end);
    }
}

static void quoted_printable(void)
{
    static const char long_line[] =
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 x\n";
    static const struct {
        const char *text, *encoded; /* NULL: the length is one that it never has */
    } rows[] = {
        {"", ""},
        {"a=b \n\xe3\x81\x82", "a=3Db=20\n=E3=81=82"},
        {"a\tb\r\nc\n", "a\tb\nc\n"},
        {long_line, "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345678=\n9 x\n"},
        {long_line, "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 =\n0123456789 x\n"},
        {"abc", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out CLEANUP(buf_done) = {0};
        CHECK_LABEL("%s", rows[i].text);
        bool fine = emlx_qp_encode(
            rows[i].text, strlen(rows[i].text), rows[i].encoded ? strlen(rows[i].encoded) : 99, &out);
        CHECK_INT(fine, rows[i].encoded != NULL);
        CHECK_INT(buf_len(&out), rows[i].encoded ? strlen(rows[i].encoded) : 0);
        if (i < 3)
            CHECK_STR(buf_str(&out), rows[i].encoded);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"counts", counts},
        {"property lists", lists},
        {"parts, at every split point", parts_at_every_split},
        {"deep", deep},
        {"shapes of base64", shapes},
        {"quoted-printable", quoted_printable},
    };
    return check_main("store emlx", tests, sizeof tests / sizeof *tests);
}
