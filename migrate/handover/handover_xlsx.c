/* The handover as a workbook to check and calculate with: numbers are numbers, sums are formulas. */
#include "handover_xlsx.h"

#include "mem.h"

static void add_sheets(struct handover_book *b)
{
    b->summary = quote_xlsx_out_sheet(b->out, say(b, "Summary"));
    b->accounts = quote_xlsx_out_sheet(b->out, say(b, "Accounts"));
    b->items = quote_xlsx_out_sheet(b->out, say(b, "Messages not moved"));
    if (b->h->sum.dated_now)
        b->dated = quote_xlsx_out_sheet(b->out, say(b, "Dated on the day of the move"));
}

/* ---- the summary ---- */
static void pair(struct handover_book *b, uint32_t *row, const char *name, const char *value)
{
    if (!*value)
        return;
    put_text(b, cell(b->summary, *row, 0), name, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->summary, (*row)++, 1), value, QUOTE_XLSX_TEXT);
}

static void put_title(struct handover_book *b, uint32_t *row)
{
    char *customer CLEANUP(mem_free_str) = handover_addressee(b->h, b->words);
    char *day CLEANUP(mem_free_str) = handover_day(b->h, b->words, b->h->date_s);
    char *period CLEANUP(mem_free_str) = handover_period(b->h, b->words);
    char *verdict CLEANUP(mem_free_str) = handover_verdict(b->h, b->words);
    bool good = b->h->count && b->h->by_state[HANDOVER_IN_ORDER] == b->h->count;
    put_text(b, cell(b->summary, (*row)++, 0), say(b, "Migration report"), QUOTE_XLSX_TITLE);
    pair(b, row, say(b, "Customer"), customer);
    pair(b, row, say(b, "Date of report"), day);
    pair(b, row, say(b, "Prepared by"), b->h->prepared_by);
    pair(b, row, say(b, "Migrated"), period);
    ++*row;
    put_text(b, cell(b->summary, (*row)++, 0), verdict, QUOTE_XLSX_BOLD | (good ? 0 : QUOTE_XLSX_MARK));
    ++*row;
}

/* The sum of a column of the sheet of accounts. */
static void sum_line(
    struct handover_book *b, uint32_t *row, const char *name, enum handover_xlsx_column column, uint64_t n)
{
    char *formula CLEANUP(mem_free_str) =
        mem_printf("='%s'!%s%u", say(b, "Accounts"), LETTERS(column), b->sum_row + 1);
    put_text(b, cell(b->summary, *row, 0), name, QUOTE_XLSX_TEXT);
    quote_xlsx_out_formula(
        b->out, cell(b->summary, (*row)++, 1), formula, (double)n, NULL, QUOTE_XLSX_COUNT | QUOTE_XLSX_BOLD);
}

/* Of what the lines above count; the sheet of accounts has no column for them. */
static void remark_line(struct handover_book *b, uint32_t *row, const char *words, uint64_t n)
{
    if (!n)
        return;
    put_text(b, cell(b->summary, *row, 0), words, QUOTE_XLSX_TEXT);
    quote_xlsx_out_number(
        b->out, cell(b->summary, (*row)++, 1), (double)n, QUOTE_XLSX_COUNT | QUOTE_XLSX_BOLD);
}

static void put_remarks(struct handover_book *b, uint32_t *row)
{
    const struct handover_account *s = &b->h->sum;
    remark_line(b, row, say(b, "of those refused: taken for duplicates by the new server, and not stored"),
        s->swallowed);
    remark_line(b, row,
        say(b, "in the new mailboxes: put together of what Outlook keeps, as it keeps no message as it was"),
        s->built[1] + s->built[2]);
    remark_line(
        b, row, say(b, "in the new mailboxes twice; one of the two can be deleted there"), s->doubled);
}

static void put_sums(struct handover_book *b, uint32_t *row)
{
    const struct handover_account *s = &b->h->sum;
    const struct {
        const char *words;
        enum handover_xlsx_column column;
        uint64_t n;
    } lines[] = {
        {say(b, "In the old mailboxes (before)"), HANDOVER_XLSX_BEFORE, s->before.messages},
        {say(b, "copied to the new mailboxes"), HANDOVER_XLSX_COPIED, s->copied.messages},
        {say(b, "already in the new mailboxes"), HANDOVER_XLSX_PRESENT, s->present.messages},
        {say(b, "duplicates of other messages; kept once"), HANDOVER_XLSX_DUPLICATES, s->duplicates.messages},
        {say(b, "notes of the old server to itself, no mail"), HANDOVER_XLSX_NOT_MAIL, s->not_mail.messages},
        {say(b, "refused by the new server, kept in quarantine"), HANDOVER_XLSX_QUARANTINED,
            s->quarantined.messages},
        {say(b, "not given out by the old server, or no room in the new one"), HANDOVER_XLSX_REFUSED,
            s->refused.messages},
        {say(b, "not copied yet"), HANDOVER_XLSX_WAITING, s->waiting.messages},
        {say(b, "left out as asked"), HANDOVER_XLSX_LEFT_OUT, s->left_out.messages},
        {say(b, "gone from the old mailboxes before they were copied"), HANDOVER_XLSX_VANISHED,
            s->vanished.messages},
        {say(b, "In the new mailboxes (after): copied and already there"), HANDOVER_XLSX_AFTER,
            handover_after(s).messages},
        {say(b, "of these no longer there: moved or deleted since"), HANDOVER_XLSX_GONE,
            s->gone_since.messages},
        {say(b, "deleted from the old mailboxes afterwards"), HANDOVER_XLSX_DELETED, s->deleted.messages},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        sum_line(b, row, lines[i].words, lines[i].column, lines[i].n);
    put_remarks(b, row);
    ++*row;
}

static void put_proofs(struct handover_book *b, uint32_t *row)
{
    put_text(b, cell(b->summary, (*row)++, 0), say(b, "Verification"), QUOTE_XLSX_HEAD);
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--)
        sum_line(b, row, say(b, handover_proof_words((enum ledger_proof)i)),
            (enum handover_xlsx_column)(HANDOVER_XLSX_PROOF + LEDGER_PROOFS - 1 - i), b->h->sum.proof[i]);
    ++*row;
}

static void put_states(struct handover_book *b, uint32_t *row)
{
    put_text(b, cell(b->summary, (*row)++, 0), say(b, "Accounts"), QUOTE_XLSX_HEAD);
    for (int i = 0; i < HANDOVER_STATES; i++) {
        const char *words = say(b, handover_state_words((enum handover_state)i));
        if (!b->h->by_state[i])
            continue;
        char *formula CLEANUP(mem_free_str) =
            mem_printf("=COUNTIF('%s'!%s%u:%s%u,\"%s\")", say(b, "Accounts"), LETTERS(HANDOVER_XLSX_STATE),
                HANDOVER_XLSX_FIRST_ROW + 1, LETTERS(HANDOVER_XLSX_STATE), b->sum_row, words);
        put_text(b, cell(b->summary, *row, 0), words, i ? QUOTE_XLSX_MARK : QUOTE_XLSX_TEXT);
        quote_xlsx_out_formula(b->out, cell(b->summary, (*row)++, 1), formula, (double)b->h->by_state[i],
            NULL, QUOTE_XLSX_COUNT | QUOTE_XLSX_BOLD);
    }
}

static void put_summary(struct handover_book *b)
{
    uint32_t row = 0;
    quote_xlsx_out_width(b->out, b->summary, 0, 60);
    quote_xlsx_out_width(b->out, b->summary, 1, 34);
    put_title(b, &row);
    put_sums(b, &row);
    put_proofs(b, &row);
    put_states(b, &row);
}

/* ---- the messages ---- */
static void put_item(
    struct handover_book *b, uint32_t row, const struct handover_account *a, const struct handover_item *i)
{
    char day[QUOTE_WORDS_MAX];
    bool dated = i->date_s != MAIL_NO_DATE;
    const char *const texts[] = {a->name,
        dated ? quote_words_date(b->words, day, i->date_s, b->h->utc_offset_min) : "–", i->from, i->subject};
    const char *const more[] = {say(b, handover_item_words(i->state)), i->reason, i->uidl, i->quarantine};
    for (size_t k = 0; k < 4; k++)
        put_text(b, cell(b->items, row, k), texts[k], QUOTE_XLSX_TEXT);
    quote_xlsx_out_number(b->out, cell(b->items, row, 4), (double)i->octets, QUOTE_XLSX_COUNT);
    for (size_t k = 0; k < 4; k++)
        put_text(b, cell(b->items, row, 5 + k), more[k], QUOTE_XLSX_TEXT);
}

static void put_items(struct handover_book *b)
{
    static const struct handover_column columns[] = {
        {N_("Account"), 30, false},
        {N_("Sent"), 18, false},
        {N_("From"), 30, false},
        {N_("Subject"), 44, false},
        {N_("Size (bytes)"), 14, true},
        {N_("Result"), 36, false},
        {N_("Why"), 60, false},
        {N_("Name on the old server (UIDL)"), 30, false},
        {N_("Kept in (below the account's work folder)"), 44, false},
    };
    uint32_t row = HANDOVER_XLSX_HEAD_ROW;
    handover_xlsx_out_heads(b, b->items, row++, columns, sizeof columns / sizeof *columns);
    quote_xlsx_out_freeze(b->out, b->items, row, HANDOVER_XLSX_HEAD_ROW);
    for (size_t i = 0; i < b->h->count; i++)
        for (size_t k = 0; k < b->h->accounts[i].item_count && row < HANDOVER_XLSX_ROWS_MAX; k++)
            put_item(b, row++, &b->h->accounts[i], &b->h->accounts[i].items[k]);
}

static void put_dated_item(
    struct handover_book *b, uint32_t row, const struct handover_account *a, const struct handover_item *i)
{
    const char *const texts[] = {a->name, i->from, i->subject, i->message_id, i->uidl};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        put_text(b, cell(b->dated, row, k), texts[k], QUOTE_XLSX_TEXT);
    quote_xlsx_out_number(b->out, cell(b->dated, row, 5), (double)i->octets, QUOTE_XLSX_COUNT);
}

static void put_dated(struct handover_book *b)
{
    static const struct handover_column columns[] = {
        {N_("Account"), 30, false},
        {N_("From"), 30, false},
        {N_("Subject"), 44, false},
        {"Message-ID", 44, false},
        {N_("Name on the old server (UIDL)"), 30, false},
        {N_("Size (bytes)"), 14, true},
    };
    uint32_t row = HANDOVER_XLSX_HEAD_ROW;
    if (!b->h->sum.dated_now)
        return;
    handover_xlsx_out_heads(b, b->dated, row++, columns, sizeof columns / sizeof *columns);
    quote_xlsx_out_freeze(b->out, b->dated, row, HANDOVER_XLSX_HEAD_ROW);
    for (size_t i = 0; i < b->h->count; i++)
        for (size_t k = 0; k < b->h->accounts[i].dated_count && row < HANDOVER_XLSX_ROWS_MAX; k++)
            put_dated_item(b, row++, &b->h->accounts[i], &b->h->accounts[i].dated[k]);
}

char *handover_xlsx(const struct handover *h, const char *lang, size_t *ret_len, struct error *err)
{
    struct handover_book book = {.out = quote_xlsx_out_new(err), .words = quote_words_of(lang), .h = h};
    if (!book.out)
        return NULL;
    add_sheets(&book);
    handover_xlsx_accounts(&book);
    put_items(&book);
    put_dated(&book);
    put_summary(&book);
    return quote_xlsx_out_close(book.out, ret_len, err);
}
