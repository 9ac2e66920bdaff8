/* retry.h - the session of a run ended with an error: stop, or connect again after which wait? Pure.
 *
 * One struct retry_past lives as long as a run. For each session that ended with an error: retry_progress if
 * the session settled anything, then fill the fields that the caller gives, then retry_decide; if it says
 * again, retry_count, wait, and connect both sides again. The wait never ends before the source's LOGIN-DELAY
 * has passed since the last sign-in there (RFC 2449 section 6.5). How often a kind of error is tried again
 * without any progress in between is bounded for each kind, and so is the sum. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stdint.h>

#define RETRY_MAX_WAIT_MS (15 * 60 * 1000) /* the longest single wait, unless the user says otherwise */

/* Kinds of ends that are worth another session: attempts and waits go by the kind. */
enum retry_kind {
    RETRY_STOP,
    RETRY_EARLY,       /* the connection was closed before both sides were signed in for the first time */
    RETRY_BROKEN,      /* it broke, or went out of step, later */
    RETRY_THROTTLED,   /* too fast, too much */
    RETRY_LOGIN_DELAY, /* signed in too soon after the last time */
    RETRY_IN_USE,      /* another session holds the mailbox */
    RETRY_REFUSED,     /* a refusal that the server calls temporary */
    RETRY_EXPIRED,     /* the sign-in has run out: fetch the password (token) again */
    RETRY_AUTH_AGAIN,  /* refused, although the same was accepted shortly before */
    RETRY_FULL,        /* no room, and the server says that this may change */
    RETRY_CAPPED,      /* by our own count, what the destination takes in 24 hours was sent */
};
#define RETRY_KINDS (RETRY_CAPPED + 1)

/* In the text of an error with ERROR_THROTTLED and ERROR_RETRY_LATER: this is RETRY_CAPPED. Its wait_ms says
 * when more may be sent. */
#define RETRY_CAP_WORDS "a day from one account"

struct retry_past {
    bool opened;            /* both sides were signed in at least once in this run */
    bool accepted;          /* what is refused now was accepted shortly before, by whatever run */
    int64_t max_wait_ms;    /* no single wait may be longer; RETRY_MAX_WAIT_MS by default */
    bool wait_for_cap;      /* but RETRY_CAPPED may wait as long as it takes */
    int64_t login_delay_ms; /* the source's LOGIN-DELAY by CAPA; 0: none */
    int64_t since_login_ms; /* since the last sign-in at the source began */
    uint32_t random;        /* anew for each decision: spreads jobs that broke at the same moment */
    unsigned
        tried[RETRY_KINDS]; /* attempts by kind since the last progress; retry_count and retry_progress */
};

struct retry_decision {
    bool again;
    enum retry_kind kind; /* what happened; RETRY_EXPIRED: ask for the password again before connecting */
    /* again: how long to wait first, >= 0 (0 only for the first RETRY_EXPIRED). Stopped: how long from now it
     * is no use to try, so that the message can name the time; 0: nothing is known, or waiting does not help.
     */
    int64_t wait_ms;
    const char *phrase; /* static, for the user: why it waits, or why it stops; no full stop */
};

/* why->code != ERROR_NONE. */
struct retry_decision retry_decide(const struct error *why, const struct retry_past *past);

/* It is tried again after this error: count it. */
void retry_count(struct retry_past *past, const struct error *why);
/* The session settled at least one message: all counts begin again. */
void retry_progress(struct retry_past *past);
