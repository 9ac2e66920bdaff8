/* token_grant.h - the grants that need no person: a request to the token endpoint, an access token back. Each
 * returns 0 with the tokens in *set (token_set_take), or -1 and leaves it alone. */
#pragma once

#include "error.h"
#include "jwt.h"
#include "oauth.h"
#include "service_key.h"
#include "token_set.h"

/* RFC 6749 section 6. A public client sends its id, a confidential one its secret, too. */
int token_grant_refresh(const struct oauth_client *c, const char *refresh_token, int64_t now_s,
    struct token_set *set, struct error *err);

/* RFC 6749 section 4.4, Microsoft's app-only access: by the client's secret, or, with a key, by an assertion
 * (RFC 7523 section 2.2). */
int token_grant_app(const struct oauth_client *c, const struct jwt_key *key, enum jwt_algorithm algorithm,
    int64_t now_s, struct token_set *set, struct error *err);

/* RFC 7523 section 2.1, Google's service account for one of the domain's users (domain-wide delegation). The
 * endpoint is the client's token_url, or the key file's when that is NULL. */
int token_grant_service(const struct oauth_client *c, const struct service_key *key, const char *user,
    int64_t now_s, struct token_set *set, struct error *err);

/* A request of any grant: adds who asks, and what comes back must be an access token. what: for messages. */
int token_grant_ask(const struct oauth_client *c, const char *what, struct auth_form *form, int64_t now_s,
    struct token_set *set, struct error *err);
