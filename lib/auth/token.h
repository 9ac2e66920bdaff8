/* token.h - where the access token of one account comes from, each time somebody signs in: one interface for
 * every way to get one.
 *
 * A source belongs to one thread; several sources, of other threads or processes too, may share an account in
 * a token store. What the constructors are given is copied unless it says otherwise. */
#pragma once

#include "error.h"
#include "jwt.h"
#include "oauth.h"
#include "service_key.h"

struct token_source;

/* By a refresh token; NULL: the one in the store, with the client and the endpoint that are kept there,
 * unless the client names its own: another client, or an endpoint at another host, is ERROR_AUTH, and the
 * token does not go there. */
struct token_source *token_source_refresh(const struct oauth_client *c, const char *refresh_token);

/* As the application itself (Microsoft's app-only access). key: taken; NULL: by the client's secret. */
struct token_source *token_source_app(
    const struct oauth_client *c, struct jwt_key *key, enum jwt_algorithm algorithm);

/* As a service account for user (Google's domain-wide delegation). key: taken, and left zeroed. */
struct token_source *token_source_service(
    const struct oauth_client *c, struct service_key *key, const char *user);

void token_source_free(struct token_source *source); /* NULL is fine */

/* Keep what is got in this folder under this name (token_store.h), and take it from there. */
void token_source_keep(struct token_source *source, const char *dir, const char *account);

/* The token to sign in with now (wall clock), for SASL XOAUTH2 or OAUTHBEARER; *ret is borrowed until the
 * next call. Asks the network only when there is none that lasts (token_set_is_fresh).
 *
 * anew: ask for a new one all the same. One that is kept has the rights of the day it was given: what an
 * administrator has granted since is not in it.
 *
 * -1: ERROR_AUTH (a person must act; the text says how), ERROR_THROTTLED, ERROR_CONNECT, ERROR_TIMEOUT,
 * ERROR_TLS, ERROR_PROTOCOL, ERROR_USAGE, ERROR_DISK, ERROR_LOCKED, ERROR_CANCELLED. */
int token_get(struct token_source *source, int64_t now_s, bool anew, const char **ret, struct error *err);
