/* hash_set.h, exit_code.h, identity.h */
#include "check.h"
#include "exit_code.h"
#include "hash_set.h"
#include "identity.h"

/* ---- hash_set ---- */
static void digest_of(uint64_t n, uint8_t ret[SHA256_OCTETS])
{
    sha256_bytes(&n, sizeof n, ret);
}

static void test_hash_set_random(void)
{
    struct hash_set s = {0};
    uint8_t d[SHA256_OCTETS];
    unsigned wrong = 0;
    for (uint64_t n = 0; n < 100000; n++) {
        digest_of(n, d);
        wrong += hash_set_add(&s, d);
        digest_of(n / 2, d);
        wrong += !hash_set_has(&s, d) || !hash_set_add(&s, d);
        digest_of(n + 1, d);
        wrong += hash_set_has(&s, d);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 100000); /* asking adds nothing */
    for (uint64_t n = 0; n < 200000; n++) {
        digest_of(n, d);
        wrong += hash_set_add(&s, d) != (n < 100000);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 200000);
    hash_set_done(&s);
    CHECK(!s.slots && !s.used);
    digest_of(1, d);
    CHECK(!hash_set_add(&s, d));
    hash_set_done(&s);
    hash_set_done(&s);
}

/* Digests that begin alike, and end in the last slots: found by looking further, around the end too. */
static void test_hash_set_alike(void)
{
    struct hash_set s = {0};
    uint8_t d[SHA256_OCTETS];
    memset(d, 0xff, sizeof d);
    unsigned wrong = hash_set_has(&s, d); /* in an empty one, too */
    for (unsigned n = 0; n < 3000; n++) {
        d[30] = (uint8_t)(n >> 8);
        d[31] = (uint8_t)n;
        wrong += hash_set_has(&s, d);
        wrong += hash_set_add(&s, d);
        wrong += !hash_set_add(&s, d);
        wrong += !hash_set_has(&s, d);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 3000);
    hash_set_done(&s);
}

/* No SHA-256 is known that is all zero; the set must bear it all the same. */
static void test_hash_set_zero(void)
{
    struct hash_set s = {0};
    const uint8_t zero[SHA256_OCTETS] = {0};
    uint8_t d[SHA256_OCTETS];
    digest_of(1, d);
    CHECK(!hash_set_add(&s, d));
    CHECK(hash_set_has(&s, d));
    hash_set_add(&s, zero);
    CHECK(hash_set_add(&s, zero));
    CHECK(hash_set_add(&s, d));
    digest_of(2, d);
    CHECK(!hash_set_add(&s, d));
    hash_set_done(&s);
}

/* ---- exit codes ---- */
static const struct {
    enum error_code code;
    enum error_scope scope;
    enum error_retry retry;
    enum exit_code exit_code;
} codes[] = {
    {ERROR_NONE, ERROR_SCOPE_NONE, ERROR_RETRY_NEVER, EXIT_CODE_DONE},
    {ERROR_USAGE, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_USAGE},
    {ERROR_AUTH, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_TLS, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_CONNECT, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_LOST, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_TIMEOUT, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_PROTOCOL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_PROTOCOL, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_REFUSED, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, EXIT_CODE_ATTENTION},
    {ERROR_REFUSED, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_REFUSED, ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_REFUSED, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_TOO_BIG, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, EXIT_CODE_ATTENTION},
    {ERROR_NO_HOST, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_FULL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_FULL},
    {ERROR_FULL, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_FULL},
    {ERROR_THROTTLED, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_IN_USE, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_NO_FOLDER, ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_DISK, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
    {ERROR_LEDGER, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
    {ERROR_LOCKED, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_CANCELLED, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_INTERNAL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
};

static void test_exit_codes(void)
{
    bool seen[ERROR_INTERNAL + 1] = {0};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct error err = {.code = codes[i].code, .scope = codes[i].scope, .retry = codes[i].retry};
        CHECK_LABEL("%s, scope %d, retry %d", error_code_name(err.code), err.scope, err.retry);
        CHECK_INT(exit_code_of(&err), codes[i].exit_code);
        seen[err.code] = true;
    }
    for (int i = 0; i <= ERROR_INTERNAL; i++) {
        CHECK_LABEL("%s", error_code_name((enum error_code)i));
        CHECK(seen[i]);
    }
}

/* Only no error at all is success. */
static void test_exit_never_done(void)
{
    for (int code = ERROR_NONE + 1; code <= ERROR_INTERNAL; code++)
        for (int scope = ERROR_SCOPE_NONE; scope <= ERROR_SCOPE_RUN; scope++)
            for (int retry = ERROR_RETRY_NEVER; retry <= ERROR_RETRY_AFTER_LOGIN; retry++) {
                const struct error err = {.code = (enum error_code)code,
                    .scope = (enum error_scope)scope,
                    .retry = (enum error_retry)retry};
                int exit_code = exit_code_of(&err);
                CHECK(exit_code > EXIT_CODE_DONE && exit_code <= EXIT_CODE_FULL);
            }
    CHECK_INT(EXIT_CODE_DONE, 0);
    CHECK_INT(EXIT_CODE_ATTENTION, 1);
    CHECK_INT(EXIT_CODE_USAGE, 2);
    CHECK_INT(EXIT_CODE_LOGIN, 3);
    CHECK_INT(EXIT_CODE_TEMPORARY, 4);
    CHECK_INT(EXIT_CODE_LOCAL, 5);
    CHECK_INT(EXIT_CODE_FULL, 6);
}

/* ---- identity ---- */
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
        {"hash set, 100,000 random", test_hash_set_random},
        {"hash set, alike", test_hash_set_alike},
        {"hash set, zero", test_hash_set_zero},
        {"exit codes", test_exit_codes},
        {"exit code never 0 with an error", test_exit_never_done},
        {"identity", test_identity},
        {"identity of a header", test_identity_of_header},
    };
    return check_main("pure", tests, sizeof tests / sizeof *tests);
}
