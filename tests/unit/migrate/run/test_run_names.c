/* migrate.h with a source that refuses UIDL in some sessions: nothing is sent twice, sums count each message
 * once, and delete deletes nothing that is not proved. */
#include "ledger_balance.h"
#include "rig.h"

#define LETTERS  12
#define SESSIONS 8 /* of the script below, at most as many are nameless */

struct nameless {
    unsigned sessions; /* a bit for each */
};

static bool is_nameless(void *ctx, unsigned nth)
{
    return nth <= 32 && ((const struct nameless *)ctx)->sessions >> (nth - 1) & 1;
}

static bool first_job(void *ctx, const struct ledger_job_row *row)
{
    *(int64_t *)ctx = row->id;
    return false;
}

static void check_sums(const struct rig *r)
{
    struct ledger_totals t;
    struct ledger_source s;
    int64_t job = 0;
    struct ledger *l = ledger_open(r->dir, LEDGER_READ, NULL);
    CHECK(l != NULL);
    CHECK_INT(ledger_each_job(l, first_job, &job, NULL), 0);
    CHECK_INT(ledger_totals(l, job, &t, NULL), 0);
    CHECK_INT(ledger_source_read(l, job, &s, NULL), 0);
    struct ledger_balance b = ledger_balance_of(&t, &s);
    CHECK_INT(b.before.messages, r->box->count);
    CHECK_INT(b.copied.messages, LETTERS);
    CHECK_INT(b.duplicates.messages, r->box->count - LETTERS);
    CHECK_INT(b.waiting.messages, 0);
    CHECK_INT(ledger_balance_unaccounted(&b), 0);
    ledger_close(l);
}

static void check_deleted(const struct rig *r)
{
    for (size_t i = 0; i < r->box->count; i++)
        CHECK(!r->box->all[i].gone ||
              memory_cloud_holds(r->cloud, NULL, r->box->all[i].bytes, r->box->all[i].octets) == 1);
}

static void run_script(unsigned sessions, bool doubles)
{
    struct rig r;
    struct nameless n = {sessions};
    CHECK_LABEL("nameless sessions %x, doubles %d", sessions, doubles);
    rig_begin(&r);
    for (int i = 0; i < LETTERS; i++)
        rig_letter(&r, i, true);
    if (doubles)
        rig_letter_text(&r, "again", 3, "This is number 3.");
    r.box->nameless = is_nameless;
    r.box->ctx = &n;
    CHECK_INT(rig_migrate(&r), 0);
    check_sums(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    check_sums(&r);
    CHECK_INT(memory_cloud_mailbox(r.cloud, "INBOX")->count, LETTERS);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    CHECK_INT(rig_verify(&r, VERIFY_HEADERS), 0);
    rig_delete(&r);
    check_deleted(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    check_sums(&r);
    CHECK_INT(memory_cloud_mailbox(r.cloud, "INBOX")->count, LETTERS);
    rig_end(&r);
}

/* ANY_NAMES=1 in the environment: each combination. */
static unsigned step(void)
{
    return getenv("ANY_NAMES") ? 1 : 11;
}

static void test_names(void)
{
    for (unsigned sessions = 0; sessions < 1u << SESSIONS; sessions += step()) {
        run_script(sessions, false);
        run_script(sessions, true);
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"UIDL refused in some sessions", test_names}};
    return check_main("run-names", tests, sizeof tests / sizeof *tests);
}
