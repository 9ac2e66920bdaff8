/* The handover as one HTML page that needs no other file: to be read, printed on A4, kept. */
#include "handover_html.h"

#include "mem.h"
#include "text.h"

/* ---- title ---- */
static void row(struct handover_page *p, const char *name, const char *value)
{
    if (!*value)
        return;
    open_tag(p->out, "div", NULL);
    element(p->out, "dt", NULL, name);
    element(p->out, "dd", NULL, value);
    close_tag(p->out);
}

static void put_title(struct handover_page *p)
{
    char *customer CLEANUP(mem_free_str) = handover_addressee(p->h, p->words);
    char *day CLEANUP(mem_free_str) = handover_day(p->h, p->words, p->h->date_s);
    char *period CLEANUP(mem_free_str) = handover_period(p->h, p->words);
    open_tag(p->out, "header", NULL);
    element(p->out, "h1", NULL, say(p, "Migration report"));
    if (*customer)
        element(p->out, "p", "customer", customer);
    open_tag(p->out, "dl", "title");
    row(p, say(p, "Subject"), say(p, "Moving mail to the new server: result"));
    row(p, say(p, "Date of report"), day);
    row(p, say(p, "Prepared by"), p->h->prepared_by);
    row(p, say(p, "Migrated"), period);
    close_tag(p->out);
    close_tag(p->out);
}

/* ---- summary ---- */
static void tile(struct handover_page *p, const char *name, const char *value, const char *below)
{
    open_tag(p->out, "div", "tile");
    element(p->out, "h3", NULL, name);
    element(p->out, "p", "value", value);
    element(p->out, "p", "below", below);
    close_tag(p->out);
}

static void tile_amount(struct handover_page *p, const char *name, struct ledger_amount n)
{
    char count[QUOTE_WORDS_MAX], size[32];
    char *value CLEANUP(mem_free_str) =
        mem_printf(quote_words_plural(p->words, "%s message", "%s messages", n.messages),
            quote_words_count(count, n.messages));
    tile(p, name, value, text_octets(size, sizeof size, n.octets));
}

static void tile_accounts(struct handover_page *p)
{
    char all[QUOTE_WORDS_MAX], good[QUOTE_WORDS_MAX];
    quote_words_count(all, p->h->count);
    quote_words_count(good, p->h->by_state[HANDOVER_IN_ORDER]);
    char *value CLEANUP(mem_free_str) = mem_printf(say(p, "%1$s of %2$s"), good, all);
    tile(p, say(p, "Accounts in order"), value, "");
}

static void tile_proved(struct handover_page *p)
{
    char proved[QUOTE_WORDS_MAX], all[QUOTE_WORDS_MAX];
    const struct handover_account *sum = &p->h->sum;
    quote_words_count(proved, handover_proved(sum));
    quote_words_count(all, handover_after(sum).messages);
    char *value CLEANUP(mem_free_str) = mem_printf(say(p, "%1$s of %2$s"), proved, all);
    char *day CLEANUP(mem_free_str) = handover_day(p->h, p->words, sum->proved_s);
    char *below CLEANUP(mem_free_str) =
        sum->proved_s ? mem_printf(say(p, "the last on %s"), day) : mem_strdup("");
    tile(p, say(p, "Messages verified"), value, below);
}

static void put_summary(struct handover_page *p)
{
    bool good = p->h->count && p->h->by_state[HANDOVER_IN_ORDER] == p->h->count;
    char *verdict CLEANUP(mem_free_str) = handover_verdict(p->h, p->words);
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Summary"));
    open_tag(p->out, "div", "tiles");
    tile_accounts(p);
    tile_amount(p, say(p, "In the old mailboxes"), p->h->sum.before);
    tile_amount(p, say(p, "In the new mailboxes"), handover_after(&p->h->sum));
    tile_proved(p);
    close_tag(p->out);
    element(p->out, "p", good ? "total" : "alert", verdict);
    close_tag(p->out);
}

/* ---- where the difference comes from ---- */
static void balance_row(struct handover_page *p, const char *class, const char *what, struct ledger_amount n)
{
    if (!n.messages && !class)
        return;
    open_tag(p->out, "tr", class);
    element(p->out, "td", NULL, what);
    handover_html_out_amount(p, n);
    close_tag(p->out);
}

/* Messages that another row has counted already. */
static void remark_row(struct handover_page *p, const char *what, uint64_t n)
{
    if (!n)
        return;
    open_tag(p->out, "tr", NULL);
    element(p->out, "td", NULL, what);
    handover_html_out_count(p, "num", n);
    close_tag(p->out);
}

static void put_balance(struct handover_page *p)
{
    static const struct handover_head heads[] = {{N_("Breakdown"), false}, {N_("Number, size"), true}};
    const struct handover_account *s = &p->h->sum;
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Before and after"));
    handover_html_out_heads(p, "balance", heads, 2);
    balance_row(p, "sum", say(p, "In the old mailboxes (before)"), s->before);
    balance_row(p, NULL, say(p, "copied to the new mailboxes"), s->copied);
    balance_row(p, NULL, say(p, "already in the new mailboxes"), s->present);
    balance_row(p, NULL, say(p, "duplicates of other messages; kept once"), s->duplicates);
    balance_row(p, NULL, say(p, "notes of the old server to itself, no mail"), s->not_mail);
    balance_row(p, NULL, say(p, "refused by the new server, kept in quarantine"), s->quarantined);
    remark_row(p, say(p, "of these: taken for duplicates by the new server, and not stored"), s->swallowed);
    balance_row(p, NULL, say(p, "not given out by the old server, or no room in the new one"), s->refused);
    balance_row(p, NULL, say(p, "not copied yet"), s->waiting);
    balance_row(p, NULL, say(p, "left out as asked"), s->left_out);
    balance_row(p, NULL, say(p, "gone from the old mailboxes before they were copied"), s->vanished);
    balance_row(
        p, "sum", say(p, "In the new mailboxes (after): copied and already there"), handover_after(s));
    remark_row(p, say(p, "of these: put together of what Outlook keeps, as it keeps no message as it was"),
        s->built[1] + s->built[2]);
    remark_row(p, say(p, "of these: there twice; one of the two can be deleted there"), s->doubled);
    balance_row(p, NULL, say(p, "of these no longer there: moved or deleted since"), s->gone_since);
    balance_row(p, NULL, say(p, "deleted from the old mailboxes afterwards"), s->deleted);
    close_tag(p->out);
    close_tag(p->out);
    close_tag(p->out);
}

/* Does every proof rest on the content, and is there one? */
static bool all_read(const struct handover_account *s)
{
    return handover_proved(s) && !s->proof[LEDGER_PROOF_COUNT] && !s->proof[LEDGER_PROOF_HEADERS];
}

static void put_proofs(struct handover_page *p)
{
    const struct handover_account *s = &p->h->sum;
    static const struct handover_head heads[] = {
        {N_("How the copies were verified"), false}, {N_("Number"), true}};
    open_tag(p->out, "section", NULL);
    element(p->out, "h2", NULL, say(p, "Verification"));
    handover_html_out_heads(p, "proofs", heads, 2);
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--) {
        if (!s->proof[i])
            continue;
        open_tag(p->out, "tr", NULL);
        element(p->out, "td", NULL, say(p, handover_proof_words((enum ledger_proof)i)));
        handover_html_out_count(p, "num", s->proof[i]);
        close_tag(p->out);
    }
    close_tag(p->out);
    close_tag(p->out);
    if (all_read(s))
        element(p->out, "p", "fine",
            say(p,
                "To verify, each message was read again from the new server and compared with what the old server "
                "had given (checksum SHA-256)."));
    close_tag(p->out);
}

/* ---- the page ---- */
static void put_page(struct handover_page *p)
{
    char *title CLEANUP(mem_free_str) =
        *p->h->customer ? mem_printf("%s - %s", say(p, "Migration report"), p->h->customer)
                        : mem_strdup(say(p, "Migration report"));
    quote_html_out_begin(p->out, quote_words_lang(p->words), title);
    put_title(p);
    put_summary(p);
    handover_html_attention(p);
    put_balance(p);
    put_proofs(p);
    handover_html_accounts(p);
    handover_html_items(p);
    handover_html_dated(p);
    handover_html_notes(p);
    quote_html_out_end(p->out);
}

char *handover_html(const struct handover *h, const char *lang, size_t *ret_len, struct error *err)
{
    struct quote_html_out *out CLEANUP(quote_html_out_free_ptr) = quote_html_out_new();
    struct handover_page page = {.out = out, .words = quote_words_of(lang), .h = h};
    size_t len;
    put_page(&page);
    const char *bytes = quote_html_out_bytes(out, &len, err);
    if (!bytes)
        return NULL;
    *ret_len = len;
    return mem_strndup(bytes, len);
}
