#include "outcome.h"

#include "text.h"
#include <string.h>

#define SHOWN_MAX 1100 /* the longest UIDL and Message-ID that the layers below let through */

void outcome_tell(const struct outcome_sink *sink, const struct outcome_message *m)
{
    char key[SHOWN_MAX], message_id[SHOWN_MAX];
    if (!sink)
        return;
    struct outcome_message fit = *m;
    fit.key = text_clean(key, sizeof key, m->key, strlen(m->key));
    fit.message_id = text_clean(message_id, sizeof message_id, m->message_id, strlen(m->message_id));
    sink->message(sink->ctx, &fit);
}

void outcome_count_rest(struct outcome *o)
{
    uint64_t told = o->copied + o->done_before + o->present + o->duplicates + o->filtered + o->too_big +
                    o->refused + o->unreadable;
    o->not_reached = o->messages > told ? o->messages - told : 0;
}

void outcome_resume(struct outcome *now, const struct outcome *before)
{
    uint64_t reconnects = before->reconnects + 1;
    if (!now->inventory_taken) { /* it did not come as far as the inventory */
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
