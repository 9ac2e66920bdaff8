#include "quote_answer.h"

#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct saying {
    const struct quote *q;
    const struct quote_words *w;
    struct quote_sentences lines;
};

__attribute__((format_arg(2))) static const char *say(const struct saying *s, const char *msgid)
{
    return quote_words(s->w, msgid);
}

static void add(struct saying *s, char *line)
{
    s->lines.lines = mem_grow(s->lines.lines, s->lines.count + 1, sizeof *s->lines.lines);
    s->lines.lines[s->lines.count++] = line;
}

/* Another sentence behind the last one. */
static void append(struct saying *s, char *sentence)
{
    char **line = &s->lines.lines[s->lines.count - 1];
    char *longer = mem_printf(say(s, "%1$s %2$s"), *line, sentence);
    free(*line);
    free(sentence);
    *line = longer;
}

void quote_sentences_done(struct quote_sentences *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->lines[i]);
    free(s->lines);
    *s = (struct quote_sentences){0};
}

/* ---- names and amounts ---- */
char *quote_answer_plan(
    const struct quote_words *w, const struct catalog_family *family, const struct catalog_plan *plan)
{
    const char *of = quote_words_name(w, family->name, family->name_ja);
    if (!plan)
        return mem_strdup(of);
    const char *name = quote_words_name(w, plan->name, plan->name_ja);
    return strncmp(name, of, strlen(of)) != 0 ? mem_printf("%s: %s", of, name) : mem_strdup(name);
}

/* "Zoho Workplace: Workplace Standard × 11, Workplace Professional × 1": all plans of the first year. */
static char *plans_now(const struct saying *s, const struct quote_offer *o)
{
    const struct estimate_year *y = &o->results[ESTIMATE_MID]->years[0];
    char count[QUOTE_WORDS_MAX];
    if (y->share_count < 2)
        return quote_answer_plan(s->w, o->family, o->first);
    char *text = NULL;
    for (size_t i = 0; i < y->share_count; i++) {
        const struct estimate_share *n = &y->shares[i];
        char *plan CLEANUP(mem_free_str) =
            i ? mem_strdup(quote_words_name(s->w, n->plan->name, n->plan->name_ja))
              : quote_answer_plan(s->w, o->family, n->plan);
        char *longer = mem_printf("%s%s%s%s%s × %s", i ? text : "", i ? ", " : "", plan,
            n->add_on ? " + " : "", n->add_on ? n->add_on->name : "", quote_words_count(count, n->mailboxes));
        free(text);
        text = longer;
    }
    return text;
}

static char *pick_name(const struct saying *s, const struct quote_pick *p)
{
    char *name = plans_now(s, p->offer);
    if (p->offer->results[ESTIMATE_MID]->verified)
        return name;
    char *marked = mem_printf(say(s, "%s (unverified)"), name);
    free(name);
    return marked;
}

/* "¥8,184 a month (¥682 a mailbox)" */
static char *cost(const struct saying *s, struct money all, struct money each)
{
    char text[MONEY_TEXT_MAX], part[MONEY_TEXT_MAX];
    money_text(text, all);
    if (s->q->measured_count == 1)
        return mem_printf(say(s, "%s a month"), text);
    return mem_printf(say(s, "%1$s a month (%2$s a mailbox)"), text, money_text(part, each));
}

/* ---- a change to come ---- */
static char *needed_words(const struct saying *s, const struct quote_change *c)
{
    const struct estimate_share *n = c->needed;
    const char *plan = quote_words_name(s->w, n->plan->name, n->plan->name_ja);
    return n->add_on ? mem_printf("%s + %s", plan, n->add_on->name) : mem_strdup(plan);
}

static char *end_words(const struct saying *s, const struct quote_change *c)
{
    char count[QUOTE_WORDS_MAX];
    if (!c->account)
        return mem_printf(say(s, "In year %d all mail together no longer fits into it."), c->year);
    if (c->for_all || c->mailboxes < 2)
        return mem_printf(
            say(s, "In year %1$d it no longer holds the mailbox %2$s."), c->year, c->account->name);
    return mem_printf(
        quote_words_plural(s->w, "In year %1$d it no longer holds the mailbox %2$s and %3$s more.",
            "In year %1$d it no longer holds the mailbox %2$s and %3$s more.", c->mailboxes - 1),
        c->year, c->account->name, quote_words_count(count, c->mailboxes - 1));
}

static char *change_words(const struct saying *s, const struct quote_change *c)
{
    char count[QUOTE_WORDS_MAX];
    if (c->ends || !c->needed)
        return end_words(s, c);
    char *plan CLEANUP(mem_free_str) = needed_words(s, c);
    if (c->more_seats)
        return mem_printf(say(s, "In year %1$d all mail together needs %2$s seats of %3$s."), c->year,
            quote_words_count(count, c->needed->seats), plan);
    if (!c->account)
        return mem_printf(say(s, "In year %1$d all mail together needs %2$s."), c->year, plan);
    if (c->for_all)
        return mem_printf(say(s, "In year %1$d the mailbox %2$s needs %3$s, and one plan is for all."),
            c->year, c->account->name, plan);
    if (c->mailboxes < 2)
        return mem_printf(
            say(s, "In year %1$d the mailbox %2$s needs %3$s."), c->year, c->account->name, plan);
    return mem_printf(quote_words_plural(s->w, "In year %1$d the mailbox %2$s and %4$s more need %3$s.",
                          "In year %1$d the mailbox %2$s and %4$s more need %3$s.", c->mailboxes - 1),
        c->year, c->account->name, plan, quote_words_count(count, c->mailboxes - 1));
}

/* ---- the answer ---- */
static void say_cheapest(struct saying *s)
{
    const struct quote_pick *p = &s->q->answer.cheapest;
    char *name CLEANUP(mem_free_str) = pick_name(s, p);
    char *now CLEANUP(mem_free_str) = cost(s, p->monthly, p->each);
    add(s, mem_printf(say(s, "Cheapest today is %1$s: %2$s."), name, now));
    if (p->change.year)
        append(s, change_words(s, &p->change));
}

static char *lasting_words(const struct saying *s, const struct quote_pick *p, bool today_too)
{
    char total[MONEY_TEXT_MAX];
    int years = s->q->params.model.years;
    char *name CLEANUP(mem_free_str) = pick_name(s, p);
    char *now CLEANUP(mem_free_str) = cost(s, p->monthly, p->each);
    char *last CLEANUP(mem_free_str) = cost(s, p->monthly_last, p->each_last);
    money_text(total, p->offer->results[ESTIMATE_MID]->total);
    uint64_t n = (uint64_t)years;
    bool same = p->monthly.minor == p->monthly_last.minor;
    if (same)
        return mem_printf(
            today_too ? quote_words_plural(s->w,
                            "Cheapest today, and for the %1$d year to come, is %2$s: %3$s, %4$s in all.",
                            "Cheapest today, and for the %1$d years to come, is %2$s: %3$s, %4$s in all.", n)
                      : quote_words_plural(s->w,
                            "Cheapest that holds the mail for %1$d year is %2$s: %3$s, %4$s in all.",
                            "Cheapest that holds the mail for %1$d years is %2$s: %3$s, %4$s in all.", n),
            years, name, now, total);
    return mem_printf(
        today_too
            ? say(s,
                  "Cheapest today, and for the %1$d years to come, is %2$s: %3$s now, %4$s in year %1$d, %5$s in all.")
            : say(s,
                  "Cheapest that holds the mail for %1$d years is %2$s: %3$s now, %4$s in year %1$d, %5$s in all."),
        years, name, now, last, total);
}

static void say_lasting(struct saying *s)
{
    const struct quote_answer *a = &s->q->answer;
    const struct quote_pick *p = &a->lasting;
    add(s, lasting_words(s, p, a->cheapest.offer == p->offer));
    append(s, p->change.year ? change_words(s, &p->change)
                             : mem_strdup(say(s, "It does not fill up in that time.")));
}

static void say_unchanged(struct saying *s)
{
    const struct quote_pick *p = &s->q->answer.unchanged;
    char total[MONEY_TEXT_MAX];
    if (!p->offer)
        return;
    char *name CLEANUP(mem_free_str) = pick_name(s, p);
    char *now CLEANUP(mem_free_str) = cost(s, p->monthly, p->each);
    add(s, mem_printf(say(s, "Without any change in all those years: %1$s, %2$s, %3$s in all."), name, now,
               money_text(total, p->offer->results[ESTIMATE_MID]->total)));
}

static void say_none(struct saying *s)
{
    const struct quote_answer *a = &s->q->answer;
    int years = s->q->params.model.years;
    char count[QUOTE_WORDS_MAX];
    if (!a->cheapest.offer)
        add(s, mem_strdup(say(s, "No plan of the catalog with a known price holds it.")));
    else if (!a->lasting.offer)
        add(s, mem_printf(quote_words_plural(s->w, "No plan with a known price holds the mail for %d year.",
                              "No plan with a known price holds the mail for %d years.", (uint64_t)years),
                   years));
    else
        return;
    if (a->unpriced)
        append(
            s, mem_printf(quote_words_plural(s->w, "%s offer would hold it now, but its price is not known.",
                              "%s offers would hold it now, but their prices are not known.", a->unpriced),
                   quote_words_count(count, a->unpriced)));
}

/* ---- against what is paid today, and what could be less ---- */
static struct money size(struct money m)
{
    return (struct money){m.currency, m.minor < 0 ? -m.minor : m.minor};
}

static void say_current(struct saying *s)
{
    const struct quote_answer *a = &s->q->answer;
    char today[MONEY_TEXT_MAX], by[MONEY_TEXT_MAX];
    int years = s->q->params.model.years;
    if (!a->current_known)
        return;
    money_text(today, a->current);
    money_text(by, size(a->difference));
    add(s,
        !a->difference.minor ? mem_printf(say(s, "That is as much as is paid today: %s a month."), today)
        : a->difference.minor < 0
            ? mem_printf(say(s, "That is %1$s a month less than the %2$s that are paid today."), by, today)
            : mem_printf(say(s, "That is %1$s a month more than the %2$s that are paid today."), by, today));
    const char *all = a->difference_total.minor < 0
                          ? quote_words_plural(s->w, "Over the %1$d year it costs %2$s less.",
                                "Over the %1$d years it costs %2$s less.", (uint64_t)years)
                          : quote_words_plural(s->w, "Over the %1$d year it costs %2$s more.",
                                "Over the %1$d years it costs %2$s more.", (uint64_t)years);
    if (a->difference_total.minor)
        append(s, mem_printf(all, years, money_text(by, size(a->difference_total))));
}

static void say_lever(struct saying *s)
{
    const struct quote_lever *l = &s->q->answer.lever;
    char octets[32], saved[MONEY_TEXT_MAX];
    if (!l->before_year)
        return;
    char *plan CLEANUP(mem_free_str) = quote_answer_plan(s->w, l->family, l->plan);
    add(s,
        mem_printf(
            say(s,
                "If mail from before %1$d (%2$s) is kept locally, %3$s is enough: that saves %4$s a month, taken over "
                "all the years."),
            l->before_year, text_octets(octets, sizeof octets, l->octets), plan,
            money_text(saved, l->saved_monthly)));
}

/* ---- how sure it is ---- */
static void say_growth(struct saying *s)
{
    const struct quote_answer *a = &s->q->answer;
    char low[MONEY_TEXT_MAX], high[MONEY_TEXT_MAX];
    append(s, mem_strdup(a->growth_reliable ? say(s, "The growth is measured, or given by a person.")
                                            : say(s, "The growth is not to be relied on.")));
    if (!a->lasting.offer)
        return;
    const struct estimate_family *const *r = a->lasting.offer->results;
    if (!r[ESTIMATE_HIGH]->complete)
        append(s, mem_strdup(say(s, "At high growth the plan does not hold the mail to the end.")));
    else if (r[ESTIMATE_LOW]->total.minor != r[ESTIMATE_HIGH]->total.minor)
        append(s, mem_printf(say(s, "At low growth it is %1$s in all, at high growth %2$s."),
                      money_text(low, r[ESTIMATE_LOW]->total), money_text(high, r[ESTIMATE_HIGH]->total)));
}

static void say_sureness(struct saying *s)
{
    const struct quote_answer *a = &s->q->answer;
    const struct quote_pick *p = a->lasting.offer ? &a->lasting : &a->cheapest;
    if (!p->offer)
        return;
    if (a->verified)
        add(s,
            mem_printf(
                say(s,
                    "How sure this is: price and storage were read in their sources (date of the price: %s)."),
                say(s, p->offer->as_of)));
    else
        add(s,
            mem_strdup(say(s,
                "How sure this is: a price or an amount of storage was not read in its source; ask the provider.")));
    say_growth(s);
}

char *quote_answer_not_compared(const struct quote *q, const struct quote_words *w)
{
    char *names = NULL;
    for (size_t i = 0; i < q->offer_count; i++) {
        const struct catalog_family *f = q->offers[i].family;
        if (q->offers[i].compared)
            continue;
        char *more =
            names ? mem_printf(quote_words(w, "%1$s, %2$s"), names, quote_words_name(w, f->name, f->name_ja))
                  : mem_strdup(quote_words_name(w, f->name, f->name_ja));
        free(names);
        names = more;
    }
    char *line =
        names ? mem_printf(quote_words(w, "Not compared, since price or storage is not known: %s."), names)
              : NULL;
    free(names);
    return line;
}

static void say_left_out(struct saying *s)
{
    const struct quote *q = s->q;
    char count[QUOTE_WORDS_MAX];
    size_t missing = q->account_count - q->measured_count, n = q->answer.unconverted;
    if (n && q->answer.cheapest.offer &&
        q->answer.cheapest.offer->results[ESTIMATE_MID]->shown == q->params.model.view.currency)
        add(s, mem_printf(quote_words_plural(s->w,
                              "%1$s offer in %2$s is not compared: no rate of exchange was given.",
                              "%1$s offers in %2$s are not compared: no rate of exchange was given.", n),
                   quote_words_count(count, n), money_code(q->answer.unconverted_from)));
    if (missing)
        add(s,
            mem_printf(
                say(s,
                    "%1$zu of %2$zu mailboxes could not be measured (see the list of mailboxes). No sum contains "
                    "them."),
                missing, q->account_count));
}

struct quote_sentences quote_answer_words(const struct quote *q, const struct quote_words *w)
{
    struct saying s = {.q = q, .w = w};
    const struct quote_answer *a = &q->answer;
    if (a->cheapest.offer && a->cheapest.offer != a->lasting.offer)
        say_cheapest(&s);
    if (a->lasting.offer) {
        say_lasting(&s);
        say_unchanged(&s);
    }
    say_none(&s);
    say_current(&s);
    say_lever(&s);
    say_sureness(&s);
    say_left_out(&s);
    return s.lines;
}
