/* endpoint.h: URLs as users write them. */
#include "check.h"
#include "endpoint.h"
#include "mem.h"

#define P       ENDPOINT_POP3
#define I       ENDPOINT_IMAP
#define NIHONGO "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"

struct good {
    const char *url;
    enum endpoint_protocol protocol;
    enum endpoint_security security;
    const char *host;
    unsigned port;
    const char *user, *folder, *account;
};

/* 250 octets */
#define FIFTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
#define LONG  FIFTY FIFTY FIFTY FIFTY FIFTY

static const struct good good[] = {
    {"pop3s://pop.example.jp", P, ENDPOINT_TLS, "pop.example.jp", 995, NULL, NULL, "?@pop.example.jp"},
    {"POP3S://taro@pop.example.jp", P, ENDPOINT_TLS, "pop.example.jp", 995, "taro", NULL,
        "taro@pop.example.jp"},
    {"pop3s://taro%40example.jp@pop.example.jp", P, ENDPOINT_TLS, "pop.example.jp", 995, "taro@example.jp",
        NULL, "taro@example.jp@pop.example.jp"},
    {"pop3s://taro@example.jp@pop.example.jp", P, ENDPOINT_TLS, "pop.example.jp", 995, "taro@example.jp",
        NULL, "taro@example.jp@pop.example.jp"},
    {"pop3://h", P, ENDPOINT_STARTTLS, "h", 110, NULL, NULL, "?@h"},
    {"pop3://h:995", P, ENDPOINT_TLS, "h", 995, NULL, NULL, "?@h"},
    {"imap://h:993", I, ENDPOINT_TLS, "h", 993, NULL, NULL, "?@h"},
    {"pop3s://h:110", P, ENDPOINT_TLS, "h", 110, NULL, NULL, "?@h"},
    {"ｐｏｐ３ｓ：／／taro@ｐｏｐ．ｅｘａｍｐｌｅ。ｊｐ：９９５", P, ENDPOINT_TLS, "pop.example.jp", 995,
        "taro", NULL, "taro@pop.example.jp"},
    {"imaps://ｔ@ｈ/ａ／ｂ", I, ENDPOINT_TLS, "h", 993, "ｔ", "ａ／ｂ", "ｔ@h"},
    {"imaps://u@日本語.jp", I, ENDPOINT_TLS, "日本語.jp", 993, "u", NULL, "u@日本語.jp"},
    {"pop3s://u@h:1", P, ENDPOINT_TLS, "h", 1, "u", NULL, "u@h:1"},
    {"pop3s://u@h:65535/", P, ENDPOINT_TLS, "h", 65535, "u", NULL, "u@h:65535"},
    {"pop3s://u@h:00995", P, ENDPOINT_TLS, "h", 995, "u", NULL, "u@h"},
    {"pop3s://u%3Aadmin@h", P, ENDPOINT_TLS, "h", 995, "u:admin", NULL, "u:admin@h"},
    {"pop3s://50%25@h", P, ENDPOINT_TLS, "h", 995, "50%", NULL, "50%@h"},
    {"pop3s://a%2fb%5C@h", P, ENDPOINT_TLS, "h", 995, "a/b\\", NULL, "a/b\\@h"},
    {"pop3s://u@[::1]", P, ENDPOINT_TLS, "::1", 995, "u", NULL, "u@::1"},
    {"pop3s://u@[2001:db8::25]:10995", P, ENDPOINT_TLS, "2001:db8::25", 10995, "u", NULL,
        "u@2001:db8::25:10995"},
    {"imaps://taro@imap.example.com", I, ENDPOINT_TLS, "imap.example.com", 993, "taro", NULL,
        "taro@imap.example.com"},
    {"imaps://taro@imap.example.com/", I, ENDPOINT_TLS, "imap.example.com", 993, "taro", NULL,
        "taro@imap.example.com"},
    {"imap://h:143/INBOX", I, ENDPOINT_STARTTLS, "h", 143, NULL, "INBOX", "?@h"},
    {"imaps://u@[fe80::1]:993/Old%20mail/2019", I, ENDPOINT_TLS, "fe80::1", 993, "u", "Old mail/2019",
        "u@fe80::1"},
    {"imaps://u@h/%E6%97%A5%E6%9C%AC%e8%aa%9e/x", I, ENDPOINT_TLS, "h", 993, "u", NIHONGO "/x", "u@h"},
    {"imaps://u@h/" NIHONGO, I, ENDPOINT_TLS, "h", 993, "u", NIHONGO, "u@h"},
    {"imaps://u@h/a@b:c", I, ENDPOINT_TLS, "h", 993, "u", "a@b:c", "u@h"},
    {"imaps://%E5%A4%AA%E9%83%8E@h", I, ENDPOINT_TLS, "h", 993, "\xe5\xa4\xaa\xe9\x83\x8e", NULL,
        "\xe5\xa4\xaa\xe9\x83\x8e@h"},
};

static void test_good(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct good *g = &good[i];
        struct endpoint e CLEANUP(endpoint_done) = {0};
        struct error err = {0};
        CHECK_LABEL("%s", g->url);
        CHECK_INT(endpoint_parse("--from", g->url, g->protocol, &e, &err), 0);
        CHECK_STR(err.text, "");
        if (!e.host)
            continue;
        CHECK_INT(e.protocol, g->protocol);
        CHECK_INT(e.security, g->security);
        CHECK_STR(e.host, g->host);
        CHECK_INT(e.port, g->port);
        CHECK_STR(e.user, g->user);
        CHECK_STR(e.folder, g->folder);
        char *account CLEANUP(mem_free_str) = endpoint_account(&e);
        CHECK_STR(account, g->account);
    }
}

static const struct {
    const char *url;
    enum endpoint_protocol protocol;
    const char *says;
} bad[] = {
    {"", P, "pop3s://"},
    {"", I, "imaps://"},
    {"pop.example.jp", P, "pop3s://"},
    {"pop3s:", P, "pop3s://"},
    {"pop3s:/h", P, "pop3s://"},
    {" pop3s://h", P, "pop3s://"},
    {"http://h", P, "pop3s://"},
    {"imaps://u@h", P, "pop3s://"},
    {"pop3s://u@h", I, "imaps://"},
    {"pop3s://", P, "host"},
    {"pop3s:///", P, "host"},
    {"pop3s://u@", P, "host"},
    {"pop3s://u@:995", P, "host"},
    {"pop3s://u@[]:995", P, "host"},
    {"pop3s://u@a b", P, "host"},
    {"pop3s://u@a%20b", P, "host"},
    {"pop3s://u@a%2fb", P, "host"},
    {"pop3s://u@a%0ab", P, "host"},
    {"pop3s://u@h%4", P, "host"},
    {"pop3s://u@-host", P, "cannot begin with -; a URL reads like pop3s://"},
    {"pop3s://u@*.example.jp", P, "a host name cannot hold"},
    {"pop3s://u@a.example.jp,b.example.jp", P, "a host name cannot hold"},
    {"pop3s://u@%2Dhost", P, "cannot begin with -"},
    {"pop3s://u@a%22b", P, "cannot hold"},
    {"pop3s://u@" LONG ".example.jp", P, "253 octets"},
    {"pop3s://u@[::1", P, "brackets"},
    {"pop3s://u@[::1]995", P, ":port"},
    {"pop3s://u@[::1]x:995", P, ":port"},
    {"pop3s://u@::1", P, "host"},
    {"pop3s://u@h:", P, "port"},
    {"pop3s://u@h:0", P, "port"},
    {"pop3s://u@h:65536", P, "port"},
    {"pop3s://u@h:18446744073709551617", P, "port"},
    {"pop3s://u@h:-1", P, "port"},
    {"pop3s://u@h:+995", P, "port"},
    {"pop3s://u@h:99x", P, "port"},
    {"pop3s://u@h: 995", P, "port"},
    {"pop3s://@h", P, "user"},
    {"pop3s://%@h", P, "user"},
    {"pop3s://u%4@h", P, "user"},
    {"pop3s://u%zz@h", P, "user"},
    {"pop3s://u%00@h", P, "user"},
    {"pop3s://u%0d%0aDELE%201@h", P, "user"},
    {"pop3s://u\r\n@h", P, "user"},
    {"pop3s://u%7f@h", P, "user"},
    {"pop3s://u@h/INBOX", P, "one mailbox"},
    {"imaps://u@h/a%0ab", I, "mailbox"},
    {"imaps://u@h/a%00", I, "mailbox"},
    {"imaps://u@h/a%", I, "mailbox"},
    {"imaps://u@h/\x1b[2J", I, "mailbox"},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct endpoint e, before;
        struct error err = {0};
        memset(&before, 0x5a, sizeof before);
        e = before;
        CHECK_LABEL("%s", bad[i].url);
        CHECK_INT(endpoint_parse("--to", bad[i].url, bad[i].protocol, &e, &err), -1);
        CHECK(!memcmp(&e, &before, sizeof e));
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK_INT(err.scope, ERROR_SCOPE_RUN);
        CHECK(!strncmp(err.text, "--to: ", 6));
        CHECK(strstr(err.text, bad[i].says) != NULL);
    }
}

/* Wherever a password could stand: refused, and not repeated. */
static void test_password(void)
{
    static const char *const urls[] = {
        "pop3s://taro:sesami99@pop.example.jp",
        "pop3s://taro:sesami99@pop.example.jp:995",
        "pop3s://taro@example.jp:sesami99@pop.example.jp",
        "pop3s://taro%40example.jp:sesami99@pop.example.jp",
        "pop3s://:sesami99@pop.example.jp",
        "pop3s://taro:sesami99@",
        "pop3s://taro:sesami99@@pop.example.jp",
        "pop3s://taro:sesami99/x@pop.example.jp",
        "pop3://taro:sesami99%40x@pop.example.jp",
        "pop3s://taro;AUTH=PLAIN:sesami99@pop.example.jp",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct endpoint e = {0};
        struct error err = {0};
        CHECK_LABEL("%s", urls[i]);
        CHECK_INT(endpoint_parse("--from", urls[i], P, &e, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(!strstr(err.text, "sesami99"));
        if (!strchr(urls[i] + 8, '/'))
            CHECK(strstr(err.text, "password") != NULL);
        endpoint_done(&e);
    }
}

/* Every beginning of every row: parsed or refused, nothing read beyond it (under AddressSanitizer). */
static void test_every_beginning(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        for (size_t len = 0; len <= strlen(good[i].url); len++) {
            char *url CLEANUP(mem_free_str) = mem_strndup(good[i].url, len);
            struct endpoint e CLEANUP(endpoint_done) = {0};
            struct error err = {0};
            CHECK_LABEL("%s", url);
            int rc = endpoint_parse("--from", url, good[i].protocol, &e, &err);
            CHECK_INT(rc == 0, err.code == ERROR_NONE);
            CHECK_INT(rc == 0, e.host != NULL);
        }
}

static void test_done(void)
{
    struct endpoint e = {0};
    endpoint_done(&e);
    CHECK_INT(endpoint_parse("--to", "imaps://u@h/f", I, &e, NULL), 0);
    endpoint_done(&e);
    CHECK(!e.host && !e.user && !e.folder);
    endpoint_done(&e);
    CHECK_INT(endpoint_parse("--to", "imaps://u@", I, &e, NULL), -1);
    CHECK(!e.host);
}

static void test_secure(void)
{
    static const struct {
        const char *url;
        enum endpoint_protocol protocol;
        enum endpoint_security security;
        int port;
    } rows[] = {
        {"pop3s://u@h", P, ENDPOINT_STARTTLS, 110},
        {"pop3s://u@h", P, ENDPOINT_PLAINTEXT, 110},
        {"pop3s://u@h", P, ENDPOINT_TLS, 995},
        {"pop3://u@h", P, ENDPOINT_TLS, 995},
        {"imap://u@h/x", I, ENDPOINT_TLS, 993},
        {"imaps://u@h", I, ENDPOINT_STARTTLS, 143},
        {"imaps://u@h:993", I, ENDPOINT_STARTTLS, 993},
        {"pop3://u@[::1]:2110", P, ENDPOINT_TLS, 2110},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct endpoint e CLEANUP(endpoint_done) = {0};
        CHECK_LABEL("%s secured by %d", rows[i].url, (int)rows[i].security);
        CHECK_INT(endpoint_parse("--from", rows[i].url, rows[i].protocol, &e, NULL), 0);
        endpoint_secure(&e, rows[i].security);
        CHECK_INT(e.security, rows[i].security);
        CHECK_INT(e.port, rows[i].port);
    }
}

static void test_mailbox(void)
{
    struct endpoint e CLEANUP(endpoint_done) = {0};
    CHECK_LABEL("mailbox");
    CHECK_INT(endpoint_parse("--from", "pop3s://admin@h", P, &e, NULL), 0);
    CHECK_STR(endpoint_mailbox(&e), "admin");
    e.authzid = mem_strdup("taro");
    CHECK_STR(endpoint_mailbox(&e), "taro");
    char *account CLEANUP(mem_free_str) = endpoint_account(&e);
    CHECK_STR(account, "taro@h");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"security in place of the scheme's", test_secure},
        {"mailbox and account", test_mailbox},
        {"good URLs", test_good},
        {"bad URLs", test_bad},
        {"passwords", test_password},
        {"every beginning", test_every_beginning},
        {"done", test_done},
    };
    return check_main("endpoint", tests, sizeof tests / sizeof *tests);
}
