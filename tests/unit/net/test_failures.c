/* Every way in which a stream cannot be opened, against real small servers: code, retry and words of the
 * error. */
#include "net_case.h"
#include <openssl/pem.h>
#include <unistd.h>

static void talk_close(struct net_peer *p, const struct net_script *script)
{
    (void)p, (void)script;
}

static void talk_reset(struct net_peer *p, const struct net_script *script)
{
    (void)script;
    net_peer_reset(p);
}

static void talk_greeting(struct net_peer *p, const struct net_script *script)
{
    net_peer_say(p, script->greeting);
    net_peer_hold(p);
}

static void talk_bye(struct net_peer *p, const struct net_script *script)
{
    net_peer_say(p, script->greeting);
}

struct failure {
    const char *label;
    enum stream_protocol protocol;
    enum stream_security security;
    struct net_script script;
    enum net_cert cert;
    int max_version;
    enum error_code code;
    enum error_retry retry;
    const char *words[3]; /* that the text must hold */
    int timeout_ms;       /* 0: must fail by itself, soon */
    bool no_ca;
};

#define POP3(...)                                                                                            \
    {                                                                                                        \
        .talk = net_pop3, __VA_ARGS__                                                                        \
    }
#define IMAP(...)                                                                                            \
    {                                                                                                        \
        .talk = net_imap, __VA_ARGS__                                                                        \
    }
#define TALK(fn, text)                                                                                       \
    {                                                                                                        \
        .talk = fn, .greeting = text                                                                         \
    }
#define NEVER ERROR_RETRY_NEVER
#define LATER ERROR_RETRY_LATER

static const struct failure failures[] = {
    {.label = "pop3 wrong password",
        .protocol = P3,
        .script = POP3(.password = "another"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {USER, "[AUTH] Authentication failed.", "check user name and password"}},
    {.label = "imap wrong password",
        .protocol = I4,
        .script = IMAP(.password = "another"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {USER, "NO [AUTHENTICATIONFAILED]"}},
    {.label = "password echoed",
        .protocol = P3,
        .script = POP3(.caps = "USER\r\n", .login_reply = "-ERR Unknown command: PASS " PASSWORD "\r\n"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {"PASS ***"}},
    {.label = "in use, USER and PASS",
        .protocol = P3,
        .script = POP3(.greeting = APOP_OK, .caps = "USER\r\n", .login_reply = "-ERR [IN-USE] Locked\r\n"),
        .code = ERROR_IN_USE,
        .retry = LATER,
        .words = {"[IN-USE]"}},
    {.label = "password echoed, USER and PASS",
        .protocol = P3,
        .script =
            POP3(.greeting = APOP_OK, .caps = "USER\r\n", .login_reply = "-ERR what: PASS " PASSWORD "\r\n"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {"PASS ***"}},
    {.label = "closed during USER and PASS",
        .protocol = P3,
        .script = POP3(.greeting = APOP_OK, .caps = "USER\r\n", .login_reply = "", .close_on_login = true),
        .code = ERROR_LOST,
        .retry = LATER,
        .words = {"closed the connection during the login"}},
    {.label = "no answer to PASS",
        .protocol = P3,
        .script =
            POP3(.greeting = APOP_OK, .caps = "USER\r\n", .login_reply = "+OK but not the end of a line"),
        .code = ERROR_TIMEOUT,
        .retry = LATER,
        .words = {"login of"},
        .timeout_ms = 400},
    {.label = "app password",
        .protocol = I4,
        .script = IMAP(.login_reply = "NO [ALERT] Application-specific password required: (Failure)\r\n"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {"make an app password"}},
    {.label = "in use",
        .protocol = P3,
        .script = POP3(.login_reply = "-ERR [IN-USE] Mailbox is locked\r\n"),
        .code = ERROR_IN_USE,
        .retry = LATER,
        .words = {"[IN-USE]", "another session"}},
    {.label = "login delay",
        .protocol = P3,
        .script = POP3(.login_reply = "-ERR [LOGIN-DELAY] minimum time between mail checks violation\r\n"),
        .code = ERROR_THROTTLED,
        .retry = LATER,
        .words = {"[LOGIN-DELAY]"}},
    {.label = "unavailable",
        .protocol = I4,
        .script = IMAP(.login_reply = "NO [UNAVAILABLE] Temporary authentication failure.\r\n"),
        .code = ERROR_THROTTLED,
        .retry = LATER,
        .words = {"[UNAVAILABLE]"}},
    {.label = "bye during login",
        .protocol = I4,
        .script = IMAP(.login_reply = "* BYE Too many connections\r\n", .close_on_login = true),
        .code = ERROR_THROTTLED,
        .retry = LATER,
        .words = {"Too many connections"}},
    {.label = "closed during login",
        .protocol = P3,
        .script = POP3(.login_reply = "", .close_on_login = true),
        .code = ERROR_LOST,
        .retry = LATER,
        .words = {"closed the connection during the login", USER}},
    {.label = "login disabled",
        .protocol = I4,
        .security = PLAIN,
        .script = IMAP(.caps = "LOGINDISABLED"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {"without TLS"}},
    {.label = "no password mechanism",
        .protocol = I4,
        .script = IMAP(.caps = "LOGINDISABLED AUTH=XOAUTH2"),
        .code = ERROR_AUTH,
        .retry = NEVER,
        .words = {"XOAUTH2"}},
    {.label = "expired",
        .protocol = P3,
        .script = POP3(.tls = NULL),
        .cert = NET_CERT_EXPIRED,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"expired on 20", "CN=localhost",
            "renew it, and see that this computer's clock is right; --from-tls-pin sha256//"}},
    {.label = "not yet valid",
        .protocol = I4,
        .script = IMAP(.tls = NULL),
        .cert = NET_CERT_NOT_YET,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"not valid before 20", "--to-tls-pin sha256//"}},
    {.label = "wrong host",
        .protocol = P3,
        .script = POP3(.tls = NULL),
        .cert = NET_CERT_WRONG_HOST,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"another host name", "other.example, mail.other.example", "--from-tls-pin sha256//"}},
    {.label = "self-signed",
        .protocol = P3,
        .script = POP3(.tls = NULL),
        .cert = NET_CERT_SELF_SIGNED,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"self-signed", "--ca-file", "--from-tls-pin sha256//"}},
    {.label = "unknown CA",
        .protocol = P3,
        .script = POP3(.tls = NULL),
        .no_ca = true,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"CA that is not trusted", "CN=popferry test CA",
            "--ca-file; of a public one the host must send the whole chain; --from-tls-pin sha256//"}},
    {.label = "unknown CA, STARTTLS",
        .protocol = I4,
        .security = STARTTLS,
        .script = IMAP(.caps = "STARTTLS"),
        .no_ca = true,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"CA that is not trusted"}},
    {.label = "old TLS",
        .protocol = P3,
        .script = POP3(.tls = NULL),
        .max_version = TLS1_1_VERSION,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"TLS 1.2", "--from-tls-min 1.1 (if that is not enough, 1.0) accepts it"}},
    {.label = "older TLS, STARTTLS",
        .protocol = P3,
        .security = STARTTLS,
        .script = POP3(.caps = "STLS\r\n"),
        .max_version = TLS1_VERSION,
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"TLS 1.2", "--from-tls-min 1.1 (if that is not enough, 1.0) accepts it"}},
    {.label = "no STLS",
        .protocol = P3,
        .security = STARTTLS,
        .script = POP3(.tls = NULL),
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"STARTTLS", "pop3s://", "--from-tls plaintext accepts it"}},
    {.label = "no STARTTLS",
        .protocol = I4,
        .security = STARTTLS,
        .script = IMAP(.tls = NULL),
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"STARTTLS", "imaps://", "--to-tls plaintext accepts it"}},
    {.label = "STLS refused for now",
        .protocol = P3,
        .security = STARTTLS,
        .script =
            POP3(.caps = "STLS\r\n", .tls_reply = "-ERR [SYS/TEMP] TLS not available, try again later\r\n"),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"refuses it now: \"[SYS/TEMP] TLS not available, try again later\"", "pop3s://"}},
    {.label = "STLS refused",
        .protocol = P3,
        .security = STARTTLS,
        .script = POP3(.caps = "STLS\r\n", .tls_reply = "-ERR the certificate is missing\r\n"),
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"offers STARTTLS", "\"the certificate is missing\"", "pop3s://"}},
    {.label = "STARTTLS refused for now",
        .protocol = I4,
        .security = STARTTLS,
        .script = IMAP(.caps = "STARTTLS", .tls_reply = "NO TLS temporarily not available\r\n"),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"\"NO TLS temporarily not available\"", "try again later", "imaps://"}},
    {.label = "STARTTLS refused",
        .protocol = I4,
        .security = STARTTLS,
        .script = IMAP(.caps = "STARTTLS", .tls_reply = "BAD no key is loaded\r\n"),
        .code = ERROR_TLS,
        .retry = NEVER,
        .words = {"offers STARTTLS", "\"BAD no key is loaded\"", "imaps://"}},
    {.label = "plain POP3 on a TLS port",
        .protocol = P3,
        .script = TALK(talk_greeting, "+OK Dovecot ready.\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"does not speak TLS", "+OK"}},
    {.label = "SMTP on a TLS port",
        .protocol = I4,
        .script = TALK(talk_greeting, "220 mx.example ESMTP\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"an SMTP server"}},
    {.label = "TLS on a plain port",
        .protocol = P3,
        .security = STARTTLS,
        .script = POP3(.implicit = true),
        .code = ERROR_TIMEOUT,
        .retry = LATER,
        .words = {"implicit TLS", "pop3s://"},
        .timeout_ms = 400},
    {.label = "silent TLS port",
        .protocol = I4,
        .script = TALK(net_case_silent, NULL),
        .code = ERROR_TIMEOUT,
        .retry = LATER,
        .words = {"TLS handshake"},
        .timeout_ms = 400},
    {.label = "IMAP for POP3",
        .protocol = P3,
        .security = PLAIN,
        .script = IMAP(.tls = NULL),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"an IMAP server"}},
    {.label = "POP3 for IMAP over TLS",
        .protocol = I4,
        .script = POP3(.implicit = true),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"a POP3 server"}},
    {.label = "HTTP",
        .protocol = P3,
        .security = PLAIN,
        .script = TALK(talk_greeting, "HTTP/1.1 400 Bad Request\r\n\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"a web server"}},
    {.label = "SMTP",
        .protocol = I4,
        .security = STARTTLS,
        .script = TALK(talk_greeting, "220 mx.example ESMTP Postfix\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"an SMTP server"}},
    {.label = "noise after the greeting",
        .protocol = P3,
        .security = PLAIN,
        .script = TALK(talk_greeting, "+OK hi\r\nnoise\r\n.\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"greets as a POP3 server, but what it says next is no answer (\"noise\")"}},
    {.label = "noise and the end",
        .protocol = P3,
        .security = PLAIN,
        .script = TALK(talk_bye, "+OK hi\r\nnoise\r\n"),
        .code = ERROR_PROTOCOL,
        .retry = NEVER,
        .words = {"is no answer (\"noise\")"}},
    {.label = "refusing greeting",
        .protocol = P3,
        .security = PLAIN,
        .script = TALK(talk_bye, "-ERR too many connections from your host\r\n"),
        .code = ERROR_THROTTLED,
        .retry = LATER,
        .words = {"too many connections from your host"}},
    {.label = "refusing IMAP greeting",
        .protocol = I4,
        .security = PLAIN,
        .script = TALK(talk_bye, "* BYE closed for today\r\n"),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"BYE closed for today"}},
    {.label = "reset before the greeting",
        .protocol = P3,
        .security = PLAIN,
        .script = TALK(talk_reset, NULL),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"before its greeting", "too many connections"}},
    {.label = "closed before the greeting",
        .protocol = I4,
        .security = STARTTLS,
        .script = TALK(talk_close, NULL),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"before its greeting"}},
    {.label = "closed before the handshake",
        .protocol = I4,
        .script = TALK(talk_close, NULL),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"TLS handshake", "too many connections"}},
    {.label = "reset before the handshake",
        .protocol = P3,
        .script = TALK(talk_reset, NULL),
        .code = ERROR_CONNECT,
        .retry = LATER,
        .words = {"TLS handshake"}},
};

static void check_failed(struct stream *s, const struct failure *f)
{
    const struct error *e = stream_error(s);
    CHECK_INT(stream_state(s), STREAM_FAILED);
    if (!e)
        return;
    CHECK_STR(error_code_name(e->code), error_code_name(f->code));
    CHECK_INT(e->retry, f->retry);
    CHECK_INT(e->scope, ERROR_SCOPE_JOB);
    CHECK(strstr(e->text, stream_name(s)) != NULL);
    for (size_t w = 0; w < COUNT(f->words) && f->words[w]; w++)
        if (!strstr(e->text, f->words[w])) {
            CHECK_LABEL("%s: \"%s\" in \"%.300s\"", f->label, f->words[w], e->text);
            CHECK(strstr(e->text, f->words[w]) != NULL);
        }
    CHECK(!strstr(e->text, "insecure"));
    char c;
    CHECK_INT(stream_read(s, &c, 1), -1);
    CHECK_INT(stream_write(s, "x", 1), -1);
    CHECK_INT(stream_flush(s), -1);
    CHECK_INT(stream_room(s), 0);
}

/* What a row leaves out. */
static struct net_script complete(const struct failure *f, SSL_CTX *tls)
{
    struct net_script script = f->script;
    bool pop3 = script.talk == net_pop3, imap = script.talk == net_imap;
    script.tls = tls;
    script.user = USER;
    script.password = script.password ? script.password : PASSWORD;
    script.implicit = script.implicit || ((pop3 || imap) && f->security == IMPLICIT);
    if (pop3 || imap) {
        script.greeting = script.greeting ? script.greeting : pop3 ? POP3_OK : IMAP_OK;
        script.caps = script.caps ? script.caps : pop3 ? "SASL PLAIN\r\n" : "AUTH=PLAIN";
    }
    return script;
}

static void test_failures(void)
{
    for (size_t i = 0; i < COUNT(failures); i++) {
        const struct failure *f = &failures[i];
        CHECK_LABEL("%s", f->label);
        SSL_CTX *tls = net_certs_server(f->cert, f->max_version);
        struct net_script script = complete(f, tls);
        struct net_server *server = net_server_start(&script);
        struct stream_spec spec = net_case_spec(f->protocol, f->security, net_server_port(server));
        spec.connect_timeout_ms = f->timeout_ms ? f->timeout_ms : 100000;
        spec.ca_file = f->no_ca ? NULL : net_case_ca;
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        net_case_settle(net, s);
        check_failed(s, f);
        CHECK(net_server_logins(server) <= 1);
        net_case_check_no_secret(spec.password);
        if (getenv("POPFERRY_SHOW_ERRORS") && stream_error(s))
            fprintf(stderr, "%-28s %s\n", f->label, stream_error(s)->text);
        net_free(net);
        net_server_stop(server);
        SSL_CTX_free(tls);
    }
}

/* What fails without any server. */
static void test_nowhere(void)
{
    static const struct {
        const char *host, *user, *password, *ca_file;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"127.0.0.1", "u", "p", NULL, ERROR_CONNECT, "pop3s://127.0.0.1:1: connection refused"},
        {"::1", "u", "p", NULL, ERROR_CONNECT, "pop3s://[::1]:1"},
        {"no-such-host.invalid", "u", "p", NULL, ERROR_NO_HOST, "no address is known"},
        {"a/b", "u", "p", NULL, ERROR_USAGE, "host name cannot hold"},
        {"a@b", "u", "p", NULL, ERROR_USAGE, "host name cannot hold"},
        {"", "u", "p", NULL, ERROR_USAGE, "no host"},
        {"h", "", "p", NULL, ERROR_USAGE, "no user"},
        {"h", "u", NULL, NULL, ERROR_USAGE, "no password"},
        {"h", "u", "p\r\nDELE 1", NULL, ERROR_USAGE, "line break"},
        {"h", "u\nx", "p", NULL, ERROR_USAGE, "line break"},
        {"h", "u", "p", "/no/such/file.pem", ERROR_USAGE, "/no/such/file.pem: No such file"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("nowhere %zu %s", i, cases[i].host);
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &(struct stream_spec){.host = cases[i].host,
                                                .port = 1,
                                                .user = cases[i].user,
                                                .password = cases[i].password,
                                                .ca_file = cases[i].ca_file,
                                                .connect_timeout_ms = 10000});
        net_case_settle(net, s);
        const struct error *e = stream_error(s);
        CHECK(e != NULL);
        CHECK_STR(error_code_name(e ? e->code : ERROR_NONE), error_code_name(cases[i].code));
        CHECK_INT(e ? e->retry : 0, cases[i].code == ERROR_USAGE ? ERROR_RETRY_NEVER : ERROR_RETRY_LATER);
        CHECK_LABEL("\"%s\" in \"%.300s\"", cases[i].words, e ? e->text : "");
        CHECK(e && strstr(e->text, cases[i].words));
        net_free(net);
    }
}

static void test_useless_ca_file(void)
{
    char path[] = "/tmp/popferry-test-empty-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    struct net_server *server = net_server_start(&(struct net_script){.talk = net_case_silent});
    struct stream_spec spec = net_case_spec(STREAM_IMAP, STREAM_TLS_IMPLICIT, net_server_port(server));
    spec.ca_file = path;
    struct net *net = net_case_new();
    struct stream *s = stream_open(net, &spec);
    net_case_settle(net, s);
    CHECK(stream_error(s) && stream_error(s)->code == ERROR_USAGE && strstr(stream_error(s)->text, path));
    net_free(net);
    net_server_stop(server);
    close(fd);
    unlink(path);
}

/* What the error about a self-signed certificate advises. */
static void test_trusted_self_signed(void)
{
    char path[] = "/tmp/popferry-test-own-XXXXXX";
    SSL_CTX *tls = net_certs_server(NET_CERT_SELF_SIGNED, 0);
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    CHECK(f && PEM_write_X509(f, SSL_CTX_get0_certificate(tls)) == 1 && !fclose(f));
    struct net_server *server = net_server_start(&(struct net_script){.talk = net_imap,
        .tls = tls,
        .implicit = true,
        .greeting = IMAP_OK,
        .caps = "AUTH=PLAIN",
        .user = USER,
        .password = PASSWORD});
    struct stream_spec spec = net_case_spec(STREAM_IMAP, STREAM_TLS_IMPLICIT, net_server_port(server));
    spec.ca_file = path;
    struct net *net = net_case_new();
    struct stream *s = stream_open(net, &spec);
    net_case_settle(net, s);
    CHECK_INT(stream_state(s), STREAM_READY);
    net_free(net);
    net_server_stop(server);
    SSL_CTX_free(tls);
    unlink(path);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"failures", test_failures},
        {"nowhere", test_nowhere},
        {"useless CA file", test_useless_ca_file},
        {"self-signed, trusted", test_trusted_self_signed},
    };
    net_case_ca = net_certs_init();
    int rc = check_main("failures", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
