/* login_page.h - the one request for which login_code waits, and the pages that answer requests. Pure.
 * Internal to lib/auth. */
#pragma once

#include "oauth.h"

#define LOGIN_PAGE_MAX 8192 /* octets of a request's head */

/* A request (its head, ended by NUL) came. The right path and state: *code (allocated), or *refusal when the
 * provider says error. Returns the whole answer to send, static. */
const char *login_page_answer(
    const char *request, const char *state, char **code, struct oauth_reply *refusal);
