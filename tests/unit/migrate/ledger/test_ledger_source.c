/* ledger_source.h, ledger_balance.h: what was left on the source is known, or it is known that nobody knows.
 */
#include "fixture.h"
#include "ledger_balance.h"
#include "ledger_learned.h"

static void put(struct fixture *f, const char *key, enum ledger_state state, uint64_t octets)
{
    struct ledger_message m = {.key = key, .octets_claimed = octets, .state = state, .mailbox = f->mailbox};
    CHECK_INT(ledger_put(f->ledger, f->job, &m, NULL), 0);
}

static struct ledger_balance balance(struct fixture *f, struct ledger_source *ret)
{
    struct ledger_totals t;
    CHECK_INT(ledger_totals(f->ledger, f->job, &t, NULL), 0);
    CHECK_INT(ledger_source_read(f->ledger, f->job, ret, NULL), 0);
    struct ledger_balance b = ledger_balance_of(&t, ret);
    CHECK_INT(ledger_balance_unaccounted(&b), 0);
    return b;
}

static bool on_last_run(void *ctx, const struct ledger_last_run *row)
{
    *(bool *)ctx = row->partial;
    return true;
}

static bool partial(struct fixture *f)
{
    bool ret = false;
    CHECK_INT(ledger_each_last_run(f->ledger, on_last_run, &ret, NULL), 0);
    return ret;
}

static void begin(struct fixture *f)
{
    fixture_begin(f);
    fixture_mailbox(f);
    put(f, "1", LEDGER_DONE, 100);
    put(f, "2", LEDGER_DUPLICATE, 100);
    put(f, "3", LEDGER_REFUSED, 50);
    put(f, "4", LEDGER_OPEN, 10);
}

static void test_unknown(void)
{
    struct fixture f;
    struct ledger_source s;
    CHECK_LABEL("nobody has looked");
    begin(&f);
    struct ledger_balance b = balance(&f, &s);
    CHECK(!s.known && partial(&f));
    CHECK_INT(b.before.messages, 4);
    CHECK_INT(b.waiting.messages, 1);
    fixture_end(&f);
}

/* Killed before its end: at least what is not settled is left, and it is said that more may be. */
static void test_killed(void)
{
    struct fixture f;
    struct ledger_source s;
    CHECK_LABEL("killed");
    begin(&f);
    CHECK_INT(ledger_source_seen(f.ledger, f.job, (struct ledger_amount){10, 1000}, 7, NULL), 0);
    struct ledger_balance b = balance(&f, &s);
    CHECK(s.known && !s.ended && partial(&f));
    CHECK_INT(s.seen_s, 7);
    CHECK_INT(s.left[LEDGER_LEFT_INTERRUPTED].messages, 7);
    CHECK_INT(b.waiting.messages, 7);
    CHECK_INT(b.waiting.octets, 750);
    CHECK_INT(b.before.messages, 10);
    CHECK_INT(b.before.octets, 1000);
    fixture_end(&f);
}

static void test_ended(void)
{
    struct fixture f;
    struct ledger_source s, end = {.all = {10, 1000},
                                .left = {[LEDGER_LEFT_LIMIT] = {4, 400}, [LEDGER_LEFT_SINCE] = {3, 350}},
                                .vanished = {1, 10}};
    CHECK_LABEL("ended");
    begin(&f);
    CHECK_INT(ledger_source_seen(f.ledger, f.job, end.all, 7, NULL), 0);
    CHECK_INT(ledger_source_left(f.ledger, f.job, &end, NULL), 0);
    fixture_reopen(&f);
    struct ledger_balance b = balance(&f, &s);
    CHECK(s.known && s.ended && partial(&f));
    CHECK_INT(b.waiting.messages, 4);
    CHECK_INT(b.left_out.messages, 3);
    CHECK_INT(b.vanished.messages, 1);
    CHECK_INT(b.duplicates.messages, 1);
    CHECK_INT(b.before.messages, 11);
    CHECK_INT(b.before.octets, 1010);
    CHECK_LABEL("seen since, by a plan");
    f.mailbox = ledger_mailbox(f.ledger, f.job, "INBOX", NULL);
    for (int i = 0; i < 9; i++)
        put(&f, (const char[2]){(char)('a' + i), '\0'}, LEDGER_OPEN, 1);
    b = balance(&f, &s);
    CHECK_INT(b.waiting.messages, 6); /* ten rows that are not settled; eight are told of */
    CHECK_LABEL("a run that leaves nothing");
    CHECK_INT(ledger_source_seen(f.ledger, f.job, (struct ledger_amount){3, 250}, 8, NULL), 0);
    CHECK_INT(ledger_source_left(f.ledger, f.job, &(struct ledger_source){.all = {3, 250}}, NULL), 0);
    CHECK_INT(ledger_source_read(f.ledger, f.job, &s, NULL), 0);
    CHECK_INT(ledger_source_waiting(&s).messages + ledger_source_left_out(&s).messages, 0);
    CHECK(!partial(&f));
    fixture_end(&f);
}

/* Without names, messages of the same content have no row each; what was deleted since is not among them. */
static void test_unnamed(void)
{
    struct fixture f;
    struct ledger_source s, end = {.all = {5, 500}};
    CHECK_LABEL("unnamed");
    fixture_begin(&f);
    fixture_mailbox(&f);
    for (int i = 0; i < 3; i++)
        put(&f, NULL, LEDGER_DONE, 100);
    CHECK_INT(ledger_source_seen(f.ledger, f.job, end.all, 7, NULL), 0);
    CHECK_INT(ledger_source_left(f.ledger, f.job, &end, NULL), 0);
    struct ledger_balance b = balance(&f, &s);
    CHECK_INT(b.duplicates.messages, 2);
    CHECK_INT(b.before.messages, 5);
    CHECK_INT(b.before.octets, 500);
    CHECK_INT(ledger_deleted(f.ledger, 1, 8, NULL), 0);
    CHECK_INT(balance(&f, &s).duplicates.messages, 2);
    fixture_end(&f);
}

static void test_on_source(void)
{
    struct fixture f;
    struct ledger_on_source on;
    struct hash_set keys = {0};
    uint8_t digest[SHA256_OCTETS];
    struct ledger_amount there;
    CHECK_LABEL("on the source");
    begin(&f);
    put(&f, "5", LEDGER_OPEN, 7);
    put(&f, NULL, LEDGER_PRESENT, 9);
    for (int i = 0; i < 4; i++) {
        sha256_bytes((const char[1]){(char)('1' + i)}, 1, digest);
        hash_set_add(&keys, digest);
    }
    CHECK_INT(ledger_on_source(f.ledger, f.job, &keys, true, &on, NULL), 0);
    CHECK_INT(on.by_state[LEDGER_DONE].messages, 1);
    CHECK_INT(on.by_state[LEDGER_PRESENT].octets, 9);
    CHECK_INT(on.by_state[LEDGER_OPEN].octets, 10);
    CHECK_INT(on.elsewhere.messages, 1);
    CHECK_INT(on.elsewhere.octets, 7);
    CHECK_INT(ledger_on_source(f.ledger, f.job, &keys, false, &on, NULL), 0);
    CHECK_INT(on.by_state[LEDGER_DONE].messages, 0);
    CHECK_INT(on.elsewhere.messages, 1);
    CHECK_INT(ledger_there(f.ledger, f.job, &there, NULL), 0);
    CHECK_INT(there.messages, 2);
    CHECK_INT(there.octets, 109);
    hash_set_done(&keys);
    fixture_end(&f);
}

static void test_names(void)
{
    CHECK_LABEL("names");
    for (int i = 0; i < LEDGER_LEFTS; i++)
        for (int k = 0; k < i; k++)
            CHECK(strcmp(ledger_left_name((enum ledger_left)i), ledger_left_name((enum ledger_left)k)) != 0);
}

/* Where a folder goes counts once something of the job was on its way there, though it is not any more. */
static void test_folder(void)
{
    struct fixture f;
    char *to = NULL;
    CHECK_LABEL("folder");
    fixture_begin(&f);
    CHECK_INT(ledger_set_folder(f.ledger, f.job, "Sent", "Sent Mail", NULL), 0);
    CHECK_INT(ledger_folder(f.ledger, f.job, "Sent", &to, NULL), 0);
    CHECK_STR(to, NULL);
    f.mailbox = ledger_mailbox(f.ledger, f.job, "Sent Mail", NULL);
    CHECK_INT(ledger_folder(f.ledger, f.job, "Sent", &to, NULL), 0);
    CHECK_STR(to, NULL);
    put(&f, NULL, LEDGER_OPEN, 10);
    CHECK_INT(ledger_folder(f.ledger, f.job, "Sent", &to, NULL), 0);
    CHECK_STR(to, "Sent Mail");
    free(to);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folder", test_folder},
        {"unknown", test_unknown},
        {"killed", test_killed},
        {"ended", test_ended},
        {"unnamed", test_unnamed},
        {"on the source", test_on_source},
        {"names", test_names},
    };
    return check_main("ledger source", tests, sizeof tests / sizeof *tests);
}
