#include "quote_basis.h"

#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ---- */
static void add(struct quote_basis *b, char *line)
{
    b->lines = mem_grow(b->lines, b->count + 1, sizeof *b->lines);
    b->lines[b->count++] = line;
}

void quote_basis_done(struct quote_basis *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->lines[i]);
    free(b->lines);
    *b = (struct quote_basis){0};
}

char *quote_basis_rate(const struct money_rate *r)
{
    /* At most six decimals were given (money_rate_parse), so this is exact. */
    int64_t whole = r->numerator / r->denominator;
    int64_t millionths = (r->numerator % r->denominator) * 1000000 / r->denominator;
    char *text = mem_printf("%lld.%06lld", (long long)whole, (long long)millionths);
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[len - 1] = '\0';
    char *line = mem_printf("1 %s = %s %s", money_code(r->from), text, money_code(r->to));
    free(text);
    return line;
}

static void add_money(struct quote_basis *b, const struct quote *q, const struct quote_words *w)
{
    const struct money_view *view = &q->params.model.view;
    char percent[QUOTE_WORDS_MAX];
    if (view->tax_tenths)
        add(b, mem_printf(quote_words(w, "All amounts contain %s tax."),
                   quote_words_percent(w, percent, view->tax_tenths)));
    else
        add(b, mem_strdup(quote_words(w, "All amounts are without tax.")));
    add(b, mem_strdup(quote_words(
               w, "Where it is not known whether a price contains tax, it is taken as without.")));
    for (size_t i = 0; i < view->rate_count; i++) {
        char *rate CLEANUP(mem_free_str) = quote_basis_rate(&view->rates[i]);
        add(b, mem_printf(quote_words(w, "Rate of exchange as given: %s."), rate));
    }
    for (size_t i = 0; i < q->offer_count; i++)
        if (q->offers[i].results[ESTIMATE_MID]->shown != view->currency) {
            add(b, mem_printf(quote_words(w,
                                  "Prices that no rate was given for stay in their own currency, not in %s."),
                       money_code(view->currency)));
            break;
        }
    add(b,
        mem_strdup(quote_words(w,
            "Each amount is calculated exactly and rounded once, half up, to the smallest unit of the currency; so a total "
            "may differ from the sum of the rounded years by the last digit.")));
}

static void add_model(struct quote_basis *b, const struct quote *q, const struct quote_words *w)
{
    const struct estimate_params *m = &q->params.model;
    char percent[QUOTE_WORDS_MAX], octets[32];
    add(b, mem_printf(
               quote_words(w,
                   "Prices are those for a commitment of at most %u months; a plan that becomes necessary in "
                   "a year is paid for the whole of it."),
               m->term_months));
    add(b, mem_printf(quote_words(w, "A plan must hold the mail with %s to spare."),
               quote_words_percent(w, percent, m->margin_tenths)));
    if (q->trend_permille > 1000)
        add(b, mem_printf(
                   quote_words(w,
                       "Mail grew by %s from one year to the next: so does that of the first year to come."),
                   quote_words_percent(w, percent, (int)q->trend_permille - 1000)));
    if (q->trend_permille < 1000)
        add(b,
            mem_printf(
                quote_words(w,
                    "Mail became less by %s from one year to the next: so does that of the first year to come."),
                quote_words_percent(w, percent, 1000 - (int)q->trend_permille)));
    if (m->rise_tenths)
        add(b, mem_printf(quote_words(w, "The growth itself rises by %s each year."),
                   quote_words_percent(w, percent, m->rise_tenths)));
    if (m->other_use_octets)
        add(b, mem_printf(quote_words(w, "Shared storage also holds %s of other data."),
                   text_octets(octets, sizeof octets, m->other_use_octets)));
    if (m->company)
        add(b,
            mem_strdup(quote_words(w,
                "Plans that are sold to persons alone (Google One, iCloud+) are not offered to a company: more than one "
                "mailbox, or a domain of its own.")));
    if (m->archive)
        add(b, mem_strdup(quote_words(w, "Archives, a second mailbox beside the first, count as storage.")));
    add(b, mem_strdup(quote_words(
               w, "Plans do not change back when mail becomes less; each year is decided by itself.")));
    add(b, mem_strdup(quote_words(w,
               "Sizes are in decimal units (1 GB = 1,000,000,000 octets) as the mail servers count them; "
               "the storage of a plan counts as its provider does, and the smaller way where that is not "
               "known.")));
}

static void add_unseen(struct quote_basis *b, const struct quote *q, const struct quote_words *w)
{
    char octets[32], percent[QUOTE_WORDS_MAX];
    if (!q->sum.unseen_octets) {
        add(b,
            mem_strdup(quote_words(w,
                "Sent mail and drafts, and mail that lies on the users' computers alone, are taken as 0: what the source "
                "does not show is not contained. Where they move to the cloud, too, it becomes more.")));
        return;
    }
    add(b,
        mem_printf(
            quote_words(w,
                "What the source does not show is contained with %s in all: sent mail, and mail that lies on the "
                "users' computers."),
            text_octets(octets, sizeof octets, q->sum.unseen_octets)));
    if (q->params.sent_tenths)
        add(b,
            mem_printf(
                quote_words(w,
                    "Sent mail is taken as %s of the mail that the source shows, where no other share is given for "
                    "a mailbox; growth that was measured is larger by as much."),
                quote_words_percent(w, percent, q->params.sent_tenths)));
    if (q->params.local_octets)
        add(b,
            mem_printf(
                quote_words(w,
                    "On the users' computers there are taken to be %s for each mailbox, where nothing else is "
                    "given for it."),
                text_octets(octets, sizeof octets, q->params.local_octets)));
}

static void add_measure(struct quote_basis *b, const struct quote *q, const struct quote_words *w)
{
    size_t listed = 0;
    for (size_t i = 0; i < q->account_count; i++)
        listed += q->accounts[i].listed;
    if (listed < q->account_count)
        add(b, mem_strdup(quote_words(
                   w, "Mailboxes were measured on the source server; nothing was changed on it.")));
    if (listed)
        add(b, mem_strdup(quote_words(
                   w, "Mailboxes of the list given were not measured: their numbers are as stated there.")));
    if (q->params.fast)
        add(b, mem_strdup(quote_words(w, "No headers were read: duplicates and dates are not known.")));
    add(b, mem_strdup(quote_words(w, "What is billed by whoever does the migration is not contained.")));
    add(b,
        mem_strdup(quote_words(w,
            "To stay as it is costs something, too: mail that lies only on the old server or on one disk is "
            "gone when that fails. What this would mean for the business is not put into a number here.")));
}

struct quote_basis quote_basis(const struct quote *q, const struct quote_words *w)
{
    struct quote_basis b = {0};
    if (*q->catalog->gathered)
        add(&b,
            mem_printf(
                quote_words(w,
                    "Prices are list prices, gathered on %s from the sources below; they are no offer of the "
                    "providers, who may change them. Confirm them before ordering."),
                q->catalog->gathered));
    add_money(&b, q, w);
    add_model(&b, q, w);
    add_unseen(&b, q, w);
    add_measure(&b, q, w);
    return b;
}

/* ---- prices ---- */
char *quote_basis_plan(const struct quote_words *w, const struct quote_use *u)
{
    const char *plan = quote_words_name(w, u->plan->name, u->plan->name_ja);
    return u->add_on ? mem_printf("%s + %s", plan, u->add_on->name) : mem_strdup(plan);
}

static const char *per(
    const struct quote_words *w, const struct quote_offer *o, const struct catalog_price *price)
{
    if (o->family->charged_per_user)
        return price->per_year ? quote_words(w, "%s a user and year") : quote_words(w, "%s a user and month");
    return price->per_year ? quote_words(w, "%s a year") : quote_words(w, "%s a month");
}

static char *tax_words(const struct quote_words *w, const struct catalog_price *price)
{
    char percent[QUOTE_WORDS_MAX];
    if (price->tax == CATALOG_TAX_INCLUDED)
        return mem_printf(quote_words(w, "with %s tax"), quote_words_percent(w, percent, price->tax_tenths));
    return mem_strdup(price->tax == CATALOG_TAX_EXCLUDED ? quote_words(w, "without tax")
                                                         : quote_words(w, "tax basis not known"));
}

char *quote_basis_price(const struct quote_words *w, const struct quote_offer *o, const struct quote_use *u)
{
    char amount[MONEY_TEXT_MAX];
    const char *no_price = u->add_on ? u->add_on->no_price : u->plan->no_price;
    if (!u->price)
        return no_price ? mem_printf(quote_words(w, "not known: %s"), quote_words(w, no_price))
                        : mem_strdup(quote_words(w, "not known"));
    char *price CLEANUP(mem_free_str) = mem_printf(per(w, o, u->price), money_text(amount, u->price->amount));
    char *tax CLEANUP(mem_free_str) = tax_words(w, u->price);
    char *term CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(w, "bound for %u month", "bound for %u months", u->price->term_months),
            u->price->term_months);
    return mem_printf(quote_words(w, "%1$s; %2$s; %3$s"), price, tax, term);
}

char *quote_basis_source(const struct quote_words *w, const struct quote_use *u)
{
    const char *storage = quote_words(w, u->storage->fact.source);
    const char *price = u->price ? quote_words(w, u->price->fact.source) : NULL;
    if (!price || !strcmp(price, storage))
        return mem_printf("%s", storage);
    return mem_printf(quote_words(w, "price: %1$s; storage: %2$s"), price, storage);
}
