#include "transfer.h"

#include "mem.h"
#include "past.h"
#include <stdlib.h>
#include <string.h>

struct parcel *parcel_new(struct transfer *t, size_t item)
{
    struct parcel *p = mem_alloc(sizeof *p);
    const struct source_item *it = &t->items[item];
    *p = (struct parcel){.transfer = t, .item = item, .next = t->live};
    p->spool = spool_new(t->session->job->work_dir, TRANSFER_SPOOL_MEMORY);
    p->budget_octets = it->octets;
    p->row = (struct ledger_message){.key = it->key, .octets_claimed = it->octets};
    if (t->live)
        t->live->prev = p;
    t->live = p;
    t->live_count++;
    t->budget_used += p->budget_octets;
    return p;
}

void parcel_free(struct parcel *p)
{
    struct transfer *t = p->transfer;
    *(p->prev ? &p->prev->next : &t->live) = p->next;
    if (p->next)
        p->next->prev = p->prev;
    t->live_count--;
    t->budget_used -= p->budget_octets;
    spool_free(p->spool);
    spool_free(p->repaired);
    mail_facts_done(&p->facts);
    free(p->from);
    free(p->subject);
    free(p->repairs);
    free(p);
}

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

static void on_fetched(void *ctx, const struct error *error)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    t->fetching--;
    mail_scan_finish(t->scan, &p->facts);
    bool broken = error && error->scope != ERROR_SCOPE_MESSAGE;
    if (broken && !t->source_error.code)
        t->source_error = *error;
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
    t->outcome->fetched++;
    t->outcome->fetched_octets += p->facts.octets;
    settle_budget(p);
    transfer_decide(p);
}

static void settle_known(struct transfer *t, const struct source_item *it)
{
    t->outcome->done_before++;
    t->session->progress.messages++;
    t->session->progress.octets += it->octets;
}

/* Enough asked for already? Undecided parcels may all turn out to be copies, and --limit is a promise. */
static bool limit_reached(const struct transfer *t)
{
    return t->policy.copies_left <= t->live_count - t->ready_count - t->sending;
}

static bool room_for(const struct transfer *t, const struct source_item *it)
{
    return t->fetching < TRANSFER_FETCHES && t->live_count < TRANSFER_LIVE &&
           (!t->live_count || t->budget_used + it->octets <= TRANSFER_BUDGET_OCTETS);
}

void transfer_fetch_more(struct transfer *t)
{
    while (!t->fatal.code && !t->source_error.code && t->next < t->count) {
        const struct source_item *it = &t->items[t->next];
        int64_t id;
        enum plan_past past = past_of(t->ledger, t->job, it, &id, &t->fatal);
        struct plan_facts facts = {.past = past, .octets = it->octets};
        if (t->fatal.code)
            return;
        if (plan_decide(&facts, &t->policy).verdict == VERDICT_DONE_BEFORE) {
            settle_known(t, it);
            t->next++;
            continue;
        }
        if (!t->policy.copies_left) {
            t->outcome->filtered++;
            t->next++;
            continue;
        }
        if (limit_reached(t) || !room_for(t, it))
            return;
        struct parcel *p = parcel_new(t, t->next++);
        p->row.id = id;
        t->fetching++;
        source_fetch(t->session->source, p->item, on_data, on_fetched, p);
    }
}
