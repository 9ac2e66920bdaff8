/* How a server is reached and what is taken for it: TLS versions, pins, trusted folders, local addresses,
 * proxies; and an administrator who opens another's mailbox. Against real small servers. */
#include "mem.h"
#include "net_case.h"
#include "stream_route.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#define WRONG_PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* ---- words ---- */
static void test_pins(void)
{
    static const struct {
        const char *pin;
        bool valid;
    } pins[] = {
        {WRONG_PIN, true},
        {"sha256//+/09azAZ+/09azAZ+/09azAZ+/09azAZ+/09azAZ+/0=", true},
        {"", false},
        {"sha256//", false},
        {"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false},
        {"SHA256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false},
        {"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false},
        {"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", false},
        {WRONG_PIN ";" WRONG_PIN, false},
        {WRONG_PIN " ", false},
        {"/etc/passwd", false},
    };
    for (size_t i = 0; i < COUNT(pins); i++) {
        CHECK_LABEL("%s", pins[i].pin);
        CHECK_INT(stream_pin_is_valid(pins[i].pin), pins[i].valid);
    }
}

static void test_proxy_names(void)
{
    static const struct {
        const char *proxy, *name;
    } proxies[] = {
        {"socks5://host:1080", "socks5://host:1080"},
        {"socks5h://me:secret@host:1080", "socks5h://host:1080"},
        {"http://me:s@cret@host:3128/", "http://host:3128"},
        {"me:secret@host:3128", "http://host:3128"},
        {"host:3128", "http://host:3128"},
        {"http://a\033b:1", "http://a?b:1"},
    };
    char name[STREAM_ROUTE_NAME_MAX];
    for (size_t i = 0; i < COUNT(proxies); i++) {
        CHECK_LABEL("%s", proxies[i].proxy);
        CHECK_STR(stream_route_proxy_name(name, proxies[i].proxy), proxies[i].name);
    }
}

static void test_faults(void)
{
    static const struct {
        struct stream_spec spec;
        const char *words; /* NULL: none */
    } cases[] = {
        {{.security = IMPLICIT}, NULL},
        {{.route.proxy = ""}, NULL},
        {{.route.proxy = "SOCKS5://h:1"}, NULL},
        {{.route.proxy = "h:1"}, NULL},
        {{.route.proxy = "https://h:1"}, "must be socks5://"},
        {{.route.proxy = "file:///etc/passwd"}, "must be socks5://"},
        {{.route.proxy = "http://"}, "names no host"},
        {{.route.proxy = "http://h:1\r\nX: y"}, "blank or control"},
        {{.route.tls_pin = WRONG_PIN}, NULL},
        {{.route.tls_pin = "x"}, "44 characters"},
        {{.security = PLAIN, .route.tls_pin = WRONG_PIN}, "cannot be pinned"},
        {{.route.ca_dir = "/a:/b"}, "':'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *fault = stream_route_fault(&cases[i].spec);
        CHECK_LABEL("fault %zu: %s", i, fault ? fault : "");
        CHECK_INT(fault != NULL, cases[i].words != NULL);
        CHECK(!fault || strstr(fault, cases[i].words ? cases[i].words : ""));
    }
}

/* ---- streams ---- */
enum pin {
    NO_PIN,
    RIGHT_PIN,
    OTHER_PIN,
};

struct way {
    const char *label;
    enum stream_protocol protocol;
    enum stream_security security;
    enum net_cert cert;
    int max_version;
    bool no_ca;
    struct stream_route route;
    enum pin pin;
    enum error_code code; /* ERROR_NONE: it works */
    const char *words[3];
    const char *version; /* NULL: any */
};

static const struct way ways[] = {
    {.label = "TLS 1.0", .max_version = TLS1_VERSION, .route.tls_min = STREAM_TLS_1_0, .version = "TLSv1"},
    {.label = "TLS 1.1",
        .protocol = I4,
        .max_version = TLS1_1_VERSION,
        .route.tls_min = STREAM_TLS_1_1,
        .version = "TLSv1.1"},
    {.label = "TLS 1.1, STARTTLS",
        .protocol = I4,
        .security = STARTTLS,
        .max_version = TLS1_1_VERSION,
        .route.tls_min = STREAM_TLS_1_0,
        .version = "TLSv1.1"},
    {.label = "the best is taken, not the least", .route.tls_min = STREAM_TLS_1_0, .version = "TLSv1.3"},
    {.label = "TLS 1.0, 1.1 allowed",
        .max_version = TLS1_VERSION,
        .route.tls_min = STREAM_TLS_1_1,
        .code = ERROR_TLS,
        .words = {"TLS 1.1 is the least here", "--from-tls-min 1.0 accepts"}},
    {.label = "TLS 1.1 of a destination",
        .protocol = I4,
        .max_version = TLS1_1_VERSION,
        .code = ERROR_TLS,
        .words = {"TLS 1.2 is the least here", "--to-tls-min 1.1 (if that is not enough, 1.0) accepts"}},
    {.label = "TLS 1.2, 1.3 wanted",
        .max_version = TLS1_2_VERSION,
        .route.tls_min = STREAM_TLS_1_3,
        .code = ERROR_TLS,
        .words = {"TLS 1.3 is the least here", "--from-tls-min 1.2 accepts"}},
    {.label = "an old version excuses no certificate",
        .cert = NET_CERT_EXPIRED,
        .max_version = TLS1_VERSION,
        .route.tls_min = STREAM_TLS_1_0,
        .code = ERROR_TLS,
        .words = {"expired on", "--from-tls-pin sha256//"}},
    {.label = "self-signed, pinned", .cert = NET_CERT_SELF_SIGNED, .pin = RIGHT_PIN, .no_ca = true},
    {.label = "expired, pinned", .protocol = I4, .cert = NET_CERT_EXPIRED, .pin = RIGHT_PIN},
    {.label = "not yet valid, pinned", .cert = NET_CERT_NOT_YET, .pin = RIGHT_PIN},
    {.label = "wrong host, pinned", .cert = NET_CERT_WRONG_HOST, .pin = RIGHT_PIN},
    {.label = "good, pinned", .protocol = I4, .pin = RIGHT_PIN},
    {.label = "STARTTLS, pinned",
        .security = STARTTLS,
        .cert = NET_CERT_SELF_SIGNED,
        .pin = RIGHT_PIN,
        .no_ca = true},
    {.label = "old and pinned",
        .cert = NET_CERT_SELF_SIGNED,
        .max_version = TLS1_VERSION,
        .route.tls_min = STREAM_TLS_1_0,
        .pin = RIGHT_PIN},
    {.label = "a pin excuses no old version",
        .max_version = TLS1_VERSION,
        .pin = RIGHT_PIN,
        .code = ERROR_TLS,
        .words = {"TLS 1.2 is the least here"}},
    {.label = "another pin",
        .pin = OTHER_PIN,
        .code = ERROR_TLS,
        .words = {"shows another key than --from-tls-pin", "between"}},
    {.label = "another pin, STARTTLS, self-signed",
        .protocol = I4,
        .security = STARTTLS,
        .cert = NET_CERT_SELF_SIGNED,
        .pin = OTHER_PIN,
        .code = ERROR_TLS,
        .words = {"shows another key than --to-tls-pin"}},
    {.label = "a local address", .route.bind = "127.0.0.9"},
    {.label = "no address of ours",
        .route.bind = "192.0.2.1",
        .code = ERROR_USAGE,
        .words = {"--bind names (192.0.2.1)"}},
    {.label = "no interface of ours",
        .route.bind = "if!no-such-interface",
        .code = ERROR_USAGE,
        .words = {"--bind names"}},
    {.label = "IPv4", .route.family = STREAM_IPV4},
    {.label = "IPv4 is not IPv6", .route.family = STREAM_IPV6, .code = ERROR_CONNECT, .words = {"127.0.0.1"}},
    {.label = "no proxy there",
        .route.proxy = "socks5://me:secret-of-proxy@127.0.0.1:1",
        .code = ERROR_CONNECT,
        .words = {"the proxy socks5://127.0.0.1:1 cannot be reached"}},
    {.label = "a proxy without address",
        .route.proxy = "http://no-such-proxy.invalid:1",
        .code = ERROR_CONNECT,
        .words = {"no address is known for the proxy http://no-such-proxy.invalid:1"}},
    {.label = "a proxy of another kind",
        .route.proxy = "gopher://127.0.0.1:1",
        .code = ERROR_USAGE,
        .words = {"must be socks5://"}},
    {.label = "a folder that is not there",
        .route.ca_dir = "/no/such/folder",
        .code = ERROR_USAGE,
        .words = {"--ca-dir: /no/such/folder: No such file"}},
};

static void pin_of(SSL_CTX *tls, char ret[STREAM_PIN_MAX])
{
    unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE], text[100];
    unsigned len = 0;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(SSL_CTX_get0_certificate(tls)), &der);
    CHECK(size > 0 && EVP_Digest(der, (size_t)size, digest, &len, EVP_sha256(), NULL) == 1);
    EVP_EncodeBlock(text, digest, (int)len);
    snprintf(ret, STREAM_PIN_MAX, "sha256//%.44s", (const char *)text);
    OPENSSL_free(der);
}

static struct net_server *serve(
    enum stream_protocol protocol, enum stream_security security, SSL_CTX *tls, const char *authzid)
{
    bool pop3 = protocol == P3;
    return net_server_start(&(struct net_script){
        .talk = pop3 ? net_pop3 : net_imap,
        .tls = tls,
        .implicit = security == IMPLICIT,
        .greeting = pop3 ? POP3_OK : IMAP_OK,
        .caps = pop3 ? "STLS\r\nSASL PLAIN\r\n" : "STARTTLS AUTH=PLAIN",
        .user = USER,
        .password = PASSWORD,
        .authzid = authzid,
    });
}

static void check_worked(const struct way *w, const struct stream *s, const char *pin)
{
    CHECK_STR(stream_error(s) ? stream_error(s)->text : "", "");
    CHECK_INT(stream_state(s), STREAM_READY);
    const struct stream_tls *tls = stream_tls(s);
    CHECK(tls->used);
    CHECK_STR(tls->pin, pin);
    CHECK_INT(tls->pinned, w->pin == RIGHT_PIN);
    CHECK(tls->not_after_s > 0);
    if (w->version)
        CHECK_STR(tls->version, w->version);
}

static void check_refused(
    const struct way *w, const struct stream *s, const char *pin, struct net_server *server)
{
    const struct error *e = stream_error(s);
    CHECK(e != NULL);
    CHECK_STR(error_code_name(e ? e->code : ERROR_NONE), error_code_name(w->code));
    CHECK_INT(net_server_logins(server), 0);
    CHECK(!stream_tls(s)->used);
    for (size_t i = 0; e && i < COUNT(w->words) && w->words[i]; i++) {
        CHECK_LABEL("%s: \"%s\" in \"%.400s\"", w->label, w->words[i], e->text);
        CHECK(strstr(e->text, w->words[i]) != NULL);
    }
    if (w->pin == OTHER_PIN)
        CHECK(e && strstr(e->text, pin));
    CHECK(!e || !strstr(e->text, "secret-of-proxy"));
}

static void test_ways(void)
{
    for (size_t i = 0; i < COUNT(ways); i++) {
        const struct way *w = &ways[i];
        char pin[STREAM_PIN_MAX];
        CHECK_LABEL("%s", w->label);
        SSL_CTX *tls = net_certs_server(w->cert, w->max_version);
        pin_of(tls, pin);
        struct net_server *server = serve(w->protocol, w->security, tls, NULL);
        struct stream_spec spec = net_case_spec(w->protocol, w->security, net_server_port(server));
        spec.route = w->route;
        spec.route.tls_pin = w->pin == RIGHT_PIN ? pin : w->pin == OTHER_PIN ? WRONG_PIN : NULL;
        spec.ca_file = w->no_ca ? NULL : net_case_ca;
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        net_case_settle(net, s);
        if (w->code)
            check_refused(w, s, pin, server);
        else
            check_worked(w, s, pin);
        net_case_check_no_secret(PASSWORD);
        net_free(net);
        net_server_stop(server);
        SSL_CTX_free(tls);
    }
}

/* The CA in a folder, by the name that OpenSSL looks for. */
static void test_ca_dir(void)
{
    char dir[] = "/tmp/popferry-test-cas-XXXXXX";
    FILE *f = fopen(net_case_ca, "r");
    X509 *ca = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    CHECK(ca && mkdtemp(dir));
    CLEANUP(mem_free_str) char *name = mem_printf("%s/%08lx.0", dir, X509_subject_name_hash(ca));
    CHECK_INT(symlink(net_case_ca, name), 0);
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    for (int with = 0; with < 2; with++) {
        CHECK_LABEL("a folder of CAs: %d", with);
        struct net_server *server = serve(I4, IMPLICIT, tls, NULL);
        struct stream_spec spec = net_case_spec(I4, IMPLICIT, net_server_port(server));
        spec.ca_file = NULL;
        spec.route.ca_dir = with ? dir : NULL;
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        net_case_settle(net, s);
        CHECK_INT(stream_state(s), with ? STREAM_READY : STREAM_FAILED);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
    X509_free(ca);
    if (f)
        fclose(f);
    unlink(name);
    rmdir(dir);
}

/* ---- an administrator ---- */
static const struct {
    const char *label;
    enum stream_protocol protocol;
    const char *caps, *ir_reply, *authzid, *reply;
    unsigned logins;
    enum error_code code;
    const char *words;
} admins[] = {
    {"POP3", P3, "SASL PLAIN\r\n", NULL, "jun", NULL, 1, ERROR_NONE, NULL},
    {"IMAP", I4, "AUTH=PLAIN", NULL, "jun", NULL, 1, ERROR_NONE, NULL},
    {"IMAP, initial response", I4, "SASL-IR AUTH=PLAIN", NULL, "jun", NULL, 1, ERROR_NONE, NULL},
    {"before better ones", I4, "AUTH=CRAM-MD5 AUTH=PLAIN AUTH=LOGIN", NULL, "jun", NULL, 1, ERROR_NONE, NULL},
    {"without initial response", P3, "SASL PLAIN\r\n", "-ERR syntax error\r\n", "jun", NULL, 1, ERROR_NONE,
        NULL},
    {"may not", P3, "SASL PLAIN\r\n", NULL, "other", NULL, 1, ERROR_AUTH,
        "for the mailbox of \"jun\" refused"},
    {"its name echoed", P3, "SASL PLAIN\r\n", NULL, "jun", "echo", 1, ERROR_AUTH,
        "for the mailbox of \"jun\" refused"},
    {"no PLAIN", P3, "USER\r\nSASL LOGIN\r\n", NULL, "jun", NULL, 0, ERROR_AUTH, "--from-authzid"},
    {"no SASL", P3, "USER\r\n", NULL, "jun", NULL, 0, ERROR_AUTH, "--from-authzid"},
    {"no PLAIN in IMAP", I4, "AUTH=LOGIN", NULL, "jun", NULL, 0, ERROR_AUTH, "--to-authzid"},
};

/* What PLAIN sends: "jun", NUL, user, NUL, password. */
static void admin_message(char *dst, size_t cap)
{
    char text[512] = "jun";
    size_t user = strlen(USER), password = strlen(PASSWORD);
    memcpy(text + 4, USER, user);
    memcpy(text + 4 + user + 1, PASSWORD, password);
    CHECK(cap > 700);
    EVP_EncodeBlock((unsigned char *)dst, (unsigned char *)text, (int)(4 + user + 1 + password));
}

static void test_admins(void)
{
    SSL_CTX *tls = net_certs_server(NET_CERT_GOOD, 0);
    char message[800], echo[1000];
    admin_message(message, sizeof message);
    snprintf(echo, sizeof echo, "-ERR no: AUTH PLAIN %s\r\n", message);
    for (size_t i = 0; i < COUNT(admins); i++) {
        bool pop3 = admins[i].protocol == P3;
        CHECK_LABEL("%s", admins[i].label);
        struct net_server *server = net_server_start(&(struct net_script){
            .talk = pop3 ? net_pop3 : net_imap,
            .tls = tls,
            .implicit = true,
            .greeting = pop3 ? APOP_OK : IMAP_OK,
            .caps = admins[i].caps,
            .ir_reply = admins[i].ir_reply,
            .login_reply = admins[i].reply ? echo : NULL,
            .user = USER,
            .password = PASSWORD,
            .authzid = admins[i].authzid,
        });
        struct stream_spec spec = net_case_spec(admins[i].protocol, IMPLICIT, net_server_port(server));
        spec.authzid = "jun";
        struct net *net = net_case_new();
        struct stream *s = stream_open(net, &spec);
        net_case_settle(net, s);
        const struct error *e = stream_error(s);
        CHECK_STR(error_code_name(e ? e->code : ERROR_NONE), error_code_name(admins[i].code));
        CHECK_INT(net_server_logins(server), admins[i].logins);
        CHECK_LABEL("%s: \"%.300s\"", admins[i].label, e ? e->text : "");
        CHECK(!e || (admins[i].words && strstr(e->text, admins[i].words)));
        CHECK(!e || !strstr(e->text, message));
        net_case_check_no_secret(PASSWORD);
        net_case_check_no_secret(message);
        net_free(net);
        net_server_stop(server);
    }
    SSL_CTX_free(tls);
}

static void test_admin_faults(void)
{
    static const struct {
        const char *authzid, *token, *words;
    } cases[] = {
        {"", NULL, "is empty"},
        {"a\r\nDELE 1", NULL, "line break"},
        {"jun", "token", "opens the mailbox of its user name alone"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stream_spec spec = net_case_spec(I4, IMPLICIT, 1);
        spec.authzid = cases[i].authzid;
        spec.token = cases[i].token;
        struct net *net = net_case_new();
        const struct error *e = stream_error(stream_open(net, &spec));
        CHECK_LABEL("admin fault %zu: %.300s", i, e ? e->text : "");
        CHECK(e && e->code == ERROR_USAGE && strstr(e->text, cases[i].words));
        net_free(net);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"pins", test_pins},
        {"names of proxies", test_proxy_names},
        {"faults", test_faults},
        {"ways", test_ways},
        {"folder of CAs", test_ca_dir},
        {"administrators", test_admins},
        {"administrators' faults", test_admin_faults},
    };
    net_case_ca = net_certs_init();
    int rc = check_main("route", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
