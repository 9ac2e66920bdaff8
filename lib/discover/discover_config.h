/* discover_config.h - a file of server settings, as "autoconfig" and the ISPDB have it
 * (draft-ietf-mailmaint-autoconfig, clientConfig 1.1 and 1.2). Pure; the only place that knows libxml2 here.
 *
 * The text comes from strangers. At most DISCOVER_CONFIG_MAX octets, UTF-8, well-formed, no document type, no
 * entities but the five of XML; nothing outside the text is read. Elements and values that are not known are
 * passed over, a section for a server that is broken or not acceptable is left out and named. */
#pragma once

#include "discover_name.h"
#include "error.h"
#include "stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISCOVER_CONFIG_MAX     (256 * 1024)
#define DISCOVER_CONFIG_SERVERS 16

/* How one may sign in there; flags. */
enum discover_auth {
    DISCOVER_AUTH_PASSWORD = 1,  /* password-cleartext (inside TLS) */
    DISCOVER_AUTH_ENCRYPTED = 2, /* password-encrypted: CRAM-MD5, APOP ... */
    DISCOVER_AUTH_OAUTH2 = 4,
    DISCOVER_AUTH_OTHER = 8, /* GSSAPI, NTLM, client certificates, none ... */
};

/* "password, OAuth 2.0"; "" without any flag. */
const char *discover_auth_words(char dst[64], unsigned auth);

struct discover_server {
    enum stream_protocol protocol;
    enum stream_security security; /* STREAM_PLAINTEXT: only known without TLS */
    char host[DISCOVER_HOST_MAX];
    uint16_t port;
    char user[256]; /* whom to sign in */
    bool user_told; /* else the address, for want of better knowledge */
    unsigned auth;  /* 0: not told */
};

/* "imaps://taro%40example.jp@imap.example.jp:993", the port only where it is not the usual one. Plaintext is
 * "pop3://" or "imap://", which still wants STARTTLS. Caller frees. */
char *discover_server_url(const struct discover_server *s);

struct discover_config {
    char name[128];                                          /* of the provider, fit to be shown; "" */
    struct discover_server servers[DISCOVER_CONFIG_SERVERS]; /* POP3 and IMAP, in the order of the file */
    size_t count;
    char left_out[256]; /* why sections were passed over, "; " between them; "" */
};

/* -1: ERROR_PROTOCOL, the text says what is wrong with the file, without its name. A file without any usable
 * server is no error. */
int discover_config_read(const char *text, size_t len, const struct discover_address *who,
    struct discover_config *ret, struct error *err);
