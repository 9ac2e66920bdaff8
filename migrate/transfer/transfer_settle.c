/* How it ended with a message, told and recorded. */
#include "transfer.h"

#include "crash.h"
#include "mail_words.h"
#include "mem.h"
#include "quarantine.h"
#include <stdlib.h>
#include <string.h>

void transfer_describe(struct parcel *p)
{
    if (p->from)
        return;
    p->from = mail_words_decode(p->facts.from);
    p->subject = mail_words_decode(p->facts.subject);
    p->row.from = p->from;
    p->row.subject = p->subject;
    p->row.facts = p->read ? &p->facts : NULL;
}

void transfer_report(struct parcel *p, const char *verdict, const char *reason, bool attention)
{
    struct transfer *t = p->transfer;
    t->session->progress.messages++;
    t->session->progress.octets += t->items[p->item].octets;
    if (!t->sink)
        return;
    transfer_describe(p);
    enum mail_date_source source;
    char *place CLEANUP(mem_free_str) = source_place(t->session->source, p->item);
    struct outcome_message m = {
        .place = place,
        .number = t->items[p->item].number,
        .key = t->items[p->item].key ? t->items[p->item].key : "",
        .message_id = p->facts.message_id ? p->facts.message_id : "",
        .from = p->from,
        .subject = p->subject,
        .date_s = mail_date_internal(&p->facts, t->now_s, &source),
        .octets = p->facts.octets ? p->facts.octets : t->items[p->item].octets,
        .verdict = verdict,
        .reason = reason,
        .certain = true,
        .attention = attention,
    };
    if (source == MAIL_DATE_NOW)
        m.date_s = MAIL_NO_DATE;
    m.spoiled = p->spoiled;
    m.dated_now = p->stored && source == MAIL_DATE_NOW;
    outcome_tell(t->sink, &m);
}

void transfer_settle(struct parcel *p, enum ledger_state state, const char *reason)
{
    struct transfer *t = p->transfer;
    transfer_describe(p);
    p->row.state = state;
    p->row.reason = reason;
    if (ledger_put(t->ledger, t->job, &p->row, &t->fatal) == 0)
        parcel_free(p);
}

/* For good: a copy stays on this side, until --retry-quarantined. */
static int quarantine(struct parcel *p, const char *reason)
{
    struct transfer *t = p->transfer;
    enum mail_date_source source;
    p->row.mailbox = t->mailbox;
    p->row.internaldate_s = mail_date_internal(&p->facts, t->now_s, &source);
    p->row.date_source = mail_date_source_name(source);
    if (!p->row.id && ledger_put(t->ledger, t->job, &p->row, &t->fatal) < 0)
        return -1;
    free(p->quarantine);
    p->quarantine = NULL;
    if (quarantine_put(t->session->job->work_dir, t->job, p->row.id, p->facts.sha256, p->spool,
            p->row.internaldate_s, &p->quarantine, &t->fatal) < 0)
        return -1;
    p->row.quarantine = p->quarantine;
    crash_point("a message lies in quarantine");
    t->outcome->quarantined_now++;
    transfer_settle(p, LEDGER_QUARANTINED, reason);
    return 0;
}

/* It lies in quarantine; or what the source gave of it is in the destination, and the ledger says so. */
static bool stays_as_it_is(struct parcel *p)
{
    struct ledger_message m;
    if (!p->row.id || ledger_find_id(p->transfer->ledger, p->row.id, &m, &p->transfer->fatal) != 1)
        return false;
    return m.state == LEDGER_QUARANTINED ||
           (m.doubt && (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT));
}

void transfer_refuse(struct parcel *p, const char *verdict, const char *reason, bool attention)
{
    struct transfer *t = p->transfer;
    struct outcome *o = t->outcome;
    if (!p->read)
        o->unreadable++;
    else if (!strcmp(verdict, verdict_name(VERDICT_TOO_BIG)))
        o->too_big++;
    else
        o->refused++;
    transfer_report(p, verdict, reason, attention);
    if (!p->read && stays_as_it_is(p))
        parcel_free(p); /* what is there stays the best that is known of it */
    else if (!p->read)
        transfer_settle(p, LEDGER_REFUSED, reason);
    else if (quarantine(p, reason) < 0)
        parcel_free(p);
}

int transfer_take_back(struct ledger *ledger, const char *work_dir, int64_t id, struct error *err)
{
    struct ledger_message m;
    if (ledger_find_id(ledger, id, &m, err) != 1 || m.state != LEDGER_QUARANTINED)
        return 0;
    char *path CLEANUP(mem_free_str) = mem_strdup(m.quarantine);
    if (ledger_withdraw(ledger, id, err) < 0 || ledger_commit(ledger, err) < 0)
        return -1;
    if (path && quarantine_remove(work_dir, path, err) < 0)
        return -1;
    return ledger_clear_quarantine(ledger, id, err);
}

void transfer_postpone(struct parcel *p, const char *reason)
{
    p->transfer->outcome->refused++;
    session_keep_source(p->transfer->session); /* one that hides what was read must show it again */
    transfer_report(p, "refused", reason, true);
    transfer_settle(p, LEDGER_REFUSED, reason);
}

void transfer_count_doubt(struct transfer *t, uint64_t octets)
{
    t->outcome->in_doubt++;
    ledger_amount_add(&t->outcome->left[LEDGER_LEFT_IN_DOUBT], octets);
}

void transfer_leave_later(struct transfer *t, const struct source_item *it, bool counted)
{
    t->outcome->later++;
    if (!counted)
        ledger_amount_add(&t->outcome->left[LEDGER_LEFT_LIMIT], it->octets);
}

void transfer_fail(struct transfer *t, const struct error *why)
{
    if (!t->fatal.code)
        t->fatal = *why;
}
