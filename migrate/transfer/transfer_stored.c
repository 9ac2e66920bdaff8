#include "transfer.h"

#include "crash.h"

static void count_copied(struct parcel *p)
{
    struct outcome *o = p->transfer->outcome;
    enum mail_date_source source;
    mail_date_internal(&p->facts, p->transfer->now_s, &source);
    o->by_date_source[source]++;
    o->copied++;
    o->copied_octets += p->facts.octets;
    o->repaired += p->repaired != NULL;
    o->mended += p->mend != 0;
    p->transfer->session->progress.copied++;
    p->transfer->session->progress.copied_octets += p->facts.octets;
}

void transfer_stored(struct parcel *p, uint32_t uidvalidity, uint32_t uid)
{
    struct transfer *t = p->transfer;
    crash_point("before a message is recorded as done");
    ledger_done(t->ledger, p->row.id, uidvalidity, uid, &t->fatal);
    p->stored = true;
    count_copied(p);
    if (transfer_raw_stored(p, uid))
        return;
    transfer_report(p, verdict_name(VERDICT_COPY), p->repairs ? p->repairs : "", false);
    parcel_free(p);
}
