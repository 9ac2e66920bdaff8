#include "past_sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whose server it is that does so, and what is done then. */
static const struct {
    enum ledger_learned what;
    enum job_side side;
    const char *words;
} ways[] = {
    {LEDGER_NO_CAPA, JOB_SOURCE, "does not answer CAPA after the sign-in: it is not asked for that"},
    {LEDGER_ONE_AT_A_TIME, JOB_SOURCE,
        "does not keep the PIPELINING that it announces: it is asked for one thing at a time"},
    {LEDGER_NO_SEARCH, JOB_DESTINATION, "does not answer SEARCH: FETCH lists what is there"},
};
#define WAYS (sizeof ways / sizeof *ways)

static const struct endpoint *end_of(const struct job *job, enum job_side side)
{
    return side == JOB_SOURCE ? &job->from : &job->to;
}

/* "03:14", on another day "2026-11-30 03:14". */
static const char *time_words(const struct past_sessions *p, int64_t at_s, char *dst, size_t cap)
{
    struct clock_utc at = clock_to_utc(at_s + p->utc_offset_min * 60);
    struct clock_utc now = clock_to_utc(clock_wall_s(p->world->clock) + p->utc_offset_min * 60);
    char date[32] = "";
    if (at.day != now.day || at.month != now.month || at.year != now.year)
        snprintf(date, sizeof date, "%04d-%02d-%02d ", at.year, at.month, at.day);
    snprintf(dst, cap, "%s%02d:%02d", date, at.hour, at.minute);
    return dst;
}

static int recall(struct past_sessions *p, const struct job *job, size_t i, struct error *err)
{
    const char *account = p->account[ways[i].side];
    int64_t at_s = 0, now_s = clock_wall_s(p->world->clock);
    char when[64];
    if (account && ledger_learned(p->ledger, account, ways[i].what, &at_s, err) < 0)
        return -1;
    if (!at_s || now_s - at_s > PAST_SESSIONS_DAYS * INT64_C(86400))
        return 0;
    p->known[ways[i].what] = true;
    log_line(&p->world->log, LOG_INFO, "%s %s (found at %s)", end_of(job, ways[i].side)->host, ways[i].words,
        time_words(p, at_s, when, sizeof when));
    return 0;
}

int past_sessions_begin(struct past_sessions *p, struct ledger *l, const struct job *job,
    const struct world *world, struct error *err)
{
    *p = (struct past_sessions){.ledger = l, .world = world, .utc_offset_min = job->utc_offset_min};
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        const struct endpoint *e = end_of(job, side);
        p->account[side] = e->host && e->protocol != ENDPOINT_STORE ? endpoint_account(e) : NULL;
        if (p->account[side] &&
            ledger_learned(l, p->account[side], LEDGER_SIGNED_IN, &p->worked_s[side], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < WAYS; i++)
        if (recall(p, job, i, err) < 0)
            return -1;
    return 0;
}

void past_sessions_done(struct past_sessions *p)
{
    free(p->account[JOB_SOURCE]);
    free(p->account[JOB_DESTINATION]);
    *p = (struct past_sessions){0};
}

void past_sessions_apply(const struct past_sessions *p, struct job *job)
{
    job->no_capa |= p->known[LEDGER_NO_CAPA];
    job->one_at_a_time |= p->known[LEDGER_ONE_AT_A_TIME] || p->out_of_step;
    job->no_search |= p->known[LEDGER_NO_SEARCH];
}

/* ---- signing in ---- */
static const struct link *link_of(const struct session *s, enum job_side side)
{
    if (side == JOB_SOURCE)
        return s->source ? &s->source_link : NULL;
    return s->lane_count ? &s->lanes[0].link : NULL;
}

static void tell_refused(const struct past_sessions *p, int64_t worked_s, struct error *err)
{
    char when[64];
    time_words(p, worked_s, when, sizeof when);
    if (clock_wall_s(p->world->clock) - worked_s <= PAST_SESSIONS_SOON_S)
        error_append(err,
            "; the same account was signed in to at %s: unless its password was changed since, the server refuses what comes too soon",
            when);
    else
        error_append(
            err, "; the same account was last signed in to at %s: what was changed since then?", when);
}

/* Whoever answered it once has stood still, and tells in it what matters: reading may hide mail. */
static bool answers_capa(const struct session *s)
{
    struct offer offers[OFFERS_MAX];
    size_t n = source_offers(s->source, offers);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(offers[i].name, "CAPA"))
            return offers[i].made;
    return false;
}

static int note_side(struct past_sessions *p, const struct session *s, enum job_side side,
    struct patience *patience, int rc, struct error *err)
{
    const struct link *l = link_of(s, side);
    struct error late;
    if (!l || l->local || !p->account[side])
        return rc;
    int64_t now_s = clock_wall_s(p->world->clock), worked_s = p->worked_s[side];
    if (l->ready) {
        p->worked_s[side] = now_s;
        if (ledger_learn(p->ledger, p->account[side], LEDGER_SIGNED_IN, now_s, rc < 0 ? &late : err) < 0)
            return -1;
    } else if (l->error.code == ERROR_AUTH && l->error.retry == ERROR_RETRY_NEVER && rc < 0 &&
               err->code == ERROR_AUTH && worked_s) {
        tell_refused(p, worked_s, err);
        if (patience && now_s - worked_s <= PAST_SESSIONS_SOON_S)
            patience_accepted(patience);
    }
    return rc;
}

int past_sessions_opened(
    struct past_sessions *p, const struct session *s, struct patience *patience, int rc, struct error *err)
{
    rc = note_side(p, s, JOB_SOURCE, patience, rc, err);
    if (rc == 0 && p->account[JOB_SOURCE] && !s->source_link.local && answers_capa(s) &&
        ledger_learn(p->ledger, p->account[JOB_SOURCE], LEDGER_CAPA, clock_wall_s(p->world->clock), err) < 0)
        return -1;
    return note_side(p, s, JOB_DESTINATION, patience, rc, err);
}

/* ---- silences ---- */
static bool is_silent(const struct link *l)
{
    return l && l->ready && l->error.code == ERROR_TIMEOUT;
}

static bool was_silent_on(const struct session *s, enum ledger_learned what)
{
    const struct link *from = link_of(s, JOB_SOURCE), *to = link_of(s, JOB_DESTINATION);
    switch (what) {
    case LEDGER_NO_CAPA:
        return is_silent(from) && from->waiting.kind == SOURCE_SILENCE_CAPA;
    case LEDGER_ONE_AT_A_TIME:
        return is_silent(from) && from->waiting.kind == SOURCE_SILENCE_QUEUE;
    case LEDGER_NO_SEARCH:
        return is_silent(to) && to->awaiting.kind == DEST_SILENCE_SEARCH;
    case LEDGER_SIGNED_IN:
    case LEDGER_CAPA:
    case LEDGER_LEARNED:
        break;
    }
    return false;
}

int past_sessions_ended(
    struct past_sessions *p, const struct session *s, struct patience *patience, int rc, struct error *err)
{
    int64_t now_s = clock_wall_s(p->world->clock), answered_s = 0;
    struct error late;
    if (rc == 0)
        return 0;
    p->out_of_step |= err->code == ERROR_PROTOCOL;
    for (size_t i = 0; i < WAYS; i++) {
        if (!was_silent_on(s, ways[i].what))
            continue;
        if (patience) /* it was signed in, and there is another way */
            patience_opened(patience, source_traits(s->source)->sign_in_pause_s);
        p->known[ways[i].what] = true;
        if (ways[i].what == LEDGER_NO_CAPA &&
            (ledger_learned(p->ledger, p->account[JOB_SOURCE], LEDGER_CAPA, &answered_s, &late) < 0 ||
                answered_s))
            continue; /* for this run alone */
        ledger_learn(p->ledger, p->account[ways[i].side], ways[i].what, now_s, &late);
    }
    return rc;
}
