/* oauth_setup.h - what the options say about signing in with OAuth 2.0: the provider, the application, the
 * rights, and where tokens are kept. */
#pragma once

#include "endpoint.h"
#include "error.h"
#include "job.h"
#include "oauth.h"
#include "options.h"
#include "token.h"

enum oauth_way {
    OAUTH_PERSON,  /* popferry login has been there, or is at it */
    OAUTH_APP,     /* the application itself: microsoft-app */
    OAUTH_SERVICE, /* a service account: google-service */
};

struct oauth_setup {
    enum oauth_way way;
    struct oauth_client client; /* its strings are those below, the options' and the presets' */
    char *authorize_url, *token_url, *device_url, *secret;
    char *tokens_dir, *account; /* token_store.h */
};

/* Of one side, whose endpoint has a user; options.from_oauth or to_oauth names the provider. *o must outlive
 * it; the caller owns *ret: oauth_setup_done. Makes the folders above tokens_dir. -1 with ERROR_USAGE. */
int oauth_setup_read(const struct options *o, enum job_side side, const struct endpoint *e,
    struct oauth_setup *ret, struct error *err);
void oauth_setup_done(struct oauth_setup *s); /* wipes; zeroed is fine */

/* Where its access tokens come from: of a person, what popferry login has kept. NULL: ERROR_USAGE. */
struct token_source *oauth_setup_source(
    const struct oauth_setup *s, const struct options *o, const struct endpoint *e, struct error *err);
