#include "discover.h"

#include "buf.h"
#include "clock.h"
#include "discover_ladder.h"
#include "mem.h"
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SHARE 25 /* hundredths of the time for SRV and MX */
#define TOO_LATE_MS 150

static const struct {
    const char *name, *words;
} rungs[] = {
    [DISCOVER_RUNG_FOLDER] = {"folder", "a settings file on this computer"},
    [DISCOVER_RUNG_AUTOCONFIG] = {"autoconfig", "settings that the domain publishes"},
    [DISCOVER_RUNG_WELL_KNOWN] = {"well-known", "settings that the domain's web site publishes"},
    [DISCOVER_RUNG_ISPDB] = {"ispdb", "the database of mail providers"},
    [DISCOVER_RUNG_HTTP] = {"autoconfig-http", "settings that came unencrypted"},
    [DISCOVER_RUNG_SRV] = {"srv", "SRV records of the domain"},
    [DISCOVER_RUNG_MX] = {"mx", "the provider that takes the domain's mail"},
    [DISCOVER_RUNG_MX_AUTOCONFIG] = {"mx-autoconfig",
        "settings of the provider that takes the domain's mail"},
    [DISCOVER_RUNG_PRESET] = {"preset", "what popferry knows of the provider"},
    [DISCOVER_RUNG_GUESS] = {"guess", "a usual host name that answers"},
};

const char *discover_rung_name(enum discover_rung rung)
{
    return rungs[rung].name;
}

const char *discover_rung_words(enum discover_rung rung)
{
    return rungs[rung].words;
}

const char *discover_outcome_name(enum discover_outcome outcome)
{
    static const char *const names[] = {"found", "not-trusted", "not-found", "failed", "skipped"};
    return names[outcome];
}

/* ---- what the rungs call ---- */
int64_t discover_ladder_left_ms(const struct ladder *l, int hundredths)
{
    int64_t left = l->until_ms - clock_mono_ms(clock_system());
    int64_t share = l->timeout_ms * hundredths / 100;
    left = left < share ? left : share;
    return left > 1 ? left : 1;
}

void discover_ladder_note(struct ladder *l, enum discover_rung rung, enum discover_outcome outcome,
    const char *what, const char *fmt, ...)
{
    char words[ERROR_TEXT_MAX], clean[ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    text_clean(clean, sizeof clean, words, strlen(words));
    struct discover_result *r = l->result;
    r->attempts = mem_grow(r->attempts, r->attempt_count + 1, sizeof *r->attempts);
    r->attempts[r->attempt_count++] =
        (struct discover_attempt){rung, outcome, mem_strdup(what), mem_strdup(clean)};
}

const char *discover_ladder_words(const struct error *e, const char *what)
{
    size_t len = strlen(what);
    return !strncmp(e->text, what, len) && !strncmp(e->text + len, ": ", 2) ? e->text + len + 2 : e->text;
}

static bool same_server(const struct discover_server *a, const struct discover_server *b)
{
    return a->protocol == b->protocol && a->security == b->security && a->port == b->port &&
           !strcmp(a->host, b->host) && !strcmp(a->user, b->user);
}

void discover_ladder_found(struct ladder *l, enum discover_rung rung, const struct discover_server *s,
    const char *what, const char *provider, const char *why_not)
{
    struct discover_result *r = l->result;
    if (!l->spec->want[s->protocol] || r->finding_count == DISCOVER_FINDINGS)
        return;
    for (size_t i = 0; i < r->finding_count; i++)
        if (same_server(&r->findings[i].server, s) && (r->findings[i].trusted || why_not))
            return;
    r->findings = mem_grow(r->findings, r->finding_count + 1, sizeof *r->findings);
    struct discover_finding *f = &r->findings[r->finding_count++];
    *f = (struct discover_finding){
        .server = *s,
        .rung = rung,
        .trusted = !why_not,
        .what = mem_strdup(what),
        .why_not = mem_strdup(why_not),
    };
    snprintf(f->provider, sizeof f->provider, "%s", provider);
}

/* Questions to the name service, unless it is known not to answer. */
static int ask(struct ladder *l, struct discover_dns_question *q, size_t count)
{
    if (!l->deaf && discover_dns_ask(l->dns, q, count, discover_ladder_left_ms(l, NAMES_SHARE), l->spec->stop,
                        l->spec->ctx, l->err) < 0)
        return -1;
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        if (l->deaf) {
            q[i].answer = DISCOVER_DNS_FAILED;
            snprintf(q[i].why, sizeof q[i].why, "the name service did not answer before");
        }
        failed += q[i].answer == DISCOVER_DNS_FAILED;
    }
    l->result->temporary = l->result->temporary || failed;
    l->deaf = failed == count;
    return 0;
}

int discover_ladder_addresses(struct ladder *l, const char *const *hosts, size_t count, char **ret)
{
    if (!l->spec->dns || !count)
        return 0;
    struct discover_dns_question *q = mem_array(2 * count, sizeof *q);
    for (size_t i = 0; i < count; i++) {
        bool safe = discover_host_is_safe(hosts[i]);
        snprintf(q[2 * i].name, sizeof q->name, "%s", safe ? hosts[i] : "invalid");
        q[2 * i].type = DISCOVER_DNS_A;
        q[2 * i + 1] = q[2 * i];
        q[2 * i + 1].type = DISCOVER_DNS_AAAA;
    }
    int rc = ask(l, q, 2 * count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct discover_dns_question *one = q[2 * i].count ? &q[2 * i] : &q[2 * i + 1];
        if (discover_host_is_safe(hosts[i]))
            ret[i] = mem_strdup(one->count ? one->records[0].name : "");
    }
    free(q);
    return rc;
}

/* ---- choosing ---- */
static int worth(const struct discover_finding *f)
{
    return (f->server.security != STREAM_PLAINTEXT) * 2 + f->trusted;
}

const struct discover_finding *discover_best(const struct discover_result *r, enum stream_protocol protocol)
{
    const struct discover_finding *best = NULL;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct discover_finding *f = &r->findings[i];
        if (f->server.protocol == protocol && (!best || worth(f) > worth(best)))
            best = f;
    }
    return best;
}

bool discover_ladder_done(const struct ladder *l)
{
    for (enum stream_protocol p = STREAM_POP3; p <= STREAM_IMAP; p++) {
        const struct discover_finding *f = discover_best(l->result, p);
        if (l->spec->want[p] && (!f || worth(f) < 3))
            return false;
    }
    return true;
}

char *discover_server_url(const struct discover_server *s)
{
    bool tls = s->security == STREAM_TLS_IMPLICIT, pop3 = s->protocol == STREAM_POP3;
    uint16_t usual = pop3 ? (tls ? 995 : 110) : (tls ? 993 : 143);
    CLEANUP(mem_free_str) char *user = discover_url_encode(s->user);
    CLEANUP(buf_done) struct buf b = {0};
    buf_printf(&b, "%s%s://%s@%s", pop3 ? "pop3" : "imap", tls ? "s" : "", user, s->host);
    if (s->port != usual)
        buf_printf(&b, ":%u", s->port);
    return buf_strdup(&b);
}

/* ---- the ladder ---- */
/* All questions at once: those that the srv and mx rungs need. */
static int ask_names(struct ladder *l)
{
    static const char *const services[] = {
        [LADDER_POP3S] = "_pop3s._tcp.",
        [LADDER_POP3] = "_pop3._tcp.",
        [LADDER_IMAPS] = "_imaps._tcp.",
        [LADDER_IMAP] = "_imap._tcp.",
        [LADDER_MX] = "",
    };
    l->names = mem_array(LADDER_NAMES, sizeof *l->names);
    for (int i = 0; i < LADDER_NAMES; i++) {
        l->names[i].type = i == LADDER_MX ? DISCOVER_DNS_MX : DISCOVER_DNS_SRV;
        snprintf(l->names[i].name, sizeof l->names[i].name, "%s%s", services[i], l->who.domain);
    }
    if (ask(l, l->names, LADDER_NAMES) < 0)
        return -1;
    l->result->no_domain = l->names[LADDER_MX].answer == DISCOVER_DNS_NOBODY;
    return 0;
}

static int climb(struct ladder *l)
{
    static const struct {
        enum discover_rung first;
        int (*go)(struct ladder *l);
        bool local; /* takes no time */
    } steps[] = {
        {DISCOVER_RUNG_FOLDER, discover_fetch_folder, true},
        {DISCOVER_RUNG_AUTOCONFIG, discover_fetch_own, false},
        {DISCOVER_RUNG_ISPDB, discover_fetch_ispdb, false},
        {DISCOVER_RUNG_HTTP, discover_fetch_http, false},
        {DISCOVER_RUNG_SRV, ask_names, false},
        {DISCOVER_RUNG_SRV, discover_probe_srv, false},
        {DISCOVER_RUNG_MX, discover_preset_mx, false},
        {DISCOVER_RUNG_PRESET, discover_preset_domain, true},
        {DISCOVER_RUNG_GUESS, discover_probe_guess, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !discover_ladder_done(l); i++) {
        bool late = l->until_ms - clock_mono_ms(clock_system()) < TOO_LATE_MS;
        if (!late || steps[i].local) {
            if (steps[i].go(l) < 0)
                return -1;
        } else if (steps[i].go != ask_names) {
            l->result->temporary = true;
            discover_ladder_note(l, steps[i].first, DISCOVER_SKIPPED, l->who.domain,
                "no time is left; --timeout SECONDS gives more");
        }
    }
    return 0;
}

int discover_run(const struct discover_spec *spec, struct discover_result *ret, struct error *err)
{
    CLEANUP(discover_result_done) struct discover_result result = {0};
    struct ladder l = {.spec = spec, .result = &result, .err = err};
    l.timeout_ms = spec->timeout_ms > 0 ? spec->timeout_ms : DISCOVER_TIMEOUT_MS;
    l.until_ms = clock_mono_ms(clock_system()) + l.timeout_ms;
    if (discover_address_parse(spec->address, &l.who, err) < 0)
        return -1;
    result.address = mem_strdup(l.who.whole);
    result.domain = mem_strdup(l.who.domain);
    l.dns = discover_dns_new(spec->dns, err);
    int rc = l.dns ? climb(&l) : -1;
    discover_dns_free(l.dns);
    discover_address_done(&l.who);
    free(l.names);
    if (rc == 0) {
        *ret = result;
        result = (struct discover_result){0};
    }
    return rc;
}

void discover_result_done(struct discover_result *r)
{
    for (size_t i = 0; i < r->attempt_count; i++) {
        free(r->attempts[i].what);
        free(r->attempts[i].why);
    }
    for (size_t i = 0; i < r->finding_count; i++) {
        free(r->findings[i].what);
        free(r->findings[i].why_not);
    }
    free(r->attempts);
    free(r->findings);
    free(r->address);
    free(r->domain);
    *r = (struct discover_result){0};
}
