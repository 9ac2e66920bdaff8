/* The sheet of mailboxes: counts as measured, and the growth that everything else follows from. */
#include "quote_xlsx_book.h"

#include "mem.h"
#include <stdlib.h>

enum column {
    NAME,
    SOURCE,
    DESTINATION,
    MESSAGES,
    OCTETS,
    DUPLICATES,
    DUPLICATE_OCTETS,
    PRESENT,
    PRESENT_OCTETS,
    COPY,
    COPY_OCTETS,
    HELD = QUOTE_XLSX_ACCOUNT_HELD,
    LOW,
    MIDDLE,
    HIGH,
    GROWTH = QUOTE_XLSX_ACCOUNT_GROWTH,
    TIME,
    REMARKS,
    COLUMNS,
};

#define HEAD_ROW 2

static void put_heads(struct quote_xlsx_book *b)
{
    static const struct {
        const char *words;
        double width;
    } heads[COLUMNS] = {
        [NAME] = {N_("Mailbox"), 32},
        [SOURCE] = {N_("Source account"), 30},
        [DESTINATION] = {N_("Destination"), 30},
        [MESSAGES] = {N_("Messages"), 11},
        [OCTETS] = {N_("Size (GB)"), 11},
        [DUPLICATES] = {N_("Duplicates"), 11},
        [DUPLICATE_OCTETS] = {N_("Duplicates (GB)"), 11},
        [PRESENT] = {N_("Already there"), 11},
        [PRESENT_OCTETS] = {N_("Already there (GB)"), 11},
        [COPY] = {N_("To copy"), 11},
        [COPY_OCTETS] = {N_("To copy (GB)"), 11},
        [HELD] = {N_("In the new mailbox (GB)"), 13},
        [LOW] = {N_("Growth a year, low (GB)"), 12},
        [MIDDLE] = {N_("Growth a year, middle (GB)"), 12},
        [HIGH] = {N_("Growth a year, high (GB)"), 12},
        [GROWTH] = {N_("Growth taken (GB)"), 12},
        [TIME] = {N_("Time needed"), 12},
        [REMARKS] = {N_("Remarks"), 70},
    };
    for (size_t i = 0; i < COLUMNS; i++)
        quote_xlsx_out_head(b->out, cell(b->accounts, HEAD_ROW, i), say(b, heads[i].words),
            i >= MESSAGES && i < TIME, heads[i].width);
    quote_xlsx_out_freeze(b->out, b->accounts, HEAD_ROW + 1, HEAD_ROW);
}

static void put_count(
    struct quote_xlsx_book *b, uint32_t row, enum column col, bool known, const struct quote_count *n)
{
    if (!known)
        return;
    put_number(b, cell(b->accounts, row, col), (double)n->messages, QUOTE_XLSX_COUNT);
    put_number(b, cell(b->accounts, row, (uint16_t)(col + 1)), in_gb(n->octets), QUOTE_XLSX_GB);
}

/* What is to be known of the growth, as one text; the caller frees. */
static char *growth_words(const struct quote_xlsx_book *b, const struct quote_growth *g)
{
    char *text = mem_strdup(say(b, quote_growth_origin_words(g->origin)));
    for (int i = 0; i < QUOTE_NOTES; i++) {
        if (!(g->notes & 1u << i))
            continue;
        char *longer =
            mem_printf("%s; %s", text, say(b, quote_growth_note_words((enum quote_growth_note)(1u << i))));
        free(text);
        text = longer;
    }
    return text;
}

static void put_growth(struct quote_xlsx_book *b, uint32_t row, const struct quote_account *a)
{
    const unsigned look = QUOTE_XLSX_GB | QUOTE_XLSX_INPUT;
    char *formula CLEANUP(mem_free_str) =
        mem_printf("=CHOOSE(scenario,M%u,N%u,O%u)", row + 1, row + 1, row + 1);
    char *words CLEANUP(mem_free_str) = growth_words(b, &a->growth);
    put_number(b, cell(b->accounts, row, HELD), in_gb(a->held.octets), QUOTE_XLSX_GB);
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
        put_number(b, cell(b->accounts, row, (uint16_t)(LOW + s)), in_gb(a->growth.octets[s]), look);
    quote_xlsx_out_formula(b->out, cell(b->accounts, row, GROWTH), formula,
        in_gb(a->growth.octets[ESTIMATE_MID]), NULL, QUOTE_XLSX_GB);
    put_text(
        b, cell(b->accounts, row, REMARKS), words, a->growth.reliable ? QUOTE_XLSX_TEXT : QUOTE_XLSX_MARK);
}

static bool headers_known(const struct quote_account *a)
{
    return !a->listed && a->unread.messages < a->inventory.messages;
}

static void put_account(struct quote_xlsx_book *b, uint32_t row, const struct quote_account *a)
{
    char text[QUOTE_WORDS_MAX];
    put_text(b, cell(b->accounts, row, NAME), a->name, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, SOURCE), a->source, QUOTE_XLSX_TEXT);
    put_text(b, cell(b->accounts, row, DESTINATION), a->destination, QUOTE_XLSX_TEXT);
    if (a->error.code) {
        char *words CLEANUP(mem_free_str) = mem_printf("%s: %s", say(b, "not measured"), a->error.text);
        put_text(b, cell(b->accounts, row, REMARKS), words, QUOTE_XLSX_MARK);
        return;
    }
    put_count(b, row, MESSAGES, true, &a->inventory);
    put_count(b, row, DUPLICATES, headers_known(a), &a->duplicates);
    put_count(b, row, PRESENT, headers_known(a) && a->destination_asked, &a->present);
    put_count(b, row, COPY, true, &a->to_copy);
    put_growth(b, row, a);
    put_text(b, cell(b->accounts, row, TIME), a->time.days ? quote_words_time(b->words, text, &a->time) : "–",
        QUOTE_XLSX_TEXT);
}

static double sum_of(const struct quote_account *sum, enum column col)
{
    switch (col) {
    case MESSAGES:
        return (double)sum->inventory.messages;
    case OCTETS:
        return in_gb(sum->inventory.octets);
    case DUPLICATES:
        return (double)sum->duplicates.messages;
    case DUPLICATE_OCTETS:
        return in_gb(sum->duplicates.octets);
    case PRESENT:
        return (double)sum->present.messages;
    case PRESENT_OCTETS:
        return in_gb(sum->present.octets);
    case COPY:
        return (double)sum->to_copy.messages;
    case COPY_OCTETS:
        return in_gb(sum->to_copy.octets);
    case HELD:
        return in_gb(sum->held.octets);
    case LOW:
    case MIDDLE:
    case HIGH:
        return in_gb(sum->growth.octets[col - LOW]);
    default:
        return in_gb(sum->growth.octets[ESTIMATE_MID]);
    }
}

/* Whether anything is known in a column; the sum of nothing is not 0. */
static bool any_known(const struct quote *q, enum column col)
{
    for (size_t i = 0; i < q->account_count; i++) {
        const struct quote_account *a = &q->accounts[i];
        if (!a->error.code && (col < DUPLICATES || col > PRESENT_OCTETS || headers_known(a)))
            if (col < PRESENT || col > PRESENT_OCTETS || a->destination_asked)
                return true;
    }
    return false;
}

static void put_sum(struct quote_xlsx_book *b, uint32_t row)
{
    put_text(b, cell(b->accounts, row, NAME), say(b, "Sum"), QUOTE_XLSX_BOLD);
    for (enum column col = MESSAGES; col <= GROWTH; col++) {
        if (!any_known(b->q, col))
            continue;
        bool count = col == MESSAGES || col == DUPLICATES || col == PRESENT || col == COPY;
        char *formula CLEANUP(mem_free_str) =
            mem_printf("=SUM(%c%u:%c%u)", 'A' + col, b->account_first + 1, 'A' + col, b->account_last + 1);
        quote_xlsx_out_formula(b->out, cell(b->accounts, row, col), formula, sum_of(&b->q->sum, col), NULL,
            QUOTE_XLSX_BOLD | (count ? QUOTE_XLSX_COUNT : QUOTE_XLSX_GB));
    }
}

void quote_xlsx_accounts(struct quote_xlsx_book *b)
{
    size_t count = b->q->account_count;
    put_text(b, cell(b->accounts, 0, 0), say(b, "Mailboxes"), QUOTE_XLSX_TITLE);
    put_heads(b);
    b->account_first = HEAD_ROW + 1;
    b->account_last = (uint32_t)(HEAD_ROW + (count ? count : 1));
    for (size_t i = 0; i < count; i++)
        put_account(b, b->account_first + (uint32_t)i, &b->q->accounts[i]);
    if (b->q->measured_count)
        put_sum(b, b->account_last + 1);
}
