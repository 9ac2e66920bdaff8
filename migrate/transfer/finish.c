#include "finish.h"

#include "dest_ids.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* The ledger's rows against what was found. */
struct comparison {
    const struct finish *finish;
    uint32_t uidvalidity, first_uid;
    const struct outcome_sink *sink;
    uint64_t missing, gone_since;
    uint64_t missing_octets, missing_repaired, missing_by_date_source[MAIL_DATE_NOW + 1];
    uint64_t gone_octets; /* of gone_since */
    uint64_t untold;      /* done, and no UID known */
    int64_t *ids;         /* of the missing; owned */
    bool last, uids_told;
    uint64_t expected; /* messages in the mailbox, if nobody else has touched it */
};

static void on_uid(void *ctx, uint32_t uid)
{
    struct finish *f = ctx;
    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 1024;
        f->uids = mem_grow(f->uids, f->cap, sizeof *f->uids);
    }
    f->uids[f->count++] = uid;
}

static void on_search(void *ctx, bool told, const struct error *error)
{
    struct finish *f = ctx;
    f->waiting--;
    f->searched = told;
    if (error)
        f->error = *error;
}

/* A refusal is no end: the question that follows is asked all the same. */
static void on_refreshed(void *ctx, const struct error *error)
{
    struct finish *f = ctx;
    f->waiting--;
    if (error && error->retry != ERROR_RETRY_NEVER)
        f->error = *error;
}

static bool answered(void *ctx)
{
    return !((struct finish *)ctx)->waiting;
}

static void report_missing(const struct comparison *c, const struct ledger_message *m)
{
    struct outcome_message out = outcome_of_row(m);
    out.verdict = "missing";
    out.reason = "the destination said OK to it, and does not hold it at the end";
    out.attention = true;
    outcome_tell(c->sink, &out);
}

static void note_missing(struct comparison *c, const struct ledger_message *m)
{
    enum mail_date_source source;
    c->missing_octets += m->octets_received;
    c->missing_repaired += m->repairs && *m->repairs;
    if (m->date_source && mail_date_source_parse(m->date_source, &source))
        c->missing_by_date_source[source]++;
}

static bool check_row(void *ctx, const struct ledger_message *m)
{
    struct comparison *c = ctx;
    const struct finish *f = c->finish;
    c->untold += !m->uid;
    if (!m->uid || m->uidvalidity != c->uidvalidity)
        return true;
    if (dest_ids_have(f->uids, f->count, m->uid))
        return true;
    if (m->uid < c->first_uid && !m->unseen) {
        c->gone_since++;
        c->gone_octets += m->octets_received;
        return true;
    }
    note_missing(c, m);
    c->ids = mem_grow(c->ids, c->missing + 1, sizeof *c->ids);
    c->ids[c->missing++] = m->id;
    report_missing(c, m);
    return true;
}

/* What was there before is nothing that the destination has promised. */
static bool check_present(void *ctx, const struct ledger_message *m)
{
    struct comparison *c = ctx;
    const struct finish *f = c->finish;
    if (m->uid && m->uidvalidity == c->uidvalidity && !dest_ids_have(f->uids, f->count, m->uid)) {
        c->gone_since++;
        c->gone_octets += m->octets_received;
    }
    return true;
}

static void show_news(struct finish *f, struct session *s)
{
    f->session = s;
    f->waiting++;
    dest_refresh(s->dest, on_refreshed, f);
}

static void search(struct finish *f, struct session *s)
{
    f->asked = true;
    f->searched = false;
    f->count = 0;
    f->waiting++;
    dest_ids(s->dest, on_uid, on_search, f);
}

void finish_ask(struct finish *f, struct session *s)
{
    show_news(f, s);
    search(f, s);
}

void finish_forget(struct finish *f)
{
    f->asked = false;
}

void finish_done(struct finish *f)
{
    free(f->uids);
    *f = (struct finish){0};
}

static int wait_answer(struct finish *f, struct error *err)
{
    struct session *s = f->session;
    if (session_wait(s, answered, f, err) < 0)
        return -1;
    if (f->count)
        qsort(f->uids, f->count, sizeof *f->uids, dest_ids_compare);
    if (!f->error.code)
        return 0;
    *err = f->error;
    return -1;
}

static int compare(
    struct finish *f, struct ledger *ledger, struct ledger_part part, struct comparison *c, struct error *err)
{
    c->missing = c->gone_since = c->untold = c->missing_octets = c->missing_repaired = c->gone_octets = 0;
    memset(c->missing_by_date_source, 0, sizeof c->missing_by_date_source);
    if (!f->searched)
        return 0;
    int rc = ledger_each(ledger, part.mailbox, LEDGER_DONE, check_row, c, err);
    return rc < 0 ? rc : ledger_each(ledger, part.mailbox, LEDGER_PRESENT, check_present, c, err);
}

/* The answer to the early question, if it leaves nothing open; else ask now. */
static int look(struct finish *f, struct session *s, struct ledger *ledger, struct ledger_part part,
    struct comparison *c, struct error *err)
{
    if (f->waiting && wait_answer(f, err) < 0)
        return -1;
    if (f->asked) {
        const struct outcome_sink *sink = c->sink;
        c->sink = NULL;
        int rc = compare(f, ledger, part, c, err);
        c->sink = sink;
        if (rc < 0 || (!c->missing && (c->uids_told || f->count >= c->expected)))
            return rc;
    }
    /* One after the other: a server may answer a SEARCH sent together with the NOOP from what it had
     * announced before, without what came in on other connections. */
    show_news(f, s);
    if (wait_answer(f, err) < 0)
        return -1;
    search(f, s);
    if (c->last)
        session_say_goodbye(s); /* behind it: a round trip saved */
    return wait_answer(f, err) < 0 ? -1 : compare(f, ledger, part, c, err);
}

static int reopen_missing(struct comparison *c, struct ledger *ledger, struct error *err)
{
    for (uint64_t i = 0; i < c->missing; i++)
        if (ledger_missing(ledger, c->ids[i], err) < 0)
            return -1;
    return 0;
}

/* Where UIDs are not told, the numbers must do. */
static int check_count(const struct finish *f, struct ledger *ledger, struct ledger_part part,
    const struct finish_base *base, const struct comparison *c, struct outcome *o, struct error *err)
{
    if (c->uids_told || !base->copied || f->count >= c->expected) {
        o->gone_since += c->untold > f->count ? c->untold - f->count : 0;
        return 0;
    }
    o->untold_missing += c->expected - f->count;
    o->missing += c->expected - f->count;
    return ledger_reopen_untold(ledger, part.mailbox, base->begun_s, err);
}

static void count_missing(const struct comparison *c, struct outcome *o)
{
    o->missing += c->missing;
    o->missing_octets += c->missing_octets;
    o->missing_repaired += c->missing_repaired;
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        o->missing_by_date_source[i] += c->missing_by_date_source[i];
}

int finish_check(struct finish *f, struct session *s, struct ledger *ledger, struct ledger_part part,
    const struct finish_base *base, const struct outcome_sink *sink, struct outcome *outcome,
    struct error *err)
{
    struct comparison c = {.finish = f,
        .uidvalidity = dest_mailbox(s->dest)->epoch,
        .first_uid = base->first_uid,
        .sink = sink,
        .last = base->last,
        .uids_told = outcome->uids_told && !base->untold,
        .expected = base->messages + base->copied};
    session_phase(s, "checking the destination");
    int rc = look(f, s, ledger, part, &c, err);
    outcome->end_checked &= f->searched;
    if (rc == 0 && f->searched) {
        count_missing(&c, outcome);
        outcome->gone_since += c.gone_since;
        outcome->gone_octets += c.gone_octets;
        outcome->mailboxes_read++;
        outcome->destination_messages += f->count;
        rc = reopen_missing(&c, ledger, err);
        if (rc == 0)
            rc = check_count(f, ledger, part, base, &c, outcome, err);
        if (rc == 0)
            rc = ledger_seen(ledger, part, err);
        if (rc == 0)
            rc = ledger_commit(ledger, err);
    }
    free(c.ids);
    return rc;
}
