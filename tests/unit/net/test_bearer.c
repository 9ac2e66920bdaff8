/* Signing in with an OAuth 2.0 token: XOAUTH2 and OAUTHBEARER over both protocols, and every way in which a
 * token is not taken. */
#include "net_case.h"
#include "stream_bearer.h"
#include <openssl/evp.h>

#define TOKEN "ya29.a0AfH6SMBx-y_z~1/2+3=="

static char *base64(const char *text)
{
    static char coded[4096]; /* of at most 3000 octets */
    EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)text, (int)strlen(text));
    return coded;
}

/* In no line of the log, in no error. */
static void check_no_token(const char *token)
{
    char message[8192];
    net_case_check_no_secret(token);
    snprintf(message, sizeof message, "user=%s\1auth=Bearer %s\1\1", USER, token);
    net_case_check_no_secret(base64(message));
}

struct road {
    const char *label;
    enum stream_protocol protocol;
    enum stream_security security;
    const char *greeting, *caps;
    enum stream_bearer bearer;
};

static const struct road roads[] = {
    {"imap, both", I4, IMPLICIT, IMAP_OK, "AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR",
        STREAM_BEARER_ANY},
    {"imap, no initial response", I4, IMPLICIT, IMAP_OK, "AUTH=XOAUTH2 AUTH=OAUTHBEARER", STREAM_BEARER_ANY},
    {"imap, XOAUTH2 only", I4, STARTTLS, IMAP_OK, "STARTTLS AUTH=XOAUTH2 SASL-IR", STREAM_BEARER_ANY},
    {"imap, XOAUTH2 wanted", I4, IMPLICIT, IMAP_OK, "AUTH=XOAUTH2 AUTH=OAUTHBEARER", STREAM_BEARER_XOAUTH2},
    {"imap, OAUTHBEARER wanted", I4, IMPLICIT, IMAP_OK, "AUTH=XOAUTH2 AUTH=OAUTHBEARER",
        STREAM_BEARER_OAUTHBEARER},
    {"imap, before passwords", I4, IMPLICIT, IMAP_OK,
        "AUTH=GSSAPI AUTH=CRAM-MD5 AUTH=NTLM AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 SASL-IR", STREAM_BEARER_ANY},
    {"imap, LOGINDISABLED", I4, IMPLICIT, IMAP_OK, "LOGINDISABLED AUTH=XOAUTH2 SASL-IR", STREAM_BEARER_ANY},
    {"pop3, both", P3, IMPLICIT, POP3_OK, "SASL PLAIN XOAUTH2 OAUTHBEARER\r\n", STREAM_BEARER_ANY},
    {"pop3, XOAUTH2 only", P3, STARTTLS, POP3_OK, "STLS\r\nSASL XOAUTH2\r\n", STREAM_BEARER_ANY},
    {"pop3, XOAUTH2 wanted", P3, IMPLICIT, POP3_OK, "SASL XOAUTH2 OAUTHBEARER\r\n", STREAM_BEARER_XOAUTH2},
    {"pop3, OAUTHBEARER wanted", P3, IMPLICIT, POP3_OK, "SASL XOAUTH2 OAUTHBEARER\r\n",
        STREAM_BEARER_OAUTHBEARER},
    {"pop3, before passwords and APOP", P3, IMPLICIT, APOP_OK,
        "USER\r\nSASL CRAM-MD5 DIGEST-MD5 PLAIN XOAUTH2\r\n", STREAM_BEARER_ANY},
};

static struct net_script script_of(const struct road *r, const char *token, SSL_CTX *tls)
{
    return (struct net_script){
        .talk = r->protocol == P3 ? net_pop3 : net_imap,
        .greeting = r->greeting,
        .caps = r->caps,
        .user = USER,
        .password = PASSWORD,
        .token = token,
        .tls = tls,
        .implicit = r->security == IMPLICIT,
    };
}

static void check_road(const struct road *r, const char *token, SSL_CTX *tls)
{
    const struct net_script script = script_of(r, token, tls);
    struct net_server *server = net_server_start(&script);
    struct net *net = net_case_new();
    struct stream_spec spec = net_case_spec(r->protocol, r->security, net_server_port(server));
    spec.token = token;
    spec.bearer = r->bearer;
    struct stream *s = stream_open(net, &spec);
    net_case_settle(net, s);
    CHECK_STR(stream_error(s) ? stream_error(s)->text : "", "");
    CHECK_INT(stream_state(s), STREAM_READY);
    CHECK_INT(net_server_logins(server), 1);
    CHECK_INT(net_server_connections(server), 1);
    check_no_token(token);
    net_free(net);
    net_server_stop(server);
}

static void test_roads(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    char longest[2600];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < COUNT(roads); i++) {
        CHECK_LABEL("%s", roads[i].label);
        check_road(&roads[i], TOKEN, tls);
        CHECK_LABEL("%s, a token as long as Microsoft's", roads[i].label);
        check_road(&roads[i], longest, tls);
    }
    SSL_CTX_free(tls);
}

struct refusal {
    const char *label;
    enum stream_protocol protocol;
    const char *caps, *challenge, *reply;
    enum error_code code;
    enum error_retry retry;
    const char *words[3];
    enum stream_bearer bearer;
};

#define GOOGLE  "{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}"
#define XOAUTH2 "AUTH=XOAUTH2 SASL-IR"
#define BEARER  "AUTH=OAUTHBEARER SASL-IR"

static const struct refusal refusals[] = {
    {"Google, IMAP", I4, XOAUTH2, GOOGLE, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"status 400", "a token for scope https://mail.google.com/", "may be expired"}, 0},
    {"Google, POP3", P3, "SASL XOAUTH2\r\n", GOOGLE, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"status 400", "a token for scope https://mail.google.com/", "may be expired"}, 0},
    {"Exchange, IMAP", I4, XOAUTH2, NULL, "NO AUTHENTICATE failed.\r\n", ERROR_AUTH, ERROR_RETRY_NEVER,
        {"AUTHENTICATE failed", "token of \"" USER "\" was refused", "may be expired"}, 0},
    {"Exchange, POP3", P3, "SASL XOAUTH2\r\n", NULL,
        "-ERR Authentication failure: unknown user name or bad password.\r\n", ERROR_AUTH, ERROR_RETRY_NEVER,
        {"unknown user name", "OAuth 2.0 token", "this mailbox"}, 0},
    {"OAUTHBEARER, scope", I4, BEARER, "{\"status\":\"insufficient_scope\",\"scope\":\"mail\"}",
        "NO [AUTHENTICATIONFAILED] no\r\n", ERROR_AUTH, ERROR_RETRY_NEVER,
        {"status insufficient_scope", "no right to mail by this protocol", "sign in again"}, 0},
    {"OAUTHBEARER, token", P3, "SASL OAUTHBEARER\r\n", "{\"status\":\"invalid_token\"}", "-ERR no\r\n",
        ERROR_AUTH, ERROR_RETRY_NEVER, {"status invalid_token", "\"no\"", "may be expired"}, 0},
    {"throttled", I4, XOAUTH2, NULL, "NO [UNAVAILABLE] too many connections\r\n", ERROR_THROTTLED,
        ERROR_RETRY_LATER, {"try again later", "too many connections", "refused"}, 0},
    {"in use", P3, "SASL XOAUTH2\r\n", NULL, "-ERR [IN-USE] locked\r\n", ERROR_IN_USE, ERROR_RETRY_LATER,
        {"another session", "locked", "refused"}, 0},
    {"passwords only, IMAP", I4, "AUTH=PLAIN AUTH=LOGIN", NULL, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"no way to sign in", "PLAIN LOGIN", "use a password"}, 0},
    {"passwords only, POP3", P3, "USER\r\nSASL PLAIN\r\n", NULL, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"no way to sign in", "PLAIN", "use a password"}, 0},
    {"no SASL at all", P3, "USER\r\n", NULL, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"no way to sign in", "none", "use a password"}, 0},
    {"another mechanism", I4, XOAUTH2, NULL, NULL, ERROR_AUTH, ERROR_RETRY_NEVER,
        {"no way to sign in", "XOAUTH2", "ask the host"}, STREAM_BEARER_OAUTHBEARER},
    {"repeats the token", I4, XOAUTH2, "{\"status\":\"401\",\"scope\":\"" TOKEN "\"}", NULL, ERROR_AUTH,
        ERROR_RETRY_NEVER, {"status 401", "a token for scope ***", "refused"}, 0},
    {"no JSON", I4, BEARER, "hello", "NO no\r\n", ERROR_AUTH, ERROR_RETRY_NEVER,
        {"\"NO no\"", "may be expired", "refused"}, 0},
};

static void check_refusal(const struct refusal *r, SSL_CTX *tls)
{
    struct net_script script = {
        .talk = r->protocol == P3 ? net_pop3 : net_imap,
        .greeting = r->protocol == P3 ? APOP_OK : IMAP_OK,
        .caps = r->caps,
        .challenge = r->challenge ? base64(r->challenge) : NULL,
        .login_reply = r->reply,
        .user = USER,
        .password = PASSWORD,
        .token = "another token",
        .tls = tls,
        .implicit = true,
    };
    struct net_server *server = net_server_start(&script);
    struct net *net = net_case_new();
    struct stream_spec spec = net_case_spec(r->protocol, IMPLICIT, net_server_port(server));
    spec.token = TOKEN;
    spec.bearer = r->bearer;
    struct stream *s = stream_open(net, &spec);
    net_case_settle(net, s);
    const struct error *err = stream_error(s);
    CHECK_INT(err ? err->code : ERROR_NONE, r->code);
    CHECK_INT(err ? err->retry : ERROR_RETRY_NOW, r->retry);
    for (size_t i = 0; i < COUNT(r->words); i++) {
        bool said = err && strstr(err->text, r->words[i]);
        CHECK(said);
        if (!said)
            fprintf(stderr, "  \"%s\" is not in: %s\n", r->words[i], err ? err->text : "");
    }
    CHECK_INT(net_server_connections(server), 1); /* a refused token is not tried again */
    check_no_token(TOKEN);
    net_free(net);
    net_server_stop(server);
}

static void test_refusals(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        CHECK_LABEL("%s", refusals[i].label);
        check_refusal(&refusals[i], tls);
    }
    SSL_CTX_free(tls);
}

static void test_spec(void)
{
    static const struct {
        const char *user, *token, *words;
        enum stream_bearer bearer;
    } cases[] = {
        {USER, "", "empty", 0},
        {USER, "two words", "no token holds", 0},
        {USER, "line\r\nend", "no token holds", 0},
        {USER, "soh\1auth=Bearer x", "no token holds", 0},
        {USER, "\xe7\xa7\x98", "no token holds", 0},
        {"a\1b", TOKEN, "user name", 0},
        {"a,b", TOKEN, "user name", STREAM_BEARER_OAUTHBEARER},
        {"a\r\nb", TOKEN, "line break", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("spec %zu", i);
        struct net *net = net_case_new();
        struct stream_spec spec = net_case_spec(I4, IMPLICIT, 1);
        spec.user = cases[i].user;
        spec.token = cases[i].token;
        spec.bearer = cases[i].bearer;
        struct stream *s = stream_open(net, &spec);
        CHECK_INT(stream_state(s), STREAM_FAILED);
        CHECK_INT(stream_error(s)->code, ERROR_USAGE);
        CHECK(strstr(stream_error(s)->text, cases[i].words) != NULL);
        net_free(net);
    }
    CHECK_STR(stream_bearer_options(STREAM_BEARER_ANY, "a@b"), "AUTH=OAUTHBEARER;AUTH=XOAUTH2");
    CHECK_STR(stream_bearer_options(STREAM_BEARER_ANY, "a=b"), "AUTH=XOAUTH2");
    CHECK_STR(stream_bearer_options(STREAM_BEARER_ANY, "a,b"), "AUTH=XOAUTH2");
}

/* Every begin of a challenge is a begin of what it says. */
static void test_challenge(void)
{
    char line[4200], text[256];
    snprintf(line, sizeof line, "+ %s", base64(GOOGLE));
    size_t len = strlen(line), whole = stream_bearer_challenge(text, sizeof text, line, len);
    CHECK_INT(whole, strlen(GOOGLE));
    CHECK(!memcmp(text, GOOGLE, whole));
    for (size_t cut = 0; cut <= len; cut++) {
        size_t n = stream_bearer_challenge(text, sizeof text, line, cut);
        CHECK(n <= whole && !memcmp(text, GOOGLE, n));
    }
    for (size_t cap = 0; cap < whole; cap++)
        CHECK_INT(stream_bearer_challenge(text, cap, line, len), cap);
    CHECK_INT(stream_bearer_challenge(text, sizeof text, "+ aGVsbG8=", 10), 0);
    CHECK_INT(stream_bearer_challenge(text, sizeof text, "+OK e30=", 8), 0);
    CHECK_INT(stream_bearer_challenge(text, sizeof text, "+", 1), 0);
}

static void test_member(void)
{
    static const struct {
        const char *json, *name, *value;
    } cases[] = {
        {GOOGLE, "status", "400"},
        {GOOGLE, "scope", "https://mail.google.com/"},
        {GOOGLE, "other", ""},
        {"{\"status\" : \"invalid_token\"", "status", "invalid_token"},
        {"{\"status\":401,\"x\":1}", "status", "401"},
        {"{\"status\":\"cut of", "status", "cut of"},
        {"{\"status\"", "status", ""},
        {"", "status", ""},
        {"{\"status\":\"longer than it can be\"}", "status", "longer than"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char value[32];
        CHECK_LABEL("%s", cases[i].json);
        size_t cap = i + 1 == COUNT(cases) ? 12 : sizeof value;
        CHECK_STR(stream_bearer_member(value, cap, cases[i].json, cases[i].name), cases[i].value);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"sign-in with a token", test_roads},
        {"refusals", test_refusals},
        {"specs", test_spec},
        {"challenge", test_challenge},
        {"member", test_member},
    };
    net_case_ca = net_certs_init();
    int rc = check_main("bearer", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
