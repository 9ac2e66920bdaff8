/* The top of the HTML report: who, for whom, when; what is missing; the answer in one glance. */
#include "quote_html_page.h"

#include "mem.h"
#include "quote_answer.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

/* ---- title block ---- */
static void row(struct quote_html_page *p, const char *name, const char *value)
{
    open_tag(p->out, "div", NULL);
    element(p->out, "dt", NULL, name);
    element(p->out, "dd", NULL, value);
    close_tag(p->out);
}

/* With the form of address that Japanese letters have, unless the name brings its own. */
static char *addressee(const struct quote_html_page *p)
{
    const char *name = p->q->customer;
    bool addressed =
        text_has_suffix(name, "様") || text_has_suffix(name, "御中") || text_has_suffix(name, "殿");
    return addressed ? mem_strdup(name) : mem_printf(say(p, "For %s"), name);
}

static void put_title(struct quote_html_page *p)
{
    const struct quote *q = p->q;
    char date[QUOTE_WORDS_MAX];
    open_tag(p->out, "header", NULL);
    element(p->out, "h1", NULL, say(p, "Estimate"));
    if (*q->customer) {
        char *name CLEANUP(mem_free_str) = addressee(p);
        element(p->out, "p", "customer", name);
    }
    open_tag(p->out, "dl", "title");
    row(p, say(p, "Subject"), say(p, "Moving mail to the cloud, and what keeping it there costs"));
    row(p, say(p, "Date"), quote_words_date(p->words, date, q->date_s, q->params.utc_offset_min));
    if (*q->prepared_by)
        row(p, say(p, "Prepared by"), q->prepared_by);
    if (q->catalog && *q->catalog->gathered)
        row(p, say(p, "Prices gathered on"), q->catalog->gathered);
    close_tag(p->out);
    close_tag(p->out);
}

static void put_missing(struct quote_html_page *p)
{
    size_t missing = p->q->account_count - p->q->measured_count;
    if (!missing)
        return;
    char *text CLEANUP(mem_free_str) = mem_printf(
        say(p,
            "%1$zu of %2$zu mailboxes could not be measured (see the list of mailboxes). No sum contains them."),
        missing, p->q->account_count);
    open_tag(p->out, "p", "alert");
    attr(p->out, "role", "note");
    put(p->out, text);
    close_tag(p->out);
}

/* ---- the answer ---- */
static void put_answer(struct quote_html_page *p)
{
    struct quote_sentences answer CLEANUP(quote_sentences_done) = quote_answer_words(p->q, p->words);
    open_tag(p->out, "section", "answer");
    element(p->out, "h2", NULL, say(p, "The answer"));
    for (size_t i = 0; i < answer.count; i++)
        element(p->out, "p", NULL, answer.lines[i]);
    close_tag(p->out);
}

/* ---- summary ---- */
static void tile(
    struct quote_html_page *p, const char *name, const char *value, const char *below, const char *mark)
{
    open_tag(p->out, "div", "tile");
    element(p->out, "h3", NULL, name);
    element(p->out, "p", "value", value);
    open_tag(p->out, "p", "below");
    put(p->out, below);
    if (mark) {
        put(p->out, " ");
        element(p->out, "span", "mark", mark);
    }
    close_tag(p->out);
    close_tag(p->out);
}

static void tile_mail(struct quote_html_page *p)
{
    char octets[32], count[QUOTE_WORDS_MAX];
    const struct quote_count *n = &p->q->sum.to_copy;
    uint64_t boxes = p->q->measured_count;
    char *messages CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(p->words, "%s message", "%s messages", n->messages),
            quote_words_count(count, n->messages));
    char *mailboxes CLEANUP(mem_free_str) = mem_printf(
        quote_words_plural(p->words, "%s mailbox", "%s mailboxes", boxes), quote_words_count(count, boxes));
    char *below CLEANUP(mem_free_str) = mem_printf(say(p, "%1$s in %2$s"), messages, mailboxes);
    tile(p, say(p, "Mail to move"), text_octets(octets, sizeof octets, n->octets), below, NULL);
}

static void tile_growth(struct quote_html_page *p)
{
    char mid[32], low[32], high[32];
    int years = p->q->params.model.years;
    char *name CLEANUP(mem_free_str) = mem_printf(quote_words_plural(p->words, "All mailboxes in %d year",
                                                      "All mailboxes in %d years", (uint64_t)years),
        years);
    text_octets(low, sizeof low, quote_projected(p->q, ESTIMATE_LOW, years));
    text_octets(high, sizeof high, quote_projected(p->q, ESTIMATE_HIGH, years));
    char *below CLEANUP(mem_free_str) =
        strcmp(low, high) != 0 ? mem_printf(say(p, "%1$s to %2$s at low and high growth"), low, high)
                               : mem_strdup(say(p, "the same at low and high growth"));
    const char *mark = p->q->sum.growth.reliable ? NULL : say(p, "uncertain");
    tile(p, name, text_octets(mid, sizeof mid, quote_projected(p->q, ESTIMATE_MID, years)), below, mark);
}

static void tile_cost(struct quote_html_page *p)
{
    const struct quote_offer *o = p->q->offer_count ? &p->q->offers[0] : NULL;
    const struct estimate_family *f = o ? o->results[ESTIMATE_MID] : NULL;
    char total[MONEY_TEXT_MAX], monthly[MONEY_TEXT_MAX];
    int years = p->q->params.model.years;
    char *name CLEANUP(mem_free_str) = mem_printf(quote_words_plural(p->words, "Lowest cost over %d year",
                                                      "Lowest cost over %d years", (uint64_t)years),
        years);
    if (!f || !f->complete) {
        tile(p, name, "–", say(p, "No plan of the catalog with a known price holds it."), NULL);
        return;
    }
    char *below CLEANUP(mem_free_str) = mem_printf(say(p, "%1$s; %2$s a month in the first year"),
        quote_words_name(p->words, o->family->name, o->family->name_ja),
        money_text(monthly, f->years[0].monthly));
    tile(p, name, money_text(total, f->total), below, quote_html_words_mark(p, quote_offer_state(o)));
}

static void tile_time(struct quote_html_page *p)
{
    const struct quote *q = p->q;
    char value[QUOTE_WORDS_MAX];
    bool given = q->time.days;
    const struct quote_offer *o = q->offer_count ? &q->offers[0] : NULL;
    const struct estimate_time *t = given || !o ? &q->time : &o->time;
    const struct catalog_provider *to = given || !o ? q->provider : o->family->provider;
    char *below CLEANUP(mem_free_str) =
        !t->days ? mem_strdup(say(p, "the limits of the destination are not known"))
        : to     ? mem_printf(say(p, "to %1$s; held up by %2$s"),
                       quote_words_name(p->words, to->name, to->name_ja),
                       say(p, estimate_bottleneck_words(t->bottleneck)))
                 : mem_printf(say(p, "held up by %s"), say(p, estimate_bottleneck_words(t->bottleneck)));
    tile(p, say(p, "Time to migrate"), quote_words_time(p->words, value, t), below, NULL);
}

void quote_html_head(struct quote_html_page *p)
{
    put_title(p);
    put_missing(p);
    if (!p->q->calculated)
        return;
    put_answer(p);
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Summary"));
    open_tag(p->out, "div", "tiles");
    tile_mail(p);
    tile_growth(p);
    tile_cost(p);
    tile_time(p);
    close_tag(p->out);
    close_tag(p->out);
}
