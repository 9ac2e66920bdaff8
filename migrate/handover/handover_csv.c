/* RFC 4180 for spreadsheets of an office: with the mark that Excel needs to see UTF-8, in the language. */
#include "handover_private.h"

#include "mem.h"
#include "table_cell.h"
#include <inttypes.h>

#define MARK "\xEF\xBB\xBF"

static void field(struct buf *b, const char *value)
{
    table_cell_csv_quoted(b, value);
    buf_append_char(b, ',');
}

/* Empty where nothing was ever seen. */
static void number(struct buf *b, bool seen, uint64_t n)
{
    if (seen)
        buf_printf(b, "%" PRIu64, n);
    buf_append_char(b, ',');
}

static void heading(struct buf *b, const struct quote_words *w)
{
    static const char *const heads[] = {N_("Account"), N_("Old mailbox"), N_("New mailbox"), N_("Folder"),
        N_("Result"), N_("Before (messages)"), N_("Before (bytes)"), N_("After (messages)"),
        N_("After (bytes)"), N_("Copied"), N_("Already there"), N_("Duplicates, kept once"),
        N_("Server's own notes, no mail"), N_("In quarantine"), N_("Not readable"), N_("Not copied yet"),
        N_("Left out as asked"), N_("Gone before it was copied"), N_("Deleted from the old mailbox")};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        field(b, quote_words(w, heads[i]));
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--)
        field(b, quote_words(w, handover_proof_words((enum ledger_proof)i)));
    field(b, quote_words(w, N_("Verified on")));
    field(b, quote_words(w, N_("What is not in order")));
    field(b, quote_words(w, N_("What to do")));
    field(b, quote_words(w, N_("Dated on the day of the move")));
    field(b, quote_words(w, N_("Of those in quarantine: taken for duplicates by the new server")));
    field(b, quote_words(w, N_("Twice in the new mailbox")));
    field(b, quote_words(w, N_("No longer in the new mailbox")));
    field(b, quote_words(w, N_("Put together of what Outlook keeps")));
}

/* The line is complete: CRLF in place of the last comma. */
static void end_line(struct buf *b)
{
    b->end--;
    buf_append_str(b, "\r\n");
}

static void row(
    struct buf *b, const struct handover *h, const struct handover_account *a, const struct quote_words *w)
{
    const struct ledger_amount after = handover_after(a);
    const uint64_t counts[] = {a->copied.messages, a->present.messages, a->duplicates.messages,
        a->not_mail.messages, a->quarantined.messages, a->refused.messages, a->waiting.messages,
        a->left_out.messages, a->vanished.messages, a->deleted.messages};
    const char *advice = handover_advice(a);
    char *day CLEANUP(mem_free_str) = handover_day(h, w, a->proved_s);
    char *finding CLEANUP(mem_free_str) = handover_finding(a, w);
    field(b, a->name);
    field(b, a->source);
    field(b, a->destination);
    field(b, a->folder);
    field(b, quote_words(w, handover_state_words(a->state)));
    const uint64_t sizes[] = {a->before.messages, a->before.octets, after.messages, after.octets};
    const bool seen = handover_seen(a);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        number(b, seen, sizes[i]);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        number(b, seen, counts[i]);
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--)
        number(b, seen, a->proof[i]);
    field(b, a->proved_s ? day : "");
    field(b, finding);
    field(b, advice ? quote_words(w, advice) : "");
    number(b, seen, a->dated_now);
    number(b, seen, a->swallowed);
    number(b, seen, a->doubled);
    number(b, seen, a->gone_since.messages);
    number(b, seen, a->built[1] + a->built[2]);
    end_line(b);
}

char *handover_csv(const struct handover *h, const char *lang, size_t *ret_len)
{
    const struct quote_words *w = quote_words_of(lang);
    struct buf b CLEANUP(buf_done) = {0};
    buf_append_str(&b, MARK);
    heading(&b, w);
    end_line(&b);
    for (size_t i = 0; i < h->count; i++)
        row(&b, h, &h->accounts[i], w);
    *ret_len = buf_len(&b);
    return buf_strdup(&b);
}
