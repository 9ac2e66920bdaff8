/* stream_refusal.h - why a server refused a sign-in, told apart by its own words, and what to do about it.
 * Pure; a table. Internal to lib/net. */
#pragma once

#include "stream.h"

enum stream_refusal {
    STREAM_REFUSAL_PASSWORD, /* user name or password, as far as anybody can tell */
    STREAM_REFUSAL_BASIC,    /* passwords are switched off here: OAuth 2.0 alone */
    STREAM_REFUSAL_APP,      /* not the account's password is wanted, but one made for programs */
    STREAM_REFUSAL_TWO_STEP, /* two-step verification stands between */
    STREAM_REFUSAL_BROWSER,  /* the account wants its owner in a web browser first */
    STREAM_REFUSAL_EXPIRED,  /* the password has to be changed */
    STREAM_REFUSAL_LOCKED,   /* the account is locked, suspended or closed */
    STREAM_REFUSAL_OFF,      /* this protocol is switched off for the account */
    STREAM_REFUSAL_OFTEN,    /* signed in to too often */
    STREAM_REFUSAL_TLS,      /* not without encryption */
};

/* By the server's words (with or without "-ERR" or a tag), and, where these are the same for every reason, by
 * the provider the host belongs to. */
enum stream_refusal stream_refusal_of(const char *refusal, const char *host);

/* What to do, where to; a clause that ends a sentence. Static. */
const char *stream_refusal_advice(enum stream_refusal why, enum stream_protocol protocol, const char *host);
