#include "catalog_json.h"

#include <string.h>

static void set_fact(json_t *to, const struct catalog_fact *fact)
{
    json_object_set_new(to, "as_of", json_string(fact->as_of));
    json_object_set_new(to, "source", json_string(fact->source));
    json_object_set_new(to, "verified", json_boolean(fact->verified));
}

static json_t *text_or_null(const char *s)
{
    return s && *s ? json_string(s) : json_null();
}

static json_t *array_of(const char *const *texts, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

static json_t *place(const struct catalog_place *at)
{
    return json_pack(
        "{s:s, s:I, s:b}", "file", at->file, "line", (json_int_t)at->line, "replaces", (int)at->replaces);
}

static json_t *storage(const struct catalog_storage *s)
{
    if (!s->octets)
        return json_null();
    json_t *json = json_pack("{s:I, s:s, s:i, s:b}", "octets", (json_int_t)s->octets, "words", s->words,
        "base", (int)s->base, "base_verified", (int)s->base_verified);
    set_fact(json, &s->fact);
    return json;
}

/* Amounts are strings: no reader may turn them into floating point. */
static json_t *prices(const struct catalog_price *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct catalog_price *p = &list[i];
        char amount[MONEY_TEXT_MAX];
        json_t *json =
            json_pack("{s:s, s:s, s:s, s:i, s:s, s:i}", "currency", money_code(p->amount.currency), "amount",
                money_text_plain(amount, p->amount), "per", p->per_year ? "year" : "month", "term_months",
                (int)p->term_months, "tax", catalog_tax_name(p->tax), "tax_tenths_of_percent", p->tax_tenths);
        set_fact(json, &p->fact);
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *add_ons(const struct catalog_plan *p)
{
    json_t *array = json_array();
    for (size_t i = 0; i < p->add_on_count; i++) {
        const struct catalog_add_on *a = &p->add_ons[i];
        json_array_append_new(array,
            json_pack("{s:s, s:s, s:b, s:I, s:o, s:o, s:o}", "id", a->id, "name", a->name, "archive",
                (int)a->archive, "units_max", (json_int_t)a->units_max, "storage", storage(&a->storage),
                "prices", prices(a->prices, a->price_count), "no_price", text_or_null(a->no_price)));
    }
    return array;
}

static json_t *plan(const struct catalog_plan *p)
{
    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", p->id,
        "name", p->name, "name_ja", text_or_null(p->name_ja), "family", p->family->id, "provider",
        p->family->provider->id, "automatic", (int)p->automatic, "storage", storage(&p->storage),
        "no_storage", text_or_null(p->storage.no_storage), "prices", prices(p->prices, p->price_count),
        "no_price", text_or_null(p->no_price), "add_ons", add_ons(p), "steps",
        array_of(p->step_ids, p->step_count), "notes", array_of(p->notes, p->note_count), "place",
        place(&p->place));
}

static json_t *family(const struct catalog_family *f)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:b, s:o, s:o, s:o}", "id", f->id, "name",
        f->name, "name_ja", text_or_null(f->name_ja), "provider", f->provider->id, "storage_counts",
        catalog_scope_words(f->scope), "charged_per", f->charged_per_user ? "user" : "contract", "mixing",
        (int)f->mixing, "seats_max", f->seats_max ? json_integer((json_int_t)f->seats_max) : json_null(),
        "notes", array_of(f->notes, f->note_count), "place", place(&f->place));
    set_fact(json, &f->fact);
    return json;
}

static json_t *limits(const struct catalog_provider *p)
{
    json_t *json = json_object();
    for (int i = 0; i < CATALOG_LIMITS; i++) {
        if (!p->limits[i].value)
            continue;
        json_t *limit = json_pack("{s:I}", "value", (json_int_t)p->limits[i].value);
        set_fact(limit, &p->limits[i].fact);
        json_object_set_new(json, catalog_limit_name((enum catalog_limit_kind)i), limit);
    }
    return json;
}

static json_t *hosts(const struct catalog_provider *p)
{
    json_t *array = json_array();
    for (size_t i = 0; i < p->host_count; i++) {
        const struct catalog_host *h = &p->hosts[i];
        json_t *host = json_pack("{s:s, s:s, s:i}", "protocol", h->protocol == CATALOG_IMAP ? "imap" : "pop3",
            "name", h->name, "port", (int)h->port);
        set_fact(host, &h->fact);
        json_array_append_new(array, host);
    }
    return array;
}

static json_t *domains(const struct catalog_provider *p)
{
    static const char *const users[] = {NULL, "address", "local-part"};
    json_t *array = json_array();
    for (size_t i = 0; i < p->domain_count; i++) {
        const struct catalog_domain *d = &p->domains[i];
        json_t *domain = json_pack(
            "{s:s, s:s, s:s?}", "purpose", d->mx ? "mx" : "address", "name", d->name, "user", users[d->user]);
        set_fact(domain, &d->fact);
        json_array_append_new(array, domain);
    }
    return array;
}

static json_t *provider(const struct catalog_provider *p)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", p->id, "name", p->name, "name_ja",
        text_or_null(p->name_ja), "hosts", hosts(p), "domains", domains(p), "limits", limits(p), "notes",
        array_of(p->notes, p->note_count), "place", place(&p->place));
}

static bool wanted(const char *only, const char *id)
{
    return !only || !strcmp(only, id);
}

json_t *catalog_json(const struct catalog *c, const char *id)
{
    json_t *providers = json_array(), *families = json_array(), *plans = json_array();
    for (size_t i = 0; i < c->provider_count; i++)
        if (wanted(id, c->providers[i]->id))
            json_array_append_new(providers, provider(c->providers[i]));
    for (size_t i = 0; i < c->family_count; i++)
        if (wanted(id, c->families[i]->id))
            json_array_append_new(families, family(c->families[i]));
    for (size_t i = 0; i < c->plan_count; i++)
        if (wanted(id, c->plans[i]->id))
            json_array_append_new(plans, plan(c->plans[i]));
    return json_pack("{s:s, s:o, s:o, s:o}", "gathered", c->gathered, "providers", providers, "families",
        families, "plans", plans);
}
