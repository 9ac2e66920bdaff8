/* outcome.h - what a plan or a migration found and did, for printing. */
#pragma once

#include "ledger_source.h"
#include "mail_date.h"
#include "plan.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message as the user is told of it. Strings are fit to show, never NULL. */
struct outcome_message {
    uint32_t number;   /* in this POP3 session; 0: not of this session */
    const char *key;   /* UIDL, "" if none */
    const char *place; /* where it lies on a disk; NULL: not on one, or not known */
    const char *message_id, *from, *subject;
    int64_t date_s; /* INTERNALDATE; MAIL_NO_DATE if not known */
    uint64_t octets;
    const char *verdict; /* verdict_name, or "refused", "unreadable", "missing" */
    const char *reason;
    bool certain;
    bool attention; /* something is not as it should be: this is listed at the end */
    bool dated_now; /* copied, and nothing in it tells its date for certain: INTERNALDATE is the run's hour;
                       planned: so it would be */
    bool spoiled;   /* copied, and the destination does not hold what was sent */
    bool doubled;   /* it stands in the destination twice */
    bool doubtful;  /* there, and perhaps not the whole message: the source lists far more than it gave */
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

/* Every count, once: its name here is its name in JSON. How those of several sessions become one:
 * NOW   what the last session says; of another inventory (outcome_add_round) it is added
 * WORK  each session adds what it did
 * SEEN  what the last session says, in any case */
#define OUTCOME_COUNTS(X)                                                                                    \
    X(messages, NOW)        /* the source's inventory */                                                     \
    X(octets, NOW)          /* of it */                                                                      \
    X(copied, WORK)         /* in this run, and there; planned: to be copied */                              \
    X(copied_octets, WORK)  /* as received */                                                                \
    X(done_before, NOW)     /* by earlier runs */                                                            \
    X(present, WORK)        /* not through us */                                                             \
    X(duplicates, WORK)     /* within the source */                                                          \
    X(filtered, NOW)        /* by --since and the like */                                                    \
    X(later, NOW)           /* beyond --limit */                                                             \
    X(not_mail, NOW)        /* the source server's own notes */                                              \
    X(too_big, NOW)         /* the destination's limit */                                                    \
    X(refused, NOW)         /* the destination's NO */                                                       \
    X(unreadable, NOW)      /* the source's -ERR */                                                          \
    X(quarantined, NOW)     /* refused by an earlier run and not tried again */                              \
    X(quarantined_now, NOW) /* of too_big and refused: in quarantine since this run */                       \
    X(swallowed, SEEN)      /* of refused and quarantined: taken for duplicates, and not stored */           \
    X(in_doubt, NOW)        /* sent by an earlier run or session, and perhaps there in another form */       \
    X(missing, NOW)         /* accepted in this run and yet not there at the end: not in copied */           \
    X(gone_since, NOW)      /* copied or found by an earlier run, not there any more */                      \
    X(not_reached, NOW)     /* not looked at: the run ended before */                                        \
    X(repaired, WORK)       /* of copied: sent with a repair */                                              \
    X(mended, WORK)         /* of these: changed further because it was refused, or asked for */             \
    X(spoiled, WORK)   /* of copied: the destination does not hold what was sent, as one read back shows */  \
    X(doubled, SEEN)   /* stand in the destination twice: the first one came after it was sent again */      \
    X(unlisted, NOW)   /* counted by the source, and not listed: not in messages */                          \
    X(doubtful, NOW)   /* there, and perhaps not whole: the source lists far more than it gave */            \
    X(archived, WORK)  /* written to the archive in this run */                                              \
    X(recovered, WORK) /* intents of an interrupted run that were found in the destination */                \
    X(fetched, WORK)   /* bodies downloaded from the source */                                               \
    X(fetched_octets, WORK)                                                                                  \
    X(reconnects, NOW)            /* sessions that broke and were taken up again */                          \
    X(mailboxes, SEEN)            /* that this run had to do with */                                         \
    X(mailboxes_unvisited, SEEN)  /* in which all was settled before: not read again */                      \
    X(mailboxes_read, SEEN)       /* of mailboxes: those that destination_messages tells of */               \
    X(destination_messages, SEEN) /* in these, at the end; planned: now */

struct outcome {
    bool inventory_taken; /* else nothing of the source is known */
#define X(name, how) uint64_t name;
    OUTCOME_COUNTS(X)
#undef X
    uint64_t missing_octets, missing_repaired; /* of missing, as far as it is known which */
    uint64_t gone_octets;                      /* of gone_since, as far as it is known which */
    uint64_t untold_missing;                   /* of missing: the destination does not tell which */
    struct ledger_amount left[LEDGER_LEFTS];   /* what of the source was left there, and why */
    struct ledger_amount there; /* in the destination at the end, as the ledger has it: copied, by whatever
                                   run, or present, less what is known to be gone; octets as received */
    uint64_t by_date_source[MAIL_DATE_NOW + 1], missing_by_date_source[MAIL_DATE_NOW + 1];
    bool uids_told;   /* the destination names UIDs, so that the end could be checked one by one */
    bool end_checked; /* the destination was read again at the end */
    bool folder_exists, folder_created;
    bool uidls_changed; /* the source gives its messages new names: they were compared by content */
    bool source_hides;  /* the source no longer shows what was read (Gmail's POP view) */
    int64_t elapsed_ms;
};

/* Whatever of the source's messages is counted nowhere was not reached: nothing may be left out by a slip. */
void outcome_count_rest(struct outcome *o);

/* *now tells of a session that went on where the one of *before broke off, in the same run: make it tell of
 * both. What the first one settled looks to the second like an earlier run's work. */
void outcome_resume(struct outcome *now, const struct outcome *before);

/* What the destination said OK to and does not hold was not copied: after a session (and outcome_resume). */
void outcome_lose_missing(struct outcome *o);

/* *now is done; *round tells of another inventory of the same source, of messages that it did not show
 * before: add it. */
void outcome_add_round(struct outcome *now, const struct outcome *round);

/* Messages that ought to be in the destination and are not. */
static inline uint64_t outcome_attention(const struct outcome *o)
{
    return o->too_big + o->refused + o->unreadable + o->missing + o->quarantined + o->in_doubt;
}

/* Earlier runs copied, and nothing at all of it is in the destination any more. */
static inline bool outcome_is_emptied(const struct outcome *o)
{
    return o->gone_since && !o->there.messages;
}

/* Nothing that a person has to look at. */
static inline bool outcome_is_well(const struct outcome *o)
{
    return !outcome_attention(o) && !o->spoiled && !o->doubled && !o->doubtful && !o->unlisted &&
           !outcome_is_emptied(o);
}
