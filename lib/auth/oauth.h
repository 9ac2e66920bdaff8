/* oauth.h - OAuth 2.0 as far as a mail client needs it (RFC 6749): asking a token endpoint, understanding
 * what it answers. What the grants have in common; each of them is in a file of its own.
 *
 * Everything that goes out or comes in may hold secrets: it is wiped after use, and no error text repeats it.
 * Blocking; any thread. The program must ignore SIGPIPE. */
#pragma once

#include "auth_text.h"
#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who asks, whom, for what. Strings are borrowed. */
struct oauth_client {
    const char *authorize_url, *token_url, *device_url; /* https://; those that the grant needs */
    const char *client_id;
    const char *client_secret; /* NULL: a public client */
    const char *scope;
    const char *redirect_host;   /* authorization code: as registered; NULL: "127.0.0.1" */
    const char *authorize_extra; /* authorization code: more of the query; NULL: none */
    const char *ca_file;         /* PEM, trusted beside the system's; NULL: those only */
    const char *proxy;           /* "" for none; NULL: by the environment */
    const char *address;         /* connect to this IP address; NULL: ask the name service */
    bool (*stop)(void *ctx);     /* asked to stop? NULL: never */
    void *ctx;
};

#define OAUTH_TOKEN_MAX 16384

/* A reply, of success or refusal. Zeroed is empty. */
struct oauth_reply {
    int status;
    char *access_token, *refresh_token; /* NULL: none; owned, wiped */
    int64_t expires_in_s;               /* -1: not said */
    char error[64], description[400];   /* "" when it is no refusal; fit to be shown */
    char *device_code;                  /* RFC 8628; owned, wiped */
    char user_code[64], verification_url[512], verification_url_complete[512];
    int64_t interval_s; /* -1: not said */
};

/* What a token or device endpoint said (RFC 6749 section 5, RFC 8628 section 3.2). Pure. -1: ERROR_PROTOCOL,
 * it is nothing of that kind; *ret untouched. */
int oauth_reply_parse(const char *text, size_t len, struct oauth_reply *ret, struct error *err);
void oauth_reply_done(struct oauth_reply *reply);

/* Is this fit to be sent as a token: visible ASCII, not empty, not too long? */
bool oauth_is_token(const char *token);

/* POST the form to url (of the client). 0 with any reply, also a refusal; -1: no connection, or no such
 * reply.
 */
int oauth_ask(const struct oauth_client *c, const char *url, const struct auth_form *form,
    struct oauth_reply *ret, struct error *err);

/* The sentence for a refusal, with the server's words and the next step, on two axes: ERROR_AUTH and never
 * for what a person must mend, ERROR_THROTTLED and later for an endpoint that is busy or broken. Pure. grant:
 * what was refused, as "the refresh token". Returns -1. */
int oauth_refused(
    struct error *err, const struct oauth_client *c, const char *grant, const struct oauth_reply *reply);
