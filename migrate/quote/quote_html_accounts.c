/* The mailboxes of the HTML report: what each holds, how it grows, how long moving it takes. */
#include "quote_html_page.h"

#include "mem.h"
#include "text.h"
#include <stdio.h>

static void head_cell(struct quote_html_page *p, const char *class, const char *text)
{
    open_tag(p->out, "th", class);
    attr(p->out, "scope", "col");
    put(p->out, text);
    close_tag(p->out);
}

/* ---- cells ---- */
static void count_cell(struct quote_html_page *p, bool known, const struct quote_count *n)
{
    char messages[QUOTE_WORDS_MAX], octets[32];
    open_tag(p->out, "td", "num");
    put(p->out, known ? quote_words_count(messages, n->messages) : "–");
    if (known && n->messages)
        element(p->out, "span", "size", text_octets(octets, sizeof octets, n->octets));
    close_tag(p->out);
}

static void growth_cell(struct quote_html_page *p, const struct quote_growth *g)
{
    char octets[32];
    open_tag(p->out, "td", "num");
    put(p->out, text_octets(octets, sizeof octets, g->octets[ESTIMATE_MID]));
    if (!g->reliable)
        element(p->out, "span", "mark", say(p, "uncertain"));
    close_tag(p->out);
}

static void add_line(struct quote_html_page *p, const char *text)
{
    element(p->out, "span", "line", text);
}

static void count_line(struct quote_html_page *p, const char *format, const struct quote_count *n)
{
    char messages[QUOTE_WORDS_MAX], octets[32];
    if (!n->messages)
        return;
    char *text CLEANUP(mem_free_str) = mem_printf(
        format, quote_words_count(messages, n->messages), text_octets(octets, sizeof octets, n->octets));
    add_line(p, text);
}

static void room_line(struct quote_html_page *p, const struct quote_account *a)
{
    char octets[32];
    struct quote_room room = quote_room_after(a);
    if (!room.known)
        return;
    text_octets(octets, sizeof octets, room.octets);
    char *text CLEANUP(mem_free_str) = room.fits ? mem_printf(say(p, "free after the move: %s"), octets)
                                                 : mem_printf(say(p, "the destination lacks %s"), octets);
    add_line(p, text);
}

static void notes_cell(struct quote_html_page *p, const struct quote_account *a, bool whole)
{
    open_tag(p->out, "td", "notes");
    count_line(p, say(p, "earlier runs: %1$s, %2$s"), &a->settled);
    count_line(p, say(p, "over the destination's limit: %1$s, %2$s"), &a->too_big);
    count_line(p, say(p, "left out by filters: %1$s, %2$s"), &a->filtered);
    count_line(p, say(p, "refused before: %1$s, %2$s"), &a->refused);
    count_line(p, say(p, "no mail: %1$s, %2$s"), &a->not_mail);
    if (!whole && !a->listed)
        count_line(p, say(p, "headers not read: %1$s, %2$s"), &a->unread);
    if (!whole && !a->listed && !a->stat_agrees)
        add_line(p, say(p, "the server's own sum (STAT) differs"));
    room_line(p, a);
    close_tag(p->out);
}

static void name_cell(struct quote_html_page *p, const struct quote_account *a)
{
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    element(p->out, "span", "family", a->name);
    if (*a->source_host)
        element(p->out, "span", "plans", a->source_host);
    close_tag(p->out);
}

/* ---- rows ---- */
static void error_row(struct quote_html_page *p, const struct quote_account *a)
{
    open_tag(p->out, "tr", "failed");
    name_cell(p, a);
    open_tag(p->out, "td", "notes");
    attr(p->out, "colspan", "7");
    element(p->out, "span", "mark", say(p, "not measured"));
    put(p->out, " ");
    put(p->out, a->error.text);
    close_tag(p->out);
    close_tag(p->out);
}

static void cells(
    struct quote_html_page *p, const struct quote_account *a, const struct estimate_time *t, bool whole)
{
    char text[QUOTE_WORDS_MAX];
    bool headers = !a->listed && a->unread.messages < a->inventory.messages;
    count_cell(p, true, &a->inventory);
    count_cell(p, headers, &a->duplicates);
    count_cell(p, a->destination_asked && headers, &a->present);
    count_cell(p, true, &a->to_copy);
    growth_cell(p, &a->growth);
    element(p->out, "td", "num", t->days ? quote_words_time(p->words, text, t) : "–");
    notes_cell(p, a, whole);
}

static void account_row(struct quote_html_page *p, const struct quote_account *a)
{
    if (a->error.code) {
        error_row(p, a);
        return;
    }
    open_tag(p->out, "tr", NULL);
    name_cell(p, a);
    cells(p, a, &a->time, false);
    close_tag(p->out);
}

static bool all_listed(const struct quote *q)
{
    for (size_t i = 0; i < q->account_count; i++)
        if (!q->accounts[i].listed)
            return false;
    return true;
}

/* Not a tfoot: a printed table would show it on each page. */
static void sum_row(struct quote_html_page *p)
{
    struct quote_account sum = p->q->sum;
    sum.listed = all_listed(p->q);
    open_tag(p->out, "tr", "sum");
    open_tag(p->out, "th", NULL);
    attr(p->out, "scope", "row");
    put(p->out, say(p, "Sum"));
    close_tag(p->out);
    cells(p, &sum, &p->q->time, true);
    close_tag(p->out);
}

static void put_accounts(struct quote_html_page *p)
{
    static const char *const heads[] = {N_("Messages"), N_("Duplicates"), N_("Already there"), N_("To copy"),
        N_("Growth a year"), N_("Time needed")};
    open_tag(p->out, "table", "accounts");
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    head_cell(p, NULL, say(p, "Mailbox"));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        head_cell(p, "num", say(p, heads[i]));
    head_cell(p, NULL, say(p, "Remarks"));
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
    for (size_t i = 0; i < p->q->account_count; i++)
        account_row(p, &p->q->accounts[i]);
    if (p->q->measured_count > 1)
        sum_row(p);
    close_tag(p->out);
    close_tag(p->out);
}

/* ---- growth ---- */
static size_t with_note(const struct quote *q, unsigned bit)
{
    size_t count = 0;
    for (size_t i = 0; i < q->account_count; i++)
        count += !q->accounts[i].error.code && (q->accounts[i].growth.notes & bit);
    return count;
}

static void item(struct quote_html_page *p, const char *words, size_t mailboxes)
{
    char count[QUOTE_WORDS_MAX];
    open_tag(p->out, "li", NULL);
    put(p->out, words);
    if (p->q->measured_count > 1) {
        char *text CLEANUP(mem_free_str) =
            mem_printf(quote_words_plural(p->words, " (%s mailbox)", " (%s mailboxes)", mailboxes),
                quote_words_count(count, mailboxes));
        put(p->out, text);
    }
    close_tag(p->out);
}

static void put_origins(struct quote_html_page *p)
{
    for (int o = QUOTE_GROWTH_ASSUMED; o <= QUOTE_GROWTH_GIVEN; o++) {
        size_t count = 0;
        for (size_t i = 0; i < p->q->account_count; i++)
            count += !p->q->accounts[i].error.code &&
                     p->q->accounts[i].growth.origin == (enum quote_growth_origin)o;
        if (count)
            item(p, say(p, quote_growth_origin_words((enum quote_growth_origin)o)), count);
    }
}

static void put_growth(struct quote_html_page *p)
{
    const struct quote_growth *g = &p->q->sum.growth;
    char low[32], mid[32], high[32];
    element(p->out, "h3", NULL, say(p, "How the growth was found"));
    char *sums CLEANUP(mem_free_str) =
        mem_printf(say(p, "All mailboxes, a year: low %1$s, middle %2$s, high %3$s"),
            text_octets(low, sizeof low, g->octets[ESTIMATE_LOW]),
            text_octets(mid, sizeof mid, g->octets[ESTIMATE_MID]),
            text_octets(high, sizeof high, g->octets[ESTIMATE_HIGH]));
    open_tag(p->out, "ul", NULL);
    element(p->out, "li", NULL, sums);
    put_origins(p);
    for (int i = 0; i < QUOTE_NOTES; i++)
        if (g->notes & 1u << i)
            item(p, say(p, quote_growth_note_words((enum quote_growth_note)(1u << i))),
                with_note(p->q, 1u << i));
    close_tag(p->out);
}

/* ---- time ---- */
static void time_row(
    struct quote_html_page *p, const struct catalog_provider *to, const struct estimate_time *t)
{
    char text[QUOTE_WORDS_MAX];
    open_tag(p->out, "tr", NULL);
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    put(p->out, to ? quote_words_name(p->words, to->name, to->name_ja) : say(p, "The destinations given"));
    close_tag(p->out);
    element(p->out, "td", "num", quote_words_time(p->words, text, t));
    element(p->out, "td", NULL, t->days ? say(p, estimate_bottleneck_words(t->bottleneck)) : "–");
    close_tag(p->out);
}

static bool seen_before(const struct quote *q, size_t offer)
{
    for (size_t i = 0; i < offer; i++)
        if (q->offers[i].family->provider == q->offers[offer].family->provider)
            return true;
    return q->offers[offer].family->provider == q->provider;
}

static void put_times(struct quote_html_page *p)
{
    const struct quote *q = p->q;
    open_tag(p->out, "table", "times");
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    head_cell(p, NULL, say(p, "Destination"));
    head_cell(p, "num", say(p, "Time needed"));
    head_cell(p, NULL, say(p, "Held up by"));
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
    if (q->time.days)
        time_row(p, q->provider, &q->time);
    for (size_t i = 0; i < q->offer_count; i++)
        if (!seen_before(q, i) && q->offers[i].time.days)
            time_row(p, q->offers[i].family->provider, &q->offers[i].time);
    close_tag(p->out);
    close_tag(p->out);
    element(p->out, "p", "fine",
        say(p,
            "All mailboxes are moved at the same time; limits count for each account. Work before and after the move is "
            "not contained. Providers without a known limit are not listed."));
}

void quote_html_accounts(struct quote_html_page *p)
{
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Mailboxes"));
    put_accounts(p);
    if (p->q->calculated)
        put_growth(p);
    close_tag(p->out);
    if (!p->q->calculated)
        return;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Time to migrate"));
    put_times(p);
    close_tag(p->out);
}
