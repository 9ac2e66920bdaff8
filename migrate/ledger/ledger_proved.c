#include "ledger_proved.h"

#include "ledger_db.h"

int ledger_proved_last(struct ledger *l, int64_t job, int64_t *ret_s, struct error *err)
{
    sqlite3_stmt *st =
        ledger_prepare(l, err, "SELECT coalesce(max(proved_s), 0) FROM message WHERE job=?", "i", job);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc != 1)
        return -1;
    *ret_s = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return 0;
}
