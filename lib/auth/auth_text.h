/* auth_text.h - the two ways in which OAuth 2.0 writes octets down: forms and Base64url. What passes through
 * may be a secret, and is wiped. Internal to lib/auth. */
#pragma once

#include <stddef.h>

/* An application/x-www-form-urlencoded body, or the query of a URL. Zeroed is empty. */
struct auth_form {
    char *text; /* ended by NUL; NULL while empty; owned */
    size_t len, cap;
};

void auth_form_add(struct auth_form *form, const char *name, const char *value); /* value NULL: nothing */
void auth_form_done(struct auth_form *form);                                     /* wipes */

/* The value of a field in a form or query, decoded; NULL: there is none, or it is broken or holds NUL. Caller
 * wipes and frees. */
char *auth_form_get(const char *form, const char *name);

/* RFC 4648 section 5, without padding. Caller frees. */
char *auth_base64url(const void *data, size_t len);

/* len random octets (at most 64) in Base64url; NULL: the machine has no randomness. Caller wipes and frees.
 */
char *auth_random(size_t len);

/* The host in a URL, for messages. */
const char *auth_host(const char *url, char *dst, size_t cap);
