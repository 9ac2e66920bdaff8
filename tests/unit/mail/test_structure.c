#include "check.h"
#include "mail_structure.h"
#include "mem.h"
#include "split.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))
#define MULTI        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"

/* A message, and its leaves one after the other: "type|content" each; content with LF. */
static const struct row {
    const char *label;
    const char *in;
    const char *leaves[5];
} rows[] = {
    {"plain", "Subject: a\r\n\r\nbody\r\n", {"text/plain|body"}},
    {"nothing", "", {"text/plain|"}},
    {"no body", "Content-Type: IMAGE/Png\r\n", {"image/png|"}},
    {"text only", "Hello\r\n\r\nworld\r\n", {"text/plain|Hello\n\nworld"}},
    {"text only, then a field", "Hello\r\nSubject: a\r\n\r\nworld\r\n", {"text/plain|world"}},
    {"empty header", "\r\nContent-Type: a/b\r\n", {"text/plain|Content-Type: a/b"}},
    {"mbox", "From a@b\r\nContent-Type: a/b\r\n\r\nx", {"a/b|x"}},
    {"type in parts", "Content-Type: (x) Text\r\n / (y) HTML; charset=utf-8\r\n\r\nx", {"text/html|x"}},
    {"type that is none", "Content-Type: text\r\n\r\nx", {"text/plain|x"}},
    {"the first type counts", "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\nx", {"a/b|x"}},
    {"blanks and empty lines at the end", "X: y\r\n\r\n  a \t\r\n \r\nb  c\r\n \r\n\r\n",
        {"text/plain|  a\n\nb  c"}},
    {"line ends", "X: y\r\n\r\na\nb\rc\r\r\nd", {"text/plain|a\nb\nc\nd"}},
    /* encodings */
    {"base64", "Content-Transfer-Encoding: BASE64\r\n\r\nYWJj\r\nZGVm\r\n", {"text/plain|abcdef"}},
    {"base64, its line ends and padding",
        "Content-Transfer-Encoding: base64\r\n\r\nYSAgDQpi\r\nDQ== Yw==", {"text/plain|a\nb\nc"}},
    {"base64, not text",
        "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nYSAgDQpiDQo=", {"a/b|a  \r\nb"}},
    {"quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb=20\r\n=e3c\r\n",
        {"text/plain|a=b\n\xe3"
         "c"}},
    {"quoted-printable, blanks behind the soft break",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\na=  \r\nb\r\n", {"text/plain|ab"}},
    {"quoted-printable, broken",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=x =4x =\r\n=4\r\n=", {"text/plain|=x =4x =4"}},
    {"not text, as it is",
        "Content-Type: a/b\r\nContent-Transfer-Encoding: binary\r\n\r\n a \r\n\r\nb\r\n\r\n",
        {"a/b| a \r\n\r\nb"}},
    /* parts */
    {"two parts", MULTI "pre\r\n--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\nepilogue\r\n",
        {"a/b|x", "text/plain|y"}},
    {"boundary with blanks, dashes and all", MULTI "--b \t\r\n\r\nx\r\n--bc\r\n--b-\r\n--b-- \r\n--b\r\n",
        {"text/plain|x\n--bc\n--b-"}},
    {"never closed", MULTI "--b\r\n\r\nx\r\n--b\r\n\r\ny", {"text/plain|x", "text/plain|y"}},
    {"never opened", MULTI "x\r\n--c\r\ny\r\n", {"multipart/mixed|x\n--c\ny"}},
    {"no boundary", "Content-Type: multipart/mixed\r\n\r\n--\r\nx", {"multipart/mixed|--\nx"}},
    {"closed at once", MULTI "x\r\n--b--\r\ny", {NULL}},
    {"no empty line in a part", MULTI "--b\r\nContent-Type: a/b\r\n--b\r\nno field\r\n--b--",
        {"a/b|", "text/plain|no field"}},
    {"digest", "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\ny\r\n--b--",
        {"text/plain|y"}},
    {"message", "Content-Type: message/rfc822\r\n\r\nContent-Type: a/b\r\n\r\nx", {"a/b|x"}},
    {"message of an mbox", "Content-Type: message/rfc822\r\n\r\nFrom a@b\r\nContent-Type: a/b\r\n\r\nx",
        {"a/b|x"}},
    {"message that is encoded",
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==",
        {"message/rfc822|a"}},
    {"nested",
        MULTI
        "--b\r\nContent-Type: multipart/alternative; boundary=\"b c\"\r\n\r\n--b c\r\n\r\nx\r\n--b c\r\n"
        "Content-Type: text/html\r\n\r\ny\r\n--b c--\r\nz\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "Subject: i\r\n\r\ninner\r\n--b--",
        {"text/plain|x", "text/html|y", "text/plain|inner"}},
    {"outer boundary ends all within",
        MULTI "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\npre\r\n--b\r\n\r\ny\r\n--b--",
        {"multipart/alternative|pre", "text/plain|y"}},
    {"boundary that begins like the outer one",
        MULTI
        "--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nx\r\n--bb--\r\n--b--",
        {"text/plain|x"}},
    {"boundary with a charset",
        "Content-Type: multipart/mixed; boundary*=us-ascii'en'b%20'c\r\n\r\n--b 'c\r\n\r\nx\r\n--b 'c--\r\ny",
        {"text/plain|x"}},
    {"boundary in sections",
        "Content-Type: multipart/mixed; boundary*1=c; boundary*0*=us-ascii''%62; boundary*3=e\r\n\r\n--bc\r\n\r\nx\r\n--bc--\r\ny",
        {"text/plain|x"}},
    {"the plain boundary counts first",
        "Content-Type: multipart/mixed; boundary*=''c; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\ny",
        {"text/plain|x"}},
    {"parameters",
        "Content-Type: multipart/mixed; x=\";boundary=c\"; (y) boundary = \"\\b\" ; z\r\n\r\n--b\r\n\r\nx",
        {"text/plain|x"}},
};

static void expected(const struct row *r, struct mail_structure_facts *ret)
{
    CLEANUP(buf_done) struct buf all = {0};
    ret->leaves = 0;
    for (size_t i = 0; r->leaves[i]; i++) {
        const char *content = strchr(r->leaves[i], '|') + 1;
        uint8_t digest[SHA256_OCTETS];
        sha256_bytes(content, strlen(content), digest);
        buf_append(&all, r->leaves[i], (size_t)(content - 1 - r->leaves[i]));
        buf_append_char(&all, '\0');
        buf_append(&all, digest, sizeof digest);
        ret->leaves++;
    }
    sha256_bytes(buf_bytes(&all), buf_len(&all), ret->sha256);
}

static void check_same(const struct mail_structure_facts *a, const struct mail_structure_facts *b)
{
    char x[SHA256_HEX], y[SHA256_HEX];
    sha256_hex(a->sha256, x);
    sha256_hex(b->sha256, y);
    CHECK_INT(a->leaves, b->leaves);
    CHECK_STR(x, y);
}

static void test_table(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct mail_structure_facts should;
        expected(r, &should);
        for (size_t cut = 0; cut <= strlen(r->in); cut++) {
            CHECK_LABEL("%s, cut at %zu", r->label, cut);
            struct mail_structure_facts is =
                split_structure(r->in, strlen(r->in), cut < strlen(r->in) ? cut : SIZE_MAX);
            check_same(&is, &should);
        }
    }
}

/* What a rewriting server changes does not show: boundaries, encodings, line lengths, the order of the
 * header. */
static void test_rewritten(void)
{
    static const char *const same[] = {
        "Subject: a\r\n" MULTI
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xe6\x97\xa5 a\r\nb  \r\n"
        "--b\r\nContent-Type: application/pdf; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "YWJjZGVmZ2g=\r\n--b--\r\n",
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; charset=x;\r\n\tboundary=_000_x\r\n"
        "Subject: a\r\n\r\n--_000_x\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: TEXT/Plain\r\n\r\n"
        "=E6=97=A5=\r\n a\r\nb\r\n\r\n--_000_x\r\nContent-Type: application/pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\nZGVm\r\nZ2g=\r\n\r\n--_000_x--\r\n",
    };
    static const char *const other[] = {
        "Subject: a\r\n" MULTI "--b\r\n\r\n\xe6\x97\xa5 a\r\nb\r\n--b\r\nContent-Type: application/pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nYWJjZGVmZ2c=\r\n--b--\r\n",
        "Subject: a\r\n" MULTI
        "--b\r\n\r\n\xe6\x97\xa5 a\r\nb\r\n--b\r\nContent-Type: application/octet-stream\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nYWJjZGVmZ2g=\r\n--b--\r\n",
        "Subject: a\r\n" MULTI "--b\r\n\r\n\xe6\x97\xa5 ab\r\n--b\r\nContent-Type: application/pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nYWJjZGVmZ2g=\r\n--b--\r\n",
    };
    CHECK_LABEL("rewritten");
    struct mail_structure_facts a = split_structure(same[0], strlen(same[0]), 0);
    struct mail_structure_facts b = split_structure(same[1], strlen(same[1]), 0);
    check_same(&a, &b);
    for (size_t i = 0; i < ROW_COUNT(other); i++) {
        struct mail_structure_facts c = split_structure(other[i], strlen(other[i]), 0);
        CHECK_INT(c.leaves, 2);
        CHECK(memcmp(a.sha256, c.sha256, SHA256_OCTETS) != 0);
    }
}

/* Depth is bounded, and what is below it is one leaf. */
static void test_depth(void)
{
    for (unsigned depth = 1; depth < 60; depth += 1) {
        CLEANUP(buf_done) struct buf in = {0};
        CHECK_LABEL("%u deep", depth);
        for (unsigned i = 0; i < depth; i++)
            buf_printf(&in, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n\r\nx\r\n--b%u\r\n",
                i, i, i);
        buf_append_str(&in, "\r\nend\r\n");
        struct mail_structure_facts is = split_structure(buf_bytes(&in), buf_len(&in), 0);
        CHECK_INT(is.leaves, (depth < 20 ? depth : 20) + 1);
    }
}

/* Very many blanks inside a line take no memory, and still tell. */
static void test_blanks(void)
{
    struct mail_structure_facts facts[3];
    static const size_t counts[] = {70000, 70000, 70001};
    CHECK_LABEL("blanks");
    for (size_t i = 0; i < 3; i++) {
        CLEANUP(buf_done) struct buf in = {0};
        buf_append_str(&in, "X: y\r\n\r\na");
        for (size_t k = 0; k < counts[i]; k++)
            buf_append_char(&in, ' ');
        buf_append_str(&in, "b\r\n");
        facts[i] = split_structure(buf_bytes(&in), buf_len(&in), i == 0 ? 300 : SIZE_MAX);
    }
    check_same(&facts[0], &facts[1]);
    CHECK(memcmp(facts[0].sha256, facts[2].sha256, SHA256_OCTETS) != 0);
}

/* One structure for all messages: nothing of one shows in the next. */
static void test_reuse(void)
{
    struct mail_structure *s = mail_structure_new();
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        for (size_t k = 0; k < ROW_COUNT(rows); k++) {
            struct mail_structure_facts is, should;
            CHECK_LABEL("%s after %s", rows[k].label, rows[i].label);
            mail_structure_feed(s, rows[i].in, strlen(rows[i].in));
            mail_structure_finish(s, &is);
            mail_structure_feed(s, rows[k].in, strlen(rows[k].in));
            mail_structure_finish(s, &is);
            expected(&rows[k], &should);
            check_same(&is, &should);
        }
    }
    mail_structure_free(s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"rewritten", test_rewritten},
        {"depth", test_depth},
        {"blanks", test_blanks},
        {"reuse", test_reuse},
    };
    return check_main("mail_structure", tests, ROW_COUNT(tests));
}
