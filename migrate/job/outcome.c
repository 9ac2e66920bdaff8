#include "outcome.h"

#include "ledger.h"
#include "text.h"
#include <string.h>

#define SHOWN_MAX 1100 /* the longest UIDL and Message-ID that the layers below let through */

struct outcome_message outcome_of_row(const struct ledger_message *m)
{
    return (struct outcome_message){
        .key = text_or_empty(m->key),
        .message_id = text_or_empty(m->message_id),
        .from = text_or_empty(m->from),
        .subject = text_or_empty(m->subject),
        .date_s = m->internaldate_s ? m->internaldate_s : MAIL_NO_DATE,
        .octets = m->octets_sent,
        .certain = true,
    };
}

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
    uint64_t told = o->copied + o->done_before + o->present + o->duplicates + o->filtered + o->later +
                    o->not_mail + o->too_big + o->refused + o->unreadable + o->quarantined;
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
    now->mended += before->mended;
    now->archived += before->archived;
    now->uidls_changed |= before->uidls_changed;
    if (before->mailboxes > now->mailboxes)
        now->mailboxes = before->mailboxes;
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

void outcome_add_round(struct outcome *now, const struct outcome *round)
{
    now->reconnects += round->reconnects;
    uint64_t *const sums[] = {&now->messages, &now->octets, &now->copied, &now->copied_octets,
        &now->done_before, &now->present, &now->duplicates, &now->filtered, &now->later, &now->not_mail,
        &now->too_big, &now->refused, &now->unreadable, &now->quarantined, &now->quarantined_now,
        &now->missing, &now->gone_since, &now->not_reached, &now->repaired, &now->mended, &now->archived,
        &now->recovered, &now->fetched, &now->fetched_octets, &now->untold_missing};
    const uint64_t more[] = {round->messages, round->octets, round->copied, round->copied_octets,
        round->done_before, round->present, round->duplicates, round->filtered, round->later, round->not_mail,
        round->too_big, round->refused, round->unreadable, round->quarantined, round->quarantined_now,
        round->missing, round->gone_since, round->not_reached, round->repaired, round->mended,
        round->archived, round->recovered, round->fetched, round->fetched_octets, round->untold_missing};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        *sums[i] += more[i];
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        now->by_date_source[i] += round->by_date_source[i];
    now->folder_created |= round->folder_created;
    now->uids_told &= round->uids_told;
    now->end_checked &= round->end_checked;
    now->destination_messages = round->destination_messages;
}
