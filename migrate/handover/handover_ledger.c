/* From the ledger: counts, proofs, runs, and the messages that were not moved. */
#include "handover.h"

#include "handover_private.h"
#include "ledger_proved.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

/* ---- the jobs ---- */
struct reading {
    struct handover *h;
    handover_wanted *wanted;
    void *ctx;
    int64_t *ids; /* of the accounts that were added */
    size_t first, count;
};

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct reading *r = ctx;
    if (r->wanted && !r->wanted(r->ctx, row->source, row->destination, row->folder))
        return true;
    handover_add(r->h, row->source, row->destination, row->folder);
    r->ids = mem_grow(r->ids, r->count + 1, sizeof *r->ids);
    r->ids[r->count++] = row->id;
    return true;
}

/* ---- one account ---- */
static int read_totals(struct handover_account *a, struct ledger *l, int64_t job, struct error *err)
{
    struct ledger_totals t;
    if (ledger_totals(l, job, &t, err) < 0 || ledger_source_read(l, job, &a->from, err) < 0)
        return -1;
    const struct ledger_balance b = ledger_balance_of(&t, &a->from);
#define X(name) a->name = b.name;
    LEDGER_BALANCE(X)
#undef X
    memcpy(a->proof, t.proof, sizeof a->proof);
    a->dated_now = t.dated_now;
    memcpy(a->built, t.built, sizeof a->built);
    a->swallowed = t.swallowed;
    a->doubled = t.doubled;
    return ledger_proved_last(l, job, &a->proved_s, err);
}

/* Of the names that the ledger keeps, those on which the advice depends. */
static enum error_code error_of(const char *name)
{
    static const enum error_code all[] = {
        ERROR_AUTH, ERROR_TLS, ERROR_NO_HOST, ERROR_FULL, ERROR_DISK, ERROR_USAGE};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(error_code_name(all[i]), name))
            return all[i];
    return ERROR_NONE;
}

static bool on_run(void *ctx, const struct ledger_run_row *row)
{
    struct handover_account *a = ctx;
    bool migrate = !strcmp(row->command, "migrate");
    bool verify = !strcmp(row->command, "verify") || !strncmp(row->command, "delete", strlen("delete"));
    struct handover_run *run = migrate ? &a->migrate : &a->verify;
    if (!migrate && !verify)
        return true;
    if (migrate && !a->begun_s)
        a->begun_s = row->started_s;
    free(run->words);
    *run = (struct handover_run){
        row->started_s, row->ended_s, row->exit_code, error_of(row->error), text_clean_dup(row->words)};
    return true;
}

static struct handover_item item_of(const struct ledger_message *m)
{
    return (struct handover_item){
        .state = m->state,
        .uidl = text_clean_dup(m->key),
        .message_id = text_clean_dup(m->message_id),
        .from = text_clean_dup(m->from),
        .subject = text_clean_dup(m->subject),
        .reason = text_clean_dup(m->reason),
        .quarantine = text_clean_dup(m->quarantine),
        .date_s = m->date_source && m->internaldate_s ? m->internaldate_s : MAIL_NO_DATE,
        .octets = m->octets_sent       ? m->octets_sent
                  : m->octets_received ? m->octets_received
                                       : m->octets_claimed,
    };
}

static bool on_not_moved(void *ctx, const struct ledger_message *m)
{
    struct handover_account *a = ctx;
    if (a->item_count == HANDOVER_ITEMS_MAX)
        return false;
    a->items = mem_grow(a->items, a->item_count + 1, sizeof *a->items);
    a->items[a->item_count++] = item_of(m);
    return true;
}

static bool on_done(void *ctx, const struct ledger_message *m)
{
    struct handover_account *a = ctx;
    if (a->dated_count == HANDOVER_ITEMS_MAX || a->dated_count == a->dated_now)
        return false;
    if (!ledger_dated_now(m))
        return true;
    a->dated = mem_grow(a->dated, a->dated_count + 1, sizeof *a->dated);
    a->dated[a->dated_count++] = item_of(m);
    return true;
}

static int read_account(
    struct handover_account *a, const char *folder, struct ledger *l, int64_t job, struct error *err)
{
    free(a->work_dir);
    a->work_dir = text_clean_dup(folder);
    if (read_totals(a, l, job, err) < 0 || ledger_each_run(l, job, on_run, a, err) < 0)
        return -1;
    if (ledger_each_of_job(l, job, LEDGER_QUARANTINED, on_not_moved, a, err) < 0 ||
        ledger_each_of_job(l, job, LEDGER_REFUSED, on_not_moved, a, err) < 0)
        return -1;
    return a->dated_now ? ledger_each_of_job(l, job, LEDGER_DONE, on_done, a, err) : 0;
}

static int read_all(struct reading *r, const char *folder, struct ledger *l, struct error *err)
{
    if (ledger_snapshot(l, err) < 0 || ledger_check(l, 0, err) < 0 || ledger_each_job(l, on_job, r, err) < 0)
        return -1;
    for (size_t i = 0; i < r->count; i++)
        if (read_account(&r->h->accounts[r->first + i], folder, l, r->ids[i], err) < 0)
            return -1;
    return 0;
}

int handover_add_ledger(
    struct handover *h, const char *folder, handover_wanted *wanted, void *ctx, struct error *err)
{
    struct reading r = {.h = h, .wanted = wanted, .ctx = ctx, .first = h->count};
    struct ledger *l = ledger_open(folder, LEDGER_READ, err);
    int rc = l ? read_all(&r, folder, l, err) : -1;
    ledger_close(l);
    free(r.ids);
    if (rc < 0)
        handover_cut(h, r.first);
    return rc;
}
