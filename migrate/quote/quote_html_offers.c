/* The middle of the HTML report: what the plans cost, how the mail grows into them, year by year. */
#include "quote_html_page.h"

#include "mem.h"
#include "quote_answer.h"
#include "quote_chart.h"
#include "text.h"
#include <stdio.h>

#define YEARLY_OFFERS 4 /* columns that fit on A4 */

/* ---- cells ---- */
static void head_cell(struct quote_html_page *p, const char *class, const char *text)
{
    open_tag(p->out, "th", class);
    attr(p->out, "scope", "col");
    put(p->out, text);
    close_tag(p->out);
}

static void money_cell(struct quote_html_page *p, bool known, struct money amount)
{
    char text[MONEY_TEXT_MAX];
    element(p->out, "td", "num", known ? money_text(text, amount) : "–");
}

static const char *family_name(const struct quote_html_page *p, const struct quote_offer *o)
{
    return quote_words_name(p->words, o->family->name, o->family->name_ja);
}

/* The plans at the beginning, and where they change, at the end. */
static void plans_cell(struct quote_html_page *p, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    char *first CLEANUP(mem_free_str) = quote_html_words_shares(p, &f->years[0]);
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    element(p->out, "span", "family", family_name(p, o));
    const char *mark = quote_html_words_mark(p, quote_offer_state(o));
    if (mark) {
        put(p->out, " ");
        element(p->out, "span", "mark", mark);
    }
    if (*first)
        element(p->out, "span", "plans", first);
    if (f->stepped_year && f->stepped_year != f->misfit_year) {
        char *then CLEANUP(mem_free_str) = quote_html_words_shares(p, &f->years[f->stepped_year - 1]);
        char *words CLEANUP(mem_free_str) = mem_printf(say(p, "from year %1$d: %2$s"), f->stepped_year, then);
        element(p->out, "span", "plans", words);
    }
    close_tag(p->out);
}

static void storage_cell(struct quote_html_page *p, const struct quote_offer *o)
{
    const char *scope = say(p, catalog_scope_words(o->family->scope));
    open_tag(p->out, "td", "nowrap");
    put(p->out, o->use_count && *o->uses[0].storage->words ? o->uses[0].storage->words : "–");
    element(p->out, "span", "plans", scope);
    close_tag(p->out);
}

static void holds_cell(struct quote_html_page *p, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    if (f->misfit_year) {
        const struct estimate_year *y = &f->years[f->misfit_year - 1];
        const char *why = say(p, estimate_misfit_words(y->misfit));
        char *text CLEANUP(mem_free_str) =
            f->misfit_year == 1 ? mem_strdup(why)
                                : mem_printf(say(p, "until year %1$d; then %2$s"), f->misfit_year - 1, why);
        element(p->out, "td", NULL, text);
        return;
    }
    int n = o->holds_years;
    char *text CLEANUP(mem_free_str) =
        n >= f->year_count
            ? mem_printf(quote_words_plural(p->words, "%d year or more", "%d years or more", (uint64_t)n), n)
        : n ? mem_printf(quote_words_plural(p->words, "%d year", "%d years", (uint64_t)n), n)
            : mem_strdup(say(p, "less than a year"));
    element(p->out, "td", NULL, text);
}

static void total_cell(struct quote_html_page *p, const struct quote_offer *o)
{
    const struct estimate_family *const *r = o->results;
    char mid[MONEY_TEXT_MAX], low[MONEY_TEXT_MAX], high[MONEY_TEXT_MAX];
    open_tag(p->out, "td", "num total");
    put(p->out, r[ESTIMATE_MID]->complete ? money_text(mid, r[ESTIMATE_MID]->total) : "–");
    bool differ = r[ESTIMATE_LOW]->total.minor != r[ESTIMATE_HIGH]->total.minor;
    if (differ && r[ESTIMATE_LOW]->complete && r[ESTIMATE_HIGH]->complete) {
        char *range CLEANUP(mem_free_str) = mem_printf(
            "%s – %s", money_text(low, r[ESTIMATE_LOW]->total), money_text(high, r[ESTIMATE_HIGH]->total));
        element(p->out, "span", "range", range);
    }
    close_tag(p->out);
}

/* ---- comparison ---- */
static void offer_row(struct quote_html_page *p, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    const struct estimate_year *first = &f->years[0], *last = &f->years[f->year_count - 1];
    open_tag(p->out, "tr", f->complete ? NULL : "weak");
    plans_cell(p, o);
    storage_cell(p, o);
    holds_cell(p, o);
    money_cell(p, first->priced && !first->misfits && first->share_count, first->monthly);
    money_cell(p, last->priced && !last->misfits && last->share_count, last->monthly);
    total_cell(p, o);
    element(p->out, "td", "date", *o->as_of ? say(p, o->as_of) : "–");
    close_tag(p->out);
}

static void put_comparison(struct quote_html_page *p)
{
    int years = p->q->params.model.years;
    char *last CLEANUP(mem_free_str) = mem_printf(say(p, "Monthly, year %d"), years);
    char *total CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(p->words, "Total, %d year", "Total, %d years", (uint64_t)years), years);
    open_tag(p->out, "table", "offers");
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    head_cell(p, NULL, say(p, "Plan"));
    head_cell(p, NULL, say(p, "Storage"));
    head_cell(p, NULL, say(p, "Holds for"));
    head_cell(p, "num", say(p, "Monthly, year 1"));
    head_cell(p, "num", last);
    head_cell(p, "num", total);
    head_cell(p, "date", say(p, "Price as of"));
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
    for (size_t i = 0; i < p->q->offer_count; i++)
        if (p->q->offers[i].compared)
            offer_row(p, &p->q->offers[i]);
    close_tag(p->out);
    close_tag(p->out);
    char *rest CLEANUP(mem_free_str) = quote_answer_not_compared(p->q, p->words);
    if (rest)
        element(p->out, "p", "fine", rest);
}

static void put_tax(struct quote_html_page *p)
{
    int tax = p->q->params.model.view.tax_tenths;
    char percent[QUOTE_WORDS_MAX];
    char *text CLEANUP(mem_free_str) =
        tax ? mem_printf(say(p, "All amounts contain %s tax."), quote_words_percent(p->words, percent, tax))
            : mem_strdup(say(p, "All amounts are without tax."));
    open_tag(p->out, "p", "fine");
    put(p->out, text);
    put(p->out, " ");
    put(p->out, say(p, "Below a total: at low and at high growth."));
    put(p->out, " ");
    put(p->out,
        say(p,
            "\"unverified\": a price or an amount of storage was not read in its source; ask the provider."));
    close_tag(p->out);
}

/* ---- year by year ---- */
static void year_cell(struct quote_html_page *p, const struct estimate_year *y)
{
    char text[MONEY_TEXT_MAX];
    open_tag(p->out, "td", "num");
    put(p->out, y->priced && y->share_count && !y->misfits ? money_text(text, y->yearly) : "–");
    if (y->stepped) {
        char *plans CLEANUP(mem_free_str) = quote_html_words_shares(p, y);
        element(p->out, "span", "range", plans);
    }
    close_tag(p->out);
}

static void year_row(struct quote_html_page *p, int n, const struct quote_offer *const *offers, size_t count)
{
    char text[32];
    snprintf(text, sizeof text, "%d", n);
    open_tag(p->out, "tr", NULL);
    open_tag(p->out, "th", NULL);
    attr(p->out, "scope", "row");
    put(p->out, text);
    close_tag(p->out);
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
        element(p->out, "td", "num",
            text_octets(text, sizeof text, quote_projected(p->q, (enum estimate_scenario)s, n)));
    for (size_t i = 0; n && i < count; i++)
        year_cell(p, &offers[i]->results[ESTIMATE_MID]->years[n - 1]);
    for (size_t i = 0; !n && i < count; i++)
        element(p->out, "td", "num", "");
    close_tag(p->out);
}

static void put_years(struct quote_html_page *p)
{
    const struct quote_offer *offers[YEARLY_OFFERS];
    size_t count = quote_answer_yearly(p->q, offers, YEARLY_OFFERS);
    open_tag(p->out, "table", "years");
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    head_cell(p, NULL, say(p, "Year"));
    head_cell(p, "num", say(p, "Mail, low"));
    head_cell(p, "num", say(p, "Mail, middle"));
    head_cell(p, "num", say(p, "Mail, high"));
    for (size_t i = 0; i < count; i++)
        head_cell(p, "num", family_name(p, offers[i]));
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
    for (int n = 0; n <= p->q->params.model.years; n++)
        year_row(p, n, offers, count);
    close_tag(p->out);
    close_tag(p->out);
    if (count)
        element(p->out, "p", "fine",
            say(p,
                "What the plans of the answer, Google Workspace and Microsoft 365 cost in each year at middle growth; the plans "
                "where they change. Year 0 is now."));
}

void quote_html_offers(struct quote_html_page *p)
{
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Plans compared"));
    put_comparison(p);
    put_tax(p);
    close_tag(p->out);
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Growth and storage"));
    quote_chart_years(p);
    quote_chart_projection(p, QUOTE_CHART_ALL);
    quote_chart_projection(p, QUOTE_CHART_LARGEST);
    element(p->out, "p", "fine",
        say(p,
            "Line: middle growth; band: low to high growth; both with the margin. Dashed: what a plan holds; *: not verified."));
    close_tag(p->out);
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Year by year"));
    put_years(p);
    close_tag(p->out);
}
