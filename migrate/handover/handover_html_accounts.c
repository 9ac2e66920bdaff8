/* The accounts on the page: what is not in order, all of them in one table, and their messages not moved. */
#include "handover_html.h"

#include "mem.h"
#include "text.h"

#define COLUMNS(heads) (sizeof(heads) / sizeof *(heads))
#define COUNTS         7 /* cells of counts() */

static void end_table(struct handover_page *p)
{
    close_tag(p->out);
    close_tag(p->out);
}

static void name_cell(struct handover_page *p, const struct handover_account *a)
{
    char *way CLEANUP(mem_free_str) =
        *a->destination ? mem_printf("%s → %s, %s", a->source, a->destination, a->folder) : mem_strdup("");
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    element(p->out, "span", "family", a->name);
    element(p->out, "span", "plans", way);
    close_tag(p->out);
}

static void state_cell(struct handover_page *p, const struct handover_account *a)
{
    open_tag(p->out, "td", NULL);
    element(p->out, "span", handover_needs_attention(a) ? "mark" : "sure",
        say(p, handover_state_words(a->state)));
    close_tag(p->out);
}

/* An account whose messages want a person, beside those that merely want another run. */
static const char *row_class(const struct handover_account *a)
{
    bool failed = a->state == HANDOVER_NOT_MOVED || a->state == HANDOVER_UNREADABLE ||
                  a->state == HANDOVER_DIFFERS || a->state == HANDOVER_NO_ACCESS;
    return failed ? "failed" : NULL;
}

/* ---- what is not in order ---- */
static void attention_row(struct handover_page *p, const struct handover_account *a)
{
    const char *advice = handover_advice(a);
    char *finding CLEANUP(mem_free_str) = handover_finding(a, p->words);
    open_tag(p->out, "tr", row_class(a));
    name_cell(p, a);
    state_cell(p, a);
    element(p->out, "td", NULL, finding);
    element(p->out, "td", NULL, advice ? say(p, advice) : "");
    close_tag(p->out);
}

void handover_html_attention(struct handover_page *p)
{
    static const struct handover_head heads[] = {{N_("Account"), false}, {N_("Result"), false},
        {N_("What is not in order"), false}, {N_("What to do"), false}};
    if (p->h->by_state[HANDOVER_IN_ORDER] == p->h->count)
        return;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "What is not in order"));
    handover_html_out_heads(p, "attention", heads, COLUMNS(heads));
    for (int s = HANDOVER_STATES - 1; s > HANDOVER_IN_ORDER; s--)
        for (size_t i = 0; i < p->h->count; i++)
            if (p->h->accounts[i].state == (enum handover_state)s)
                attention_row(p, &p->h->accounts[i]);
    end_table(p);
    close_tag(p->out);
}

/* ---- all of them ---- */
/* Of a mailbox that nobody has seen nothing is known, not 0. */
static void unseen(struct handover_page *p, int cells)
{
    for (int i = 0; i < cells; i++)
        element(p->out, "td", "num", "–");
}

static void counts(struct handover_page *p, const struct handover_account *a)
{
    handover_html_out_amount(p, a->before);
    handover_html_out_amount(p, handover_after(a));
    handover_html_out_count(p, "num", a->duplicates.messages);
    handover_html_out_count(p, "num", handover_not_moved(a).messages);
    handover_html_out_count(p, "num", a->waiting.messages);
    handover_html_out_count(p, "num", a->left_out.messages);
    handover_html_out_count(p, "num", a->deleted.messages);
}

static void account_row(struct handover_page *p, const struct handover_account *a)
{
    char count[QUOTE_WORDS_MAX];
    char *day CLEANUP(mem_free_str) = handover_day(p->h, p->words, a->proved_s);
    open_tag(p->out, "tr", row_class(a));
    name_cell(p, a);
    if (handover_seen(a)) {
        counts(p, a);
        open_tag(p->out, "td", "num");
        put(p->out, quote_words_count(count, handover_proved(a)));
        element(p->out, "span", "size", a->proved_s ? day : "");
        close_tag(p->out);
    } else {
        unseen(p, COUNTS + 1);
    }
    state_cell(p, a);
    close_tag(p->out);
}

static void sum_row(struct handover_page *p)
{
    open_tag(p->out, "tr", "sum");
    open_tag(p->out, "th", "name");
    attr(p->out, "scope", "row");
    put(p->out, say(p, "Sum"));
    close_tag(p->out);
    counts(p, &p->h->sum);
    handover_html_out_count(p, "num", handover_proved(&p->h->sum));
    element(p->out, "td", NULL, "");
    close_tag(p->out);
}

void handover_html_accounts(struct handover_page *p)
{
    static const struct handover_head heads[] = {{N_("Account"), false}, {N_("Before"), true},
        {N_("After"), true}, {N_("Duplicates"), true}, {N_("Not moved"), true}, {N_("Not copied yet"), true},
        {N_("Left out as asked"), true}, {N_("Deleted from the old mailbox"), true}, {N_("Verified"), true},
        {N_("Result"), false}};
    if (!p->h->count)
        return;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Accounts"));
    handover_html_out_heads(p, "accounts", heads, COLUMNS(heads));
    for (size_t i = 0; i < p->h->count; i++)
        account_row(p, &p->h->accounts[i]);
    if (p->h->count > 1)
        sum_row(p);
    end_table(p);
    close_tag(p->out);
}

/* ---- messages ---- */
static void item_row(struct handover_page *p, const struct handover_item *i)
{
    char day[QUOTE_WORDS_MAX], size[32];
    bool dated = i->date_s != MAIL_NO_DATE;
    open_tag(p->out, "tr", NULL);
    element(
        p->out, "td", "date", dated ? quote_words_date(p->words, day, i->date_s, p->h->utc_offset_min) : "–");
    element(p->out, "td", NULL, i->from);
    element(p->out, "td", NULL, i->subject);
    element(p->out, "td", "num", text_octets(size, sizeof size, i->octets));
    open_tag(p->out, "td", "notes");
    put(p->out, say(p, handover_item_words(i->state)));
    element(p->out, "span", "line", i->reason);
    element(p->out, "span", "line", i->quarantine);
    close_tag(p->out);
    close_tag(p->out);
}

/* What of all of them the table does not hold. */
static void more_items(struct handover_page *p, uint64_t all, size_t shown)
{
    char more[QUOTE_WORDS_MAX];
    if (all <= shown)
        return;
    char *text CLEANUP(mem_free_str) =
        mem_printf(say(p, "and %s more: popferry report --format csv lists them all"),
            quote_words_count(more, all - shown));
    element(p->out, "p", "fine", text);
}

static void items_of(struct handover_page *p, const struct handover_account *a)
{
    static const struct handover_head heads[] = {{N_("Sent"), false}, {N_("From"), false},
        {N_("Subject"), false}, {N_("Size"), true}, {N_("Why"), false}};
    element(p->out, "h3", NULL, a->name);
    handover_html_out_heads(p, "items", heads, COLUMNS(heads));
    for (size_t i = 0; i < a->item_count; i++)
        item_row(p, &a->items[i]);
    end_table(p);
    more_items(p, handover_not_moved(a).messages, a->item_count);
}

void handover_html_items(struct handover_page *p)
{
    if (!handover_not_moved(&p->h->sum).messages)
        return;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Messages that were not moved"));
    for (size_t i = 0; i < p->h->count; i++)
        if (p->h->accounts[i].item_count)
            items_of(p, &p->h->accounts[i]);
    close_tag(p->out);
}

static void dated_row(struct handover_page *p, const struct handover_item *i)
{
    char size[32];
    open_tag(p->out, "tr", NULL);
    element(p->out, "td", NULL, i->from);
    element(p->out, "td", NULL, i->subject);
    element(p->out, "td", "num", text_octets(size, sizeof size, i->octets));
    open_tag(p->out, "td", "notes");
    put(p->out, i->message_id);
    element(p->out, "span", "line", i->uidl);
    close_tag(p->out);
    close_tag(p->out);
}

static void dated_of(struct handover_page *p, const struct handover_account *a)
{
    static const struct handover_head heads[] = {{N_("From"), false}, {N_("Subject"), false},
        {N_("Size"), true}, {N_("Message-ID, and name on the old server (UIDL)"), false}};
    element(p->out, "h3", NULL, a->name);
    handover_html_out_heads(p, "items", heads, COLUMNS(heads));
    for (size_t i = 0; i < a->dated_count; i++)
        dated_row(p, &a->dated[i]);
    end_table(p);
    more_items(p, a->dated_now, a->dated_count);
}

void handover_html_dated(struct handover_page *p)
{
    if (!p->h->sum.dated_now)
        return;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Messages that show the day of the move"));
    element(p->out, "p", "small",
        say(p,
            "Nothing in these messages tells their date for certain, so that the new mailbox sorts them by the day on "
            "which they were copied."));
    for (size_t i = 0; i < p->h->count; i++)
        if (p->h->accounts[i].dated_count)
            dated_of(p, &p->h->accounts[i]);
    close_tag(p->out);
}

/* ---- notes ---- */
void handover_html_notes(struct handover_page *p)
{
    static const char *const notes[] = {
        N_("“Before” is every message that the old mailbox ever showed during the migration; “after” is what of it "
           "was put into the new mailbox, or was there already. What was moved or deleted there since is still counted, "
           "and named as far as a later run has seen it; mail that arrived there by other ways is not."),
        N_("Duplicates are messages whose sender, date, subject and content are the same; the new mailbox holds "
           "them once."),
        N_("Sizes before and after may differ slightly, since servers count line ends differently. The contents are "
           "compared by checksum."),
        N_("“Left out as asked” are messages that are outside the dates or sizes that were agreed on; they stay in "
           "the old mailbox."),
    };
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "How to read this report"));
    open_tag(p->out, "ul", "small");
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        element(p->out, "li", NULL, say(p, notes[i]));
    close_tag(p->out);
    char *made CLEANUP(mem_free_str) = mem_printf(say(p, "Made with %s."), p->h->program);
    element(p->out, "p", "fine", made);
    close_tag(p->out);
}
