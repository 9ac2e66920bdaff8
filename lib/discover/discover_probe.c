/* Hosts that are asked whether they are mail servers: those of SRV records, of wildcard presets, and guesses.
 */
#include "discover_ladder.h"

#include "greeting.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBE_SHARE 33
#define PROBES_MAX  16
#define SRV_TARGETS 3 /* of one service */

/* A server that may be. */
struct candidate {
    struct discover_server server;
    enum discover_rung rung;
    const char *what; /* for the attempt; NULL: its URL */
    const char *provider, *why_not;
    bool foreign; /* DNS alone leads from the domain to it */
    bool no_address;
    struct greeting_ask ask;
};

/* ---- asking them all at once ---- */
static int find_addresses(struct ladder *l, struct candidate *c, size_t count, char *addresses[PROBES_MAX])
{
    const char *hosts[PROBES_MAX];
    for (size_t i = 0; i < count; i++)
        hosts[i] = c[i].server.host;
    return discover_ladder_addresses(l, hosts, count, addresses);
}

static struct greeting_ask ask_of(const struct candidate *c, const char *address)
{
    return (struct greeting_ask){
        .protocol = c->server.protocol,
        .security = c->server.security,
        .host = c->server.host,
        .port = c->server.port,
        .address = address && *address ? address : NULL,
    };
}

static int greet(struct ladder *l, struct candidate *c, size_t count, char *addresses[PROBES_MAX])
{
    struct greeting_ask asks[PROBES_MAX];
    size_t own[PROBES_MAX], n = 0;
    for (size_t i = 0; i < count; i++) {
        c[i].no_address = addresses[i] && !*addresses[i];
        if (c[i].no_address)
            continue;
        own[i] = n;
        asks[n++] = ask_of(&c[i], addresses[i]);
    }
    const struct greeting_terms terms = {
        .ca_file = l->spec->ca_file,
        .timeout_ms = discover_ladder_left_ms(l, PROBE_SHARE),
        .stop = l->spec->stop,
        .ctx = l->spec->ctx,
    };
    int rc = greeting_probe(asks, n, &terms, l->err);
    for (size_t i = 0; i < count && rc == 0; i++)
        if (!c[i].no_address)
            c[i].ask = asks[own[i]];
    return rc;
}

/* A certificate that names the domain, shown to another connection than the one that signs in, would prove
 * nothing: whoever forges the record can pass that connection on to the right server. */
static void judge(struct ladder *l, const struct candidate *c)
{
    CLEANUP(mem_free_str) char *url = discover_server_url(&c->server);
    CLEANUP(mem_free_str)
    char *place = mem_printf("%.*s://%s:%u", (int)strcspn(url, ":"), url, c->server.host, c->server.port);
    const char *what = c->what ? c->what : place, *why_not = c->why_not;
    char words[200];
    if (c->foreign) {
        snprintf(words, sizeof words,
            "%.90s is not below the domain, only an SRV record says that it serves it, and DNS can be forged",
            c->server.host);
        why_not = words;
    }
    if (c->no_address || c->ask.unknown) {
        discover_ladder_note(l, c->rung, DISCOVER_NOT_FOUND, what, "no address is known for this host");
    } else if (!c->ask.answers) {
        bool nobody = c->ask.error.code == ERROR_CONNECT || c->ask.error.code == ERROR_NO_HOST;
        bool busy = c->ask.error.code == ERROR_TIMEOUT || c->ask.error.code == ERROR_THROTTLED;
        l->result->temporary = l->result->temporary || (c->what && busy);
        discover_ladder_note(l, c->rung, nobody ? DISCOVER_NOT_FOUND : DISCOVER_FAILED, what, "%s",
            discover_ladder_words(&c->ask.error, place));
    } else {
        discover_ladder_note(l, c->rung, why_not ? DISCOVER_NOT_TRUSTED : DISCOVER_FOUND, what,
            "%s answers, its certificate is in order%s%s", place, why_not ? "; " : "",
            why_not ? why_not : "");
        discover_ladder_found(l, c->rung, &c->server, what, c->provider ? c->provider : "", why_not);
    }
}

static int probe(struct ladder *l, struct candidate *c, size_t count)
{
    char *addresses[PROBES_MAX] = {0};
    int rc = count ? find_addresses(l, c, count, addresses) : 0;
    if (rc == 0 && count)
        rc = greet(l, c, count, addresses);
    for (size_t i = 0; i < count; i++) {
        if (rc == 0)
            judge(l, &c[i]);
        free(addresses[i]);
    }
    return rc;
}

static struct discover_server server_of(
    const struct ladder *l, enum stream_protocol protocol, enum stream_security security, uint16_t port)
{
    struct discover_server s = {.protocol = protocol, .security = security, .port = port};
    snprintf(s.user, sizeof s.user, "%s", l->who.whole);
    return s;
}

/* ---- SRV ---- */
/* The question as an attempt when there is nothing to be asked. */
static bool note_no_srv(struct ladder *l, const struct discover_dns_question *q, const char *what)
{
    switch (q->answer) {
    case DISCOVER_DNS_FAILED:
        discover_ladder_note(l, DISCOVER_RUNG_SRV, DISCOVER_FAILED, what, "%s", q->why);
        return true;
    case DISCOVER_DNS_NONE:
    case DISCOVER_DNS_NOBODY:
        discover_ladder_note(l, DISCOVER_RUNG_SRV, DISCOVER_NOT_FOUND, what, "no such record");
        return true;
    case DISCOVER_DNS_FOUND:
        break;
    }
    if (q->records[0].name[0])
        return false;
    discover_ladder_note(
        l, DISCOVER_RUNG_SRV, DISCOVER_NOT_FOUND, what, "the domain says that it does not offer this");
    return true;
}

static size_t srv_candidates(struct ladder *l, int which, char *what, struct candidate *c)
{
    const struct discover_dns_question *q = &l->names[which];
    enum stream_protocol protocol = which < LADDER_IMAPS ? STREAM_POP3 : STREAM_IMAP;
    bool tls = which == LADDER_POP3S || which == LADDER_IMAPS;
    size_t n = 0;
    if (!l->spec->want[protocol] || note_no_srv(l, q, what))
        return 0;
    for (size_t i = 0; i < q->count && n < SRV_TARGETS; i++) {
        if (!q->records[i].name[0] || !q->records[i].port)
            continue;
        struct candidate *one = &c[n++];
        *one = (struct candidate){.rung = DISCOVER_RUNG_SRV, .what = what};
        one->server =
            server_of(l, protocol, tls ? STREAM_TLS_IMPLICIT : STREAM_TLS_STARTTLS, q->records[i].port);
        snprintf(one->server.host, sizeof one->server.host, "%s", q->records[i].name);
        one->foreign = !discover_host_is_under(one->server.host, l->who.domain);
    }
    return n;
}

int discover_probe_srv(struct ladder *l)
{
    struct candidate c[PROBES_MAX];
    char *what[LADDER_MX];
    size_t count = 0;
    for (int i = 0; i < LADDER_MX; i++) {
        what[i] = mem_printf("SRV %s", l->names[i].name);
        count += srv_candidates(l, i, what[i], c + count);
    }
    int rc = probe(l, c, count);
    for (int i = 0; i < LADDER_MX; i++)
        free(what[i]);
    return rc;
}

/* ---- hosts of a provider ---- */
int discover_probe_hosts(struct ladder *l, enum discover_rung rung, const struct discover_server *servers,
    size_t count, const char *provider, const char *why_not)
{
    struct candidate c[PROBES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < count && n < PROBES_MAX; i++)
        if (l->spec->want[servers[i].protocol])
            c[n++] = (struct candidate){
                .server = servers[i], .rung = rung, .provider = provider, .why_not = why_not};
    return probe(l, c, n);
}

/* ---- guesses ---- */
static bool still_wanted(const struct ladder *l, enum stream_protocol protocol)
{
    const struct discover_finding *f = discover_result_best(l->result, protocol);
    return l->spec->want[protocol] && (!f || !f->trusted || f->server.security == STREAM_PLAINTEXT);
}

static size_t guesses(
    const struct ladder *l, enum stream_protocol protocol, enum stream_security security, struct candidate *c)
{
    static const char *const names[2][4] = {{"pop.", "pop3.", "mail.", ""}, {"imap.", "imap4.", "mail.", ""}};
    bool tls = security == STREAM_TLS_IMPLICIT;
    uint16_t port = protocol == STREAM_POP3 ? (tls ? 995 : 110) : (tls ? 993 : 143);
    size_t n = 0;
    for (size_t i = 0; i < 4 && still_wanted(l, protocol); i++) {
        struct discover_server s = server_of(l, protocol, security, port);
        int len = snprintf(s.host, sizeof s.host, "%s%s", names[protocol][i], l->who.domain);
        if (len > 0 && (size_t)len < sizeof s.host)
            c[n++] = (struct candidate){.server = s, .rung = DISCOVER_RUNG_GUESS};
    }
    return n;
}

/* earlier: those asked in the first round; hosts that do not exist are not asked again. */
static size_t drop_unknown(
    const struct candidate *earlier, size_t earlier_count, struct candidate *c, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        bool exists = true;
        for (size_t k = 0; k < earlier_count; k++)
            if (!strcmp(earlier[k].server.host, c[i].server.host))
                exists = exists && !earlier[k].no_address && !earlier[k].ask.unknown;
        if (exists)
            c[left++] = c[i];
    }
    return left;
}

/* First the ports for TLS; STARTTLS where nobody answered there. */
int discover_probe_guess(struct ladder *l)
{
    struct candidate tls[PROBES_MAX], starttls[PROBES_MAX];
    if (l->result->no_domain) {
        discover_ladder_note(
            l, DISCOVER_RUNG_GUESS, DISCOVER_SKIPPED, l->who.domain, "there is no such domain");
        return 0;
    }
    size_t count = guesses(l, STREAM_POP3, STREAM_TLS_IMPLICIT, tls);
    count += guesses(l, STREAM_IMAP, STREAM_TLS_IMPLICIT, tls + count);
    if (probe(l, tls, count) < 0)
        return -1;
    size_t more = guesses(l, STREAM_POP3, STREAM_TLS_STARTTLS, starttls);
    more += guesses(l, STREAM_IMAP, STREAM_TLS_STARTTLS, starttls + more);
    return probe(l, starttls, drop_unknown(tls, count, starttls, more));
}
