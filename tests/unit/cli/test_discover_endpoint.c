/* An address in place of a URL, and the catalog as presets; where no network is. */
#include "catalog.h"
#include "check.h"
#include "discover_endpoint.h"
#include "mem.h"
#include "provider_presets.h"
#include <unistd.h>

static char dir[] = "/tmp/popferry-endpoint-XXXXXX";

static void test_is_address(void)
{
    CHECK(discover_endpoint_is_address("taro@example.jp"));
    CHECK(!discover_endpoint_is_address("pop3s://taro%40example.jp@pop.example.jp"));
    CHECK(!discover_endpoint_is_address("pop3s://pop.example.jp"));
    CHECK(!discover_endpoint_is_address("pop.example.jp"));
}

static void write_settings(const char *path)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs("<clientConfig><emailProvider><incomingServer type='pop3'><hostname>pop.file.example</hostname>"
          "<socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer></emailProvider>"
          "</clientConfig>",
        f);
    fclose(f);
}

static void test_endpoint(void)
{
    static const struct {
        const char *address, *user;
        enum endpoint_protocol protocol;
        bool trust;
        const char *url; /* NULL: code and words */
        enum error_code code;
        const char *words;
    } rows[] = {
        {"taro@file.example", NULL, ENDPOINT_POP3, false, "pop3s://taro@pop.file.example", ERROR_NONE, ""},
        {"taro@file.example", "t:x/y@z", ENDPOINT_POP3, false, "pop3s://t%3Ax%2Fy%40z@pop.file.example",
            ERROR_NONE, ""},
        {"taro@gmail.com", NULL, ENDPOINT_IMAP, false, "imaps://taro%40gmail.com@imap.gmail.com", ERROR_NONE,
            ""},
        /* not verified: somebody must agree */
        {"taro@icloud.com", NULL, ENDPOINT_IMAP, false, NULL, ERROR_USAGE, "--trust"},
        {"taro@icloud.com", NULL, ENDPOINT_IMAP, true, "imaps://taro@imap.mail.me.com", ERROR_NONE, ""},
        {"taro@icloud.com", NULL, ENDPOINT_POP3, true, NULL, ERROR_CONNECT, "no POP3 server is found"},
        {"taro@file.example", NULL, ENDPOINT_IMAP, true, NULL, ERROR_CONNECT,
            "--to: no IMAP server is found"},
        {"taro@localhost", NULL, ENDPOINT_POP3, true, NULL, ERROR_USAGE, "--from: taro@localhost"},
    };
    CLEANUP(mem_free_str) char *path = mem_printf("%s/file.example", dir);
    write_settings(path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discover_options o = {.trust = rows[i].trust,
            .folder = dir,
            .ispdb = "none",
            .dns = "127.0.0.1:1"}; /* nobody answers there */
        CLEANUP(mem_free_str) char *url = NULL;
        struct error err = {0};
        CHECK_LABEL("%s, row %zu", rows[i].address, i);
        CHECK_INT(discover_endpoint(&o, rows[i].protocol == ENDPOINT_POP3 ? "--from" : "--to",
                      rows[i].address, rows[i].user, rows[i].protocol, false, NULL, NULL, &url, &err),
            rows[i].url ? 0 : -1);
        CHECK_STR(url, rows[i].url);
        CHECK_INT(err.code, rows[i].code);
        if (!strstr(err.text, rows[i].words))
            CHECK_STR(err.text, rows[i].words);
        struct endpoint e CLEANUP(endpoint_done) = {0}; /* what is found can be read */
        if (url)
            CHECK_INT(endpoint_parse("--from", url, rows[i].protocol, &e, NULL), 0);
    }
    unlink(path);
}

static void test_options(void)
{
    static const struct {
        const char *ispdb, *folder;
        int timeout_s;
        bool fine;
    } rows[] = {
        {NULL, NULL, 0, true},
        {"none", NULL, 600, true},
        {"https://db.example/v1.1", NULL, 1, true},
        {"http://db.example/", NULL, 0, false},
        {"https://db.example/?q=", NULL, 0, false},
        {"https://user@db.example/", NULL, 0, false},
        {NULL, "/nonexistent", 0, false},
        {NULL, NULL, -1, false},
        {NULL, NULL, 601, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discover_options o = {
            .ispdb = rows[i].ispdb, .folder = rows[i].folder, .timeout_s = rows[i].timeout_s};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(discover_options_check(&o, NULL), rows[i].fine ? 0 : -1);
    }
}

/* Each server that the catalog names for a domain, and nothing that cannot be connected to. */
static void test_presets(void)
{
    static const struct {
        enum discover_preset_kind kind;
        enum stream_protocol protocol;
        const char *pattern, *host;
        bool verified;
    } rows[] = {
        {DISCOVER_PRESET_DOMAIN, STREAM_POP3, "gmail.com", "pop.gmail.com", true},
        {DISCOVER_PRESET_DOMAIN, STREAM_IMAP, "googlemail.com", "imap.gmail.com", false},
        {DISCOVER_PRESET_DOMAIN, STREAM_POP3, "icloud.com", NULL, false},
        {DISCOVER_PRESET_DOMAIN, STREAM_IMAP, "zoho.jp", "imap.zoho.jp", true},
        {DISCOVER_PRESET_DOMAIN, STREAM_POP3, "yahoo.co.jp", "pop.mail.yahoo.co.jp", true},
        {DISCOVER_PRESET_MX, STREAM_IMAP, "*.mail.protection.outlook.com", "outlook.office365.com", false},
        {DISCOVER_PRESET_MX, STREAM_POP3, "*.zoho.eu", "pop.zoho.eu", false},
    };
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    struct discover_preset *presets = NULL;
    CHECK_INT(catalog_load(NULL, 0, &c, NULL), 0);
    size_t count = provider_presets(c, &presets);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct discover_preset *found = NULL;
        size_t times = 0;
        for (size_t k = 0; k < count; k++)
            if (presets[k].kind == rows[i].kind && presets[k].protocol == rows[i].protocol &&
                !strcmp(presets[k].pattern, rows[i].pattern)) {
                found = &presets[k];
                times++;
            }
        CHECK_LABEL("%s", rows[i].pattern);
        CHECK_INT(times, rows[i].host != NULL);
        CHECK_STR(found ? found->host : NULL, rows[i].host);
        CHECK_INT(found && found->verified, rows[i].verified);
    }
    for (size_t k = 0; k < count; k++) {
        CHECK_LABEL("%s", presets[k].pattern);
        CHECK_INT(presets[k].host == NULL, presets[k].kind == DISCOVER_PRESET_HOST);
        CHECK(presets[k].port && presets[k].provider[0]);
        CHECK(!presets[k].host || discover_host_is_safe(presets[k].host));
    }
    free(presets);
}

int main(void)
{
    const struct check_test tests[] = {
        {"is it an address", test_is_address},
        {"endpoint", test_endpoint},
        {"options", test_options},
        {"presets", test_presets},
    };
    if (!mkdtemp(dir))
        return 1;
    int rc = check_main("cli-discover-endpoint", tests, sizeof tests / sizeof *tests);
    rmdir(dir);
    return rc;
}
