/* What --from-tls and the like, --proxy and the environment make of a job. */
#include "check.h"
#include "mem.h"
#include "options.h"
#include "options_route.h"
#include <stdlib.h>

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* The options of these tests stand in the program, not on the heap. */
#define T(text) ((char *)(text))

static void forget_environment(void)
{
    static const char *const names[] = {"pop3s_proxy", "POP3S_PROXY", "pop3_proxy", "POP3_PROXY",
        "imaps_proxy", "IMAPS_PROXY", "imap_proxy", "IMAP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
        "NO_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void bad_values_are_refused(void)
{
    static const struct {
        struct options o;
        const char *text;
    } rows[] = {
        {{.from_tls = T("ssl3")},
            "--from-tls ssl3: must be implicit (SSL/TLS), starttls or plaintext (none)"},
        {{.to_tls = T("")}, "--to-tls : must be implicit"},
        {{.from_tls_min = T("1")}, "--from-tls-min 1: must be 1.0, 1.1, 1.2 or 1.3"},
        {{.to_tls_min = T("1.4")}, "--to-tls-min 1.4: must be"},
        {{.from_tls_pin = T("/etc/key.pem")}, "--from-tls-pin /etc/key.pem: must be sha256//"},
        {{.to_tls_pin = T(PIN), .to_tls = T("plaintext")}, "--to-tls-pin " PIN ": a key can be pinned only"},
        {{.from_authzid = T("")}, "--from-authzid : must be the name"},
        {{.ipv4 = 1, .ipv6 = 1}, "--ipv4 and --ipv6"},
        {{.proxy = T("socks5://me:secret@host:1")}, "--proxy: its password"},
        {{.proxy = T("me:secret@host:1")}, "--proxy: its password"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(options_route_check(&rows[i].o, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(strstr(err.text, rows[i].text) == err.text);
        CHECK(!strstr(err.text, "secret"));
    }
    const struct options good = {.from_tls = T("starttls"),
        .to_tls_min = T("1.0"),
        .from_tls_pin = T(PIN),
        .ipv6 = 1,
        .proxy = T("socks5h://me@[::1]:1080")};
    CHECK_LABEL("good");
    CHECK_INT(options_route_check(&good, NULL), 0);
}

static void the_environment_is_asked(void)
{
    static const struct {
        const char *scheme, *host, *proxy; /* NULL: none */
    } rows[] = {
        {"pop3s", "pop.example.jp", "http://pop:1"},
        {"pop3", "pop.example.jp", "socks5://all:2"},
        {"imaps", "imap.example.com", "socks5://all:2"},
        {"imap", "imap.example.com", "socks5://all:2"},
        {"pop3s", "intern.example", NULL},
        {"pop3s", "mail.intern.example", NULL},
        {"pop3s", "MAIL.Intern.Example", NULL},
        {"pop3s", "notintern.example", "http://pop:1"},
        {"pop3s", "example", "http://pop:1"},
        {"imaps", "deep.dotted.example", NULL},
        {"imaps", "10.1.2.3", NULL},
        {"imaps", "10.200.0.1", NULL},
        {"imaps", "11.0.0.1", "socks5://all:2"},
        {"imaps", "192.168.7.129", NULL},
        {"imaps", "192.168.7.127", "socks5://all:2"},
        {"imaps", "fd00:1::7", NULL},
        {"imaps", "fd01::7", "socks5://all:2"},
        {"imaps", "::1", NULL},
        {"imaps", "::1:1", "socks5://all:2"},
    };
    forget_environment();
    CHECK_LABEL("nothing there");
    CHECK(!options_route_environment("pop3s", "pop.example.jp"));
    setenv("POP3S_PROXY", "http://pop:1", 1);
    setenv("all_proxy", "socks5://all:2", 1);
    setenv("ALL_PROXY", "socks5://other:3", 1);
    setenv("no_proxy",
        "intern.example, .dotted.example,10.0.0.0/8,192.168.7.128/25, fd00::/16 ::1,1.2.3.4/99,/,", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *proxy = options_route_environment(rows[i].scheme, rows[i].host);
        CHECK_LABEL("%s %s", rows[i].scheme, rows[i].host);
        CHECK_STR(proxy ? proxy : "none", rows[i].proxy ? rows[i].proxy : "none");
    }
    CHECK_LABEL("an empty one is none");
    setenv("POP3S_PROXY", "", 1);
    CHECK_STR(options_route_environment("pop3s", "pop.example.jp"), "socks5://all:2");
    CHECK_LABEL("all hosts excepted");
    setenv("no_proxy", "*", 1);
    CHECK(!options_route_environment("imaps", "imap.example.com"));
    forget_environment();
}

static int job_of(const struct options *o, struct job *ret)
{
    struct options all = *o;
    struct error err = {0};
    all.from = all.from ? all.from : T("pop3s://admin@pop.example.jp");
    all.to = all.to ? all.to : T("imap://admin@imap.example.com");
    int rc = options_endpoints(&all, false, ret, &err);
    CHECK_STR(err.text, "");
    return rc;
}

static void security_is_chosen(void)
{
    static const struct {
        struct options o;
        enum endpoint_security from, to;
        int from_port, to_port;
    } rows[] = {
        {{0}, ENDPOINT_TLS, ENDPOINT_STARTTLS, 995, 143},
        {{.from_tls = T("starttls"), .to_tls = T("implicit")}, ENDPOINT_STARTTLS, ENDPOINT_TLS, 110, 993},
        {{.from_tls = T("plaintext")}, ENDPOINT_PLAINTEXT, ENDPOINT_STARTTLS, 110, 143},
        {{.from = T("pop3s://u@h:995"), .from_tls = T("starttls")}, ENDPOINT_STARTTLS, ENDPOINT_STARTTLS, 995,
            143},
        {{.to = T("imaps://u@h:4143"), .to_tls = T("starttls")}, ENDPOINT_TLS, ENDPOINT_STARTTLS, 995, 4143},
        {{.allow_plaintext = 1}, ENDPOINT_TLS, ENDPOINT_PLAINTEXT, 995, 143},
        {{.allow_plaintext = 1, .to_tls = T("starttls")}, ENDPOINT_TLS, ENDPOINT_STARTTLS, 995, 143},
        {{.allow_plaintext = 1, .to_tls_pin = T(PIN)}, ENDPOINT_TLS, ENDPOINT_STARTTLS, 995, 143},
    };
    forget_environment();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job job = {0};
        CHECK_LABEL("security %zu", i);
        CHECK_INT(job_of(&rows[i].o, &job), 0);
        CHECK_INT(job.from.security, rows[i].from);
        CHECK_INT(job.to.security, rows[i].to);
        CHECK_INT(job.from.port, rows[i].from_port);
        CHECK_INT(job.to.port, rows[i].to_port);
        options_job_done(&job);
    }
}

static void routes_are_filled(void)
{
    const struct options o = {.from_tls_min = T("1.0"),
        .to_tls_pin = T(PIN),
        .ca_dir = T("/cas"),
        .bind = T("eth0"),
        .ipv6 = 1,
        .from_authzid = T("taro")};
    struct job job = {0};
    forget_environment();
    setenv("imap_proxy", "socks5h://jump:1080", 1);
    CHECK_LABEL("routes");
    CHECK_INT(job_of(&o, &job), 0);
    CHECK_INT(job.from_route.tls_min, STREAM_TLS_1_0);
    CHECK_INT(job.to_route.tls_min, STREAM_TLS_1_2);
    CHECK(!job.from_route.tls_pin && !job.from_route.proxy);
    CHECK_STR(job.to_route.tls_pin, PIN);
    CHECK_STR(job.to_route.proxy, "socks5h://jump:1080");
    CHECK_STR(job.from_route.bind, "eth0");
    CHECK_STR(job.to_route.ca_dir, "/cas");
    CHECK_INT(job.from_route.family, STREAM_IPV6);
    CHECK_STR(job.from.user, "admin");
    CHECK_STR(endpoint_mailbox(&job.from), "taro");
    CHECK_STR(endpoint_mailbox(&job.to), "admin");
    options_job_done(&job);
    forget_environment();
}

static void the_option_beats_the_environment(void)
{
    struct job job = {0};
    struct options o = {.proxy = T("http://mine:3128")};
    forget_environment();
    setenv("all_proxy", "socks5://all:2", 1);
    setenv("no_proxy", "*", 1);
    CHECK_LABEL("given");
    CHECK_INT(job_of(&o, &job), 0);
    CHECK_STR(job.from_route.proxy, "http://mine:3128");
    options_job_done(&job);
    unsetenv("no_proxy");
    o.proxy = T("");
    CHECK_LABEL("none wanted");
    CHECK_INT(job_of(&o, &job), 0);
    CHECK_STR(job.to_route.proxy, "");
    options_job_done(&job);
    forget_environment();
}

static void accounts_are_those_of_the_mailbox(void)
{
    const struct options o = {.from = T("pop3s://admin@pop.example.jp"),
        .to = T("imaps://boss@imap.example.com"),
        .from_authzid = T("taro"),
        .to_authzid = T("taro@example.com")};
    struct error err = {0};
    char *from CLEANUP(mem_free_str) = NULL, *to CLEANUP(mem_free_str) = NULL;
    CHECK_LABEL("accounts");
    CHECK_INT(options_accounts(&o, &from, &to, &err), 0);
    CHECK_STR(from, "taro@pop.example.jp");
    CHECK_STR(to, "taro@example.com@imap.example.com");
}

/* As people write it into a table. */
static void words_for_encryption(void)
{
    static const struct {
        const char *word, *port;
        enum endpoint_security security;
        unsigned expected_port;
    } table[] = {{"SSL/TLS", NULL, ENDPOINT_TLS, 995}, {"ＳＳＬ／ＴＬＳ", NULL, ENDPOINT_TLS, 995},
        {"TLS", "110", ENDPOINT_STARTTLS, 110}, {"あり", NULL, ENDPOINT_TLS, 995},
        {"STARTTLS", NULL, ENDPOINT_STARTTLS, 110}, {"なし", NULL, ENDPOINT_PLAINTEXT, 110},
        {"平文", NULL, ENDPOINT_PLAINTEXT, 110}, {"implicit", "110", ENDPOINT_TLS, 110},
        {NULL, "110", ENDPOINT_STARTTLS, 110}, {NULL, "９９５", ENDPOINT_TLS, 995},
        {NULL, "1995", ENDPOINT_TLS, 1995}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct options o = {.from_host = T("pop.example.jp"),
            .from_user = T("u"),
            .from_tls = (char *)table[i].word,
            .from_port = (char *)table[i].port};
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("%s, port %s", table[i].word, table[i].port);
        CHECK_INT(options_route_check(&o, &err), 0);
        CHECK_INT(options_endpoints(&o, true, &job, &err), 0);
        CHECK_INT(job.from.security, table[i].security);
        CHECK_INT(job.from.port, table[i].expected_port);
        CHECK(!table[i].word ||
              options_route_encrypts(table[i].word) == (table[i].security != ENDPOINT_PLAINTEXT));
        options_job_done(&job);
    }
    CHECK_LABEL("what is no such word");
    CHECK(!options_route_encrypts("perhaps") && !options_route_encrypts(""));
}

/* A row that names a protocol does not mean it to be overruled by a common option. */
static void a_row_beats_common_options(void)
{
    static const char csv[] = "from,to_host,user,to_tls,from_tls_min\n"
                              "pop3s://pop.example.jp,imap.example.com,taro,implicit,1.1\n"
                              ",imap.example.com,jiro,,\n";
    const struct options common = {.from_host = T("pop.example.jp"),
        .from_tls = T("starttls"),
        .to_tls = T("starttls"),
        .trust_list = 1};
    struct account_list list;
    struct options o = {0};
    struct options_faults faults = {0};
    struct error err = {0};
    CHECK_INT(accounts_parse("list.csv", csv, strlen(csv), NULL, &list, &err), 0);
    CHECK_LABEL("a row with its own words");
    CHECK_INT(options_for_account(&common, &list, 0, &o, &faults), 0);
    CHECK(!o.from_tls);
    CHECK_STR(o.to_tls, "implicit");
    CHECK_STR(o.from_tls_min, "1.1");
    options_done(&o);
    CHECK_LABEL("a row without");
    CHECK_INT(options_for_account(&common, &list, 1, &o, &faults), 0);
    CHECK_STR(o.from_tls, "starttls");
    CHECK_STR(o.to_tls, "starttls");
    CHECK(!o.from_tls_min);
    options_done(&o);
    accounts_done(&list);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"bad values", bad_values_are_refused},
        {"the environment's proxies", the_environment_is_asked},
        {"security and port", security_is_chosen},
        {"routes", routes_are_filled},
        {"--proxy and the environment", the_option_beats_the_environment},
        {"the mailbox is the account", accounts_are_those_of_the_mailbox},
        {"words for encryption, and ports", words_for_encryption},
        {"rows and common options", a_row_beats_common_options},
    };
    return check_main("cli options route", tests, sizeof tests / sizeof *tests);
}
