/* stream_words.h - what a server said while it was being signed in to: its greeting, its refusals and the
 * SASL mechanisms it offers, and what they mean on the two axes of struct error. Pure: no socket, no libcurl.
 * Internal to lib/net. */
#pragma once

#include "error.h"
#include "stream.h"

struct stream_words {
    unsigned lines;
    char greeting[256]; /* the first line */
    char odd[64]; /* POP3: what came next, if that begins no answer to the first command; "" if it does */
    char refusal[512];    /* the last -ERR, NO, BAD or BYE, unless an OK came after it */
    bool refusal_is_no;   /* IMAP: that was NO; else the command was not understood */
    char mechanisms[256]; /* offered by SASL or AUTH=: blank, name, blank, name, blank; upper case */
    char challenge[512];  /* why a token was refused: JSON, decoded; "" without */
    bool login_disabled;  /* IMAP LOGINDISABLED */
    bool starttls;        /* STLS or STARTTLS was offered */
    char alert[256];      /* the words of the last IMAP [ALERT]; "" without */
    int login_delay_s;    /* POP3, by CAPA; 0: not said */
};

/* One line of the server, with or without its line end, secrets taken out. */
void stream_words_line(
    struct stream_words *words, enum stream_protocol protocol, const char *line, size_t len);

/* Whether the first octets of a server (len > 0) can begin a greeting of this protocol. */
bool stream_words_greets(enum stream_protocol protocol, const char *first, size_t len);

/* What first octets that fit no greeting look like: "an SMTP server", or NULL. */
const char *stream_words_guess(const char *first, size_t len);

/* Does the greeting invite to APOP (RFC 1939 section 7)? */
bool stream_words_invites_apop(const struct stream_words *words);

/* Is what stands between < and > a message id (RFC 1939 section 7), and no octets that an attacker picked? */
bool stream_words_apop_is_sound(const struct stream_words *words);

/* Is DIGEST-MD5 or NTLM on offer? */
bool stream_words_offers_weak(const struct stream_words *words);

/* Is this mechanism (upper case) on offer? */
bool stream_words_offers(const struct stream_words *words, const char *mechanism);

/* Does this refusal mean that the server did not understand the command, and thus never looked at a password?
 */
bool stream_words_is_syntax(const char *refusal);

/* IMAP: does the last refusal speak of the way of signing in, and of no password? */
bool stream_words_blames_mechanism(const struct stream_words *words);

/* Code, scope, retry and wait_ms of a login that was refused with these words; text is left alone. */
void stream_words_judge(const char *refusal, struct error *ret);

/* The words for a person: without "-ERR" or tag; points into refusal. */
const char *stream_words_plain(enum stream_protocol protocol, const char *refusal);
