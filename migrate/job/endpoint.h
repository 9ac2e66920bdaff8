/* endpoint.h - one side of a job as the user writes it: a URL, its parts checked and decoded (RFC 3986, 2384,
 * 5092); or, of a source, the kind and path of mail on a disk (store.h): mbox:PATH.
 *
 * pop3s://user%40host@pop.host[:995]   pop3://... (STLS required, or plaintext when allowed)
 * imaps://user@imap.host[:993][/mailbox/levels]   imap://... (STARTTLS required, or plaintext when allowed)
 * pop3:// at port 995 and imap:// at 993 are what stands there: TLS. Scheme, host and port may be in
 * full-width characters. A password in the URL is refused: it would stand in the process list. */
#pragma once

#include "error.h"
#include "store.h"
#include <stdbool.h>
#include <stdint.h>

enum endpoint_protocol {
    ENDPOINT_POP3,
    ENDPOINT_IMAP,
    ENDPOINT_STORE, /* mail on a disk */
};

enum endpoint_security {
    ENDPOINT_TLS,
    ENDPOINT_STARTTLS,
    ENDPOINT_PLAINTEXT, /* STARTTLS where it is offered, unencrypted where not */
};

struct endpoint {
    enum endpoint_protocol protocol;
    enum endpoint_security security;
    enum store_kind store; /* ENDPOINT_STORE: its kind; path: absolute, symbolic links followed; host: words
                              for "this computer"; user: kind and path; port 0 */
    char *path;
    char *host; /* without brackets */
    uint16_t port;
    bool port_given; /* else it is the usual one */
    char *user;      /* UTF-8; NULL until given */
    char *authzid;   /* UTF-8: whose mailbox user, an administrator, opens (SASL PLAIN); NULL: its own. Not of
                        the   URL: filled in, owned */
    char *folder;    /* UTF-8 path with "/" levels; NULL if the URL has none (POP3 never has) */
};

/* side: "--from" or "--to", for messages. A wanted ENDPOINT_POP3 may be an ENDPOINT_STORE, too: what a source
 * can be. Fails with ERROR_USAGE (scope run). *ret is filled only on success;
 * the caller owns it: endpoint_done. */
int endpoint_parse(
    const char *side, const char *url, enum endpoint_protocol want, struct endpoint *ret, struct error *err);
void endpoint_done(struct endpoint *e);

/* In place of what the scheme says; the port goes with it unless the URL had one. */
void endpoint_secure(struct endpoint *e, enum endpoint_security security);

/* A port that stands elsewhere, as "995": also one of the usual ones decides whether TLS or clear text comes
 * first there. option: "--from-port", for messages. -1 with ERROR_USAGE: no port, or the URL has another. */
int endpoint_set_port(struct endpoint *e, const char *option, const char *text, struct error *err);

/* Whose mailbox it is: authzid, else user; NULL until given. Of a store: its kind and path. */
const char *endpoint_mailbox(const struct endpoint *e);

/* "mailbox at host", or "mbox:PATH on this computer": for people. Caller frees. */
char *endpoint_place(const struct endpoint *e);

/* "mailbox@host", or a store's kind and path: the ledger's name of the account; with ":port" when that is not
 * one of the protocol's own, since behind the ports of a tunnel stand different servers. Caller frees. */
char *endpoint_account(const struct endpoint *e);
