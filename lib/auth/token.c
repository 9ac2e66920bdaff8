#include "token.h"

#include "mem.h"
#include "text.h"
#include "token_grant.h"
#include "token_set.h"
#include "token_store.h"
#include <stdlib.h>
#include <string.h>

struct token_source {
    /* Get new tokens into source->set. */
    int (*fetch)(struct token_source *source, int64_t now_s, struct error *err);
    struct oauth_client client; /* its strings are ours */
    char *dir, *account;        /* of the store; NULL: none */
    struct token_set set;
    /* of one kind each: */
    struct jwt_key *key;
    enum jwt_algorithm algorithm;
    struct service_key service;
    char *user;
};

static void copy_client(struct oauth_client *to, const struct oauth_client *c)
{
    *to = *c;
    to->authorize_url = to->device_url = to->redirect_host = to->authorize_extra = NULL;
    to->token_url = mem_strdup(c->token_url);
    to->client_id = mem_strdup(c->client_id);
    to->client_secret = mem_strdup(c->client_secret);
    to->scope = mem_strdup(c->scope);
    to->ca_file = mem_strdup(c->ca_file);
    to->proxy = mem_strdup(c->proxy);
    to->address = mem_strdup(c->address);
}

static void free_text(const char *text)
{
    mem_wipe_free((char *)(uintptr_t)text);
}

static void free_client(struct oauth_client *c)
{
    free_text(c->token_url);
    free_text(c->client_id);
    free_text(c->client_secret);
    free_text(c->scope);
    free_text(c->ca_file);
    free_text(c->proxy);
    free_text(c->address);
}

static int nothing_to_refresh(const struct token_source *s, struct error *err)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "no token is kept%s%.200s: sign in first with \"popferry login\"", s->account ? " for " : "",
        s->account ? s->account : "");
}

static bool differs(const char *wanted, const char *kept)
{
    return wanted && kept && strcmp(wanted, kept) != 0;
}

static int of_another(
    const struct token_source *s, const char *whose, const char *kept, const char *wanted, struct error *err)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "the token that is kept%s%.200s was got %s %.80s, not %s %.80s: sign in again with "
        "\"popferry login\"",
        s->account ? " for " : "", s->account ? s->account : "", whose, kept, whose, wanted);
}

/* A refresh token opens the mailbox for whoever has it: it goes to the host that gave it and to no other. */
static int check_kept(const struct token_source *s, struct error *err)
{
    char kept[128], wanted[128];
    if (differs(s->client.client_id, s->set.client_id))
        return of_another(s, "for client", s->set.client_id, s->client.client_id, err);
    if (!s->client.token_url || !s->set.token_url)
        return 0;
    auth_host(s->set.token_url, kept, sizeof kept);
    auth_host(s->client.token_url, wanted, sizeof wanted);
    return text_equal_nocase(kept, wanted) ? 0 : of_another(s, "from", kept, wanted, err);
}

/* What the caller named goes before what is kept. */
static int fetch_refresh(struct token_source *s, int64_t now_s, struct error *err)
{
    struct oauth_client c = s->client;
    if (!s->set.refresh)
        return nothing_to_refresh(s, err);
    if (check_kept(s, err) < 0)
        return -1;
    c.token_url = c.token_url ? c.token_url : s->set.token_url;
    c.client_id = c.client_id ? c.client_id : s->set.client_id;
    c.client_secret = c.client_secret ? c.client_secret : s->set.client_secret;
    c.scope = c.scope ? c.scope : s->set.scope;
    if (token_grant_refresh(&c, s->set.refresh, now_s, &s->set, err) < 0)
        return -1;
    token_set_note(&s->set, &c);
    return 0;
}

/* The secret stays with the caller: each run is told it anew. */
static int note(struct token_source *s, int rc)
{
    struct oauth_client c = s->client;
    c.client_secret = NULL;
    if (rc == 0)
        token_set_note(&s->set, &c);
    return rc;
}

static int fetch_app(struct token_source *s, int64_t now_s, struct error *err)
{
    return note(s, token_grant_app(&s->client, s->key, s->algorithm, now_s, &s->set, err));
}

static int fetch_service(struct token_source *s, int64_t now_s, struct error *err)
{
    return note(s, token_grant_service(&s->client, &s->service, s->user, now_s, &s->set, err));
}

static struct token_source *make(
    int (*fetch)(struct token_source *source, int64_t now_s, struct error *err), const struct oauth_client *c)
{
    struct token_source *s = mem_alloc(sizeof *s);
    s->fetch = fetch;
    if (c)
        copy_client(&s->client, c);
    return s;
}

struct token_source *token_source_refresh(const struct oauth_client *c, const char *refresh_token)
{
    struct token_source *s = make(fetch_refresh, c);
    s->set.refresh = mem_strdup(refresh_token);
    return s;
}

struct token_source *token_source_app(
    const struct oauth_client *c, struct jwt_key *key, enum jwt_algorithm algorithm)
{
    struct token_source *s = make(fetch_app, c);
    s->key = key;
    s->algorithm = algorithm;
    return s;
}

struct token_source *token_source_service(
    const struct oauth_client *c, struct service_key *key, const char *user)
{
    struct token_source *s = make(fetch_service, c);
    s->service = *key;
    *key = (struct service_key){0};
    s->user = mem_strdup(user);
    return s;
}

void token_source_free(struct token_source *s)
{
    if (!s)
        return;
    free_client(&s->client);
    token_set_done(&s->set);
    jwt_key_free(s->key);
    service_key_done(&s->service);
    free(s->user);
    free(s->dir);
    free(s->account);
    free(s);
}

void token_source_keep(struct token_source *s, const char *dir, const char *account)
{
    free(s->dir);
    free(s->account);
    s->dir = mem_strdup(dir);
    s->account = mem_strdup(account);
}

/* Somebody else may have got newer tokens since, and used up the refresh token that we know. A refresh token
 * that the caller has named is newer than the store as long as the store has none. */
static int look_into_store(struct token_source *s, const struct token_store *store, struct error *err)
{
    struct token_set kept = {0};
    int rc = token_store_read(store, &kept, err);
    if (rc <= 0)
        return rc;
    if (!kept.refresh)
        kept.refresh = TAKE(s->set.refresh);
    if (differs(s->client.client_id, kept.client_id) || differs(s->client.scope, kept.scope) ||
        differs(s->client.token_url, kept.token_url)) {
        mem_wipe_free(kept.access); /* it gives other rights */
        kept.access = NULL;
    }
    token_set_done(&s->set);
    s->set = kept;
    return 0;
}

static int get_by_store(struct token_source *s, int64_t now_s, bool anew, struct error *err)
{
    struct token_store store;
    if (token_store_open(&store, s->dir, s->account, s->client.stop, s->client.ctx, err) < 0)
        return -1;
    int rc = look_into_store(s, &store, err);
    if (rc == 0 && (anew || !token_set_is_fresh(&s->set, now_s))) {
        rc = s->fetch(s, now_s, err);
        if (rc == 0)
            rc = token_store_write(&store, &s->set, err);
    }
    token_store_close(&store);
    return rc;
}

int token_get(struct token_source *s, int64_t now_s, bool anew, const char **ret, struct error *err)
{
    if (anew || !token_set_is_fresh(&s->set, now_s)) {
        int rc = s->dir ? get_by_store(s, now_s, anew, err) : s->fetch(s, now_s, err);
        if (rc < 0)
            return -1;
    }
    *ret = s->set.access;
    return 0;
}
