#include "transfer.h"

void transfer_queue_append(struct parcel_queue *q, struct parcel *p)
{
    p->queue_next = NULL;
    *(q->last ? &q->last->queue_next : &q->first) = p;
    q->last = p;
}

struct parcel *transfer_queue_pop(struct parcel_queue *q)
{
    struct parcel *p = q->first;
    if (!p)
        return NULL;
    q->first = p->queue_next;
    if (!q->first)
        q->last = NULL;
    return p;
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
    struct parcel *p = transfer_queue_pop(&t->ready);
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
