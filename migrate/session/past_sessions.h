/* past_sessions.h - what sessions have shown of a job's two ends, those of earlier runs (ledger_learned.h)
 * and of this one: when they could be signed in to, and what their servers leave unanswered.
 *
 * Order of calls: past_sessions_begin; before each session past_sessions_apply to the job that it is opened
 * for; right after session_open, whatever that returned, past_sessions_opened; before session_close
 * past_sessions_ended; past_sessions_done. One thread. */
#pragma once

#include "ledger.h"
#include "ledger_learned.h"
#include "patience.h"
#include "session.h"

#define PAST_SESSIONS_SOON_S (15 * 60) /* hosts have been seen to refuse for so long what comes too soon */
#define PAST_SESSIONS_DAYS   30        /* then a server is asked again in the usual way */

struct past_sessions {
    struct ledger *ledger;
    const struct world *world;
    int utc_offset_min;  /* the user's clock */
    char *account[2];    /* by job_side; NULL: none, or not at the end of a connection */
    int64_t worked_s[2]; /* when it was last signed in to; 0: never, as far as is known */
    bool known[LEDGER_LEARNED];
    bool out_of_step; /* a session of this run was: the next ones ask for one thing at a time */
};

/* What is remembered is said (LOG_INFO). Zeroed is fine for the others. */
int past_sessions_begin(struct past_sessions *p, struct ledger *l, const struct job *job,
    const struct world *world, struct error *err);
void past_sessions_done(struct past_sessions *p);

/* Ask as these servers answer. */
void past_sessions_apply(const struct past_sessions *p, struct job *job);

/* rc, *err: of session_open. Notes who was signed in to; of a refusal *err tells when the account was
 * accepted last, and patience (NULL: there is none) is told if that was shortly before. Returns rc, or -1 of
 * the ledger. */
int past_sessions_opened(
    struct past_sessions *p, const struct session *s, struct patience *patience, int rc, struct error *err);

/* rc, *err: of the whole session. Notes what was not answered, so that the next one asks otherwise. Returns
 * rc, or -1 of the ledger. */
int past_sessions_ended(
    struct past_sessions *p, const struct session *s, struct patience *patience, int rc, struct error *err);
