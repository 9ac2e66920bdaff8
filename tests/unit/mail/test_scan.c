#include "check.h"
#include "mem.h"
#include "split.h"
#include <malloc.h>

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))
#define IN(s)        (s), sizeof(s) - 1
#define INTERNAL     "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"

static const struct row {
    const char *label;
    const char *in;
    size_t len;
    const char *facts;
} rows[] = {
    {"plain",
        IN("From: a\r\nSubject: s t\r\nDate: 1 Jan 2024 00:00:00 GMT\r\nMessage-ID: <i@x>\r\n\r\nbody\r\n"),
        "id:<i@x> from:a subject:s t date:1 Jan 2024 00:00:00 GMT date_s:1704067200 header:75 body"},
    {"nothing", IN(""), "header:0"},
    {"one CRLF", IN("\r\n"), "header:2 body"},
    {"three octets", IN("\n\nx"), "header:1 body lf:2 unended"},
    {"header alone", IN("Subject: a\r\n"), "subject:a header:12"},
    {"without line end", IN("Subject:"), "subject: header:8 unended"},
    {"one field, no end of it", IN("Subject: a"), "subject:a header:10 unended"},
    {"name alone", IN("Subject"), "header:0 body unended"},
    /* line ends */
    {"LF", IN("Subject: a\n b\n\nx\n"), "subject:a b header:15 body lf:4"},
    {"CR", IN("Subject: a\r b\r\rx\r"), "subject:a b header:15 body cr:4"},
    {"CR CR LF", IN("Subject: a\r\r\n b\r\r\n\r\r\nx\r\r\n"), "subject:a b header:21 body cr:4"},
    {"CRLF then LF", IN("Subject: a\r\n\r\nx\ny\n"), "subject:a header:14 body lf:2"},
    {"CR then LF LF", IN("Subject: a\r\n\nx\r\n"), "subject:a header:13 body lf:1"},
    {"bare CR in a value", IN("Subject: a\rTo: b\r\n\r\n"), "subject:a header:20 body cr:1"},
    {"NUL in a value", IN("Subject: a\0b\r\n\r\n"), "subject:ab header:16 body nul:1"},
    {"NUL as a value", IN("Subject: \0\r\n\r\n"), "subject: header:14 body nul:1"},
    {"NUL between CR and LF", IN("Subject: a\r\0\n\r\0\nx\r\n"), "subject:a header:16 body nul:2"},
    {"NUL alone in the first line", IN("\0\r\nSubject: a\r\n\r\n"), "header:3 body nul:1"},
    /* names and values */
    {"any case, blanks before the colon", IN("sUBJECT \t : a\r\nFROM: b\r\n\r\n"),
        "from:b subject:a header:26 body"},
    {"no blank after the colon", IN("Subject:a\r\nFrom:b\r\n\r\n"), "from:b subject:a header:21 body"},
    {"first one counts", IN("Subject: a\r\nSubject: b\r\nFrom: c\r\nFrom: d\r\n\r\n"),
        "from:c subject:a header:44 body"},
    {"empty first one counts", IN("Subject:\r\nSubject: b\r\n\r\n"), "subject: header:24 body"},
    {"folded, blanks kept", IN("Subject: \t a\r\n  b \r\n\tc \t\r\n\r\n"), "subject:a  b \tc header:28 body"},
    {"folded at once", IN("Subject:\r\n a\r\n\r\n"), "subject:a header:16 body"},
    {"8-bit", IN("Subject: \x82\xa0\r\n\r\n\xff\r\n"), "subject:\x82\xa0 header:15 body 8bit"},
    {"8-bit only in the body", IN("Subject: a\r\n\r\n\xff\r\n"), "subject:a header:14 body"},
    {"8-bit name", IN("X-\xe9: a\r\nSubject: b\r\n\r\n"), "subject:b header:22 body 8bit"},
    {"colon in the value", IN("Subject: a: b\r\n\r\n"), "subject:a: b header:17 body"},
    /* what is no header line */
    {"line of blanks inside", IN("Subject: a\r\n \t \r\nFrom: b\r\n\r\nx"),
        "from:b subject:a header:28 body unended"},
    {"continuation of blanks only", IN("Subject: a\r\n \r\n b\r\n\r\n"), "subject:a  b header:21 body"},
    {"line of blanks first", IN("  \r\nSubject: a\r\n\r\n"), "subject:a header:18 body odd:1"},
    {"first line indented", IN("  To: b\r\nSubject: a\r\n\r\n"), "subject:a header:23 body odd:1"},
    {"odd line", IN("Subject: a\r\nno field\r\nFrom: b\r\n\r\n"), "from:b subject:a header:33 body odd:1"},
    {"odd line goes on", IN("Subject: a\r\nno field\r\n more\r\n\r\n"), "subject:a header:31 body odd:1"},
    {"odd line without blank", IN("Subject: a\r\nb\r\n\r\n"), "subject:a header:17 body odd:1"},
    {"colon first", IN("Subject: a\r\n: b\r\n\r\n"), "subject:a header:19 body odd:1"},
    {"blank inside a name", IN("Subject: a\r\nX Y: b\r\n\r\n"), "subject:a header:22 body odd:1"},
    {"control in a name", IN("X\001Y: b\r\nSubject: a\r\n\r\n"), "subject:a header:22 body odd:1"},
    {"odd first line", IN("no field\r\nSubject: a\r\n\r\n"), "subject:a header:24 body odd:1"},
    {"two odd lines", IN("no field\r\nnone\r\nSubject: a\r\n\r\n"), "subject:a header:30 body odd:2"},
    {"quoted From first", IN(">From a@b Mon Jan  1 00:00:00 2024\r\nSubject: a\r\n\r\n"),
        "subject:a header:50 body odd:1"},
    {"text only", IN("Hello there\r\nworld\r\n\r\nmore: text\r\n"), "header:0 body"},
    {"text only, 8-bit, indented", IN("  H\xe9llo\r\nworld"), "header:0 body unended"},
    {"empty header", IN("\r\nSubject: of the body\r\n"), "header:2 body"},
    /* mbox and BOM */
    {"mbox", IN("From a@b Mon Jan  1 00:00:00 2024\nSubject: a\n\nx\n"),
        "subject:a header:46 body lf:4 mbox"},
    {"mbox, blank", IN("From \nSubject: a\n\nx\n"), "subject:a header:18 body lf:4 mbox"},
    {"mbox alone", IN("From a@b Mon Jan  1 00:00:00 2024"), "header:33 unended mbox"},
    {"mbox only at the top", IN("Subject: a\nFrom a@b Mon\n\nx\n"), "subject:a header:25 body lf:4 odd:1"},
    {"obsolete From field", IN("From : a@b\r\n\r\n"), "from:a@b header:14 body"},
    {"obsolete From field, two blanks", IN("From  : a@b\r\n\r\n"), "from:a@b header:15 body"},
    {"BOM", IN("\xef\xbb\xbfSubject: a\r\n\r\n"), "header:17 body 8bit"},
    {"BOM, blanks", IN("\xef\xbb\xbf a\r\nSubject: a\r\n\r\n"), "subject:a header:21 body 8bit odd:1"},
    {"BOM, then mbox",
        IN("\xef\xbb\xbf"
           "From -\nSubject: a\n\n"),
        "subject:a header:22 body lf:3 8bit odd:1"},
    {"mbox, then BOM", IN("From -\n\xef\xbb\xbfSubject: a\n\n"), "header:22 body lf:3 mbox 8bit"},
    {"BOM only at the top", IN("To: x\n\xef\xbb\xbfSubject: a\n\n"), "header:21 body lf:3 8bit"},
    {"half a BOM", IN("\xef\xbbSubject: a\n\n"), "header:14 body lf:2 8bit"},
    /* Received */
    {"topmost Received",
        IN("Received: x; 1 Jan 2024 00:00:00 GMT\r\nReceived: y; 1 Jan 2023 00:00:00 GMT\r\n\r\n"),
        "received_s:1704067200 header:78 body"},
    {"topmost Received without date", IN("Received: x\r\nReceived: y; 1 Jan 2023 00:00:00 GMT\r\n\r\n"),
        "header:53 body"},
    /* flags */
    {"Status", IN("Status: RO\r\nSubject: a\r\n\r\n"), "subject:a flags seen header:26 body"},
    {"Status, new", IN("Status: O\r\n\r\n"), "flags header:13 body"},
    {"Status, empty", IN("Status:\r\n\r\n"), "flags header:11 body"},
    {"X-Status", IN("Status: RO\r\nX-Status: AFDT\r\n\r\n"),
        "flags seen answered flagged deleted draft header:30 body"},
    {"Status of someone else", IN("Status: Resolved\r\n\r\n"), "header:20 body"},
    {"second Status", IN("Status: O\r\nStatus: RO\r\n\r\n"), "flags header:25 body"},
    {"Mozilla", IN("X-Mozilla-Status: 0007\r\n\r\n"), "flags seen answered flagged header:26 body"},
    {"Mozilla, deleted", IN("X-Mozilla-Status: 8009\r\n\r\n"), "flags seen deleted header:26 body"},
    {"Mozilla, no number", IN("X-Mozilla-Status: none\r\n\r\n"), "header:26 body"},
    {"Mozilla 2", IN("X-Mozilla-Status2: 00000001\r\n\r\n"), "header:31 body"},
    /* the pseudo message of UW imapd */
    {"internal, all three signs",
        IN("From: Mail System Internal Data <MAILER-DAEMON@h>\r\nSubject: " INTERNAL
           "\r\nX-IMAP: 1090000000 0000000003\r\nStatus: RO\r\n\r\nThis text\r\n"),
        "from:Mail System Internal Data <MAILER-DAEMON@h> subject:" INTERNAL
        " flags seen header:156 body internal"},
    {"internal, subject and X-IMAPbase", IN("X-IMAPbase: 1 2\r\nSubject:  " INTERNAL " \r\n\r\n"),
        "subject:" INTERNAL " header:81 body internal"},
    {"internal, folded, the header alone",
        IN("x-imap: 1 2\nSubject: DON'T DELETE THIS MESSAGE --\n FOLDER INTERNAL DATA\n"),
        "subject:" INTERNAL " header:72 lf:3 internal"},
    {"internal, from and subject", IN("From: \"Mail System Internal Data\" <a@b>\nSubject: " INTERNAL "\n\n"),
        "from:\"Mail System Internal Data\" <a@b> subject:" INTERNAL " header:100 body lf:3 internal"},
    {"internal, from and X-IMAP", IN("From: mail system internal data <a@b>\nX-IMAP: 1 2\n\n"),
        "from:mail system internal data <a@b> header:51 body lf:3 internal"},
    {"not internal: the subject alone", IN("From: a@b\nSubject: " INTERNAL "\n\n"),
        "from:a@b subject:" INTERNAL " header:70 body lf:3"},
    {"not internal: X-IMAPbase of an ordinary first message", IN("X-IMAPbase: 1 2\nSubject: a\n\n"),
        "subject:a header:28 body lf:3"},
    {"not internal: about it", IN("X-IMAPbase: 1 2\nSubject: Re: " INTERNAL "\n\n"),
        "subject:Re: " INTERNAL " header:80 body lf:3"},
    {"not internal: more about it", IN("X-IMAPbase: 1 2\nSubject: " INTERNAL "?\n\n"),
        "subject:" INTERNAL "? header:77 body lf:3"},
    {"not internal: signs in the body", IN("Subject: " INTERNAL "\n\nX-IMAP: 1 2\n"),
        "subject:" INTERNAL " header:60 body lf:3"},
    {"not internal: a second subject", IN("X-IMAP: 1 2\nSubject: a\nSubject: " INTERNAL "\n\n"),
        "subject:a header:83 body lf:4"},
    {"not internal: only half of the name", IN("From: Mail System Internal\nX-IMAP: 1 2\n\n"),
        "from:Mail System Internal header:40 body lf:3"},
};

static void test_table(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].label);
        struct mail_facts f = split_scan_whole(rows[i].in, rows[i].len);
        CLEANUP(mem_free_str) char *words = split_facts_words(&f);
        CHECK_STR(words, rows[i].facts);
        CHECK_INT(f.octets, rows[i].len);
        uint8_t digest[SHA256_OCTETS];
        sha256_bytes(rows[i].in, rows[i].len, digest);
        CHECK(!memcmp(digest, f.sha256, SHA256_OCTETS));
        mail_facts_done(&f);
        split_check_all(rows[i].in, rows[i].len);
    }
}

/* One scanner for all messages: nothing of one shows in the next. */
static void test_reuse(void)
{
    struct mail_scan *s = mail_scan_new();
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        for (size_t k = 0; k < ROW_COUNT(rows); k++) {
            struct mail_facts f;
            split_scan(s, rows[i].in, rows[i].len, rows[i].len / 2, &f);
            mail_facts_done(&f);
            split_scan(s, rows[k].in, rows[k].len, rows[k].len, &f);
            struct mail_facts fresh = split_scan_whole(rows[k].in, rows[k].len);
            CHECK_LABEL("%s after %s", rows[k].label, rows[i].label);
            CLEANUP(mem_free_str) char *a = split_facts_all(&f);
            CLEANUP(mem_free_str) char *b = split_facts_all(&fresh);
            CHECK_STR(a, b);
            mail_facts_done(&f);
            mail_facts_done(&fresh);
        }
    }
    mail_scan_free(s);
}

static void test_longest_line(void)
{
    static const struct {
        const char *in;
        unsigned longest;
    } lines[] = {{"", 0}, {"abc", 3}, {"ab\r\nabcd\r\na", 4}, {"a\nabc\rab", 3}, {"\r\n\r\n", 0}};
    for (size_t i = 0; i < ROW_COUNT(lines); i++) {
        CHECK_LABEL("%s", lines[i].in);
        struct mail_facts f = split_scan_whole(lines[i].in, strlen(lines[i].in));
        CHECK_INT(f.longest_line, lines[i].longest);
        mail_facts_done(&f);
    }
}

/* before, then count times part, then after, fed in pieces; what the heap grew by in between is checked. */
static struct mail_facts scan_repeated(const char *before, const char *part, size_t count, const char *after)
{
    struct mail_scan *s = mail_scan_new();
    mail_scan_feed(s, before, strlen(before));
    mail_scan_feed(s, part, strlen(part));
    size_t heap = mallinfo2().uordblks;
    for (size_t i = 1; i < count; i++)
        mail_scan_feed(s, part, strlen(part));
    CHECK(mallinfo2().uordblks <= heap + 4096);
    mail_scan_feed(s, after, strlen(after));
    struct mail_facts f;
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    return f;
}

static void check_long_field(const char *name)
{
    static char part[65536];
    char before[64];
    memset(part, 'x', sizeof part - 1);
    CHECK_LABEL("long %s", name);
    snprintf(before, sizeof before, "%s: ", name);
    struct mail_facts a = scan_repeated(before, part, 100, "y\r\nTo: z\r\n\r\nbody");
    struct mail_facts b = scan_repeated(before, part, 100, "z\r\nTo: z\r\n\r\nbody");
    CHECK(memcmp(a.fingerprint, b.fingerprint, SHA256_OCTETS) != 0);
    CHECK(memcmp(a.whole_header, b.whole_header, SHA256_OCTETS) != 0);
    CHECK(!memcmp(a.body, b.body, SHA256_OCTETS));
    CHECK(!a.subject || strlen(a.subject) == MAIL_FIELD_MAX);
    CHECK_INT(a.longest_line, strlen(before) + 100 * (sizeof part - 1) + 1);
    mail_facts_done(&a);
    mail_facts_done(&b);
}

static void test_long(void)
{
    static const char *const names[] = {"Subject", "From", "Date", "Message-ID", "Received", "X-Long"};
    for (size_t i = 0; i < ROW_COUNT(names); i++)
        check_long_field(names[i]);
    CHECK_LABEL("long name");
    struct mail_facts f =
        scan_repeated("To: a\r\nX", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 100000, ": a\r\n\r\n");
    CHECK_INT(f.odd_header_lines, 1);
    CHECK(f.has_body);
    mail_facts_done(&f);
    CHECK_LABEL("many folds");
    f = scan_repeated("Subject: a", "\r\n                                        ", 100000, "b\r\n\r\n");
    CHECK_STR(f.message_id, NULL);
    CHECK(f.subject && f.subject[0] == 'a');
    mail_facts_done(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table, every split", test_table},
        {"reuse", test_reuse},
        {"longest line", test_longest_line},
        {"long fields", test_long},
    };
    return check_main("mail_scan", tests, ROW_COUNT(tests));
}
