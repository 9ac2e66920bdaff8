/* foresee.h - what a migration would do with each message, before any body is read: what a plan and an
 * estimate have in common. Changes nothing on either side. */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include "plan.h"
#include "session.h"
#include "survey.h"

enum foresee_depth {
    FORESEE_SIZES,   /* the inventory and the ledger alone; for jobs whose places need no dates (places.h) */
    FORESEE_HEADERS, /* and TOP, and the index of the destination */
};

/* Valid during the call. */
struct foreseen {
    const struct source_item *item;
    size_t index;                 /* of source_items */
    const struct survey_row *row; /* never NULL; known false: its header was not seen now */
    struct plan_verdict verdict;
};

struct foresight {
    struct session *session; /* open; without lanes, only the source is looked at */
    struct ledger *ledger;
    int64_t job;
    enum foresee_depth depth;
    uint64_t limit_octets; /* of a message, where the destination does not say one; 0: none known */
    /* For each message that filters let pass, mailbox by mailbox, in the order in which it would be taken. It
     * may call the ledger. */
    void (*message)(void *ctx, const struct foreseen *f);
    void *ctx;
    const struct outcome_sink *sink; /* for what filters leave out; may be NULL */
};

/* Waits. Fills of *outcome what the inventory, the filters and the destination show; counting verdicts is the
 * caller's. */
int foresee(const struct foresight *f, struct outcome *outcome, struct error *err);
