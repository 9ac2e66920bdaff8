#include "ledger_learned.h"

#include "ledger_db.h"
#include "mem.h"

static const char *const names[LEDGER_LEARNED] = {
#define X(id, name) [id] = name,
    LEDGER_LEARNED_THINGS(X)
#undef X
};

int ledger_learn(
    struct ledger *l, const char *account, enum ledger_learned what, int64_t now_s, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err, "INSERT OR REPLACE INTO learned(account, what, at_s) VALUES(?, ?, ?)", "tti",
            account, names[what], now_s),
        err);
}

int ledger_learned(
    struct ledger *l, const char *account, enum ledger_learned what, int64_t *ret_s, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(
        l, err, "SELECT at_s FROM learned WHERE account=? AND what=?", "tt", account, names[what]);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc < 0)
        return -1;
    *ret_s = rc ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return 0;
}

int ledger_set_folder(struct ledger *l, int64_t job, const char *path, const char *goes_to, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err, "INSERT OR REPLACE INTO folder(job, path, goes_to) VALUES(?, ?, ?)", "itt",
            job, path, goes_to),
        err);
}

int ledger_folder(struct ledger *l, int64_t job, const char *path, char **ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT goes_to FROM folder f WHERE job=? AND path=? AND EXISTS(SELECT 1 FROM mailbox b CROSS JOIN message m "
        "ON m.mailbox=b.id WHERE b.job=f.job AND b.name=f.goes_to)",
        "it", job, path);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc < 0)
        return -1;
    *ret = rc ? mem_strdup(ledger_column_text(st, 0)) : NULL;
    sqlite3_reset(st);
    return 0;
}
