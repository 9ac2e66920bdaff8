/* Streams against real small servers: sign-in by every road, many at once, octets both ways. */
#include "net_case.h"
#include <poll.h>

struct road {
    const char *label;
    enum stream_protocol protocol;
    enum stream_security security;
    const char *greeting, *caps, *caps_tls;
    const char *password; /* NULL: PASSWORD */
};

static const struct road roads[] = {
    {"pop3s SASL", STREAM_POP3, STREAM_TLS_IMPLICIT, POP3_OK, "SASL PLAIN\r\nUSER\r\n", NULL, NULL},
    {"pop3s USER", STREAM_POP3, STREAM_TLS_IMPLICIT, POP3_OK, "USER\r\n", NULL, NULL},
    {"pop3s no CAPA", STREAM_POP3, STREAM_TLS_IMPLICIT, POP3_OK, NULL, NULL, NULL},
    {"pop3 STLS", STREAM_POP3, STREAM_TLS_STARTTLS, POP3_OK, "STLS\r\n", "SASL PLAIN\r\n", NULL},
    {"pop3 plaintext", STREAM_POP3, STREAM_PLAINTEXT, POP3_OK, "SASL PLAIN\r\n", NULL, NULL},
    {"imaps SASL-IR", STREAM_IMAP, STREAM_TLS_IMPLICIT, IMAP_OK, "AUTH=PLAIN SASL-IR", NULL, NULL},
    {"imaps SASL", STREAM_IMAP, STREAM_TLS_IMPLICIT, IMAP_OK, "AUTH=PLAIN", NULL, NULL},
    {"imaps LOGIN", STREAM_IMAP, STREAM_TLS_IMPLICIT, IMAP_OK, "", NULL, NULL},
    {"imap STARTTLS", STREAM_IMAP, STREAM_TLS_STARTTLS, IMAP_OK, "STARTTLS LOGINDISABLED", "AUTH=PLAIN",
        NULL},
    {"imap plaintext", STREAM_IMAP, STREAM_PLAINTEXT, IMAP_OK, "", NULL, NULL},
    {"short password", STREAM_IMAP, STREAM_TLS_IMPLICIT, IMAP_OK, "", NULL, "\xff"},
    {"long password", STREAM_POP3, STREAM_TLS_IMPLICIT, POP3_OK, "SASL PLAIN\r\n", NULL,
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
        "9"},
};

static struct net_server *road_server(const struct road *r, SSL_CTX *tls, bool dribble)
{
    return net_server_start(&(struct net_script){
        .talk = r->protocol == STREAM_POP3 ? net_pop3 : net_imap,
        .tls = tls,
        .implicit = r->security == STREAM_TLS_IMPLICIT,
        .dribble = dribble,
        .greeting = r->greeting,
        .caps = r->caps,
        .caps_tls = r->caps_tls,
        .user = USER,
        .password = r->password ? r->password : PASSWORD,
    });
}

static void check_tls(const struct stream *s, bool used)
{
    const struct stream_tls *tls = stream_tls(s);
    CHECK_INT(tls->used, used);
    CHECK_STR(tls->version, used ? "TLSv1.3" : "");
    CHECK_INT(tls->cipher[0] != '\0', used);
    CHECK_STR(tls->subject, used ? "CN=localhost,O=popferry test" : "");
    CHECK_STR(tls->issuer, used ? "CN=popferry test CA,O=popferry test" : "");
    CHECK_INT(strlen(tls->not_after), used ? strlen("2026-01-01 00:00:00 UTC") : 0);
}

static void exchange(struct net *net, struct stream *s)
{
    char in[64];
    size_t got = 0;
    uint64_t in_before = stream_octets_in(s), out_before = stream_octets_out(s);
    int64_t end = net_case_now_ms() + 120000;
    CHECK_INT(stream_read(s, in, sizeof in), 0);
    CHECK_INT(stream_write(s, "NOOP\r\n", 6), 6);
    CHECK_INT(stream_unsent(s), 6);
    while ((got < 2 || memcmp(in + got - 2, "\r\n", 2)) && net_case_now_ms() < end) {
        CHECK_INT(net_wait(net, 100, NULL), 0);
        ssize_t n;
        while ((n = stream_read(s, in + got, sizeof in - got)) > 0)
            got += (size_t)n;
        CHECK_INT(n, 0);
    }
    CHECK(got >= 5 && !memcmp(in + got - 2, "\r\n", 2));
    CHECK_INT(stream_octets_in(s) - in_before, got);
    CHECK_INT(stream_octets_out(s) - out_before, 6);
    CHECK_INT(stream_unsent(s), 0);
}

static void test_roads(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (size_t i = 0; i < 2 * COUNT(roads); i++) {
        const struct road *r = &roads[i / 2];
        CHECK_LABEL("%s%s", r->label, i % 2 ? ", octet by octet" : "");
        struct net_server *server = road_server(r, tls, i % 2);
        struct stream_spec spec = net_case_spec(r->protocol, r->security, net_server_port(server));
        spec.password = r->password ? r->password : PASSWORD;
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        CHECK_INT(stream_state(s), STREAM_CONNECTING);
        net_case_settle(net, s);
        CHECK_STR(stream_error(s) ? stream_error(s)->text : "", "");
        CHECK_INT(net_server_logins(server), 1);
        check_tls(s, r->security != STREAM_PLAINTEXT);
        if (stream_state(s) == STREAM_READY)
            exchange(net, s);
        net_case_check_no_secret(spec.password);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

/* Where libcurl's choice of a login command leads nowhere: a server that takes no initial response, or no
 * AUTH at all though CAPA says so; a first mechanism that needs a ticket; a greeting that looks like an
 * invitation to APOP. Each attempt has a connection of its own, and only one shows the password. */
static const struct second {
    enum stream_security security;
    const char *greeting, *caps, *caps_tls, *ir_reply;
    bool no_plain, wrong_password;
    unsigned connections, logins;
} seconds[] = {
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, NULL, false, false, 1, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, NULL, false, true, 1, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, "-ERR Not implemented\r\n", false, false, 2, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, "-ERR Not implemented\r\n", false, true, 2, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, "-ERR Not implemented\r\n", true, false, 3, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, "-ERR Not implemented\r\n", true, true, 3, 1},
    {PLAIN, POP3_OK, "SASL PLAIN\r\n", NULL, "-ERR [AUTH] Not supported\r\n", false, true, 1, 0},
    {PLAIN, POP3_OK, "SASL GSSAPI PLAIN\r\n", NULL, NULL, false, false, 2, 1},
    {PLAIN, POP3_OK, "SASL GSSAPI PLAIN\r\n", NULL, NULL, false, true, 2, 1},
    {PLAIN, POP3_OK, "SASL GSSAPI PLAIN\r\n", NULL, "-ERR Syntax error\r\n", false, false, 3, 1},
    {PLAIN, POP3_OK, "SASL GSSAPI\r\n", NULL, NULL, false, false, 2, 1},
    {PLAIN, APOP_OK, NULL, NULL, NULL, false, false, 2, 1},
    {PLAIN, APOP_OK, NULL, NULL, NULL, false, true, 2, 1},
    {PLAIN, APOP_OK, "USER\r\n", NULL, NULL, false, false, 2, 1},
    {PLAIN, APOP_OK, "SASL PLAIN\r\n", NULL, NULL, false, false, 1, 1},
    {IMPLICIT, APOP_OK, NULL, NULL, NULL, false, false, 2, 1},
    {IMPLICIT, APOP_OK, "USER\r\n", NULL, NULL, false, true, 2, 1},
    {STARTTLS, APOP_OK, "STLS\r\n", "USER\r\n", NULL, false, false, 2, 1},
    {STARTTLS, APOP_OK, "STLS\r\n", "SASL PLAIN\r\n", NULL, false, false, 1, 1},
};

static void test_second_attempt(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (size_t i = 0; i < 2 * COUNT(seconds); i++) {
        const struct second *c = &seconds[i / 2];
        CHECK_LABEL("second attempt %zu%s", i / 2, i % 2 ? ", octet by octet" : "");
        struct net_server *server = net_server_start(&(struct net_script){.talk = net_pop3,
            .tls = tls,
            .implicit = c->security == IMPLICIT,
            .greeting = c->greeting,
            .caps = c->caps,
            .caps_tls = c->caps_tls,
            .ir_reply = c->ir_reply,
            .no_plain = c->no_plain,
            .dribble = i % 2,
            .user = USER,
            .password = PASSWORD});
        struct stream_spec spec = net_case_spec(STREAM_POP3, c->security, net_server_port(server));
        spec.password = c->wrong_password ? "wrong-password" : PASSWORD;
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        net_case_settle(net, s);
        CHECK_INT(stream_state(s), c->wrong_password ? STREAM_FAILED : STREAM_READY);
        CHECK_INT(net_server_connections(server), c->connections);
        CHECK_INT(net_server_logins(server), c->logins);
        if (stream_error(s))
            CHECK_INT(stream_error(s)->code, ERROR_AUTH);
        else
            exchange(net, s);
        net_case_check_no_secret(spec.password);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

/* ---- many at once ---- */

static void test_opens_together(void)
{
    enum { STREAMS = 6, DELAY_MS = 2000 };
    CHECK_LABEL("opens together");
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    struct net_server *server = net_server_start(&(struct net_script){.talk = net_imap,
        .tls = tls,
        .implicit = true,
        .delay_ms = DELAY_MS,
        .greeting = IMAP_OK,
        .caps = "AUTH=PLAIN",
        .user = USER,
        .password = PASSWORD});
    struct stream_spec spec = net_case_spec(STREAM_IMAP, STREAM_TLS_IMPLICIT, net_server_port(server));
    struct net *net = net_case_new();
    struct stream *streams[STREAMS];
    int64_t begin = net_case_now_ms();
    for (size_t i = 0; i < STREAMS; i++)
        streams[i] = stream_open(net, &spec);
    for (size_t i = 0; i < STREAMS; i++)
        CHECK_INT(stream_state(streams[i]), STREAM_CONNECTING);
    for (size_t i = 0; i < STREAMS; i++)
        net_case_settle(net, streams[i]);
    CHECK(net_case_now_ms() - begin >= DELAY_MS);
    CHECK(net_case_now_ms() - begin < STREAMS * DELAY_MS); /* what one after the other would take */
    for (size_t i = 0; i < STREAMS; i++) {
        CHECK_INT(stream_state(streams[i]), STREAM_READY);
        exchange(net, streams[i]);
    }
    stream_close(streams[2]);
    exchange(net, streams[1]);
    stream_close(NULL);
    net_free(net);
    net_server_stop(server);
    SSL_CTX_free(tls);
}

static void test_close_while_connecting(void)
{
    struct net_server *server = net_server_start(&(struct net_script){.talk = net_case_silent});
    struct stream_spec spec = net_case_spec(STREAM_POP3, STREAM_TLS_IMPLICIT, net_server_port(server));
    struct net *net = net_case_new();
    struct stream *first = stream_open(net, &spec);
    stream_open(net, &spec);
    CHECK_INT(net_wait(net, 50, NULL), 0);
    char c;
    CHECK_INT(stream_read(first, &c, 1), 0);
    CHECK_INT(stream_write(first, "x", 1), 0);
    stream_close(first);
    CHECK_INT(net_wait(net, 20, NULL), 0);
    net_free(net);
    net_server_stop(server);
}

/* ---- octets ---- */

static void after_slow_echo(struct net_peer *p)
{
    static _Thread_local char piece[48 * 1024];
    ssize_t n;
    unsigned turn = 0;
    while ((n = net_peer_read(p, piece, sizeof piece)) > 0 && net_peer_write(p, piece, (size_t)n))
        if (++turn % 16 == 0)
            poll(NULL, 0, 5);
}

static unsigned char octet(size_t at)
{
    return (unsigned char)(at * 31 + (at >> 8) * 17 + (at >> 16));
}

static void pump(struct net *net, struct stream *s, size_t total)
{
    static unsigned char out[300000], in[70000];
    size_t sent = 0, got = 0, wrong = 0;
    int64_t end = net_case_now_ms() + 600000;
    while (got < total && stream_state(s) == STREAM_READY && net_case_now_ms() < end) {
        size_t len = total - sent < sizeof out ? total - sent : sizeof out;
        for (size_t i = 0; i < len; i++)
            out[i] = octet(sent + i);
        ssize_t n = stream_write(s, out, len);
        CHECK(n >= 0 && (size_t)n <= len);
        sent += n > 0 ? (size_t)n : 0;
        while ((n = stream_read(s, in, sizeof in)) > 0)
            for (ssize_t i = 0; i < n; i++)
                wrong += in[i] != octet(got++);
        CHECK_INT(net_wait(net, 1000, NULL), 0);
    }
    CHECK_INT(got, total);
    CHECK_INT(wrong, 0);
    CHECK_INT(stream_octets_in(s), total);
    CHECK_INT(stream_octets_out(s), total);
}

static struct stream *open_after(struct net *net, struct net_server **ret_server, bool secure, SSL_CTX *tls,
    void (*after)(struct net_peer *p), int64_t idle_timeout_ms)
{
    *ret_server = net_server_start(&(struct net_script){.talk = net_imap,
        .tls = tls,
        .implicit = secure,
        .greeting = IMAP_OK,
        .caps = "AUTH=PLAIN",
        .user = USER,
        .password = PASSWORD,
        .after = after});
    struct stream_spec spec = net_case_spec(
        STREAM_IMAP, secure ? STREAM_TLS_IMPLICIT : STREAM_PLAINTEXT, net_server_port(*ret_server));
    spec.idle_timeout_ms = idle_timeout_ms;
    struct stream *s = stream_open(net, &spec);
    net_case_settle(net, s);
    CHECK_INT(stream_state(s), STREAM_READY);
    return s;
}

static void test_many_octets(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (int secure = 0; secure < 2; secure++) {
        CHECK_LABEL("many octets, %s", secure ? "TLS" : "plain");
        struct net *net = net_case_new();
        struct net_server *server;
        struct stream *s = open_after(net, &server, secure, tls, after_slow_echo, 0);
        pump(net, s, 6 * 1000 * 1000 + 7);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

static void after_words_and_end(struct net_peer *p)
{
    char line[64];
    net_peer_line(p, line, sizeof line);
    net_peer_say(p, "* BYE enough\r\n");
}

static void test_end(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (int secure = 0; secure < 2; secure++) {
        CHECK_LABEL("end, %s", secure ? "TLS" : "plain");
        struct net *net = net_case_new();
        struct net_server *server;
        struct stream *s = open_after(net, &server, secure, tls, after_words_and_end, 0);
        char in[256] = "";
        size_t got = 0;
        CHECK_INT(stream_write(s, "go\r\n", 4), 4);
        for (int i = 0; i < 100 && stream_state(s) == STREAM_READY; i++) {
            net_wait(net, 100, NULL);
            for (ssize_t n; (n = stream_read(s, in + got, sizeof in - 1 - got)) > 0;)
                got += (size_t)n;
        }
        CHECK_STR(in, "* BYE enough\r\n");
        CHECK_INT(stream_state(s), STREAM_FAILED);
        const struct error *e = stream_error(s);
        CHECK(e && e->code == ERROR_LOST && e->scope == ERROR_SCOPE_SESSION &&
              e->retry == ERROR_RETRY_AFTER_LOGIN && strstr(e->text, "closed the connection"));
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

/* Writing on after the server has closed must neither end the process (SIGPIPE) nor lose its last words. */
static void test_last_words(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (int secure = 0; secure < 2; secure++) {
        CHECK_LABEL("last words, %s", secure ? "TLS" : "plain");
        struct net *net = net_case_new();
        struct net_server *server;
        struct stream *s = open_after(net, &server, secure, tls, after_words_and_end, 0);
        char in[256] = "";
        CHECK_INT(stream_write(s, "go\r\n", 4), 4);
        CHECK_INT(stream_flush(s), 0);
        poll(NULL, 0, 100);
        for (int i = 0; i < 3; i++) {
            stream_write(s, "more\r\n", 6);
            stream_flush(s);
            poll(NULL, 0, 20);
        }
        ssize_t n = 0;
        for (int i = 0; i < 600 && (n = stream_read(s, in, sizeof in - 1)) == 0; i++)
            net_wait(net, 100, NULL);
        /* A reset may have thrown them away on the way; then the end must be told at once. */
        CHECK(n == -1 || !strcmp(in, "* BYE enough\r\n"));
        for (int i = 0; i < 600 && stream_state(s) == STREAM_READY; i++) {
            net_wait(net, 100, NULL);
            stream_read(s, in, sizeof in);
        }
        CHECK_INT(stream_state(s), STREAM_FAILED);
        CHECK(stream_error(s) && stream_error(s)->code == ERROR_LOST);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

static void test_idle_timeout(void)
{
    CHECK_LABEL("idle");
    struct net *net = net_case_new();
    struct net_server *server;
    struct stream *s = open_after(net, &server, false, NULL, net_peer_hold, 200);
    char c;
    CHECK_INT(stream_read(s, &c, 1), 0);
    int64_t begin = net_case_now_ms();
    CHECK_INT(net_wait(net, 400, NULL), 0);
    CHECK(net_case_now_ms() - begin >= 395);
    CHECK_INT(stream_state(s), STREAM_READY);
    stream_expect(s, true);
    begin = net_case_now_ms();
    CHECK_INT(net_wait(net, 60000, NULL), 0);
    CHECK(net_case_now_ms() - begin >= 195);
    CHECK_INT(stream_state(s), STREAM_FAILED);
    const struct error *e = stream_error(s);
    CHECK(e && e->code == ERROR_TIMEOUT && e->scope == ERROR_SCOPE_SESSION && strstr(e->text, "no answer"));
    net_free(net);
    net_server_stop(server);
}

static void after_talks_first(struct net_peer *p)
{
    char line[16];
    net_peer_line(p, line, sizeof line);
    net_peer_say(p, "a first answer\r\n");
    net_peer_hold(p);
}

/* Octets that the user leaves unread on purpose neither end each wait at once nor count as silence. */
static void test_back_pressure(void)
{
    CHECK_LABEL("back-pressure");
    struct net *net = net_case_new();
    struct net_server *server;
    struct stream *s = open_after(net, &server, false, NULL, after_talks_first, 2000);
    stream_expect(s, true);
    CHECK_INT(stream_write(s, "go\r\n", 4), 4);
    CHECK_INT(net_wait(net, 5000, NULL), 0); /* ends when the answer is there */
    int64_t begin = net_case_now_ms();
    CHECK_INT(net_wait(net, 2200, NULL), 0);
    CHECK(net_case_now_ms() - begin >= 2195);
    CHECK_INT(stream_state(s), STREAM_READY);
    char in[64];
    CHECK_INT(stream_read(s, in, sizeof in), 16);
    CHECK_INT(stream_read(s, in, sizeof in), 0);
    net_wait(net, 5000, NULL);
    CHECK_INT(stream_state(s), STREAM_FAILED);
    net_free(net);
    net_server_stop(server);
}

static void test_names(void)
{
    static const struct {
        enum stream_protocol protocol;
        enum stream_security security;
        const char *host, *name;
    } cases[] = {
        {P3, IMPLICIT, "127.0.0.1", "pop3s://127.0.0.1:995"},
        {P3, STARTTLS, "127.0.0.1", "pop3://127.0.0.1:110"},
        {I4, IMPLICIT, "::1", "imaps://[::1]:993"},
        {I4, PLAIN, "fe80::1%lo", "imap://[fe80::1%25lo]:143"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].name);
        struct net *net = net_case_new();
        struct stream_spec spec = net_case_spec(cases[i].protocol, cases[i].security, 0);
        spec.host = cases[i].host;
        struct stream *s = stream_open(net, &spec);
        CHECK_STR(stream_name(s), cases[i].name);
        net_free(net);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"sign-in by every road", test_roads},
        {"second attempt", test_second_attempt},
        {"opens together", test_opens_together},
        {"close while connecting", test_close_while_connecting},
        {"many octets", test_many_octets},
        {"end", test_end},
        {"last words", test_last_words},
        {"idle timeout", test_idle_timeout},
        {"back-pressure", test_back_pressure},
        {"names", test_names},
    };
    net_case_ca = net_certs_init();
    int rc = check_main("stream", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
