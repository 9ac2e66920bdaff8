#include "outcome.h"

void outcome_count_rest(struct outcome *o)
{
    uint64_t told = o->copied + o->done_before + o->present + o->duplicates + o->filtered + o->too_big +
                    o->refused + o->unreadable;
    o->not_reached = o->messages > told ? o->messages - told : 0;
}

void outcome_resume(struct outcome *now, const struct outcome *before)
{
    uint64_t reconnects = before->reconnects + 1;
    if (!now->messages) { /* it did not come as far as the inventory */
        *now = *before;
        now->reconnects = reconnects;
        return;
    }
    uint64_t settled = before->copied + before->present + before->duplicates;
    now->done_before -= settled < now->done_before ? settled : now->done_before;
    now->copied += before->copied;
    now->copied_octets += before->copied_octets;
    now->present += before->present;
    now->duplicates += before->duplicates;
    now->repaired += before->repaired;
    now->recovered += before->recovered;
    now->fetched += before->fetched;
    now->fetched_octets += before->fetched_octets;
    now->folder_created |= before->folder_created;
    now->uids_told &= before->uids_told;
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        now->by_date_source[i] += before->by_date_source[i];
    now->reconnects = reconnects;
    outcome_count_rest(now);
}
