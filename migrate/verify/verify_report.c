#include "verify.h"

#include "clock.h"
#include "mem.h"
#include "text.h"
#include <string.h>

const char *verify_verdict_name(enum verify_verdict v)
{
    static const char *const names[] = {
        [VERIFY_OPEN] = "open",
        [VERIFY_AGREED] = "agreed",
        [VERIFY_ALTERED] = "altered",
        [VERIFY_MISSING] = "missing",
        [VERIFY_PENDING] = "pending",
        [VERIFY_FILTERED] = "filtered",
        [VERIFY_VANISHED] = "vanished",
    };
    return names[v];
}

/* ---- what was not a question of the destination ---- */
static void give(struct verify *v, struct verify_row *row, enum verify_verdict verdict, const char *why)
{
    verify_settle(v, row, NULL, 0, verdict, LEDGER_UNPROVED, why ? mem_strdup(why) : NULL);
}

static void judge_open(struct verify *v, struct verify_row *row)
{
    bool dated = row->internaldate_s && row->internaldate_s != MAIL_NO_DATE;
    enum filter_limit why = row->left_why;
    if (row->item == VERIFY_NONE)
        give(v, row, VERIFY_VANISHED, "no longer on the source, and never copied");
    else if (row->left ||
             !filter_match(&v->job->filter, dated, row->internaldate_s, row->octets_claimed, &why))
        give(v, row, VERIFY_FILTERED, filter_words(why));
    else
        give(v, row, VERIFY_PENDING, "not copied yet");
}

/* Of two messages of the same content: is the rest of their headers the same, too? */
static const char *header_words(struct verify *v, const struct verify_row *row, const struct verify_row *twin)
{
    struct ledger_message a, b;
    uint8_t header[SHA256_OCTETS];
    if (ledger_find_id(v->ledger, row->id, &a, &v->error) != 1 || !sha256_is_set(a.header))
        return ", as far as is known of its header";
    memcpy(header, a.header, SHA256_OCTETS);
    if (ledger_find_id(v->ledger, twin->id, &b, &v->error) != 1 ||
        memcmp(b.header, header, SHA256_OCTETS) != 0)
        return ", and other header fields";
    return "";
}

static void judge_duplicate(struct verify *v, struct verify_row *row)
{
    const struct verify_row *twin = verify_find_row(v, row->twin);
    enum verify_verdict lacking = row->item == VERIFY_NONE ? VERIFY_VANISHED : VERIFY_PENDING;
    if (!twin || !verify_is_expected(twin)) {
        give(v, row, lacking, "the message of the same content is not copied yet");
        return;
    }
    if (!verify_is_twin(row, twin)) {
        give(v, row, lacking,
            "the message that had the same content has another now, and this one is not copied");
        return;
    }
    const char *header = header_words(v, row, twin);
    row->proof = *header && twin->proof > LEDGER_PROOF_BODY ? LEDGER_PROOF_BODY : twin->proof;
    row->verdict = twin->verdict;
    v->result->differing += *header && row->verdict == VERIFY_AGREED;
    if (!row->internaldate_s) /* it was never appended */
        row->internaldate_s = twin->internaldate_s;
    row->why = mem_printf("as the message of the same content%s%s%s", header, twin->why ? ": " : "",
        twin->why ? twin->why : "");
}

static void judge_refused(struct verify *v, struct verify_row *row)
{
    struct ledger_message m;
    if (row->item == VERIFY_NONE && row->state == LEDGER_REFUSED) {
        give(v, row, VERIFY_VANISHED, "no longer on the source, and never copied");
        return;
    }
    int rc = ledger_find_id(v->ledger, row->id, &m, &v->error);
    row->verdict = VERIFY_PENDING;
    if (rc == 1)
        row->why = mem_printf("%s%s%s: %s", ledger_state_name(row->state), m.quarantine ? ", kept in " : "",
            m.quarantine ? m.quarantine : "", m.reason ? m.reason : "no reason is recorded");
}

static void judge_intent(struct verify *v, struct verify_row *row)
{
    struct ledger_message m;
    int rc = ledger_find_id(v->ledger, row->id, &m, &v->error);
    if (rc == 1 && m.reason && *m.reason)
        verify_settle(v, row, NULL, 0, VERIFY_PENDING, LEDGER_UNPROVED, mem_printf("in doubt: %s", m.reason));
    else if (rc >= 0)
        give(v, row, VERIFY_PENDING, "was on its way when a run ended; migrate looks for it and settles it");
}

static void judge(struct verify *v, struct verify_row *row)
{
    switch (row->state) {
    case LEDGER_OPEN:
        judge_open(v, row);
        break;
    case LEDGER_INTENT:
        judge_intent(v, row);
        break;
    case LEDGER_DUPLICATE:
        judge_duplicate(v, row);
        break;
    case LEDGER_REFUSED:
    case LEDGER_QUARANTINED:
        judge_refused(v, row);
        break;
    case LEDGER_NOT_MAIL:
        give(v, row, VERIFY_FILTERED, "the source server's own note, no mail");
        break;
    case LEDGER_DONE:
    case LEDGER_PRESENT:
        break; /* expected: judged by what was found */
    }
}

/* ---- telling ---- */
struct teller {
    const struct verify_sink *sink;
    enum ledger_proof proof;
};

/* outcome_tell has made its strings fit to show. */
static void on_told(void *ctx, const struct outcome_message *m)
{
    const struct teller *t = ctx;
    struct verify_message message = {.message = *m, .proof = t->proof};
    t->sink->message(t->sink->ctx, &message);
}

static void tell(const struct verify_sink *sink, const struct outcome_message *m, enum ledger_proof proof)
{
    struct teller t = {.sink = sink, .proof = proof};
    struct outcome_sink inner = {.message = on_told, .ctx = &t};
    outcome_tell(&inner, m);
}

int verify_tell_row(struct verify *v, const struct verify_sink *sink, const struct verify_row *row,
    const char *verdict, const char *why, bool attention, struct error *err)
{
    struct ledger_message m;
    if (!sink || !sink->message)
        return 0;
    int rc = ledger_find_id(v->ledger, row->id, &m, err);
    if (rc <= 0)
        return rc < 0 ? -1 : error_unhandled(err, "a row of the ledger is gone");
    struct outcome_message out = {
        .number = row->number,
        .key = text_or_empty(m.key),
        .message_id = text_or_empty(m.message_id),
        .from = text_or_empty(m.from),
        .subject = text_or_empty(m.subject),
        .date_s = row->internaldate_s ? row->internaldate_s : MAIL_NO_DATE,
        .octets = m.octets_sent ? m.octets_sent : m.octets_claimed,
        .verdict = verdict,
        .reason = text_or_empty(why),
        .certain = true,
        .attention = attention,
    };
    tell(sink, &out, row->proof);
    return 0;
}

void verify_tell_item(const struct verify_sink *sink, const struct verify_news *news, const char *verdict,
    const char *why, enum ledger_proof proof, bool attention)
{
    if (!sink || !sink->message)
        return;
    struct outcome_message out = {
        .number = news->number,
        .key = text_or_empty(news->key),
        .message_id = "",
        .from = "",
        .subject = "",
        .date_s = MAIL_NO_DATE,
        .octets = news->octets,
        .verdict = verdict,
        .reason = text_or_empty(why),
        .certain = true,
        .attention = attention,
    };
    tell(sink, &out, proof);
}

/* ---- counting ---- */
static bool needs_attention(enum verify_verdict verdict)
{
    return verdict != VERIFY_AGREED && verdict != VERIFY_FILTERED && verdict != VERIFY_VANISHED;
}

static void count(
    struct verification *r, enum verify_verdict verdict, enum ledger_proof proof, uint64_t octets)
{
    switch (verdict) {
    case VERIFY_AGREED:
        r->agreed[proof]++;
        r->agreed_octets += octets;
        break;
    case VERIFY_ALTERED:
        r->altered++;
        break;
    case VERIFY_MISSING:
        r->missing++;
        break;
    case VERIFY_PENDING:
        r->pending++;
        break;
    case VERIFY_FILTERED:
        r->filtered++;
        break;
    case VERIFY_VANISHED:
        r->vanished++;
        break;
    case VERIFY_OPEN:
        break;
    }
}

/* A weaker look does not take back what a stronger one has shown. */
static int record(struct verify *v, const struct verify_row *row, struct error *err)
{
    bool shown = row->verdict == VERIFY_AGREED;
    if (!shown && row->verdict != VERIFY_ALTERED && row->verdict != VERIFY_MISSING)
        return 0;
    if (shown && row->proof < row->before && v->level != VERIFY_CONTENT)
        return 0;
    if (row->learned && ledger_note_fields(v->ledger, row->id, row->fields, err) < 0)
        return -1;
    /* The ledger knows no other place for it than its own mailbox. */
    bool home = shown && row->box == row->home && verify_is_expected(row);
    return ledger_prove(v->ledger, row->id, row->proof, home ? row->uidvalidity : 0, home ? row->uid : 0,
        clock_wall_s(v->world->clock), err);
}

const char *verify_why(const struct verify_row *row)
{
    if (row->why || row->verdict != VERIFY_MISSING)
        return row->why;
    return row->uid ? "not in the destination any more: moved elsewhere or deleted there"
                    : "not in the destination, though it said OK to it";
}

static int report_row(
    struct verify *v, struct verify_row *row, const struct verify_sink *sink, struct error *err)
{
    struct verification *r = v->result;
    bool agreed = row->verdict == VERIFY_AGREED;
    count(r, row->verdict, row->proof, row->octets_claimed);
    r->duplicates += agreed && row->state == LEDGER_DUPLICATE;
    r->off_source += agreed && row->item == VERIFY_NONE;
    if (record(v, row, err) < 0)
        return -1;
    return verify_tell_row(
        v, sink, row, verify_verdict_name(row->verdict), verify_why(row), needs_attention(row->verdict), err);
}

static int report_rows(struct verify *v, const struct verify_sink *sink, struct error *err)
{
    for (size_t i = 0; i < v->row_count; i++)
        if (!verify_is_expected(&v->rows[i]))
            judge(v, &v->rows[i]);
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        if (row->verdict == VERIFY_OPEN)
            return error_unhandled(err, "a message that was not compared");
        if (report_row(v, row, sink, err) < 0)
            return -1;
    }
    return 0;
}

/* Items without a row of their own: new, or, without UIDL, of the same content as another. */
static void report_news(struct verify *v, const struct verify_sink *sink)
{
    for (size_t i = 0; i < v->news_count; i++) {
        struct verify_news *news = &v->news[i];
        const struct verify_row *row = news->row == VERIFY_NONE ? NULL : &v->rows[news->row];
        if (row && row->item == news->item)
            continue;
        if (row && verify_is_expected(row)) {
            news->verdict = row->verdict;
            v->result->duplicates += row->verdict == VERIFY_AGREED;
        }
        enum ledger_proof proof = row ? row->proof : LEDGER_UNPROVED;
        count(v->result, news->verdict, proof, news->octets);
        verify_tell_item(sink, news, verify_verdict_name(news->verdict),
            row ? "as the message of the same content" : news->why, proof, needs_attention(news->verdict));
    }
}

/* Is it the same instant, or that without its seconds? */
static bool same_date(int64_t sent_s, int64_t there_s)
{
    return there_s == sent_s || (there_s % 60 == 0 && there_s == sent_s - sent_s % 60);
}

static bool is_redated(const struct verify *v, const struct verify_entry *e, const struct verify_row *row)
{
    if (!row || e->doubled || !row->sent_date_s || e->date_s == MAIL_NO_DATE)
        return false;
    bool its_own = v->level == VERIFY_COUNT ? row->uid_told : e->ident == row->ident;
    return its_own && !same_date(row->sent_date_s, e->date_s);
}

/* "2024-04-01 01:00:00 +0000" */
static char *date_words(int64_t date_s)
{
    struct clock_utc u = clock_to_utc(date_s);
    return mem_printf(
        "%04d-%02d-%02d %02d:%02d:%02d +0000", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static int report_redated(struct verify *v, const struct verify_sink *sink, const struct verify_entry *e,
    struct verify_row *row, struct error *err)
{
    char *sent CLEANUP(mem_free_str) = date_words(row->sent_date_s);
    char *there CLEANUP(mem_free_str) = date_words(e->date_s);
    char *why CLEANUP(mem_free_str) =
        mem_printf("its INTERNALDATE there is %s, and %s was sent", there, sent);
    v->result->redated++;
    row->redated = true;
    return verify_tell_row(v, sink, row, "other-date", why, true, err);
}

static int report_entries(struct verify *v, const struct verify_sink *sink, struct error *err)
{
    for (size_t b = 0; b < v->box_count; b++)
        for (size_t i = 0; i < v->boxes[b].count; i++) {
            const struct verify_entry *e = &v->boxes[b].entries[i];
            v->result->extra += !e->claimed;
            v->result->doubled += e->doubled;
            struct verify_row *row = e->claimed ? &v->rows[e->row] : NULL;
            v->result->other_size += v->level == VERIFY_HEADERS && row && !e->doubled && row->octets_sent &&
                                     row->verdict == VERIFY_AGREED && row->octets_sent != e->octets;
            if (is_redated(v, e, row) && report_redated(v, sink, e, row, err) < 0)
                return -1;
            if (!e->doubled)
                continue;
            char *why CLEANUP(mem_free_str) = mem_printf(
                "stands once more in mailbox %s, as UID %u, since it was copied", v->boxes[b].name, e->uid);
            if (verify_tell_row(v, sink, row, "doubled", why, true, err) < 0)
                return -1;
        }
    return 0;
}

int verify_report(struct verify *v, const struct verify_sink *sink, struct error *err)
{
    v->error = (struct error){0};
    if (report_rows(v, sink, err) < 0)
        return -1;
    report_news(v, sink);
    if (report_entries(v, sink, err) < 0)
        return -1;
    if (v->error.code) {
        *err = v->error;
        return -1;
    }
    v->result->finished = true;
    return ledger_commit(v->ledger, err);
}
