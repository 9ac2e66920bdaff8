#include "options_discover.h"

#include "discover_endpoint.h"
#include "mem.h"
#include "stop.h"
#include "talk.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

void discover_cache_done(struct discover_cache *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->known[i].domain);
        free(c->known[i].first);
        free(c->known[i].head);
        free(c->known[i].tail);
    }
    free(c->known);
    *c = (struct discover_cache){0};
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : address;
}

static char *user_part(const struct discover_known *k, const char *address)
{
    size_t len = k->whole_address ? strlen(address) : (size_t)(strrchr(address, '@') - address);
    char *user CLEANUP(mem_free_str) = mem_strndup(address, len);
    return discover_url_encode(user);
}

static const struct discover_known *find(
    const struct discover_cache *c, const char *address, enum endpoint_protocol protocol)
{
    for (size_t i = 0; c && i < c->count; i++)
        if (c->known[i].protocol == (int)protocol &&
            text_equal_nocase(c->known[i].domain, domain_of(address)))
            return &c->known[i];
    return NULL;
}

static void add(struct discover_cache *c, struct discover_known k)
{
    c->known = mem_grow(c->known, c->count + 1, sizeof *c->known);
    c->known[c->count++] = k;
}

/* Only where the user's part of the URL is the address or its local part: then it is so for the others, too.
 */
static void remember(
    struct discover_cache *c, const char *address, enum endpoint_protocol protocol, const char *url)
{
    for (int whole = 1; c && whole >= 0; whole--) {
        struct discover_known k = {.protocol = (int)protocol, .whole_address = whole};
        char *user CLEANUP(mem_free_str) = user_part(&k, address);
        const char *slashes = strstr(url, "://"), *end = slashes ? strchr(slashes, '@') : NULL;
        if (!end || strlen(user) != (size_t)(end - slashes - 3) ||
            strncmp(slashes + 3, user, strlen(user)) != 0)
            continue;
        k.domain = mem_strdup(domain_of(address));
        k.head = mem_strndup(url, (size_t)(slashes + 3 - url));
        k.tail = mem_strdup(end);
        add(c, k);
        return;
    }
}

static bool on_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

static int look_for(const struct options *o, const char *side, const char *address, const char *user,
    enum endpoint_protocol protocol, bool interactive, struct discover_cache *cache, char **ret,
    struct error *err)
{
    const struct discover_options how = {.ispdb = o->ispdb,
        .folder = o->autoconfig_dir,
        .dns = o->dns,
        .allow_http = o->allow_http,
        .trust = o->trust,
        .timeout_s = o->discover_timeout,
        .catalogs = o->catalogs,
        .ca_file = o->ca_file};
    const struct discover_known *known = user ? NULL : find(cache, address, protocol);
    if (known && known->error.code)
        return error_set(err, known->error.scope, known->error.retry, known->error.code,
            "%s: no server is found for the domain %s, as for %s: popferry discover %s shows what was asked",
            side, known->domain, known->first, address);
    if (known) {
        char *part CLEANUP(mem_free_str) = user_part(known, address);
        *ret = mem_printf("%s%s%s", known->head, part, known->tail);
        return 0;
    }
    stop_catch_signals();
    if (discover_endpoint(&how, side, address, user, protocol, interactive, on_stop, NULL, ret, err) < 0) {
        if (cache && !user)
            add(cache, (struct discover_known){.domain = mem_strdup(domain_of(address)),
                           .first = mem_strdup(address),
                           .protocol = (int)protocol,
                           .error = *err});
        return -1;
    }
    if (!user)
        remember(cache, address, protocol, *ret);
    return 0;
}

static int replace(const struct options *o, const char *side, char **url, const char *user,
    enum endpoint_protocol protocol, bool interactive, struct discover_cache *cache, struct error *err)
{
    char *found;
    const char *other = user && strcmp(user, *url) != 0 ? user : NULL;
    if (look_for(o, side, *url, other, protocol, interactive, cache, &found, err) < 0)
        return -1;
    free(*url);
    *url = found;
    return 0;
}

static bool lacks_source(const struct options *o)
{
    return !o->from && !o->from_host && o->from_user && discover_endpoint_is_address(o->from_user);
}

bool options_discover_wants(const struct options *o, enum job_side side)
{
    if (side == JOB_DESTINATION)
        return o->to && discover_endpoint_is_address(o->to);
    return lacks_source(o) || (o->from && discover_endpoint_is_address(o->from));
}

int options_discover(struct options *o, bool interactive, struct discover_cache *cache, struct error *err)
{
    if (lacks_source(o))
        o->from = mem_strdup(o->from_user);
    bool from = o->from && discover_endpoint_is_address(o->from);
    bool to = o->to && discover_endpoint_is_address(o->to);
    if (from && replace(o, "--from", &o->from, o->from_user, ENDPOINT_POP3, interactive, cache, err) < 0)
        return -1;
    if (from) { /* the URL has the user that the server wants */
        free(o->from_user);
        o->from_user = NULL;
    }
    if (to && replace(o, "--to", &o->to, o->to_user, ENDPOINT_IMAP, interactive, cache, err) < 0)
        return -1;
    if (to) {
        free(o->to_user);
        o->to_user = NULL;
    }
    return 0;
}
