#include "ledger_late.h"

#include "ledger_db.h"
#include "mem.h"
#include <stdlib.h>

int ledger_late_expect(struct ledger *l, int64_t id, uint32_t uidvalidity, uint32_t floor_uid, int64_t sent_s,
    int64_t now_s, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "INSERT INTO late(message, uidvalidity, floor_uid, sent_s, given_up_s) VALUES(?, ?, ?, ?, ?) "
            "ON CONFLICT(message) DO UPDATE SET sent_s=excluded.sent_s, given_up_s=excluded.given_up_s, "
            "floor_uid=iif(uidvalidity=excluded.uidvalidity, min(floor_uid, excluded.floor_uid), excluded.floor_uid), "
            "uidvalidity=excluded.uidvalidity",
            "iiiii", id, (int64_t)uidvalidity, (int64_t)floor_uid, sent_s, now_s),
        err);
}

int ledger_late_forget(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(l, ledger_prepare(l, err, "DELETE FROM late WHERE message=?", "i", id), err);
}

int ledger_each_late(struct ledger *l, int64_t mailbox, ledger_late_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT m.id, m.state, late.uidvalidity, late.floor_uid, late.sent_s, late.given_up_s, m.uidvalidity, m.uid, "
        "m.octets_sent, m.internaldate_s, m.ident, coalesce(m.fingerprint_sent, m.fingerprint), m.fingerprint "
        "FROM late CROSS JOIN message m ON m.id=late.message WHERE m.mailbox=? ORDER BY 1",
        "i", mailbox);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        struct ledger_late late = {
            .id = sqlite3_column_int64(st, 0),
            .state = (enum ledger_state)sqlite3_column_int(st, 1),
            .uidvalidity = (uint32_t)sqlite3_column_int64(st, 2),
            .floor_uid = (uint32_t)sqlite3_column_int64(st, 3),
            .sent_s = sqlite3_column_int64(st, 4),
            .given_up_s = sqlite3_column_int64(st, 5),
            .uid_validity = (uint32_t)sqlite3_column_int64(st, 6),
            .uid = (uint32_t)sqlite3_column_int64(st, 7),
            .octets_sent = (uint64_t)sqlite3_column_int64(st, 8),
            .internaldate_s = sqlite3_column_int64(st, 9),
        };
        ledger_column_hash(st, 10, late.ident);
        ledger_column_hash(st, 11, late.fingerprint);
        ledger_column_hash(st, 12, late.received);
        fn(ctx, &late);
    }
    return rc;
}

int ledger_doubled(struct ledger *l, const struct ledger_copy *copy, int64_t now_s, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "INSERT INTO doubled(message, uidvalidity, uid, same_bytes, found_s) VALUES(?, ?, ?, ?, ?) "
            "ON CONFLICT(message, uidvalidity, uid) DO UPDATE SET same_bytes=excluded.same_bytes",
            "iiiii", copy->id, (int64_t)copy->uidvalidity, (int64_t)copy->uid, (int64_t)copy->same_bytes,
            now_s),
        err);
}

int ledger_undoubled(struct ledger *l, const struct ledger_copy *copy, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err, "DELETE FROM doubled WHERE message=? AND uidvalidity=? AND uid=?", "iii",
            copy->id, (int64_t)copy->uidvalidity, (int64_t)copy->uid),
        err);
}

int ledger_double_counts(struct ledger *l, const struct ledger_copy *copy, struct error *err)
{
    if (ledger_write(l,
            ledger_prepare(l, err, "UPDATE message SET uidvalidity=?, uid=?, proof=0 WHERE id=?", "iii",
                (int64_t)copy->uidvalidity, (int64_t)copy->uid, copy->id),
            err) < 0)
        return -1;
    return ledger_undoubled(l, copy, err);
}

struct copies {
    struct ledger_copy *all;
    size_t count;
};

static int read_copies(struct ledger *l, int64_t job, struct copies *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT d.message, m.mailbox, d.uidvalidity, d.uid, d.same_bytes FROM doubled d CROSS JOIN message m ON m.id=d.message "
        "WHERE m.job=? ORDER BY 1, 4",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        ret->all = mem_grow(ret->all, ret->count + 1, sizeof *ret->all);
        ret->all[ret->count++] = (struct ledger_copy){
            .id = sqlite3_column_int64(st, 0),
            .mailbox = sqlite3_column_int64(st, 1),
            .uidvalidity = (uint32_t)sqlite3_column_int64(st, 2),
            .uid = (uint32_t)sqlite3_column_int64(st, 3),
            .same_bytes = sqlite3_column_int(st, 4) != 0,
        };
    }
    return rc;
}

int ledger_each_doubled(struct ledger *l, int64_t job, ledger_copy_fn *fn, void *ctx, struct error *err)
{
    struct copies copies = {0};
    struct ledger_message m;
    int rc = read_copies(l, job, &copies, err);
    for (size_t i = 0; rc == 0 && i < copies.count; i++) {
        int found = ledger_find_id(l, copies.all[i].id, &m, err);
        if (found < 0)
            rc = -1;
        else if (found == 1 && !fn(ctx, &copies.all[i], &m))
            break;
    }
    free(copies.all);
    return rc;
}

int ledger_count_doubled(struct ledger *l, int64_t job, uint64_t *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT count(*) FROM doubled d CROSS JOIN message m ON m.id=d.message WHERE m.job=?", "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return 0;
}

int ledger_each_late_mailbox(
    struct ledger *l, int64_t job, ledger_late_mailbox_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT DISTINCT m.mailbox FROM (SELECT message FROM late UNION SELECT message FROM doubled) t "
        "CROSS JOIN message m ON m.id=t.message WHERE m.job=? AND m.mailbox IS NOT NULL",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        fn(ctx, sqlite3_column_int64(st, 0));
    return rc;
}
