#include "transfer.h"

#include "mem.h"
#include "past.h"
#include <stdlib.h>

static void on_data(void *ctx, const void *data, size_t len)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    struct error err;
    mail_scan_feed(t->scan, data, len);
    if (!t->fatal.code && spool_write(p->spool, data, len, &err) < 0)
        transfer_fail(t, &err);
}

/* The source's claim was a guess: from here on the budget counts what is really there. */
static void settle_budget(struct parcel *p)
{
    p->transfer->budget_used += p->facts.octets - p->budget_octets;
    p->budget_octets = p->facts.octets;
}

static void settle_known(struct transfer *t, const struct source_item *it)
{
    t->outcome->done_before++;
    t->session->progress.messages++;
    t->session->progress.octets += it->octets;
}

/* Kept as received, before anything else is done with it. */
static int archive(struct parcel *p)
{
    struct transfer *t = p->transfer;
    const struct source_item *it = &t->items[p->item];
    enum mail_date_source source;
    if (!t->task->archive || archive_has(t->task->archive, t->account, it->key, it->octets))
        return 0;
    struct archive_message m = {
        .account = t->account,
        .key = it->key,
        .listed_octets = it->octets,
        .sha256 = p->facts.sha256,
        .date_s = mail_date_internal(&p->facts, t->now_s, &source),
        .spool = p->spool,
    };
    size_t before = archive_count(t->task->archive);
    if (source == MAIL_DATE_NOW)
        m.date_s = MAIL_NO_DATE;
    if (archive_add(t->task->archive, &m, &t->fatal) < 0)
        return -1;
    t->outcome->archived += archive_count(t->task->archive) - before;
    return 0;
}

/* What the source says beside the message counts more than what an older program wrote into its header. */
static void note_marks(struct parcel *p)
{
    struct source_marks m = source_marks(p->transfer->session->source, p->item);
    if (m.forwarded || *m.keywords)
        p->keywords = mem_printf(
            "%s%s%s", m.forwarded ? "$Forwarded" : "", m.forwarded && *m.keywords ? " " : "", m.keywords);
    p->facts.stored_s = m.received_s;
    p->row.built = m.built;
    if (m.known)
        p->facts.flags = (struct mail_flags){
            .known = true, .seen = m.seen, .answered = m.answered, .flagged = m.flagged, .draft = m.draft};
}

static void on_fetched(void *ctx, const struct error *error)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    t->fetching--;
    t->first_alone = false;
    mail_scan_finish(t->scan, &p->facts);
    bool broken = error && error->scope != ERROR_SCOPE_MESSAGE;
    if (broken && !t->source_error.code)
        t->source_error = *error;
    if (broken)
        blame_source(t->task->blame, &t->items[p->item], error);
    if (broken || t->fatal.code) {
        parcel_free(p);
        return;
    }
    if (error) {
        mail_facts_done(&p->facts);
        p->facts = (struct mail_facts){.date_s = MAIL_NO_DATE, .received_s = MAIL_NO_DATE};
        transfer_refuse(p, "unreadable", error->text, true);
        return;
    }
    p->read = true;
    note_marks(p);
    t->outcome->fetched++;
    t->outcome->fetched_octets += p->facts.octets;
    settle_budget(p);
    char flaw[400];
    int rc = transfer_flaw(p, flaw, sizeof flaw, &t->fatal);
    if (rc == 1) {
        p->read = false;
        session_keep_source(t->session);
        transfer_refuse(p, "unreadable", flaw, true);
        return;
    }
    if (rc < 0 || archive(p) < 0) {
        parcel_free(p);
        return;
    }
    if (!p->settled) {
        transfer_decide(p);
        return;
    }
    settle_known(t, &t->items[p->item]);
    parcel_free(p);
}

/* Enough asked for already? Undecided parcels may all turn out to be copies, and --limit is a promise. */
static bool limit_reached(const struct transfer *t)
{
    return t->policy.copies_left <= t->live_count - t->ready_count - t->sending;
}

static bool room_for(const struct transfer *t, const struct source_item *it)
{
    if (t->first_alone && t->fetching)
        return false;
    return t->fetching < TRANSFER_FETCHES && t->live_count < TRANSFER_LIVE &&
           (!t->live_count || t->budget_used + it->octets <= t->memory.budget);
}

/* The ledger has what there is to tell of it. */
static void report_unsettled(
    struct transfer *t, const struct source_item *it, int64_t id, enum verdict verdict)
{
    struct ledger_message m = {0};
    ledger_find_id(t->ledger, id, &m, &t->fatal);
    struct outcome_message out = outcome_of_row(&m);
    char *place CLEANUP(mem_free_str) = source_place(t->session->source, (size_t)(it - t->items));
    out.place = place;
    out.number = it->number;
    out.octets = it->octets;
    out.verdict = verdict_name(verdict);
    out.reason = m.reason ? m.reason : "";
    out.attention = true;
    if (verdict == VERDICT_IN_DOUBT)
        transfer_count_doubt(t, it->octets);
    else
        t->outcome->quarantined++;
    t->session->progress.messages++;
    t->session->progress.octets += it->octets;
    outcome_tell(t->sink, &out);
}

/* Settled messages that are read all the same: for the archive, or because Gmail's POP view moves on only
 * past what was read. */
static bool wanted_again(const struct transfer *t, const struct source_item *it)
{
    if (source_traits(t->session->source)->shows_part)
        return true;
    return t->task->archive && !archive_has(t->task->archive, t->account, it->key, it->octets);
}

/* Settled without a look at it? Then it is counted. */
static bool is_settled(struct transfer *t, const struct source_item *it, enum plan_past past, int64_t id)
{
    struct plan_facts facts = {.past = past, .octets = it->octets};
    enum verdict verdict = plan_decide(&facts, &t->policy).verdict;
    if (verdict == VERDICT_DONE_BEFORE)
        settle_known(t, it);
    else if (verdict == VERDICT_QUARANTINED || verdict == VERDICT_IN_DOUBT)
        report_unsettled(t, it, id, verdict);
    else if (verdict == VERDICT_NOT_MAIL)
        t->outcome->not_mail++;
    else if (!t->policy.copies_left)
        transfer_leave_later(t, it, past == PAST_REFUSED);
    else
        return false;
    return true;
}

static void condemn(struct transfer *t, size_t item, int64_t id)
{
    struct parcel *p = parcel_new(t, item);
    p->row.id = id;
    transfer_refuse(p, "unreadable",
        blame_is_cut(t->task->blame, &t->items[item])
            ? transfer_cut_words()
            : "the source ended the connection each time it was asked for this message; what other programs can still "
              "read of it may tell more",
        true);
}

static void fetch(struct transfer *t, size_t item, int64_t id, bool settled)
{
    struct parcel *p = parcel_new(t, item);
    p->row.id = id;
    p->settled = settled;
    if (!settled)
        transfer_cap_reserve(p, t->items[item].octets);
    t->fetching++;
    source_fetch(t->session->source, p->item, on_data, on_fetched, p);
}

void transfer_fetch_more(struct transfer *t)
{
    while (!t->fatal.code && !t->source_error.code && t->next < t->count) {
        size_t item = t->todo[t->next];
        const struct source_item *it = &t->items[item];
        int64_t id;
        enum plan_past past = past_of(t->ledger, t->job, it, &id, &t->fatal);
        if (t->fatal.code)
            return;
        bool settled = past_is_settled(past) && wanted_again(t, it);
        if (!settled && is_settled(t, it, past, id)) {
            t->next++;
            continue;
        }
        if (blame_is_condemned(t->task->blame, it) || blame_is_cut(t->task->blame, it)) {
            t->next++;
            condemn(t, item, id);
            continue;
        }
        enum transfer_cap_answer cap = settled ? TRANSFER_CAP_GO : transfer_cap_ask(t, it->octets);
        if (cap == TRANSFER_CAP_HOLD) {
            t->next++;
            transfer_cap_hold(t, it->octets);
            continue;
        }
        if (cap == TRANSFER_CAP_WAIT || (!settled && limit_reached(t)) || !room_for(t, it))
            return;
        t->next++;
        fetch(t, item, id, settled);
    }
}
