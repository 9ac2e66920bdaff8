/* identity.h */
#include "check.h"
#include "identity.h"

static struct mail_facts facts_of(const char *message)
{
    struct mail_facts f;
    struct mail_scan *scan = mail_scan_new();
    mail_scan_feed(scan, message, strlen(message));
    mail_scan_finish(scan, &f);
    mail_scan_free(scan);
    return f;
}

static bool same_identity(const char *one, const char *other)
{
    struct mail_facts a = facts_of(one), b = facts_of(other);
    uint8_t ia[SHA256_OCTETS], ib[SHA256_OCTETS];
    identity_of(&a, ia);
    identity_of(&b, ib);
    mail_facts_done(&a);
    mail_facts_done(&b);
    return !memcmp(ia, ib, SHA256_OCTETS);
}

static void test_identity(void)
{
    CHECK(same_identity(
        "Message-ID: <1@x>\r\nSubject: a\r\n\r\nbody", "subject: b\r\nMESSAGE-ID:\r\n <1@x>\r\n\r\nother"));
    CHECK(
        !same_identity("Message-ID: <1@x>\r\nSubject: a\r\n\r\n", "Message-ID: <2@x>\r\nSubject: a\r\n\r\n"));
    CHECK(!same_identity("Message-ID: <1@x>\r\nSubject: a\r\n\r\n", "Subject: a\r\n\r\n"));
    CHECK(same_identity("Subject: a\r\nFrom: t\r\n\r\nbody", "From: t\r\nTo: u\r\nSubject:  a\r\n\r\nother"));
    CHECK(!same_identity("Subject: a\r\nFrom: t\r\n\r\n", "Subject: a\r\nFrom: u\r\n\r\n"));
    CHECK(!same_identity("Subject: a\r\n\r\n", "Subject: a\r\nDate: Mon, 1 Jan 2024 00:00:00 +0900\r\n\r\n"));
    CHECK(same_identity("", "To: x\r\n\r\nnothing that could tell them apart"));
}

/* A header alone has the identity of its message. */
static void test_identity_of_header(void)
{
    CHECK(
        same_identity("Message-ID: <1@x>\r\nSubject: a\r\n\r\n", "Message-ID: <1@x>\r\nSubject: a\r\n\r\nx"));
    CHECK(same_identity("Subject: a\r\n\r\n", "Received: by h\r\nSubject: a\r\nX-Y: z\r\n\r\nbody\r\n"));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"identity", test_identity},
        {"identity of a header", test_identity_of_header},
    };
    return check_main("identity", tests, sizeof tests / sizeof *tests);
}
