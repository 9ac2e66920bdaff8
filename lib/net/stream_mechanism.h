/* stream_mechanism.h - by which of the mechanisms that a server offers, or in which other way, is signed in.
 * Internal to lib/net. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

struct stream;

/* libcurl takes GSSAPI (Kerberos) before any password when the user name has a domain, and does not go on to
 * the others when there is no ticket. */
bool stream_mechanism_is_kerberos(const struct stream *s);
/* Is a mechanism offered that works with a password, of this libcurl and with the user's leave? */
bool stream_mechanism_takes_password(const struct stream *s);

/* Some refusals say nothing about the password, since the server never looked at it: then, and only then,
 * there is a second attempt. Hosts ban those who repeat a wrong password. */
bool stream_mechanism_other_way(struct stream *s, CURLcode rc);
