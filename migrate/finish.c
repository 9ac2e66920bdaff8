#include "finish.h"

#include "mem.h"
#include <stdlib.h>

struct finish {
    struct session *session;
    uint32_t first_uid;
    const struct outcome_sink *sink;
    struct outcome *outcome;
    uint32_t *uids;
    size_t count, cap;
    size_t waiting;
    bool searched;
    struct error error;
};

static int compare_uid(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void on_uid(void *ctx, uint32_t uid)
{
    struct finish *f = ctx;
    if (f->count == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 1024;
        f->uids = mem_grow(f->uids, f->cap, sizeof *f->uids);
    }
    f->uids[f->count++] = uid;
}

static void on_search(void *ctx, const struct imap_result *res)
{
    struct finish *f = ctx;
    f->waiting--;
    f->searched = res->status == IMAP_OK;
    if (res->status == IMAP_ABORTED)
        f->error = *res->error;
}

static void on_noop(void *ctx, const struct imap_result *res)
{
    struct finish *f = ctx;
    (void)res;
    f->waiting--;
}

static bool answered(void *ctx)
{
    return !((struct finish *)ctx)->waiting;
}

static void report_missing(struct finish *f, const struct ledger_message *m)
{
    f->outcome->missing++;
    struct outcome_message out = {
        .key = m->key ? m->key : "",
        .message_id = m->message_id ? m->message_id : "",
        .from = m->from ? m->from : "",
        .subject = m->subject ? m->subject : "",
        .date_s = m->internaldate_s,
        .octets = m->octets_sent,
        .verdict = "missing",
        .reason = "the destination said OK to it, and does not hold it at the end",
        .certain = true,
        .attention = true,
    };
    if (f->sink)
        f->sink->message(f->sink->ctx, &out);
}

static bool check_row(void *ctx, const struct ledger_message *m)
{
    struct finish *f = ctx;
    if (!m->uid || m->uidvalidity != f->session->dest.uidvalidity)
        return true;
    if (bsearch(&m->uid, f->uids, f->count, sizeof m->uid, compare_uid))
        return true;
    if (m->uid >= f->first_uid)
        report_missing(f, m);
    else
        f->outcome->gone_since++;
    return true;
}

int finish_check(struct session *s, struct ledger *ledger, int64_t job, uint32_t first_uid,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err)
{
    struct finish f = {.session = s, .first_uid = first_uid, .sink = sink, .outcome = outcome, .waiting = 2};
    struct imap *imap = s->lanes[0].imap;
    session_phase(s, "checking the destination");
    imap_noop(imap, on_noop, &f); /* SEARCH sees only what the server has announced */
    imap_uid_search(imap, "ALL", on_uid, on_search, &f);
    session_say_goodbye(s); /* behind these: a round trip saved */
    int rc = session_run_until(s, answered, &f, err);
    if (rc < 0)
        imap_abort(imap, err); /* it would call back into f */
    if (rc == 0 && f.error.code) {
        *err = f.error;
        rc = -1;
    }
    outcome->end_checked = rc == 0 && f.searched;
    if (outcome->end_checked) {
        qsort(f.uids, f.count, sizeof *f.uids, compare_uid);
        outcome->destination_messages = f.count;
        rc = ledger_each(ledger, job, LEDGER_DONE, check_row, &f, err);
    }
    free(f.uids);
    return rc;
}
