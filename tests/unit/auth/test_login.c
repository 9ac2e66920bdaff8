/* A person signs in: by a browser that comes back to the loopback address, and by a device code. The browser
 * is played by the test. */
#include "auth_text.h"
#include "login_code.h"
#include "login_device.h"
#include "mem.h"
#include "sha256.h"
#include "token_server.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define TOKENS                                                                                               \
    {                                                                                                        \
        "200 OK", "{\"access_token\":\"at\",\"expires_in\":3600,\"refresh_token\":\"rt\"}"                   \
    }
#define DEVICE                                                                                               \
    {                                                                                                        \
        "200 OK", "{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"expires_in\":900,\"interval\":7,"   \
                  "\"verification_uri\":\"https://login.example/device\"}"                                   \
    }

/* What the browser does, once the user has opened the URL. */
struct browser {
    const char *query; /* after "/?", with %s for the state; NULL: the whole request is in raw */
    const char *raw;
    const char *answer; /* begin of the answer */
    int idle;           /* connections without a word before */
};

static struct browser steps[4];
static size_t step_count;
static char url[2048];
static bool answered[4];

static int reach(uint16_t port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        abort();
    return fd;
}

/* One octet, a pause, the rest: requests come in pieces. */
static bool visit(const struct browser *b, uint16_t port, const char *state)
{
    char query[1024], request[2048], answer[1024] = "";
    int idle[16];
    for (int i = 0; i < b->idle; i++)
        idle[i] = reach(port);
    snprintf(query, sizeof query, b->query ? b->query : "", state);
    snprintf(request, sizeof request, "GET /?%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", query);
    const char *text = b->query ? request : b->raw;
    int fd = reach(port);
    if (send(fd, text, 1, MSG_NOSIGNAL) == 1) {
        poll(NULL, 0, 20);
        send(fd, text + 1, strlen(text) - 1, MSG_NOSIGNAL);
    }
    size_t len = 0;
    for (ssize_t n; len < sizeof answer - 1 && (n = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0;)
        len += (size_t)n;
    close(fd);
    for (int i = 0; i < b->idle; i++)
        close(idle[i]);
    return !strncmp(answer, b->answer, strlen(b->answer));
}

static void *browse(void *ctx)
{
    (void)ctx;
    const char *query = strchr(url, '?') + 1;
    char *redirect = auth_form_get(query, "redirect_uri"), *state = auth_form_get(query, "state");
    uint16_t port = (uint16_t)atoi(strrchr(redirect, ':') + 1);
    for (size_t i = 0; i < step_count; i++)
        answered[i] = visit(&steps[i], port, state);
    free(redirect);
    free(state);
    return NULL;
}

static int sign_in(const struct oauth_client *c, int64_t timeout_ms, struct token_set *ret, struct error *err)
{
    pthread_t thread;
    struct login_code *l = login_code_start(c, 0, "taro@example.jp", err);
    snprintf(url, sizeof url, "%s", login_code_url(l));
    pthread_create(&thread, NULL, browse, NULL);
    int rc = login_code_wait(l, timeout_ms, clock_system(), ret, err);
    pthread_join(thread, NULL);
    login_code_free(l);
    for (size_t i = 0; i < step_count; i++)
        CHECK(answered[i]);
    return rc;
}

static void check_url(const char *field, const char *value)
{
    char *found = auth_form_get(strchr(url, '?') + 1, field);
    CHECK_LABEL("url %s", field);
    if (value)
        CHECK_STR(found, value);
    CHECK(found != NULL);
    free(found);
}

static void check_pkce(void)
{
    char *verifier = token_server_field(0, "code_verifier");
    uint8_t digest[SHA256_OCTETS];
    CHECK_INT(strlen(verifier ? verifier : ""), 43);
    sha256_bytes(verifier ? verifier : "", strlen(verifier ? verifier : ""), digest);
    char *hash = auth_base64url(digest, sizeof digest);
    check_url("code_challenge", hash);
    check_url("code_challenge_method", "S256");
    free(hash);
    free(verifier);
}

static void test_code(void)
{
    static const struct token_answer answers[] = {TOKENS};
    token_server_start(answers, COUNT(answers));
    steps[0] =
        (struct browser){.raw = "GET /favicon.ico HTTP/1.1\r\n\r\n", .answer = "HTTP/1.1 404", .idle = 12};
    steps[1] = (struct browser){.query = "code=stolen&state=other", .answer = "HTTP/1.1 400"};
    steps[2] = (struct browser){.query = "code=c0de%%2F1&state=%s", .answer = "HTTP/1.1 200"};
    step_count = 3;
    CHECK_LABEL("code");
    struct oauth_client c = token_server_client();
    c.authorize_extra = "access_type=offline&prompt=consent";
    c.client_secret = "s3cret";
    struct token_set set = {0};
    struct error err = {0};
    int64_t before_s = clock_wall_s(clock_system());
    CHECK_INT(sign_in(&c, 20000, &set, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_STR(set.access, "at");
    CHECK_STR(set.refresh, "rt");
    CHECK_STR(set.client_id, "client-1");
    CHECK_STR(set.client_secret, "s3cret");
    CHECK_STR(set.token_url, c.token_url);
    CHECK(set.got_s >= before_s && set.expires_s == set.got_s + 3600);
    token_server_stop();
    char *redirect = auth_form_get(url, "redirect_uri");
    token_server_check(0, "grant_type", "authorization_code");
    token_server_check(0, "code", "c0de/1");
    token_server_check(0, "redirect_uri", redirect);
    token_server_check(0, "client_secret", "s3cret");
    CHECK(!strncmp(redirect, "http://127.0.0.1:", 17));
    CHECK(!strncmp(url, "https://login.example/authorize?", 32));
    check_url("response_type", "code");
    check_url("scope", c.scope);
    check_url("login_hint", "taro@example.jp");
    check_url("prompt", "consent");
    check_pkce();
    free(redirect);
    token_set_done(&set);
}

static void check_refused(struct browser step, enum error_code code, const char *words)
{
    static const struct token_answer answers[] = {
        {"400 Bad Request", "{\"error\":\"invalid_grant\",\"error_description\":\"code c0de is used up\"}"}};
    token_server_start(answers, COUNT(answers));
    steps[0] = step;
    step_count = 1;
    struct oauth_client c = token_server_client();
    struct token_set set = {0};
    struct error err = {0};
    CHECK_INT(sign_in(&c, 300, &set, &err), -1);
    CHECK_INT(err.code, code);
    CHECK(strstr(err.text, words) != NULL);
    CHECK(!strstr(err.text, "c0de"));
    CHECK(!set.access);
    token_server_stop();
}

static void test_code_refused(void)
{
    CHECK_LABEL("declined");
    check_refused((struct browser){.query = "error=access_denied&error_description=no%%20way&state=%s",
                      .answer = "HTTP/1.1 200"},
        ERROR_AUTH, "access_denied: no way");
    CHECK_LABEL("refused code");
    check_refused((struct browser){.query = "state=%s&code=c0de", .answer = "HTTP/1.1 200"}, ERROR_AUTH,
        "invalid_grant");
    CHECK_LABEL("no code");
    check_refused((struct browser){.query = "state=%s", .answer = "HTTP/1.1 400"}, ERROR_TIMEOUT, "browser");
    CHECK_LABEL("POST");
    check_refused((struct browser){.raw = "POST /?code=1 HTTP/1.1\r\n\r\n", .answer = "HTTP/1.1 404"},
        ERROR_TIMEOUT, "browser");
    CHECK_LABEL("error of another");
    check_refused((struct browser){.query = "error=access_denied&state=x%s", .answer = "HTTP/1.1 400"},
        ERROR_TIMEOUT, "browser");
}

static void test_code_start(void)
{
    CHECK_LABEL("start");
    struct oauth_client c = token_server_client();
    struct error err = {0};
    c.redirect_host = "localhost";
    struct login_code *l = login_code_start(&c, 0, NULL, &err);
    snprintf(url, sizeof url, "%s", login_code_url(l));
    char *redirect = auth_form_get(strchr(url, '?') + 1, "redirect_uri");
    CHECK(!strncmp(redirect, "http://localhost:", 17));
    uint16_t port = (uint16_t)atoi(strrchr(redirect, ':') + 1);
    CHECK(!login_code_start(&c, port, NULL, &err));
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "name another port") != NULL);
    free(redirect);
    login_code_free(l);
    c.authorize_url = NULL;
    CHECK(!login_code_start(&c, 0, NULL, &err));
    CHECK_INT(err.code, ERROR_USAGE);
}

/* Each look at the clock takes two seconds. */
static int64_t ticks_ms;
static int64_t asked_ms[TOKEN_SERVER_MAX];

static int64_t ticking(void *ctx)
{
    (void)ctx;
    return ticks_ms += 2000;
}

static int64_t wall(void *ctx)
{
    (void)ctx;
    return 1800000000;
}

static const struct clock fast = {.mono_ms = ticking, .wall_s = wall};

static void note_time(unsigned nr)
{
    if (nr < TOKEN_SERVER_MAX)
        asked_ms[nr] = ticks_ms;
}

static int device(const struct token_answer *answers, size_t count, bool (*stop)(void *ctx),
    struct token_set *ret, struct error *err)
{
    struct login_device d = {0};
    int stops = 0;
    token_server_start(answers, count);
    token_server_hook = note_time;
    struct oauth_client c = token_server_client();
    c.stop = stop;
    c.ctx = &stops;
    int rc = login_device_start(&d, &c, &fast, err);
    if (rc == 0) {
        CHECK_STR(d.reply.user_code, "ABCD-EFGH");
        CHECK_STR(d.reply.verification_url, "https://login.example/device");
        rc = login_device_wait(&d, &fast, ret, err);
    }
    login_device_done(&d);
    token_server_stop();
    return rc;
}

#define PENDING                                                                                              \
    {                                                                                                        \
        "400 Bad Request", "{\"error\":\"authorization_pending\"}"                                           \
    }
#define SLOW                                                                                                 \
    {                                                                                                        \
        "400 Bad Request", "{\"error\":\"slow_down\"}"                                                       \
    }

static void test_device(void)
{
    static const struct token_answer answers[] = {DEVICE, PENDING, SLOW, {"503 Busy", "<html>"}, TOKENS};
    CHECK_LABEL("device");
    struct token_set set = {0};
    struct error err = {0};
    CHECK_INT(device(answers, COUNT(answers), NULL, &set, &err), 0);
    CHECK_STR(set.access, "at");
    CHECK_STR(set.refresh, "rt");
    CHECK_INT(set.expires_s, 1800003600);
    CHECK_INT(token_server_asked(), 5);
    CHECK_STR(token_server_ask(0)->path, "/device");
    token_server_check(0, "client_id", "client-1");
    token_server_check(0, "scope", "https://mail.example/imap offline_access");
    token_server_check(1, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    token_server_check(1, "device_code", "dc");
    CHECK_STR(token_server_ask(1)->path, "/token");
    /* every 7 s, and every 12 after slow_down; a look at the clock or two more */
    static const int64_t least_ms[] = {0, 7000, 7000, 12000, 12000};
    for (unsigned i = 1; i < 5; i++) {
        CHECK_LABEL("device, interval %u", i);
        int64_t pause_ms = asked_ms[i] - asked_ms[i - 1];
        CHECK(pause_ms >= least_ms[i] && pause_ms <= least_ms[i] + 8000);
    }
    token_set_done(&set);
}

static bool stop_soon(void *ctx)
{
    return ++*(int *)ctx > 8;
}

static void test_device_refused(void)
{
    static const struct {
        struct token_answer answers[2];
        enum error_code code;
        const char *words;
    } cases[] = {
        {{DEVICE, {"400 Bad Request", "{\"error\":\"access_denied\"}"}}, ERROR_AUTH, "declined"},
        {{DEVICE, {"400 Bad Request", "{\"error\":\"expired_token\"}"}}, ERROR_AUTH, "not entered in time"},
        {{DEVICE,
             {"400 Bad Request", "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS53003: x\"}"}},
            ERROR_AUTH, "Conditional Access"},
        {{DEVICE, {"200 OK", "<html>"}}, ERROR_PROTOCOL, "no JSON"},
        {{{"401 Unauthorized", "{\"error\":\"unauthorized_client\"}"}, PENDING}, ERROR_AUTH,
            "no right to sign in"},
        {{TOKENS, PENDING}, ERROR_AUTH, "no device code"},
        {{{"200 OK", "{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"expires_in\":20,"
                     "\"verification_uri\":\"https://login.example/device\"}"},
             PENDING},
            ERROR_AUTH, "not entered in time"},
        {{{"200 OK",
              "{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"expires_in\":20,\"interval\":1000000000,"
              "\"verification_uri\":\"https://login.example/device\"}"},
             PENDING},
            ERROR_AUTH, "not entered in time"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("device %zu: %s", i, cases[i].words);
        struct token_set set = {0};
        struct error err = {0};
        CHECK_INT(device(cases[i].answers, 2, NULL, &set, &err), -1);
        CHECK_INT(err.code, cases[i].code);
        CHECK_INT(err.retry, ERROR_RETRY_NEVER);
        CHECK(strstr(err.text, cases[i].words) != NULL);
        CHECK(!set.access);
    }
    static const struct token_answer pending[] = {DEVICE, PENDING};
    struct token_set set = {0};
    struct error err = {0};
    CHECK_LABEL("device stop");
    CHECK_INT(device(pending, 2, stop_soon, &set, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    struct oauth_client c = token_server_client();
    struct login_device d = {0};
    c.device_url = NULL;
    CHECK_INT(login_device_start(&d, &c, &fast, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"browser", test_code},
        {"browser refused", test_code_refused},
        {"browser start", test_code_start},
        {"device", test_device},
        {"device refused", test_device_refused},
    };
    return token_server_main("login", tests, COUNT(tests));
}
