/* The ladder where there is no network: the folder, the presets, the choice among what is found, and how soon
 * it ends. The name server is a port of this machine at which nobody answers. */
#include "check.h"
#include "clock.h"
#include "discover.h"
#include "mem.h"
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/popferry-discover-XXXXXX";

static void put(const char *name, const char *text)
{
    CLEANUP(mem_free_str) char *path = mem_printf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs(text, f);
    fclose(f);
}

#define INCOMING(type, host, socket)                                                                         \
    "<incomingServer type=\"" type "\"><hostname>" host "</hostname><socketType>" socket                     \
    "</socketType></incomingServer>"
#define FILE_OF(body) "<clientConfig><emailProvider>" body "</emailProvider></clientConfig>"

static const struct discover_preset presets[] = {
    {DISCOVER_PRESET_DOMAIN, "known.example", "Known", STREAM_POP3, "pop.known.example", 995, false, true,
        true},
    {DISCOVER_PRESET_DOMAIN, "known.example", "Known", STREAM_IMAP, "imap.known.example", 993, true, true,
        true},
    {DISCOVER_PRESET_DOMAIN, "*.maybe.example", "Maybe", STREAM_IMAP, "imap.maybe.example", 993, false, false,
        false},
};

static struct discover_spec spec_of(const char *address)
{
    return (struct discover_spec){
        .address = address,
        .want = {true, true},
        .folder = dir,
        .dns = "127.0.0.1:1",
        .timeout_ms = 4000,
        .presets = presets,
        .preset_count = sizeof presets / sizeof *presets,
    };
}

static void check_best(const struct discover_result *r, enum stream_protocol protocol, const char *url,
    bool trusted, const char *rung)
{
    const struct discover_finding *f = discover_result_best(r, protocol);
    CLEANUP(mem_free_str) char *found = f ? discover_server_url(&f->server) : NULL;
    CHECK_STR(found, url);
    CHECK_INT(f && f->trusted, trusted);
    CHECK_STR(f ? discover_rung_name(f->rung) : NULL, rung);
}

static void test_rungs(void)
{
    static const struct {
        const char *address, *pop3, *pop3_rung, *imap, *imap_rung;
        bool imap_trusted;
        size_t attempts; /* 0: not counted */
    } rows[] = {
        {"taro@file.example", "pop3s://taro%40file.example@pop.file.example", "folder",
            "imaps://taro%40file.example@imap.file.example", "folder", true, 1},
        {"taro@xml.example", "pop3s://taro%40xml.example@pop.xml.example", "folder",
            "imap://taro%40xml.example@imap.xml.example", "folder", true, 1},
        {"taro@known.example", "pop3s://taro%40known.example@pop.known.example", "preset",
            "imaps://taro@imap.known.example", "preset", true, 0},
        {"taro@a.maybe.example", NULL, NULL, "imaps://taro%40a.maybe.example@imap.maybe.example", "preset",
            false, 0},
        /* without encryption is better than nothing, and goes on looking */
        {"taro@plain.example", "pop3://taro%40plain.example@pop.plain.example", "folder", NULL, NULL, false,
            0},
        {"taro@broken.example", NULL, NULL, NULL, NULL, false, 0},
        {"taro@none.example", NULL, NULL, NULL, NULL, false, 0},
    };
    put("file.example",
        FILE_OF(INCOMING("pop3", "pop.file.example", "SSL") INCOMING("imap", "imap.file.example", "SSL")));
    put("xml.example.xml", FILE_OF(INCOMING("pop3", "plain.xml.example", "plain") INCOMING("pop3",
                               "pop.xml.example", "SSL") INCOMING("imap", "imap.xml.example", "STARTTLS")
                                   INCOMING("imap", "second.xml.example", "SSL")));
    put("plain.example", FILE_OF(INCOMING("pop3", "pop.plain.example", "plain")));
    put("broken.example", "<!DOCTYPE x><clientConfig/>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(discover_result_done) struct discover_result r = {0};
        struct error err = {0};
        struct discover_spec spec = spec_of(rows[i].address);
        CHECK_LABEL("%s", rows[i].address);
        CHECK_INT(discover_run(&spec, &r, &err), 0);
        check_best(&r, STREAM_POP3, rows[i].pop3, rows[i].pop3, rows[i].pop3_rung);
        check_best(&r, STREAM_IMAP, rows[i].imap, rows[i].imap_trusted, rows[i].imap_rung);
        CHECK_INT(r.temporary, rows[i].attempts == 0);
        if (rows[i].attempts)
            CHECK_INT(r.attempt_count, rows[i].attempts);
        CHECK(!r.no_domain);
    }
}

/* One protocol alone: the others' servers are not looked for. */
static void test_want(void)
{
    CLEANUP(discover_result_done) struct discover_result r = {0};
    struct discover_spec spec = spec_of("taro@plain.example");
    spec.want[STREAM_POP3] = false;
    put("plain.example", FILE_OF(INCOMING("pop3", "pop.plain.example", "SSL")));
    CHECK_LABEL("IMAP alone");
    CHECK_INT(discover_run(&spec, &r, NULL), 0);
    CHECK_INT(r.finding_count, 0);
    for (size_t i = 0; i < r.attempt_count; i++)
        CHECK(!strstr(r.attempts[i].what, "pop3"));
}

static bool at_once(void *ctx)
{
    (void)ctx;
    return true;
}

static void test_ends(void)
{
    static const struct {
        const char *address, *dns;
        bool stop;
        enum error_code code;
    } rows[] = {
        {"no address", "127.0.0.1:1", false, ERROR_USAGE},
        {"taro@none.example", "not an address", false, ERROR_USAGE},
        {"taro@none.example", "127.0.0.1:1", true, ERROR_CANCELLED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discover_result r = {.attempt_count = 77};
        struct error err = {0};
        struct discover_spec spec = spec_of(rows[i].address);
        spec.dns = rows[i].dns;
        spec.stop = rows[i].stop ? at_once : NULL;
        CHECK_LABEL("%s, %s", rows[i].address, rows[i].dns);
        CHECK_INT(discover_run(&spec, &r, &err), -1);
        CHECK_INT(err.code, rows[i].code);
        CHECK_INT(r.attempt_count, 77);
    }
}

static struct discover_finding finding(enum stream_security security, bool trusted, const char *host)
{
    struct discover_finding f = {
        .trusted = trusted, .server = {.protocol = STREAM_IMAP, .security = security}};
    snprintf(f.server.host, sizeof f.server.host, "%s", host);
    return f;
}

static void test_choice(void)
{
    static const struct {
        const char *order, *best; /* t: TLS, s: STARTTLS, p: none; capital: trusted */
    } rows[] = {
        {"T", "T"},
        {"p", "p"},
        {"pT", "T"},
        {"PT", "T"},
        {"Pt", "t"},
        {"tT", "T"},
        {"tS", "S"},
        {"ST", "S"},
        {"pP", "P"},
        {"sP", "s"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discover_finding list[4];
        struct discover_result r = {.findings = list, .finding_count = strlen(rows[i].order)};
        CHECK_LABEL("%s", rows[i].order);
        for (size_t k = 0; k < r.finding_count; k++) {
            char kind = rows[i].order[k], host[2] = {kind, '\0'};
            char lower = (char)(kind | 0x20);
            list[k] = finding(lower == 't'   ? STREAM_TLS_IMPLICIT
                              : lower == 's' ? STREAM_TLS_STARTTLS
                                             : STREAM_PLAINTEXT,
                kind != lower, host);
        }
        const struct discover_finding *best = discover_result_best(&r, STREAM_IMAP);
        CHECK_STR(best ? best->server.host : "", rows[i].best);
        CHECK(!discover_result_best(&r, STREAM_POP3));
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    const struct check_test tests[] = {
        {"choice", test_choice},
        {"rungs without a network", test_rungs},
        {"one protocol", test_want},
        {"ends", test_ends},
    };
    if (!mkdtemp(dir))
        return 1;
    int rc = check_main("discover-ladder", tests, sizeof tests / sizeof *tests);
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return rc;
}
