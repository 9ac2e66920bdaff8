/* What is known of providers beforehand: by the domain of the address, and by who takes its mail. */
#include "discover_ladder.h"

#include "mem.h"
#include <stdio.h>
#include <string.h>

#define WILD_MAX 4 /* servers of one host */

static struct discover_server server_of(
    const struct ladder *l, const struct discover_preset *p, const char *host)
{
    struct discover_server s = {
        .protocol = p->protocol,
        .security = STREAM_TLS_IMPLICIT,
        .port = p->port,
        .user_told = p->user_known,
    };
    snprintf(s.host, sizeof s.host, "%s", host);
    snprintf(s.user, sizeof s.user, "%s", p->local_user ? l->who.local : l->who.whole);
    return s;
}

/* Hosts of which each contract has its own: is this one of them, and does it answer? */
static int look_at_host(struct ladder *l, enum discover_rung rung, const char *host, const char *why_not)
{
    struct discover_server servers[WILD_MAX];
    const char *provider = "";
    size_t count = 0;
    for (size_t i = 0; i < l->spec->preset_count; i++) {
        const struct discover_preset *p = &l->spec->presets[i];
        if (p->kind != DISCOVER_PRESET_HOST || count == WILD_MAX || !discover_host_fits(p->pattern, host))
            continue;
        servers[count++] = server_of(l, p, host);
        provider = p->provider;
    }
    return discover_probe_hosts(l, rung, servers, count, provider, why_not);
}

/* Those of one kind whose pattern fits. How many. */
static size_t take(struct ladder *l, enum discover_preset_kind kind, enum discover_rung rung,
    const char *name, const char *what, const char *why_not)
{
    size_t found = 0;
    for (size_t i = 0; i < l->spec->preset_count; i++) {
        const struct discover_preset *p = &l->spec->presets[i];
        if (p->kind != kind || !l->spec->want[p->protocol] || !discover_host_fits(p->pattern, name))
            continue;
        const char *doubt = why_not       ? why_not
                            : p->verified ? NULL
                                          : "what the catalog says of it is not verified";
        struct discover_server s = server_of(l, p, p->host);
        discover_ladder_note(l, rung, doubt ? DISCOVER_NOT_TRUSTED : DISCOVER_FOUND, what, "%s: %s %s:%u%s%s",
            p->provider, p->protocol == STREAM_POP3 ? "POP3" : "IMAP", p->host, p->port, doubt ? "; " : "",
            doubt ? doubt : "");
        discover_ladder_found(l, rung, &s, what, p->provider, doubt);
        found++;
    }
    return found;
}

int discover_preset_domain(struct ladder *l)
{
    if (take(l, DISCOVER_PRESET_DOMAIN, DISCOVER_RUNG_PRESET, l->who.domain, l->who.domain, NULL))
        return 0;
    size_t before = l->result->attempt_count;
    if (look_at_host(l, DISCOVER_RUNG_PRESET, l->who.domain, NULL) < 0)
        return -1;
    if (l->result->attempt_count == before)
        discover_ladder_note(l, DISCOVER_RUNG_PRESET, DISCOVER_NOT_FOUND, l->who.domain, "not among them");
    return 0;
}

/* ---- MX ---- */
static bool note_no_mx(struct ladder *l, const struct discover_dns_question *q, const char *what)
{
    if (q->answer == DISCOVER_DNS_FOUND)
        return false;
    bool failed = q->answer == DISCOVER_DNS_FAILED;
    discover_ladder_note(l, DISCOVER_RUNG_MX, failed ? DISCOVER_FAILED : DISCOVER_NOT_FOUND, what, "%s",
        failed                             ? q->why
        : q->answer == DISCOVER_DNS_NOBODY ? "there is no such domain; check the spelling"
                                           : "no such record");
    return true;
}

/* The domain the MX stands in, if it is another one than that of the address and can hold settings. */
static const char *domain_of(const struct ladder *l, const char *mx)
{
    const char *dot = strchr(mx, '.');
    if (!dot || !discover_host_is_safe(dot + 1) || discover_host_is_under(dot + 1, l->who.domain))
        return NULL;
    return dot + 1;
}

int discover_preset_mx(struct ladder *l)
{
    const struct discover_dns_question *q = &l->names[LADDER_MX];
    CLEANUP(mem_free_str) char *what = mem_printf("MX %s", l->who.domain);
    if (note_no_mx(l, q, what))
        return 0;
    const char *mx = q->records[0].name, *domain = domain_of(l, mx);
    CLEANUP(mem_free_str)
    char *why_not = mem_printf("it is known by the MX record (%s), and DNS can be forged", mx);
    size_t before = l->result->attempt_count;
    if (take(l, DISCOVER_PRESET_MX, DISCOVER_RUNG_MX, mx, what, why_not))
        return 0;
    if (look_at_host(l, DISCOVER_RUNG_MX, mx, discover_host_is_under(mx, l->who.domain) ? NULL : why_not) < 0)
        return -1;
    if (l->result->attempt_count == before)
        discover_ladder_note(
            l, DISCOVER_RUNG_MX, DISCOVER_NOT_FOUND, what, "%s belongs to no provider of the catalog", mx);
    return domain ? discover_fetch_mx(l, domain, why_not) : 0;
}
