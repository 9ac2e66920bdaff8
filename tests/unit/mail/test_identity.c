/* Which differences the hashes do not see, and which they must. */
#include "check.h"
#include "mem.h"
#include "split.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))
#define HEAD                                                                                                 \
    "Received: by x; 1 Jan 2024 00:00:00 GMT\r\nFrom: a@b\r\nDate: 1 Jan 2024\r\nSubject: s t\r\nTo: c\r\n"
#define ID    "Message-ID: <i@x>\r\n"
#define BODY  "\r\nbody\r\n  indented  \r\n\r\nlast\r\n"
#define IN(s) (s), sizeof(s) - 1

struct pair {
    const char *label;
    const char *a;
    size_t a_len;
    const char *b;
    size_t b_len;
};

static bool same(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return !memcmp(a, b, SHA256_OCTETS);
}

static void check_pairs(const struct pair *pairs, size_t count, bool equal)
{
    for (size_t i = 0; i < count; i++) {
        CHECK_LABEL("%s", pairs[i].label);
        struct mail_facts a = split_scan_whole(pairs[i].a, pairs[i].a_len);
        struct mail_facts b = split_scan_whole(pairs[i].b, pairs[i].b_len);
        CHECK_INT(same(a.fingerprint, b.fingerprint), equal);
        mail_facts_done(&a);
        mail_facts_done(&b);
        split_check_all(pairs[i].a, pairs[i].a_len);
        split_check_all(pairs[i].b, pairs[i].b_len);
    }
}

/* What servers and mbox files do to a message on the way. */
static void test_same(void)
{
    static const struct pair pairs[] = {
        {"LF for CRLF", IN("From: a\r\nTo: b\r\n\r\nx\r\ny\r\n"), IN("From: a\nTo: b\n\nx\ny\n")},
        {"CR for CRLF", IN("From: a\r\nTo: b\r\n\r\nx\r\n\r\ny\r\n"), IN("From: a\rTo: b\r\rx\r\ry\r")},
        {"CR CR LF for CRLF", IN("From: a\r\n\r\nx\r\n"), IN("From: a\r\r\n\r\r\nx\r\r\n")},
        {"no final CRLF", IN(HEAD ID BODY), IN(HEAD ID "\r\nbody\r\n  indented  \r\n\r\nlast")},
        {"one CRLF too many", IN(HEAD BODY), IN(HEAD BODY "\r\n")},
        {"NUL left out", IN("From: a\r\n\r\nx\r\ny\r\n"), IN("From: \0a\r\n\r\n\0x\r\0\ny\0\r\n")},
        {"no empty line", IN("From: a\r\n"), IN("From: a\r\n\r\n\r\n")},
        {"nothing", IN(""), IN("\r\n")},
        {"Status and X-UIDL put in front", IN(HEAD BODY),
            IN("X-UID: 4\r\nX-IMAPbase: 1 2\r\nX-UIDL: abc\r\nStatus: RO\r\n" HEAD BODY)},
        {"put behind, in another session", IN(HEAD "X-UIDL: one\r\nStatus: O\r\n" BODY),
            IN(HEAD
                "X-IMAP: 1\r\nX-UIDL: two\r\nX-Status: A\r\nStatus: RO\r\nX-Keywords: a\r\n  b\r\n" BODY)},
        {"Mozilla", IN(HEAD BODY),
            IN("X-Mozilla-Status: 0001\r\nX-Mozilla-Status2: 00000000\r\nX-Mozilla-Keys:  \r\n" HEAD BODY)},
        {"Content-Length and Lines", IN(HEAD BODY), IN(HEAD "Content-Length: 30\r\nLines: 4\r\n" BODY)},
        {"mbox line alone", IN(""), IN("From a@b Mon")},
        {"mbox line", IN(HEAD BODY), IN("From a@b Mon Jan  1 00:00:00 2024\r\n" HEAD BODY)},
        {"blank before the colon", IN("X-Odd : 1\r\nTo: a\r\n\r\nx"), IN("X-Odd: 1\r\nTo: a\r\n\r\nx")},
        {"case of names", IN("X-Odd: 1\r\nTo: a\r\n\r\nx"), IN("x-oDD: 1\r\nTO:a\r\n\r\nx")},
        {"folding", IN("To: a, b, c\r\nSubject: s t\r\n\r\nx"),
            IN("To: a,\r\n\tb,\r\n   c\r\nSubject:\r\n s\r\n \r\n t  \r\n\r\nx")},
        {"indented odd line", IN("no field\r\nTo: a\r\n\r\nx"), IN("  no   field\r\nTo: a\r\n\r\nx")},
        {"orphan line of blanks", IN("To: a\r\n\r\nx"), IN("   \r\nTo: a\r\n\r\nx")},
        {"relays, with a Message-ID", IN(HEAD ID BODY), IN("Received: by y\r\nX-Spam: no\r\n" HEAD ID BODY)},
        {"Message-ID folded", IN(HEAD ID BODY), IN(HEAD "Message-Id:\r\n <i\r\n @x> (c)\r\n" BODY)},
    };
    check_pairs(pairs, ROW_COUNT(pairs), true);
}

/* What makes two messages. */
static void test_different(void)
{
    static const struct pair pairs[] = {
        {"Message-ID", IN(HEAD ID BODY), IN(HEAD "Message-ID: <j@x>\r\n" BODY)},
        {"body", IN(HEAD ID BODY), IN(HEAD ID BODY "x\r\n")},
        {"blanks in the body", IN(HEAD ID "\r\na b\r\n"), IN(HEAD ID "\r\na  b\r\n")},
        {"blanks at a line's end", IN(HEAD ID "\r\na\r\nb\r\n"), IN(HEAD ID "\r\na \r\nb\r\n")},
        {"empty lines in the body", IN(HEAD ID "\r\na\r\nb\r\n"), IN(HEAD ID "\r\na\r\n\r\nb\r\n")},
        {"empty lines before the body", IN(HEAD ID "\r\na\r\n"), IN(HEAD ID "\r\n\r\na\r\n")},
        {"Subject", IN("Subject: a\r\n" ID BODY), IN("Subject: b\r\n" ID BODY)},
        {"From", IN("From: a\r\n" ID BODY), IN("From: b\r\n" ID BODY)},
        {"Date", IN("Date: 1 Jan 2024\r\n" ID BODY), IN("Date: 2 Jan 2024\r\n" ID BODY)},
        {"the same value, another field", IN("From: a\r\n" ID BODY), IN("Subject: a\r\n" ID BODY)},
        {"values that join", IN("From: a\r\nSubject: bc\r\n" ID BODY),
            IN("From: ab\r\nSubject: c\r\n" ID BODY)},
        {"no Message-ID, another field", IN("To: a\r\n" BODY), IN("To: b\r\n" BODY)},
        {"no Message-ID, order", IN("To: a\r\nCc: b\r\n" BODY), IN("Cc: b\r\nTo: a\r\n" BODY)},
        {"no Message-ID, one more", IN("To: a\r\n" BODY), IN("To: a\r\nX-A:\r\n" BODY)},
        {"no Message-ID, another Received", IN("Received: a\r\n" BODY), IN("Received: b\r\n" BODY)},
        {"useless Message-ID, another field", IN("Message-ID: <>\r\nTo: a\r\n" BODY),
            IN("Message-ID: <>\r\nTo: b\r\n" BODY)},
        {"BOM", IN(HEAD BODY), IN("\xef\xbb\xbf" HEAD BODY)},
        {"odd line", IN("To: a\r\nnone\r\n" BODY), IN("To: a\r\nelse\r\n" BODY)},
        {"odd line or none", IN("To: a\r\n" BODY), IN("To: a\r\nnone\r\n" BODY)},
        {"odd line or its continuation", IN("To: a\r\nb\r\n" BODY), IN("To: a\r\n b\r\n" BODY)},
        {"odd line with a colon first", IN("To: a\r\n: b\r\n" BODY), IN("To: a\r\nb\r\n" BODY)},
        {"header or body", IN("To: a\r\n\r\n"), IN("\r\nTo: a\r\n")},
        {"text only", IN("hello\r\n\r\nx\r\n"), IN("hullo\r\n\r\nx\r\n")},
        {"text only, its empty line", IN("hello\r\nx\r\n"), IN("hello\r\n\r\nx\r\n")},
        {"text only, quoted From", IN(">From a\r\nb"), IN(">From b\r\nb")},
        {"8-bit spoilt", IN("Subject: \x82\xa0\r\n" ID BODY), IN("Subject: XX\r\n" ID BODY)},
        {"NUL replaced", IN(HEAD ID "\r\na\0b\r\n"),
            IN(HEAD ID "\r\na\x80"
                       "b\r\n")},
    };
    check_pairs(pairs, ROW_COUNT(pairs), false);
}

static void check_header_only(const char *label, const char *whole, const char *part, bool with_whole_header)
{
    CHECK_LABEL("%s", label);
    struct mail_facts a = split_scan_whole(whole, strlen(whole));
    struct mail_facts b = split_scan_whole(part, strlen(part));
    CHECK_STR(b.message_id, a.message_id);
    CHECK_INT(b.date_s, a.date_s);
    CHECK(same(a.core, b.core));
    if (with_whole_header)
        CHECK(same(a.whole_header, b.whole_header));
    mail_facts_done(&a);
    mail_facts_done(&b);
}

/* TOP n 0 and BODY[HEADER.FIELDS (...)] know the message as RETR does. */
static void test_header_only(void)
{
    check_header_only("TOP", HEAD ID BODY, HEAD ID "\r\n", true);
    check_header_only("TOP with an empty line more", HEAD ID BODY, HEAD ID "\r\n\r\n", true);
    check_header_only("TOP without empty line", HEAD ID BODY, HEAD ID, true);
    check_header_only("TOP of text only", "hello\r\nyou\r\n\r\nFrom: x\r\n", "hello\r\nyou\r\n\r\n", true);
    check_header_only("TOP of an empty header", "\r\nFrom: x\r\n", "\r\n", true);
    check_header_only(
        "HEADER.FIELDS", HEAD ID BODY, "From: a@b\r\nDate: 1 Jan 2024\r\nSubject: s t\r\n" ID "\r\n", false);
    check_header_only("HEADER.FIELDS in another order", HEAD ID BODY,
        ID "Subject: s t\r\nDate: 1 Jan 2024\r\nFrom: a@b\r\n\r\n", false);
    check_header_only("HEADER.FIELDS, folded otherwise", HEAD ID BODY,
        "SUBJECT: s\r\n t\r\nMessage-Id:\r\n\t<i@x>\r\nDate:  1 Jan 2024\r\nFrom: a@b\r\n\r\n", false);
    check_header_only("HEADER.FIELDS, twice", "Subject: a\r\nTo: x\r\nSubject: b\r\n" ID BODY,
        "Subject: a\r\nSubject: b\r\n" ID "\r\n", false);
    check_header_only("HEADER.FIELDS of none", "hello\r\nyou\r\n\r\nx\r\n", "\r\n", false);
    check_header_only("empty as absent", "Subject:\r\n" ID BODY, ID "\r\n", false);
}

/* The definition, spelt out: what is in the ledger today must be found again by a later version. */
static void check_definition(
    const char *in, const char *message_id, const char *header_text, const char *body_text)
{
    struct mail_facts f = split_scan_whole(in, strlen(in));
    uint8_t header[SHA256_OCTETS], body[SHA256_OCTETS], print[SHA256_OCTETS];
    CLEANUP(buf_done) struct buf all = {0};
    sha256_bytes(header_text, strlen(header_text), header);
    sha256_bytes(body_text, strlen(body_text), body);
    CHECK(same(f.whole_header, header));
    CHECK(same(f.body, body));
    if (message_id) {
        buf_append(&all, message_id, strlen(message_id) + 1);
        buf_append(&all, f.core, SHA256_OCTETS);
    } else {
        buf_append(&all, header, SHA256_OCTETS);
    }
    buf_append(&all, body, SHA256_OCTETS);
    sha256_bytes(buf_bytes(&all), buf_len(&all), print);
    CHECK(same(f.fingerprint, print));
    mail_facts_done(&f);
}

static void test_definition(void)
{
    CHECK_LABEL("definition");
    check_definition("Message-Id: <i@x>\r\nX-A:  b \r\n c\r\nnone\r\nStatus: R\r\n\r\na\r\n\r\nb\r\n\r\n",
        "<i@x>", "message-id:<i@x>\nx-a:b c\n:none\n", "a\n\nb");
    check_definition("To: x\r\n\r\na\r\n", NULL, "to:x\n", "a");
    uint8_t parts[3][SHA256_OCTETS], core[SHA256_OCTETS];
    sha256_bytes("a@b", 3, parts[0]);
    sha256_bytes("", 0, parts[1]);
    sha256_bytes("s t", 3, parts[2]);
    sha256_bytes(parts, sizeof parts, core);
    struct mail_facts f = split_scan_whole(IN("Subject:  s\r\n\t t \r\nFrom: a@b\r\n\r\n"));
    CHECK(same(f.core, core));
    mail_facts_done(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the same message", test_same},
        {"two messages", test_different},
        {"headers alone", test_header_only},
        {"definition", test_definition},
    };
    return check_main("mail identity", tests, ROW_COUNT(tests));
}
