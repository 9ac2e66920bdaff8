#include "estimate_print.h"

#include "i18n.h"
#include "mem.h"
#include "quote_answer.h"
#include "quote_basis.h"
#include "quote_words.h"
#include "text_table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct quote_words *words(void)
{
    return quote_words_of(i18n_lang());
}

/* ---- the comparison ---- */
/* "Google Workspace Business: Business Starter → Business Standard" */
static char *plan_name(const struct quote_offer *o)
{
    char *first = quote_answer_plan(words(), o->family, o->first);
    if (!o->first || !o->last || o->last == o->first)
        return first;
    char *both = mem_printf("%s → %s", first, quote_words_name(words(), o->last->name, o->last->name_ja));
    free(first);
    return both;
}

static char *storage_cell(const struct quote_offer *o)
{
    if (!o->first)
        return mem_strdup("–");
    const struct catalog_storage *s = &o->first->storage;
    return mem_printf("%s%s %s", *s->words ? s->words : _("not known"), s->fact.verified ? "" : " *",
        _(catalog_scope_words(o->family->scope)));
}

static const char *misfit_words(enum estimate_misfit m)
{
    return m == ESTIMATE_STORAGE_UNKNOWN  ? _("storage not known")
           : m == ESTIMATE_MAILBOX_LARGE  ? _("a mailbox is too large")
           : m == ESTIMATE_TOO_MANY_SEATS ? _("not sold for so many")
                                          : _("does not fit");
}

static char *holds_cell(const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    int n = o->holds_years;
    if (f->misfit_year == 1)
        return mem_strdup(misfit_words(f->years[0].misfit));
    if (f->misfit_year)
        return mem_printf(_("until year %d"), f->misfit_year - 1);
    return n >= f->year_count
               ? mem_printf(ngettext("%d year or more", "%d years or more", (unsigned long)n), n)
           : n ? mem_printf(ngettext("%d year", "%d years", (unsigned long)n), n)
               : mem_strdup(_("less than a year"));
}

static char *amount_cell(bool known, bool verified, struct money amount)
{
    char text[MONEY_TEXT_MAX];
    return known ? mem_printf("%s%s", money_text(text, amount), verified ? "" : " *") : mem_strdup("–");
}

static char *month_cell(const struct estimate_family *f, const struct estimate_year *y)
{
    return amount_cell(y->priced && !y->misfits && y->share_count, f->verified, y->monthly);
}

static void add_offer(struct text_table *t, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    char time[QUOTE_WORDS_MAX];
    text_table_take(t, plan_name(o));
    text_table_take(t, storage_cell(o));
    text_table_take(t, holds_cell(o));
    text_table_take(t, month_cell(f, &f->years[0]));
    text_table_take(t, month_cell(f, &f->years[f->year_count - 1]));
    text_table_take(t, amount_cell(f->complete, f->verified, f->total));
    text_table_add(t, o->time.days ? quote_words_time(words(), time, &o->time) : "–");
    text_table_add(t, *o->as_of ? _(o->as_of) : "–");
}

static void print_comparison(const struct quote *q)
{
    int years = q->params.model.years;
    struct text_table t = {.columns = 8, .right = {[3] = true, [4] = true, [5] = true, [6] = true}};
    text_table_add(&t, _("plan"));
    text_table_add(&t, _("storage"));
    text_table_add(&t, _("holds the mail for"));
    text_table_add(&t, _("a month now"));
    text_table_take(&t, mem_printf(_("in year %d"), years));
    text_table_take(
        &t, mem_printf(ngettext("%d year in all", "%d years in all", (unsigned long)years), years));
    text_table_add(&t, _("the move"));
    text_table_add(&t, _("price of"));
    for (size_t i = 0; i < q->offer_count; i++)
        if (q->offers[i].compared)
            add_offer(&t, &q->offers[i]);
    text_table_print(&t);
    char *rest CLEANUP(mem_free_str) = quote_answer_not_compared(q, words());
    if (rest)
        text_table_wrap("  ", rest);
}

static bool any_unverified(const struct quote *q)
{
    for (size_t i = 0; i < q->offer_count; i++)
        if (q->offers[i].compared && !q->offers[i].results[ESTIMATE_MID]->verified)
            return true;
    return false;
}

static void print_footnotes(const struct quote *q)
{
    char *amounts CLEANUP(mem_free_str) =
        mem_printf(ngettext("Amounts are for %1$zu mailbox in all, with the mid growth.",
                       "Amounts are for %1$zu mailboxes in all, with the mid growth.", q->measured_count),
            q->measured_count);
    text_table_wrap("  ", amounts);
    if (any_unverified(q))
        text_table_wrap("  * ",
            _("unverified: a price or a storage is common knowledge, derived, or its sources disagree. Confirm it before quoting."));
    text_table_wrap("  ",
        _("The move: what the provider's known limits (octets a day, messages a second) make of it; – where none is known."));
}

/* ---- the prices behind it ---- */
static void add_use(struct text_table *t, const struct quote_offer *o, const struct quote_use *u)
{
    char *plan CLEANUP(mem_free_str) = quote_basis_plan(words(), u);
    const char *family = quote_words_name(words(), o->family->name, o->family->name_ja);
    bool named = !strncmp(plan, family, strlen(family));
    text_table_take(t, named ? mem_strdup(plan) : mem_printf("%s: %s", family, plan));
    text_table_add(t, *u->storage->words ? u->storage->words : _("not known"));
    text_table_take(t, u->price ? quote_basis_price(words(), o, u) : mem_strdup(_("not known")));
    text_table_add(t, u->price ? _(u->price->fact.as_of) : "–");
    text_table_add(t, u->verified ? _("verified") : _("unverified"));
}

static void print_prices(const struct quote *q)
{
    struct text_table t = {.columns = 5};
    const char *const heads[] = {_("plan"), _("storage"), _("price"), _("as of"), ""};
    for (int i = 0; i < t.columns; i++)
        text_table_add(&t, heads[i]);
    for (size_t i = 0; i < q->offer_count; i++)
        for (size_t k = 0; q->offers[i].compared && k < q->offers[i].use_count; k++)
            add_use(&t, &q->offers[i], &q->offers[i].uses[k]);
    text_table_print(&t);
}

void estimate_text_plans(const struct quote *q)
{
    text_table_heading(_("Plans"));
    print_comparison(q);
    print_footnotes(q);
    text_table_heading(_("Prices used"));
    print_prices(q);
    text_table_wrap(
        "  ", _("popferry catalog show ID tells their sources; --report FILE.html has them all."));
}
