/* ledger.h, what the report reads: sums and walks tell the same story, at one moment. */
#include "fixture.h"
#include "mem.h"
#include <stdarg.h>

/* One row; its id. */
static int64_t put(struct fixture *f, struct ledger_message m)
{
    struct error err = {0};
    CHECK_INT(ledger_put(f->ledger, f->job, &m, &err), 0);
    CHECK_STR(err.text, "");
    return m.id;
}

/* Messages in all states, in two of three mailboxes, and one in none. */
static void fill(struct fixture *f, int64_t ret_mailbox[3])
{
    static const char *const names[] = {"INBOX", "Archive/2019", "\xe5\x8f\x97\xe4\xbf\xa1"};
    for (size_t i = 0; i < 3; i++)
        ret_mailbox[i] = ledger_mailbox(f->ledger, f->job, names[i], NULL);
    int64_t one = put(f, (struct ledger_message){.key = "1",
                             .octets_claimed = 100,
                             .octets_sent = 101,
                             .state = LEDGER_DONE,
                             .mailbox = ret_mailbox[0],
                             .repairs = "1 bare LF"});
    int64_t two = put(f, (struct ledger_message){.key = "2",
                             .octets_claimed = 200,
                             .octets_sent = 200,
                             .state = LEDGER_DONE,
                             .mailbox = ret_mailbox[1],
                             .repairs = ""});
    put(f, (struct ledger_message){.key = "3",
               .octets_claimed = 300,
               .octets_sent = 300,
               .state = LEDGER_DONE,
               .date_source = "now",
               .mailbox = ret_mailbox[1]});
    int64_t there = put(f, (struct ledger_message){.key = "4",
                               .octets_claimed = 400,
                               .state = LEDGER_PRESENT,
                               .date_source = "now",
                               .mailbox = ret_mailbox[0]});
    put(f,
        (struct ledger_message){.key = "5", .octets_claimed = 100, .state = LEDGER_DUPLICATE, .twin = one});
    put(f, (struct ledger_message){.key = "6",
               .octets_claimed = 600,
               .octets_sent = 606,
               .state = LEDGER_REFUSED,
               .reason = "-ERR",
               .repairs = "1 NUL",
               .mailbox = ret_mailbox[0]});
    put(f, (struct ledger_message){.key = NULL,
               .octets_claimed = 700,
               .state = LEDGER_QUARANTINED,
               .reason = "NO",
               .quarantine = "quarantine/1/cur/x",
               .mailbox = ret_mailbox[1]});
    put(f, (struct ledger_message){.key = "8", .octets_claimed = 800, .state = LEDGER_OPEN});
    put(f, (struct ledger_message){.key = "9",
               .octets_claimed = 900,
               .octets_sent = 900,
               .state = LEDGER_INTENT,
               .mailbox = ret_mailbox[0]});
    CHECK_INT(ledger_prove(f->ledger, one, LEDGER_PROOF_EXACT, 1, 11, 5000, NULL), 0);
    CHECK_INT(ledger_prove(f->ledger, two, LEDGER_PROOF_EXACT, 1, 12, 5000, NULL), 0);
    CHECK_INT(ledger_prove(f->ledger, there, LEDGER_PROOF_CONTENT, 1, 13, 5000, NULL), 0);
    CHECK_INT(ledger_deleted(f->ledger, one, 6000, NULL), 0);
    CHECK_INT(ledger_deleted(f->ledger, two, 6000, NULL), 0);
}

static void test_totals(void)
{
    static const uint64_t counts[LEDGER_STATES] = {1, 1, 3, 1, 1, 1, 1};
    static const uint64_t octets[LEDGER_STATES] = {800, 900, 600, 400, 100, 600, 700};
    static const uint64_t proofs[LEDGER_PROOFS] = {1, 0, 0, 0, 0, 1, 2};
    struct fixture f;
    int64_t mailbox[3];
    fixture_begin(&f);
    fill(&f, mailbox);
    struct ledger_totals t = {.messages = 99};
    CHECK_INT(ledger_totals(f.ledger, f.job, &t, NULL), 0);
    CHECK_INT(t.messages, 9);
    CHECK_INT(t.octets_claimed, 4100);
    for (int i = 0; i < LEDGER_STATES; i++) {
        CHECK_LABEL("%s", ledger_state_name((enum ledger_state)i));
        CHECK_INT(t.count[i], counts[i]);
        CHECK_INT(t.octets[i], octets[i]);
    }
    for (int i = 0; i < LEDGER_PROOFS; i++) {
        CHECK_LABEL("%s", ledger_proof_name((enum ledger_proof)i));
        CHECK_INT(t.proof[i], proofs[i]);
    }
    CHECK_LABEL("-");
    CHECK_INT(t.repaired, 1);
    CHECK_INT(t.dated_now, 1); /* what was there has the date that it had */
    CHECK_INT(t.deleted, 2);
    CHECK_INT(t.deleted_octets, 300);
    int64_t other = ledger_job(f.ledger, "a", "b", "c", NULL);
    CHECK_INT(ledger_totals(f.ledger, other, &t, NULL), 0);
    CHECK_INT(t.messages, 0);
    CHECK_INT(t.octets_claimed, 0);
    fixture_end(&f);
}

/* ---- walks: each is written down as text ---- */
struct told {
    char text[1024];
    unsigned count, max;
    struct ledger *ledger;
};

static void tell(struct told *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct told *t, const char *fmt, ...)
{
    size_t used = strlen(t->text);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->text + used, sizeof t->text - used, fmt, ap);
    va_end(ap);
}

static bool on_mailbox(void *ctx, const struct ledger_mailbox_row *row)
{
    struct told *t = ctx;
    tell(t, "%s %d:", row->name, (int)row->id);
    for (int i = 0; i < LEDGER_STATES; i++)
        tell(t, "%d ", (int)row->count[i]);
    tell(t, "%d\n", (int)row->octets_copied);
    return ++t->count < t->max;
}

static void test_mailboxes(void)
{
    struct fixture f;
    int64_t mailbox[3];
    fixture_begin(&f);
    fill(&f, mailbox);
    struct told t = {.max = 9};
    CHECK_INT(ledger_each_mailbox_row(f.ledger, f.job, on_mailbox, &t, NULL), 0);
    char *expected CLEANUP(mem_free_str) = mem_printf(
        "Archive/2019 %d:0 0 2 0 0 0 1 0 500\nINBOX %d:0 1 1 1 0 1 0 0 100\n\xe5\x8f\x97\xe4\xbf\xa1 %d:0 0 0 0 0 0 0 0 0\n",
        (int)mailbox[1], (int)mailbox[0], (int)mailbox[2]);
    CHECK_STR(t.text, expected);
    for (unsigned max = 1; max <= 3; max++) { /* each may be the last one wanted */
        t = (struct told){.max = max};
        CHECK_INT(ledger_each_mailbox_row(f.ledger, f.job, on_mailbox, &t, NULL), 0);
        CHECK_INT(t.count, max);
    }
    t = (struct told){.max = 9};
    int64_t other = ledger_job(f.ledger, "a", "b", "c", NULL);
    CHECK_INT(ledger_each_mailbox_row(f.ledger, other, on_mailbox, &t, NULL), 0);
    CHECK_INT(t.count, 0);
    fixture_end(&f);
}

static bool on_run(void *ctx, const struct ledger_run_row *row)
{
    struct told *t = ctx;
    tell(t, "%s %d %d %d \"%s\"\n", row->command, (int)row->started_s, (int)row->ended_s, row->exit_code,
        row->words);
    return ++t->count < t->max;
}

static void test_runs(void)
{
    struct fixture f;
    fixture_begin(&f);
    struct told t = {.max = 9};
    CHECK_INT(ledger_each_run(f.ledger, f.job, on_run, &t, NULL), 0);
    CHECK_STR(t.text, "");
    int64_t other = ledger_job(f.ledger, "a", "b", "c", NULL);
    int64_t first = ledger_run_begin(f.ledger, f.job, "migrate", 1000, NULL);
    CHECK(ledger_run_begin(f.ledger, other, "plan", 1500, NULL) > first);
    CHECK(ledger_run_begin(f.ledger, f.job, "verify", 2000, NULL) > first);
    CHECK_INT(ledger_run_end(f.ledger, first, 1010, 4, ERROR_NONE, "lost", NULL), 0);
    CHECK_INT(ledger_each_run(f.ledger, f.job, on_run, &t, NULL), 0);
    CHECK_STR(t.text, "migrate 1000 1010 4 \"lost\"\nverify 2000 0 0 \"\"\n");
    t = (struct told){.max = 1};
    CHECK_INT(ledger_each_run(f.ledger, f.job, on_run, &t, NULL), 0);
    CHECK_INT(t.count, 1);
    fixture_end(&f);
}

/* What a row tells is still there after its twin was asked for. */
static bool on_message(void *ctx, const struct ledger_message *m)
{
    struct told *t = ctx;
    const char *key = "?", *message_id = "?";
    int rc = m->twin ? ledger_twin(t->ledger, m->twin, &key, &message_id, NULL) : 2;
    tell(t, "%s %s", m->key ? m->key : "-", ledger_state_name(m->state));
    if (rc != 2)
        tell(t, " %d %s/%s", rc, key, message_id);
    tell(t, "\n");
    return ++t->count < t->max;
}

static void test_messages(void)
{
    struct fixture f;
    int64_t mailbox[3];
    fixture_begin(&f);
    fill(&f, mailbox);
    int64_t other = ledger_job(f.ledger, "a", "b", "c", NULL);
    struct ledger_message foreign = {.key = "x", .octets_claimed = 1};
    CHECK_INT(ledger_put(f.ledger, other, &foreign, NULL), 0);
    struct mail_facts facts = fixture_facts(10, "ten", "body");
    int64_t ten = fixture_put(&f, "10", LEDGER_DONE, &facts);
    put(&f, (struct ledger_message){.key = "11", .state = LEDGER_DUPLICATE, .twin = ten});
    put(&f, (struct ledger_message){.key = "12", .state = LEDGER_DUPLICATE, .twin = 4711});
    struct told t = {.max = 99, .ledger = f.ledger};
    CHECK_INT(ledger_each_message(f.ledger, f.job, on_message, &t, NULL), 0);
    CHECK_STR(t.text,
        "1 done\n2 done\n3 done\n4 present\n5 duplicate 1 1/\n6 refused\n- quarantined\n8 open\n"
        "9 on-its-way\n10 done\n11 duplicate 1 10/<10@x>\n12 duplicate 0 ?/?\n");
    t = (struct told){.max = 2, .ledger = f.ledger};
    CHECK_INT(ledger_each_message(f.ledger, f.job, on_message, &t, NULL), 0);
    CHECK_STR(t.text, "1 done\n2 done\n");
    CHECK_INT(ledger_commit(f.ledger, NULL), 0); /* also after a walk that was broken off */
    mail_facts_done(&facts);
    fixture_end(&f);
}

/* A reader at one moment does not see what a run writes meanwhile, and does not hold it up. */
static void test_snapshot(void)
{
    struct fixture f;
    int64_t mailbox[3];
    struct ledger_totals t;
    fixture_begin(&f);
    fill(&f, mailbox);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    struct ledger *reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    CHECK_INT(ledger_snapshot(reader, NULL), 0);
    CHECK_INT(ledger_totals(reader, f.job, &t, NULL), 0);
    CHECK_INT(t.messages, 9);
    fixture_put(&f, "new", LEDGER_DONE, NULL);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    struct told told = {.max = 99, .ledger = reader};
    CHECK_INT(ledger_each_message(reader, f.job, on_message, &told, NULL), 0);
    CHECK_INT(told.count, 9);
    ledger_close(reader);
    reader = ledger_open(f.dir, LEDGER_READ, NULL);
    CHECK(reader != NULL);
    CHECK_INT(ledger_totals(reader, f.job, &t, NULL), 0);
    CHECK_INT(t.messages, 10);
    ledger_close(reader);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"totals", test_totals},
        {"mailboxes", test_mailboxes},
        {"runs", test_runs},
        {"messages", test_messages},
        {"snapshot", test_snapshot},
    };
    return check_main("report", tests, sizeof tests / sizeof *tests);
}
