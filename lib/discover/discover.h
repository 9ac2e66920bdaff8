/* discover.h - which servers a mail address has: the ladder from what a domain itself tells down to guesses.
 *
 * Rungs, in this order, until there is a trusted server with TLS for each protocol that is wanted:
 *   folder           a local copy of the ISPDB (files named DOMAIN or DOMAIN.xml)
 *   autoconfig       https://autoconfig.DOMAIN/mail/config-v1.1.xml?emailaddress=...
 *   well-known       https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml
 *   ispdb            ISPDB-URL/DOMAIN (only the domain is told)
 *   autoconfig-http  as autoconfig, without TLS; only when allowed
 *   srv              _pop3s _pop3 _imaps _imap ._tcp.DOMAIN (RFC 6186, 2782)
 *   mx               who takes the domain's mail, when that is a provider of the presets
 *   mx-autoconfig    folder, autoconfig and ispdb for the domain that the MX stands in
 *   preset           the presets handed in
 *   guess            pop. pop3. mail. imap. and the domain itself
 * What srv, wildcard presets and guess name has answered there, with a certificate that fits and a greeting;
 * nobody signs in, and no password is sent to anyone.
 *
 * Trust: https, local files and verified presets are believed. What came by http or by MX can be forged. So
 * can SRV: its target is believed when it is the domain or below it (RFC 6186 section 6). What is not trusted
 * is a finding, too, but a person must agree before a password is sent.
 *
 * Blocks, for at most timeout_ms and a little. Any thread. The program must ignore SIGPIPE (stream.h). */
#pragma once

#include "discover_config.h"
#include "discover_name.h"
#include "error.h"
#include "stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISCOVER_ISPDB      "https://v1.ispdb.net/" /* draft-ietf-mailmaint-autoconfig, 2026-06-28 */
#define DISCOVER_TIMEOUT_MS 15000
#define DISCOVER_FINDINGS   64

/* What is known of providers beforehand; a table made by the caller. */
enum discover_preset_kind {
    DISCOVER_PRESET_DOMAIN, /* addresses @pattern */
    DISCOVER_PRESET_MX,     /* domains whose mail is taken by pattern */
    DISCOVER_PRESET_HOST,   /* hosts that fit pattern ("*.example.ne.jp") are servers themselves */
};

struct discover_preset {
    enum discover_preset_kind kind;
    const char *pattern;
    const char *provider; /* its name, for a person */
    enum stream_protocol protocol;
    const char *host; /* NULL with DISCOVER_PRESET_HOST */
    uint16_t port;    /* TLS from the beginning */
    bool local_user;  /* one signs in by what stands before the @; else by the address */
    bool user_known;
    bool verified;
};

struct discover_spec {
    const char *address;
    bool want[2];        /* by enum stream_protocol */
    const char *folder;  /* NULL: none */
    const char *ispdb;   /* base URL, https; NULL: not asked */
    const char *dns;     /* as discover_dns_new takes it; then hosts are looked up there, too */
    const char *ca_file; /* PEM, trusted beside the system's; NULL */
    bool allow_http;
    int64_t timeout_ms; /* of the whole; 0: DISCOVER_TIMEOUT_MS */
    const struct discover_preset *presets;
    size_t preset_count;
    bool (*stop)(void *ctx); /* NULL: never */
    void *ctx;
};

enum discover_rung {
    DISCOVER_RUNG_FOLDER,
    DISCOVER_RUNG_AUTOCONFIG,
    DISCOVER_RUNG_WELL_KNOWN,
    DISCOVER_RUNG_ISPDB,
    DISCOVER_RUNG_HTTP,
    DISCOVER_RUNG_SRV,
    DISCOVER_RUNG_MX,
    DISCOVER_RUNG_MX_AUTOCONFIG,
    DISCOVER_RUNG_PRESET,
    DISCOVER_RUNG_GUESS,
};
const char *discover_rung_name(enum discover_rung rung);  /* "autoconfig-http" */
const char *discover_rung_words(enum discover_rung rung); /* "settings published by the domain" */

enum discover_outcome {
    DISCOVER_FOUND,
    DISCOVER_NOT_TRUSTED, /* found; must be confirmed */
    DISCOVER_NOT_FOUND,
    DISCOVER_FAILED, /* it could not be told: no answer, a bad certificate, a broken file */
    DISCOVER_SKIPPED,
};
const char *discover_outcome_name(enum discover_outcome outcome); /* "not-trusted" */

struct discover_attempt {
    enum discover_rung rung;
    enum discover_outcome outcome;
    char *what; /* a URL, a file, a name and type of record */
    char *why;  /* what came of it, in words */
};

struct discover_finding {
    struct discover_server server;
    enum discover_rung rung;
    bool trusted;
    char *what;         /* as that of the attempt it is from */
    char provider[128]; /* its name, as far as told; "" */
    char *why_not;      /* why it is not trusted; NULL when it is */
};

struct discover_result {
    char *address, *domain;
    struct discover_attempt *attempts;
    size_t attempt_count;
    struct discover_finding *findings; /* in the order found, at most DISCOVER_FINDINGS */
    size_t finding_count;
    bool no_domain; /* the name service says that there is no such domain */
    bool temporary; /* something did not answer: another time there may be more */
};

/* 0, also when nothing is found. -1: ERROR_USAGE (the address, a URL, the name server), ERROR_CANCELLED,
 * ERROR_INTERNAL. The caller owns *ret. */
int discover_run(const struct discover_spec *spec, struct discover_result *ret, struct error *err);
void discover_result_done(struct discover_result *r); /* zeroed is fine */

/* The first of the best for this protocol: with TLS before without, then trusted before not; NULL: none.
 * Pure. */
const struct discover_finding *discover_result_best(
    const struct discover_result *r, enum stream_protocol protocol);
/* Trusted, and with TLS. Pure. */
bool discover_result_is_sure(const struct discover_finding *f);
