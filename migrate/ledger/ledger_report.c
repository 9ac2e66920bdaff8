#include "ledger_db.h"
#include "ledger_late.h"

#include "mail_date.h"
#include "mem.h"
#include <stdlib.h>

int ledger_snapshot(struct ledger *l, struct error *err)
{
    return sqlite3_exec(l->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ? 0 : ledger_failed(l, err);
}

static uint64_t number(sqlite3_stmt *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}

bool ledger_dated_now(const struct ledger_message *m)
{
    enum mail_date_source source;
    return m->state == LEDGER_DONE && m->date_source && mail_date_source_parse(m->date_source, &source) &&
           source == MAIL_DATE_NOW;
}

/* One row of the grouped count: messages of the same state, proof, repair, deletion and origin of the date.
 */
static void add_group(sqlite3_stmt *st, struct ledger_totals *t)
{
    unsigned state = (unsigned)sqlite3_column_int(st, 0), proof = (unsigned)sqlite3_column_int(st, 1);
    uint64_t n = number(st, 4), claimed = number(st, 5), received = number(st, 6);
    bool there = state == LEDGER_DONE || state == LEDGER_PRESENT;
    t->messages += n;
    t->octets_claimed += claimed;
    if (sqlite3_column_int(st, 3)) {
        t->deleted += n;
        t->deleted_octets += claimed;
    }
    if (state >= LEDGER_STATES)
        return;
    t->count[state] += n;
    t->octets[state] += there ? received : claimed;
    if (state == LEDGER_DONE && sqlite3_column_int(st, 2))
        t->repaired += n;
    if (state == LEDGER_DONE && sqlite3_column_int(st, 7))
        t->dated_now += n;
    if (there && proof < LEDGER_PROOFS)
        t->proof[proof] += n;
}

static int count_gone(struct ledger *l, int64_t job, struct ledger_totals *t, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT coalesce(sum(gone), 0), coalesce(sum(gone_octets), 0) FROM mailbox WHERE job=?", "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    t->gone_since = number(st, 0);
    t->gone_octets = number(st, 1);
    sqlite3_reset(st);
    return 0;
}

static int count_built(struct ledger *l, int64_t job, struct ledger_totals *t, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT unicode(built) - unicode('A'), count(*) FROM message INDEXED BY message_built "
        "WHERE job=? AND built IS NOT NULL AND state IN (2, 3) GROUP BY 1",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        uint64_t class = number(st, 0);
        if (class < LEDGER_CLASSES)
            t->built[class] = number(st, 1);
    }
    return rc;
}

int ledger_totals(struct ledger *l, int64_t job, struct ledger_totals *ret, struct error *err)
{
    struct ledger_totals t = {0};
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT state, proof, coalesce(repairs, '')<>'', deleted_s<>0, count(*), sum(octets_claimed), "
        "sum(" LEDGER_OCTETS "), coalesce(date_source, '')=? FROM message WHERE job=? GROUP BY 1, 2, 3, 4, 8",
        "ti", mail_date_source_name(MAIL_DATE_NOW), job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        add_group(st, &t);
    if (rc == 0)
        rc = ledger_count_doubled(l, job, &t.doubled, err);
    if (rc == 0)
        rc = ledger_count_swallowed(l, job, &t.swallowed, err);
    if (rc == 0)
        rc = count_gone(l, job, &t, err);
    if (rc == 0)
        rc = count_built(l, job, &t, err);
    if (rc == 0)
        *ret = t;
    return rc;
}

/* The statement gives one row for each mailbox and state; fn gets one for each mailbox. */
int ledger_each_mailbox_row(
    struct ledger *l, int64_t job, ledger_mailbox_row_fn *fn, void *ctx, struct error *err)
{
    struct ledger_mailbox_row row = {0};
    char *name CLEANUP(mem_free_str) = NULL;
    bool more = true;
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT b.id, b.name, m.state, count(m.id), coalesce(sum(" LEDGER_OCTETS "), 0) FROM mailbox b "
        "LEFT JOIN message m ON m.mailbox=b.id WHERE b.job=? GROUP BY b.id, m.state ORDER BY b.name, b.id",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && more && (rc = ledger_step(l, st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);
        unsigned state = (unsigned)sqlite3_column_int(st, 2);
        if (id != row.id) {
            more = !row.id || fn(ctx, &row);
            free(name);
            name = mem_strdup(ledger_column_text(st, 1));
            row = (struct ledger_mailbox_row){.id = id, .name = name};
        }
        if (state < LEDGER_STATES)
            row.count[state] = number(st, 3);
        if (state == LEDGER_DONE)
            row.octets_copied = number(st, 4);
    }
    if (st)
        sqlite3_reset(st);
    if (rc == 0 && more && row.id)
        fn(ctx, &row);
    return rc < 0 ? -1 : 0;
}

int ledger_each_run(struct ledger *l, int64_t job, ledger_run_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT id, command, words, started_s, ended_s, exit_code, error FROM run WHERE job=? ORDER BY id",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        struct ledger_run_row row = {
            .id = sqlite3_column_int64(st, 0),
            .command = ledger_column_text(st, 1),
            .words = ledger_column_text(st, 2),
            .started_s = sqlite3_column_int64(st, 3),
            .ended_s = sqlite3_column_int64(st, 4),
            .exit_code = sqlite3_column_int(st, 5),
            .error = ledger_column_text(st, 6),
        };
        if (!fn(ctx, &row))
            break;
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

/* The ids come from an index alone; sorting whole rows by id would need room for all of them. */
int ledger_each_message(struct ledger *l, int64_t job, ledger_row_fn *fn, void *ctx, struct error *err)
{
    struct ledger_message m;
    sqlite3_stmt *st = ledger_prepare(l, err, "SELECT id FROM message WHERE job=? ORDER BY id", "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        rc = ledger_find_id(l, sqlite3_column_int64(st, 0), &m, err);
        if (rc < 0 || (rc == 1 && !fn(ctx, &m)))
            break;
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

int ledger_twin(
    struct ledger *l, int64_t twin, const char **ret_key, const char **ret_message_id, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err, "SELECT key, message_id FROM message WHERE id=?", "i", twin);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc != 1)
        return rc;
    *ret_key = ledger_column_text(st, 0);
    *ret_message_id = ledger_column_text(st, 1);
    return 1;
}
