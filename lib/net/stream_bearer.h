/* stream_bearer.h - signing in with an OAuth 2.0 token: which mechanism, and what a server says when it does
 * not like the token. Pure. Internal to lib/net. */
#pragma once

#include "stream.h"

/* For CURLOPT_LOGIN_OPTIONS: these mechanisms and no other. A user name that OAUTHBEARER would have to write
 * otherwise (RFC 5801 section 4) has XOAUTH2 alone, since libcurl does not do that. */
const char *stream_bearer_options(enum stream_bearer bearer, const char *user);

/* A server's line "+ BASE64" whose content begins like a JSON object: that, into dst (not terminated);
 * returns its length, 0: it is something else. */
size_t stream_bearer_challenge(char *dst, size_t cap, const char *line, size_t len);

/* The string member of a flat JSON object, as far as it can be found in text that may be cut off; dst is
 * always terminated. Returns dst. */
const char *stream_bearer_member(char *dst, size_t cap, const char *json, const char *name);
