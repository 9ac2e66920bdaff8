/* The pure parts: forms, JSON, JWT, replies, refusals, presets, key files. */
#include "auth_json.h"
#include "auth_text.h"
#include "check.h"
#include "jwt.h"
#include "jwt_check.h"
#include "oauth.h"
#include "provider.h"
#include "service_key.h"
#include "token_set.h"
#include <openssl/pem.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct jwt_pair pair;

static void test_form(void)
{
    struct auth_form form = {0};
    auth_form_add(&form, "none", NULL);
    CHECK(!form.text);
    auth_form_add(&form, "scope", "https://mail.example/ a+b");
    auth_form_add(&form, "user", "太郎&=\r\n%~");
    auth_form_add(&form, "empty", "");
    CHECK_STR(form.text, "scope=https%3A%2F%2Fmail.example%2F%20a%2Bb&user=%E5%A4%AA%E9%83%8E%26%3D%0D%0A%25~"
                         "&empty=");
    char *user = auth_form_get(form.text, "user");
    CHECK_STR(user, "太郎&=\r\n%~");
    free(user);
    auth_form_done(&form);
    CHECK(!form.text);
}

static void test_form_get(void)
{
    static const struct {
        const char *form, *name, *value;
    } cases[] = {
        {"a=1&b=2", "a", "1"},
        {"a=1&b=2", "b", "2"},
        {"a=1&b=2", "c", NULL},
        {"ab=1&b=2", "b", "2"},
        {"a=x+y%20z", "a", "x y z"},
        {"a=", "a", ""},
        {"a", "a", NULL},
        {"", "a", NULL},
        {"&&a=1", "a", "1"},
        {"a=%", "a", NULL},
        {"a=%4", "a", NULL},
        {"a=%4g", "a", NULL},
        {"a=%00b", "a", NULL},
        {"a=%41%6a%4A", "a", "AjJ"},
        {"a=1&a=2", "a", "1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].form);
        char *value = auth_form_get(cases[i].form, cases[i].name);
        CHECK_STR(value, cases[i].value);
        free(value);
    }
}

/* RFC 7636 appendix B and RFC 4648 section 10. */
static void test_base64url(void)
{
    static const struct {
        const char *text, *coded;
    } cases[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"},
        {"\xff\xfe\xfd", "__79"}, {"\x03\xec\xff\xe0\xc1", "A-z_4ME"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *coded = auth_base64url(cases[i].text, strlen(cases[i].text));
        CHECK_STR(coded, cases[i].coded);
        free(coded);
    }
    char *one = auth_random(32), *two = auth_random(32);
    CHECK_INT(strlen(one), 43);
    CHECK(strcmp(one, two) != 0);
    CHECK(!auth_random(65));
    free(one);
    free(two);
}

static void test_json(void)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"{}", true},
        {"{\"a\":\"b\"}", true},
        {" {\"a\":[[[[1]]]]} ", true},
        {"", false},
        {"[]", false},
        {"\"a\"", false},
        {"{\"a\":1,\"a\":2}", false},
        {"{\"a\":1}x", false},
        {"{\"a\":\"\xff\"}", false},
        {"{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", true},
        {"{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", false},
        {"{\"a\":\"[[[[[[[[[[[[[[[[[[\\\"[[\"}", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].text);
        struct auth_json *j = auth_json_parse(cases[i].text, strlen(cases[i].text));
        CHECK((j != NULL) == cases[i].good);
        auth_json_free(j);
    }
    CHECK_LABEL("long");
    char *text = calloc(1, AUTH_JSON_MAX + 2);
    memset(text, ' ', AUTH_JSON_MAX + 1);
    memcpy(text, "{}", 2);
    struct auth_json *j = auth_json_parse(text, AUTH_JSON_MAX);
    CHECK(j != NULL);
    auth_json_free(j);
    CHECK(!auth_json_parse(text, AUTH_JSON_MAX + 1));
    free(text);
}

static void test_json_members(void)
{
    CHECK_LABEL("members");
    const char text[] =
        "{\"s\":\"x\",\"n\":5,\"d\":\"17\",\"nul\":\"a\\u0000b\",\"o\":{},\"f\":1.5,\"bad\":\"-1\"}";
    struct auth_json *j = auth_json_parse(text, strlen(text));
    CHECK_STR(auth_json_string(j, "s"), "x");
    CHECK(!auth_json_string(j, "n"));
    CHECK(!auth_json_string(j, "nul"));
    CHECK(!auth_json_string(j, "none"));
    CHECK_INT(auth_json_number(j, "n", -1), 5);
    CHECK_INT(auth_json_number(j, "d", -1), 17);
    CHECK_INT(auth_json_number(j, "f", -1), -1);
    CHECK_INT(auth_json_number(j, "bad", -7), -7);
    auth_json_free(j);
    j = auth_json_new();
    auth_json_put(j, "a", "\"\n太");
    auth_json_put(j, "no", NULL);
    auth_json_put_number(j, "n", INT64_MAX);
    char *written = auth_json_write(j);
    CHECK_STR(written, "{\"a\":\"\\\"\\n太\",\"n\":9223372036854775807}");
    free(written);
    auth_json_put(j, "x", "\xff");
    CHECK(!auth_json_write(j));
    auth_json_free(j);
}

static void check_jwt(enum jwt_algorithm algorithm, const char *kid, const char *header)
{
    struct auth_json *claims = auth_json_new();
    auth_json_put(claims, "sub", "taro@example.jp");
    struct error err = {0};
    struct jwt_key *key = jwt_key_new(pair.key_pem, "key.pem", &err);
    CHECK_INT(jwt_key_certificate(key, pair.cert_pem, "cert.pem", &err), 0);
    char *jwt = jwt_sign(key, algorithm, kid, claims, &err), *head, *body;
    CHECK(jwt_check(jwt, pair.key, algorithm == JWT_PS256, &head, &body));
    CHECK_STR(head, header);
    CHECK_STR(body, "{\"sub\":\"taro@example.jp\"}");
    free(head);
    free(body);
    if (jwt)
        jwt[strcspn(jwt, ".") + 3] ^= 1; /* one claim changed: the check must see it */
    CHECK(!jwt_check(jwt, pair.key, algorithm == JWT_PS256, &head, &body));
    free(head);
    free(body);
    free(jwt);
    jwt_key_free(key);
    auth_json_free(claims);
}

static void test_jwt(void)
{
    char header[256];
    CHECK_LABEL("RS256");
    snprintf(
        header, sizeof header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\",\"x5t\":\"%s\"}", pair.x5t);
    check_jwt(JWT_RS256, "k1", header);
    CHECK_LABEL("PS256");
    snprintf(
        header, sizeof header, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\"}", pair.x5t_sha256);
    check_jwt(JWT_PS256, NULL, header);
}

static void test_bad_keys(void)
{
    EVP_PKEY *ec = EVP_EC_gen("P-256"), *small = EVP_RSA_gen(1024);
    char *ec_pem = jwt_pair_key_pem(ec), *small_pem = jwt_pair_key_pem(small);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    PEM_write_bio_PrivateKey(bio, pair.key, EVP_aes_128_cbc(), (const unsigned char *)"pass", 4, NULL, NULL);
    long len = BIO_get_mem_data(bio, &data);
    char *locked = strndup(data, (size_t)len);
    BIO_free(bio);
    const struct {
        const char *pem, *words;
    } cases[] = {{"", "no private key"}, {"hello", "no private key"}, {pair.cert_pem, "no private key"},
        {locked, "without a passphrase"}, {ec_pem, "RSA"}, {small_pem, "2048"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].words);
        struct error err = {0};
        CHECK(!jwt_key_new(cases[i].pem, "my.pem", &err));
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(strstr(err.text, "my.pem") && strstr(err.text, cases[i].words));
    }
    struct jwt_pair other = jwt_pair_new(2048);
    struct jwt_key *key = jwt_key_new(pair.key_pem, "key.pem", NULL);
    struct error err = {0};
    CHECK_INT(jwt_key_certificate(key, other.cert_pem, "cert.pem", &err), -1);
    CHECK(strstr(err.text, "not that of the private key") != NULL);
    CHECK_INT(jwt_key_certificate(key, "x", "cert.pem", &err), -1);
    CHECK(strstr(err.text, "holds no certificate") != NULL);
    jwt_key_free(key);
    jwt_pair_done(&other);
    free(ec_pem);
    free(small_pem);
    free(locked);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(small);
}

static void test_reply(void)
{
    static const struct {
        const char *text;
        int rc;
        const char *access, *refresh;
        int64_t expires;
        const char *error, *description;
    } cases[] = {
        {"{\"access_token\":\"at\",\"token_type\":\"bearer\",\"expires_in\":3600,\"refresh_token\":\"rt\"}",
            0, "at", "rt", 3600, "", ""},
        {"{\"access_token\":\"at\",\"expires_in\":\"3599\"}", 0, "at", NULL, 3599, "", ""},
        {"{\"access_token\":\"at\"}", 0, "at", NULL, -1, "", ""},
        {"{\"access_token\":\"at\",\"expires_in\":-5}", 0, "at", NULL, -1, "", ""},
        {"{\"access_token\":\"at\",\"expires_in\":99999999999}", 0, "at", NULL, 366 * 86400, "", ""},
        {"{\"access_token\":\"at\",\"token_type\":\"mac\"}", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"access_token\":\"a t\"}", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"access_token\":\"a\\nt\"}", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"access_token\":\"\"}", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"access_token\":\"at\",\"refresh_token\":\"r\\u0001\"}", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"access_token\":5}", -1, NULL, NULL, 0, NULL, NULL},
        {"{}", -1, NULL, NULL, 0, NULL, NULL},
        {"<html>", -1, NULL, NULL, 0, NULL, NULL},
        {"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70008: expired.\\r\\nTrace ID: 1-2\"}",
            0, NULL, NULL, -1, "invalid_grant", "AADSTS70008: expired"},
        {"{\"error\":\"x\\u001b[2J\"}", 0, NULL, NULL, -1, "x?[2J", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].text);
        struct oauth_reply reply = {.status = 7};
        struct error err = {0};
        CHECK_INT(oauth_reply_parse(cases[i].text, strlen(cases[i].text), &reply, &err), cases[i].rc);
        if (cases[i].rc < 0) {
            CHECK_INT(reply.status, 7);
            CHECK_INT(err.code, ERROR_PROTOCOL);
            continue;
        }
        CHECK_STR(reply.access_token, cases[i].access);
        CHECK_STR(reply.refresh_token, cases[i].refresh);
        CHECK_INT(reply.expires_in_s, cases[i].expires);
        CHECK_STR(reply.error, cases[i].error);
        CHECK_STR(reply.description, cases[i].description);
        oauth_reply_done(&reply);
    }
}

static void test_device_reply(void)
{
    static const struct {
        const char *text;
        int rc;
    } cases[] = {
        {"{\"device_code\":\"d\",\"user_code\":\"AB-CD\",\"verification_uri\":\"https://a.example/d\",\"interval\":5}",
            0},
        {"{\"device_code\":\"d\",\"user_code\":\"AB-CD\",\"verification_url\":\"https://a.example/d\",\"interval\":5}",
            0},
        {"{\"device_code\":\"d\",\"user_code\":\"AB-CD\"}", -1},
        {"{\"device_code\":\"d\",\"verification_uri\":\"https://a.example/d\"}", -1},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"http://a.example/d\"}", -1},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"javascript:alert(1)\"}", -1},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\\u001b\"}",
            -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].text);
        struct oauth_reply reply = {0};
        CHECK_INT(oauth_reply_parse(cases[i].text, strlen(cases[i].text), &reply, NULL), cases[i].rc);
        CHECK_STR(reply.verification_url, cases[i].rc ? "" : "https://a.example/d");
        CHECK_STR(reply.user_code, cases[i].rc ? "" : "AB-CD");
        CHECK_INT(reply.interval_s, cases[i].rc ? 0 : 5);
        oauth_reply_done(&reply);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *grant, *error, *description;
        int status;
        enum error_code code;
        enum error_retry retry;
        const char *words;
    } cases[] = {
        {"the refresh token", "invalid_grant", "Token has been expired or revoked", 400, ERROR_AUTH,
            ERROR_RETRY_NEVER, "sign in again with \"popferry login\""},
        {"the refresh token", "invalid_client", "", 401, ERROR_AUTH, ERROR_RETRY_NEVER, "check client id"},
        {"the service account", "unauthorized_client", "Client is unauthorized", 401, ERROR_AUTH,
            ERROR_RETRY_NEVER, "provider's console"},
        {"the service account", "invalid_grant", "Invalid email or User ID", 400, ERROR_AUTH,
            ERROR_RETRY_NEVER, "the user's address and this machine's clock"},
        {"app-only access", "invalid_grant", "AADSTS65001: The user or administrator has not consented", 400,
            ERROR_AUTH, ERROR_RETRY_NEVER, "consented"},
        {"app-only access", "x", "AADSTS90094: grant requires admin permission", 400, ERROR_AUTH,
            ERROR_RETRY_NEVER, "administrator of the tenant"},
        {"app-only access", "invalid_client", "AADSTS7000215: Invalid client secret", 401, ERROR_AUTH,
            ERROR_RETRY_NEVER, "not its id"},
        {"app-only access", "invalid_client", "AADSTS70002155: something else", 401, ERROR_AUTH,
            ERROR_RETRY_NEVER, "check client id"},
        {"app-only access", "something_new", "AADSTS99: new words", 400, ERROR_AUTH, ERROR_RETRY_NEVER,
            "AADSTS99: new words"},
        {"the refresh token", "server_error", "", 500, ERROR_THROTTLED, ERROR_RETRY_LATER, "try again later"},
        {"the refresh token", "slow", "", 429, ERROR_THROTTLED, ERROR_RETRY_LATER, "try again later"},
        {"the refresh token", "temporarily_unavailable", "", 400, ERROR_THROTTLED, ERROR_RETRY_LATER,
            "later"},
    };
    const struct oauth_client c = {.token_url = "https://login.example/token?x=1", .client_id = "client-1"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s %s", cases[i].error, cases[i].description);
        struct oauth_reply reply = {.status = cases[i].status};
        strcpy(reply.error, cases[i].error);
        strcpy(reply.description, cases[i].description);
        struct error err = {0};
        CHECK_INT(oauth_refused(&err, &c, cases[i].grant, &reply), -1);
        CHECK_INT(err.code, cases[i].code);
        CHECK_INT(err.retry, cases[i].retry);
        CHECK(strstr(err.text, cases[i].words) != NULL);
        CHECK(strstr(err.text, cases[i].description) != NULL);
        CHECK(!strncmp(err.text, "login.example: ", 15));
    }
}

static void test_fresh(void)
{
    static const struct {
        int64_t got, expires, now;
        bool fresh;
    } cases[] = {
        {1000, 4600, 1000, true}, {1000, 4600, 4299, true}, {1000, 4600, 4300, false},
        {1000, 4600, 5000, false}, {1000, 1600, 1299, true},
        {1000, 1600, 1300, false},                           /* half of ten minutes: five */
        {1000, 1100, 1049, true}, {1000, 1100, 1050, false}, /* half of its life */
        {1000, 0, 1000, false}, {1000, 1000, 1000, false}, {1000, 900, 950, false},
        {1000, 4600, 999, false}, /* the clock was put back */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%d %d %d", (int)cases[i].got, (int)cases[i].expires, (int)cases[i].now);
        struct token_set set = {.got_s = cases[i].got, .expires_s = cases[i].expires};
        CHECK(!token_set_is_fresh(&set, cases[i].now));
        set.access = strdup("at");
        CHECK(token_set_is_fresh(&set, cases[i].now) == cases[i].fresh);
        token_set_done(&set);
    }
}

static void test_provider(void)
{
    const struct provider *ms = provider_find("Microsoft");
    char *url = provider_url(ms, ms->token_url, "example.com");
    CHECK_STR(url, "https://login.microsoftonline.com/example.com/oauth2/v2.0/token");
    free(url);
    url = provider_url(ms, ms->device_url, NULL);
    CHECK_STR(url, "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode");
    free(url);
    static const char *const bad[] = {"", "../x", "a/b", "a?b", "a b", "a@b", "a#"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK(!provider_url(ms, ms->token_url, bad[i]));
    CHECK(!provider_find("other"));
    for (unsigned i = 0; provider_at(i); i++) {
        const struct provider *p = provider_at(i);
        CHECK(!strncmp(p->authorize_url, "https://", 8) && !strncmp(p->token_url, "https://", 8));
        CHECK(p->scope_imap && p->scope_pop && p->source && p->title && p->redirect_host);
    }
}

static char *key_file(const char *type, const char *pem, const char *url)
{
    struct auth_json *j = auth_json_new();
    auth_json_put(j, "type", type);
    auth_json_put(j, "client_email", "ferry@project.example");
    auth_json_put(j, "private_key_id", "k1");
    auth_json_put(j, "private_key", pem);
    auth_json_put(j, "token_uri", url);
    char *text = auth_json_write(j);
    auth_json_free(j);
    return text;
}

static void test_service_key(void)
{
    const char url[] = "https://oauth.example/token";
    const struct {
        const char *type, *pem, *url, *words;
    } cases[] = {
        {"service_account", pair.key_pem, url, NULL},
        {"authorized_user", pair.key_pem, url, "\"type\""},
        {"service_account", NULL, url, "missing"},
        {"service_account", pair.key_pem, NULL, "missing"},
        {"service_account", pair.key_pem, "http://oauth.example/", "https://"},
        {"service_account", "no key", url, "no private key"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_LABEL("%s", cases[i].words ? cases[i].words : "good");
        char *text = key_file(cases[i].type, cases[i].pem, cases[i].url);
        struct service_key key = {0};
        struct error err = {0};
        CHECK_INT(service_key_parse(text, strlen(text), "sa.json", &key, &err), cases[i].words ? -1 : 0);
        CHECK(!cases[i].words || (strstr(err.text, cases[i].words) && strstr(err.text, "sa.json")));
        CHECK_STR(key.email, cases[i].words ? NULL : "ferry@project.example");
        service_key_done(&key);
        free(text);
    }
    struct service_key key = {0};
    CHECK_INT(service_key_parse("[]", 2, "sa.json", &key, NULL), -1);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"form", test_form},
        {"form fields", test_form_get},
        {"Base64url", test_base64url},
        {"JSON", test_json},
        {"JSON members", test_json_members},
        {"JWT", test_jwt},
        {"bad keys", test_bad_keys},
        {"reply", test_reply},
        {"device reply", test_device_reply},
        {"refusals", test_refused},
        {"fresh", test_fresh},
        {"providers", test_provider},
        {"service key", test_service_key},
    };
    pair = jwt_pair_new(2048);
    int rc = check_main("auth parts", tests, COUNT(tests));
    jwt_pair_done(&pair);
    return rc;
}
