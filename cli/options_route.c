#include "options_route.h"

#include "mem.h"
#include "text.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */
struct word {
    const char *text;
    int value;
};

/* The first three are the manual's; the others are what people write into a table. */
static const struct word securities[] = {{"implicit", ENDPOINT_TLS}, {"starttls", ENDPOINT_STARTTLS},
    {"plaintext", ENDPOINT_PLAINTEXT}, {"ssl", ENDPOINT_TLS}, {"tls", ENDPOINT_TLS},
    {"ssl/tls", ENDPOINT_TLS}, {"あり", ENDPOINT_TLS}, {"有", ENDPOINT_TLS}, {"有り", ENDPOINT_TLS},
    {"stls", ENDPOINT_STARTTLS}, {"none", ENDPOINT_PLAINTEXT}, {"no", ENDPOINT_PLAINTEXT},
    {"off", ENDPOINT_PLAINTEXT}, {"なし", ENDPOINT_PLAINTEXT}, {"無", ENDPOINT_PLAINTEXT},
    {"無し", ENDPOINT_PLAINTEXT}, {"平文", ENDPOINT_PLAINTEXT}, {NULL, 0}};
#define EXACT 3 /* of them mean what they say at any port */
static const struct word versions[] = {{"1.0", STREAM_TLS_1_0}, {"1.1", STREAM_TLS_1_1},
    {"1.2", STREAM_TLS_1_2}, {"1.3", STREAM_TLS_1_3}, {NULL, 0}};

/* NULL: none of these. */
static const struct word *find(const struct word *words, const char *text)
{
    for (; words->text; words++)
        if (!strcmp(words->text, text))
            return words;
    return NULL;
}

/* However it was typed: "SSL/TLS", "ＳＴＡＲＴＴＬＳ". */
static const struct word *find_security(const char *text)
{
    char word[64];
    text_narrow(word, sizeof word, text);
    for (const struct word *w = securities; w->text; w++)
        if (text_equal_nocase(w->text, word))
            return w;
    return NULL;
}

bool options_route_encrypts(const char *tls)
{
    const struct word *w = find_security(tls);
    return w && w->value != ENDPOINT_PLAINTEXT;
}

/* "TLS" at a port where clear text comes first is STARTTLS. */
static enum endpoint_security security_at(const struct endpoint *e, const struct word *w)
{
    bool plain = e->port_given && (e->port == 110 || e->port == 143);
    bool loose = w - securities >= EXACT;
    return loose && plain && w->value == ENDPOINT_TLS ? ENDPOINT_STARTTLS : (enum endpoint_security)w->value;
}

/* What was said of one side. */
struct said {
    const char *side, *tls, *tls_min, *tls_pin, *authzid;
};

static struct said source_said(const struct options *o)
{
    return (struct said){"from", o->from_tls, o->from_tls_min, o->from_tls_pin, o->from_authzid};
}

static struct said destination_said(const struct options *o)
{
    return (struct said){"to", o->to_tls, o->to_tls_min, o->to_tls_pin, o->to_authzid};
}

static int usage(
    struct error *err, const struct said *s, const char *option, const char *value, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--%s-%s %.200s: %s", s->side,
        option, value, what);
}

static int check_side(const struct said *s, struct error *err)
{
    const struct word *security = s->tls ? find_security(s->tls) : NULL;
    if (s->tls && !security)
        return usage(err, s, "tls", s->tls, "must be implicit (SSL/TLS), starttls or plaintext (none)");
    if (s->tls_min && !find(versions, s->tls_min))
        return usage(err, s, "tls-min", s->tls_min, "must be 1.0, 1.1, 1.2 or 1.3");
    if (s->tls_pin && !stream_pin_is_valid(s->tls_pin))
        return usage(err, s, "tls-pin", s->tls_pin,
            "must be sha256// and the 44 characters that popferry check shows of the server's key");
    if (s->tls_pin && security && security->value == ENDPOINT_PLAINTEXT)
        return usage(err, s, "tls-pin", s->tls_pin,
            "a key can be pinned only where TLS is certain: leave out the pin, or plaintext");
    if (s->authzid && !*s->authzid)
        return usage(err, s, "authzid", "", "must be the name of a mailbox");
    return 0;
}

static bool has_password(const char *proxy)
{
    const char *authority = strstr(proxy, "://"), *at;
    authority = authority ? authority + 3 : proxy;
    at = strrchr(authority, '@');
    return at && memchr(authority, ':', (size_t)(at - authority));
}

int options_route_check(const struct options *o, struct error *err)
{
    const struct said from = source_said(o), to = destination_said(o);
    if (check_side(&from, err) < 0 || check_side(&to, err) < 0)
        return -1;
    if (o->ipv4 && o->ipv6)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--ipv4 and --ipv6: give one of them, or neither");
    if (o->proxy && has_password(o->proxy))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--proxy: its password may not stand on the command line, since every user of the machine could read it "
            "there; put the whole URL into the environment, as ALL_PROXY");
    return 0;
}

/* ---- the environment's proxies ---- */
/* "10.0.0.0/8", "2001:db8::/32" */
static bool in_network(const char *network, size_t len, const char *host)
{
    char text[INET6_ADDRSTRLEN + 8];
    unsigned char net[16], address[16];
    const char *slash = memchr(network, '/', len);
    unsigned long long bits;
    if (!slash || (size_t)(slash - network) >= sizeof text ||
        !text_parse_u64(slash + 1, len - (size_t)(slash + 1 - network), &bits))
        return false;
    snprintf(text, sizeof text, "%.*s", (int)(slash - network), network);
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, text, net) != 1 || inet_pton(family, host, address) != 1 ||
        bits > (family == AF_INET ? 32 : 128))
        return false;
    size_t whole = (size_t)bits / 8;
    unsigned mask = 0xff00U >> (bits % 8) & 0xff;
    return !memcmp(net, address, whole) && (!mask || !((net[whole] ^ address[whole]) & mask));
}

/* A name stands for itself and what lies below it. */
static bool names_host(const char *name, size_t len, const char *host)
{
    size_t host_len = strlen(host);
    while (len && *name == '.')
        name++, len--;
    if (!len || host_len < len || text_compare_nocase(host + host_len - len, len, name, len))
        return false;
    return host_len == len || (host[host_len - len - 1] == '.' && !strchr(host, ':'));
}

static bool is_excepted(const char *list, const char *host)
{
    for (const char *p = list; p && *p;) {
        size_t len = strcspn(p, ", ");
        if ((len == 1 && *p == '*') || names_host(p, len, host) || in_network(p, len, host))
            return true;
        p += len;
        p += strspn(p, ", ");
    }
    return false;
}

/* In small letters first, as other programs have it. */
static const char *variable(const char *name)
{
    char capitals[32];
    size_t i;
    for (i = 0; name[i] && i + 1 < sizeof capitals; i++)
        capitals[i] = (char)toupper((unsigned char)name[i]);
    capitals[i] = '\0';
    const char *value = getenv(name);
    value = value ? value : getenv(capitals);
    return value && *value ? value : NULL;
}

const char *options_route_environment(const char *scheme, const char *host)
{
    char name[32];
    snprintf(name, sizeof name, "%.20s_proxy", scheme);
    const char *proxy = variable(name);
    proxy = proxy ? proxy : variable("all_proxy");
    return proxy && !is_excepted(variable("no_proxy"), host) ? proxy : NULL;
}

/* ---- the job ---- */
static const char *scheme_of(const struct endpoint *e)
{
    if (e->protocol == ENDPOINT_POP3)
        return e->security == ENDPOINT_TLS ? "pop3s" : "pop3";
    return e->security == ENDPOINT_TLS ? "imaps" : "imap";
}

/* --allow-plaintext is for both sides: for each of which nothing else was said. */
static void fill_security(const struct options *o, const struct said *s, struct endpoint *e)
{
    if (s->tls)
        endpoint_secure(e, security_at(e, find_security(s->tls)));
    else if (o->allow_plaintext && e->security == ENDPOINT_STARTTLS && !s->tls_pin)
        e->security = ENDPOINT_PLAINTEXT;
}

static void fill_side(
    const struct options *o, const struct said *s, struct endpoint *e, struct stream_route *route)
{
    if (!e->host || e->protocol == ENDPOINT_STORE)
        return;
    fill_security(o, s, e);
    *route = (struct stream_route){
        .tls_min = s->tls_min ? (enum stream_tls_min)find(versions, s->tls_min)->value : STREAM_TLS_1_2,
        .tls_pin = s->tls_pin,
        .ca_dir = o->ca_dir,
        .proxy = o->proxy ? o->proxy : options_route_environment(scheme_of(e), e->host),
        .bind = o->bind,
        .family = o->ipv4   ? STREAM_IPV4
                  : o->ipv6 ? STREAM_IPV6
                            : STREAM_ANY_FAMILY,
    };
}

void options_route_fill(const struct options *o, struct job *job)
{
    const struct said from = source_said(o), to = destination_said(o);
    fill_side(o, &from, &job->from, &job->from_route);
    fill_side(o, &to, &job->to, &job->to_route);
}
