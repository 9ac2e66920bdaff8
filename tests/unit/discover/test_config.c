/* Settings files of strangers: what is taken, what is left out, what is refused. */
#include "buf.h"
#include "check.h"
#include "discover_config.h"
#include "mem.h"

static char address_whole[] = "taro@example.jp", address_local[] = "taro";
static const struct discover_address who = {
    .whole = address_whole, .local = address_local, .domain = "example.jp"};

/* A file with one server of these parts. */
#define FILE_OF(body)                                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\"><emailProvider id=\"x\">"     \
    "<domain>example.jp</domain><displayName>Example</displayName>" body "</emailProvider></clientConfig>"
#define SERVER(type, host, port, socket, user, rest)                                                         \
    "<incomingServer type=\"" type "\"><hostname>" host "</hostname><port>" port                             \
    "</port><socketType>" socket "</socketType><username>" user "</username>" rest "</incomingServer>"
#define GOOD SERVER("imap", "imap.example.jp", "993", "SSL", "%EMAILADDRESS%", "")

/* "POP3 tls pop.example.jp:995 taro, password" */
static void show(char *dst, size_t cap, const struct discover_config *c)
{
    static const char *const security[] = {"tls", "starttls", "plain"};
    size_t used = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < c->count && used < cap; i++) {
        const struct discover_server *s = &c->servers[i];
        char auth[64];
        used += (size_t)snprintf(dst + used, cap - used, "%s%s %s %s:%u %s%s (%s)", i ? " | " : "",
            s->protocol == STREAM_POP3 ? "POP3" : "IMAP", security[s->security], s->host, s->port, s->user,
            s->user_told ? "" : "?", discover_auth_words(auth, s->auth));
    }
}

static void check_read(const char *text, size_t len, const char *expected, const char *left_out)
{
    struct discover_config c = {0};
    struct error err = {0};
    char shown[1000];
    char *copy = mem_alloc(len); /* of exactly this size, for the address sanitizer */
    memcpy(copy, text, len);
    CHECK_INT(discover_config_read(copy, len, &who, &c, &err), 0);
    CHECK_STR(err.text, "");
    show(shown, sizeof shown, &c);
    CHECK_STR(shown, expected);
    if (!c.left_out[0] != !left_out || (left_out && !strstr(c.left_out, left_out)))
        CHECK_STR(c.left_out, left_out);
    free(copy);
}

static void test_taken(void)
{
    static const struct {
        const char *text, *expected, *left_out;
    } rows[] = {
        {FILE_OF(GOOD), "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL},
        {FILE_OF(SERVER("pop3", "pop.%EMAILDOMAIN%", "995", "SSL", "%EMAILLOCALPART%",
             "<authentication>password-cleartext</authentication>") GOOD),
            "POP3 tls pop.example.jp:995 taro (password) | IMAP tls imap.example.jp:993 taro@example.jp ()",
            NULL},
        {FILE_OF(SERVER("imap", "%EMAILDOMAIN%", "143", "STARTTLS", "%EMAILLOCALPART%.%EMAILDOMAIN%",
             "<authentication>OAuth2</authentication><authentication>password-encrypted</authentication>"
             "<authentication>GSSAPI</authentication>")),
            "IMAP starttls example.jp:143 taro.example.jp (hashed password, OAuth 2.0, other)", NULL},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "110", "plain", "%EMAILADDRESS", "")),
            "POP3 plain pop.example.jp:110 taro@example.jp ()", NULL},
        {FILE_OF("<incomingServer type=\"pop3\"><hostname> POP.Example.JP.\n</hostname><socketType>ssl"
                 "</socketType></incomingServer>"),
            "POP3 tls pop.example.jp:995 taro@example.jp? ()", NULL},
        {FILE_OF("<incomingServer type=\"imap\"><hostname>i.example.jp</hostname><socketType>STARTTLS"
                 "</socketType></incomingServer>"),
            "IMAP starttls i.example.jp:143 taro@example.jp? ()", NULL},
        /* what is not known is passed over */
        {FILE_OF("<new><deep>1</deep></new>" SERVER("ews", "x", "y", "z", "%A%", "") SERVER("jmap", "", "",
             "", "",
             "") "<outgoingServer type=\"smtp\"><hostname>smtp.example.jp</hostname></outgoingServer>" GOOD),
            "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL},
        {"<clientConfig version=\"9.9\" xmlns=\"urn:x\"><emailProvider>" GOOD
         "</emailProvider></clientConfig>",
            "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL},
        {"<clientConfig><oAuth2/><emailProvider/><emailProvider>" GOOD "</emailProvider></clientConfig>",
            "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL},
        {"\xef\xbb\xbf<clientConfig><emailProvider><!-- 日本 -->" GOOD "</emailProvider></clientConfig>",
            "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL},
        {FILE_OF(SERVER("imap", "<![CDATA[imap.example.jp]]>", "993", "SSL", "a&amp;b&#64;c", "")),
            "IMAP tls imap.example.jp:993 a&b@c ()", NULL},
        {"<clientConfig/>", "", NULL},
        /* only broken sections are left out */
        {FILE_OF(SERVER("pop3", "127.0.0.1", "995", "SSL", "x", "") GOOD),
            "IMAP tls imap.example.jp:993 taro@example.jp ()", "POP3 is left out: its host"},
        {FILE_OF(SERVER("pop3", "localhost", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "pop.example.jp/x", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "a@pop.example.jp", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "pop.example.jp&#10;x", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "%NOSUCH%.example.jp", "995", "SSL", "x", "")), "", "its host"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "0", "SSL", "x", "")), "", "its port"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "65536", "SSL", "x", "")), "", "its port"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "-1", "SSL", "x", "")), "", "its port"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "995", "perhaps", "x", "")), "", "its socketType"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "995", "", "x", "")), "", "its socketType"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "995", "SSL", "%REALNAME%", "")), "", "its username"},
        {FILE_OF(SERVER("pop3", "pop.example.jp", "995", "SSL", "a&#13;b", "")), "", "its username"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%.400s", rows[i].text);
        check_read(rows[i].text, strlen(rows[i].text), rows[i].expected, rows[i].left_out);
    }
}

static void check_refused(const char *text, size_t len, const char *why)
{
    struct discover_config c = {.count = 77};
    struct error err = {0};
    char *copy = mem_alloc(len);
    memcpy(copy, text, len);
    CHECK_INT(discover_config_read(copy, len, &who, &c, &err), -1);
    CHECK_INT(c.count, 77);
    CHECK_INT(err.code, ERROR_PROTOCOL);
    if (!strstr(err.text, why))
        CHECK_STR(err.text, why);
    free(copy);
}

static void test_refused(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "empty"},
        {"hello", "not well-formed"},
        {"<html><body>404</body></html>", "begins with <html>"},
        {"<!DOCTYPE html><html/>", "document type"},
        {"<?xml version=\"1.0\"?><!DOCTYPE clientConfig SYSTEM \"http://127.0.0.1:1/x.dtd\"><clientConfig/>",
            "document type"},
        {"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><clientConfig>&e;</clientConfig>",
            "document type"},
        {"<!DOCTYPE x [<!ENTITY % e SYSTEM \"file:///etc/passwd\">%e;]><clientConfig/>", "document type"},
        {"<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">"
         "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]><clientConfig>&e;"
         "</clientConfig>",
            "document type"},
        {"<clientConfig>&nosuch;</clientConfig>", "not well-formed"},
        {"<clientConfig><emailProvider></clientConfig>", "not well-formed"},
        {"<clientConfig>", "not well-formed"},
        {"<clientConfig/><clientConfig/>", "not well-formed"},
        {"<clientConfig a=\"1\" a=\"2\"/>", "not well-formed"},
        {"<clientConfig>\x01</clientConfig>", "not well-formed"},
        {"<clientConfig>\xff\xfe</clientConfig>", "not in UTF-8"},
        {"<clientConfig>\xed\xa0\x80</clientConfig>", "not in UTF-8"},
        {"<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?><clientConfig/>", "only UTF-8"},
        {"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><clientConfig/>", "only UTF-8"},
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><clientConfig/>", "only UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%.400s", rows[i].text);
        check_refused(rows[i].text, strlen(rows[i].text), rows[i].why);
    }
}

static void test_utf16(void)
{
    const char *text = FILE_OF(GOOD);
    char wide[4000];
    for (int big = 0; big < 2; big++) {
        size_t n = 0;
        wide[n++] = big ? '\xfe' : '\xff';
        wide[n++] = big ? '\xff' : '\xfe';
        for (const char *p = text; *p; p++, n += 2) {
            wide[n + (size_t)!big] = '\0';
            wide[n + (size_t)big] = *p;
        }
        CHECK_LABEL("UTF-16, big endian %d", big);
        check_refused(wide, n, "UTF-8");
    }
    /* A declaration that lies about what stands there. */
    static const char lie[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><clientConfig/>";
    struct error err = {0};
    struct discover_config c = {0};
    CHECK_LABEL("said to be UTF-16");
    CHECK_INT(discover_config_read(lie, sizeof lie - 1, &who, &c, &err), -1);
    CHECK_INT(err.code, ERROR_PROTOCOL);
}

static void test_huge(void)
{
    CLEANUP(buf_done) struct buf b = {0};
    CHECK_LABEL("nested 10,000 deep");
    buf_append_str(&b, "<clientConfig>");
    for (int i = 0; i < 10000; i++)
        buf_append_str(&b, "<a>");
    for (int i = 0; i < 10000; i++)
        buf_append_str(&b, "</a>");
    buf_append_str(&b, "</clientConfig>");
    check_refused(buf_bytes(&b), buf_len(&b), "not well-formed");

    CHECK_LABEL("just not too large");
    buf_clear(&b);
    buf_append_str(&b, "<clientConfig><emailProvider>" GOOD);
    while (buf_len(&b) < DISCOVER_CONFIG_MAX - 40)
        buf_append_char(&b, ' ');
    buf_append_str(&b, "</emailProvider></clientConfig>");
    check_read(buf_bytes(&b), buf_len(&b), "IMAP tls imap.example.jp:993 taro@example.jp ()", NULL);
    CHECK_LABEL("too large");
    while (buf_len(&b) <= DISCOVER_CONFIG_MAX)
        buf_append_char(&b, ' ');
    check_refused(buf_bytes(&b), buf_len(&b), "larger than 256 KiB");

    CHECK_LABEL("100 MB");
    char *large = calloc(1, 100000000);
    struct error err = {0};
    struct discover_config c;
    CHECK_INT(discover_config_read(large, 100000000, &who, &c, &err), -1);
    CHECK_INT(err.code, ERROR_PROTOCOL);
    free(large);
}

static void test_many(void)
{
    CLEANUP(buf_done) struct buf b = {0};
    struct discover_config c = {0};
    CHECK_LABEL("500 servers, each second one broken");
    buf_append_str(&b, "<clientConfig><emailProvider>");
    for (int i = 0; i < 500; i++)
        buf_append_str(&b, i % 2 ? SERVER("pop3", "!", "1", "SSL", "x", "") : GOOD);
    buf_append_str(&b, "</emailProvider></clientConfig>");
    CHECK_INT(discover_config_read(buf_bytes(&b), buf_len(&b), &who, &c, NULL), 0);
    CHECK_INT(c.count, DISCOVER_CONFIG_SERVERS);
    CHECK(strlen(c.left_out) < sizeof c.left_out);

    CHECK_LABEL("a name too long for a user");
    buf_clear(&b);
    buf_append_str(&b,
        "<clientConfig><emailProvider><incomingServer type=\"imap\"><hostname>i.example.jp</hostname>"
        "<socketType>SSL</socketType><username>");
    for (int i = 0; i < 300; i++)
        buf_append_str(&b, "%EMAILADDRESS%");
    buf_append_str(&b, "</username></incomingServer></emailProvider></clientConfig>");
    CHECK_INT(discover_config_read(buf_bytes(&b), buf_len(&b), &who, &c, NULL), 0);
    CHECK_INT(c.count, 0);
}

/* Cut anywhere, a file is refused, or (behind its end) whole. */
static void test_cut(void)
{
    static const char text[] =
        FILE_OF(SERVER("pop3", "p.example.jp", "995", "SSL", "%EMAILADDRESS%", "") GOOD);
    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct discover_config c = {.count = 77};
        struct error err = {0};
        char *copy = mem_alloc(len + !len);
        memcpy(copy, text, len);
        CHECK_LABEL("cut at %zu", len);
        CHECK_INT(discover_config_read(copy, len, &who, &c, &err), -1);
        CHECK_INT(c.count, 77);
        free(copy);
    }
}

/* What the user has put into a folder of his own may name hosts of a private network. */
static void test_own_settings(void)
{
    static const char *const hosts[] = {"localhost", "mail", "pop.example.jp"};
    struct discover_address own = who;
    own.own_settings = true;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct discover_config c;
        char *text CLEANUP(mem_free_str) =
            mem_printf(FILE_OF(SERVER("pop3", "%s", "995", "SSL", "x", "")), hosts[i]);
        CHECK_LABEL("%s", hosts[i]);
        CHECK_INT(discover_config_read(text, strlen(text), &own, &c, NULL), 0);
        CHECK_INT(c.count, 1);
        CHECK_STR(c.servers[0].host, hosts[i]);
        CHECK_INT(discover_config_read(text, strlen(text), &who, &c, NULL), 0);
        CHECK_INT(c.count, i == 2);
    }
}

int main(void)
{
    const struct check_test tests[] = {
        {"taken", test_taken},
        {"the user's own folder", test_own_settings},
        {"refused", test_refused},
        {"UTF-16", test_utf16},
        {"huge", test_huge},
        {"many", test_many},
        {"cut", test_cut},
    };
    return check_main("discover-config", tests, sizeof tests / sizeof *tests);
}
