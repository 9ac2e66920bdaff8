/* The sheet of accounts: a row for each, and the sums as formulas. */
#include "handover_xlsx.h"

#include "mem.h"

static const struct handover_column columns[HANDOVER_XLSX_COLUMNS] = {
    [HANDOVER_XLSX_NAME] = {N_("Account"), 32, false},
    [HANDOVER_XLSX_SOURCE] = {N_("Old mailbox"), 34, false},
    [HANDOVER_XLSX_DESTINATION] = {N_("New mailbox"), 40, false},
    [HANDOVER_XLSX_STATE] = {N_("Result"), 22, false},
    [HANDOVER_XLSX_BEFORE] = {N_("Before (messages)"), 11, true},
    [HANDOVER_XLSX_BEFORE_OCTETS] = {N_("Before (bytes)"), 17, true},
    [HANDOVER_XLSX_COPIED] = {N_("Copied"), 11, true},
    [HANDOVER_XLSX_PRESENT] = {N_("Already there"), 11, true},
    [HANDOVER_XLSX_DUPLICATES] = {N_("Duplicates, kept once"), 11, true},
    [HANDOVER_XLSX_NOT_MAIL] = {N_("Server's own notes, no mail"), 11, true},
    [HANDOVER_XLSX_QUARANTINED] = {N_("In quarantine"), 11, true},
    [HANDOVER_XLSX_REFUSED] = {N_("Not readable"), 11, true},
    [HANDOVER_XLSX_WAITING] = {N_("Not copied yet"), 11, true},
    [HANDOVER_XLSX_LEFT_OUT] = {N_("Left out as asked"), 11, true},
    [HANDOVER_XLSX_VANISHED] = {N_("Gone before it was copied"), 11, true},
    [HANDOVER_XLSX_AFTER] = {N_("After (messages)"), 11, true},
    [HANDOVER_XLSX_AFTER_OCTETS] = {N_("After (bytes)"), 17, true},
    [HANDOVER_XLSX_UNACCOUNTED] = {N_("Unaccounted for"), 11, true},
    [HANDOVER_XLSX_DELETED] = {N_("Deleted from the old mailbox"), 13, true},
    [HANDOVER_XLSX_PROOF + 0] = {N_("identical, byte for byte"), 15, true},
    [HANDOVER_XLSX_PROOF + 1] = {N_("same content, but for line ends and what servers add"), 15, true},
    [HANDOVER_XLSX_PROOF + 2] = {N_("same message, other header fields"), 15, true},
    [HANDOVER_XLSX_PROOF + 3] = {N_("same text and attachments, rewritten by the server"), 15, true},
    [HANDOVER_XLSX_PROOF + 4] = {N_("same sender, date and subject"), 15, true},
    [HANDOVER_XLSX_PROOF + 5] = {N_("present in the new mailbox"), 15, true},
    [HANDOVER_XLSX_PROOF + 6] = {N_("not verified"), 15, true},
    [HANDOVER_XLSX_PROVED] = {N_("Verified on"), 18, false},
    [HANDOVER_XLSX_FINDING] = {N_("What is not in order"), 60, false},
    [HANDOVER_XLSX_ADVICE] = {N_("What to do"), 60, false},
    [HANDOVER_XLSX_GONE] = {N_("No longer in the new mailbox"), 13, true},
};
_Static_assert(LEDGER_PROOFS == 7, "a column for each proof");

static bool is_count(size_t column)
{
    return columns[column].number;
}

/* What the cells that hold numbers show; formulas among them with their result. */
static void numbers_of(const struct handover_account *a, double ret[HANDOVER_XLSX_COLUMNS])
{
    const struct ledger_amount after = handover_after(a);
    ret[HANDOVER_XLSX_BEFORE] = (double)a->before.messages;
    ret[HANDOVER_XLSX_BEFORE_OCTETS] = (double)a->before.octets;
    ret[HANDOVER_XLSX_COPIED] = (double)a->copied.messages;
    ret[HANDOVER_XLSX_PRESENT] = (double)a->present.messages;
    ret[HANDOVER_XLSX_DUPLICATES] = (double)a->duplicates.messages;
    ret[HANDOVER_XLSX_NOT_MAIL] = (double)a->not_mail.messages;
    ret[HANDOVER_XLSX_QUARANTINED] = (double)a->quarantined.messages;
    ret[HANDOVER_XLSX_REFUSED] = (double)a->refused.messages;
    ret[HANDOVER_XLSX_WAITING] = (double)a->waiting.messages;
    ret[HANDOVER_XLSX_LEFT_OUT] = (double)a->left_out.messages;
    ret[HANDOVER_XLSX_VANISHED] = (double)a->vanished.messages;
    ret[HANDOVER_XLSX_AFTER] = (double)after.messages;
    ret[HANDOVER_XLSX_AFTER_OCTETS] = (double)after.octets;
    ret[HANDOVER_XLSX_UNACCOUNTED] = (double)handover_unaccounted(a);
    ret[HANDOVER_XLSX_DELETED] = (double)a->deleted.messages;
    ret[HANDOVER_XLSX_GONE] = (double)a->gone_since.messages;
    for (int i = 0; i < LEDGER_PROOFS; i++)
        ret[HANDOVER_XLSX_PROOF + LEDGER_PROOFS - 1 - i] = (double)a->proof[i];
}

/* The caller frees; NULL: the cell holds the number itself. */
static char *formula_of(size_t column, uint32_t row)
{
    const unsigned n = row + 1;
    if (column == HANDOVER_XLSX_AFTER)
        return mem_printf("=%s%u+%s%u", LETTERS(HANDOVER_XLSX_COPIED), n, LETTERS(HANDOVER_XLSX_PRESENT), n);
    if (column == HANDOVER_XLSX_UNACCOUNTED)
        return mem_printf("=%s%u-SUM(%s%u:%s%u)", LETTERS(HANDOVER_XLSX_BEFORE), n,
            LETTERS(HANDOVER_XLSX_COPIED), n, LETTERS(HANDOVER_XLSX_VANISHED), n);
    return NULL;
}

static void put_numbers(struct handover_book *b, uint32_t row, const struct handover_account *a)
{
    double numbers[HANDOVER_XLSX_COLUMNS] = {0};
    numbers_of(a, numbers);
    for (size_t i = 0; i < HANDOVER_XLSX_COLUMNS; i++) {
        char *formula CLEANUP(mem_free_str) = formula_of(i, row);
        if (formula)
            quote_xlsx_out_formula(
                b->out, cell(b->accounts, row, i), formula, numbers[i], NULL, QUOTE_XLSX_COUNT);
        else if (is_count(i))
            quote_xlsx_out_number(b->out, cell(b->accounts, row, i), numbers[i], QUOTE_XLSX_COUNT);
    }
}

static void put_account(struct handover_book *b, uint32_t row, const struct handover_account *a)
{
    const char *advice = handover_advice(a);
    char *finding CLEANUP(mem_free_str) = handover_finding(a, b->words);
    char *day CLEANUP(mem_free_str) = handover_day(b->h, b->words, a->proved_s);
    char *to CLEANUP(mem_free_str) =
        *a->destination ? mem_printf("%s, %s", a->destination, a->folder) : mem_strdup("");
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_NAME), a->name, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_SOURCE), a->source, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_DESTINATION), to, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_STATE), say(b, handover_state_words(a->state)),
        handover_needs_attention(a) ? QUOTE_XLSX_MARK : QUOTE_XLSX_TEXT);
    if (handover_seen(a))
        put_numbers(b, row, a);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_PROVED), day, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_FINDING), finding, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, HANDOVER_XLSX_ADVICE), advice ? say(b, advice) : "", QUOTE_XLSX_TEXT);
}

static void put_sum(struct handover_book *b)
{
    double numbers[HANDOVER_XLSX_COLUMNS] = {0};
    numbers_of(&b->h->sum, numbers);
    put_text(b, cell(b->accounts, b->sum_row, 0), say(b, "Sum"), QUOTE_XLSX_BOLD);
    for (size_t i = 0; i < HANDOVER_XLSX_COLUMNS; i++) {
        if (!is_count(i) || !b->h->count)
            continue;
        char *formula CLEANUP(mem_free_str) =
            mem_printf("=SUM(%s%u:%s%u)", LETTERS(i), HANDOVER_XLSX_FIRST_ROW + 1, LETTERS(i), b->sum_row);
        quote_xlsx_out_formula(b->out, cell(b->accounts, b->sum_row, i), formula, numbers[i], NULL,
            QUOTE_XLSX_COUNT | QUOTE_XLSX_BOLD);
    }
}

void handover_xlsx_accounts(struct handover_book *b)
{
    handover_xlsx_out_heads(b, b->accounts, HANDOVER_XLSX_HEAD_ROW, columns, HANDOVER_XLSX_COLUMNS);
    quote_xlsx_out_freeze(b->out, b->accounts, HANDOVER_XLSX_FIRST_ROW, HANDOVER_XLSX_HEAD_ROW);
    for (size_t i = 0; i < b->h->count; i++)
        put_account(b, HANDOVER_XLSX_FIRST_ROW + (uint32_t)i, &b->h->accounts[i]);
    b->sum_row = HANDOVER_XLSX_FIRST_ROW + (uint32_t)b->h->count;
    put_sum(b);
}
