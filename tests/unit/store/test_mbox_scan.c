/* Where messages of an mbox begin: tables of files, each at every split point. */
#include "check.h"
#include "mbox_scan.h"
#include "mem.h"

#define HEADER "From: a@x\nSubject: s\n\n"
#define DATED  "From a@x Tue Aug  5 08:00:23 2008\n"
#define NO_MORE                                                                                              \
    {                                                                                                        \
        0                                                                                                    \
    }

struct row {
    const char *name, *text;
    const char *bodies[6]; /* each message, as it lies there */
    const char *doubts;    /* a letter for each: see letter_of */
    uint64_t before;
    bool rd;
};

static char letter_of(enum mbox_doubt_kind kind)
{
    static const char letters[] = {[MBOX_DOUBT_NO_BLANK] = 'b',
        [MBOX_DOUBT_NO_DATE] = 'd',
        [MBOX_DOUBT_NO_HEADER] = 'h',
        [MBOX_DOUBT_IN_MIME] = 'M',
        [MBOX_DOUBT_INCLUDED] = 'I',
        [MBOX_DOUBT_LENGTH] = 'L',
        [MBOX_DOUBT_UNLIKE] = 'U',
        [MBOX_DOUBT_DATED_TEXT] = 'T'};
    return letters[kind];
}

static const struct row rows[] = {
    {"empty", "", NO_MORE, "", 0, false},
    {"one", DATED HEADER "text\n\n", {HEADER "text\n"}, "", 0, false},
    {"one, without its last line end", DATED HEADER "text", {HEADER "text"}, "", 0, false},
    {"two", DATED HEADER "one\n\n" DATED HEADER "two\n\n", {HEADER "one\n", HEADER "two\n"}, "", 0, false},
    {"CR LF",
        "From a@x Tue Aug  5 08:00:23 2008\r\nFrom: a\r\nTo: b\r\n\r\none\r\n\r\nFrom - Tue Aug 05 08:00:23 2008\r\n"
        "From: a\r\nTo: b\r\n\r\ntwo\r\n\r\n",
        {"From: a\r\nTo: b\r\n\r\none\r\n", "From: a\r\nTo: b\r\n\r\ntwo\r\n"}, "", 0, false},
    {"an empty line of the message's own stays", DATED HEADER "one\n\n\n" DATED HEADER "two\n\n",
        {HEADER "one\n\n", HEADER "two\n"}, "", 0, false},
    {"bare From lines (Thunderbird)", "From \n" HEADER "one\n\nFrom \n" HEADER "two\n\n",
        {HEADER "one\n", HEADER "two\n"}, "", 0, false},
    {"From lines with a number (Google)", "From 123@xxx\n" HEADER "one\n\nFrom 456@xxx\n" HEADER "two\n",
        {HEADER "one\n", HEADER "two\n"}, "", 0, false},
    {"lines of text that begin so",
        DATED HEADER "From here on\nit is text\n\nFrom there, too\n\nFrom: no\nTo: it\n\n",
        {HEADER "From here on\nit is text\n\nFrom there, too\n\nFrom: no\nTo: it\n"}, "", 0, false},
    {"one header line is not enough", DATED HEADER "x\n\nFrom Russia with love\nYear: 1963\n\n",
        {HEADER "x\n\nFrom Russia with love\nYear: 1963\n"}, "", 0, false},
    {"two lines that look like fields, of none that mail has",
        DATED HEADER "x\n\nFrom Russia\nYear: 1963\nActor: C\n\n",
        {HEADER "x\n\nFrom Russia\nYear: 1963\nActor: C\n"}, "", 0, false},
    {"a folded first field", DATED HEADER "x\n\n" DATED "Received: from a\n\tby b\nFrom: c\n\ny\n\n",
        {HEADER "x\n", "Received: from a\n\tby b\nFrom: c\n\ny\n"}, "", 0, false},
    {"no empty line before it, with a date",
        DATED HEADER "one\n\n" DATED HEADER "two\n" DATED HEADER "three\n\n",
        {HEADER "one\n", HEADER "two\n", HEADER "three\n"}, "b", 0, false},
    {"a file without empty lines", DATED HEADER "one\n" DATED HEADER "two\n" DATED HEADER "three\n",
        {HEADER "one\n", HEADER "two\n", HEADER "three\n"}, "", 0, false},
    {"no date, as the others have", DATED HEADER "one\n\n" DATED HEADER "two\n\nFrom x\n" HEADER "three\n\n",
        {HEADER "one\n", HEADER "two\n", HEADER "three\n"}, "d", 0, false},
    {"neither date nor empty line", DATED HEADER "one\n\n" DATED HEADER "two\nFrom x\n" HEADER "three\n\n",
        {HEADER "one\n", HEADER "two\nFrom x\n" HEADER "three\n"}, "U", 0, false},
    {"messages without headers", DATED "\none\n\n" DATED "\ntwo", {"\none\n", "\ntwo"}, "h", 0, false},
    {"a dated line of text", DATED HEADER "one\n\n" DATED "no header\n\n",
        {HEADER "one\n\n" DATED "no header\n"}, "T", 0, false},
    {"an attached mailbox",
        DATED "From: a\nContent-Type: multipart/mixed;\n boundary=\"b b\"\n\n--b b\n\n" DATED HEADER
              "inner\n\n--b b--\n\n" DATED HEADER "two\n\n",
        {"From: a\nContent-Type: multipart/mixed;\n boundary=\"b b\"\n\n--b b\n\n" DATED HEADER
         "inner\n\n--b b--\n",
            HEADER "two\n"},
        "M", 0, false},
    {"a multipart that was cut off, and the same again",
        DATED "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\ncut\n\n" DATED HEADER
              "two\n\n" DATED "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nwhole\n--b--\n\n",
        {"From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\ncut\n", HEADER "two\n",
            "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nwhole\n--b--\n"},
        "", 0, false},
    {"a multipart that was cut off, and a copy of it in another's attachment",
        DATED "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\ncut\n\n" DATED HEADER
              "two\n\n" DATED HEADER "Content-Type: multipart/mixed; boundary=b\n\n--b\nwhole\n--b--\n\n",
        {"From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\ncut\n", HEADER "two\n",
            HEADER "Content-Type: multipart/mixed; boundary=b\n\n--b\nwhole\n--b--\n"},
        "", 0, false},
    {"an included message",
        DATED HEADER "look\n----- Begin Included Message -----\n\n" DATED HEADER
                     "inner\n----- End Included Message -----\n\n" DATED HEADER "two\n\n",
        {HEADER "look\n----- Begin Included Message -----\n\n" DATED HEADER
                "inner\n----- End Included Message -----\n",
            HEADER "two\n"},
        "I", 0, false},
    {"an included message that never ends",
        DATED HEADER "----- Begin Included Message -----\n\n" DATED HEADER "two\n\n",
        {HEADER "----- Begin Included Message -----\n", HEADER "two\n"}, "", 0, false},
    {"Content-Length that can be believed",
        DATED "From: a\nContent-Length: 60\n\n" DATED HEADER "xx\n\n\n" DATED
              "From: b\nContent-Length: 4\n\nabc\n\n" DATED "From: c\nContent-Length: 4\n\ndef\n\n",
        {"From: a\nContent-Length: 60\n\n" DATED HEADER "xx\n\n", "From: b\nContent-Length: 4\n\nabc\n",
            "From: c\nContent-Length: 4\n\ndef\n"},
        "L", 0, false},
    {"Content-Length that lies", DATED "From: a\nContent-Length: 60\n\nx\n\n" DATED HEADER "y\n\n",
        {"From: a\nContent-Length: 60\n\nx\n", HEADER "y\n"}, "", 0, false},
    {"mboxrd proves itself", DATED HEADER ">From a\n>>From b\n\n", {HEADER ">From a\n>>From b\n"}, "", 0,
        true},
    {"what may be mboxo does not", DATED HEADER ">From a\n\n", {HEADER ">From a\n"}, "", 0, false},
    {"nor does what is not quoted throughout", DATED HEADER ">>From a\nFrom b\n\n",
        {HEADER ">>From a\nFrom b\n"}, "", 0, false},
    {"nor does a quotation", DATED HEADER ">> a\n>>From b\n\n", {HEADER ">> a\n>>From b\n"}, "", 0, false},
    {"nor one that goes on", DATED HEADER ">>From b\n>> a\n\n", {HEADER ">>From b\n>> a\n"}, "", 0, false},
    {"but a line that was quoted once more does", DATED HEADER "> a\n>>From b\n> c\n\n",
        {HEADER "> a\n>>From b\n> c\n"}, "", 0, true},
    {"nothing but headers", DATED HEADER DATED HEADER DATED HEADER, {HEADER, HEADER, HEADER}, "", 0, false},
    {"nothing but headers, and the writer's empty lines", DATED HEADER "\n" DATED HEADER "\n",
        {HEADER, HEADER}, "", 0, false},
    {"text that looks like one says nothing of empty lines", DATED HEADER "x\nFrom y\n" HEADER "z\n\n",
        {HEADER "x\nFrom y\n" HEADER "z\n"}, "U", 0, false},
    {"two that are unlike", DATED HEADER "x\n\nFrom b\n" HEADER "y\n\n", {HEADER "x\n", HEADER "y\n"}, "d", 0,
        false},
    {"a BOM and empty lines first", "\xef\xbb\xbf" DATED HEADER "one\n\n", {HEADER "one\n"}, "", 0, false},
    {"empty lines first", "\n\n" DATED HEADER "one\n\n", {HEADER "one\n"}, "", 0, false},
    {"text first", "hello\n\n" DATED HEADER "one\n\n", {HEADER "one\n"}, "", 7, false},
    {"a header of one field, among others",
        DATED HEADER "x\n\n" DATED "Subject: s\n\nhi\n\n" DATED HEADER "y\n",
        {HEADER "x\n", "Subject: s\n\nhi\n", HEADER "y\n"}, "", 0, false},
    {"the same, of none that mail has", DATED HEADER "x\n\n" DATED "Note: s\n\nhi\n",
        {HEADER "x\n\n" DATED "Note: s\n\nhi\n"}, "T", 0, false},
    {"one field, and no empty line", DATED HEADER "x\n\n" DATED "Subject: s\nhi\n",
        {HEADER "x\n\n" DATED "Subject: s\nhi\n"}, "T", 0, false},
    {"no mbox at all", "hello\nworld\n", NO_MORE, "", 12, false},
    {"UUCP's lines in front", DATED ">From b Tue Aug  5 08:00:23 2008 remote from c\n" HEADER "x\n\n",
        {">From b Tue Aug  5 08:00:23 2008 remote from c\n" HEADER "x\n"}, "", 0, false},
    {"one that ends in its From line", "From a@x", {""}, "", 0, false},
    {"a dated line without a header, within a multipart",
        DATED "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" DATED "x\n--b--\n\n",
        {"From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" DATED "x\n--b--\n"}, "M", 0, false},
    {"one that ends in its header", DATED HEADER "x\n\n" DATED "From: a\nTo: b",
        {HEADER "x\n", "From: a\nTo: b"}, "", 0, false},
};

static void check(const struct row *r, const struct mbox_shape *shape)
{
    size_t expected = 0;
    while (expected < 6 && r->bodies[expected])
        expected++;
    CHECK_INT(shape->count, expected);
    for (size_t i = 0; i < expected && i < shape->count; i++) {
        const struct mbox_message *m = &shape->messages[i];
        char *body CLEANUP(mem_free_str) = mem_strndup(r->text + m->start, (size_t)(m->end - m->start));
        CHECK_STR(body, r->bodies[i]);
        CHECK(!strncmp(r->text + m->line, "From ", 5) || m->line == 0);
    }
    CHECK_INT(shape->doubt_count, strlen(r->doubts));
    for (size_t i = 0; i < shape->doubt_count && r->doubts[i]; i++) {
        CHECK_INT(letter_of(shape->doubts[i].kind), r->doubts[i]);
        CHECK(!strncmp(r->text + shape->doubts[i].line, "From ", 5));
    }
    CHECK_INT(shape->before, r->before);
    CHECK_INT(shape->quoting == MBOX_QUOTING_RD, r->rd);
}

static void files_at_every_split(void)
{
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        size_t len = strlen(rows[k].text);
        for (size_t at = 0; at <= len; at++) {
            struct mbox_scan *s = mbox_scan_new();
            CHECK_LABEL("%s, split at %zu", rows[k].name, at);
            mbox_scan_feed(s, rows[k].text, at);
            mbox_scan_feed(s, rows[k].text + at, len - at);
            struct mbox_shape shape = mbox_scan_finish(s);
            check(&rows[k], &shape);
            mbox_scan_free(s);
        }
    }
}

static void octet_by_octet(void)
{
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct mbox_scan *s = mbox_scan_new();
        CHECK_LABEL("%s, octet by octet", rows[k].name);
        for (const char *p = rows[k].text; *p; p++)
            mbox_scan_feed(s, p, 1);
        struct mbox_shape shape = mbox_scan_finish(s);
        check(&rows[k], &shape);
        mbox_scan_free(s);
    }
}

/* Deeper than what is kept of open parts: nothing breaks, and each message of the top is there. */
static void many_open_parts(void)
{
    struct mbox_scan *s = mbox_scan_new();
    for (int i = 0; i < 1000; i++) {
        char *text CLEANUP(mem_free_str) =
            mem_printf(DATED "From: a\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\ntext\n\n", i, i);
        mbox_scan_feed(s, text, strlen(text));
    }
    struct mbox_shape shape = mbox_scan_finish(s);
    CHECK_LABEL("1,000 multiparts that never end");
    CHECK_INT(shape.count, 1000);
    mbox_scan_free(s);
}

/* Boundaries and lines "From " in turn: each line is marked once, not again at each boundary; and those that
 * can begin no message are forgotten at once. */
static void many_parts_with_from_lines(void)
{
    static const char head[] = DATED "From: a\nContent-Type: multipart/mixed; boundary=b\n\n",
                      part[] = "--b\n\n" DATED "x\nFrom y\n";
    struct mbox_scan *s = mbox_scan_new();
    mbox_scan_feed(s, head, sizeof head - 1);
    for (int i = 0; i < 10000; i++)
        mbox_scan_feed(s, part, sizeof part - 1);
    struct mbox_shape shape = mbox_scan_finish(s);
    CHECK_LABEL("10,000 parts that begin with a From line");
    CHECK_INT(shape.count, 1);
    CHECK_INT(shape.doubt_count, 10000);
    CHECK_INT(mbox_scan_looks(s), 9999); /* no boundary stands behind the last */
    mbox_scan_free(s);
}

static void what_looks_like_one(void)
{
    CHECK(mbox_scan_is_likely("From a", 6));
    CHECK(mbox_scan_is_likely("\r\n\nFrom a", 9));
    CHECK(mbox_scan_is_likely("\xef\xbb\xbf"
                              "From a",
        9));
    CHECK(!mbox_scan_is_likely("From", 4));
    CHECK(!mbox_scan_is_likely("From: a", 7));
    CHECK(!mbox_scan_is_likely("", 0));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"files, at every split point", files_at_every_split},
        {"files, octet by octet", octet_by_octet},
        {"more open parts than are kept", many_open_parts},
        {"many parts with From lines", many_parts_with_from_lines},
        {"what looks like an mbox", what_looks_like_one},
    };
    return check_main("store mbox scan", tests, sizeof tests / sizeof *tests);
}
