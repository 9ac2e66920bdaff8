/* discover_ladder.h - what the rungs of the ladder share. Internal to lib/discover. */
#pragma once

#include "discover.h"
#include "discover_dns.h"

enum {
    LADDER_POP3S,
    LADDER_POP3,
    LADDER_IMAPS,
    LADDER_IMAP,
    LADDER_MX,
    LADDER_NAMES,
};

struct ladder {
    const struct discover_spec *spec;
    struct discover_address who;
    struct discover_dns *dns;
    struct discover_dns_question *names; /* LADDER_NAMES of them; NULL until asked */
    bool deaf;                           /* the name service did not answer at all: it is not asked again */
    int64_t timeout_ms, until_ms;
    struct discover_result *result;
    struct error *err;
};

/* What is left, at most so many hundredths of the whole. */
int64_t discover_ladder_left_ms(const struct ladder *l, int hundredths);
/* Is there a trusted server with TLS for all that is wanted? Pure. */
bool discover_ladder_done(const struct ladder *l);

/* An error's text without the "WHAT: " that it may begin with, where what is shown beside it. */
const char *discover_ladder_words(const struct error *e, const char *what);
void discover_ladder_note(struct ladder *l, enum discover_rung rung, enum discover_outcome outcome,
    const char *what, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* why_not: NULL when it is trusted. Not wanted ones, and those known already, are passed over. */
void discover_ladder_found(struct ladder *l, enum discover_rung rung, const struct discover_server *s,
    const char *what, const char *provider, const char *why_not);

/* Questions to the name service, unless it is known not to answer. -1: ERROR_CANCELLED. */
int discover_ladder_ask(struct ladder *l, struct discover_dns_question *q, size_t count);
/* Addresses by the name server that was named, "" where there is none; without one all are NULL, for the
 * system to look up. Names that are none of the public name service are left to the system, too. Frees
 * nothing of what stands in ret. -1: ERROR_CANCELLED. */
int discover_ladder_addresses(struct ladder *l, const char *const *hosts, size_t count, char **ret);

/* The rungs. 0, or -1 for what ends the whole: ERROR_CANCELLED, ERROR_USAGE, ERROR_INTERNAL. */
int discover_fetch_folder(struct ladder *l);
int discover_fetch_own(struct ladder *l); /* autoconfig and well-known, at once */
int discover_fetch_ispdb(struct ladder *l);
int discover_fetch_http(struct ladder *l);
/* The three sources of settings for the domain that an MX stands in. */
int discover_fetch_mx(struct ladder *l, const char *domain, const char *why_not);

int discover_probe_srv(struct ladder *l);
int discover_probe_guess(struct ladder *l);
/* Hosts that are servers themselves when they answer. why_not: NULL when they are to be trusted then. */
int discover_probe_hosts(struct ladder *l, enum discover_rung rung, const struct discover_server *servers,
    size_t count, const char *provider, const char *why_not);

int discover_preset_mx(struct ladder *l); /* and the settings of that domain */
int discover_preset_domain(struct ladder *l);
