/* https_fetch against real small servers. */
#include "http_peer.h"
#include "https.h"
#include "net_case.h"

#define FORM "grant_type=refresh_token&refresh_token=very-secret"

static struct http_ask asked; /* the last one; read after the server has stopped */
static uint16_t port;

static void redirect(struct net_peer *p, const char *to)
{
    char more[512];
    snprintf(more, sizeof more, "Location: %s\r\n", to);
    http_peer_answer(p, "302 Found", "text/html", more, "elsewhere");
}

static void pour(struct net_peer *p, size_t octets)
{
    static char piece[4096];
    memset(piece, 'x', sizeof piece);
    for (size_t at = 0; at < octets; at += sizeof piece)
        if (!net_peer_write(p, piece, octets - at < sizeof piece ? octets - at : sizeof piece))
            return;
}

static void talk(struct net_peer *p, const struct net_script *script)
{
    (void)script;
    char here[128];
    snprintf(here, sizeof here, "http://127.0.0.1:%u/ok", port);
    if (!http_peer_ask(p, &asked))
        return;
    if (!strcmp(asked.path, "/moved"))
        redirect(p, "/ok");
    else if (!strcmp(asked.path, "/loop"))
        redirect(p, "/loop");
    else if (!strcmp(asked.path, "/elsewhere"))
        redirect(p, "https://other.example/ok");
    else if (!strcmp(asked.path, "/alias"))
        redirect(p, "https://127.0.0.1.other.example/ok");
    else if (!strcmp(asked.path, "/without-tls"))
        redirect(p, here);
    else if (!strcmp(asked.path, "/file"))
        redirect(p, "file:///etc/passwd");
    else if (!strcmp(asked.path, "/silent"))
        net_peer_hold(p);
    else if (!strncmp(asked.path, "/pour", 5) && net_peer_say(p, "HTTP/1.1 200 OK\r\n\r\n"))
        pour(p, strtoul(asked.path + 5, NULL, 10));
    else if (!strcmp(asked.path, "/bare") && net_peer_say(p, "HTTP/1.0 200 OK\r\n\r\n{\"b\":2}"))
        net_peer_no_goodbye(p);
    else if (!strcmp(asked.path, "/broken"))
        net_peer_say(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    else if (!strcmp(asked.path, "/empty"))
        http_peer_answer(p, "204 No Content", "text/plain", "", "");
    else if (!strcmp(asked.path, "/missing"))
        http_peer_answer(p, "404 Not Found", "text/html", "", "nothing here");
    else if (!strcmp(asked.path, "/ok"))
        http_peer_answer(p, "200 OK", "application/json", "", "{\"a\":1}");
}

static void talk_pop3(struct net_peer *p, const struct net_script *script)
{
    (void)script;
    net_peer_say(p, POP3_OK);
    net_peer_hold(p);
}

static struct net_server *start(enum net_cert cert, bool tls, SSL_CTX **ret_ctx)
{
    *ret_ctx = tls ? net_certs_server(cert, 0) : NULL;
    struct net_server *server =
        net_server_start(&(struct net_script){.talk = talk, .tls = *ret_ctx, .implicit = tls});
    port = net_server_port(server);
    return server;
}

static void stop(struct net_server *server, SSL_CTX *ctx)
{
    net_server_stop(server);
    SSL_CTX_free(ctx);
}

static int fetch(struct https_request r, const char *scheme, const char *host, const char *path,
    struct https_reply *ret, struct error *err)
{
    char url[256];
    snprintf(url, sizeof url, "%s://%s:%u%s", scheme, host, port, path);
    r.url = url;
    r.proxy = "";
    if (!r.ca_file)
        r.ca_file = net_case_ca;
    return https_fetch(&r, ret, err);
}

static void test_answers(void)
{
    static const struct {
        const char *path;
        int status;
        const char *body, *type;
    } cases[] = {
        {"/ok", 200, "{\"a\":1}", "application/json"},
        {"/missing", 404, "nothing here", "text/html"},
        {"/empty", 204, "", "text/plain"},
        {"/moved", 200, "{\"a\":1}", "application/json"},
        {"/bare", 200, "{\"b\":2}", ""},
    };
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].path);
        struct https_reply reply = {0};
        struct error err = {0};
        int rc = fetch((struct https_request){0}, "https", "127.0.0.1", cases[i].path, &reply, &err);
        CHECK_INT(rc, 0);
        CHECK_STR(err.text, "");
        CHECK_INT(reply.status, cases[i].status);
        CHECK_STR(reply.body, cases[i].body);
        CHECK_INT(reply.len, strlen(cases[i].body));
        CHECK_STR(reply.content_type, cases[i].type);
        https_reply_done(&reply);
        CHECK(!reply.body);
    }
    stop(server, ctx);
}

static void test_post(void)
{
    CHECK_LABEL("post");
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    struct https_reply reply = {0};
    struct https_request r = {.form = FORM, .accept = "application/json"};
    CHECK_INT(fetch(r, "https", "localhost", "/ok", &reply, NULL), 0);
    https_reply_done(&reply);
    stop(server, ctx);
    CHECK_STR(asked.method, "POST");
    CHECK_STR(asked.body, FORM);
    CHECK_STR(asked.type, "application/x-www-form-urlencoded");
    CHECK_STR(asked.accept, "application/json");
}

/* The certificate counts for the name in the URL, whatever the address. */
static void test_address(void)
{
    CHECK_LABEL("address");
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_WRONG_HOST, true, &ctx);
    struct https_reply reply = {0};
    struct https_request r = {.address = "127.0.0.1"};
    struct error err = {0};
    CHECK_INT(fetch(r, "https", "third.example", "/ok", &reply, &err), -1);
    CHECK_INT(err.code, ERROR_TLS);
    CHECK(!reply.body);
    CHECK_INT(fetch(r, "https", "other.example", "/ok", &reply, NULL), 0);
    CHECK_INT(reply.status, 200);
    https_reply_done(&reply);
    stop(server, ctx);
    CHECK(!strncmp(asked.host, "other.example:", 14));
}

struct failure {
    const char *path;
    struct https_request request;
    enum error_code code;
    enum error_retry retry;
    const char *words;
};

static void check_failure(const struct failure *f, const char *scheme, const char *host)
{
    CHECK_LABEL("%s %s", scheme, f->path);
    struct https_reply reply = {.status = 7};
    struct error err = {0};
    CHECK_INT(fetch(f->request, scheme, host, f->path, &reply, &err), -1);
    CHECK_INT(err.code, f->code);
    CHECK_INT(err.retry, f->retry);
    CHECK(strstr(err.text, f->words) != NULL);
    CHECK(strstr(err.text, host) != NULL);
    CHECK(!strstr(err.text, "secret"));
    CHECK_INT(reply.status, 7);
}

static void test_failures(void)
{
    static const struct failure failures[] = {
        {"/elsewhere", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "another host (other.example)"},
        {"/alias", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "another host (127.0.0.1.other.example)"},
        {"/without-tls", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "without TLS"},
        {"/file", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "another host"},
        {"/loop", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "again and again"},
        {"/moved", {.form = FORM}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "cannot follow"},
        {"/pour1048577", {0}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "longer than the 1048576 bytes"},
        {"/pour101", {.max_octets = 100}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "longer than the 100 bytes"},
        {"/broken", {0}, ERROR_CONNECT, ERROR_RETRY_LATER, "cannot be asked"},
        {"/closed", {0}, ERROR_CONNECT, ERROR_RETRY_LATER, "cannot be asked"},
        {"/silent", {.timeout_ms = 300}, ERROR_TIMEOUT, ERROR_RETRY_LATER, "in time"},
    };
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    for (size_t i = 0; i < COUNT(failures); i++)
        check_failure(&failures[i], "https", "127.0.0.1");
    stop(server, ctx);
    const struct failure closed = {"/ok", {0}, ERROR_CONNECT, ERROR_RETRY_LATER, "cannot be asked"};
    check_failure(&closed, "https", "127.0.0.1"); /* nothing answers there any more */
}

static void test_size(void)
{
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    static const size_t sizes[] = {1, 4095, 4096, 4097, 20000, 1048576};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char path[32];
        snprintf(path, sizeof path, "/pour%zu", sizes[i]);
        CHECK_LABEL("%s", path);
        struct https_reply reply = {0};
        CHECK_INT(fetch((struct https_request){0}, "https", "127.0.0.1", path, &reply, NULL), 0);
        CHECK_INT(reply.len, sizes[i]);
        CHECK_INT(strlen(reply.body ? reply.body : ""), sizes[i]);
        https_reply_done(&reply);
    }
    stop(server, ctx);
}

static void test_certificates(void)
{
    static const enum net_cert kinds[] = {
        NET_CERT_EXPIRED, NET_CERT_NOT_YET, NET_CERT_WRONG_HOST, NET_CERT_SELF_SIGNED};
    const struct failure refused = {"/ok", {.form = FORM}, ERROR_TLS, ERROR_RETRY_NEVER, "no verified TLS"};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        SSL_CTX *ctx;
        struct net_server *server = start(kinds[i], true, &ctx);
        asked = (struct http_ask){0};
        check_failure(&refused, "https", "127.0.0.1");
        stop(server, ctx);
        CHECK_STR(asked.method, ""); /* nothing was sent */
    }
    struct failure no_file = refused;
    no_file.request.ca_file = "/nonexistent/ca.pem";
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    check_failure(&no_file, "https", "127.0.0.1");
    stop(server, ctx);
}

static void test_without_tls(void)
{
    const struct failure refused = {"/ok", {0}, ERROR_USAGE, ERROR_RETRY_NEVER, "must begin with https://"};
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, false, &ctx);
    check_failure(&refused, "http", "127.0.0.1");
    CHECK_INT(net_server_connections(server), 0);
    struct https_reply reply = {0};
    struct https_request r = {.allow_http = true};
    CHECK_INT(fetch(r, "http", "127.0.0.1", "/without-tls", &reply, NULL), 0);
    CHECK_STR(reply.body, "{\"a\":1}");
    https_reply_done(&reply);
    stop(server, ctx);
    const struct failure alien = {
        "/ok", {.allow_http = true}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "no web server"};
    server = net_server_start(&(struct net_script){.talk = talk_pop3});
    port = net_server_port(server);
    check_failure(&alien, "http", "127.0.0.1");
    net_server_stop(server);
}

static void test_urls(void)
{
    static const char *const urls[] = {
        "", "ftp://a.example/", "file:///etc/passwd", "//a.example/", "https://", "a b"};
    for (size_t i = 0; i < COUNT(urls); i++) {
        CHECK_LABEL("%s", urls[i]);
        struct https_reply reply = {0};
        struct error err = {0};
        struct https_request r = {.url = urls[i], .proxy = "", .allow_http = true};
        CHECK_INT(https_fetch(&r, &reply, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
    }
}

static bool stop_soon(void *ctx)
{
    return ++*(int *)ctx > 3;
}

static void test_stop(void)
{
    SSL_CTX *ctx;
    struct net_server *server = start(NET_CERT_GOOD, true, &ctx);
    CHECK_LABEL("stop");
    int count = 0;
    struct https_request r = {.stop = stop_soon, .ctx = &count};
    struct https_reply reply = {0};
    struct error err = {0};
    CHECK_INT(fetch(r, "https", "127.0.0.1", "/silent", &reply, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    CHECK_INT(count, 4);
    stop(server, ctx);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"answers", test_answers},
        {"POST", test_post},
        {"address", test_address},
        {"failures", test_failures},
        {"size", test_size},
        {"certificates", test_certificates},
        {"without TLS", test_without_tls},
        {"URLs", test_urls},
        {"stop", test_stop},
    };
    net_case_ca = net_certs_init();
    int rc = check_main("https", tests, COUNT(tests));
    net_certs_done();
    return rc;
}
