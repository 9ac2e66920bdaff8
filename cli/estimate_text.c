#include "estimate_print.h"

#include "i18n.h"
#include "mem.h"
#include "print.h"
#include "quote_answer.h"
#include "quote_basis.h"
#include "quote_words.h"
#include "text.h"
#include "text_table.h"
#include <stdio.h>
#include <string.h>

#define YEARS_SHOWN 12 /* of the past */
#define BAR_CELLS   30

static const struct quote_words *words(void)
{
    return quote_words_of(i18n_lang());
}

static void add_count(struct text_table *t, uint64_t n)
{
    char count[QUOTE_WORDS_MAX];
    text_table_add(t, quote_words_count(count, n));
}

static void add_size(struct text_table *t, uint64_t octets)
{
    char size[32];
    text_table_add(t, text_octets(size, sizeof size, octets));
}

/* "INBOX: 12 messages, 3.4 MB" for the lines that tell of exceptions. */
static void count_line(const char *fmt, const struct quote_count *n)
{
    char count[QUOTE_WORDS_MAX], size[32];
    if (!n->messages && !n->octets)
        return;
    char *line CLEANUP(mem_free_str) =
        mem_printf(fmt, quote_words_count(count, n->messages), text_octets(size, sizeof size, n->octets));
    text_table_wrap("  ", line);
}

/* ---- heading ---- */
static void print_title(const struct quote *q)
{
    char date[QUOTE_WORDS_MAX];
    quote_words_date(words(), date, q->date_s, q->params.utc_offset_min);
    if (*q->customer)
        printf(_("Estimate for %s"), q->customer);
    else
        fputs(_("Estimate"), stdout);
    putchar('\n');
    if (*q->prepared_by)
        printf(_("prepared by %1$s, %2$s"), q->prepared_by, date);
    else
        fputs(date, stdout);
    putchar('\n');
}

/* ---- mail ---- */
static bool all_unread(const struct quote_account *a)
{
    return a->unread.messages && a->unread.messages == a->inventory.messages - a->settled.messages;
}

static void add_account(struct text_table *t, const char *name, const struct quote_account *a)
{
    text_table_add(t, name);
    if (a->error.code) {
        text_table_add(t, _("not measured"));
        for (int i = 2; i < t->columns; i++)
            text_table_add(t, "");
        return;
    }
    bool looked_into = !a->listed && !all_unread(a);
    add_count(t, a->inventory.messages);
    add_size(t, a->inventory.octets);
    if (looked_into)
        add_count(t, a->duplicates.messages);
    else
        text_table_add(t, "–");
    if (a->destination_asked || a->settled.messages)
        add_count(t, a->present.messages + a->settled.messages);
    else
        text_table_add(t, "–");
    if (a->limit_octets)
        add_count(t, a->too_big.messages);
    else
        text_table_add(t, "–");
    add_count(t, a->to_copy.messages);
    add_size(t, a->to_copy.octets);
}

static void print_accounts(const struct quote *q)
{
    const char *const heads[] = {_("mailbox"), _("messages"), _("size"), _("duplicates"), _("there already"),
        _("too large"), _("to copy"), ""};
    struct text_table t = {.columns = 8};
    for (int i = 0; i < t.columns; i++) {
        t.right[i] = i > 0;
        text_table_add(&t, heads[i]);
    }
    for (size_t i = 0; i < q->account_count; i++)
        add_account(&t, q->accounts[i].name, &q->accounts[i]);
    if (q->measured_count > 1)
        add_account(&t, _("all"), &q->sum);
    text_table_print(&t);
}

static void print_limit(const struct quote_account *a)
{
    char size[32];
    if (!a->limit_octets)
        return;
    const char *fmt = a->limit_origin == QUOTE_LIMIT_SERVER
                          ? _("%1$s: the destination takes messages up to %2$s, as it says itself.")
                          : _("%1$s: the destination takes messages up to %2$s, according to the catalog.");
    char *line CLEANUP(mem_free_str) =
        mem_printf(fmt, a->name, text_octets(size, sizeof size, a->limit_octets));
    text_table_wrap("  ", line);
}

static void print_exceptions(const struct quote *q)
{
    const struct quote_account *s = &q->sum;
    count_line(_("Left out as asked (--since and the like): %1$s messages, %2$s."), &s->filtered);
    count_line(_("The source server's own notes, no mail: %1$s messages, %2$s."), &s->not_mail);
    count_line(_("In quarantine since an earlier run: %1$s messages, %2$s."), &s->refused);
    count_line(
        _("Headers not read: %1$s messages, %2$s; duplicates and dates among them are not known, nor what the "
          "destination holds of them."),
        &s->unread);
    for (size_t i = 0; i < q->account_count; i++) {
        const struct quote_account *a = &q->accounts[i];
        if (a->error.code) {
            char *line CLEANUP(mem_free_str) = mem_printf("%s: %s", a->name, a->error.text);
            text_table_wrap("  ", line);
            continue;
        }
        print_limit(a);
        char *line CLEANUP(mem_free_str) = mem_printf(
            _("%s: the source server's sum (STAT) differs from its list (LIST); the list is used."), a->name);
        if (!a->stat_agrees)
            text_table_wrap("  ", line);
    }
}

/* ---- years ---- */
static void add_bar(struct text_table *t, uint64_t octets, uint64_t most)
{
    char bar[BAR_CELLS * 3 + 1] = "";
    unsigned cells = most ? (unsigned)((unsigned __int128)octets * BAR_CELLS / most) : 0;
    for (unsigned i = 0; i < cells; i++)
        memcpy(bar + 3 * i, "▇", 4);
    text_table_add(t, bar);
}

static void print_years(const struct quote *q)
{
    struct quote_month years[YEARS_SHOWN];
    size_t count = quote_years(q->sum.months, q->sum.month_count, years, YEARS_SHOWN);
    struct text_table t = {.columns = 4, .right = {true, true, true}};
    uint64_t most = 0;
    if (!count)
        return;
    text_table_heading(_("Mail by year"));
    const char *const heads[] = {_("year"), _("messages"), _("size"), ""};
    for (int i = 0; i < t.columns; i++)
        text_table_add(&t, heads[i]);
    for (size_t i = 0; i < count; i++)
        most = years[i].octets > most ? years[i].octets : most;
    for (size_t i = 0; i < count; i++) {
        text_table_take(&t, mem_printf("%d", years[i].year));
        add_count(&t, years[i].messages);
        add_size(&t, years[i].octets);
        add_bar(&t, years[i].octets, most);
    }
    text_table_print(&t);
    if (q->sum.months[0].year < years[0].year)
        text_table_wrap("  ", _("Earlier years are not shown."));
    count_line(_("Without a date: %1$s messages, %2$s."), &q->sum.undated);
}

/* ---- growth ---- */
static const char *scenario_words(enum estimate_scenario s)
{
    return s == ESTIMATE_LOW ? _("low") : s == ESTIMATE_MID ? _("mid") : _("high");
}

static void print_projection(const struct quote *q)
{
    struct text_table t = {.columns = 1 + ESTIMATE_SCENARIOS};
    text_table_add(&t, "");
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++) {
        t.right[s + 1] = true;
        text_table_add(&t, scenario_words((enum estimate_scenario)s));
    }
    text_table_add(&t, _("growth in a year"));
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
        add_size(&t, q->sum.growth.octets[s]);
    for (int n = 0; n <= q->params.model.years; n++) {
        text_table_take(&t, n ? mem_printf(ngettext("in %d year", "in %d years", (unsigned long)n), n)
                              : mem_strdup(_("now")));
        for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
            add_size(&t, quote_projected(q, (enum estimate_scenario)s, n));
    }
    text_table_print(&t);
}

/* Words that hold for several mailboxes are said once. */
static void print_growth_notes(const struct quote *q)
{
    const struct quote_growth *sum = &q->sum.growth;
    for (int o = QUOTE_GROWTH_ASSUMED; o <= QUOTE_GROWTH_GIVEN; o++) {
        size_t count = 0;
        for (size_t i = 0; i < q->account_count; i++)
            count += !q->accounts[i].error.code && (int)q->accounts[i].growth.origin == o;
        if (!count)
            continue;
        char *line CLEANUP(mem_free_str) =
            mem_printf(ngettext("%1$lu mailbox: %2$s.", "%1$lu mailboxes: %2$s.", count),
                (unsigned long)count, _(quote_growth_origin_words((enum quote_growth_origin)o)));
        text_table_wrap("  ", line);
    }
    if (!sum->reliable)
        text_table_wrap(
            "  ", _("This growth is not to be relied on; give a better one with --growth if there is one:"));
    for (int bit = 0; bit < QUOTE_NOTES; bit++) {
        if (sum->notes & 1u << bit)
            text_table_wrap("  - ", _(quote_growth_note_words((enum quote_growth_note)(1 << bit))));
    }
}

/* ---- the move ---- */
static void print_time(const struct quote *q)
{
    char time[QUOTE_WORDS_MAX], count[QUOTE_WORDS_MAX], size[32];
    const struct quote_count *n = &q->sum.to_copy;
    bool to = q->account_count && *q->accounts[0].destination;
    text_table_heading(_("Time to migrate"));
    quote_words_count(count, n->messages);
    text_octets(size, sizeof size, n->octets);
    if (!q->time.days) {
        text_table_wrap("  ",
            to ? _("Not known: the catalog has no limit of the destination that takes time, and no rate was measured.")
               : _("Without --to it depends on the provider: see the column of the move above."));
        return;
    }
    char *line CLEANUP(mem_free_str) =
        mem_printf(_("%1$s messages, %2$s: %3$s; the bottleneck is %4$s."), count, size,
            quote_words_time(words(), time, &q->time), _(estimate_bottleneck_words(q->time.bottleneck)));
    text_table_wrap("  ", line);
    if (q->measured_count > 1)
        text_table_wrap("  ", _("Limits count for each mailbox; all are moved at the same time."));
}

static void print_room(const struct quote *q)
{
    bool heading = false;
    for (size_t i = 0; i < q->account_count; i++) {
        const struct quote_account *a = &q->accounts[i];
        struct quote_room room = quote_room_after(a);
        char used[32], limit[32], left[32];
        if (a->error.code || !*a->destination)
            continue;
        if (!heading)
            text_table_heading(_("Room in the destination"));
        heading = true;
        const char *fmt = !room.known ? _("%1$s: the destination does not tell.")
                          : room.fits ? _("%1$s: %2$s of %3$s in use; after the copy %4$s stay free.")
                                      : _("%1$s: %2$s of %3$s in use; for the copy %4$s are lacking.");
        char *line CLEANUP(mem_free_str) =
            mem_printf(fmt, a->name, text_octets(used, sizeof used, a->quota.used.octets),
                text_octets(limit, sizeof limit, a->quota.limit.octets),
                text_octets(left, sizeof left, room.octets));
        text_table_wrap("  ", line);
    }
}

static void print_basis(const struct quote *q)
{
    struct quote_basis basis CLEANUP(quote_basis_done) = quote_basis(q, words());
    text_table_heading(_("Assumptions"));
    for (size_t i = 0; i < basis.count; i++)
        text_table_wrap("  - ", basis.lines[i]);
}

static void print_answer(const struct quote *q)
{
    struct quote_sentences answer CLEANUP(quote_sentences_done) = quote_answer_words(q, words());
    text_table_heading(_("The answer"));
    for (size_t i = 0; i < answer.count; i++)
        text_table_wrap("  ", answer.lines[i]);
}

void estimate_text(const struct quote *q)
{
    print_title(q);
    if (q->calculated)
        print_answer(q);
    text_table_heading(_("Mail"));
    print_accounts(q);
    print_exceptions(q);
    if (!q->calculated)
        return;
    print_years(q);
    text_table_heading(_("Growth"));
    print_projection(q);
    print_growth_notes(q);
    estimate_text_plans(q);
    print_time(q);
    print_room(q);
    print_basis(q);
}
