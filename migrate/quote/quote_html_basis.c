/* The end of the HTML report: what it rests on, with sources and dates. */
#include "quote_html_page.h"

#include "mem.h"
#include "quote_basis.h"

static void head_cell(struct quote_html_page *p, const char *class, const char *text)
{
    open_tag(p->out, "th", class);
    attr(p->out, "scope", "col");
    put(p->out, text);
    close_tag(p->out);
}

static void put_list(struct quote_html_page *p)
{
    struct quote_basis list CLEANUP(quote_basis_done) = quote_basis(p->q, p->words);
    open_tag(p->out, "ul", NULL);
    for (size_t i = 0; i < list.count; i++)
        element(p->out, "li", NULL, list.lines[i]);
    close_tag(p->out);
}

/* ---- prices ---- */
static void price_row(struct quote_html_page *p, const struct quote_offer *o, const struct quote_use *u)
{
    char *plan CLEANUP(mem_free_str) = quote_basis_plan(p->words, u);
    char *price CLEANUP(mem_free_str) = quote_basis_price(p->words, o, u);
    char *source CLEANUP(mem_free_str) = quote_basis_source(p->words, u);
    open_tag(p->out, "tr", NULL);
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    element(p->out, "span", "family", quote_words_name(p->words, o->family->name, o->family->name_ja));
    element(p->out, "span", "plans", plan);
    close_tag(p->out);
    element(p->out, "td", "num nowrap", *u->storage->words ? u->storage->words : "–");
    element(p->out, "td", NULL, price);
    element(p->out, "td", "date", u->price ? say(p, u->price->fact.as_of) : "–");
    open_tag(p->out, "td", NULL);
    element(p->out, "span", u->verified ? "sure" : "mark",
        u->verified ? say(p, "verified") : say(p, "unverified"));
    close_tag(p->out);
    element(p->out, "td", "source", source);
    close_tag(p->out);
}

static void put_prices(struct quote_html_page *p)
{
    element(p->out, "h3", NULL, say(p, "Prices and storage, with their sources"));
    open_tag(p->out, "table", "prices");
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    head_cell(p, NULL, say(p, "Plan"));
    head_cell(p, "num", say(p, "Storage"));
    head_cell(p, NULL, say(p, "Price"));
    head_cell(p, "date", say(p, "Price as of"));
    head_cell(p, NULL, say(p, "State"));
    head_cell(p, NULL, say(p, "Source"));
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
    for (size_t i = 0; i < p->q->offer_count; i++)
        for (size_t k = 0; p->q->offers[i].compared && k < p->q->offers[i].use_count; k++)
            price_row(p, &p->q->offers[i], &p->q->offers[i].uses[k]);
    close_tag(p->out);
    close_tag(p->out);
}

/* ---- notes of the catalog ---- */
static void put_notes(struct quote_html_page *p, const char *name, const char *const *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        open_tag(p->out, "li", NULL);
        element(p->out, "strong", NULL, name);
        put(p->out, ": ");
        put(p->out, say(p, notes[i]));
        close_tag(p->out);
    }
}

static void put_offer_notes(struct quote_html_page *p, size_t at)
{
    const struct quote_offer *o = &p->q->offers[at];
    const struct catalog_provider *provider = o->family->provider;
    bool seen = false;
    for (size_t i = 0; i < at; i++)
        seen |= p->q->offers[i].use_count && p->q->offers[i].family->provider == provider;
    if (!seen)
        put_notes(p, quote_words_name(p->words, provider->name, provider->name_ja), provider->notes,
            provider->note_count);
    put_notes(p, quote_words_name(p->words, o->family->name, o->family->name_ja), o->family->notes,
        o->family->note_count);
    for (size_t i = 0; i < o->use_count; i++)
        if (!o->uses[i].add_on)
            put_notes(p, quote_words_name(p->words, o->uses[i].plan->name, o->uses[i].plan->name_ja),
                o->uses[i].plan->notes, o->uses[i].plan->note_count);
}

void quote_html_basis(struct quote_html_page *p)
{
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Assumptions"));
    put_list(p);
    put_prices(p);
    element(p->out, "h3", NULL, say(p, "Notes on the providers"));
    open_tag(p->out, "ul", "small");
    for (size_t i = 0; i < p->q->offer_count; i++)
        if (p->q->offers[i].use_count)
            put_offer_notes(p, i);
    close_tag(p->out);
    close_tag(p->out);
}
