#include "transfer.h"

#include "mem.h"
#include <stdlib.h>

struct parcel *parcel_new(struct transfer *t, size_t item)
{
    struct parcel *p = mem_alloc(sizeof *p);
    const struct source_item *it = &t->items[item];
    *p = (struct parcel){.transfer = t, .item = item, .next = t->live};
    p->spool = spool_new(t->session->job->work_dir, t->memory.spool);
    p->budget_octets = it->octets;
    p->row = (struct ledger_message){.key = it->key, .octets_claimed = it->octets, .mailbox = t->mailbox};
    if (t->live)
        t->live->prev = p;
    t->live = p;
    t->live_count++;
    t->budget_used += p->budget_octets;
    return p;
}

/* It leaves our hands. */
static void note_gone(const struct parcel *p)
{
    struct transfer *t = p->transfer;
    const struct source_item *it = &t->items[p->item];
    const struct shortfall_row row = {p->row.id, it->number, p->facts.octets, it->octets};
    if (p->is_short && p->row.id && !t->fatal.code)
        shortfall_note(t->task->shortfall, t->ledger, &row, &t->fatal);
    if (it->key || !p->row.id)
        return;
    t->gone[t->gone_next] = (struct transfer_gone){.item = p->item, .id = p->row.id};
    t->gone_next = (t->gone_next + 1) % TRANSFER_LIVE;
}

void parcel_free(struct parcel *p)
{
    struct transfer *t = p->transfer;
    note_gone(p);
    *(p->prev ? &p->prev->next : &t->live) = p->next;
    if (p->next)
        p->next->prev = p->prev;
    t->live_count--;
    t->budget_used -= p->budget_octets;
    transfer_cap_release(p);
    spool_free(p->spool);
    spool_free(p->repaired);
    mail_facts_done(&p->facts);
    free(p->from);
    free(p->subject);
    free(p->repairs);
    free(p->quarantine);
    free(p->keywords);
    free(p);
}
