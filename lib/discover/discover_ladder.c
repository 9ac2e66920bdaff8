#include "discover_ladder.h"

#include "clock.h"
#include "mem.h"
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SHARE 25 /* hundredths of the time for SRV and MX */

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

int discover_ladder_ask(struct ladder *l, struct discover_dns_question *q, size_t count)
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
    int rc = discover_ladder_ask(l, q, 2 * count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct discover_dns_question *one = q[2 * i].count ? &q[2 * i] : &q[2 * i + 1];
        if (discover_host_is_safe(hosts[i]))
            ret[i] = mem_strdup(one->count ? one->records[0].name : "");
    }
    free(q);
    return rc;
}

bool discover_ladder_done(const struct ladder *l)
{
    for (enum stream_protocol p = STREAM_POP3; p <= STREAM_IMAP; p++) {
        const struct discover_finding *f = discover_result_best(l->result, p);
        if (l->spec->want[p] && (!f || !discover_result_is_sure(f)))
            return false;
    }
    return true;
}
