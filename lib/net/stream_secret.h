/* stream_secret.h - takes a password back out of what a server says, since some servers echo the command they
 * did not like. Internal to lib/net. */
#pragma once

#include <stddef.h>

enum { STREAM_SECRET_FORMS = 4 };

/* The forms a password travels in: as it is, quoted for IMAP LOGIN, and in Base64 for SASL LOGIN and PLAIN.
 * Zero-initialised is valid and hides nothing. */
struct stream_secret {
    char *forms[STREAM_SECRET_FORMS]; /* owned; wiped when freed */
};

/* authzid: sent with SASL PLAIN, or NULL. */
void stream_secret_init(
    struct stream_secret *secret, const char *authzid, const char *user, const char *password);
/* The same for an OAuth 2.0 token: as it is, and in the messages of XOAUTH2 and OAUTHBEARER. */
void stream_secret_init_token(
    struct stream_secret *secret, const char *user, const char *token, const char *host, unsigned port);
void stream_secret_done(struct stream_secret *secret);

/* Copy src to dst (at most cap octets; not terminated) with "***" in the place of each form; returns the
 * length. Passwords shorter than four octets stay: to cross them out of ordinary words would tell them. */
size_t stream_secret_redact(
    const struct stream_secret *secret, char *dst, size_t cap, const char *src, size_t len);
