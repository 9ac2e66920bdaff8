/* login_code.h - a person signs in with a browser on this machine: authorization code (RFC 6749 section 4.1)
 * with PKCE S256 (RFC 7636), answered to a loopback address (RFC 8252 section 7.3).
 *
 * login_code_start, show login_code_url to the user, login_code_wait, login_code_free. One thread. */
#pragma once

#include "clock.h"
#include "error.h"
#include "oauth.h"
#include "token_set.h"

struct login_code;

/* Listen on 127.0.0.1 (port 0: any). The client's strings must outlive it; it needs authorize_url and
 * token_url. user: whom the page should propose, NULL: nobody. NULL: ERROR_USAGE, ERROR_DISK (no port). */
struct login_code *login_code_start(
    const struct oauth_client *c, uint16_t port, const char *user, struct error *err);
void login_code_free(struct login_code *login); /* NULL is fine */

/* What to open in the browser; holds no secret that lasts. */
const char *login_code_url(const struct login_code *login);

/* Until the browser comes back, at most timeout_ms, then fetch the tokens, with a note whose they are. Other
 * requests than the one awaited (another state, another path) are refused and do not end it. -1: ERROR_AUTH
 * (declined, no refresh token), ERROR_TIMEOUT, ERROR_CANCELLED, and those of token_get. */
int login_code_wait(struct login_code *login, int64_t timeout_ms, const struct clock *clock,
    struct token_set *ret, struct error *err);
