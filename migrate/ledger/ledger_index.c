#include "ledger_db.h"
#include "ledger_late.h"

#include "mem.h"

int ledger_index_begin(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(
        l, err, "SELECT index_uidvalidity=? FROM mailbox WHERE id=?", "ii", (int64_t)uidvalidity, mailbox);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    bool same = sqlite3_column_int(st, 0);
    sqlite3_reset(st);
    if (same)
        return 0;
    if (ledger_write(l, ledger_prepare(l, err, "DELETE FROM dest WHERE mailbox=?", "i", mailbox), err) < 0)
        return -1;
    return ledger_write(l,
        ledger_prepare(
            l, err, "UPDATE mailbox SET index_uidvalidity=? WHERE id=?", "ii", (int64_t)uidvalidity, mailbox),
        err);
}

int ledger_index_put(struct ledger *l, int64_t mailbox, const struct ledger_index_row *row, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "INSERT INTO dest(mailbox, uid, octets, ident, core) VALUES(?, ?, ?, ?, ?) "
            "ON CONFLICT(mailbox, uid) DO UPDATE SET octets=excluded.octets",
            "iiihh", mailbox, (int64_t)row->uid, (int64_t)row->octets, row->ident, row->core),
        err);
}

int ledger_index_content(struct ledger *l, int64_t mailbox, const struct ledger_index_row *row,
    const uint8_t fingerprint[SHA256_OCTETS], struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "INSERT INTO dest(mailbox, uid, octets, ident, core, fingerprint) VALUES(?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(mailbox, uid) DO UPDATE SET ident=excluded.ident, core=excluded.core, "
            "fingerprint=excluded.fingerprint",
            "iiihhh", mailbox, (int64_t)row->uid, (int64_t)row->octets, row->ident, row->core, fingerprint),
        err);
}

int ledger_index_remove(struct ledger *l, int64_t mailbox, uint32_t uid, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err, "DELETE FROM dest WHERE mailbox=? AND uid=?", "ii", mailbox, (int64_t)uid),
        err);
}

int ledger_index_find_content(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t fingerprint[SHA256_OCTETS], uint32_t *ret_uid, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT uid FROM dest INDEXED BY dest_ident WHERE mailbox=? AND ident=? AND fingerprint=? LIMIT 1",
        "ihh", mailbox, ident, fingerprint);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc == 1)
        *ret_uid = (uint32_t)sqlite3_column_int64(st, 0);
    if (st)
        sqlite3_reset(st);
    return rc;
}

/* At most cap of them. */
static int first_uids(
    struct ledger *l, sqlite3_stmt *st, uint32_t *uids, size_t cap, size_t *ret_count, struct error *err)
{
    int rc = st ? 0 : -1;
    size_t n = 0;
    while (st && n < cap && (rc = ledger_step(l, st, err)) == 1)
        uids[n++] = (uint32_t)sqlite3_column_int64(st, 0);
    if (st)
        sqlite3_reset(st);
    *ret_count = n;
    return rc < 0 ? -1 : 0;
}

int ledger_index_find_unread(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t *core, uint32_t *uids, size_t cap, size_t *ret_count, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT uid FROM dest INDEXED BY dest_ident WHERE mailbox=?1 AND ident=?2 AND (?3 IS NULL OR core=?3) "
        "AND fingerprint IS NULL",
        "ihh", mailbox, ident, core);
    return first_uids(l, st, uids, cap, ret_count, err);
}

int ledger_index_find_same_header(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t core[SHA256_OCTETS], struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM dest INDEXED BY dest_ident WHERE mailbox=? AND ident=? AND core=? LIMIT 1", "ihh",
            mailbox, ident, core),
        err);
}

int ledger_index_has_ident(
    struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS], struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err, "SELECT 1 FROM dest INDEXED BY dest_ident WHERE mailbox=? AND ident=? LIMIT 1",
            "ih", mailbox, ident),
        err);
}

int ledger_index_any(struct ledger *l, int64_t mailbox, struct error *err)
{
    return ledger_exists(
        l, ledger_prepare(l, err, "SELECT 1 FROM dest WHERE mailbox=? LIMIT 1", "i", mailbox), err);
}

static int read_uids(struct ledger *l, sqlite3_stmt *st, uint32_t **ret, size_t *ret_count, struct error *err)
{
    uint32_t *uids = NULL;
    size_t n = 0, cap = 0;
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        if (n == cap) {
            cap = cap ? cap * 2 : 1024;
            uids = mem_grow(uids, cap, sizeof *uids);
        }
        uids[n++] = (uint32_t)sqlite3_column_int64(st, 0);
    }
    *ret = uids;
    *ret_count = n;
    return rc < 0 ? -1 : 0;
}

int ledger_known_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t **ret,
    size_t *ret_count, struct error *err)
{
    return read_uids(l,
        ledger_prepare(l, err,
            "SELECT uid FROM dest WHERE mailbox=?1 UNION SELECT uid FROM message WHERE mailbox=?1 AND uid > 0 AND "
            "uidvalidity=?2 ORDER BY 1",
            "ii", mailbox, (int64_t)uidvalidity),
        ret, ret_count, err);
}

int ledger_own_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first, uint32_t **ret,
    size_t *ret_count, struct error *err)
{
    return read_uids(l,
        ledger_prepare(l, err,
            "SELECT DISTINCT m.uid FROM message m JOIN dest d ON d.mailbox=m.mailbox AND d.uid=m.uid AND d.ident=m.ident "
            "WHERE m.mailbox=? AND m.uidvalidity=? AND m.uid>=? ORDER BY 1",
            "iii", mailbox, (int64_t)uidvalidity, (int64_t)first),
        ret, ret_count, err);
}

int ledger_has_uid(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid, struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message WHERE mailbox=? AND uid=? AND uidvalidity=? AND state IN (2, 3) LIMIT 1",
            "iii", mailbox, (int64_t)uid, (int64_t)uidvalidity),
        err);
}

int ledger_forget_uids(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET uid=0, proof=0 WHERE mailbox=? AND uid>=? AND uidvalidity=? AND state=2",
            "iii", mailbox, (int64_t)first, (int64_t)uidvalidity),
        err);
}

int ledger_settled_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first,
    uint32_t **ret, size_t *ret_count, struct error *err)
{
    return read_uids(l,
        ledger_prepare(l, err,
            "SELECT DISTINCT uid FROM message WHERE mailbox=? AND uidvalidity=? AND uid>=? AND state IN (2, 3) ORDER BY 1",
            "iii", mailbox, (int64_t)uidvalidity, (int64_t)first),
        ret, ret_count, err);
}

int ledger_uid_taken(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid, int64_t but_id, struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message WHERE mailbox=?1 AND uid=?3 AND uidvalidity=?2 AND id<>?4 AND state IN (2, 3) "
            "UNION ALL SELECT 1 FROM dest WHERE mailbox=?1 AND uid=?3 LIMIT 1",
            "iiii", mailbox, (int64_t)uidvalidity, (int64_t)uid, but_id),
        err);
}

int ledger_uids_of_ident(struct ledger *l, const struct ledger_part *part, uint32_t uidvalidity,
    const uint8_t ident[SHA256_OCTETS], uint32_t *uids, size_t cap, size_t *ret_count, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT uid FROM message INDEXED BY message_ident WHERE job=?1 AND ident=?4 AND mailbox=?2 AND uid>0 AND "
        "uidvalidity=?3 AND state IN (2, 3) UNION "
        "SELECT uid FROM dest INDEXED BY dest_ident WHERE mailbox=?2 AND ident=?4 ORDER BY 1",
        "iiih", part->job, part->mailbox, (int64_t)uidvalidity, ident);
    return first_uids(l, st, uids, cap, ret_count, err);
}
