/* ledger_source.h - what the source of a job showed when a migration looked at it last, and what of it was
 * left there, and why: without this a ledger knows only the messages that it dealt with.
 *
 * A migration calls ledger_source_seen once its inventory is taken, and ledger_source_left at its end. Killed
 * in between, the ledger knows how much there was, and at least how much of it is not settled. */
#pragma once

#include "hash_set.h"
#include "ledger.h"

/* X(enumerator, name in JSON and in the ledger, left because the user asked for it?) */
#define LEDGER_LEFT_REASONS(X)                                                                               \
    X(LEDGER_LEFT_SINCE, "since", true)                                                                      \
    X(LEDGER_LEFT_BEFORE, "before", true)                                                                    \
    X(LEDGER_LEFT_MIN_SIZE, "min_size", true)                                                                \
    X(LEDGER_LEFT_MAX_SIZE, "max_size", true)                                                                \
    X(LEDGER_LEFT_FOLDER, "folder", true)                                                                    \
    X(LEDGER_LEFT_TRASH, "trash", true)                                                                      \
    X(LEDGER_LEFT_JUNK, "junk", true)                                                                        \
    X(LEDGER_LEFT_OUTBOX, "outbox", true)                                                                    \
    X(LEDGER_LEFT_LIMIT, "limit", false)                                                                     \
    X(LEDGER_LEFT_UPLOAD_CAP, "upload_cap", false)                                                           \
    X(LEDGER_LEFT_FULL, "destination_full", false)                                                           \
    X(LEDGER_LEFT_DROPPED, "dropped", false)                                                                 \
    X(LEDGER_LEFT_IN_DOUBT, "in_doubt", false)                                                               \
    X(LEDGER_LEFT_INTERRUPTED, "interrupted", false)                                                         \
    X(LEDGER_LEFT_NEW, "not_looked_at", false)

enum ledger_left {
#define X(id, name, asked) id,
    LEDGER_LEFT_REASONS(X)
#undef X
        LEDGER_LEFTS,
};
const char *ledger_left_name(enum ledger_left reason);
/* The user said so (--since and the like): nothing is missing, as long as it is told. */
bool ledger_left_is_asked(enum ledger_left reason);

struct ledger_amount {
    uint64_t messages, octets; /* octets as the source claims */
};

/* One message more. */
static inline void ledger_amount_add(struct ledger_amount *to, uint64_t octets)
{
    to->messages++;
    to->octets += octets;
}

struct ledger_source {
    bool known; /* a migration that records it has looked at the source */
    bool ended; /* it came to its end: what was left is told exactly; else it is at least so much */
    int64_t seen_s;
    struct ledger_amount all, left[LEDGER_LEFTS];
    struct ledger_amount vanished; /* never settled, and no longer on the source */
    /* Settled, without a row of its own: of the same content as another, and the source gives it no name. */
    struct ledger_amount unnamed;
};

/* Sums over the reasons: what is still to be copied; what was left out as asked. */
struct ledger_amount ledger_source_waiting(const struct ledger_source *s);
struct ledger_amount ledger_source_left_out(const struct ledger_source *s);

int ledger_source_seen(
    struct ledger *l, int64_t job, struct ledger_amount all, int64_t now_s, struct error *err);
/* all, left and vanished of *s, after ledger_source_seen. */
int ledger_source_left(struct ledger *l, int64_t job, const struct ledger_source *s, struct error *err);
/* What is known; of a run that has not ended, LEDGER_LEFT_INTERRUPTED is what is not settled. */
int ledger_source_read(struct ledger *l, int64_t job, struct ledger_source *ret, struct error *err);

/* Rows by state, of those whose key is in the set (by its SHA-256); of rows without a key, all. `elsewhere`:
 * of the others, those that are not settled. */
struct ledger_on_source {
    struct ledger_amount by_state[LEDGER_STATES], elsewhere;
};
int ledger_on_source(struct ledger *l, int64_t job, const struct hash_set *keys, bool settled,
    struct ledger_on_source *ret, struct error *err);

/* A migration has looked into this mailbox: of what earlier runs copied, so much is not there any more, moved
 * or deleted there since. ledger_all_there: a verification has seen all of the job's. */
int ledger_gone_since(struct ledger *l, int64_t mailbox, struct ledger_amount gone, struct error *err);
int ledger_all_there(struct ledger *l, int64_t job, struct error *err);

/* What of a job the destination holds, copied or present there before; octets as received. */
int ledger_there(struct ledger *l, int64_t job, struct ledger_amount *ret, struct error *err);
