#include "catalog_text.h"

#include "mem.h"
#include "print.h"
#include "text.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_TERM_MONTHS 12 /* of the prices in the list; show has all */
#define LABEL_WIDTH      14

static const char *in_language(const char *name, const char *name_ja)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);
    return *name_ja && locale && !strncmp(locale, "ja", 2) ? name_ja : name;
}

/* ---- list ---- */
enum column {
    COLUMN_ID,
    COLUMN_NAME,
    COLUMN_STORAGE,
    COLUMN_COUNTED,
    COLUMN_PRICE,
    COLUMN_AS_OF,
    COLUMN_VERIFIED,
    COLUMNS,
};
static const int width_max[COLUMNS] = {64, 40, 12, 18, 26, 10, 10};
static const bool right[COLUMNS] = {[COLUMN_STORAGE] = true, [COLUMN_PRICE] = true};

struct row {
    char *cells[COLUMNS];
};
struct table {
    struct row *rows;
    size_t count;
    int widths[COLUMNS];
};

static void add_row(struct table *t, const struct row *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        int width = text_width(row->cells[i]);
        width = width < width_max[i] ? width : width_max[i];
        t->widths[i] = width > t->widths[i] ? width : t->widths[i];
    }
    t->rows = mem_grow(t->rows, t->count + 1, sizeof *t->rows);
    t->rows[t->count++] = *row;
}

static void table_done(struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        for (int k = 0; k < COLUMNS; k++)
            free(t->rows[i].cells[k]);
    free(t->rows);
}

static void print_table(const struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        for (int k = 0; k < COLUMNS; k++) {
            const char *cell = t->rows[i].cells[k];
            int width = text_width(cell), pad = right[k] && width < t->widths[k] ? t->widths[k] - width : 0;
            printf("%*s", pad, "");
            print_cell(stdout, cell, k + 1 < COLUMNS ? t->widths[k] - pad : width);
            fputs(k + 1 < COLUMNS ? "  " : "\n", stdout);
        }
    }
}

static const char *period(const struct catalog_plan *p, bool per_year)
{
    if (p->family->charged_per_user)
        return per_year ? "/user/year" : "/user/month";
    return per_year ? "/year" : "/month";
}

static char *price_cell(const struct catalog_plan *p, const struct catalog_price *price)
{
    char amount[MONEY_TEXT_MAX];
    return mem_printf("%s%s%s", money_text(amount, price->amount), period(p, price->per_year),
        price->tax == CATALOG_TAX_INCLUDED ? " incl. tax" : "");
}

/* "Google Workspace Business: Business Starter"; the family goes without saying where the plan's name has it.
 */
static char *full_name(const struct catalog_plan *p)
{
    const char *family = in_language(p->family->name, p->family->name_ja),
               *plan = in_language(p->name, p->name_ja);
    bool said = !strncmp(plan, family, strlen(family));
    return said ? mem_strdup(plan) : mem_printf("%s: %s", family, plan);
}

static char *storage_cell(const struct catalog_storage *s)
{
    return s->octets ? mem_printf("%s%s", s->words, s->fact.verified ? "" : " *") : mem_strdup("not known");
}

/* A plan's other rows have blanks where the first has its name and storage. */
static struct row plan_row(const struct catalog_plan *p, bool first)
{
    return (struct row){{
        [COLUMN_ID] = mem_strdup(first ? p->id : ""),
        [COLUMN_NAME] = first ? full_name(p) : mem_strdup(""),
        [COLUMN_STORAGE] = first ? storage_cell(&p->storage) : mem_strdup(""),
        [COLUMN_COUNTED] = mem_strdup(first ? catalog_scope_words(p->family->scope) : ""),
    }};
}

static const char *as_of_words(const struct catalog_fact *fact)
{
    return strcmp(fact->as_of, "unknown") != 0 ? fact->as_of : "undated";
}

static void add_plan(struct table *t, const struct catalog_plan *p)
{
    bool first = true;
    for (int i = 0; i < MONEY_CURRENCIES; i++) {
        const struct catalog_price *price =
            catalog_price_pick(p->prices, p->price_count, (enum money_currency)i, LIST_TERM_MONTHS);
        if (!price)
            continue;
        struct row row = plan_row(p, first);
        row.cells[COLUMN_PRICE] = price_cell(p, price);
        row.cells[COLUMN_AS_OF] = mem_strdup(as_of_words(&price->fact));
        row.cells[COLUMN_VERIFIED] = mem_strdup(price->fact.verified ? "verified" : "unverified");
        add_row(t, &row);
        first = false;
    }
    if (!first)
        return;
    struct row row = plan_row(p, true);
    row.cells[COLUMN_PRICE] = mem_strdup("no price known");
    row.cells[COLUMN_AS_OF] = mem_strdup("-");
    row.cells[COLUMN_VERIFIED] = mem_strdup("-");
    add_row(t, &row);
}

void catalog_text_list(const struct catalog *c)
{
    static const char *const heads[COLUMNS] = {
        "PLAN", "NAME", "STORAGE", "COUNTED", "PRICE", "AS OF", "VERIFIED"};
    struct table t = {0};
    struct row head;
    for (int i = 0; i < COLUMNS; i++)
        head.cells[i] = mem_strdup(heads[i]);
    add_row(&t, &head);
    for (size_t i = 0; i < c->plan_count; i++)
        add_plan(&t, c->plans[i]);
    print_table(&t);
    table_done(&t);
    printf(
        "\nPrices when bound for at most a year; popferry catalog show ID has all, and the sources. Built-in facts "
        "were gathered on %s.\n"
        "unverified, *: common knowledge, derived, or sources disagree. AS OF: the date the source shows.\n",
        c->gathered);
}

/* ---- show ---- */
static void print_line(const char *label, const char *text)
{
    printf("  %-*s%s\n", LABEL_WIDTH, label, text);
}

static void print_source(const struct catalog_fact *fact)
{
    const char *words = as_of_words(fact);
    printf("  %-*s%s%s; %s; %s\n", LABEL_WIDTH, "", words == fact->as_of ? "as of " : "", words,
        fact->verified ? "verified" : "unverified", fact->source);
}

static void print_notes(const char *const *notes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_line(i ? "" : "notes", notes[i]);
}

static void print_place(const struct catalog_place *at)
{
    printf("  %-*s%s:%ld%s\n", LABEL_WIDTH, "stands in", at->file, at->line,
        at->replaces ? ", where it replaces an earlier one" : "");
}

static void print_storage(const char *label, const struct catalog_storage *s, const char *counted)
{
    if (!s->octets) {
        printf("  %-*snot known: %s\n", LABEL_WIDTH, label, s->no_storage);
        return;
    }
    printf("  %-*s%s %s: %llu octets (kilo is %u%s)\n", LABEL_WIDTH, label, s->words, counted,
        (unsigned long long)s->octets, s->base,
        s->base_verified ? "" : ", taken as the smaller: not verified");
    print_source(&s->fact);
}

static void print_tax(const struct catalog_price *price)
{
    if (price->tax == CATALOG_TAX_INCLUDED)
        printf(", with %d.%d %% tax\n", price->tax_tenths / 10, price->tax_tenths % 10);
    else
        puts(price->tax == CATALOG_TAX_EXCLUDED ? ", without tax" : ", with or without tax is not known");
}

static void print_prices(
    const struct catalog_plan *p, const struct catalog_price *prices, size_t count, const char *no_price)
{
    if (no_price)
        printf("  %-*snone known: %s\n", LABEL_WIDTH, "price", no_price);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_price *price = &prices[i];
        char amount[MONEY_TEXT_MAX];
        printf("  %-*s%s%s, bound for %u month%s", LABEL_WIDTH, "price", money_text(amount, price->amount),
            period(p, price->per_year), price->term_months, price->term_months == 1 ? "" : "s");
        print_tax(price);
        print_source(&price->fact);
    }
}

static void show_add_on(const struct catalog_plan *p, const struct catalog_add_on *a)
{
    printf("  %-*s%s: %s%s, at most %llu\n", LABEL_WIDTH, "add-on", a->id, a->name,
        a->archive ? " (an archive: mail cannot simply be migrated into it)" : "",
        (unsigned long long)a->units_max);
    print_storage("  storage", &a->storage, "each");
    print_prices(p, a->prices, a->price_count, a->no_price);
}

static void show_plan(const struct catalog_plan *p)
{
    char *name CLEANUP(mem_free_str) = full_name(p);
    printf("%s: %s\n", p->id, name);
    print_line("kind", p->automatic ? "plan" : "plan that an estimate does not choose by itself");
    print_line("family", p->family->id);
    print_line("provider", p->family->provider->id);
    print_storage("storage", &p->storage, catalog_scope_words(p->family->scope));
    if (p->mailbox_max.octets)
        print_storage("mailbox max", &p->mailbox_max, "for one mailbox");
    print_prices(p, p->prices, p->price_count, p->no_price);
    for (size_t i = 0; i < p->add_on_count; i++)
        show_add_on(p, &p->add_ons[i]);
    for (size_t i = 0; i < p->step_count; i++)
        print_line(i ? "" : "steps to", p->step_ids[i]);
    print_notes(p->notes, p->note_count);
    print_place(&p->place);
}

static void show_family(const struct catalog *c, const struct catalog_family *f)
{
    bool first = true;
    printf("%s: %s\n", f->id, in_language(f->name, f->name_ja));
    print_line("kind", "family of plans");
    print_line("provider", f->provider->id);
    printf("  %-*s%s; charged per %s; %s\n", LABEL_WIDTH, "storage", catalog_scope_words(f->scope),
        f->charged_per_user ? "user" : "contract",
        f->mixing ? "different plans at one time" : "one plan for everyone");
    print_source(&f->fact);
    if (f->seats_max)
        printf("  %-*sat most %llu\n", LABEL_WIDTH, "seats", (unsigned long long)f->seats_max);
    for (size_t i = 0; i < c->plan_count; i++)
        if (c->plans[i]->family == f) {
            print_line(first ? "plans" : "", c->plans[i]->id);
            first = false;
        }
    print_notes(f->notes, f->note_count);
    print_place(&f->place);
}

static void show_provider(const struct catalog *c, const struct catalog_provider *p)
{
    bool first = true;
    printf("%s: %s\n", p->id, in_language(p->name, p->name_ja));
    print_line("kind", "provider");
    for (size_t i = 0; i < p->host_count; i++) {
        const struct catalog_host *h = &p->hosts[i];
        printf("  %-*s%s:%u\n", LABEL_WIDTH, h->protocol == CATALOG_IMAP ? "IMAP" : "POP3", h->name, h->port);
        print_source(&h->fact);
    }
    for (size_t i = 0; i < p->domain_count; i++) {
        const struct catalog_domain *d = &p->domains[i];
        printf("  %-*s%s\n", LABEL_WIDTH, d->mx ? "MX" : "addresses", d->name);
        print_source(&d->fact);
    }
    for (int i = 0; i < CATALOG_LIMITS; i++) {
        if (!p->limits[i].value)
            continue;
        printf("  %-*s%s %llu\n", LABEL_WIDTH, "limit", catalog_limit_name((enum catalog_limit_kind)i),
            (unsigned long long)p->limits[i].value);
        print_source(&p->limits[i].fact);
    }
    for (size_t i = 0; i < c->family_count; i++)
        if (c->families[i]->provider == p) {
            print_line(first ? "families" : "", c->families[i]->id);
            first = false;
        }
    print_notes(p->notes, p->note_count);
    print_place(&p->place);
}

void catalog_text_show(const struct catalog *c, const char *id)
{
    const struct catalog_provider *provider = catalog_provider_find(c, id);
    const struct catalog_family *family = catalog_family_find(c, id);
    const struct catalog_plan *plan = catalog_plan_find(c, id);
    if (provider)
        show_provider(c, provider);
    if (family)
        show_family(c, family);
    if (plan)
        show_plan(plan);
}
