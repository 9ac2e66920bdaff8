#include "catalog.h"

#include "catalog_arena.h"
#include "catalog_builtin.h"
#include "catalog_read.h"
#include "catalog_xml.h"
#include "mem.h"
#include "text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const char *catalog_scope_words(enum catalog_scope scope)
{
    static const char *const words[] = {
        [CATALOG_PER_USER] = "per user",
        [CATALOG_PER_USER_SUM] = "per user, pooled",
        [CATALOG_PER_CONTRACT] = "per contract",
        [CATALOG_PER_ADDRESS] = "per address",
    };
    return words[scope];
}

const char *catalog_tax_name(enum catalog_tax tax)
{
    static const char *const names[] = {
        [CATALOG_TAX_UNKNOWN] = "unknown",
        [CATALOG_TAX_EXCLUDED] = "excluded",
        [CATALOG_TAX_INCLUDED] = "included",
    };
    return names[tax];
}

/* ---- a catalog and its files ---- */
struct catalog *catalog_new(void)
{
    struct catalog *c = mem_alloc(sizeof *c);
    c->arena = mem_alloc(sizeof *c->arena);
    c->gathered = "";
    return c;
}

void catalog_free(struct catalog *c)
{
    if (!c)
        return;
    catalog_arena_done(c->arena);
    catalog_xml_schema_free(c->schema);
    free(c->arena);
    free(c->providers);
    free(c->families);
    free(c->plans);
    free(c);
}

void catalog_free_ptr(struct catalog **c)
{
    catalog_free(*c);
}

/* A function to replace the element of the same id, or to add one. */
#define DEFINE_PUT(kind, array, counter)                                                                     \
    static void put_##kind(struct catalog *c, struct catalog_##kind *element)                                \
    {                                                                                                        \
        for (size_t i = 0; i < c->counter; i++)                                                              \
            if (!strcmp(c->array[i]->id, element->id)) {                                                     \
                element->place.replaces = true;                                                              \
                c->array[i] = element;                                                                       \
                return;                                                                                      \
            }                                                                                                \
        c->array = mem_grow(c->array, c->counter + 1, sizeof *c->array);                                     \
        c->array[c->counter++] = element;                                                                    \
    }
DEFINE_PUT(provider, providers, provider_count)
DEFINE_PUT(family, families, family_count)
DEFINE_PUT(plan, plans, plan_count)

static void merge(struct catalog *c, const struct catalog_batch *batch)
{
    for (size_t i = 0; i < batch->provider_count; i++)
        put_provider(c, batch->providers[i]);
    for (size_t i = 0; i < batch->family_count; i++)
        put_family(c, batch->families[i]);
    for (size_t i = 0; i < batch->plan_count; i++)
        put_plan(c, batch->plans[i]);
}

static int add(struct catalog *c, const char *name, const char *text, size_t len, const char **ret_gathered,
    struct error *err)
{
    struct catalog_batch batch;
    if (!c->schema)
        c->schema = catalog_xml_schema_new(err);
    if (!c->schema)
        return -1;
    if (len > CATALOG_FILE_MAX)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: larger than %d octets, which no catalog is; name another file, or divide it", name,
            CATALOG_FILE_MAX);
    struct catalog_xml *xml CLEANUP(catalog_xml_free_ptr) = catalog_xml_read(c->schema, name, text, len, err);
    if (!xml || catalog_read(xml, name, c->arena, &batch, err) < 0)
        return -1;
    merge(c, &batch);
    *ret_gathered = batch.gathered;
    return 0;
}

int catalog_add_text(struct catalog *c, const char *name, const char *text, size_t len, struct error *err)
{
    const char *gathered;
    return add(c, name, text, len, &gathered, err);
}

/* Of several dates the oldest: no file is fresher than is said. */
int catalog_add_builtin(struct catalog *c, struct error *err)
{
    for (size_t i = 0; i < catalog_builtin_file_count; i++) {
        const struct catalog_builtin *file = &catalog_builtin_files[i];
        const char *gathered;
        char *name CLEANUP(mem_free_str) = mem_printf(CATALOG_BUILTIN "%s", file->name);
        if (add(c, name, file->text, file->len, &gathered, err) < 0)
            return -1;
        if (!*c->gathered || strcmp(gathered, c->gathered) < 0)
            c->gathered = gathered;
    }
    return 0;
}

static int unreadable(const char *path, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: cannot be read: %s; check the name and its rights", path, strerror(errno));
}

int catalog_add_file(struct catalog *c, const char *path, struct error *err)
{
    FILE *f = fopen(path, "rbe");
    if (!f)
        return unreadable(path, err);
    char *text CLEANUP(mem_free_str) = mem_alloc(CATALOG_FILE_MAX + 2);
    errno = 0;
    size_t len = fread(text, 1, CATALOG_FILE_MAX + 1, f); /* one more: then it is too large */
    int rc = ferror(f) ? unreadable(path, err) : 0;
    fclose(f);
    return rc < 0 ? rc : catalog_add_text(c, path, text, len, err);
}

int catalog_load(const char *const *paths, size_t count, struct catalog **ret, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    if (catalog_add_builtin(c, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (catalog_add_file(c, paths[i], err) < 0)
            return -1;
    if (catalog_finish(c, err) < 0)
        return -1;
    *ret = TAKE(c);
    return 0;
}

/* ---- what refers to what ---- */
static int dangling(const struct catalog_place *at, const char *kind, const char *id, const char *what,
    const char *named, const char *advice, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s:%ld: %s \"%s\" names %s \"%s\", %s", at->file, at->line, kind, id, what, named, advice);
}

static int resolve_family(const struct catalog *c, struct catalog_family *f, struct error *err)
{
    f->provider = catalog_provider_find(c, f->provider_id);
    if (f->provider)
        return 0;
    return dangling(&f->place, "family", f->id, "provider", f->provider_id,
        "which is not in the catalog; add it or name one that is", err);
}

static int resolve_steps(struct catalog *c, struct catalog_plan *p, struct error *err)
{
    const struct catalog_plan **steps = catalog_arena_array(c->arena, p->step_count, sizeof *steps);
    for (size_t i = 0; i < p->step_count; i++) {
        steps[i] = catalog_plan_find(c, p->step_ids[i]);
        if (!steps[i] || steps[i] == p || strcmp(steps[i]->family_id, p->family_id) != 0)
            return dangling(&p->place, "plan", p->id, "step", p->step_ids[i],
                "which must be another plan of the same family", err);
    }
    p->steps = steps;
    return 0;
}

static int resolve_plan(struct catalog *c, struct catalog_plan *p, struct error *err)
{
    p->family = catalog_family_find(c, p->family_id);
    if (!p->family)
        return dangling(&p->place, "plan", p->id, "family", p->family_id,
            "which is not in the catalog; add it or name one that is", err);
    return resolve_steps(c, p, err);
}

/* ---- one treatment of tax within a family, so that its prices can be added ---- */
struct tax_rule {
    const struct catalog_price *first[MONEY_CURRENCIES];
};

static int check_tax_of(struct tax_rule *rule, const struct catalog_plan *p,
    const struct catalog_price *prices, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct catalog_price *one = &prices[i], **first = &rule->first[one->amount.currency];
        if (!*first)
            *first = one;
        if (one->tax != (*first)->tax || one->tax_tenths != (*first)->tax_tenths)
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                "%s:%ld: plan \"%s\" has a price in %s with tax %s, another of family \"%s\" has it %s; prices that "
                "are added up must treat tax alike: change one",
                p->place.file, p->place.line, p->id, money_code(one->amount.currency),
                catalog_tax_name(one->tax), p->family_id, catalog_tax_name((*first)->tax));
    }
    return 0;
}

static int check_tax(const struct catalog *c, const struct catalog_family *f, struct error *err)
{
    struct tax_rule rule = {0};
    for (size_t i = 0; i < c->plan_count; i++) {
        const struct catalog_plan *p = c->plans[i];
        if (p->family != f)
            continue;
        if (check_tax_of(&rule, p, p->prices, p->price_count, err) < 0)
            return -1;
        for (size_t k = 0; k < p->add_on_count; k++)
            if (check_tax_of(&rule, p, p->add_ons[k].prices, p->add_ons[k].price_count, err) < 0)
                return -1;
    }
    return 0;
}

int catalog_finish(struct catalog *c, struct error *err)
{
    for (size_t i = 0; i < c->family_count; i++)
        if (resolve_family(c, c->families[i], err) < 0)
            return -1;
    for (size_t i = 0; i < c->plan_count; i++)
        if (resolve_plan(c, c->plans[i], err) < 0)
            return -1;
    for (size_t i = 0; i < c->family_count; i++)
        if (check_tax(c, c->families[i], err) < 0)
            return -1;
    return 0;
}

/* ---- looking up ---- */
const struct catalog_provider *catalog_provider_find(const struct catalog *c, const char *id)
{
    for (size_t i = 0; i < c->provider_count; i++)
        if (!strcmp(c->providers[i]->id, id))
            return c->providers[i];
    return NULL;
}

const struct catalog_family *catalog_family_find(const struct catalog *c, const char *id)
{
    for (size_t i = 0; i < c->family_count; i++)
        if (!strcmp(c->families[i]->id, id))
            return c->families[i];
    return NULL;
}

const struct catalog_plan *catalog_plan_find(const struct catalog *c, const char *id)
{
    for (size_t i = 0; i < c->plan_count; i++)
        if (!strcmp(c->plans[i]->id, id))
            return c->plans[i];
    return NULL;
}

static bool host_fits(const char *pattern, const char *host)
{
    if (pattern[0] != '*')
        return text_equal_nocase(pattern, host);
    size_t tail = strlen(pattern + 1), len = strlen(host); /* ".sakura.ne.jp" */
    return len > tail && text_equal_nocase(pattern + 1, host + len - tail);
}

static const struct catalog_provider *provider_of(
    const struct catalog *c, enum catalog_protocol protocol, const char *host, bool patterns)
{
    for (size_t i = 0; i < c->provider_count; i++)
        for (size_t k = 0; k < c->providers[i]->host_count; k++) {
            const struct catalog_host *h = &c->providers[i]->hosts[k];
            if (h->protocol == protocol && (h->name[0] == '*') == patterns && host_fits(h->name, host))
                return c->providers[i];
        }
    return NULL;
}

const struct catalog_provider *catalog_provider_of_host(
    const struct catalog *c, enum catalog_protocol protocol, const char *host)
{
    const struct catalog_provider *exact = provider_of(c, protocol, host, false);
    return exact ? exact : provider_of(c, protocol, host, true);
}

bool catalog_plan_leads_to(
    const struct catalog *c, const struct catalog_plan *from, const struct catalog_plan *to)
{
    const struct catalog_plan **seen = mem_array(c->plan_count + 1, sizeof *seen);
    size_t count = 0;
    bool found = false;
    seen[count++] = from;
    for (size_t i = 0; i < count && !found; i++) {
        found = seen[i] == to;
        for (size_t s = 0; s < seen[i]->step_count; s++) {
            size_t k = 0;
            while (k < count && seen[k] != seen[i]->steps[s])
                k++;
            if (k == count)
                seen[count++] = seen[i]->steps[s];
        }
    }
    free(seen);
    return found;
}

/* ---- prices ---- */
struct money catalog_price_yearly(const struct catalog_price *price)
{
    struct money m = price->amount;
    if (!price->per_year)
        m.minor *= 12; /* money_parse bounds what is read: no overflow */
    return m;
}

static bool better(const struct catalog_price *a, const struct catalog_price *b, unsigned term_months)
{
    bool a_short = a->term_months <= term_months, b_short = b->term_months <= term_months;
    if (a_short != b_short)
        return a_short;
    if (!a_short && a->term_months != b->term_months)
        return a->term_months < b->term_months;
    if (a->fact.verified != b->fact.verified)
        return a->fact.verified;
    return catalog_price_yearly(a).minor < catalog_price_yearly(b).minor;
}

const struct catalog_price *catalog_price_pick(
    const struct catalog_price *prices, size_t count, enum money_currency currency, unsigned term_months)
{
    const struct catalog_price *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (prices[i].amount.currency == currency && (!best || better(&prices[i], best, term_months)))
            best = &prices[i];
    return best;
}
