/* ledger.h: the mailboxes of a job, and what befalls a row in its life: its header alone, broken connections,
 * proof, deletion. */
#include "fixture.h"
#include "identity.h"
#include "ledger_late.h"
#include "mem.h"

static struct ledger_message row(struct fixture *f, int64_t id)
{
    struct ledger_message m = {0};
    CHECK_INT(ledger_find_id(f->ledger, id, &m, NULL), 1);
    return m;
}

/* ---- mailboxes ---- */
static bool add_name(void *ctx, int64_t id, const char *name)
{
    char *text = ctx;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%" PRId64 "=%s;", id, name);
    return strcmp(name, "B") != 0;
}

static void test_mailboxes(void)
{
    struct fixture f;
    char names[256] = "", expected[256], none[256] = "";
    fixture_begin(&f);
    int64_t other_job = ledger_job(f.ledger, "a", "b", "c", NULL);
    int64_t z = ledger_mailbox(f.ledger, f.job, "Z", NULL), b = ledger_mailbox(f.ledger, f.job, "B", NULL);
    int64_t a = ledger_mailbox(f.ledger, f.job, "A/\xe5\xb9\xb4", NULL);
    int64_t others = ledger_mailbox(f.ledger, other_job, "B", NULL);
    CHECK(z > 0 && b > 0 && a > 0 && z != b && b != a && others > 0 && others != b);
    fixture_reopen(&f);
    CHECK_INT(ledger_mailbox(f.ledger, f.job, "B", NULL), b); /* found again */
    CHECK(ledger_mailbox(f.ledger, f.job, "b", NULL) != b);   /* names tell case apart */
    CHECK_INT(ledger_each_mailbox(f.ledger, f.job, add_name, names, NULL), 0);
    snprintf(expected, sizeof expected, "%" PRId64 "=A/\xe5\xb9\xb4;%" PRId64 "=B;", a, b);
    CHECK_STR(names, expected);
    CHECK_INT(ledger_each_mailbox(f.ledger, other_job + 1, add_name, none, NULL), 0);
    CHECK_STR(none, "");
    fixture_end(&f);
}

/* A key and its content belong to the job: found wherever they lie, and moved by the next put that names
 * another mailbox. UIDVALIDITY and untold UIDs are each mailbox's own. */
static void test_two_mailboxes(void)
{
    struct fixture f;
    struct ledger_message m;
    fixture_begin(&f);
    int64_t inbox = fixture_mailbox(&f), archive = ledger_mailbox(f.ledger, f.job, "Archive", NULL);
    struct mail_facts one = fixture_facts(1, "one", "x");
    int64_t a = fixture_put(&f, "a", LEDGER_INTENT, &one);
    f.mailbox = archive;
    int64_t b = fixture_put(&f, "b", LEDGER_INTENT, NULL);
    CHECK_INT(ledger_done(f.ledger, a, 7, 1, NULL), 0);
    CHECK_INT(ledger_done(f.ledger, b, 8, 1, NULL), 0);
    CHECK_INT(ledger_find_content(f.ledger, f.job, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.mailbox, inbox);
    CHECK_INT(ledger_reopen_other_validity(f.ledger, archive, 7, 100, NULL), 0);
    CHECK_INT(row(&f, a).state, LEDGER_DONE);
    CHECK_INT(row(&f, b).state, LEDGER_OPEN);
    CHECK_INT(fixture_put(&f, "a", LEDGER_OPEN, NULL), a);
    CHECK_INT(row(&f, a).mailbox, archive);
    mail_facts_done(&one);
    fixture_end(&f);
}

static void test_untold(void)
{
    static const struct {
        const char *key;
        bool archive;
        int64_t intended_s;
        uint32_t uid;
        enum ledger_state after;
    } rows[] = {
        {"told", false, 2000, 5, LEDGER_DONE},
        {"before", false, 999, 0, LEDGER_DONE},
        {"untold", false, 1000, 0, LEDGER_OPEN},
        {"elsewhere", true, 2000, 0, LEDGER_DONE},
    };
    struct fixture f;
    fixture_begin(&f);
    int64_t inbox = fixture_mailbox(&f), archive = ledger_mailbox(f.ledger, f.job, "Archive", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_message m = {.key = rows[i].key,
            .state = LEDGER_INTENT,
            .intended_s = rows[i].intended_s,
            .mailbox = rows[i].archive ? archive : inbox};
        CHECK_INT(ledger_put(f.ledger, f.job, &m, NULL), 0);
        CHECK_INT(ledger_done(f.ledger, m.id, 7, rows[i].uid, NULL), 0);
        CHECK_INT(ledger_prove(f.ledger, m.id, LEDGER_PROOF_COUNT, 0, 0, 3000, NULL), 0);
    }
    CHECK_INT(ledger_reopen_untold(f.ledger, inbox, 1000, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_message m = {0};
        CHECK_LABEL("%s", rows[i].key);
        CHECK_INT(ledger_find_key(f.ledger, f.job, rows[i].key, &m, NULL), 1);
        CHECK_INT(m.state, rows[i].after);
        CHECK_INT(m.proof, rows[i].after == LEDGER_DONE ? LEDGER_PROOF_COUNT : LEDGER_UNPROVED);
    }
    fixture_end(&f);
}

/* ---- the header of a message that is not settled ---- */
static struct mail_facts header_facts(int n, const char *subject)
{
    struct mail_facts facts;
    struct mail_scan *scan = mail_scan_new();
    char *text CLEANUP(mem_free_str) =
        mem_printf("Message-ID: <%d@x>\r\nFrom: taro@example.jp\r\nSubject: %s\r\n\r\n", n, subject);
    mail_scan_feed(scan, text, strlen(text));
    mail_scan_finish(scan, &facts);
    mail_scan_free(scan);
    return facts;
}

static int64_t note(struct fixture *f, int64_t id, const char *key, const struct mail_facts *facts)
{
    struct ledger_message m = {.id = id,
        .key = key,
        .octets_claimed = 100,
        .facts = facts,
        .from = "taro",
        .subject = "\xe4\xbb\xb6\xe5\x90\x8d",
        .internaldate_s = 1234,
        .date_source = "received"};
    CHECK_INT(ledger_note_header(f->ledger, f->job, &m, NULL), 0);
    CHECK(m.id > 0);
    return m.id;
}

/* Remembered, then completed when the whole message has been read: the same row. */
static void test_note_header(void)
{
    struct fixture f;
    struct ledger_message m;
    uint8_t ident[SHA256_OCTETS];
    static const uint8_t zero[SHA256_OCTETS];
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts header = header_facts(1, "one"), whole = fixture_facts(1, "one", "body");
    identity_of(&whole, ident);
    int64_t id = note(&f, 0, "a", &header);
    fixture_reopen(&f);
    m = row(&f, id);
    CHECK_INT(m.state, LEDGER_OPEN);
    CHECK_STR(m.key, "a");
    CHECK_INT(m.octets_claimed, 100);
    CHECK_STR(m.message_id, whole.message_id);
    CHECK_STR(m.from, "taro");
    CHECK_STR(m.subject, "\xe4\xbb\xb6\xe5\x90\x8d");
    CHECK_INT(m.internaldate_s, 1234);
    CHECK_STR(m.date_source, "received");
    CHECK(!memcmp(m.ident, ident, SHA256_OCTETS)); /* a header has the identity of its message */
    CHECK(!memcmp(m.core, whole.core, SHA256_OCTETS));
    CHECK(!memcmp(m.fingerprint, zero, SHA256_OCTETS)); /* but no content */
    CHECK(m.sha256_received == NULL);
    CHECK_INT(ledger_find_content(f.ledger, f.job, header.fingerprint, &m, NULL), 0);
    CHECK_INT(ledger_find_content(f.ledger, f.job, zero, &m, NULL), 0);
    CHECK_INT(ledger_ident_on_other_content(f.ledger, f.job, ident, whole.fingerprint, NULL), 0);
    CHECK_INT(fixture_put(&f, "a", LEDGER_DONE, &whole), id);
    m = row(&f, id);
    CHECK_INT(m.state, LEDGER_DONE);
    CHECK(!memcmp(m.fingerprint, whole.fingerprint, SHA256_OCTETS));
    CHECK(m.sha256_received && !memcmp(m.sha256_received, whole.sha256, SHA256_OCTETS));
    CHECK_INT(m.octets_received, whole.octets);
    CHECK_INT(m.mailbox, f.mailbox);
    CHECK_INT(ledger_find_content(f.ledger, f.job, whole.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, id);
    mail_facts_done(&header);
    mail_facts_done(&whole);
    fixture_end(&f);
}

/* The same content in two folders of a disk: each mailbox has a row of its own. */
static void test_content_in_mailboxes(void)
{
    struct fixture f;
    struct ledger_message m;
    int64_t ids[4];
    size_t count;
    uint8_t ident[SHA256_OCTETS];
    fixture_begin(&f);
    CHECK_INT(ledger_last_id(f.ledger, NULL), 0);
    int64_t inbox = fixture_mailbox(&f), archive = ledger_mailbox(f.ledger, f.job, "Archive", NULL);
    struct mail_facts one = fixture_facts(1, "one", "x"), other = fixture_facts(1, "one", "y");
    identity_of(&one, ident);
    int64_t a = fixture_put(&f, NULL, LEDGER_DUPLICATE, &one), b = fixture_put(&f, NULL, LEDGER_DONE, &one);
    f.mailbox = archive;
    int64_t c = fixture_put(&f, NULL, LEDGER_PRESENT, &one);
    CHECK(a != b && b != c);
    CHECK_INT(ledger_last_id(f.ledger, NULL), c);
    const struct ledger_part here = {f.job, inbox}, there = {f.job, archive}, nowhere = {f.job, archive + 1};
    CHECK_INT(ledger_find_content_in(f.ledger, &here, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, b);
    CHECK_INT(ledger_find_content_in(f.ledger, &there, one.fingerprint, &m, NULL), 1);
    CHECK_INT(m.id, c);
    CHECK_INT(ledger_find_content_in(f.ledger, &nowhere, one.fingerprint, &m, NULL), 0);
    CHECK_INT(ledger_find_content_in(f.ledger, &here, other.fingerprint, &m, NULL), 0);
    CHECK_INT(ledger_ids_of_content(f.ledger, f.job, one.fingerprint, ids, 4, &count, NULL), 0);
    CHECK_INT(count, 3);
    CHECK(ids[0] == b && ids[1] == c && ids[2] == a); /* done, present, the rest */
    CHECK_INT(ledger_ids_of_content(f.ledger, f.job, one.fingerprint, ids, 2, &count, NULL), 0);
    CHECK_INT(count, 2);
    CHECK_INT(ledger_ids_of_content(f.ledger, f.job, other.fingerprint, ids, 4, &count, NULL), 0);
    CHECK_INT(count, 0);
    CHECK_INT(ledger_find_id(f.ledger, b, &m, NULL), 1);
    uint64_t claimed = m.octets_claimed;
    CHECK_INT(ledger_has_header_in(f.ledger, &here, ident, one.core, claimed, NULL), 1);
    CHECK_INT(ledger_has_header_in(f.ledger, &here, ident, one.core, claimed + 1, NULL), 0);
    CHECK_INT(ledger_has_header_in(f.ledger, &nowhere, ident, one.core, claimed, NULL), 0);
    mail_facts_done(&one);
    mail_facts_done(&other);
    fixture_end(&f);
}

/* Whatever state a row is in, what was found out of its content, and where it lies, stays. */
static void test_note_header_keeps_content(void)
{
    for (int state = 0; state < LEDGER_STATES; state++) {
        struct fixture f;
        CHECK_LABEL("%s", ledger_state_name((enum ledger_state)state));
        fixture_begin(&f);
        fixture_mailbox(&f);
        struct mail_facts whole = fixture_facts(1, "one", "body"), header = header_facts(1, "one");
        int64_t id = fixture_put(&f, "a", (enum ledger_state)state, &whole);
        CHECK_INT(note(&f, id, "a", &header), id);
        struct ledger_message m = row(&f, id);
        CHECK_INT(m.state, state);
        CHECK_INT(m.mailbox, f.mailbox);
        CHECK(!memcmp(m.fingerprint, whole.fingerprint, SHA256_OCTETS));
        CHECK(m.sha256_received && !memcmp(m.sha256_received, whole.sha256, SHA256_OCTETS));
        CHECK_INT(m.octets_received, whole.octets);
        mail_facts_done(&whole);
        mail_facts_done(&header);
        fixture_end(&f);
    }
}

/* ---- names ---- */
static uint64_t named(struct fixture *f, int64_t job)
{
    uint64_t n = 99;
    CHECK_INT(ledger_count_named(f->ledger, job, &n, NULL), 0);
    return n;
}

static void test_count_named(void)
{
    struct fixture f;
    char key[8];
    fixture_begin(&f);
    CHECK_INT(named(&f, f.job), 0);
    for (int state = 0; state < LEDGER_STATES; state++) {
        snprintf(key, sizeof key, "%d", state);
        int64_t id = fixture_put(&f, key, (enum ledger_state)state, NULL);
        if (state == LEDGER_PRESENT)
            CHECK_INT(ledger_deleted(f.ledger, id, 5000, NULL), 0);
    }
    CHECK_INT(named(&f, f.job), 2); /* done, duplicate */
    fixture_put(&f, NULL, LEDGER_DONE, NULL);
    CHECK_INT(named(&f, f.job), 2);
    fixture_put(&f, "present", LEDGER_PRESENT, NULL);
    CHECK_INT(named(&f, f.job), 3);
    CHECK_INT(named(&f, f.job + 1), 0);
    fixture_end(&f);
}

/* ---- proof, deletion, broken connections ---- */
static void test_prove(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t a = fixture_put(&f, "a", LEDGER_INTENT, NULL), b = fixture_put(&f, "b", LEDGER_DONE, NULL);
    CHECK_INT(ledger_done(f.ledger, a, 7, 5, NULL), 0);
    CHECK_INT(ledger_prove(f.ledger, a, LEDGER_PROOF_EXACT, 0, 0, 3000, NULL), 0);
    CHECK_INT(row(&f, a).proof, LEDGER_PROOF_EXACT);
    CHECK_INT(row(&f, a).proved_s, 3000);
    CHECK_INT(row(&f, a).uidvalidity, 7);
    CHECK_INT(row(&f, a).uid, 5);
    CHECK_INT(row(&f, b).proof, LEDGER_UNPROVED);
    CHECK_INT(ledger_prove(f.ledger, a, LEDGER_PROOF_CONTENT, 8, 9, 4000, NULL), 0);
    fixture_reopen(&f);
    CHECK_INT(row(&f, a).proof, LEDGER_PROOF_CONTENT);
    CHECK_INT(row(&f, a).proved_s, 4000);
    CHECK_INT(row(&f, a).uidvalidity, 8);
    CHECK_INT(row(&f, a).uid, 9);
    CHECK_INT(ledger_done(f.ledger, a, 8, 11, NULL), 0); /* another copy: nothing is shown of it yet */
    CHECK_INT(row(&f, a).proof, LEDGER_UNPROVED);
    fixture_end(&f);
}

static void test_deleted(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t a = fixture_put(&f, "a", LEDGER_DONE, NULL), b = fixture_put(&f, "b", LEDGER_DONE, NULL);
    CHECK_INT(ledger_deleted(f.ledger, a, 5000, NULL), 0);
    fixture_reopen(&f);
    CHECK_INT(row(&f, a).deleted_s, 5000);
    CHECK_INT(row(&f, a).state, LEDGER_DONE);
    CHECK_INT(row(&f, b).deleted_s, 0);
    fixture_end(&f);
}

static void break_often(struct fixture *f, int64_t id, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        CHECK_INT(ledger_broke(f->ledger, id, NULL), 0);
}

/* Counted over runs; forgotten when it is stored or given up, and by nothing else. */
static void test_broke(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t a = fixture_put(&f, "a", LEDGER_INTENT, NULL), b = fixture_put(&f, "b", LEDGER_INTENT, NULL);
    break_often(&f, a, 2);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    fixture_reopen(&f);
    break_often(&f, a, 1);
    break_often(&f, b, 1);
    CHECK_INT(row(&f, a).broken, 3);
    CHECK_INT(row(&f, a).state, LEDGER_INTENT);
    CHECK_INT(ledger_withdraw(f.ledger, a, NULL), 0);
    CHECK_INT(row(&f, a).broken, 3);
    CHECK_INT(fixture_put(&f, "a", LEDGER_INTENT, NULL), a); /* sent once more */
    CHECK_INT(row(&f, a).broken, 3);
    CHECK_INT(ledger_done(f.ledger, a, 7, 5, NULL), 0);
    CHECK_INT(row(&f, a).broken, 0);
    CHECK_INT(fixture_put(&f, "b", LEDGER_REFUSED, NULL), b);
    CHECK_INT(row(&f, b).broken, 1);
    struct ledger_message away = {.id = b,
        .octets_claimed = 100,
        .state = LEDGER_QUARANTINED,
        .reason = "NO",
        .quarantine = "quarantine/cur/x"};
    CHECK_INT(ledger_put(f.ledger, f.job, &away, NULL), 0);
    CHECK_INT(row(&f, b).broken, 0);
    CHECK_STR(row(&f, b).quarantine, "quarantine/cur/x");
    CHECK_INT(ledger_done(f.ledger, b, 7, 6, NULL), 0); /* accepted after all */
    CHECK(row(&f, b).reason == NULL);
    fixture_end(&f);
}

/* ---- files in quarantine ---- */
static int64_t put_in_quarantine(struct fixture *f, const char *key, const char *path)
{
    struct ledger_message m = {.key = key, .state = LEDGER_QUARANTINED, .reason = "NO", .quarantine = path};
    CHECK_INT(ledger_put(f->ledger, f->job, &m, NULL), 0);
    return m.id;
}

static bool add_file(void *ctx, const struct ledger_message *m)
{
    char *text = ctx;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%s=%s;", m->key, m->quarantine);
    return true;
}

static const char *released(struct fixture *f, int64_t job)
{
    static char text[256];
    *text = '\0';
    CHECK_INT(ledger_each_released(f->ledger, job, add_file, text, NULL), 0);
    return text;
}

/* The file is known until it is gone, also when a run ends between; and it may go only when its message is
 * where it should be. */
static void test_released(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t a = put_in_quarantine(&f, "a", "q/a"), b = put_in_quarantine(&f, "b", "q/b");
    int64_t c = put_in_quarantine(&f, "c", "q/c");
    put_in_quarantine(&f, "d", "q/d");
    CHECK_STR(released(&f, f.job), "");
    CHECK_INT(ledger_done(f.ledger, a, 7, 5, NULL), 0);
    struct ledger_message open = {.id = b, .state = LEDGER_OPEN, .quarantine = "q/b"}, *batch[] = {&open};
    CHECK_INT(ledger_put(f.ledger, f.job, &open, NULL), 0);
    CHECK_STR(released(&f, f.job), "a=q/a;");
    CHECK_INT(ledger_intend(f.ledger, f.job, batch, 1, NULL), 0);
    CHECK_STR(released(&f, f.job), "a=q/a;");
    fixture_reopen(&f);
    CHECK_INT(ledger_done(f.ledger, b, 7, 6, NULL), 0); /* found there by the next run */
    struct ledger_message present = {.id = c, .state = LEDGER_PRESENT, .quarantine = "q/c"};
    CHECK_INT(ledger_put(f.ledger, f.job, &present, NULL), 0);
    CHECK_STR(released(&f, f.job), "a=q/a;b=q/b;c=q/c;");
    CHECK_STR(released(&f, f.job + 1), "");
    CHECK_INT(ledger_clear_quarantine(f.ledger, b, NULL), 0);
    CHECK_STR(released(&f, f.job), "a=q/a;c=q/c;");
    CHECK(row(&f, b).quarantine == NULL);
    CHECK_INT(row(&f, b).state, LEDGER_DONE);
    fixture_end(&f);
}

/* ---- what was sent ---- */
static void add_sent(void *ctx, int64_t at_s, uint64_t octets)
{
    char *text = ctx;
    size_t n = strlen(text);
    snprintf(text + n, 256 - n, "%" PRId64 "=%" PRIu64 ";", at_s, octets);
}

static const char *sent(struct fixture *f, int64_t job, int64_t since_s)
{
    static char text[256];
    text[0] = '\0';
    CHECK_INT(ledger_each_sent(f->ledger, job, since_s, add_sent, text, NULL), 0);
    return text;
}

static int64_t intend(struct fixture *f, int64_t job, const char *key, int64_t at_s, uint64_t octets)
{
    struct ledger_message m = {.key = key, .intended_s = at_s, .octets_sent = octets}, *batch = &m;
    CHECK_INT(ledger_intend(f->ledger, job, &batch, 1, NULL), 0);
    return m.id;
}

/* Whatever had an intent, and what came of it: on its way, done, withdrawn, in quarantine. Not what was
 * settled without being sent, not another account's; other jobs to the same account count. */
static void test_sent(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t same = ledger_job(f.ledger, "hana@pop.example.jp", "taro@imap.example.com", "INBOX", NULL);
    int64_t other = ledger_job(f.ledger, "taro@pop.example.jp", "hana@imap.example.com", "INBOX", NULL);
    CHECK_STR(sent(&f, f.job, 0), "");
    fixture_put(&f, "present", LEDGER_PRESENT, NULL);
    ledger_done(f.ledger, intend(&f, f.job, "done", 1002, 20), 7, 1, NULL);
    intend(&f, f.job, "on its way", 1001, 10);
    ledger_withdraw(f.ledger, intend(&f, f.job, "refused", 1003, 40), NULL);
    struct ledger_message m = {.key = "bad", .intended_s = 1003, .octets_sent = 80};
    m.state = LEDGER_QUARANTINED;
    CHECK_INT(ledger_put(f.ledger, f.job, &m, NULL), 0);
    intend(&f, same, "done", 1005, 160);
    intend(&f, other, "done", 1006, 320);
    intend(&f, f.job, "long ago", 900, 640);
    CHECK_STR(sent(&f, f.job, 1000), "1001=10;1002=20;1003=120;1005=160;");
    CHECK_STR(sent(&f, same, 1001), "1001=10;1002=20;1003=120;1005=160;");
    CHECK_STR(sent(&f, other, 0), "1006=320;");
    CHECK_STR(sent(&f, f.job, 1003), "1003=120;1005=160;");
    CHECK_LABEL("sent once more: the latest counts");
    intend(&f, f.job, "refused", 1010, 40);
    CHECK_STR(sent(&f, f.job, 1003), "1003=80;1005=160;1010=40;");
    fixture_reopen(&f);
    CHECK_STR(sent(&f, f.job, 1003), "1003=80;1005=160;1010=40;");
    fixture_end(&f);
}

/* ---- sent again after a lost answer, and there twice ---- */
struct seen {
    struct ledger_late late[4];
    struct ledger_copy copies[4];
    uint32_t own[4];
    int64_t mailboxes[4];
    size_t late_count, copy_count, mailbox_count;
};

static void on_late(void *ctx, const struct ledger_late *late)
{
    struct seen *s = ctx;
    s->late[s->late_count++] = *late;
}

static bool on_copy(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m)
{
    struct seen *s = ctx;
    s->own[s->copy_count] = m->uid;
    s->copies[s->copy_count++] = *copy;
    return true;
}

static void on_mailbox(void *ctx, int64_t mailbox)
{
    struct seen *s = ctx;
    s->mailboxes[s->mailbox_count++] = mailbox;
}

static struct seen see(struct fixture *f)
{
    struct seen s = {0};
    CHECK_INT(ledger_each_late(f->ledger, f->mailbox, on_late, &s, NULL), 0);
    CHECK_INT(ledger_each_doubled(f->ledger, f->job, on_copy, &s, NULL), 0);
    CHECK_INT(ledger_each_late_mailbox(f->ledger, f->job, on_mailbox, &s, NULL), 0);
    return s;
}

static void test_late(void)
{
    struct fixture f;
    uint64_t count = 9;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts facts = fixture_facts(1, "s", "b");
    int64_t id = fixture_put(&f, "1", LEDGER_DONE, &facts), other = fixture_put(&f, "2", LEDGER_DONE, NULL);
    struct seen s = see(&f);
    CHECK(!s.late_count && !s.copy_count && !s.mailbox_count);
    CHECK_INT(ledger_late_expect(f.ledger, id, 7, 50, 1000, 1003, NULL), 0);
    CHECK_INT(ledger_late_expect(f.ledger, id, 7, 60, 1010, 1013, NULL), 0); /* lost once more */
    CHECK_INT(ledger_done(f.ledger, id, 7, 70, NULL), 0);
    fixture_reopen(&f);
    fixture_mailbox(&f);
    s = see(&f);
    CHECK_INT(s.late_count, 1);
    CHECK(s.late[0].id == id && s.late[0].uidvalidity == 7 && s.late[0].floor_uid == 50); /* the lower one */
    CHECK(s.late[0].sent_s == 1010 && s.late[0].given_up_s == 1013 && s.late[0].uid == 70);
    CHECK(!memcmp(s.late[0].fingerprint, facts.fingerprint, SHA256_OCTETS));
    CHECK(s.mailbox_count == 1 && s.mailboxes[0] == f.mailbox);
    CHECK_LABEL("a mailbox made anew");
    CHECK_INT(ledger_late_expect(f.ledger, id, 8, 90, 1020, 1023, NULL), 0);
    s = see(&f);
    CHECK(s.late[0].uidvalidity == 8 && s.late[0].floor_uid == 90);
    CHECK_INT(ledger_late_forget(f.ledger, id, NULL), 0);
    CHECK_LABEL("there twice");
    struct ledger_copy first = {.id = id,
                           .mailbox = f.mailbox,
                           .uidvalidity = 7,
                           .uid = 71,
                           .same_bytes = true},
                       second = {.id = other, .mailbox = f.mailbox, .uidvalidity = 7, .uid = 72};
    CHECK_INT(ledger_doubled(f.ledger, &second, 1100, NULL), 0);
    CHECK_INT(ledger_doubled(f.ledger, &first, 1100, NULL), 0);
    CHECK_INT(ledger_doubled(f.ledger, &first, 1101, NULL), 0);
    s = see(&f);
    CHECK(!s.late_count && s.copy_count == 2 && s.mailbox_count == 1);
    CHECK(s.copies[0].uid == 71 && s.copies[0].same_bytes && s.own[0] == 70 && s.copies[1].uid == 72);
    CHECK_LABEL("the one that counted is gone");
    CHECK_INT(ledger_double_counts(f.ledger, &first, NULL), 0);
    CHECK_INT(row(&f, id).uid, 71);
    CHECK_INT(ledger_undoubled(f.ledger, &second, NULL), 0);
    CHECK_INT(ledger_count_doubled(f.ledger, f.job, &count, NULL), 0);
    CHECK_INT(count, 0);
    mail_facts_done(&facts);
    fixture_end(&f);
}

/* ---- taken for a duplicate by the destination ---- */
static void test_swallowed(void)
{
    struct fixture f;
    uint64_t count = 9;
    uint32_t uids[4];
    size_t n = 9;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct ledger_part part = {.job = f.job, .mailbox = f.mailbox};
    struct mail_facts facts = fixture_facts(1, "s", "b");
    uint8_t ident[SHA256_OCTETS];
    identity_of(&facts, ident);
    int64_t first = fixture_put(&f, "1", LEDGER_DONE, &facts),
            other = fixture_put(&f, "2", LEDGER_QUARANTINED, &facts);
    CHECK_INT(ledger_done(f.ledger, first, 7, 70, NULL), 0);
    CHECK_INT(ledger_uid_taken(f.ledger, f.mailbox, 7, 70, other, NULL), 1);
    CHECK_INT(ledger_uid_taken(f.ledger, f.mailbox, 7, 70, first, NULL), 0);
    CHECK_INT(ledger_uid_taken(f.ledger, f.mailbox, 8, 70, other, NULL), 0);
    struct ledger_index_row there = {.uid = 5, .octets = 1};
    memcpy(there.ident, ident, sizeof ident);
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    CHECK_INT(ledger_index_put(f.ledger, f.mailbox, &there, NULL), 0);
    CHECK_INT(ledger_uid_taken(f.ledger, f.mailbox, 7, 5, other, NULL), 1);
    CHECK_INT(ledger_uids_of_ident(f.ledger, &part, 7, ident, uids, 4, &n, NULL), 0);
    CHECK(n == 2 && uids[0] == 5 && uids[1] == 70);
    CHECK_INT(ledger_uids_of_ident(f.ledger, &part, 7, ident, uids, 1, &n, NULL), 0);
    CHECK(n == 1 && uids[0] == 5);
    CHECK_INT(ledger_count_swallowed(f.ledger, f.job, &count, NULL), 0);
    CHECK_INT(count, 0);
    CHECK_INT(ledger_swallowed(f.ledger, other, NULL), 0);
    CHECK_INT(ledger_count_swallowed(f.ledger, f.job, &count, NULL), 0);
    CHECK_INT(count, 1);
    CHECK_LABEL("tried again, and refused for another reason");
    fixture_put(&f, "2", LEDGER_QUARANTINED, &facts);
    CHECK_INT(ledger_count_swallowed(f.ledger, f.job, &count, NULL), 0);
    CHECK_INT(count, 0);
    mail_facts_done(&facts);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"taken for a duplicate", test_swallowed},
        {"sent again, and there twice", test_late},
        {"mailboxes", test_mailboxes},
        {"two mailboxes", test_two_mailboxes},
        {"one content in two mailboxes", test_content_in_mailboxes},
        {"untold UIDs", test_untold},
        {"a header", test_note_header},
        {"a header changes no content", test_note_header_keeps_content},
        {"count of names", test_count_named},
        {"proof", test_prove},
        {"deletion", test_deleted},
        {"broken connections", test_broke},
        {"files in quarantine", test_released},
        {"what was sent", test_sent},
    };
    return check_main("ledger rows", tests, sizeof tests / sizeof *tests);
}
