#include "ledger_db.h"

#include "identity.h"

const char *ledger_state_name(enum ledger_state s)
{
    static const char *const names[] = {
        [LEDGER_OPEN] = "open",
        [LEDGER_INTENT] = "on-its-way",
        [LEDGER_DONE] = "done",
        [LEDGER_PRESENT] = "present",
        [LEDGER_DUPLICATE] = "duplicate",
        [LEDGER_REFUSED] = "refused",
        [LEDGER_QUARANTINED] = "quarantined",
        [LEDGER_NOT_MAIL] = "not-mail",
    };
    return (unsigned)s < sizeof names / sizeof *names ? names[s] : "unknown";
}

const char *ledger_proof_name(enum ledger_proof p)
{
    static const char *const names[] = {
        [LEDGER_UNPROVED] = "none",
        [LEDGER_PROOF_COUNT] = "count",
        [LEDGER_PROOF_HEADERS] = "headers",
        [LEDGER_PROOF_STRUCTURE] = "structure",
        [LEDGER_PROOF_BODY] = "body",
        [LEDGER_PROOF_CONTENT] = "content",
        [LEDGER_PROOF_EXACT] = "exact",
    };
    return (unsigned)p < sizeof names / sizeof *names ? names[p] : "unknown";
}

#define COLUMNS                                                                                              \
    "id, key, octets_claimed, state, octets_sent, from_, subject, message_id, repairs, internaldate_s, "     \
    "date_source, seen, floor_uidvalidity, floor_uid, uidvalidity, uid, twin, reason, fingerprint, core, "   \
    "ident, "                                                                                                \
    "sha256_sent, intended_s, mailbox, quarantine, broken, proof, proved_s, deleted_s, core_sent, "          \
    "fingerprint_sent, sha256_received, octets_received, doubt, header, header_sent, mended, unseen, "       \
    "built "

static const uint8_t *hash_or_null(sqlite3_stmt *st, int column)
{
    return sqlite3_column_bytes(st, column) == SHA256_OCTETS ? sqlite3_column_blob(st, column) : NULL;
}

static void read_row(sqlite3_stmt *st, struct ledger_message *m)
{
    *m = (struct ledger_message){
        .id = sqlite3_column_int64(st, 0),
        .key = (const char *)sqlite3_column_text(st, 1),
        .octets_claimed = (uint64_t)sqlite3_column_int64(st, 2),
        .state = (enum ledger_state)sqlite3_column_int(st, 3),
        .octets_sent = (uint64_t)sqlite3_column_int64(st, 4),
        .from = (const char *)sqlite3_column_text(st, 5),
        .subject = (const char *)sqlite3_column_text(st, 6),
        .message_id = (const char *)sqlite3_column_text(st, 7),
        .repairs = (const char *)sqlite3_column_text(st, 8),
        .internaldate_s = sqlite3_column_int64(st, 9),
        .date_source = (const char *)sqlite3_column_text(st, 10),
        .seen = sqlite3_column_int(st, 11) != 0,
        .floor_uidvalidity = (uint32_t)sqlite3_column_int64(st, 12),
        .floor_uid = (uint32_t)sqlite3_column_int64(st, 13),
        .uidvalidity = (uint32_t)sqlite3_column_int64(st, 14),
        .uid = (uint32_t)sqlite3_column_int64(st, 15),
        .twin = sqlite3_column_int64(st, 16),
        .reason = (const char *)sqlite3_column_text(st, 17),
        .intended_s = sqlite3_column_int64(st, 22),
        .sha256_sent = hash_or_null(st, 21),
        .mailbox = sqlite3_column_int64(st, 23),
        .quarantine = (const char *)sqlite3_column_text(st, 24),
        .broken = (unsigned)sqlite3_column_int(st, 25),
        .proof = (enum ledger_proof)sqlite3_column_int(st, 26),
        .proved_s = sqlite3_column_int64(st, 27),
        .deleted_s = sqlite3_column_int64(st, 28),
        .core_sent = hash_or_null(st, 29),
        .fingerprint_sent = hash_or_null(st, 30),
        .sha256_received = hash_or_null(st, 31),
        .octets_received = (uint64_t)sqlite3_column_int64(st, 32),
        .doubt = (const char *)sqlite3_column_text(st, 33),
        .header_sent = hash_or_null(st, 35),
        .mended = (unsigned)sqlite3_column_int(st, 36),
        .unseen = sqlite3_column_int(st, 37) != 0,
        .built = (const char *)sqlite3_column_text(st, 38),
    };
    ledger_column_hash(st, 18, m->fingerprint);
    ledger_column_hash(st, 19, m->core);
    ledger_column_hash(st, 20, m->ident);
    ledger_column_hash(st, 34, m->header);
}

/* The row stays valid until the statement is used again: the next ledger call resets it. */
static int find(struct ledger *l, sqlite3_stmt *st, struct ledger_message *ret, struct error *err)
{
    int rc = st ? ledger_step(l, st, err) : -1;
    if (rc == 1)
        read_row(st, ret);
    return rc;
}

int64_t ledger_last_id(struct ledger *l, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err, "SELECT coalesce(max(id), 0) FROM message", "");
    return st && ledger_step(l, st, err) == 1 ? sqlite3_column_int64(st, 0) : -1;
}

int ledger_find_key(
    struct ledger *l, int64_t job, const char *key, struct ledger_message *ret, struct error *err)
{
    return find(l,
        ledger_prepare(l, err, "SELECT " COLUMNS "FROM message WHERE job=? AND key=?", "it", job, key), ret,
        err);
}

#define BEST_FIRST "ORDER BY CASE state WHEN 2 THEN 0 WHEN 3 THEN 1 WHEN 1 THEN 2 ELSE 3 END, id "

int ledger_find_content(struct ledger *l, int64_t job, const uint8_t fingerprint[SHA256_OCTETS],
    struct ledger_message *ret, struct error *err)
{
    return find(l,
        ledger_prepare(l, err,
            "SELECT " COLUMNS "FROM message WHERE job=? AND fingerprint=? " BEST_FIRST "LIMIT 1", "ih", job,
            fingerprint),
        ret, err);
}

int ledger_find_content_in(struct ledger *l, const struct ledger_part *part,
    const uint8_t fingerprint[SHA256_OCTETS], struct ledger_message *ret, struct error *err)
{
    return find(l,
        ledger_prepare(l, err,
            "SELECT " COLUMNS "FROM message INDEXED BY message_content "
            "WHERE job=? AND fingerprint=? AND mailbox=? " BEST_FIRST "LIMIT 1",
            "ihi", part->job, fingerprint, part->mailbox),
        ret, err);
}

int ledger_has_header_in(struct ledger *l, const struct ledger_part *part, const uint8_t ident[SHA256_OCTETS],
    const uint8_t core[SHA256_OCTETS], uint64_t octets_claimed, struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message INDEXED BY message_ident WHERE job=? AND ident=? AND core=? AND mailbox=? "
            "AND octets_claimed=? AND state IN (2, 3) LIMIT 1",
            "ihhii", part->job, ident, core, part->mailbox, (int64_t)octets_claimed),
        err);
}

int ledger_ids_of_content(struct ledger *l, int64_t job, const uint8_t fingerprint[SHA256_OCTETS],
    int64_t *ids, size_t cap, size_t *ret_count, struct error *err)
{
    sqlite3_stmt *st =
        ledger_prepare(l, err, "SELECT id FROM message WHERE job=? AND fingerprint=? " BEST_FIRST "LIMIT ?",
            "ihi", job, fingerprint, (int64_t)cap);
    int rc = st ? 0 : -1;
    *ret_count = 0;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        ids[(*ret_count)++] = sqlite3_column_int64(st, 0);
    return rc;
}

int ledger_find_id(struct ledger *l, int64_t id, struct ledger_message *ret, struct error *err)
{
    return find(l, ledger_prepare(l, err, "SELECT " COLUMNS "FROM message WHERE id=?", "i", id), ret, err);
}

int ledger_ident_on_other_content(struct ledger *l, int64_t job, const uint8_t ident[SHA256_OCTETS],
    const uint8_t fingerprint[SHA256_OCTETS], struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err, "SELECT 1 FROM message WHERE job=? AND ident=? AND fingerprint<>? LIMIT 1",
            "ihh", job, ident, fingerprint),
        err);
}

int ledger_owns_uid(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid,
    const uint8_t ident[SHA256_OCTETS], struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message WHERE mailbox=? AND uid=? AND uidvalidity=? AND ident=? LIMIT 1", "iiih",
            mailbox, (int64_t)uid, (int64_t)uidvalidity, ident),
        err);
}

int ledger_explains(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid,
    const uint8_t ident[SHA256_OCTETS], struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message WHERE mailbox=? AND state IN (2, 3) AND "
            "((uid=? AND uidvalidity=?) OR (uid=0 AND ident=?)) LIMIT 1",
            "iiih", mailbox, (int64_t)uid, (int64_t)uidvalidity, ident),
        err);
}

int ledger_reopen_other_validity(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t messages, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET state=0, proof=0 WHERE mailbox=?1 AND state IN (2, 3) AND uidvalidity<>0 AND "
            "uidvalidity<>?2 AND (uid<>0 OR ?3 < (SELECT count(*) FROM message WHERE mailbox=?1 AND state=2))",
            "iii", mailbox, (int64_t)uidvalidity, (int64_t)messages),
        err);
}

int ledger_count_named(struct ledger *l, int64_t job, uint64_t *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT count(*) FROM message WHERE job=? AND state IN (2, 3, 4) AND key IS NOT NULL AND deleted_s=0",
        "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return 0;
}

static int insert(struct ledger *l, int64_t job, struct ledger_message *m, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "INSERT INTO message(job, key, octets_claimed, state) VALUES(?, ?, ?, ?) "
        "ON CONFLICT(job, key) WHERE key IS NOT NULL DO UPDATE SET octets_claimed=excluded.octets_claimed "
        "RETURNING id",
        "itii", job, m->key, (int64_t)m->octets_claimed, (int64_t)m->state);
    if (!st || ledger_begin(l, err) < 0)
        return -1;
    int rc = ledger_step(l, st, err);
    if (rc == 1)
        m->id = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc == 1 ? 0 : -1;
}

static int put_facts(struct ledger *l, const struct ledger_message *m, struct error *err)
{
    const struct mail_facts *f = m->facts;
    uint8_t ident[SHA256_OCTETS];
    identity_of(f, ident);
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET message_id=?, from_=?, subject=?, date_s=?, octets_received=?, "
            "sha256_received=?, ident=?, core=?, fingerprint=?, header=? WHERE id=?",
            "tttiihhhhhi", f->message_id, m->from, m->subject,
            f->date_s == MAIL_NO_DATE ? (int64_t)0 : f->date_s, (int64_t)f->octets, f->sha256, ident, f->core,
            f->fingerprint, f->fields, m->id),
        err);
}

int ledger_put(struct ledger *l, int64_t job, struct ledger_message *m, struct error *err)
{
    if (!m->id && insert(l, job, m, err) < 0)
        return -1;
    sqlite3_stmt *st = ledger_prepare(l, err,
        "UPDATE message SET octets_claimed=?, state=?, octets_sent=?, sha256_sent=?, repairs=?, "
        "internaldate_s=?, date_source=?, seen=?, floor_uidvalidity=?, floor_uid=?, uidvalidity=?, uid=?, "
        "twin=?, reason=?, intended_s=?, mailbox=coalesce(nullif(?, 0), mailbox), quarantine=coalesce(?, quarantine), core_sent=?, "
        "fingerprint_sent=?, header_sent=?, mended=?, broken=iif(?2=6, 0, broken), swallowed=0, built=coalesce(?, built) WHERE id=?",
        "iiihtitiiiiiitiithhhiti", (int64_t)m->octets_claimed, (int64_t)m->state, (int64_t)m->octets_sent,
        m->sha256_sent, m->repairs, m->internaldate_s, m->date_source, (int64_t)m->seen,
        (int64_t)m->floor_uidvalidity, (int64_t)m->floor_uid, (int64_t)m->uidvalidity, (int64_t)m->uid,
        m->twin, m->reason, m->intended_s, m->mailbox, m->quarantine, m->core_sent, m->fingerprint_sent,
        m->header_sent, (int64_t)m->mended, m->built, m->id);
    if (ledger_write(l, st, err) < 0)
        return -1;
    return m->facts ? put_facts(l, m, err) : 0;
}

int ledger_intend(struct ledger *l, int64_t job, struct ledger_message **batch, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        batch[i]->state = LEDGER_INTENT;
        if (ledger_put(l, job, batch[i], err) < 0)
            return -1;
    }
    return ledger_commit(l, err);
}

int ledger_done(struct ledger *l, int64_t id, uint32_t uidvalidity, uint32_t uid, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET state=2, uidvalidity=?, uid=?, reason=NULL, proof=0, broken=0, unseen=1 WHERE id=?",
            "iii", (int64_t)uidvalidity, (int64_t)uid, id),
        err);
}

int ledger_seen(struct ledger *l, struct ledger_part part, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message INDEXED BY message_unseen SET unseen=0 WHERE job=? AND unseen=1 AND mailbox=?",
            "ii", part.job, part.mailbox),
        err);
}

int ledger_each_unseen_mailbox(
    struct ledger *l, int64_t job, ledger_unseen_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT DISTINCT mailbox FROM message INDEXED BY message_unseen "
        "WHERE job=? AND unseen=1 AND state=2 AND mailbox IS NOT NULL",
        "i", job);
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        fn(ctx, sqlite3_column_int64(st, 0));
    return rc;
}

int ledger_doubt_unseen(struct ledger *l, int64_t job, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message INDEXED BY message_unseen SET state=1, proof=0 "
            "WHERE job=? AND unseen=1 AND state=2 AND uid=0",
            "i", job),
        err);
}

int ledger_withdraw(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET state=0, reason=NULL WHERE id=?", "i", id), err);
}

int ledger_in_doubt(struct ledger *l, int64_t id, const char *words, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET reason=? WHERE id=?", "ti", words, id), err);
}

int ledger_missing(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(
            l, err, "UPDATE message SET state=0, uidvalidity=0, uid=0, proof=0 WHERE id=?", "i", id),
        err);
}

int ledger_doubt(struct ledger *l, int64_t id, const char *words, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET doubt=?, proof=0 WHERE id=?", "ti", words, id), err);
}

int ledger_has_doubt(struct ledger *l, int64_t job, struct error *err)
{
    return ledger_exists(l,
        ledger_prepare(l, err,
            "SELECT 1 FROM message WHERE job=? AND doubt IS NOT NULL AND (key IS NOT NULL OR state NOT IN (2, 3)) LIMIT 1",
            "i", job),
        err);
}

int ledger_sizes(struct ledger *l, int64_t job, uint64_t *ret_right, uint64_t *ret_wrong, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(l, err,
        "SELECT count(*) FILTER (WHERE octets_claimed=octets_received), count(*) FROM message WHERE job=? AND "
        "sha256_received IS NOT NULL",
        "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret_right = (uint64_t)sqlite3_column_int64(st, 0);
    *ret_wrong = (uint64_t)sqlite3_column_int64(st, 1) - *ret_right;
    sqlite3_reset(st);
    return 0;
}

int ledger_broke(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET broken=broken+1 WHERE id=?", "i", id), err);
}

int ledger_swallowed(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(l, ledger_prepare(l, err, "UPDATE message SET swallowed=1 WHERE id=?", "i", id), err);
}

int ledger_count_swallowed(struct ledger *l, int64_t job, uint64_t *ret, struct error *err)
{
    sqlite3_stmt *st = ledger_prepare(
        l, err, "SELECT count(*) FROM message WHERE job=? AND state=6 AND swallowed<>0", "i", job);
    if (!st || ledger_step(l, st, err) != 1)
        return -1;
    *ret = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return 0;
}

int ledger_prove(struct ledger *l, int64_t id, enum ledger_proof proof, uint32_t uidvalidity, uint32_t uid,
    int64_t now_s, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET proof=?1, proved_s=?2, uidvalidity=iif(?4, ?3, uidvalidity), uid=iif(?4, ?4, uid) "
            "WHERE id=?5",
            "iiiii", (int64_t)proof, now_s, (int64_t)uidvalidity, (int64_t)uid, id),
        err);
}

int ledger_note_fields(struct ledger *l, int64_t id, const uint8_t header[SHA256_OCTETS], struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err, "UPDATE message SET header=? WHERE id=? AND header IS NULL", "hi", header, id),
        err);
}

int ledger_deleted(struct ledger *l, int64_t id, int64_t now_s, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET deleted_s=? WHERE id=?", "ii", now_s, id), err);
}

int ledger_note_header(struct ledger *l, int64_t job, struct ledger_message *m, struct error *err)
{
    const struct mail_facts *f = m->facts;
    uint8_t ident[SHA256_OCTETS];
    identity_of(f, ident);
    if (!m->id && insert(l, job, m, err) < 0)
        return -1;
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET message_id=?, from_=?, subject=?, date_s=?, ident=?, core=?, internaldate_s=?, "
            "date_source=? WHERE id=?",
            "tttihhiti", f->message_id, m->from, m->subject,
            f->date_s == MAIL_NO_DATE ? (int64_t)0 : f->date_s, ident, f->core, m->internaldate_s,
            m->date_source, m->id),
        err);
}

static int each(struct ledger *l, sqlite3_stmt *st, ledger_row_fn *fn, void *ctx, struct error *err)
{
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1) {
        struct ledger_message m;
        read_row(st, &m);
        if (!fn(ctx, &m))
            break;
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

int ledger_each(struct ledger *l, int64_t mailbox, enum ledger_state state, ledger_row_fn *fn, void *ctx,
    struct error *err)
{
    return each(l,
        ledger_prepare(l, err, "SELECT " COLUMNS "FROM message WHERE mailbox=? AND state=? ORDER BY id", "ii",
            mailbox, (int64_t)state),
        fn, ctx, err);
}

int ledger_each_of_job(
    struct ledger *l, int64_t job, enum ledger_state state, ledger_row_fn *fn, void *ctx, struct error *err)
{
    return each(l,
        ledger_prepare(l, err, "SELECT " COLUMNS "FROM message WHERE job=? AND state=? ORDER BY id", "ii",
            job, (int64_t)state),
        fn, ctx, err);
}

/* st: times and sums, in their order. */
static int each_sent(struct ledger *l, sqlite3_stmt *st, ledger_sent_fn *fn, void *ctx, struct error *err)
{
    int rc = st ? 0 : -1;
    while (st && (rc = ledger_step(l, st, err)) == 1)
        fn(ctx, sqlite3_column_int64(st, 0), (uint64_t)sqlite3_column_int64(st, 1));
    return rc;
}

#define SENT_SINCE "SELECT intended_s, sum(octets_sent) FROM message WHERE intended_s>=? AND job IN "
#define BY_TIME    "GROUP BY intended_s ORDER BY intended_s"

int ledger_each_sent(
    struct ledger *l, int64_t job, int64_t since_s, ledger_sent_fn *fn, void *ctx, struct error *err)
{
    return each_sent(l,
        ledger_prepare(l, err,
            SENT_SINCE
            "(SELECT id FROM job WHERE destination=(SELECT destination FROM job WHERE id=?)) " BY_TIME,
            "ii", since_s, job),
        fn, ctx, err);
}

int ledger_each_sent_to(struct ledger *l, const char *destination, int64_t since_s, ledger_sent_fn *fn,
    void *ctx, struct error *err)
{
    return each_sent(l,
        ledger_prepare(l, err, SENT_SINCE "(SELECT id FROM job WHERE destination=?) " BY_TIME, "it", since_s,
            destination),
        fn, ctx, err);
}

int ledger_each_released(struct ledger *l, int64_t job, ledger_row_fn *fn, void *ctx, struct error *err)
{
    return each(l,
        ledger_prepare(l, err,
            "SELECT " COLUMNS
            "FROM message WHERE job=? AND quarantine IS NOT NULL AND state IN (2, 3, 4) ORDER BY id",
            "i", job),
        fn, ctx, err);
}

int ledger_clear_quarantine(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(
        l, ledger_prepare(l, err, "UPDATE message SET quarantine=NULL WHERE id=?", "i", id), err);
}

int ledger_forget_unread(struct ledger *l, int64_t job, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "DELETE FROM message WHERE job=? AND state=5 AND key IS NULL AND fingerprint IS NULL AND quarantine IS NULL",
            "i", job),
        err);
}

int ledger_note_octets(struct ledger *l, int64_t id, uint64_t octets_claimed, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(
            l, err, "UPDATE message SET octets_claimed=? WHERE id=?", "ii", (int64_t)octets_claimed, id),
        err);
}

int ledger_release_key(struct ledger *l, int64_t id, struct error *err)
{
    return ledger_write(l, ledger_prepare(l, err, "UPDATE message SET key=NULL WHERE id=?", "i", id), err);
}

int ledger_rename(
    struct ledger *l, int64_t id, const char *key, uint64_t octets_claimed, int64_t but_id, struct error *err)
{
    if (but_id &&
        ledger_write(
            l, ledger_prepare(l, err, "DELETE FROM message WHERE id=? AND state=0", "i", but_id), err) < 0)
        return -1;
    return ledger_write(l,
        ledger_prepare(l, err, "UPDATE message SET key=?, octets_claimed=? WHERE id=?", "tii", key,
            (int64_t)octets_claimed, id),
        err);
}

int ledger_reopen_untold(struct ledger *l, int64_t mailbox, int64_t since_s, struct error *err)
{
    return ledger_write(l,
        ledger_prepare(l, err,
            "UPDATE message SET state=0, proof=0 WHERE mailbox=? AND state=2 AND uid=0 AND intended_s>=?",
            "ii", mailbox, since_s),
        err);
}
