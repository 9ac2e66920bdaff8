#include "transfer.h"

void transfer_queue_append(struct parcel_queue *q, struct parcel *p)
{
    p->queue_next = NULL;
    *(q->last ? &q->last->queue_next : &q->first) = p;
    q->last = p;
}

void transfer_queue(struct parcel *p)
{
    struct transfer *t = p->transfer;
    transfer_queue_append(p->broken >= BLAME_CAREFUL ? &t->suspects : &t->ready, p);
    t->ready_count++;
    t->ready_octets += p->row.octets_sent;
}

struct parcel *transfer_queue_take(struct transfer *t)
{
    struct parcel *p = t->ready.first;
    t->ready.first = p->queue_next;
    if (!t->ready.first)
        t->ready.last = NULL;
    t->ready_count--;
    t->ready_octets -= p->row.octets_sent;
    return p;
}

/* When nothing else is to be had: what comes before them shows that the line is well. */
void transfer_queue_take_suspects(struct transfer *t)
{
    if (t->ready.first || t->sending || t->fetching)
        return;
    t->ready = t->suspects;
    t->suspects = (struct parcel_queue){0};
}
