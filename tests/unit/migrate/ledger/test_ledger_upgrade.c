/* ledger.h: a ledger made by the first version of popferry is brought up to date when it is opened for
 * writing: all of it or nothing, and every row stays what it was. */
#include "crash.h"
#include "fixture.h"
#include "identity.h"
#include "ledger_late.h"
#include "ledger_learned.h"
#include "ledger_schema.h"
#include "ledger_source.h"
#include "mem.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS   700 /* of the first job: 100 in each of the six states of version 1, and 100 without a key */
#define STATES 6

static void sql(sqlite3 *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", text, why);
        exit(EXIT_FAILURE);
    }
}

/* Digests that tell which row and column they belong to. */
static void digest_of(unsigned n, char column, uint8_t ret[SHA256_OCTETS])
{
    memset(ret, column, SHA256_OCTETS);
    memcpy(ret, &n, sizeof n);
}

static void bind_digest(sqlite3_stmt *st, int at, unsigned n, char column)
{
    uint8_t digest[SHA256_OCTETS];
    digest_of(n, column, digest);
    sqlite3_bind_blob(st, at, digest, sizeof digest, SQLITE_TRANSIENT);
}

static void insert_messages(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    CHECK_INT(
        sqlite3_prepare_v2(db,
            "INSERT INTO message VALUES(?1, 1, iif(?1 > 600, NULL, 'key ' || ?1), ?1 + 1000, ?2, "
            "'<' || ?1 || '@x>', 'taro', '件名 ' || ?1, 1700000000, ?1 + 900, ?1 + 901, ?3, ?4, ?5, ?6, "
            "?7, '1 bare LF', 1700000001, 'received', 1, 7, 50, 1700000002, 7, ?1 + 100, "
            "iif(?2 = 4, 201, 0), iif(?2 = 5, 'NO words', NULL))",
            -1, &st, NULL),
        SQLITE_OK);
    for (unsigned n = 1; n <= ROWS; n++) {
        sqlite3_bind_int(st, 1, (int)n);
        sqlite3_bind_int(st, 2, (int)((n - 1) / 100 % STATES));
        for (int column = 0; column < 5; column++)
            bind_digest(st, 3 + column, n, "rsicf"[column]);
        CHECK_INT(sqlite3_step(st), SQLITE_DONE);
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
}

/* A work folder as version 1 left it: two jobs over one source, runs, and an index of the destination. */
static void make_version_1(const char *dir)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    sqlite3 *db = NULL;
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    sql(db, "PRAGMA journal_mode=WAL; BEGIN");
    sql(db, ledger_schema[0]);
    sql(db, "INSERT INTO job VALUES(1, 'taro@pop.example.jp', 'taro@imap.example.com', 'INBOX', 7);"
            "INSERT INTO job VALUES(2, 'taro@pop.example.jp', 'taro@imap.example.com', '旧メール/2019', 8);"
            "INSERT INTO run VALUES(1, 1, 'migrate', 1000, 1010, 4, 'lost');"
            "INSERT INTO run VALUES(2, 1, 'migrate', 2000, NULL, NULL, NULL);"
            "INSERT INTO dest SELECT 1, 5, 100, zeroblob(32), zeroblob(32), NULL;");
    insert_messages(db);
    sql(db, "INSERT INTO message(id, job, key, octets_claimed, state, uidvalidity, uid) "
            "VALUES(1001, 2, 'key 1', 1001, 2, 8, 101);"
            "PRAGMA user_version=1; COMMIT");
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static bool hash_is(const uint8_t *hash, unsigned n, char column)
{
    uint8_t digest[SHA256_OCTETS];
    digest_of(n, column, digest);
    return hash && !memcmp(hash, digest, SHA256_OCTETS);
}

static void check_row(const struct ledger_message *m, unsigned n)
{
    char text[64];
    snprintf(text, sizeof text, "<%u@x>", n);
    CHECK_STR(m->message_id, text);
    snprintf(text, sizeof text, "件名 %u", n);
    CHECK_STR(m->subject, text);
    CHECK_STR(m->from, "taro");
    snprintf(text, sizeof text, "key %u", n);
    CHECK_STR(m->key, n > 600 ? NULL : text);
    CHECK_INT(m->octets_claimed, n + 1000);
    CHECK_INT(m->octets_received, n + 900);
    CHECK_INT(m->octets_sent, n + 901);
    CHECK_INT(m->state, (n - 1) / 100 % STATES);
    CHECK(hash_is(m->sha256_received, n, 'r') && hash_is(m->sha256_sent, n, 's'));
    CHECK(hash_is(m->ident, n, 'i') && hash_is(m->core, n, 'c') && hash_is(m->fingerprint, n, 'f'));
    CHECK_STR(m->repairs, "1 bare LF");
    CHECK_INT(m->internaldate_s, 1700000001);
    CHECK_STR(m->date_source, "received");
    CHECK(m->seen);
    CHECK_INT(m->floor_uidvalidity, 7);
    CHECK_INT(m->floor_uid, 50);
    CHECK_INT(m->intended_s, 1700000002);
    CHECK_INT(m->uidvalidity, 7);
    CHECK_INT(m->uid, n + 100);
    CHECK_INT(m->twin, m->state == LEDGER_DUPLICATE ? 201 : 0);
    CHECK_STR(m->reason, m->state == LEDGER_REFUSED ? "NO words" : NULL);
    CHECK(!m->core_sent && !m->fingerprint_sent && !m->quarantine);
    CHECK(!m->broken && m->proof == LEDGER_UNPROVED && !m->proved_s && !m->deleted_s);
}

/* All rows, in the mailboxes of their jobs; the index is to be read anew. */
static void check_content(struct ledger *l)
{
    struct ledger_message m;
    uint32_t *uids = NULL;
    size_t count = 0;
    int64_t job = ledger_job(l, "taro@pop.example.jp", "taro@imap.example.com", "INBOX", NULL);
    int64_t other = ledger_job(l, "taro@pop.example.jp", "taro@imap.example.com", "旧メール/2019", NULL);
    int64_t inbox = ledger_mailbox(l, job, "INBOX", NULL);
    int64_t old = ledger_mailbox(l, other, "旧メール/2019", NULL);
    CHECK(job == 1 && other == 2 && inbox > 0 && old > 0 && inbox != old);
    for (unsigned n = 1; n <= ROWS; n++) {
        CHECK_LABEL("row %u", n);
        CHECK_INT(ledger_find_id(l, n, &m, NULL), 1);
        CHECK_INT(m.mailbox, inbox);
        check_row(&m, n);
    }
    CHECK_LABEL("the other job");
    CHECK_INT(ledger_find_key(l, other, "key 1", &m, NULL), 1);
    CHECK_INT(m.id, 1001);
    CHECK_INT(m.mailbox, old);
    CHECK_INT(m.state, LEDGER_DONE);
    CHECK_INT(ledger_index_any(l, inbox, NULL), 0);
    CHECK_INT(ledger_known_uids(l, inbox, 7, &uids, &count, NULL), 0);
    CHECK_INT(count, ROWS);
    free(uids);
    CHECK_LABEL("nothing is expected late");
    uint64_t doubled = 1;
    CHECK_INT(ledger_count_doubled(l, job, &doubled, NULL), 0);
    CHECK_INT(doubled, 0);
    CHECK_LABEL("nothing was learned");
    int64_t at_s = 1;
    CHECK_INT(ledger_learned(l, "taro@pop.example.jp", LEDGER_SIGNED_IN, &at_s, NULL), 0);
    CHECK_INT(at_s, 0);
    CHECK_LABEL("the index begins anew");
    CHECK_INT(ledger_index_begin(l, inbox, 7, NULL), 0);
    CHECK_INT(ledger_index_any(l, inbox, NULL), 0);
}

/* What version 2 took for proved without having seen all of the header, is to be proved anew. */
static void test_proofs(void)
{
    static const struct {
        int state, proof;
        enum ledger_proof now;
    } rows[] = {{2, 5, LEDGER_PROOF_EXACT}, {2, 4, LEDGER_UNPROVED}, {3, 4, LEDGER_UNPROVED},
        {4, 5, LEDGER_UNPROVED}, {4, 3, LEDGER_PROOF_STRUCTURE}, {2, 3, LEDGER_PROOF_STRUCTURE},
        {2, 1, LEDGER_PROOF_COUNT}, {2, 0, LEDGER_UNPROVED}};
    char dir[TEMP_DIR_MAX];
    CHECK_LABEL("version 2");
    temp_dir_make(dir);
    make_version_1(dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", dir);
    sqlite3 *db = NULL;
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    sql(db, ledger_schema[1]);
    sql(db, "PRAGMA user_version=2; UPDATE message SET proved_s=9");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *set CLEANUP(mem_free_str) = mem_printf(
            "UPDATE message SET state=%d, proof=%d WHERE id=%zu", rows[i].state, rows[i].proof, i + 1);
        sql(db, set);
    }
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    CHECK(l != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_message m;
        CHECK_LABEL("row %zu", i);
        CHECK_INT(ledger_find_id(l, (int64_t)i + 1, &m, NULL), 1);
        CHECK_INT(m.proof, rows[i].now);
        static const uint8_t unknown[SHA256_OCTETS];
        CHECK(!memcmp(m.header, unknown, SHA256_OCTETS) && !m.header_sent && !m.mended);
    }
    ledger_close(l);
    temp_dir_remove(dir);
}

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct ledger_job_row *ret = ctx;
    ret[row->id - 1] = *row;
    return row->id < 2;
}

/* It was not recorded what was left: so nothing may be taken to be complete. */
static bool on_last_run(void *ctx, const struct ledger_last_run *row)
{
    (void)ctx;
    CHECK(row->partial);
    return true;
}

static void check_left_unknown(struct ledger *l)
{
    struct ledger_source s = {.known = true};
    CHECK_INT(ledger_source_read(l, 1, &s, NULL), 0);
    CHECK(!s.known && !s.ended && !s.all.messages);
    CHECK_INT(ledger_each_last_run(l, on_last_run, NULL, NULL), 0);
}

/* ---- the cases ---- */
static void test_write(void)
{
    struct fixture f = {0};
    struct ledger_job_row jobs[2] = {0};
    temp_dir_make(f.dir);
    make_version_1(f.dir);
    f.ledger = ledger_open(f.dir, LEDGER_WRITE, NULL);
    CHECK(f.ledger != NULL);
    check_content(f.ledger);
    CHECK_LABEL("status");
    CHECK_INT(ledger_each_job(f.ledger, on_job, jobs, NULL), 0);
    CHECK_INT(jobs[0].count[LEDGER_DONE], 100);
    CHECK_INT(jobs[0].count[LEDGER_OPEN], 200);
    CHECK_INT(jobs[0].run_started_s, 2000);
    CHECK_INT(jobs[1].count[LEDGER_DONE], 1);
    check_left_unknown(f.ledger);
    fixture_reopen(&f); /* once and for all */
    check_content(f.ledger);
    f.mailbox = ledger_mailbox(f.ledger, f.job, "INBOX", NULL);
    CHECK_LABEL("work goes on");
    CHECK_INT(ledger_done(f.ledger, fixture_put(&f, "key 1", LEDGER_QUARANTINED, NULL), 7, 2000, NULL), 0);
    CHECK_INT(fixture_state(f.ledger, f.job, "key 1"), LEDGER_DONE);
    CHECK_INT(ledger_learn(f.ledger, "taro@pop.example.jp", LEDGER_NO_CAPA, 5, NULL), 0);
    CHECK_INT(ledger_learn(f.ledger, "taro@pop.example.jp", LEDGER_NO_CAPA, 6, NULL), 0);
    fixture_reopen(&f);
    int64_t at_s = 0;
    CHECK_INT(ledger_learned(f.ledger, "taro@pop.example.jp", LEDGER_NO_CAPA, &at_s, NULL), 0);
    CHECK_INT(at_s, 6);
    CHECK_INT(ledger_learned(f.ledger, "taro@pop.example.jp", LEDGER_SIGNED_IN, &at_s, NULL), 0);
    CHECK_INT(at_s, 0);
    fixture_end(&f);
}

/* Reading changes nothing, and says what to do. */
static void test_read(void)
{
    char dir[TEMP_DIR_MAX];
    struct error err = {0};
    CHECK_LABEL("read");
    temp_dir_make(dir);
    make_version_1(dir);
    CHECK(ledger_open(dir, LEDGER_READ, &err) == NULL);
    CHECK_INT(err.code, ERROR_LEDGER);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    CHECK(strstr(err.text, dir) != NULL);
    CHECK(strstr(err.text, "version 1") != NULL);
    CHECK(strstr(err.text, "popferry plan") != NULL);
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    CHECK(l != NULL);
    check_content(l);
    ledger_close(l);
    l = ledger_open(dir, LEDGER_READ, &err);
    CHECK(l != NULL);
    ledger_close(l);
    temp_dir_remove(dir);
}

/* A file that has nothing in it is a new ledger, not an old one. */
static void test_empty_file(void)
{
    struct fixture f = {0};
    CHECK_LABEL("empty file");
    temp_dir_make(f.dir);
    FILE *file = fopen(fixture_path(&f, "ledger.sqlite"), "w");
    CHECK(file != NULL && fclose(file) == 0);
    fixture_reopen(&f);
    fixture_mailbox(&f);
    fixture_put(&f, "a", LEDGER_DONE, NULL);
    fixture_end(&f);
}

static void try_within(const char *dir, rlim_t octets)
{
    struct rlimit limit;
    struct error err = {0};
    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
        _exit(2);
    limit.rlim_cur = octets;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        _exit(2);
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, &err);
    ledger_close(l);
    _exit(l ? 0 : err.code == ERROR_DISK ? 1 : 3);
}

static int within(const char *dir, rlim_t octets)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        try_within(dir, octets);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* No room, however far it came: what is there stays whole, and with room it goes on. */
static void test_no_room(void)
{
    unsigned failed = 0, kept = 0;
    for (rlim_t octets = 32 * 1024; octets < 2048 * 1024; octets += octets / 3) {
        char dir[TEMP_DIR_MAX];
        temp_dir_make(dir);
        make_version_1(dir);
        CHECK_LABEL("%lu octets", (unsigned long)octets);
        int rc = within(dir, octets);
        CHECK(rc == 0 || rc == 1);
        failed += rc == 1;
        kept += rc == 0;
        struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
        CHECK(l != NULL);
        if (l)
            check_content(l);
        ledger_close(l);
        temp_dir_remove(dir);
    }
    CHECK_LABEL("no room");
    CHECK(failed > 2 && kept > 0);
}

#ifdef POPFERRY_CRASH_POINTS
static void open_and_work(const char *dir)
{
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    int64_t job = l ? ledger_job(l, "taro@pop.example.jp", "taro@imap.example.com", "INBOX", NULL) : -1;
    _exit(job > 0 && ledger_run_begin(l, job, "migrate", 3000, NULL) > 0 ? 0 : 1);
}

/* Killed at every crash point, then opened again. */
static void test_killed(void)
{
    for (unsigned long n = 1;; n++) {
        char dir[TEMP_DIR_MAX];
        int status = 0;
        temp_dir_make(dir);
        make_version_1(dir);
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            crash_arm(n);
            open_and_work(dir);
        }
        CHECK_LABEL("crash point %lu", n);
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
        CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
        CHECK(l != NULL);
        if (l)
            check_content(l);
        ledger_close(l);
        temp_dir_remove(dir);
        if (!WIFSIGNALED(status)) {
            CHECK(n > 3); /* before the step, before and after the commit */
            break;
        }
    }
}
#endif

int main(void)
{
    static const struct check_test tests[] = {
        {"opened for writing", test_write},
        {"proofs", test_proofs},
        {"opened for reading", test_read},
        {"an empty file", test_empty_file},
        {"no room", test_no_room},
#ifdef POPFERRY_CRASH_POINTS
        {"killed", test_killed},
#endif
    };
    return check_main("ledger upgrade", tests, sizeof tests / sizeof *tests);
}
