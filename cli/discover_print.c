#include "discover_print.h"

#include "mem.h"
#include <stdio.h>

/* ---- text ---- */
static void print_line(const char *label, const char *value)
{
    printf("  %-12s %s\n", label, value);
}

static const char *security_words(enum stream_security security)
{
    static const char *const words[] = {
        [STREAM_TLS_IMPLICIT] = "TLS from the beginning",
        [STREAM_TLS_STARTTLS] = "STARTTLS",
        [STREAM_PLAINTEXT] = "none is known: --allow-plaintext would be needed if the server has no STARTTLS",
    };
    return words[security];
}

static void print_finding(const struct discover_finding *f)
{
    char auth[64];
    CLEANUP(mem_free_str) char *url = discover_server_url(&f->server);
    printf("%s: %s\n", f->server.protocol == STREAM_POP3 ? "POP3" : "IMAP", url);
    if (f->provider[0])
        print_line("provider", f->provider);
    CLEANUP(mem_free_str)
    char *user = mem_printf(
        "%s%s", f->server.user, f->server.user_told ? "" : " (not told; the whole address is the usual)");
    print_line("user", user);
    print_line("encryption", security_words(f->server.security));
    if (f->server.auth)
        print_line("sign in by", discover_auth_words(auth, f->server.auth));
    CLEANUP(mem_free_str) char *known = mem_printf("%s (%s)", discover_rung_words(f->rung), f->what);
    print_line("known by", known);
    CLEANUP(mem_free_str)
    char *doubt = f->trusted
                      ? NULL
                      : mem_printf("no: %s; migrate and the others ask before, or want --trust", f->why_not);
    print_line("trusted", doubt ? doubt : "yes");
}

static void print_attempts(const struct discover_result *r)
{
    printf("\nAsked, in this order:\n");
    for (size_t i = 0; i < r->attempt_count; i++) {
        const struct discover_attempt *a = &r->attempts[i];
        printf("  %-11s  %-15s  %s\n  %13s%-15s  %s\n", discover_outcome_name(a->outcome),
            discover_rung_name(a->rung), a->what, "", "", a->why);
    }
}

void discover_print_text(const struct discover_result *r, const bool want[2])
{
    for (enum stream_protocol p = STREAM_POP3; p <= STREAM_IMAP; p++) {
        const struct discover_finding *f = discover_result_best(r, p);
        if (want[p] && f)
            print_finding(f);
        else if (want[p])
            printf("%s: none found\n", p == STREAM_POP3 ? "POP3" : "IMAP");
    }
    print_attempts(r);
    if (r->no_domain)
        printf("\nThe name service says that there is no domain %s: check the spelling.\n", r->domain);
    else if (!r->finding_count && r->temporary)
        printf("\nNot all that was asked did answer: check the network, then run the same command again.\n");
}

/* ---- JSON ---- */
static json_t *json_auth(unsigned auth)
{
    static const char *const names[] = {"password", "encrypted-password", "oauth2", "other"};
    json_t *array = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (auth & 1u << i)
            json_array_append_new(array, json_string(names[i]));
    return array;
}

static json_t *json_finding(const struct discover_finding *f)
{
    static const char *const security[] = {
        [STREAM_TLS_IMPLICIT] = "tls", [STREAM_TLS_STARTTLS] = "starttls", [STREAM_PLAINTEXT] = "none"};
    if (!f)
        return json_null();
    CLEANUP(mem_free_str) char *url = discover_server_url(&f->server);
    return json_pack("{s:s, s:s, s:i, s:s, s:s, s:b, s:o, s:s*, s:s, s:s, s:b, s:s?}", "url", url, "host",
        f->server.host, "port", (int)f->server.port, "security", security[f->server.security], "user",
        f->server.user, "user_told", f->server.user_told, "authentication", json_auth(f->server.auth),
        "provider", f->provider[0] ? f->provider : NULL, "rung", discover_rung_name(f->rung), "source",
        f->what, "trusted", f->trusted, "why_not", f->why_not);
}

json_t *discover_print_json(const struct discover_result *r)
{
    json_t *attempts = json_array();
    for (size_t i = 0; i < r->attempt_count; i++) {
        const struct discover_attempt *a = &r->attempts[i];
        json_array_append_new(
            attempts, json_pack("{s:s, s:s, s:s, s:s}", "rung", discover_rung_name(a->rung), "what", a->what,
                          "outcome", discover_outcome_name(a->outcome), "why", a->why));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:b, s:o}", "address", r->address, "domain", r->domain,
        "pop3", json_finding(discover_result_best(r, STREAM_POP3)), "imap",
        json_finding(discover_result_best(r, STREAM_IMAP)), "no_domain", r->no_domain, "temporary",
        r->temporary, "attempts", attempts);
}
