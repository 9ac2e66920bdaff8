#include "token_grant.h"

#include "auth_json.h"
#include "mem.h"

#define JWT_BEARER_GRANT     "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define JWT_BEARER_ASSERTION "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define APP_LIFE_S           600
#define SERVICE_LIFE_S       3600 /* the most that Google takes */

int token_grant_ask(const struct oauth_client *c, const char *what, struct auth_form *form, int64_t now_s,
    struct token_set *set, struct error *err)
{
    char host[128];
    CLEANUP(oauth_reply_done) struct oauth_reply reply = {0};
    auth_form_add(form, "client_id", c->client_id);
    auth_form_add(form, "client_secret", c->client_secret);
    if (oauth_ask(c, c->token_url, form, &reply, err) < 0)
        return error_prefix(err, "%s", what);
    if (reply.error[0])
        return oauth_refused(err, c, what, &reply);
    if (!reply.access_token)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the answer holds no access token; is this the address for tokens?",
            auth_host(c->token_url, host, sizeof host));
    token_set_take(set, &reply, now_s);
    return 0;
}

int token_grant_refresh(const struct oauth_client *c, const char *refresh_token, int64_t now_s,
    struct token_set *set, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    auth_form_add(&form, "grant_type", "refresh_token");
    auth_form_add(&form, "refresh_token", refresh_token);
    auth_form_add(&form, "scope", c->scope);
    return token_grant_ask(c, "the refresh token", &form, now_s, set, err);
}

/* Who the client is, said to the endpoint: issuer and subject are the client itself. */
static char *app_assertion(const struct oauth_client *c, const struct jwt_key *key,
    enum jwt_algorithm algorithm, int64_t now_s, struct error *err)
{
    CLEANUP(mem_free_str) char *id = auth_random(16);
    if (!id) {
        error_unhandled(err, "no randomness");
        return NULL;
    }
    struct auth_json *claims = auth_json_new();
    auth_json_put(claims, "aud", c->token_url);
    auth_json_put(claims, "iss", c->client_id);
    auth_json_put(claims, "sub", c->client_id);
    auth_json_put(claims, "jti", id);
    auth_json_put_number(claims, "iat", now_s);
    auth_json_put_number(claims, "nbf", now_s);
    auth_json_put_number(claims, "exp", now_s + APP_LIFE_S);
    char *jwt = jwt_sign(key, algorithm, NULL, claims, err);
    auth_json_free(claims);
    return jwt;
}

int token_grant_app(const struct oauth_client *c, const struct jwt_key *key, enum jwt_algorithm algorithm,
    int64_t now_s, struct token_set *set, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    struct oauth_client by_key = *c;
    auth_form_add(&form, "grant_type", "client_credentials");
    auth_form_add(&form, "scope", c->scope);
    if (!key)
        return token_grant_ask(c, "app-only access", &form, now_s, set, err);
    char *jwt = app_assertion(c, key, algorithm, now_s, err);
    if (!jwt)
        return -1;
    auth_form_add(&form, "client_assertion_type", JWT_BEARER_ASSERTION);
    auth_form_add(&form, "client_assertion", jwt);
    mem_wipe_free(jwt);
    by_key.client_secret = NULL;
    return token_grant_ask(&by_key, "app-only access", &form, now_s, set, err);
}

static char *service_assertion(const struct oauth_client *c, const struct service_key *key, const char *user,
    int64_t now_s, struct error *err)
{
    struct auth_json *claims = auth_json_new();
    auth_json_put(claims, "iss", key->email);
    auth_json_put(claims, "scope", c->scope);
    auth_json_put(claims, "aud", c->token_url);
    auth_json_put_number(claims, "iat", now_s);
    auth_json_put_number(claims, "exp", now_s + SERVICE_LIFE_S);
    auth_json_put(claims, "sub", user);
    char *jwt = jwt_sign(key->key, JWT_RS256, key->key_id, claims, err);
    auth_json_free(claims);
    return jwt;
}

int token_grant_service(const struct oauth_client *c, const struct service_key *key, const char *user,
    int64_t now_s, struct token_set *set, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    struct oauth_client service = *c;
    if (!service.token_url)
        service.token_url = key->token_url;
    service.client_id = service.client_secret = NULL; /* the assertion says who it is */
    char *jwt = service_assertion(&service, key, user, now_s, err);
    if (!jwt)
        return -1;
    auth_form_add(&form, "grant_type", JWT_BEARER_GRANT);
    auth_form_add(&form, "assertion", jwt);
    mem_wipe_free(jwt);
    return token_grant_ask(&service, "the service account", &form, now_s, set, err);
}
