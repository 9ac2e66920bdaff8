/* places.h - what a run has to do: which of the source's messages, in which mailbox of the destination, in
 * what order.
 *
 * Filters decide here (what they leave out is reported and counted), and the folder templates. A job with one
 * mailbox and no date filter needs no header for this, and asks for none. */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include "session.h"
#include "survey.h"

struct place {
    int64_t mailbox; /* the ledger's */
    char *name;
    size_t *items; /* indices into source_items, in the order to be taken */
    size_t count, cap;
    bool intents; /* something was on its way there when a session ended */
    bool needed;  /* something is to be done there; else all of it was settled before */
};

struct places {
    struct place *all;
    size_t count, cap;
    struct survey survey; /* rows NULL where no header was needed; survey_done it early to save memory */
};

enum places_headers {
    PLACES_AS_NEEDED, /* headers are read only where a filter or a template asks for dates */
    PLACES_ALL,       /* of all that is not settled, as far as TOP gives them */
};

/* Waits, if headers are needed. *ret: places_done, also on failure. */
int places_find(struct session *s, struct ledger *ledger, int64_t job, enum places_headers headers,
    const struct outcome_sink *sink, struct outcome *outcome, struct places *ret, struct error *err);
void places_done(struct places *p);
