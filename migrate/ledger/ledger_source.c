#include "ledger_source.h"

#include "ledger_db.h"
#include <string.h>

static const struct {
    const char *name;
    bool asked;
} reasons[LEDGER_LEFTS] = {
#define X(id, name, asked) [id] = {name, asked},
    LEDGER_LEFT_REASONS(X)
#undef X
};

const char *ledger_left_name(enum ledger_left reason)
{
    return reasons[reason].name;
}

bool ledger_left_is_asked(enum ledger_left reason)
{
    return reasons[reason].asked;
}

/* ---- sums ---- */
static struct ledger_amount sum(const struct ledger_source *s, bool asked)
{
    struct ledger_amount n = {0};
    for (int i = 0; i < LEDGER_LEFTS; i++) {
        if (reasons[i].asked != asked)
            continue;
        n.messages += s->left[i].messages;
        n.octets += s->left[i].octets;
    }
    return n;
}

struct ledger_amount ledger_source_waiting(const struct ledger_source *s)
{
    return sum(s, false);
}

struct ledger_amount ledger_source_left_out(const struct ledger_source *s)
{
    return sum(s, true);
}

/* ---- writing ---- */
static int forget_left(struct ledger *l, int64_t job, struct error *err)
{
    return ledger_write(l, ledger_prepare(l, err, "DELETE FROM left_ WHERE job=?", "i", job), err);
}

int ledger_source_seen(
    struct ledger *l, int64_t job, struct ledger_amount all, int64_t now_s, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "INSERT OR REPLACE INTO source(job, seen_s, messages, octets, ended) VALUES(?, ?, ?, ?, 0)", "iiii",
        job, now_s, (int64_t)all.messages, (int64_t)all.octets);
    return ledger_write(l, st, err) < 0 ? -1 : forget_left(l, job, err);
}

int ledger_source_left(struct ledger *l, int64_t job, const struct ledger_source *s, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "UPDATE source SET messages=?, octets=?, ended=1, vanished=?, vanished_octets=? WHERE job=?", "iiiii",
        (int64_t)s->all.messages, (int64_t)s->all.octets, (int64_t)s->vanished.messages,
        (int64_t)s->vanished.octets, job);
    if (ledger_write(l, st, err) < 0 || forget_left(l, job, err) < 0)
        return -1;
    for (int i = 0; i < LEDGER_LEFTS; i++) {
        if (!s->left[i].messages)
            continue;
        st = ledger_prepare(l, err, "INSERT INTO left_(job, reason, messages, octets) VALUES(?, ?, ?, ?)",
            "itii", job, reasons[i].name, (int64_t)s->left[i].messages, (int64_t)s->left[i].octets);
        if (ledger_write(l, st, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- reading ---- */
static struct ledger_amount amount(sqlite3_stmt *st, int column)
{
    return (struct ledger_amount){
        (uint64_t)sqlite3_column_int64(st, column), (uint64_t)sqlite3_column_int64(st, column + 1)};
}

static struct ledger_amount less(struct ledger_amount a, struct ledger_amount b)
{
    if (a.messages <= b.messages)
        return (struct ledger_amount){0};
    return (struct ledger_amount){a.messages - b.messages, a.octets > b.octets ? a.octets - b.octets : 0};
}

static int read_left(struct ledger *l, int64_t job, struct ledger_source *s, struct error *err)
{
    sqlite3_stmt *st =
        ledger_prepare(l, err, "SELECT reason, messages, octets FROM left_ WHERE job=?", "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        for (int i = 0; i < LEDGER_LEFTS; i++)
            if (!strcmp(ledger_column_text(st, 0), reasons[i].name))
                s->left[i] = amount(st, 1);
    return rc;
}

/* Settled, and not yet taken from the source by us when it was looked at. */
static int read_settled(
    struct ledger *l, int64_t job, int64_t seen_s, struct ledger_amount *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT count(*), coalesce(sum(octets_claimed), 0) FROM message WHERE job=? AND state NOT IN (0, 1) AND "
        "(deleted_s=0 OR deleted_s>=?)",
        "ii", job, seen_s);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = amount(st, 0);
    sqlite3_reset(st);
    return 0;
}

int ledger_source_read(struct ledger *l, int64_t job, struct ledger_source *ret, struct error *err)
{
    struct ledger_source s = {0};
    struct ledger_amount settled;
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT messages, octets, vanished, vanished_octets, ended, seen_s FROM source WHERE job=?", "i",
        job);
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc == 1) {
        s = (struct ledger_source){.known = true,
            .ended = sqlite3_column_int(st, 4),
            .seen_s = sqlite3_column_int64(st, 5),
            .all = amount(st, 0),
            .vanished = amount(st, 2)};
        sqlite3_reset(st);
    }
    if (rc < 0 ||
        (s.known && (read_left(l, job, &s, err) < 0 || read_settled(l, job, s.seen_s, &settled, err) < 0)))
        return -1;
    struct ledger_amount rest = {0};
    if (s.known) {
        struct ledger_amount waiting = ledger_source_waiting(&s), out = ledger_source_left_out(&s);
        struct ledger_amount told = {waiting.messages + out.messages, waiting.octets + out.octets};
        rest = less(less(s.all, told), settled);
    }
    if (s.known && s.ended)
        s.unnamed = rest;
    else if (s.known)
        s.left[LEDGER_LEFT_INTERRUPTED] = rest;
    *ret = s;
    return 0;
}

/* ---- what of the rows is on the source ---- */
static bool is_there(sqlite3_stmt *st, const struct hash_set *keys)
{
    uint8_t digest[SHA256_OCTETS];
    if (sqlite3_column_type(st, 0) == SQLITE_NULL)
        return true;
    sha256_bytes(sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0), digest);
    return hash_set_has(keys, digest);
}

int ledger_on_source(struct ledger *l, int64_t job, const struct hash_set *keys, bool settled,
    struct ledger_on_source *ret, struct error *err)
{
    struct ledger_on_source on = {0};
    sqlite3_stmt *st =
        settled
            ? ledger_prepare(l, err, "SELECT key, state, octets_claimed FROM message WHERE job=?", "i", job)
            : ledger_prepare(l, err,
                  "SELECT key, state, octets_claimed FROM message WHERE job=? AND state IN (0, 1)", "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        unsigned state = (unsigned)sqlite3_column_int(st, 1);
        if (state >= LEDGER_STATES)
            continue;
        bool there = is_there(st, keys), open = state == LEDGER_OPEN || state == LEDGER_INTENT;
        struct ledger_amount *n = there ? &on.by_state[state] : open ? &on.elsewhere : NULL;
        if (!n)
            continue;
        n->messages++;
        n->octets += (uint64_t)sqlite3_column_int64(st, 2);
    }
    if (rc == 0)
        *ret = on;
    return rc;
}

int ledger_gone_since(struct ledger *l, int64_t mailbox, struct ledger_amount gone, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err, "UPDATE mailbox SET gone=?, gone_octets=? WHERE id=?", "iii",
        (int64_t)gone.messages, (int64_t)gone.octets, mailbox);
    return ledger_write(l, st, err);
}

int ledger_all_there(struct ledger *l, int64_t job, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE mailbox SET gone=0, gone_octets=0 WHERE job=?", "i", job), err);
}

int ledger_there(struct ledger *l, int64_t job, struct ledger_amount *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT count(*), coalesce(sum(" LEDGER_OCTETS "), 0) FROM message WHERE job=? AND state IN (2, 3)",
        "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = amount(st, 0);
    sqlite3_reset(st);
    return 0;
}
