#include "outcome.h"

#include "ledger.h"
#include "text.h"
#include <string.h>

#define SHOWN_MAX 1100 /* the longest UIDL and Message-ID that the layers below let through */
#define PLACE_MAX 4200 /* a path */

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
    char key[SHOWN_MAX], message_id[SHOWN_MAX], place[PLACE_MAX];
    if (!sink)
        return;
    struct outcome_message fit = *m;
    fit.key = text_clean(key, sizeof key, m->key, strlen(m->key));
    fit.message_id = text_clean(message_id, sizeof message_id, m->message_id, strlen(m->message_id));
    if (m->place)
        fit.place = text_clean(place, sizeof place, m->place, strlen(m->place));
    sink->message(sink->ctx, &fit);
}

void outcome_count_rest(struct outcome *o)
{
    uint64_t told = o->copied + o->done_before + o->present + o->duplicates + o->filtered + o->later +
                    o->not_mail + o->too_big + o->refused + o->unreadable + o->quarantined + o->in_doubt;
    o->not_reached = o->messages > told ? o->messages - told : 0;
}

/* How counts of two sessions become one (OUTCOME_COUNTS). */
#define WORK_NOW(name)
#define WORK_SEEN(name)
#define WORK_WORK(name) now->name += before->name;
#define WORK(name, how) WORK_##how(name)

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
    OUTCOME_COUNTS(WORK)
    now->uidls_changed |= before->uidls_changed;
    if (before->mailboxes > now->mailboxes)
        now->mailboxes = before->mailboxes;
    now->folder_created |= before->folder_created;
    now->uids_told &= before->uids_told;
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        now->by_date_source[i] += before->by_date_source[i];
    now->reconnects = reconnects;
    outcome_count_rest(now);
}

static void take(uint64_t *from, uint64_t n)
{
    *from -= n < *from ? n : *from;
}

void outcome_lose_missing(struct outcome *o)
{
    take(&o->copied, o->missing);
    take(&o->copied_octets, o->missing_octets);
    take(&o->repaired, o->missing_repaired);
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        take(&o->by_date_source[i], o->missing_by_date_source[i]);
}

#define ROUND_NOW(name)  now->name += round->name;
#define ROUND_WORK(name) now->name += round->name;
#define ROUND_SEEN(name)
#define ROUND(name, how) ROUND_##how(name)

void outcome_add_round(struct outcome *now, const struct outcome *round)
{
    OUTCOME_COUNTS(ROUND)
    now->untold_missing += round->untold_missing;
    now->missing_octets += round->missing_octets;
    for (int i = 0; i < LEDGER_LEFTS; i++) {
        now->left[i].messages += round->left[i].messages;
        now->left[i].octets += round->left[i].octets;
    }
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        now->by_date_source[i] += round->by_date_source[i];
    now->folder_created |= round->folder_created;
    now->uids_told &= round->uids_told;
    now->end_checked &= round->end_checked;
    now->mailboxes_read = round->mailboxes_read;
    now->destination_messages = round->destination_messages;
}
