#include "catalog_read.h"

#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *file; /* owned by the arena */
    struct catalog_arena *arena;
    struct error *err;
};

static int wrong(const struct reader *r, const struct catalog_xml_node *node, const char *words,
    const char *value, const char *advice)
{
    return error_set(r->err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s:%ld: %s %s \"%s\": %s",
        r->file, catalog_xml_line(node), catalog_xml_name(node), words, value, advice);
}

/* ---- values ---- */
/* Fit to be shown, and the arena's. Consumes raw; NULL stays NULL. */
static const char *keep(const struct reader *r, char *raw)
{
    if (!raw)
        return NULL;
    char *clean = text_clean_dup(raw);
    free(raw);
    return catalog_arena_own(r->arena, clean);
}

static const char *attr(const struct reader *r, const struct catalog_xml_node *node, const char *name)
{
    return keep(r, catalog_xml_attr(node, name));
}

static const char *attr_or_empty(
    const struct reader *r, const struct catalog_xml_node *node, const char *name)
{
    const char *value = attr(r, node, name);
    return value ? value : "";
}

static bool attr_is(const struct catalog_xml_node *node, const char *name, const char *value)
{
    char *is CLEANUP(mem_free_str) = catalog_xml_attr(node, name);
    return is && !strcmp(is, value);
}

/* A count within the schema's bounds; absent: as given. */
static uint64_t attr_count(const struct catalog_xml_node *node, const char *name, uint64_t absent)
{
    char *value CLEANUP(mem_free_str) = catalog_xml_attr(node, name);
    unsigned long long n;
    return value && text_parse_u64(value, strlen(value), &n) ? n : absent;
}

static struct catalog_fact read_fact(const struct reader *r, const struct catalog_xml_node *node)
{
    return (struct catalog_fact){
        .as_of = attr_or_empty(r, node, "as-of"),
        .source = attr_or_empty(r, node, "source"),
        .verified = attr_is(node, "verified", "true"),
    };
}

static const char *const *read_notes(
    const struct reader *r, const struct catalog_xml_node *parent, size_t *ret_count)
{
    size_t count = catalog_xml_count(parent, "note"), i = 0;
    const char **notes = catalog_arena_array(r->arena, count, sizeof *notes);
    for (const struct catalog_xml_node *n = catalog_xml_child(parent, "note"); n;
         n = catalog_xml_next(n, "note"))
        notes[i++] = keep(r, catalog_xml_text(n));
    *ret_count = count;
    return notes;
}

static struct catalog_place read_place(const struct reader *r, const struct catalog_xml_node *node)
{
    return (struct catalog_place){.file = r->file, .line = catalog_xml_line(node)};
}

/* ---- storage and prices ---- */
/* "1.5" in thousandths; the schema allows 15 digits and 3 decimals. */
static uint64_t thousandths(const char *amount)
{
    size_t whole = strcspn(amount, ".");
    const char *decimals = amount[whole] ? amount + whole + 1 : "";
    size_t count = strlen(decimals);
    uint64_t v = 0;
    for (size_t i = 0; i < whole; i++)
        v = v * 10 + (uint64_t)(amount[i] - '0');
    for (size_t i = 0; i < 3; i++)
        v = v * 10 + (i < count ? (uint64_t)(decimals[i] - '0') : 0);
    return v;
}

static uint64_t unit_octets(const char *unit, unsigned base)
{
    uint64_t octets = (uint64_t)base * base;
    return *unit == 'M' ? octets : *unit == 'G' ? octets * base : octets * base * base;
}

static int read_amount(
    const struct reader *r, const struct catalog_xml_node *node, struct catalog_storage *ret)
{
    const char *amount = attr_or_empty(r, node, "amount"), *unit = attr_or_empty(r, node, "unit");
    unsigned base = attr_is(node, "base", "1024") ? 1024 : 1000;
    __int128 octets = (__int128)thousandths(amount) * unit_octets(unit, base) / 1000;
    if (octets < 1 || octets > INT64_MAX)
        return wrong(r, node, "with amount", amount, "it must be above 0 and below 2^63 octets");
    *ret = (struct catalog_storage){
        .octets = (uint64_t)octets,
        .words = catalog_arena_own(r->arena, mem_printf("%s %s", amount, unit)),
        .base = base,
        .base_verified = attr_is(node, "base-verified", "true"),
        .fact = read_fact(r, node),
    };
    return 0;
}

static int read_storage(
    const struct reader *r, const struct catalog_xml_node *parent, struct catalog_storage *ret)
{
    const struct catalog_xml_node *node = catalog_xml_child(parent, "storage");
    if (node)
        return read_amount(r, node, ret);
    node = catalog_xml_child(parent, "no-storage");
    *ret = (struct catalog_storage){
        .words = "", .no_storage = attr_or_empty(r, node, "reason"), .fact = {"unknown", "", false}};
    return 0;
}

static int read_mailbox_max(
    const struct reader *r, const struct catalog_xml_node *plan, struct catalog_storage *ret)
{
    const struct catalog_xml_node *node = catalog_xml_child(plan, "mailbox-max");
    *ret = (struct catalog_storage){.words = "", .fact = {"unknown", "", false}};
    return node ? read_amount(r, node, ret) : 0;
}

static enum catalog_tax read_tax(const struct catalog_xml_node *node)
{
    return attr_is(node, "tax", "included")   ? CATALOG_TAX_INCLUDED
           : attr_is(node, "tax", "excluded") ? CATALOG_TAX_EXCLUDED
                                              : CATALOG_TAX_UNKNOWN;
}

static int read_price(const struct reader *r, const struct catalog_xml_node *node, struct catalog_price *ret)
{
    struct error err;
    struct catalog_price p = {
        .per_year = attr_is(node, "per", "year"),
        .term_months = (unsigned)attr_count(node, "term-months", 1),
        .tax = read_tax(node),
        .fact = read_fact(r, node),
    };
    const char *code = attr_or_empty(r, node, "currency"), *amount = attr_or_empty(r, node, "amount");
    enum money_currency currency;
    if (!money_code_parse(code, &currency))
        return wrong(r, node, "with currency", code, "must be JPY, USD or EUR");
    if (money_parse(amount, currency, &p.amount, &err) < 0)
        return wrong(r, node, "with amount", amount, err.text);
    char *percent CLEANUP(mem_free_str) = catalog_xml_attr(node, "tax-percent");
    if (percent && money_tax_parse(percent, &p.tax_tenths, &err) < 0)
        return wrong(r, node, "with tax-percent", percent, err.text);
    *ret = p;
    return 0;
}

static int read_prices(const struct reader *r, const struct catalog_xml_node *parent,
    const struct catalog_price **ret, size_t *ret_count, const char **ret_no_price)
{
    size_t count = catalog_xml_count(parent, "price"), i = 0;
    struct catalog_price *prices = catalog_arena_array(r->arena, count, sizeof *prices);
    for (const struct catalog_xml_node *n = catalog_xml_child(parent, "price"); n;
         n = catalog_xml_next(n, "price"))
        if (read_price(r, n, &prices[i++]) < 0)
            return -1;
    const struct catalog_xml_node *none = catalog_xml_child(parent, "no-price");
    *ret = prices;
    *ret_count = count;
    *ret_no_price = none ? attr_or_empty(r, none, "reason") : NULL;
    return 0;
}

/* ---- elements ---- */
static const struct catalog_host *read_hosts(
    const struct reader *r, const struct catalog_xml_node *parent, size_t *ret_count)
{
    size_t count = catalog_xml_count(parent, "host"), i = 0;
    struct catalog_host *hosts = catalog_arena_array(r->arena, count, sizeof *hosts);
    for (const struct catalog_xml_node *n = catalog_xml_child(parent, "host"); n;
         n = catalog_xml_next(n, "host"))
        hosts[i++] = (struct catalog_host){
            .protocol = attr_is(n, "protocol", "pop3") ? CATALOG_POP3 : CATALOG_IMAP,
            .name = attr_or_empty(r, n, "name"),
            .port = (uint16_t)attr_count(n, "port", 0),
            .fact = read_fact(r, n),
        };
    *ret_count = count;
    return hosts;
}

static enum catalog_user read_user(const struct catalog_xml_node *node)
{
    return attr_is(node, "user", "address")      ? CATALOG_USER_ADDRESS
           : attr_is(node, "user", "local-part") ? CATALOG_USER_LOCAL_PART
                                                 : CATALOG_USER_UNKNOWN;
}

static const struct catalog_domain *read_domains(
    const struct reader *r, const struct catalog_xml_node *parent, size_t *ret_count)
{
    size_t count = catalog_xml_count(parent, "domain"), i = 0;
    struct catalog_domain *domains = catalog_arena_array(r->arena, count, sizeof *domains);
    for (const struct catalog_xml_node *n = catalog_xml_child(parent, "domain"); n;
         n = catalog_xml_next(n, "domain"))
        domains[i++] = (struct catalog_domain){
            .mx = attr_is(n, "purpose", "mx"),
            .name = attr_or_empty(r, n, "name"),
            .user = read_user(n),
            .fact = read_fact(r, n),
        };
    *ret_count = count;
    return domains;
}

static int read_limit(const struct reader *r, const struct catalog_xml_node *node, struct catalog_provider *p)
{
    const char *kind = attr_or_empty(r, node, "kind");
    for (int i = 0; i < CATALOG_LIMITS; i++) {
        if (strcmp(kind, catalog_limit_name((enum catalog_limit_kind)i)) != 0)
            continue;
        if (p->limits[i].value)
            return wrong(r, node, "of kind", kind, "stands twice for this provider; delete one");
        p->limits[i] = (struct catalog_limit){attr_count(node, "value", 0), read_fact(r, node)};
    }
    return 0;
}

static int read_provider(
    const struct reader *r, const struct catalog_xml_node *node, struct catalog_provider *p)
{
    p->id = attr_or_empty(r, node, "id");
    p->name = attr_or_empty(r, node, "name");
    p->name_ja = attr_or_empty(r, node, "name-ja");
    p->hosts = read_hosts(r, node, &p->host_count);
    p->domains = read_domains(r, node, &p->domain_count);
    p->notes = read_notes(r, node, &p->note_count);
    p->place = read_place(r, node);
    for (const struct catalog_xml_node *n = catalog_xml_child(node, "limit"); n;
         n = catalog_xml_next(n, "limit"))
        if (read_limit(r, n, p) < 0)
            return -1;
    for (int i = 0; i < CATALOG_LIMITS; i++)
        if (!p->limits[i].value)
            p->limits[i].fact = (struct catalog_fact){"unknown", "", false};
    return 0;
}

static enum catalog_scope read_scope(const struct catalog_xml_node *node)
{
    if (attr_is(node, "scope", "contract"))
        return CATALOG_PER_CONTRACT;
    if (attr_is(node, "scope", "address"))
        return CATALOG_PER_ADDRESS;
    return attr_is(node, "pooled", "true") ? CATALOG_PER_USER_SUM : CATALOG_PER_USER;
}

static int read_family(const struct reader *r, const struct catalog_xml_node *node, struct catalog_family *f)
{
    f->id = attr_or_empty(r, node, "id");
    f->name = attr_or_empty(r, node, "name");
    f->name_ja = attr_or_empty(r, node, "name-ja");
    f->provider_id = attr_or_empty(r, node, "provider");
    f->scope = read_scope(node);
    f->charged_per_user = attr_is(node, "charged", "user");
    f->mixing = attr_is(node, "mixing", "allowed");
    f->for_persons = attr_is(node, "audience", "person");
    f->seats_max = attr_count(node, "seats-max", 0);
    f->fact = read_fact(r, node);
    f->notes = read_notes(r, node, &f->note_count);
    f->place = read_place(r, node);
    return 0;
}

static int read_add_on(const struct reader *r, const struct catalog_xml_node *node, struct catalog_add_on *a)
{
    a->id = attr_or_empty(r, node, "id");
    a->name = attr_or_empty(r, node, "name");
    a->archive = attr_is(node, "kind", "archive");
    a->units_max = attr_count(node, "units-max", 1);
    if (read_storage(r, node, &a->storage) < 0)
        return -1;
    return read_prices(r, node, &a->prices, &a->price_count, &a->no_price);
}

static int read_add_ons(const struct reader *r, const struct catalog_xml_node *node, struct catalog_plan *p)
{
    size_t i = 0;
    p->add_on_count = catalog_xml_count(node, "add-on");
    struct catalog_add_on *add_ons = catalog_arena_array(r->arena, p->add_on_count, sizeof *add_ons);
    for (const struct catalog_xml_node *n = catalog_xml_child(node, "add-on"); n;
         n = catalog_xml_next(n, "add-on"), i++) {
        if (read_add_on(r, n, &add_ons[i]) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (!strcmp(add_ons[i].id, add_ons[k].id))
                return wrong(
                    r, n, "with id", add_ons[i].id, "stands twice in this plan; give one another id");
    }
    p->add_ons = add_ons;
    return 0;
}

static void read_steps(const struct reader *r, const struct catalog_xml_node *node, struct catalog_plan *p)
{
    size_t i = 0;
    p->step_count = catalog_xml_count(node, "step");
    const char **ids = catalog_arena_array(r->arena, p->step_count, sizeof *ids);
    for (const struct catalog_xml_node *n = catalog_xml_child(node, "step"); n;
         n = catalog_xml_next(n, "step"))
        ids[i++] = attr_or_empty(r, n, "to");
    p->step_ids = ids;
}

static int read_plan(const struct reader *r, const struct catalog_xml_node *node, struct catalog_plan *p)
{
    p->id = attr_or_empty(r, node, "id");
    p->name = attr_or_empty(r, node, "name");
    p->name_ja = attr_or_empty(r, node, "name-ja");
    p->family_id = attr_or_empty(r, node, "family");
    p->automatic = !attr_is(node, "automatic", "false");
    p->notes = read_notes(r, node, &p->note_count);
    p->place = read_place(r, node);
    read_steps(r, node, p);
    if (read_storage(r, node, &p->storage) < 0 || read_mailbox_max(r, node, &p->mailbox_max) < 0 ||
        read_prices(r, node, &p->prices, &p->price_count, &p->no_price) < 0)
        return -1;
    return read_add_ons(r, node, p);
}

/* ---- the file ---- */
/* An id stands once in a file; quadratic, within CATALOG_FILE_MAX. */
static int check_once(const struct reader *r, const struct catalog_xml_node *node)
{
    char *id CLEANUP(mem_free_str) = catalog_xml_attr(node, "id");
    const char *element = catalog_xml_name(node);
    const struct catalog_xml_node *later = catalog_xml_next(node, element);
    for (; id && later; later = catalog_xml_next(later, element))
        if (attr_is(later, "id", id))
            return wrong(
                r, later, "with id", id, "stands twice in this file; delete one or give it another id");
    return 0;
}

static int read_element(
    const struct reader *r, const struct catalog_xml_node *node, struct catalog_batch *batch)
{
    const char *name = catalog_xml_name(node);
    if (check_once(r, node) < 0)
        return -1;
    if (!strcmp(name, "provider")) {
        struct catalog_provider *p = catalog_arena_array(r->arena, 1, sizeof *p);
        batch->providers[batch->provider_count++] = p;
        return read_provider(r, node, p);
    }
    if (!strcmp(name, "family")) {
        struct catalog_family *f = catalog_arena_array(r->arena, 1, sizeof *f);
        batch->families[batch->family_count++] = f;
        return read_family(r, node, f);
    }
    struct catalog_plan *p = catalog_arena_array(r->arena, 1, sizeof *p);
    batch->plans[batch->plan_count++] = p;
    return read_plan(r, node, p);
}

int catalog_read(const struct catalog_xml *xml, const char *name, struct catalog_arena *arena,
    struct catalog_batch *ret, struct error *err)
{
    struct reader r = {catalog_arena_own(arena, mem_strdup(name)), arena, err};
    const struct catalog_xml_node *root = catalog_xml_root(xml);
    struct catalog_batch batch = {
        .providers = catalog_arena_array(arena, catalog_xml_count(root, "provider"), sizeof *batch.providers),
        .families = catalog_arena_array(arena, catalog_xml_count(root, "family"), sizeof *batch.families),
        .plans = catalog_arena_array(arena, catalog_xml_count(root, "plan"), sizeof *batch.plans),
        .gathered = attr_or_empty(&r, root, "gathered"),
    };
    for (const struct catalog_xml_node *n = catalog_xml_child(root, NULL); n; n = catalog_xml_next(n, NULL))
        if (read_element(&r, n, &batch) < 0)
            return -1;
    *ret = batch;
    return 0;
}
