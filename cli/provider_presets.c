#include "provider_presets.h"

#include "mem.h"
#include <string.h>

struct list {
    struct discover_preset *presets;
    size_t count;
};

static void add(struct list *l, struct discover_preset p)
{
    l->presets = mem_grow(l->presets, l->count + 1, sizeof *l->presets);
    l->presets[l->count++] = p;
}

static bool is_pattern(const struct catalog_host *h)
{
    return h->name[0] == '*';
}

static enum stream_protocol protocol_of(const struct catalog_host *h)
{
    return h->protocol == CATALOG_POP3 ? STREAM_POP3 : STREAM_IMAP;
}

static const char *base_of(const char *pattern)
{
    return strncmp(pattern, "*.", 2) ? pattern : pattern + 2;
}

/* How many hosts for this protocol; below the name, or (NULL) anywhere. */
static size_t count_hosts(const struct catalog_provider *p, enum catalog_protocol protocol, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < p->host_count; i++)
        count += p->hosts[i].protocol == protocol && !is_pattern(&p->hosts[i]) &&
                 (!name || discover_host_is_under(p->hosts[i].name, name));
    return count;
}

static bool is_meant(
    const struct catalog_provider *p, const struct catalog_domain *d, const struct catalog_host *h)
{
    const char *name = base_of(d->name);
    if (is_pattern(h))
        return false;
    if (count_hosts(p, h->protocol, name))
        return discover_host_is_under(h->name, name);
    return count_hosts(p, h->protocol, NULL) == 1;
}

static void add_domain(struct list *l, const struct catalog_provider *p, const struct catalog_domain *d)
{
    for (size_t i = 0; i < p->host_count; i++)
        if (is_meant(p, d, &p->hosts[i]))
            add(l, (struct discover_preset){
                       .kind = d->mx ? DISCOVER_PRESET_MX : DISCOVER_PRESET_DOMAIN,
                       .pattern = d->name,
                       .provider = p->name,
                       .protocol = protocol_of(&p->hosts[i]),
                       .host = p->hosts[i].name,
                       .port = p->hosts[i].port,
                       .local_user = d->user == CATALOG_USER_LOCAL_PART,
                       .user_known = d->user != CATALOG_USER_UNKNOWN,
                       .verified = d->fact.verified && p->hosts[i].fact.verified,
                   });
}

static void add_pattern(struct list *l, const struct catalog_provider *p, const struct catalog_host *h)
{
    add(l, (struct discover_preset){
               .kind = DISCOVER_PRESET_HOST,
               .pattern = h->name,
               .provider = p->name,
               .protocol = protocol_of(h),
               .port = h->port,
               .verified = h->fact.verified,
           });
}

size_t provider_presets(const struct catalog *c, struct discover_preset **ret)
{
    struct list l = {0};
    for (size_t i = 0; i < c->provider_count; i++) {
        const struct catalog_provider *p = c->providers[i];
        for (size_t k = 0; k < p->domain_count; k++)
            add_domain(&l, p, &p->domains[k]);
        for (size_t k = 0; k < p->host_count; k++)
            if (is_pattern(&p->hosts[k]))
                add_pattern(&l, p, &p->hosts[k]);
    }
    *ret = l.presets;
    return l.count;
}
