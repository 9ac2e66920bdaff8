#include "check.h"
#include "mail_mend.h"
#include "mail_repair.h"
#include "mail_words.h"
#include "mem.h"
#include "split.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))
#define IN(s)        (s), sizeof(s) - 1
#define BOTH         (MAIL_MEND_HEADERS | MAIL_MEND_LINES)

/* "日本" in the three charsets. */
#define UTF8  "\xe6\x97\xa5\xe6\x9c\xac"
#define SJIS  "\x93\xfa\x96\x7b"
#define EUC   "\xc6\xfc\xcb\xdc"
#define WORD  "=?UTF-8?B?5pel5pys?="
#define WORD2 "=?UTF-8?B?IOaXpeacrA==?=" /* with a blank before it */

/* A header field, and what it is after encoding; the same: it stays. */
static const struct row {
    const char *label;
    const char *in;
    size_t len;
    const char *out;
    unsigned fields, left;
} rows[] = {
    /* unstructured */
    {"ASCII", IN("Subject: a\r\n b\r\n\r\n"), "Subject: a\r\n b\r\n\r\n", 0, 0},
    {"UTF-8", IN("Subject: " UTF8 "\r\n\r\n"), "Subject: " WORD "\r\n\r\n", 1, 0},
    {"Shift_JIS", IN("Subject: " SJIS "\r\n\r\n"), "Subject: =?Shift_JIS?B?k/qWew==?=\r\n\r\n", 1, 0},
    {"EUC-JP", IN("Subject: " EUC "\r\n\r\n"), "Subject: =?EUC-JP?B?xvzL3A==?=\r\n\r\n", 1, 0},
    {"ISO-2022-JP stays", IN("Subject: \033$BF|K\\\033(B\r\n\r\n"), "Subject: \033$BF|K\\\033(B\r\n\r\n", 0,
        0},
    {"western", IN("Subject: Caf\xe9 for M\xfcller\r\n\r\n"),
        "Subject: =?windows-1252?B?Q2Fm6SBmb3IgTfxsbGVy?=\r\n\r\n", 1, 0},
    {"no letters among it", IN("Subject: \xff\xff\xff a\r\n\r\n"),
        "Subject: =?unknown-8bit?B?////?= a\r\n\r\n", 1, 0},
    {"octet that windows-1252 has not", IN("Subject: abc\xff\x81\r\n\r\n"),
        "Subject: =?unknown-8bit?B?YWJj/4E=?=\r\n\r\n", 1, 0},
    {"words around it stay", IN("Subject: a b " UTF8 " c\r\n d\r\n\r\n"),
        "Subject: a b " WORD " c\r\n d\r\n\r\n", 1, 0},
    {"blanks between become part of it", IN("Subject: " UTF8 "  b\r\n\t" UTF8 "\r\n\r\n"),
        "Subject: =?UTF-8?B?5pel5pysICBiCeaXpeacrA==?=\r\n\r\n", 1, 0},
    {"beside encoded words", IN("Subject: =?utf-8?B?YQ==?= " UTF8 " =?utf-8?B?Yg==?=\r\n\r\n"),
        "Subject: =?utf-8?B?YQ==?= =?UTF-8?B?IOaXpeacrCA=?= =?utf-8?B?Yg==?=\r\n\r\n", 1, 0},
    {"no blank after the colon", IN("X-A:" UTF8 "\r\n\r\n"), "X-A: " WORD "\r\n\r\n", 1, 0},
    {"folded at once", IN("Subject:\r\n " UTF8 "\r\n\r\n"), "Subject:\r\n " WORD "\r\n\r\n", 1, 0},
    {"line ends of any kind, no last one", IN("Subject: " UTF8 "\n a\r b\r\r\nTo: a\0b"),
        "Subject: " WORD "\r\n a\r\n b\r\nTo: ab\r\n", 1, 0},
    {"body stays", IN("Subject: " UTF8 "\r\n\r\nX: " UTF8 "\r\n"), "Subject: " WORD "\r\n\r\nX: " UTF8 "\r\n",
        1, 0},
    {"two fields", IN("Subject: " UTF8 "\r\nX-A: b\r\nX-B: " UTF8 "\r\n\r\n"),
        "Subject: " WORD "\r\nX-A: b\r\nX-B: " WORD "\r\n\r\n", 2, 0},
    {"many lines",
        IN("Subject: " UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 UTF8 " ab cd\r\n\r\n"),
        "Subject: =?UTF-8?B?5pel5pys5pel5pys5pel5pys5pel5pys5pel5pys5pel5pys5pel?=\r\n"
        " =?UTF-8?B?5pys5pel5pys5pel5pys5pel5pys5pel5pys5pel5pys5pel5pys?= ab cd\r\n\r\n",
        1, 0},
    /* addresses */
    {"phrase", IN("From: " UTF8 " <a@b>\r\n\r\n"), "From: " WORD " <a@b>\r\n\r\n", 1, 0},
    {"quoted", IN("From: \"" UTF8 "\" <a@b>\r\n\r\n"), "From: " WORD " <a@b>\r\n\r\n", 1, 0},
    {"quoted, escapes", IN("From: \"\\\"" UTF8 "\\\\\" <a@b>\r\n\r\n"),
        "From: =?UTF-8?B?IuaXpeacrFw=?= <a@b>\r\n\r\n", 1, 0},
    {"quoted, Shift_JIS with a backslash in it", IN("From: \"\x83\x5c\x95\x5c\" <a@b>\r\n\r\n"),
        "From: =?Shift_JIS?B?g1yVXA==?= <a@b>\r\n\r\n", 1, 0},
    {"Shift_JIS with an at sign in it", IN("To: \x8e\x52\x81\x40\x93\xfa\r\n\r\n"),
        "To: =?Shift_JIS?B?jlKBQJP6?=\r\n\r\n", 1, 0},
    {"quoted without need stays", IN("From: \"x\" " UTF8 " \"y, z\" <a@b>\r\n\r\n"),
        "From: \"x\" " WORD " \"y, z\" <a@b>\r\n\r\n", 1, 0},
    {"glued", IN("From: \"x\"" UTF8 "<a@b>\r\n\r\n"), "From: \"x\" " WORD " <a@b>\r\n\r\n", 1, 0},
    {"quoted, then not", IN("From: \"" UTF8 "\" " UTF8 " <a@b>\r\n\r\n"),
        "From: " WORD " " WORD2 " <a@b>\r\n\r\n", 1, 0},
    {"not, then quoted", IN("From: " UTF8 " \"" UTF8 "\" <a@b>\r\n\r\n"),
        "From: " WORD " " WORD2 " <a@b>\r\n\r\n", 1, 0},
    {"comment", IN("From: a@b (" UTF8 ")\r\n\r\n"), "From: a@b (" WORD ")\r\n\r\n", 1, 0},
    {"comment in a comment", IN("From: a@b (x " UTF8 " (" UTF8 ") \\(" UTF8 ")\r\n\r\n"),
        "From: a@b (x " WORD " (" WORD ")\r\n =?UTF-8?B?KOaXpeacrA==?=)\r\n\r\n", 1, 0},
    {"group", IN("To: " UTF8 ": a@b, " UTF8 " <c@d>;\r\n\r\n"), "To: " WORD ": a@b, " WORD " <c@d>;\r\n\r\n",
        1, 0},
    {"name alone", IN("To: " UTF8 "\r\n\r\n"), "To: " WORD "\r\n\r\n", 1, 0},
    {"open quote", IN("To: \"" UTF8 " <a@b>\r\n\r\n"), "To: =?UTF-8?B?IuaXpeacrA==?= <a@b>\r\n\r\n", 1, 0},
    {"open comment", IN("To: (" UTF8 " <a@b>\r\n\r\n"), "To: =?UTF-8?B?KOaXpeacrA==?= <a@b>\r\n\r\n", 1, 0},
    {"address in brackets stays", IN("To: " UTF8 " <" UTF8 "@b>\r\n\r\n"),
        "To: " UTF8 " <" UTF8 "@b>\r\n\r\n", 0, 1},
    {"bare address stays", IN("To: a@b, " UTF8 "@b\r\n\r\n"), "To: a@b, " UTF8 "@b\r\n\r\n", 0, 1},
    {"ids of References stay, what is between goes", IN("References: <a@b> " UTF8 " <c@d>\r\n\r\n"),
        "References: <a@b> " WORD " <c@d>\r\n\r\n", 1, 0},
    {"folded before an address that is too long",
        IN("From: " UTF8 UTF8 UTF8 UTF8 " <a.very.long.address.of.somebody@example.com>\r\n\r\n"),
        "From: =?UTF-8?B?5pel5pys5pel5pys5pel5pys5pel5pys?=\r\n"
        " <a.very.long.address.of.somebody@example.com>\r\n\r\n",
        1, 0},
    /* other structured fields */
    {"comment of a date", IN("Date: 1 Jan 2024 00:00:00 +0900 (" UTF8 ")\r\n\r\n"),
        "Date: 1 Jan 2024 00:00:00 +0900 (" WORD ")\r\n\r\n", 1, 0},
    {"date itself", IN("Date: 1 " UTF8 " 2024\r\n\r\n"), "Date: 1 " UTF8 " 2024\r\n\r\n", 0, 1},
    {"message id", IN("Message-ID: <" UTF8 "@b>\r\n\r\n"), "Message-ID: <" UTF8 "@b>\r\n\r\n", 0, 1},
    {"field name", IN("X-" UTF8 ": a\r\n\r\n"), "X-" UTF8 ": a\r\n\r\n", 0, 1},
    {"line that is no field", IN("Subject: a\r\n" UTF8 "\r\n " UTF8 "\r\nX-A: " UTF8 "\r\n\r\n"),
        "Subject: a\r\n" UTF8 "\r\n " UTF8 "\r\nX-A: " WORD "\r\n\r\n", 1, 1},
    {"no header at all", IN(UTF8 "\r\nX: " UTF8), UTF8 "\r\nX: " WORD "\r\n", 1, 1},
    {"body only", IN(UTF8 "\r\n" UTF8 "\r\n\r\nX: " UTF8 "\r\n"), UTF8 "\r\n" UTF8 "\r\n\r\nX: " UTF8 "\r\n",
        0, 0},
    {"mbox", IN("From " UTF8 "\r\nX-A: " UTF8 "\r\n\r\n"), "From " UTF8 "\r\nX-A: " WORD "\r\n\r\n", 1, 1},
    {"mbox alone", IN("From " UTF8 "\r\n\r\n"), "From " UTF8 "\r\n\r\n", 0, 1},
    {"mbox, then text", IN("From " UTF8 "\r\n x\r\n\r\n"), "From " UTF8 "\r\n x\r\n\r\n", 0, 0},
    {"empty header", IN("\r\nX-A: " UTF8 "\r\n"), "\r\nX-A: " UTF8 "\r\n", 0, 0},
    {"nothing", IN(""), "", 0, 0},
    {"NUL only", IN("\0"), "\r\n", 0, 0},
    /* parameters */
    {"file name", IN("Content-Disposition: attachment; filename=\"" UTF8 ".pdf\"\r\n\r\n"),
        "Content-Disposition: attachment; filename*=UTF-8''%E6%97%A5%E6%9C%AC.pdf\r\n\r\n", 1, 0},
    {"file name, Shift_JIS", IN("Content-Type: a/b; name=\"" SJIS "\x83\x5c\"; x=y\r\n\r\n"),
        "Content-Type: a/b; name*=Shift_JIS''%93%FA%96%7B%83%5C; x=y\r\n\r\n", 1, 0},
    {"no quotes, blanks", IN("Content-Type: a/b; name = " UTF8 " (1).txt ; x=y\r\n\r\n"),
        "Content-Type: a/b; name*=UTF-8''%E6%97%A5%E6%9C%AC%20%281%29.txt ; x=y\r\n\r\n", 1, 0},
    {"sections", IN("Content-Type: a/b;\r\n\tname=\"" UTF8 UTF8 UTF8 UTF8 UTF8 "\";x=y\r\n\r\n"),
        "Content-Type: a/b;\r\n\tname*0*=UTF-8''%E6%97%A5%E6%9C%AC%E6%97%A5%E6%9C%AC%E6%97%A5%E6%9C%AC;\r\n"
        " name*1*=%E6%97%A5%E6%9C%AC%E6%97%A5%E6%9C%AC;x=y\r\n\r\n",
        1, 0},
    {"extended but raw", IN("Content-Type: a/b; name*=utf-8''" UTF8 "\r\n\r\n"),
        "Content-Type: a/b; name*=utf-8''%E6%97%A5%E6%9C%AC\r\n\r\n", 1, 0},
    {"section but raw", IN("Content-Type: a/b; name*0=" UTF8 "\r\n\r\n"),
        "Content-Type: a/b; name*0=" UTF8 "\r\n\r\n", 0, 1},
    {"no value", IN("Content-Type: a/b; name " UTF8 "\r\n\r\n"), "Content-Type: a/b; name " UTF8 "\r\n\r\n",
        0, 1},
    {"type itself", IN("Content-Type: " UTF8 "; a=b\r\n\r\n"), "Content-Type: " UTF8 "; a=b\r\n\r\n", 0, 1},
    {"quote never closed", IN("Content-Type: a/b; name=\"" UTF8 "\r\n\r\n"),
        "Content-Type: a/b; name*=UTF-8''%E6%97%A5%E6%9C%AC\r\n\r\n", 1, 0},
    {"empty parameters", IN("Content-Type: a/b;; ;name=" UTF8 "\r\n\r\n"),
        "Content-Type: a/b;; ;name*=UTF-8''%E6%97%A5%E6%9C%AC\r\n\r\n", 1, 0},
};

static bool equal(const struct buf *b, const char *s, size_t len)
{
    return buf_len(b) == len && !memcmp(buf_bytes(b), s, len);
}

/* Every split gives what the whole gives, and a second time nothing changes. */
static void check_stable(unsigned flags, const char *in, size_t len, const struct buf *whole)
{
    CLEANUP(buf_done) struct buf twice = {0};
    struct mail_mend_counts again = split_mend(flags, buf_bytes(whole), buf_len(whole), 0, &twice);
    CHECK(equal(&twice, buf_bytes(whole), buf_len(whole)));
    CHECK_INT(again.fields + again.lines, 0);
    for (size_t cut = 0; cut <= len; cut++) {
        CLEANUP(buf_done) struct buf out = {0};
        split_mend(flags, in, len, cut == len ? SIZE_MAX : cut, &out);
        CHECK(equal(&out, buf_bytes(whole), buf_len(whole)));
    }
}

static void check_columns(const struct buf *b)
{
    const char *s = buf_bytes(b), *end = s + buf_len(b);
    for (const char *at = s; (at = memmem(at, (size_t)(end - at), "=?", 2)); at += 2) {
        const char *close = memmem(at, (size_t)(end - at), "?=", 2);
        const char *eol = memchr(at, '\r', (size_t)(end - at));
        const char *bol = at;
        while (bol > s && bol[-1] != '\n')
            bol--;
        CHECK(close && close + 2 - at <= 75);
        CHECK(eol - bol <= 76);
    }
}

static void test_headers(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        const struct row *r = &rows[i];
        CHECK_LABEL("%s", r->label);
        CLEANUP(buf_done) struct buf out = {0};
        struct mail_mend_counts counts = split_mend(MAIL_MEND_HEADERS, r->in, r->len, r->len, &out);
        CHECK_STR(buf_str(&out), r->out);
        CHECK_INT(counts.fields, r->fields);
        CHECK_INT(counts.fields_left, r->left);
        CHECK_INT(counts.lines, 0);
        check_columns(&out);
        check_stable(MAIL_MEND_HEADERS, r->in, r->len, &out);
        check_stable(BOTH, r->in, r->len, &out);
        struct mail_facts before = split_scan_whole(r->in, r->len);
        struct mail_facts after = split_scan_whole(buf_bytes(&out), buf_len(&out));
        CHECK_INT(mail_mend_needed(&before, BOTH), r->fields || r->left ? MAIL_MEND_HEADERS : 0);
        CHECK_INT(after.header_8bit, r->left > 0);
        CHECK(!memcmp(before.body, after.body, SHA256_OCTETS));
        mail_facts_done(&before);
        mail_facts_done(&after);
    }
}

/* What people see is what they saw. */
static void test_shown(void)
{
    static const char *const subjects[] = {UTF8 " a " UTF8, SJIS, EUC, "x =?utf-8?B?YQ==?= " UTF8 " y",
        UTF8 " =?utf-8?B?YQ==?= " UTF8,
        SJIS "\x81\x40" SJIS SJIS SJIS SJIS SJIS SJIS SJIS SJIS SJIS SJIS SJIS " a"};
    for (size_t i = 0; i < ROW_COUNT(subjects); i++) {
        CHECK_LABEL("subject %zu", i);
        CLEANUP(buf_done) struct buf in = {0};
        CLEANUP(buf_done) struct buf out = {0};
        buf_printf(&in, "Subject: %s\r\n\r\n", subjects[i]);
        split_mend(BOTH, buf_bytes(&in), buf_len(&in), 0, &out);
        struct mail_facts before = split_scan_whole(buf_bytes(&in), buf_len(&in));
        struct mail_facts after = split_scan_whole(buf_bytes(&out), buf_len(&out));
        CLEANUP(mem_free_str) char *was = mail_words_decode(before.subject);
        CLEANUP(mem_free_str) char *is = mail_words_decode(after.subject);
        CHECK_STR(is, was);
        CHECK(!after.header_8bit);
        mail_facts_done(&before);
        mail_facts_done(&after);
    }
}

static void add(struct buf *b, const char *s, size_t times)
{
    while (times--)
        buf_append_str(b, s);
}

static struct mail_mend_counts mend_lines(struct buf *in, struct buf *out)
{
    struct mail_mend_counts counts = split_mend(MAIL_MEND_LINES, buf_bytes(in), buf_len(in), 0, out);
    struct mail_facts f = split_scan_whole(buf_bytes(out), buf_len(out));
    CHECK(f.longest_line <= 998);
    mail_facts_done(&f);
    for (size_t cut = 1; cut <= 4096; cut += 97) {
        CLEANUP(buf_done) struct buf split = {0};
        split_mend(MAIL_MEND_LINES, buf_bytes(in), buf_len(in), cut, &split);
        CHECK(equal(&split, buf_bytes(out), buf_len(out)));
    }
    CLEANUP(buf_done) struct buf bytewise = {0};
    CLEANUP(buf_done) struct buf twice = {0};
    split_mend(MAIL_MEND_LINES, buf_bytes(in), buf_len(in), SIZE_MAX, &bytewise);
    CHECK(equal(&bytewise, buf_bytes(out), buf_len(out)));
    split_mend(MAIL_MEND_LINES, buf_bytes(out), buf_len(out), 0, &twice);
    CHECK(equal(&twice, buf_bytes(out), buf_len(out)));
    return counts;
}

/* A body with a line of head and then unit, some thousand octets of it, under this header: it is broken by
 * `breaks`, each time between two characters of `width` octets. */
static const struct broken {
    const char *label;
    const char *header, *head, *unit, *breaks;
    size_t width;
} broken[] = {
    {"text with blanks", "X: y\r\n", "", "ab ", "\r\n", 3},
    {"text without", "X: y\r\n", "", "abc", "\r\n", 1},
    {"blanks only at the front", "X: y\r\n", "ab ", "c", "\r\n", 1},
    {"dashes", "X: y\r\n", "", "-", "\r\n", 1},
    {"one octet each", "Content-Type: text/plain; charset=iso-8859-1\r\n", "", "\xe9", "\r\n", 1},
    {"UTF-8", "Content-Type: text/plain; charset=utf-8\r\n", "a", UTF8, "\r\n", 3},
    {"UTF-8 without a name", "X: y\r\n", "a", UTF8, "\r\n", 3},
    {"Shift_JIS", "Content-Type: text/plain; charset=\"Shift_JIS\"\r\n", "a", SJIS "\x83\x5c", "\r\n", 2},
    {"Shift_JIS without a name", "X: y\r\n", "a", SJIS "\x83\x5c", "\r\n", 2},
    {"EUC-JP", "Content-Type: text/plain;\r\n charset=EUC-JP\r\n", "a", EUC, "\r\n", 2},
    {"EUC-JP, second set", "Content-Type: text/plain; charset=EUC-JP\r\n", "a", "\x8f\xb0\xa1", "\r\n", 3},
    {"EUC-JP that is called ISO-2022-JP", "Content-Type: text/plain; charset=iso-2022-jp\r\n", "a", EUC,
        "\r\n", 2},
    {"GBK", "Content-Type: text/plain; charset=gbk\r\n", "a", "\xb0\xa1\x81\x7e", "\r\n", 2},
    {"ISO-2022-JP", "Content-Type: text/plain; charset=iso-2022-jp\r\n", "a\033$B", "F|K\\",
        "\033(B\r\n\033$B", 2},
    {"ISO-2022-JP without a name", "X: y\r\n", "\033$(D", "F|K\\", "\033(B\r\n\033$(D", 2},
    {"quoted-printable", "Content-Transfer-Encoding: Quoted-Printable\r\n", "a", "=E3=81=82", "=\r\n", 3},
    {"base64", "Content-Transfer-Encoding: base64\r\n", "", "QUJD", "\r\n", 4},
};

/* Take the breaks out of the line that begins at `from`, with the place of each checked. Returns how many. */
static size_t rejoin(const struct broken *r, const struct buf *out, size_t from, struct buf *ret)
{
    size_t n = strlen(r->breaks), count = 0;
    buf_append(ret, buf_bytes(out), from);
    for (size_t i = from; i < buf_len(out);) {
        if (buf_len(out) - i > n && !memcmp(buf_bytes(out) + i, r->breaks, n)) {
            CHECK_INT((buf_len(ret) - from - strlen(r->head)) % r->width, 0);
            count++;
            i += n;
        } else {
            buf_append_char(ret, buf_bytes(out)[i++]);
        }
    }
    return count;
}

static void test_body_lines(void)
{
    for (size_t i = 0; i < ROW_COUNT(broken); i++) {
        const struct broken *r = &broken[i];
        CHECK_LABEL("%s", r->label);
        CLEANUP(buf_done) struct buf in = {0};
        CLEANUP(buf_done) struct buf out = {0};
        CLEANUP(buf_done) struct buf joined = {0};
        buf_printf(&in, "%s\r\n", r->header);
        size_t from = buf_len(&in);
        buf_append_str(&in, r->head);
        add(&in, r->unit, 5000 / strlen(r->unit));
        buf_append_str(&in, "\r\n");
        CHECK_INT(mend_lines(&in, &out).lines, 1);
        CHECK(rejoin(r, &out, from, &joined) >= 5);
        CHECK(equal(&joined, buf_bytes(&in), buf_len(&in)));
    }
}

/* Whatever precedes and follows a long field, unfolded it is what it was. */
static void test_header_lines(void)
{
    static const struct {
        const char *label, *head, *unit;
        size_t added; /* blanks that had to be put in */
    } fields[] = {
        {"blanks", "References: ", "<a@b> ", 0},
        {"runs of blanks", "X-A: ", "ab  \t ", 0},
        {"a blank behind the colon only", "Subject: ", "a", 5},
        {"no blank", "Subject:", "a", 5},
        {"continuation", "Subject: a\r\n ", "bc ", 0},
        {"line that is no field", "X: y\r\nno field ", "bc ", 0},
        {"UTF-8", "Subject: a", UTF8, 5},
    };
    for (size_t i = 0; i < ROW_COUNT(fields); i++) {
        CHECK_LABEL("%s", fields[i].label);
        CLEANUP(buf_done) struct buf in = {0};
        CLEANUP(buf_done) struct buf out = {0};
        buf_append_str(&in, fields[i].head);
        add(&in, fields[i].unit, 4990 / strlen(fields[i].unit));
        buf_append_str(&in, "x\r\nTo: b\r\n\r\nbody\r\n");
        CHECK_INT(mend_lines(&in, &out).lines, 1);
        struct mail_facts before = split_scan_whole(buf_bytes(&in), buf_len(&in));
        struct mail_facts after = split_scan_whole(buf_bytes(&out), buf_len(&out));
        CHECK_INT(mail_mend_needed(&before, BOTH) & MAIL_MEND_LINES, MAIL_MEND_LINES);
        CHECK(!mail_mend_needed(&after, MAIL_MEND_LINES));
        if (!fields[i].added)
            CHECK(!memcmp(before.whole_header, after.whole_header, SHA256_OCTETS));
        CHECK(!memcmp(before.body, after.body, SHA256_OCTETS));
        CHECK(!memmem(buf_bytes(&out), buf_len(&out), "\r\n \r\n", 5));
        size_t lines = 0;
        for (size_t k = 0; k < buf_len(&out); k++)
            lines += buf_bytes(&out)[k] == '\n';
        for (size_t k = 0; k < buf_len(&in); k++)
            lines -= buf_bytes(&in)[k] == '\n';
        CHECK_INT(buf_len(&out), buf_len(&in) + 2 * lines + fields[i].added);
        mail_facts_done(&before);
        mail_facts_done(&after);
    }
}

/* What a part says holds for that part only. */
static void test_parts(void)
{
    CLEANUP(buf_done) struct buf in = {0};
    CLEANUP(buf_done) struct buf out = {0};
    CHECK_LABEL("parts");
    buf_append_str(&in, "Content-Type: multipart/mixed; boundary=\"=b\"\r\n\r\n--=b\r\nX-A: ");
    add(&in, "ab ", 500);
    buf_append_str(&in, "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    add(&in, "=41", 500);
    buf_append_str(&in, "\r\n--=b\r\n\r\n");
    add(&in, "=41", 500);
    buf_append_str(&in, "\r\n--=b--\r\n");
    CHECK_INT(mend_lines(&in, &out).lines, 3);
    const char *s = buf_str(&out);
    CHECK(strstr(s, "ab\r\n ab") != NULL);
    CHECK(strstr(s, "=41=\r\n=41") != NULL);
    CHECK(strstr(strstr(s, "--=b\r\n\r\n"), "=41=4\r\n1=41") != NULL);
    CHECK(!strstr(strstr(s, "--=b\r\n\r\n"), "=\r\n"));
    struct mail_structure_facts a = split_structure(buf_bytes(&in), buf_len(&in), 0);
    struct mail_structure_facts b = split_structure(s, buf_len(&out), 0);
    CHECK_INT(a.leaves, 2);
    CHECK_INT(b.leaves, 2);
}

/* 998 octets are allowed, 999 are not. */
static void test_limit(void)
{
    for (size_t len = 990; len <= 1000; len++) {
        CHECK_LABEL("%zu octets", len);
        CLEANUP(buf_done) struct buf in = {0};
        CLEANUP(buf_done) struct buf out = {0};
        buf_append_str(&in, "X: y\r\n\r\n");
        add(&in, "a", len);
        buf_append_str(&in, "\r\n");
        CHECK_INT(mend_lines(&in, &out).lines, len > 998);
        CHECK_INT(equal(&out, buf_bytes(&in), buf_len(&in)), len <= 998);
        struct mail_facts f = split_scan_whole(buf_bytes(&in), buf_len(&in));
        CHECK_INT(mail_mend_needed(&f, BOTH), len > 998 ? MAIL_MEND_LINES : 0);
        CHECK_INT(mail_mend_needed(&f, MAIL_MEND_HEADERS), 0);
        mail_facts_done(&f);
    }
}

/* A field beyond the bound passes as it is, and its lines are folded all the same. */
static void test_huge_field(void)
{
    for (size_t extra = 0; extra < 2; extra++) {
        CHECK_LABEL("huge field, %zu", extra);
        CLEANUP(buf_done) struct buf in = {0};
        CLEANUP(buf_done) struct buf out = {0};
        CLEANUP(buf_done) struct buf bytewise = {0};
        buf_append_str(&in, "X-A: \xff ");
        add(&in, "a ", (MAIL_MEND_FIELD_MAX - buf_len(&in)) / 2);
        while (buf_len(&in) < MAIL_MEND_FIELD_MAX + extra)
            buf_append_char(&in, 'b');
        buf_append_str(&in, "\r\nSubject: " UTF8 "\r\n\r\n");
        struct mail_mend_counts counts = split_mend(BOTH, buf_bytes(&in), buf_len(&in), 0, &out);
        CHECK_INT(counts.fields, 2 - extra);
        CHECK_INT(counts.fields_left, extra);
        split_mend(BOTH, buf_bytes(&in), buf_len(&in), SIZE_MAX, &bytewise);
        CHECK(equal(&bytewise, buf_bytes(&out), buf_len(&out)));
        struct mail_facts f = split_scan_whole(buf_bytes(&out), buf_len(&out));
        CHECK(f.longest_line <= 998);
        mail_facts_done(&f);
    }
}

/* One mend for all messages: nothing of one shows in the next. */
static void test_reuse(void)
{
    struct mail_mend *m = mail_mend_new(BOTH);
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        for (size_t k = 0; k < ROW_COUNT(rows); k++) {
            struct mail_mend_counts counts;
            CLEANUP(buf_done) struct buf out = {0};
            CHECK_LABEL("%s after %s", rows[k].label, rows[i].label);
            mail_mend_feed(m, rows[i].in, rows[i].len, &out);
            mail_mend_finish(m, &out, &counts);
            buf_clear(&out);
            mail_mend_feed(m, rows[k].in, rows[k].len, &out);
            mail_mend_finish(m, &out, &counts);
            CHECK_STR(buf_str(&out), rows[k].out);
            CHECK_INT(counts.fields, rows[k].fields);
        }
    }
    mail_mend_free(m);
}

/* Without a flag it is the repair that every message gets. */
static void test_no_flag(void)
{
    static const char in[] = "Subject: " UTF8 "\n\0 x\r\r\n\rbody " UTF8;
    CLEANUP(buf_done) struct buf out = {0};
    CLEANUP(buf_done) struct buf repaired = {0};
    CHECK_LABEL("no flag");
    split_mend(0, in, sizeof in - 1, 0, &out);
    split_repair(in, sizeof in - 1, 0, &repaired);
    CHECK(equal(&out, buf_bytes(&repaired), buf_len(&repaired)));
}

static void test_munged(void)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } munged[] = {
        {IN(""), ""},
        {IN("Subject: " UTF8 "\r\n " EUC "\r\n\r\n" UTF8 "\r\n"),
            "Subject: XXXXXX\r\n XXXX\r\n\r\n" UTF8 "\r\n"},
        {IN("no field " SJIS "\r\n\r\n" SJIS "\r\n"), "no field XXX{\r\n\r\n" SJIS "\r\n"},
        {IN("\r\n" UTF8 "\r\n"), "\r\n" UTF8 "\r\n"},
        {IN("A: \xff\n\n\xff"), "A: X\r\n\r\n\xff\r\n"},
        {IN("A: \xff"), "A: X\r\n"},
    };
    for (size_t i = 0; i < ROW_COUNT(munged); i++) {
        CHECK_LABEL("munged %zu", i);
        for (size_t cut = 0; cut <= munged[i].len; cut++) {
            CLEANUP(buf_done) struct buf out = {0};
            split_munge(munged[i].in, munged[i].len, cut == munged[i].len ? SIZE_MAX : cut, &out);
            CHECK_STR(buf_str(&out), munged[i].out);
        }
    }
}

static void test_words(void)
{
    static const struct {
        struct mail_mend_counts counts;
        const char *words;
    } said[] = {
        {{0}, ""},
        {{.fields = 2, .lines = 3}, "8-bit header encoded, 3 long lines broken"},
        {{.lines = 1}, "1 long line broken"},
        {{.fields_left = 1}, "1 header field left with 8-bit octets"},
        {{.fields = 1, .fields_left = 2}, "8-bit header encoded, 2 header fields left with 8-bit octets"},
    };
    for (size_t i = 0; i < ROW_COUNT(said); i++) {
        char dst[120];
        CHECK_LABEL("words %zu", i);
        CHECK_STR(mail_mend_words(&said[i].counts, dst, sizeof dst), said[i].words);
        for (size_t cap = 1; cap < sizeof dst; cap++) {
            memset(dst, 'x', sizeof dst);
            mail_mend_words(&said[i].counts, dst, cap);
            CHECK(strnlen(dst, cap) < cap && !strncmp(said[i].words, dst, strlen(dst)));
        }
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"headers", test_headers},
        {"shown as before", test_shown},
        {"lines of the body", test_body_lines},
        {"lines of the header", test_header_lines},
        {"parts", test_parts},
        {"limit", test_limit},
        {"huge field", test_huge_field},
        {"reuse", test_reuse},
        {"no flag", test_no_flag},
        {"munged", test_munged},
        {"words", test_words},
    };
    return check_main("mail_mend", tests, ROW_COUNT(tests));
}
