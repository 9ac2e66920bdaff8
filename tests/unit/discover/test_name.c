/* Addresses and host names, as they may be asked for and believed. */
#include "check.h"
#include "discover_name.h"
#include "mem.h"

static void test_addresses(void)
{
    static const struct {
        const char *text, *whole, *local, *domain; /* NULL: refused */
    } rows[] = {
        {"taro@example.jp", "taro@example.jp", "taro", "example.jp"},
        {"Taro@EXAMPLE.jp", "Taro@example.jp", "Taro", "example.jp"},
        {"a@b@example.jp", "a@b@example.jp", "a@b", "example.jp"},
        {"taro@example.jp.", "taro@example.jp", "taro", "example.jp"},
        {"taro@日本語.jp", "taro@xn--wgv71a119e.jp", "taro", "xn--wgv71a119e.jp"},
        {"taro@例え.テスト", "taro@xn--r8jz45g.xn--zckzah", "taro", "xn--r8jz45g.xn--zckzah"},
        {"太郎@example.jp", "太郎@example.jp", "太郎", "example.jp"},
        {"taro+x.y=z@mail.example.co.jp", "taro+x.y=z@mail.example.co.jp", "taro+x.y=z",
            "mail.example.co.jp"},
        {"taro", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {"@example.jp", NULL, NULL, NULL},
        {"taro@", NULL, NULL, NULL},
        {"taro@localhost", NULL, NULL, NULL},
        {"taro@example", NULL, NULL, NULL},
        {"taro@127.0.0.1", NULL, NULL, NULL},
        {"taro@[127.0.0.1]", NULL, NULL, NULL},
        {"taro@example..jp", NULL, NULL, NULL},
        {"taro@-example.jp", NULL, NULL, NULL},
        {"taro@exa mple.jp", NULL, NULL, NULL},
        {"taro@example.jp/x", NULL, NULL, NULL},
        {"taro@example.jp:993", NULL, NULL, NULL},
        {"taro@example.jp?x=y", NULL, NULL, NULL},
        {"ta ro@example.jp", NULL, NULL, NULL},
        {"ta\rro@example.jp", NULL, NULL, NULL},
        {"ta\xffro@example.jp", NULL, NULL, NULL},
        {"taro@\xff\xfe.jp", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(discover_address_done) struct discover_address a = {0};
        struct error err = {0};
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(discover_address_parse(rows[i].text, &a, &err), rows[i].whole ? 0 : -1);
        CHECK_STR(a.whole, rows[i].whole);
        CHECK_STR(a.local, rows[i].local);
        CHECK_STR(a.domain, rows[i].domain ? rows[i].domain : "");
        CHECK_INT(err.code, rows[i].whole ? ERROR_NONE : ERROR_USAGE);
    }
}

static void test_long_names(void)
{
    char text[600];
    struct discover_address a = {0};
    CHECK_LABEL("long");
    snprintf(text, sizeof text, "%065d@example.jp", 0);
    CHECK_INT(discover_address_parse(text, &a, NULL), -1);
    snprintf(text, sizeof text, "a@%064d.jp", 0);
    CHECK_INT(discover_address_parse(text, &a, NULL), -1);
    memset(text, 'a', sizeof text - 1);
    for (size_t i = 30; i < sizeof text - 1; i += 30)
        text[i] = '.';
    text[253] = '\0';
    CHECK(discover_host_is_safe(text));
    text[253] = 'a';
    text[254] = '\0';
    CHECK(!discover_host_is_safe(text));
    char host[DISCOVER_HOST_MAX] = "x";
    CHECK(!discover_host_take(host, text));
    CHECK_STR(host, "");
    discover_address_done(&a);
}

static void test_under(void)
{
    static const struct {
        const char *host, *domain;
        bool under;
    } rows[] = {
        {"pop.example.jp", "example.jp", true},
        {"example.jp", "example.jp", true},
        {"POP.Example.JP", "example.jp", true},
        {"evilexample.jp", "example.jp", false},
        {"example.jp.evil.example", "example.jp", false},
        {"jp", "example.jp", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s under %s", rows[i].host, rows[i].domain);
        CHECK_INT(discover_host_is_under(rows[i].host, rows[i].domain), rows[i].under);
    }
    CHECK_LABEL("patterns");
    CHECK(discover_host_fits("*.example.jp", "a.b.example.jp"));
    CHECK(!discover_host_fits("*.example.jp", "example.jp"));
    CHECK(!discover_host_fits("*.example.jp", "anexample.jp"));
    CHECK(discover_host_fits("example.jp", "EXAMPLE.jp"));
    CHECK(!discover_host_fits("example.jp", "a.example.jp"));
}

static void test_url_encode(void)
{
    CLEANUP(mem_free_str) char *text = discover_url_encode("taro+x&y=é@example.jp");
    CHECK_STR(text, "taro%2Bx%26y%3D%C3%A9%40example.jp");
}

int main(void)
{
    const struct check_test tests[] = {
        {"addresses", test_addresses},
        {"long names", test_long_names},
        {"under a domain", test_under},
        {"in a URL", test_url_encode},
    };
    return check_main("discover-name", tests, sizeof tests / sizeof *tests);
}
