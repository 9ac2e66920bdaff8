/* mail_msgid.h - the Message-ID as a key (RFC 5322 section 3.6.4 and obs- forms). */
#pragma once

#include "sha256.h"
#include <stddef.h>

/* value: the raw field value, folded or not. Returns the id as "<left@right>", with comments and folding
 * white space outside and inside removed (in a quoted string a run of blanks becomes one space); without
 * brackets in the input they are added; brackets inside brackets stay, but doubled ones become one; case is
 * kept (left sides are case-sensitive). More than one: the first. NULL when nothing is left or it is useless
 * as a key (no letter, digit or 8-bit octet in it: "<>", "<****>", "<@>"). Bounded: an id of over 998 octets
 * is replaced by "<sha256:HEX>", and so is one that has not ended within the first MAIL_FIELD_MAX octets of
 * the value. Caller frees. */
char *mail_msgid_parse(const char *value, size_t len);

/* The same for a value that has been through mail_blanks.h already; key: the front of it, at most
 * MAIL_FIELD_MAX octets; rest: the SHA-256 of all of it if there is more, else NULL. For mail_header.c. */
char *mail_msgid_from_key(const char *key, size_t len, const uint8_t *rest);
