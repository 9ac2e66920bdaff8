/* proof.h - what is told of a proof: how closely is looked, what is found of each message, and all of it in
 * counts. */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include <stdbool.h>
#include <stdint.h>

enum verify_level {
    VERIFY_COUNT,   /* a message stands under each UID */
    VERIFY_HEADERS, /* and has the Message-ID, From, Date and Subject of what was sent */
    VERIFY_CONTENT, /* and gives back the bytes, or the content, of what was sent */
};

/* Strings valid during the call. */
struct verify_message {
    /* verdict: "agreed", "altered", "missing", "doubled" (a message that stands there once more), "pending"
     * (not copied yet), "filtered", "vanished" (never copied, and no longer on the source); from
     * migrate_delete also "deleted", "to-delete", "younger", "later", "kept" */
    struct outcome_message message;
    enum ledger_proof proof; /* of the copy in the destination; LEDGER_UNPROVED if there is none */
};

/* May be NULL. */
struct verify_sink {
    void (*message)(void *ctx, const struct verify_message *m);
    void *ctx;
};

struct verification {
    enum verify_level level;
    bool inventory_taken; /* else nothing of the source is known */
    bool finished;        /* else the counts below mean nothing */
    uint64_t source_messages, source_octets;
    uint64_t source_unlisted; /* counted by the source, and not listed: not in source_messages */
    uint64_t mailboxes, destination_messages;
    uint64_t mailboxes_absent;               /* of mailboxes: those that do not exist in the destination */
    uint64_t agreed[LEDGER_PROOF_EXACT + 1]; /* by proof */
    uint64_t agreed_octets;                  /* as the source claims */
    uint64_t duplicates; /* of these, through the message of the same content that was copied */
    uint64_t differing;  /* of these duplicates, with other header fields than it, or it is not known */
    uint64_t redated;    /* of agreed and altered: with another INTERNALDATE than was sent */
    uint64_t off_source; /* of these, no longer on the source */
    uint64_t altered, missing, doubled, pending;
    uint64_t filtered, vanished;
    uint64_t extra;      /* in the destination, and not the job's */
    uint64_t other_size; /* at level headers: agreed, with another size than was sent */
    bool uidls_changed;  /* the source gives its messages other UIDLs than before */
    uint64_t reconnects;
    int64_t elapsed_ms;
};

uint64_t proof_agreed(const struct verification *v);
/* Every message is where it should be, as it should be. */
bool proof_agrees(const struct verification *v);
