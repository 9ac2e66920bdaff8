/* The order of SRV and MX records, and a name server that cannot be. */
#include "check.h"
#include "discover_dns.h"

static void show(char *dst, size_t cap, const struct discover_dns_record *r, size_t count)
{
    size_t used = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < count && used < cap; i++)
        used += (size_t)snprintf(dst + used, cap - used, "%s%s:%u", i ? " " : "", r[i].name, r[i].port);
}

static void test_order(void)
{
    static const struct {
        struct discover_dns_record records[5];
        size_t count;
        const char *expected;
    } rows[] = {
        {{{0, 0, 995, "a"}}, 1, "a:995"},
        {{{20, 0, 1, "b"}, {10, 0, 1, "a"}}, 2, "a:1 b:1"},
        {{{10, 5, 1, "b"}, {10, 50, 1, "c"}, {10, 0, 1, "a"}}, 3, "c:1 b:1 a:1"},
        {{{10, 5, 1, "b"}, {10, 5, 1, "a"}}, 2, "a:1 b:1"},
        {{{10, 5, 2, "a"}, {10, 5, 1, "a"}}, 2, "a:1 a:2"},
        {{{65535, 65535, 1, "z"}, {0, 0, 1, "y"}, {65535, 0, 1, "x"}, {0, 65535, 1, "w"}}, 4,
            "w:1 y:1 z:1 x:1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discover_dns_record records[5];
        char shown[200];
        memcpy(records, rows[i].records, sizeof records);
        CHECK_LABEL("%s", rows[i].expected);
        for (size_t turn = 0; turn < rows[i].count; turn++) { /* whatever order they came in */
            discover_dns_sort(records, rows[i].count);
            show(shown, sizeof shown, records, rows[i].count);
            CHECK_STR(shown, rows[i].expected);
            struct discover_dns_record first = records[0];
            memmove(records, records + 1, (rows[i].count - 1) * sizeof *records);
            records[rows[i].count - 1] = first;
        }
    }
    discover_dns_sort(NULL, 0);
}

static void test_servers(void)
{
    static const char *const bad[] = {"", "name.example", "300.1.1.1", "127.0.0.1:x", "127.0.0.1 53",
        "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:5353 ", " 127.0.0.1",
        "127.0.0.1,127.0.0.2", "dns://127.0.0.1", "[::1", "[127.0.0.1]", "[::1]x", "[::1]5353", "::1]:53",
        "[]", ":", "::1 ", "%lo", "[::1]:53:53"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        CHECK_LABEL("\"%s\"", bad[i]);
        struct discover_dns *dns = discover_dns_new(bad[i], &err);
        CHECK(!dns);
        CHECK_INT(err.code, ERROR_USAGE);
        discover_dns_free(dns);
    }
    static const char *const good[] = {
        "127.0.0.1", "127.0.0.1:5353", "127.0.0.1:65535", "[::1]:5353", "::1", "2001:db8::53"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK_LABEL("%s", good[i]);
        struct discover_dns *dns = discover_dns_new(good[i], NULL);
        CHECK(dns != NULL);
        discover_dns_free(dns);
    }
}

static bool at_once(void *ctx)
{
    (void)ctx;
    return true;
}

/* Port 1 of this machine: nobody answers. */
static void test_nobody(void)
{
    struct discover_dns_question q[2] = {{.name = "_pop3s._tcp.example.jp", .type = DISCOVER_DNS_SRV},
        {.name = "example.jp", .type = DISCOVER_DNS_A}};
    struct discover_dns *dns = discover_dns_new("127.0.0.1:1", NULL);
    CHECK_LABEL("nobody");
    CHECK_INT(discover_dns_ask(dns, q, 2, 3000, NULL, NULL, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        CHECK_INT(q[i].answer, DISCOVER_DNS_FAILED);
        CHECK(q[i].why[0]);
    }
    CHECK_LABEL("names that cannot be asked");
    snprintf(q[0].name, sizeof q[0].name, "%0200d", 0);
    CHECK_INT(discover_dns_ask(dns, q, 1, 3000, NULL, NULL, NULL), 0);
    CHECK_INT(q[0].answer, DISCOVER_DNS_FAILED);
    CHECK_LABEL("stop");
    struct error err = {0};
    CHECK_INT(discover_dns_ask(dns, q + 1, 1, 60000, at_once, NULL, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    discover_dns_free(dns);
}

int main(void)
{
    const struct check_test tests[] = {
        {"order", test_order},
        {"name servers", test_servers},
        {"nobody answers", test_nobody},
    };
    return check_main("discover-records", tests, sizeof tests / sizeof *tests);
}
