/* outcome.h - what a plan or a migration found and did, for printing. */
#pragma once

#include "mail_date.h"
#include "plan.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message as the user is told of it. Strings are fit to show, never NULL. */
struct outcome_message {
    uint32_t number; /* in this POP3 session; 0: not of this session */
    const char *key; /* UIDL, "" if none */
    const char *message_id, *from, *subject;
    int64_t date_s; /* INTERNALDATE; MAIL_NO_DATE if not known */
    uint64_t octets;
    const char *verdict; /* verdict_name, or "refused", "unreadable", "missing" */
    const char *reason;
    bool certain;
    bool attention; /* something is not as it should be: this is listed at the end */
};

/* What the ledger knows of a message; the strings are the row's. The caller adds verdict, reason and the
 * like. */
struct ledger_message;
struct outcome_message outcome_of_row(const struct ledger_message *m);

/* Where messages are reported as they are settled. May be NULL. Strings valid during the call. */
struct outcome_sink {
    void (*message)(void *ctx, const struct outcome_message *m);
    /* Of a plan: a mailbox that is not there yet and would be made. May be NULL. */
    void (*missing_mailbox)(void *ctx, const char *name);
    void *ctx;
};

/* Tell the sink, if there is one, with the server's own strings (UIDL, Message-ID) made fit to show. */
void outcome_tell(const struct outcome_sink *sink, const struct outcome_message *m);

struct outcome {
    bool inventory_taken;           /* else nothing of the source is known */
    uint64_t messages, octets;      /* the source's inventory */
    uint64_t copied, copied_octets; /* in this run; planned: to be copied */
    uint64_t done_before, present, duplicates;
    uint64_t filtered;                     /* by --since and the like */
    uint64_t later;                        /* beyond --limit */
    uint64_t not_mail;                     /* the source server's own notes */
    uint64_t too_big, refused, unreadable; /* the destination's limit, its NO, the source's -ERR */
    uint64_t quarantined;                  /* refused by an earlier run and not tried again */
    uint64_t quarantined_now;              /* of too_big and refused: in quarantine since this run */
    uint64_t missing;                      /* accepted in this run and yet not there at the end */
    uint64_t gone_since;                   /* copied by an earlier run, not there any more */
    uint64_t not_reached;                  /* not looked at: the run ended before */
    uint64_t repaired;                     /* sent with a repair */
    uint64_t mended;    /* of repaired: changed further because it was refused, or asked for */
    uint64_t archived;  /* written to the archive in this run */
    uint64_t recovered; /* intents of an interrupted run that were found in the destination */
    uint64_t by_date_source[MAIL_DATE_NOW + 1];
    uint64_t fetched, fetched_octets; /* bodies downloaded from the source */
    uint64_t destination_messages;    /* at the end; planned: now */
    bool uids_told;          /* the destination names UIDs, so that the end could be checked one by one */
    uint64_t untold_missing; /* of missing: the destination does not tell which */
    bool end_checked;        /* the destination was read again at the end */
    uint64_t reconnects;     /* sessions that broke and were taken up again */
    bool folder_exists, folder_created;
    uint64_t mailboxes; /* that this run had to do with */
    uint64_t unvisited; /* mailboxes in which all was settled before: not read again */
    bool uidls_changed; /* the source gives its messages new names: they were compared by content */
    bool source_hides;  /* the source no longer shows what was read (Gmail's POP view) */
    int64_t elapsed_ms;
};

/* Whatever of the source's messages is counted nowhere was not reached: nothing may be left out by a slip. */
void outcome_count_rest(struct outcome *o);

/* *now tells of a session that went on where the one of *before broke off, in the same run: make it tell of
 * both. What the first one settled looks to the second like an earlier run's work. */
void outcome_resume(struct outcome *now, const struct outcome *before);

/* *now is done; *round tells of another inventory of the same source, of messages that it did not show
 * before: add it. */
void outcome_add_round(struct outcome *now, const struct outcome *round);

/* Messages that ought to be in the destination and are not. */
static inline uint64_t outcome_attention(const struct outcome *o)
{
    return o->too_big + o->refused + o->unreadable + o->missing + o->quarantined;
}
