/* Probing against real small servers: who answers, who does not and why, and that nobody signs in. */
#include "greeting.h"
#include "net_case.h"
#include <signal.h>

struct row {
    const char *label;
    enum stream_protocol protocol;
    enum stream_security security;
    enum net_cert cert;
    bool implicit; /* the server's way */
    const char *greeting, *caps;
    const char *named;
    bool answers;
    enum error_code code;
    const char *words;
};

static const struct row rows[] = {
    {"pop3s", P3, IMPLICIT, NET_CERT_GOOD, true, POP3_OK, "USER\r\n", NULL, true, ERROR_NONE, ""},
    {"pop3s, APOP", P3, IMPLICIT, NET_CERT_GOOD, true, APOP_OK, NULL, NULL, true, ERROR_NONE, ""},
    {"imaps", I4, IMPLICIT, NET_CERT_GOOD, true, IMAP_OK, "AUTH=PLAIN", NULL, true, ERROR_NONE, ""},
    {"STLS", P3, STARTTLS, NET_CERT_GOOD, false, POP3_OK, "STLS\r\n", NULL, true, ERROR_NONE, ""},
    {"STARTTLS", I4, STARTTLS, NET_CERT_GOOD, false, IMAP_OK, "STARTTLS LOGINDISABLED", NULL, true,
        ERROR_NONE, ""},
    {"no STLS", P3, STARTTLS, NET_CERT_GOOD, false, POP3_OK, "USER\r\n", NULL, false, ERROR_TLS, "STARTTLS"},
    {"expired", P3, IMPLICIT, NET_CERT_EXPIRED, true, POP3_OK, NULL, NULL, false, ERROR_TLS, "expired"},
    {"expired, STLS", P3, STARTTLS, NET_CERT_EXPIRED, false, POP3_OK, "STLS\r\n", NULL, false, ERROR_TLS,
        "expired"},
    {"self-signed", I4, IMPLICIT, NET_CERT_SELF_SIGNED, true, IMAP_OK, "", NULL, false, ERROR_TLS,
        "self-signed"},
    {"another host's", I4, IMPLICIT, NET_CERT_WRONG_HOST, true, IMAP_OK, "", NULL, false, ERROR_TLS,
        "another host name"},
    {"named so", I4, IMPLICIT, NET_CERT_WRONG_HOST, true, IMAP_OK, "", "other.example", true, ERROR_NONE, ""},
    {"not named so", I4, IMPLICIT, NET_CERT_GOOD, true, IMAP_OK, "", "example.jp", false, ERROR_TLS,
        "another host name"},
    {"POP3 for IMAP", I4, IMPLICIT, NET_CERT_GOOD, true, POP3_OK, NULL, NULL, false, ERROR_PROTOCOL, "POP3"},
    {"SMTP", P3, IMPLICIT, NET_CERT_GOOD, true, "220 mx ESMTP\r\n", NULL, NULL, false, ERROR_PROTOCOL,
        "SMTP"},
    {"no TLS there", P3, IMPLICIT, NET_CERT_GOOD, false, POP3_OK, NULL, NULL, false, ERROR_PROTOCOL, ""},
    {"refuses", P3, IMPLICIT, NET_CERT_GOOD, true, "-ERR too many connections\r\n", NULL, NULL, false,
        ERROR_THROTTLED, "too many connections"},
};

static const struct greeting_terms *terms(int64_t timeout_ms)
{
    static struct greeting_terms t;
    t = (struct greeting_terms){.ca_file = net_case_ca, .timeout_ms = timeout_ms};
    return &t;
}

static struct greeting_ask ask_of(const struct row *r, const struct net_server *server)
{
    return (struct greeting_ask){.protocol = r->protocol,
        .security = r->security,
        .host = "localhost",
        .port = net_server_port(server),
        .address = "127.0.0.1",
        .named = r->named};
}

/* All at once, as they are used. */
static void test_rows(void)
{
    struct net_server *servers[COUNT(rows)];
    SSL_CTX *tls[COUNT(rows)];
    struct greeting_ask asks[COUNT(rows)];
    for (size_t i = 0; i < COUNT(rows); i++) {
        tls[i] = net_certs_server(rows[i].cert, 0);
        servers[i] = net_server_start(&(struct net_script){
            .talk = rows[i].protocol == STREAM_POP3 ? net_pop3 : net_imap,
            .tls = tls[i],
            .implicit = rows[i].implicit,
            .greeting = rows[i].greeting,
            .caps = rows[i].caps,
            .user = USER,
            .password = PASSWORD,
        });
        asks[i] = ask_of(&rows[i], servers[i]);
    }
    CHECK_INT(greeting_probe(asks, COUNT(rows), terms(20000), NULL), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].label);
        CHECK_INT(asks[i].answers, rows[i].answers);
        CHECK_INT(asks[i].error.code, rows[i].code);
        if (!strstr(asks[i].error.text, rows[i].words))
            CHECK_STR(asks[i].error.text, rows[i].words);
        CHECK(!asks[i].unknown);
        CHECK_INT(net_server_connections(servers[i]), 1);
        CHECK_INT(net_server_logins(servers[i]), 0);
        net_server_stop(servers[i]);
        SSL_CTX_free(tls[i]);
    }
}

static bool at_once(void *ctx)
{
    (void)ctx;
    return true;
}

static void test_ends(void)
{
    struct net_server *silent = net_server_start(&(struct net_script){.talk = net_case_silent});
    struct greeting_ask ask = {
        .protocol = P3, .security = IMPLICIT, .host = "localhost", .port = net_server_port(silent)};
    CHECK_LABEL("silence");
    CHECK_INT(greeting_probe(&ask, 1, terms(300), NULL), 0);
    CHECK(!ask.answers);
    CHECK_INT(ask.error.code, ERROR_TIMEOUT);

    CHECK_LABEL("stop");
    struct greeting_terms stopping = *terms(60000);
    struct error err = {0};
    stopping.stop = at_once;
    CHECK_INT(greeting_probe(&ask, 1, &stopping, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    uint16_t port = net_server_port(silent);
    net_server_stop(silent);

    CHECK_LABEL("nobody there");
    ask = (struct greeting_ask){.protocol = I4, .security = IMPLICIT, .host = "localhost", .port = port};
    CHECK_INT(greeting_probe(&ask, 1, terms(5000), NULL), 0);
    CHECK_INT(ask.error.code, ERROR_CONNECT);
    CHECK(!ask.unknown);

    CHECK_LABEL("no such host");
    ask = (struct greeting_ask){.protocol = I4, .security = IMPLICIT, .host = "nosuch.invalid", .port = 993};
    CHECK_INT(greeting_probe(&ask, 1, terms(5000), NULL), 0);
    CHECK_INT(ask.error.code, ERROR_NO_HOST);
    CHECK(ask.unknown);

    CHECK_LABEL("nothing to ask");
    CHECK_INT(greeting_probe(NULL, 0, terms(5000), NULL), 0);
}

int main(void)
{
    const struct check_test tests[] = {
        {"servers", test_rows},
        {"ends", test_ends},
    };
    net_case_ca = net_certs_init();
    signal(SIGPIPE, SIG_IGN);
    int rc = check_main("net-greeting", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
