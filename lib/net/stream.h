/* stream.h - authenticated byte streams to mail servers. The only place that knows libcurl.
 *
 * A `struct net` holds the streams of one job and is used by one thread. stream_open starts to connect,
 * secure and sign in without blocking; several streams connect at the same time while net_wait runs. Once
 * READY, a stream carries bytes both ways without blocking.
 *
 * Signing out is the engines' business: closing a stream sends neither QUIT nor LOGOUT.
 *
 * The program must ignore SIGPIPE (libcurl before 7.87 writes TLS without MSG_NOSIGNAL). */
#pragma once

#include "error.h"
#include "log.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum stream_protocol {
    STREAM_POP3,
    STREAM_IMAP,
};

enum stream_security {
    STREAM_TLS_IMPLICIT, /* pop3s, imaps (RFC 8314) */
    STREAM_TLS_STARTTLS, /* required: a server without it is refused */
    STREAM_PLAINTEXT,    /* unencrypted if the server offers no STARTTLS: only after the user said so */
};

/* How an OAuth 2.0 token is handed over. */
enum stream_bearer {
    STREAM_BEARER_ANY,         /* as the server offers; OAUTHBEARER when it offers both */
    STREAM_BEARER_XOAUTH2,     /* Google's and Microsoft's own form */
    STREAM_BEARER_OAUTHBEARER, /* RFC 7628 */
};

/* The least TLS version that will do. 1.0 and 1.1, with the keys and hashes of their time, can be broken by
 * someone on the way: only after the user said so. */
enum stream_tls_min {
    STREAM_TLS_1_2,
    STREAM_TLS_1_3,
    STREAM_TLS_1_1,
    STREAM_TLS_1_0,
};

enum stream_family {
    STREAM_ANY_FAMILY,
    STREAM_IPV4,
    STREAM_IPV6,
};

/* How a server is reached, and what is taken for it. All zero is the usual. */
struct stream_route {
    enum stream_tls_min tls_min;
    const char *tls_pin; /* "sha256//BASE64" of the server's public key (RFC 7469 section 2.4), in place of
                            chain, name and dates: that key alone is accepted. NULL: those count */
    const char *ca_dir;  /* of trusted certificates, as c_rehash leaves it, beside the others; NULL */
    const char *proxy;   /* [SCHEME://][USER:PASSWORD@]HOST[:PORT]: socks5, socks5h, socks4, socks4a, http
                            (CONNECT); NULL or "": none */
    const char *bind;    /* local address or interface; NULL: any */
    enum stream_family family;
};

#define STREAM_PIN_MAX 56 /* with its NUL */

/* Is that such a pin? */
bool stream_pin_is_valid(const char *pin);

/* Why that can be no host: it is put into a URL, where something in it would end it or begin something else;
 * or it would be an option of a program that is given it. NULL: it may be one. */
const char *stream_host_fault(const char *host);

/* Where and how. Strings are copied by stream_open. */
struct stream_spec {
    enum stream_protocol protocol;
    enum stream_security security;
    const char *host; /* name or address; IPv6 without brackets */
    uint16_t port;    /* 0: 995 993 for implicit TLS, 110 143 otherwise */
    const char *user;
    const char *authzid;  /* whose mailbox user, an administrator, opens by SASL PLAIN (RFC 4616); NULL: its
                             own */
    const char *password; /* any bytes but NUL, CR and LF; our copies are wiped after sign-in */
    const char *token;    /* OAuth 2.0 access token, in place of a password (which is then not looked at):
                             visible ASCII; treated as one. NULL: none */
    enum stream_bearer bearer;
    bool weak_auth;      /* APOP (on a connection without TLS), DIGEST-MD5 and NTLM may be used where nothing
                            better is offered: the user said so */
    const char *ca_file; /* PEM, trusted beside the system's; NULL: those only */
    struct stream_route route;
    int64_t connect_timeout_ms; /* connect + TLS + login; 0: 60 s */
    int64_t idle_timeout_ms;    /* silence while an answer is due; 0: 300 s */
};

struct net;
struct stream;

/* log: may be NULL; kept by value. Secrets never reach it. */
struct net *net_new(const struct log *log);
void net_free(struct net *net); /* closes what is open */

enum stream_state {
    STREAM_CONNECTING,
    STREAM_READY,
    STREAM_FAILED, /* could not be opened, or broke: stream_error tells */
};

struct stream *stream_open(struct net *net, const struct stream_spec *spec);
void stream_close(struct stream *s); /* NULL is fine */

enum stream_state stream_state(const struct stream *s);
/* Why it failed: a sentence with host, user, the server's own words and the next step. ERROR_AUTH, ERROR_TLS,
 * ERROR_CONNECT, ERROR_TIMEOUT, ERROR_PROTOCOL, ERROR_IN_USE, ERROR_LOST ... NULL while it has not failed. A
 * token that was refused is ERROR_AUTH, too. */
const struct error *stream_error(const struct stream *s);

/* "pop3s://host:995", for messages; never a user or password. */
const char *stream_name(const struct stream *s);

struct stream_tls {
    bool used;
    char version[16]; /* "TLSv1.3" */
    char cipher[64];
    char subject[256], issuer[256], not_after[64]; /* of the server's certificate */
    int64_t not_after_s;                           /* the same in UTC seconds; 0: not known */
    char pin[STREAM_PIN_MAX];                      /* of its key; "": no certificate was seen */
    bool pinned;                                   /* accepted by tls_pin alone: nothing else was looked at */
};
/* Valid once READY. Of a stream that could not be opened it tells the certificate that was seen, if any, and
 * used is false. */
const struct stream_tls *stream_tls(const struct stream *s);

/* What the server wanted people to see while they signed in (IMAP [ALERT]), fit to be shown; "" if nothing.
 */
const char *stream_alert(const struct stream *s);

/* Non-blocking. > 0: bytes; 0: nothing now; -1: failed or closed by the peer (state FAILED, see
 * stream_error). stream_write takes bytes over into a small buffer of its own (so partial TLS writes are
 * retried with the same memory) and returns how many it took. */
ssize_t stream_read(struct stream *s, void *dst, size_t cap);
ssize_t stream_write(struct stream *s, const void *src, size_t len);
/* Push buffered bytes; 0 ok (perhaps not all gone yet), -1 failed. stream_unsent: still in the buffer. */
int stream_flush(struct stream *s);
size_t stream_unsent(const struct stream *s);
/* How many bytes stream_write would take now. */
size_t stream_room(const struct stream *s);

/* The engine awaits an answer (true) or is idle (false): the idle timeout runs only while it awaits, from the
 * last byte received or sent. Past it the stream FAILS with ERROR_TIMEOUT. */
void stream_expect(struct stream *s, bool awaiting);
/* Another idle timeout from now on. */
void stream_set_idle(struct stream *s, int64_t idle_timeout_ms);
/* How long it has been silent while an answer is due; 0: it is not. */
int64_t stream_silent_ms(const struct stream *s);

/* Bytes in and out since READY. */
uint64_t stream_octets_in(const struct stream *s);
uint64_t stream_octets_out(const struct stream *s);

/* Wait until a READY stream has something to read, a stream with unsent bytes can be written, or a CONNECTING
 * one became READY or FAILED, or max_ms has passed; sends buffered bytes and checks deadlines. A stream is
 * watched for reading only if its last stream_read said 0 (or it was never read): TLS may hold bytes that
 * poll cannot see, and a stream left unread on purpose (back-pressure) neither ends each wait at once nor
 * runs into its idle timeout. Returns 0; -1 only for a broken machine. */
int net_wait(struct net *net, int64_t max_ms, struct error *err);
