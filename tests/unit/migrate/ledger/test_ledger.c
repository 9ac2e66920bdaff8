/* ledger.h: what is put in comes out again, and becomes durable when it should. */
#include "fixture.h"
#include "identity.h"
#include "mem.h"
#include <sys/stat.h>

static void test_round_trip(void)
{
    struct fixture f;
    fixture_begin(&f);
    struct mail_facts facts = fixture_facts(1, "one", "body");
    uint8_t sent[SHA256_OCTETS], core[SHA256_OCTETS], print[SHA256_OCTETS], ident[SHA256_OCTETS];
    memset(sent, 0xa5, sizeof sent);
    memset(core, 0xc0, sizeof core);
    memset(print, 0xf1, sizeof print);
    identity_of(&facts, ident);
    struct ledger_message in = {
        .key = "uidl 1\t2",
        .octets_claimed = UINT64_C(5000000000),
        .state = LEDGER_OPEN,
        .facts = &facts,
        .octets_sent = UINT64_C(5000000001),
        .sha256_sent = sent,
        .from = "\xe5\xa4\xaa\xe9\x83\x8e",
        .subject = "quotes ' \" and ; --",
        .repairs = "1 bare LF",
        .internaldate_s = -86400,
        .date_source = "received",
        .seen = true,
        .floor_uidvalidity = UINT32_MAX,
        .floor_uid = UINT32_MAX - 1,
        .intended_s = 1700000000,
        .uidvalidity = UINT32_MAX - 2,
        .uid = UINT32_MAX - 3,
        .twin = 77,
        .reason = "NO [X] words",
        .mailbox = fixture_mailbox(&f),
        .quarantine = "quarantine/cur/1:2,",
        .core_sent = core,
        .fingerprint_sent = print,
    };
    CHECK_INT(ledger_put(f.ledger, f.job, &in, NULL), 0);
    fixture_reopen(&f);
    struct ledger_message out;
    CHECK_INT(ledger_find_key(f.ledger, f.job, "uidl 1\t2", &out, NULL), 1);
    CHECK_INT(out.id, in.id);
    CHECK_STR(out.key, in.key);
    CHECK_INT(out.octets_claimed, in.octets_claimed);
    CHECK_INT(out.state, LEDGER_OPEN);
    CHECK_INT(out.octets_sent, in.octets_sent);
    CHECK(out.sha256_sent && !memcmp(out.sha256_sent, sent, sizeof sent));
    CHECK_STR(out.from, in.from);
    CHECK_STR(out.subject, in.subject);
    CHECK_STR(out.message_id, facts.message_id);
    CHECK_STR(out.repairs, in.repairs);
    CHECK_INT(out.internaldate_s, -86400);
    CHECK_STR(out.date_source, "received");
    CHECK(out.seen);
    CHECK_INT(out.floor_uidvalidity, UINT32_MAX);
    CHECK_INT(out.floor_uid, UINT32_MAX - 1);
    CHECK_INT(out.intended_s, 1700000000);
    CHECK_INT(out.uidvalidity, UINT32_MAX - 2);
    CHECK_INT(out.uid, UINT32_MAX - 3);
    CHECK_INT(out.twin, 77);
    CHECK_STR(out.reason, in.reason);
    CHECK_INT(out.mailbox, f.mailbox);
    CHECK_STR(out.quarantine, in.quarantine);
    CHECK_INT(out.broken, 0);
    CHECK_INT(out.proof, LEDGER_UNPROVED);
    CHECK_INT(out.proved_s, 0);
    CHECK_INT(out.deleted_s, 0);
    CHECK(out.core_sent && !memcmp(out.core_sent, core, sizeof core));
    CHECK(out.fingerprint_sent && !memcmp(out.fingerprint_sent, print, sizeof print));
    CHECK(out.sha256_received && !memcmp(out.sha256_received, facts.sha256, SHA256_OCTETS));
    CHECK_INT(out.octets_received, facts.octets);
    CHECK(!memcmp(out.fingerprint, facts.fingerprint, SHA256_OCTETS));
    CHECK(!memcmp(out.core, facts.core, SHA256_OCTETS));
    CHECK(!memcmp(out.ident, ident, SHA256_OCTETS));
    mail_facts_done(&facts);
    fixture_end(&f);
}

static void test_keys(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    int64_t other = ledger_job(f.ledger, "taro@pop.example.jp", "taro@imap.example.com", "Archive", NULL);
    CHECK(other > 0 && other != f.job);
    CHECK_INT(ledger_job(f.ledger, "taro@pop.example.jp", "taro@imap.example.com", "INBOX", NULL), f.job);
    int64_t a = fixture_put(&f, "a", LEDGER_OPEN, NULL);
    CHECK_INT(ledger_find_key(f.ledger, f.job, "b", &m, NULL), 0);
    CHECK_INT(ledger_find_key(f.ledger, f.job, "A", &m, NULL), 0);
    CHECK_INT(ledger_find_key(f.ledger, other, "a", &m, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, a, &m, NULL), 1);
    CHECK_STR(m.key, "a");
    CHECK_INT(ledger_find_id(f.ledger, a + 1, &m, NULL), 0);
    CHECK_INT(fixture_put(&f, "a", LEDGER_PRESENT, NULL), a); /* the same key: the same row */
    CHECK_INT(fixture_state(f.ledger, f.job, "a"), LEDGER_PRESENT);
    int64_t no_key = fixture_put(&f, NULL, LEDGER_OPEN, NULL);
    CHECK(fixture_put(&f, NULL, LEDGER_OPEN, NULL) != no_key); /* none has none in common */
    struct ledger_message again = {.id = no_key, .octets_claimed = 7, .state = LEDGER_REFUSED, .reason = "x"};
    CHECK_INT(ledger_put(f.ledger, f.job, &again, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, no_key, &m, NULL), 1);
    CHECK_INT(m.state, LEDGER_REFUSED);
    CHECK_INT(m.octets_claimed, 7);
    CHECK(m.key == NULL);
    fixture_end(&f);
}

/* A later put without facts leaves those that are there; and one without a mailbox leaves that. What was sent
 * is as the last put says. */
static void test_facts_stay(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    struct mail_facts facts = fixture_facts(1, "one", "body");
    const uint8_t sent[SHA256_OCTETS] = {1};
    struct ledger_message first = {.key = "a",
        .octets_claimed = 100,
        .facts = &facts,
        .mailbox = fixture_mailbox(&f),
        .core_sent = sent,
        .fingerprint_sent = sent};
    CHECK_INT(ledger_put(f.ledger, f.job, &first, NULL), 0);
    int64_t id = first.id, inbox = f.mailbox;
    f.mailbox = 0;
    CHECK_INT(fixture_put(&f, "a", LEDGER_REFUSED, NULL), id);
    CHECK_INT(ledger_find_content(f.ledger, f.job, facts.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, id);
    CHECK_INT(m.state, LEDGER_REFUSED);
    CHECK_STR(m.message_id, facts.message_id);
    CHECK_INT(m.mailbox, inbox);
    CHECK(m.core_sent == NULL && m.fingerprint_sent == NULL);
    CHECK(m.sha256_received && !memcmp(m.sha256_received, facts.sha256, SHA256_OCTETS));
    mail_facts_done(&facts);
    fixture_end(&f);
}

static void test_content(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts one = fixture_facts(1, "one", "body"), two = fixture_facts(1, "one", "other body");
    uint8_t ident[SHA256_OCTETS];
    identity_of(&one, ident);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 0);
    int64_t refused = fixture_put(&f, "a", LEDGER_REFUSED, &one);
    CHECK_INT(ledger_ident_on_other_content(f.ledger, f.job, ident, one.fingerprint, NULL), 0);
    CHECK_INT(ledger_ident_on_other_content(f.ledger, f.job, ident, two.fingerprint, NULL), 1);
    CHECK_INT(ledger_find_content(f.ledger, f.job, two.fingerprint, &m, NULL), 0);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, refused);
    int64_t intent = fixture_put(&f, "b", LEDGER_INTENT, &one);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, intent);
    int64_t present = fixture_put(&f, "c", LEDGER_PRESENT, &one);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, present);
    int64_t done = fixture_put(&f, "d", LEDGER_DONE, &one);
    fixture_put(&f, "e", LEDGER_DONE, &two);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, done);
    CHECK_INT(ledger_ident_on_other_content(f.ledger, f.job, ident, one.fingerprint, NULL), 1);
    CHECK_INT(ledger_find_content(f.ledger, f.job + 1, one.fingerprint, &m, NULL), 0);

    /* A UID is ours only with the identity it was told for. */
    uint8_t other[SHA256_OCTETS] = {1};
    CHECK_INT(ledger_done(f.ledger, done, 1111, 42, NULL), 0);
    CHECK_INT(ledger_owns_uid(f.ledger, f.mailbox, 1111, 42, ident, NULL), 1);
    CHECK_INT(ledger_owns_uid(f.ledger, f.mailbox, 1112, 42, ident, NULL), 0);
    CHECK_INT(ledger_owns_uid(f.ledger, f.mailbox, 1111, 43, ident, NULL), 0);
    CHECK_INT(ledger_owns_uid(f.ledger, f.mailbox, 1111, 42, other, NULL), 0);

    /* The mailbox was made anew: what stood there under the old UIDVALIDITY is open again. */
    CHECK_INT(ledger_reopen_other_validity(f.ledger, f.mailbox, 1111, 100, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, done, &m, NULL), 1);
    CHECK_INT(m.state, LEDGER_DONE);
    CHECK_INT(ledger_reopen_other_validity(f.ledger, f.mailbox, 2222, 100, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, done, &m, NULL), 1);
    CHECK_INT(m.state, LEDGER_OPEN);
    mail_facts_done(&one);
    mail_facts_done(&two);
    fixture_end(&f);
}

static void test_states(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    int64_t a = fixture_put(&f, "a", LEDGER_REFUSED, NULL);
    struct ledger_message refused = {.id = a, .octets_claimed = 100, .state = LEDGER_REFUSED, .reason = "NO"};
    CHECK_INT(ledger_put(f.ledger, f.job, &refused, NULL), 0);
    CHECK_INT(ledger_done(f.ledger, a, 1111, 42, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, a, &m, NULL), 1);
    CHECK_INT(m.state, LEDGER_DONE);
    CHECK_INT(m.uidvalidity, 1111);
    CHECK_INT(m.uid, 42);
    CHECK(m.reason == NULL);
    int64_t b = fixture_put(&f, "b", LEDGER_INTENT, NULL);
    CHECK_INT(ledger_withdraw(f.ledger, b, NULL), 0);
    CHECK_INT(fixture_state(f.ledger, f.job, "b"), LEDGER_OPEN);
    CHECK_INT(ledger_note_octets(f.ledger, b, 4711, NULL), 0);
    CHECK_INT(ledger_find_id(f.ledger, b, &m, NULL), 1);
    CHECK_INT(m.octets_claimed, 4711);
    CHECK_INT(m.state, LEDGER_OPEN);
    static const char *const names[] = {
        "open", "on-its-way", "done", "present", "duplicate", "refused", "quarantined", "not-mail"};
    for (int i = 0; i < LEDGER_STATES; i++)
        CHECK_STR(ledger_state_name((enum ledger_state)i), names[i]);
    static const char *const proofs[] = {"none", "count", "headers", "structure", "body", "content", "exact"};
    for (int i = LEDGER_UNPROVED; i < LEDGER_PROOFS; i++)
        CHECK_STR(ledger_proof_name((enum ledger_proof)i), proofs[i]);
    fixture_end(&f);
}

/* The key goes to other content; the old row is still found by its own. */
static void test_release_key(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    struct mail_facts one = fixture_facts(1, "one", "x"), two = fixture_facts(2, "two", "y");
    int64_t old = fixture_put(&f, "a", LEDGER_DONE, &one);
    CHECK_INT(ledger_release_key(f.ledger, old, NULL), 0);
    CHECK_INT(fixture_state(f.ledger, f.job, "a"), -1);
    int64_t now = fixture_put(&f, "a", LEDGER_OPEN, &two);
    CHECK(now != old);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, old);
    CHECK(m.key == NULL);
    CHECK_INT(m.state, LEDGER_DONE);
    CHECK_INT(ledger_find_key(f.ledger, f.job, "a", &m, NULL), 1);
    CHECK_INT(m.id, now);
    mail_facts_done(&one);
    mail_facts_done(&two);
    fixture_end(&f);
}

struct listing {
    char keys[64];
    unsigned max;
};

static bool list_row(void *ctx, const struct ledger_message *m)
{
    struct listing *l = ctx;
    strncat(l->keys, m->key, sizeof l->keys - strlen(l->keys) - 1);
    return strlen(l->keys) < l->max;
}

static const char *listed(struct fixture *f, enum ledger_state state, unsigned max)
{
    static struct listing l;
    l = (struct listing){.max = max};
    CHECK_INT(ledger_each(f->ledger, f->mailbox, state, list_row, &l, NULL), 0);
    return l.keys;
}

static const char *listed_of_job(struct fixture *f, int64_t job, enum ledger_state state)
{
    static struct listing l;
    l = (struct listing){.max = 99};
    CHECK_INT(ledger_each_of_job(f->ledger, job, state, list_row, &l, NULL), 0);
    return l.keys;
}

static void test_each(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_put(&f, "n", LEDGER_INTENT, NULL); /* in no mailbox */
    int64_t inbox = fixture_mailbox(&f), archive = ledger_mailbox(f.ledger, f.job, "Archive", NULL);
    fixture_put(&f, "c", LEDGER_INTENT, NULL);
    fixture_put(&f, "x", LEDGER_DONE, NULL);
    fixture_put(&f, "a", LEDGER_INTENT, NULL);
    f.mailbox = archive;
    fixture_put(&f, "z", LEDGER_INTENT, NULL);
    f.mailbox = inbox;
    fixture_put(&f, "b", LEDGER_INTENT, NULL);
    CHECK_STR(listed(&f, LEDGER_INTENT, 99), "cab");
    CHECK_STR(listed(&f, LEDGER_INTENT, 2), "ca");
    CHECK_STR(listed(&f, LEDGER_DONE, 99), "x");
    CHECK_STR(listed(&f, LEDGER_PRESENT, 99), "");
    CHECK_STR(listed_of_job(&f, f.job, LEDGER_INTENT), "ncazb");
    CHECK_STR(listed_of_job(&f, f.job, LEDGER_QUARANTINED), "");
    CHECK_STR(listed_of_job(&f, f.job + 1, LEDGER_INTENT), "");
    f.mailbox = archive;
    CHECK_STR(listed(&f, LEDGER_INTENT, 99), "z");
    CHECK_INT(ledger_commit(f.ledger, NULL), 0); /* also after a walk that was broken off */
    fixture_end(&f);
}

/* ---- durability, as another process would see it ---- */
static void test_visible(void)
{
    struct fixture f;
    fixture_begin(&f);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    struct ledger *reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    fixture_put(&f, "lazy", LEDGER_PRESENT, NULL);
    CHECK_INT(fixture_state(f.ledger, f.job, "lazy"), LEDGER_PRESENT);
    CHECK_INT(fixture_state(reader, f.job, "lazy"), -1);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    CHECK_INT(fixture_state(reader, f.job, "lazy"), LEDGER_PRESENT);
    struct ledger_message a = {.key = "a", .octets_claimed = 1, .floor_uidvalidity = 9, .floor_uid = 5},
                          b = {.key = "b", .octets_claimed = 2};
    struct ledger_message *batch[] = {&a, &b};
    fixture_put(&f, "with it", LEDGER_OPEN, NULL);
    CHECK_INT(ledger_intend(f.ledger, f.job, batch, 2, NULL), 0);
    CHECK_INT(fixture_state(reader, f.job, "a"), LEDGER_INTENT);
    CHECK_INT(fixture_state(reader, f.job, "b"), LEDGER_INTENT);
    CHECK_INT(fixture_state(reader, f.job, "with it"), LEDGER_OPEN);
    CHECK(a.id > 0 && b.id > 0 && a.id != b.id);
    CHECK_INT(a.state, LEDGER_INTENT);
    CHECK_INT(ledger_done(f.ledger, a.id, 9, 5, NULL), 0);
    CHECK_INT(fixture_state(reader, f.job, "a"), LEDGER_INTENT);
    CHECK_INT(ledger_intend(f.ledger, f.job, batch + 1, 1, NULL), 0);
    CHECK_INT(fixture_state(reader, f.job, "a"), LEDGER_DONE);
    fixture_put(&f, "last", LEDGER_OPEN, NULL);
    ledger_close(f.ledger); /* closing commits */
    f.ledger = NULL;
    CHECK_INT(fixture_state(reader, f.job, "last"), LEDGER_OPEN);
    ledger_close(reader);
    fixture_end(&f);
}

/* ---- opening ---- */
static void test_folder(void)
{
    char root[TEMP_DIR_MAX];
    temp_dir_make(root);
    char *dir CLEANUP(mem_free_str) = mem_printf("%s/customer/work", root);
    struct stat st;
    struct error err = {0};
    CHECK(ledger_open(dir, LEDGER_READ, &err) == NULL);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, dir) != NULL);
    CHECK(stat(dir, &st) < 0); /* reading makes nothing */
    mode_t old = umask(0);
    struct ledger *l = ledger_open(dir, LEDGER_WRITE, NULL);
    umask(old);
    CHECK(l != NULL);
    CHECK_INT(stat(dir, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0700);
    ledger_close(l);
    ledger_close(NULL);
    temp_dir_remove(root);
}

static void test_lock(void)
{
    struct fixture f;
    struct error err = {0};
    fixture_begin(&f);
    CHECK(ledger_open(f.dir, LEDGER_WRITE, &err) == NULL);
    CHECK_INT(err.code, ERROR_LOCKED);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    CHECK(strstr(err.text, f.dir) != NULL);
    fixture_put(&f, "a", LEDGER_DONE, NULL); /* with a transaction open */
    struct ledger *reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    ledger_close(reader);
    CHECK_INT(fixture_state(f.ledger, f.job, "a"), LEDGER_DONE);
    fixture_reopen(&f); /* the lock goes with the ledger */
    fixture_end(&f);
}

/* ---- status ---- */
struct jobs {
    unsigned count, max;
    struct ledger_job_row row[4];
    char words[4][128];
};

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct jobs *j = ctx;
    snprintf(j->words[j->count], sizeof j->words[0], "%s>%s/%s:%s:%s", row->source, row->destination,
        row->folder, row->run_command, row->run_words);
    j->row[j->count++] = *row;
    return j->count < j->max;
}

static void test_each_job(void)
{
    struct fixture f;
    struct jobs jobs = {.max = 4};
    fixture_begin(&f);
    int64_t other = ledger_job(f.ledger, "a", "b", "c", NULL);
    for (int i = 0; i < LEDGER_STATES; i++) {
        char key[8];
        struct ledger_message m = {
            .key = key, .octets_claimed = 1000, .octets_sent = 1001, .state = (enum ledger_state)i};
        for (int k = 0; k <= i; k++) {
            snprintf(key, sizeof key, "%d-%d", i, k);
            m.id = 0;
            CHECK_INT(ledger_put(f.ledger, f.job, &m, NULL), 0);
        }
    }
    int64_t first = ledger_run_begin(f.ledger, f.job, "migrate", 1000, NULL);
    CHECK_INT(ledger_run_end(f.ledger, first, 1010, 4, ERROR_NONE, "lost", NULL), 0);
    int64_t second = ledger_run_begin(f.ledger, f.job, "migrate", 2000, NULL);
    CHECK(second > first);
    CHECK_INT(ledger_each_job(f.ledger, on_job, &jobs, NULL), 0);
    CHECK_INT(jobs.count, 2);
    CHECK_STR(jobs.words[0], "taro@pop.example.jp>taro@imap.example.com/INBOX:migrate:");
    CHECK_STR(jobs.words[1], "a>b/c::");
    CHECK_INT(jobs.row[1].id, other);
    for (int i = 0; i < LEDGER_STATES; i++) {
        CHECK_INT(jobs.row[0].count[i], i + 1);
        CHECK_INT(jobs.row[1].count[i], 0);
    }
    CHECK_INT(jobs.row[0].octets_copied, 3000);
    CHECK_INT(jobs.row[0].run_started_s, 2000);
    CHECK_INT(jobs.row[0].run_ended_s, 0);
    CHECK_INT(jobs.row[1].run_started_s, 0);
    CHECK_INT(ledger_run_end(f.ledger, second, 2010, 1, ERROR_NONE, "2 copied", NULL), 0);
    jobs = (struct jobs){.max = 1};
    CHECK_INT(ledger_each_job(f.ledger, on_job, &jobs, NULL), 0);
    CHECK_INT(jobs.count, 1);
    CHECK_INT(jobs.row[0].run_ended_s, 2010);
    CHECK_INT(jobs.row[0].run_exit_code, 1);
    CHECK_STR(strrchr(jobs.words[0], ':'), ":2 copied");
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"round trip", test_round_trip},
        {"keys", test_keys},
        {"facts stay", test_facts_stay},
        {"content", test_content},
        {"states", test_states},
        {"release a key", test_release_key},
        {"each", test_each},
        {"visible to others", test_visible},
        {"folder", test_folder},
        {"lock", test_lock},
        {"each job", test_each_job},
    };
    return check_main("ledger", tests, sizeof tests / sizeof *tests);
}
