#include "migrate.h"

#include "foresee.h"
#include "mem.h"
#include "open_ledger.h"
#include "past_sessions.h"
#include "session.h"
#include "text.h"
#include <string.h>

struct planning {
    const struct source *source;
    struct ledger *ledger;
    int64_t job;
    const struct outcome_sink *sink;
    struct outcome *outcome;
    struct ledger_amount foreseen; /* not to be copied, as it seems: no run has settled it */
    struct error error;
};

static void count_verdict(struct outcome *o, enum verdict v, uint64_t octets)
{
    switch (v) {
    case VERDICT_COPY:
    case VERDICT_COMPARE:
        o->copied++;
        o->copied_octets += octets;
        return;
    case VERDICT_PRESENT:
        o->present++;
        return;
    case VERDICT_DUPLICATE:
        o->duplicates++;
        return;
    case VERDICT_DONE_BEFORE:
        o->done_before++;
        return;
    case VERDICT_FILTERED:
        o->filtered++;
        return;
    case VERDICT_LATER:
        o->later++;
        return;
    case VERDICT_IN_DOUBT:
        o->in_doubt++;
        break;
    case VERDICT_QUARANTINED:
        o->quarantined++;
        return;
    case VERDICT_NOT_MAIL:
        o->not_mail++;
        return;
    case VERDICT_TOO_BIG:
        o->too_big++;
        return;
    }
}

/* What a migration would still have to look at. */
static bool is_new(enum verdict v)
{
    return v == VERDICT_COPY || v == VERDICT_COMPARE || v == VERDICT_LATER || v == VERDICT_TOO_BIG;
}

static bool is_foreseen(enum verdict v)
{
    return v == VERDICT_PRESENT || v == VERDICT_DUPLICATE || v == VERDICT_NOT_MAIL || v == VERDICT_IN_DOUBT;
}

static void on_message(void *ctx, const struct foreseen *f)
{
    struct planning *v = ctx;
    struct outcome_message m = survey_message(v->ledger, f->row, &v->error);
    enum verdict verdict = f->verdict.verdict;
    count_verdict(v->outcome, verdict, f->item->octets);
    if (is_new(verdict))
        ledger_amount_add(&v->outcome->left[LEDGER_LEFT_NEW], f->item->octets);
    if (is_foreseen(verdict))
        ledger_amount_add(&v->foreseen, f->item->octets);
    if (f->row->known)
        v->outcome->by_date_source[f->row->date_source] += verdict == VERDICT_COPY;
    char *place CLEANUP(mem_free_str) = source_place(v->source, f->index);
    m.place = place;
    m.number = f->item->number;
    m.key = text_or_empty(f->item->key);
    m.octets = f->item->octets;
    m.verdict = verdict_name(verdict);
    m.reason = f->verdict.reason;
    m.certain = f->verdict.certain;
    m.attention = verdict == VERDICT_TOO_BIG || verdict == VERDICT_QUARANTINED || verdict == VERDICT_IN_DOUBT;
    m.dated_now = verdict == VERDICT_COPY && f->row->known && f->row->date_source == MAIL_DATE_NOW;
    outcome_tell(v->sink, &m);
}

/* As long as no migration has told what it left, a plan knows better than nobody. */
static int note_source(struct planning *v, int64_t now_s, struct error *err)
{
    struct ledger_source s;
    const struct outcome *o = v->outcome;
    if (ledger_source_read(v->ledger, v->job, &s, err) < 0)
        return -1;
    if (s.known)
        return 0;
    s.all = (struct ledger_amount){o->messages, o->octets};
    memcpy(s.left, o->left, sizeof s.left);
    s.left[LEDGER_LEFT_NEW].messages += v->foreseen.messages;
    s.left[LEDGER_LEFT_NEW].octets += v->foreseen.octets;
    if (ledger_source_seen(v->ledger, v->job, s.all, now_s, err) < 0)
        return -1;
    return ledger_source_left(v->ledger, v->job, &s, err) < 0 ? -1 : ledger_commit(v->ledger, err);
}

static int plan_all(struct planning *v, struct session *s, struct error *err)
{
    const struct foresight f = {
        .session = s,
        .ledger = v->ledger,
        .job = v->job,
        .depth = FORESEE_HEADERS,
        .message = on_message,
        .ctx = v,
        .sink = v->sink,
    };
    int rc = foresee(&f, v->outcome, err);
    outcome_count_rest(v->outcome);
    if (rc < 0)
        return rc;
    if (!v->error.code)
        return note_source(v, s->begun_s, err);
    *err = v->error;
    return -1;
}

int migrate_plan(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err)
{
    struct session s;
    struct planning v = {.sink = sink, .outcome = ret};
    int64_t begun_ms = clock_mono_ms(world->clock);
    *ret = (struct outcome){0};
    if (open_ledger(job, &v.ledger, &v.job, err) < 0)
        return -1;
    struct past_sessions past;
    struct job as_answered = *job;
    if (past_sessions_begin(&past, v.ledger, job, world, err) < 0) {
        past_sessions_done(&past);
        ledger_close(v.ledger);
        return -1;
    }
    past_sessions_apply(&past, &as_answered);
    int rc = session_open(&s, &as_answered, world, DEST_LOOK, err);
    rc = past_sessions_opened(&past, &s, NULL, rc, err);
    v.source = s.source;
    if (rc == 0)
        rc = plan_all(&v, &s, err);
    struct error ignored; /* nothing was changed that a failing QUIT could undo */
    if (rc == 0)
        session_sign_off(&s, &ignored);
    rc = past_sessions_ended(&past, &s, NULL, rc, err);
    session_close(&s);
    past_sessions_done(&past);
    ledger_close(v.ledger);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    return rc;
}
