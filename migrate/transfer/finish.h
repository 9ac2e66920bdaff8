/* finish.h - the end of a run: does the destination really hold what it said it took? By UID, read again.
 *
 * The question may be asked early, behind the last APPEND, which saves a round trip; if anything was sent
 * after it, or anything seems missing, it is asked again. */
#pragma once

#include "ledger.h"
#include "outcome.h"
#include "session.h"

struct finish {
    struct session *session;
    uint32_t *uids; /* what the destination holds */
    size_t count, cap;
    size_t waiting; /* answers */
    bool asked, searched;
    struct error error;
};

/* What the run began with, over all its sessions. */
struct finish_base {
    uint32_t first_uid; /* UIDs below it were there before */
    uint64_t messages;  /* in the destination */
    uint64_t copied;    /* in this run, or found to have been sent by its earlier sessions */
    int64_t begun_s;    /* wall clock */
    bool untold;        /* of some of these no UID is known */
    bool last;          /* nothing follows in this session: say goodbye behind the question */
};

/* Ask, without waiting. *f: zeroed before the first time; stays where it is until finish_done. */
void finish_ask(struct finish *f, struct session *s);
/* What was asked is out of date. */
void finish_forget(struct finish *f);
void finish_done(struct finish *f);

/* Wait for the answer (asking, if need be), say goodbye behind it (if base->last), and add missing,
 * gone_since and the messages of the destination in *outcome; each missing message is reported to the sink,
 * and open again in the ledger, so that the next run looks for it and sends it if need be. */
int finish_check(struct finish *f, struct session *s, struct ledger *ledger, struct ledger_part part,
    const struct finish_base *base, const struct outcome_sink *sink, struct outcome *outcome,
    struct error *err);
