/* Token sources and the store, against a real token endpoint. */
#include "auth_json.h"
#include "jwt_check.h"
#include "mem.h"
#include "token.h"
#include "token_server.h"
#include "token_set.h"
#include "token_store.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define NOW      1800000000
#define ACCOUNT  "imaps://taro@example.jp@mail.example"
#define GOOD(at)                                                                                             \
    {                                                                                                        \
        "200 OK", "{\"access_token\":\"" at "\",\"token_type\":\"Bearer\",\"expires_in\":3600}"              \
    }
#define ROTATED(at, rt)                                                                                      \
    {                                                                                                        \
        "200 OK", "{\"access_token\":\"" at "\",\"expires_in\":3600,\"refresh_token\":\"" rt "\"}"           \
    }

static struct jwt_pair pair;
static char dir[64];

static void new_dir(void)
{
    strcpy(dir, "/tmp/popferry-test-auth-XXXXXX");
    if (!mkdtemp(dir))
        abort();
}

static void remove_dir(void)
{
    char path[512];
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
}

static void check_get(struct token_source *s, int64_t now_s, bool anew, const char *expected)
{
    const char *token = NULL;
    struct error err = {0};
    CHECK_INT(token_get(s, now_s, anew, &token, &err), expected ? 0 : -1);
    CHECK_STR(token, expected);
    if (expected)
        CHECK_STR(err.text, "");
}

static void test_refresh(void)
{
    static const struct token_answer answers[] = {GOOD("at1"), ROTATED("at2", "rt2"), GOOD("at3")};
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("refresh");
    struct oauth_client c = token_server_client();
    c.client_secret = "s3cret&";
    struct token_source *s = token_source_refresh(&c, "rt1");
    check_get(s, NOW, false, "at1");
    check_get(s, NOW + 3299, false, "at1"); /* it lasts */
    check_get(s, NOW + 3300, false, "at2");
    check_get(s, NOW + 3301, true, "at3"); /* though it lasts */
    token_source_free(s);
    token_server_stop();
    CHECK_INT(token_server_asked(), 3);
    token_server_check(0, "grant_type", "refresh_token");
    token_server_check(0, "refresh_token", "rt1");
    token_server_check(0, "client_id", "client-1");
    token_server_check(0, "client_secret", "s3cret&");
    token_server_check(0, "scope", "https://mail.example/imap offline_access");
    token_server_check(1, "refresh_token", "rt1"); /* the first answer brought no other */
    token_server_check(2, "refresh_token", "rt2");
    CHECK_STR(token_server_ask(0)->accept, "application/json");
}

static void test_app_secret(void)
{
    static const struct token_answer answers[] = {GOOD("app")};
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("app, secret");
    struct oauth_client c = token_server_client();
    c.client_secret = "s3cret";
    c.scope = "https://outlook.example/.default";
    struct token_source *s = token_source_app(&c, NULL, JWT_PS256);
    check_get(s, NOW, false, "app");
    token_source_free(s);
    token_server_stop();
    token_server_check(0, "grant_type", "client_credentials");
    token_server_check(0, "scope", "https://outlook.example/.default");
    token_server_check(0, "client_secret", "s3cret");
    token_server_check(0, "client_assertion", NULL);
}

static void check_claim(const struct auth_json *j, const char *name, const char *value)
{
    CHECK_LABEL("claim %s", name);
    CHECK_STR(auth_json_string(j, name), value);
}

/* Verify the assertion in the first form; its claims, to be freed. */
static struct auth_json *assertion(const char *field, bool pss, char **ret_header)
{
    char *jwt = token_server_field(0, field), *claims;
    CHECK(jwt_check(jwt, pair.key, pss, ret_header, &claims));
    struct auth_json *j = auth_json_parse(claims, strlen(claims));
    free(jwt);
    free(claims);
    return j ? j : auth_json_new();
}

static void test_app_certificate(void)
{
    static const enum jwt_algorithm algorithms[] = {JWT_RS256, JWT_PS256};
    static const struct token_answer answers[] = {GOOD("app")};
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        CHECK_LABEL("app, certificate %zu", i);
        token_server_start(answers, COUNT(answers));
        struct oauth_client c = token_server_client();
        c.client_secret = "not to be sent";
        struct jwt_key *key = jwt_key_new(pair.key_pem, "key", NULL);
        CHECK_INT(jwt_key_certificate(key, pair.cert_pem, "cert", NULL), 0);
        struct token_source *s = token_source_app(&c, key, algorithms[i]);
        check_get(s, NOW, false, "app");
        token_source_free(s);
        token_server_stop();
        token_server_check(0, "client_secret", NULL);
        token_server_check(
            0, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        char *header;
        struct auth_json *j = assertion("client_assertion", algorithms[i] == JWT_PS256, &header);
        CHECK(strstr(header, algorithms[i] == JWT_PS256 ? pair.x5t_sha256 : pair.x5t) != NULL);
        check_claim(j, "aud", c.token_url);
        check_claim(j, "iss", "client-1");
        check_claim(j, "sub", "client-1");
        CHECK_INT(auth_json_number(j, "nbf", 0), NOW);
        CHECK_INT(auth_json_number(j, "exp", 0), NOW + 600);
        CHECK_INT(strlen(auth_json_string(j, "jti") ? auth_json_string(j, "jti") : ""), 22);
        auth_json_free(j);
        free(header);
    }
}

static void test_service_account(void)
{
    static const struct token_answer answers[] = {GOOD("sa")};
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("service account");
    struct oauth_client c = token_server_client();
    struct service_key key = {.email = mem_strdup("ferry@project.example"),
        .key_id = mem_strdup("k1"),
        .token_url = mem_strdup(c.token_url),
        .key = jwt_key_new(pair.key_pem, "key", NULL)};
    const char *url = c.token_url;
    c.token_url = NULL; /* the key file's */
    c.client_id = NULL;
    struct token_source *s = token_source_service(&c, &key, "taro@example.jp");
    CHECK(!key.key);
    check_get(s, NOW, false, "sa");
    token_source_free(s);
    token_server_stop();
    token_server_check(0, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    token_server_check(0, "client_id", NULL);
    char *header;
    struct auth_json *j = assertion("assertion", false, &header);
    CHECK_STR(header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}");
    check_claim(j, "iss", "ferry@project.example");
    check_claim(j, "sub", "taro@example.jp");
    check_claim(j, "aud", url);
    check_claim(j, "scope", "https://mail.example/imap offline_access");
    CHECK_INT(auth_json_number(j, "iat", 0), NOW);
    CHECK_INT(auth_json_number(j, "exp", 0), NOW + 3600);
    auth_json_free(j);
    free(header);
}

static void test_errors(void)
{
    static const struct {
        struct token_answer answer;
        enum error_code code;
        enum error_retry retry;
        const char *words;
    } cases[] = {
        {{"400 Bad Request", "{\"error\":\"invalid_grant\",\"error_description\":\"expired\"}"}, ERROR_AUTH,
            ERROR_RETRY_NEVER, "popferry login"},
        {{"401 Unauthorized", "{\"error\":\"invalid_client\",\"error_description\":\"s3cret-is-wrong\"}"},
            ERROR_AUTH, ERROR_RETRY_NEVER, "its words repeat a secret"},
        {{"400 Bad Request", "{\"error\":\"bad-rt1-token\"}"}, ERROR_AUTH, ERROR_RETRY_NEVER, "unknown"},
        {{"403 Forbidden", "<html>blocked"}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "status 403"},
        {{"503 Unavailable", "<html>busy"}, ERROR_THROTTLED, ERROR_RETRY_LATER, "status 503"},
        {{"429 Too Many", "{\"error\":\"slow\"}"}, ERROR_THROTTLED, ERROR_RETRY_LATER, "later"},
        {{"200 OK", "{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"https://a/\"}"},
            ERROR_PROTOCOL, ERROR_RETRY_NEVER, "no access token"},
        {{"200 OK", "{\"access_token\":\"a b\"}"}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "no token"},
        {{"400 Bad Request", "{\"access_token\":\"at\"}"}, ERROR_AUTH, ERROR_RETRY_NEVER, "status 400"},
        {{"302 Found", ""}, ERROR_PROTOCOL, ERROR_RETRY_NEVER, "status 302"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("error %s", cases[i].answer.body);
        token_server_start(&cases[i].answer, 1);
        struct oauth_client c = token_server_client();
        c.client_secret = "s3cret-is-wrong";
        struct token_source *s = token_source_refresh(&c, "bad-rt1-token");
        const char *token = "untouched";
        struct error err = {0};
        CHECK_INT(token_get(s, NOW, false, &token, &err), -1);
        CHECK_STR(token, "untouched");
        CHECK_INT(err.code, cases[i].code);
        CHECK_INT(err.retry, cases[i].retry);
        CHECK(strstr(err.text, cases[i].words) != NULL);
        CHECK(strstr(err.text, "127.0.0.1") != NULL);
        CHECK(!strstr(err.text, "s3cret") && !strstr(err.text, "rt1"));
        token_source_free(s);
        token_server_stop();
    }
}

static bool stop_soon(void *ctx)
{
    return ++*(int *)ctx > 2;
}

static void test_stop(void)
{
    CHECK_LABEL("stop");
    static const struct token_answer silent = {NULL, NULL};
    token_server_start(&silent, 1);
    int count = 0;
    struct oauth_client c = token_server_client();
    c.stop = stop_soon;
    c.ctx = &count;
    struct token_source *s = token_source_refresh(&c, "rt");
    const char *token;
    struct error err = {0};
    CHECK_INT(token_get(s, NOW, false, &token, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    token_source_free(s);
    token_server_stop();
}

static struct token_source *kept(const struct oauth_client *c, const char *refresh)
{
    struct token_source *s = token_source_refresh(c, refresh);
    token_source_keep(s, dir, ACCOUNT);
    return s;
}

/* Two runs and two sources of one account: what one got, the other takes, also a refresh token that was
 * replaced. */
static void test_shared(void)
{
    static const struct token_answer answers[] = {ROTATED("at1", "rt2"), ROTATED("at2", "rt3"), GOOD("at3")};
    new_dir();
    token_server_start(answers, COUNT(answers));
    struct oauth_client c = token_server_client();
    c.client_secret = "s3cret";
    CHECK_LABEL("shared");
    struct token_source *one = kept(&c, "rt1");
    check_get(one, NOW, false, "at1");
    struct oauth_client stored = c; /* knows nothing but the account */
    stored.token_url = stored.client_id = stored.client_secret = stored.scope = NULL;
    struct token_source *two = kept(&stored, NULL);
    check_get(two, NOW + 10, false, "at1");
    check_get(two, NOW + 20, true, "at2");
    check_get(one, NOW + 30, false, "at1");
    check_get(one, NOW + 3310, false, "at2"); /* at1 is at its end; there is a newer one */
    CHECK_INT(token_server_asked(), 2);
    check_get(one, NOW + 3311, true, "at3");
    token_source_free(one);
    token_source_free(two);
    token_server_stop();
    token_server_check(1, "refresh_token", "rt2");
    token_server_check(1, "client_id", "client-1");
    token_server_check(1, "client_secret", "s3cret");
    token_server_check(2, "refresh_token", "rt3");
    CHECK_LABEL("other client");
    c.client_id = "client-2";
    one = kept(&c, NULL);
    struct error err = {0};
    const char *token;
    CHECK_INT(token_get(one, NOW, false, &token, &err), -1);
    CHECK(strstr(err.text, "client-1, not for client client-2") != NULL);
    token_source_free(one);
    remove_dir();
}

static void test_other_rights(void)
{
    static const struct token_answer answers[] = {ROTATED("imap", "rt2"), GOOD("pop")};
    new_dir();
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("other rights");
    struct oauth_client c = token_server_client();
    struct token_source *s = kept(&c, "rt1");
    check_get(s, NOW, false, "imap");
    token_source_free(s);
    c.scope = "https://mail.example/pop";
    s = kept(&c, NULL);
    check_get(s, NOW, false, "pop");
    token_source_free(s);
    token_server_stop();
    token_server_check(1, "scope", "https://mail.example/pop");
    remove_dir();
}

/* Whoever can change the endpoint's address must not get the refresh token, nor the client's secret. */
static void test_other_host(void)
{
    static const struct token_answer answers[] = {ROTATED("at1", "rt2"), GOOD("at2")};
    new_dir();
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("other host");
    struct oauth_client c = token_server_client(), other = c;
    struct token_source *s = kept(&c, "rt1");
    check_get(s, NOW, false, "at1");
    token_source_free(s);
    char url[300];
    snprintf(url, sizeof url, "%s?x=", c.token_url);
    *strstr(url, "127.0.0.1") = '0'; /* 027.0.0.1 */
    other.token_url = url;
    s = kept(&other, NULL);
    struct error err = {0};
    const char *token;
    CHECK_INT(token_get(s, NOW + 10, false, &token, &err), -1);
    CHECK_INT(err.code, ERROR_AUTH);
    CHECK(strstr(err.text, "from 127.0.0.1:") && strstr(err.text, "not from 027.0.0.1:"));
    CHECK_INT(token_server_asked(), 1);
    token_source_free(s);
    snprintf(url, sizeof url, "%s?tenant=other", c.token_url); /* the same host */
    s = kept(&other, NULL);
    check_get(s, NOW + 10, false, "at2");
    token_source_free(s);
    token_server_stop();
    remove_dir();
}

/* A long token that is repeated, but cut off. */
static void test_cut_echo(void)
{
    static const struct token_answer answer = {"400 Bad Request",
        "{\"error\":\"invalid_grant\",\"error_description\":\"no good: 0.AXoAQUxPTkdUT0tFTg\"}"};
    token_server_start(&answer, 1);
    CHECK_LABEL("cut echo");
    struct oauth_client c = token_server_client();
    struct token_source *s = token_source_refresh(&c, "0.AXoAQUxPTkdUT0tFTgThatGoesOn");
    struct error err = {0};
    const char *token;
    CHECK_INT(token_get(s, NOW, false, &token, &err), -1);
    CHECK(strstr(err.text, "invalid_grant: its words repeat a secret") && !strstr(err.text, "AXoA"));
    token_source_free(s);
    token_server_stop();
}

/* One that is kept may lack what was granted since. */
static void test_anew(void)
{
    static const struct token_answer answers[] = {GOOD("first"), GOOD("second")};
    new_dir();
    token_server_start(answers, COUNT(answers));
    CHECK_LABEL("anew");
    struct oauth_client c = token_server_client();
    static const struct {
        bool anew;
        const char *token;
    } runs[] = {{false, "first"}, {false, "first"}, {true, "second"}, {false, "second"}};
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct token_source *s = token_source_app(&c, NULL, JWT_PS256);
        token_source_keep(s, dir, ACCOUNT);
        check_get(s, NOW, runs[i].anew, runs[i].token);
        token_source_free(s);
    }
    token_server_stop();
    CHECK_INT(token_server_asked(), 2);
    remove_dir();
}

static void test_nothing_kept(void)
{
    CHECK_LABEL("nothing kept");
    new_dir();
    struct oauth_client c = token_server_client();
    struct token_source *s = kept(&c, NULL);
    struct error err = {0};
    const char *token;
    CHECK_INT(token_get(s, NOW, false, &token, &err), -1);
    CHECK_INT(err.code, ERROR_AUTH);
    CHECK(strstr(err.text, "popferry login") && strstr(err.text, ACCOUNT));
    token_source_free(s);
    remove_dir();
}

static void *get_one(void *ctx)
{
    struct token_source *s = ctx;
    const char *token;
    bool ok = token_get(s, NOW, false, &token, NULL) == 0 && !strcmp(token, "at1");
    return ok ? s : NULL;
}

static void slow(unsigned nr)
{
    (void)nr;
    usleep(150000); /* time for the others to stand at the lock */
}

/* Four threads sign in to one account: one asks, the others wait and take what it got. */
static void test_threads(void)
{
    static const struct token_answer answers[] = {ROTATED("at1", "rt2"), ROTATED("at2", "rt3")};
    new_dir();
    token_server_start(answers, COUNT(answers));
    token_server_hook = slow;
    CHECK_LABEL("threads");
    struct oauth_client c = token_server_client();
    struct token_source *sources[4];
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        sources[i] = kept(&c, "rt1");
        pthread_create(&threads[i], NULL, get_one, sources[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        void *ok;
        pthread_join(threads[i], &ok);
        CHECK(ok != NULL);
        token_source_free(sources[i]);
    }
    token_server_stop();
    CHECK_INT(token_server_asked(), 1);
    remove_dir();
}

static void test_store(void)
{
    CHECK_LABEL("store");
    new_dir();
    struct token_store store;
    struct token_set set = {.access = mem_strdup("at"),
                         .refresh = mem_strdup("rt"),
                         .got_s = 5,
                         .expires_s = 9,
                         .client_id = mem_strdup("c"),
                         .token_url = mem_strdup("https://a/")},
                     back = {0};
    struct error err = {0};
    struct stat st;
    CHECK_INT(token_store_open(&store, dir, ACCOUNT, NULL, NULL, &err), 0);
    CHECK_INT(token_store_read(&store, &back, &err), 0);
    CHECK_INT(token_store_write(&store, &set, &err), 0);
    CHECK_INT(token_store_write(&store, &set, &err), 0);
    CHECK_INT(stat(store.path, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK(stat(store.next, &st) < 0);
    CHECK_INT(token_store_read(&store, &back, &err), 1);
    CHECK_STR(back.access, "at");
    CHECK_STR(back.refresh, "rt");
    CHECK_INT(back.got_s, 5);
    CHECK_INT(back.expires_s, 9);
    CHECK_STR(back.client_id, "c");
    CHECK_STR(back.client_secret, NULL);
    CHECK_STR(back.token_url, "https://a/");
    token_set_done(&back);
    chmod(store.path, 0640);
    CHECK_INT(token_store_read(&store, &back, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "other users") != NULL);
    token_store_close(&store);
    token_set_done(&set);
    remove_dir();
}

static void test_damaged(void)
{
    static const char *const texts[] = {"", "{}", "[]", "x", "{\"popferry_tokens\":1}",
        "{\"popferry_tokens\":2,\"access_token\":\"a\"}", "{\"popferry_tokens\":1,\"access_token\":\"a b\"}",
        "{\"popferry_tokens\":1,\"refresh_token\":\"a\\nb\"}"};
    new_dir();
    struct token_store store;
    CHECK_INT(token_store_open(&store, dir, "a", NULL, NULL, NULL), 0);
    for (size_t i = 0; i < COUNT(texts); i++) {
        CHECK_LABEL("damaged %s", texts[i]);
        FILE *f = fopen(store.path, "w");
        fchmod(fileno(f), 0600);
        fputs(texts[i], f);
        fclose(f);
        struct token_set set = {0};
        struct error err = {0};
        CHECK_INT(token_store_read(&store, &set, &err), -1);
        CHECK(strstr(err.text, "damaged") && strstr(err.text, "popferry login"));
        CHECK(!set.access);
    }
    unlink(store.path);
    CHECK_INT(symlink("/etc/passwd", store.path), 0);
    struct token_set set = {0};
    CHECK_INT(token_store_read(&store, &set, NULL), -1);
    token_store_close(&store);
    remove_dir();
}

static void test_names(void)
{
    static const struct {
        const char *account, *name;
    } cases[] = {{"taro@example.jp", "taro@example.jp"}, {"../../etc", "%2E.%2F..%2Fetc"}, {".", "%2E"},
        {"太", "%E5%A4%AA"}, {"a b%", "a%20b%25"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *name = token_store_name(cases[i].account);
        CHECK_STR(name, cases[i].name);
        free(name);
    }
    char longest[2][300];
    memset(longest, 'a', sizeof longest);
    longest[0][299] = longest[1][299] = '\0';
    longest[1][298] = 'b';
    char *one = token_store_name(longest[0]), *two = token_store_name(longest[1]);
    CHECK_INT(strlen(one), 125);
    CHECK(strcmp(one, two) != 0);
    free(one);
    free(two);
}

static void test_lock(void)
{
    CHECK_LABEL("lock");
    new_dir();
    struct token_store one, two;
    int count = 0;
    struct error err = {0};
    CHECK_INT(token_store_open(&one, dir, "a", NULL, NULL, &err), 0);
    CHECK_INT(token_store_open(&two, dir, "a", stop_soon, &count, &err), -1);
    CHECK_INT(err.code, ERROR_CANCELLED);
    CHECK_INT(token_store_open(&two, dir, "b", NULL, NULL, &err), 0); /* another account */
    token_store_close(&two);
    token_store_close(&one);
    CHECK_INT(token_store_open(&two, dir, "a", stop_soon, &count, &err), 0);
    token_store_close(&two);
    remove_dir();
    CHECK_INT(token_store_open(&two, "/nonexistent/x/y", "a", NULL, NULL, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"refresh token", test_refresh},
        {"app-only by secret", test_app_secret},
        {"app-only by certificate", test_app_certificate},
        {"service account", test_service_account},
        {"errors", test_errors},
        {"stop", test_stop},
        {"shared", test_shared},
        {"other rights", test_other_rights},
        {"other host", test_other_host},
        {"cut echo", test_cut_echo},
        {"anew", test_anew},
        {"nothing kept", test_nothing_kept},
        {"threads", test_threads},
        {"store", test_store},
        {"damaged store", test_damaged},
        {"names", test_names},
        {"lock", test_lock},
    };
    pair = jwt_pair_new(2048);
    int rc = token_server_main("token", tests, COUNT(tests));
    jwt_pair_done(&pair);
    return rc;
}
