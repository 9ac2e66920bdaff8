/* ledger.h: what the destination holds besides our own. */
#include "fixture.h"
#include "identity.h"

static struct ledger_index_row index_row(uint32_t uid, const struct mail_facts *facts)
{
    struct ledger_index_row row = {.uid = uid, .octets = facts->octets};
    identity_of(facts, row.ident);
    memcpy(row.core, facts->core, SHA256_OCTETS);
    return row;
}

static void put(struct fixture *f, uint32_t uid, const struct mail_facts *facts)
{
    struct ledger_index_row row = index_row(uid, facts);
    CHECK_INT(ledger_index_put(f->ledger, f->mailbox, &row, NULL), 0);
}

/* "3 5 9" */
static const char *known(struct fixture *f, int64_t mailbox, uint32_t uidvalidity)
{
    static char text[256];
    uint32_t *uids = NULL;
    size_t count = 0, n = 0;
    *text = '\0';
    CHECK_INT(ledger_known_uids(f->ledger, mailbox, uidvalidity, &uids, &count, NULL), 0);
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%" PRIu32, i ? " " : "", uids[i]);
    free(uids);
    return text;
}

static void test_uidvalidity(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts one = fixture_facts(1, "one", "x");
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    put(&f, 3, &one);
    put(&f, 5, &one);
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    CHECK_STR(known(&f, f.mailbox, 7), "3 5");
    fixture_reopen(&f);
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    CHECK_STR(known(&f, f.mailbox, 7), "3 5");
    int64_t other = ledger_mailbox(f.ledger, ledger_job(f.ledger, "a", "b", "c", NULL), "INBOX", NULL);
    CHECK(other > 0 && other != f.mailbox);
    CHECK_INT(ledger_index_begin(f.ledger, other, 8, NULL), 0); /* another job's index is another one */
    CHECK_STR(known(&f, f.mailbox, 7), "3 5");
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 8, NULL), 0);
    CHECK_STR(known(&f, f.mailbox, 8), "");
    put(&f, 5, &one);
    CHECK_STR(known(&f, f.mailbox, 8), "5");
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, UINT32_MAX, NULL), 0);
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, UINT32_MAX, NULL), 0);
    CHECK_STR(known(&f, f.mailbox, UINT32_MAX), "");
    mail_facts_done(&one);
    fixture_end(&f);
}

/* Those indexed and our own, each once, ascending; our own only under their UIDVALIDITY. */
static void test_known_uids(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts one = fixture_facts(1, "one", "x");
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    put(&f, 4000000000u, &one);
    put(&f, 20, &one);
    put(&f, 3, &one);
    ledger_done(f.ledger, fixture_put(&f, "a", LEDGER_INTENT, NULL), 7, 10, NULL);
    ledger_done(f.ledger, fixture_put(&f, "b", LEDGER_INTENT, NULL), 7, 20, NULL);
    ledger_done(f.ledger, fixture_put(&f, "c", LEDGER_INTENT, NULL), 6, 11, NULL);
    ledger_done(f.ledger, fixture_put(&f, "d", LEDGER_INTENT, NULL), 7, 0, NULL); /* not told */
    CHECK_STR(known(&f, f.mailbox, 7), "3 10 20 4000000000");
    CHECK_STR(known(&f, f.mailbox - 1, 7), "");
    for (uint32_t uid = 100; uid < 5000; uid++)
        put(&f, uid, &one);
    uint32_t *uids = NULL;
    size_t count = 0;
    CHECK_INT(ledger_known_uids(f.ledger, f.mailbox, 7, &uids, &count, NULL), 0);
    CHECK_INT(count, 4904);
    for (size_t i = 1; i < count; i++)
        CHECK(uids[i] > uids[i - 1]);
    free(uids);
    mail_facts_done(&one);
    fixture_end(&f);
}

/* What is told of the destination is not always true. */
static void test_forget_uids(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_mailbox(&f);
    CHECK_INT(ledger_index_begin(f.ledger, f.mailbox, 7, NULL), 0);
    ledger_done(f.ledger, fixture_put(&f, "a", LEDGER_INTENT, NULL), 7, 10, NULL);
    ledger_done(f.ledger, fixture_put(&f, "b", LEDGER_INTENT, NULL), 7, 20, NULL);
    ledger_done(f.ledger, fixture_put(&f, "c", LEDGER_INTENT, NULL), 6, 30, NULL);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox, 7, 20, NULL), 1);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox, 7, 30, NULL), 0);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox - 1, 7, 20, NULL), 0);
    CHECK_INT(ledger_forget_uids(f.ledger, f.mailbox, 7, 11, NULL), 0);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox, 7, 20, NULL), 0);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox, 7, 10, NULL), 1);
    CHECK_INT(ledger_has_uid(f.ledger, f.mailbox, 6, 30, NULL), 1);
    fixture_end(&f);
}

static size_t unread(struct fixture *f, const struct ledger_index_row *row, size_t cap, uint32_t *uids)
{
    size_t n = 99;
    CHECK_INT(ledger_index_find_unread(f->ledger, f->mailbox, row->ident, row->core, uids, cap, &n, NULL), 0);
    return n;
}

static void read_content(struct fixture *f, int64_t mailbox, uint32_t uid, const struct mail_facts *facts)
{
    struct ledger_index_row row = index_row(uid, facts);
    CHECK_INT(ledger_index_content(f->ledger, mailbox, &row, facts->fingerprint, NULL), 0);
}

static int with_content(struct fixture *f, const struct mail_facts *facts, uint32_t *ret_uid)
{
    struct ledger_index_row row = index_row(0, facts);
    return ledger_index_find_content(f->ledger, f->mailbox, row.ident, facts->fingerprint, ret_uid, NULL);
}

static void test_candidates(void)
{
    struct fixture f;
    fixture_begin(&f);
    fixture_mailbox(&f);
    struct mail_facts one = fixture_facts(1, "one", "x"), changed = fixture_facts(1, "one", "changed"),
                      renamed = fixture_facts(1, "other subject", "x"), two = fixture_facts(2, "two", "x");
    struct ledger_index_row row = index_row(0, &one), other = index_row(0, &renamed),
                            none = index_row(0, &two);
    uint32_t uids[4], uid = 0;
    CHECK_INT(unread(&f, &row, 4, uids), 0);
    CHECK_INT(ledger_index_has_ident(f.ledger, f.mailbox, row.ident, NULL), 0);
    put(&f, 30, &changed);
    put(&f, 20, &one);
    put(&f, 10, &renamed);
    CHECK_INT(unread(&f, &row, 4, uids), 2);
    CHECK_INT(uids[0] + uids[1], 50);
    CHECK_INT(unread(&f, &row, 1, uids), 1);
    CHECK_INT(unread(&f, &row, 0, uids), 0);
    CHECK_INT(unread(&f, &other, 4, uids), 1);
    CHECK_INT(uids[0], 10);
    CHECK_INT(unread(&f, &none, 4, uids), 0);
    size_t any = 0;
    CHECK_INT(ledger_index_find_unread(f.ledger, f.mailbox, row.ident, NULL, uids, 4, &any, NULL), 0);
    CHECK_INT(any, 3);
    CHECK_INT(ledger_index_has_ident(f.ledger, f.mailbox, row.ident, NULL), 1);
    CHECK_INT(ledger_index_has_ident(f.ledger, f.mailbox, none.ident, NULL), 0);
    CHECK_INT(ledger_index_has_ident(f.ledger, f.mailbox - 1, row.ident, NULL), 0);
    CHECK_INT(ledger_index_find_same_header(f.ledger, f.mailbox, row.ident, row.core, NULL), 1);
    CHECK_INT(ledger_index_find_same_header(f.ledger, f.mailbox, none.ident, none.core, NULL), 0);
    CHECK_INT(with_content(&f, &one, &uid), 0);
    read_content(&f, f.mailbox, 20, &one);
    read_content(&f, f.mailbox, 30, &changed);
    CHECK_INT(with_content(&f, &one, &uid), 1);
    CHECK_INT(uid, 20);
    CHECK_INT(with_content(&f, &changed, &uid), 1);
    CHECK_INT(uid, 30);
    CHECK_INT(with_content(&f, &renamed, &uid), 0);
    CHECK_INT(unread(&f, &row, 4, uids), 0);
    read_content(&f, f.mailbox, 10, &two); /* its header had told another */
    CHECK_INT(with_content(&f, &two, &uid), 1);
    CHECK_INT(unread(&f, &other, 4, uids), 0);
    put(&f, 20, &one); /* seen again: its content stays known */
    CHECK_INT(with_content(&f, &one, &uid), 1);
    CHECK_INT(ledger_index_remove(f.ledger, f.mailbox, 20, NULL), 0);
    CHECK_INT(with_content(&f, &one, &uid), 0);
    CHECK_STR(known(&f, f.mailbox, 1), "10 30");
    mail_facts_done(&one);
    mail_facts_done(&changed);
    mail_facts_done(&renamed);
    mail_facts_done(&two);
    fixture_end(&f);
}

/* Two mailboxes of one job: the same UIDs, other messages; nothing that is asked of one tells of the other.
 */
static void test_two_mailboxes(void)
{
    struct fixture f;
    fixture_begin(&f);
    int64_t inbox = fixture_mailbox(&f), archive = ledger_mailbox(f.ledger, f.job, "Archive/2024", NULL);
    struct mail_facts one = fixture_facts(1, "one", "x"), two = fixture_facts(2, "two", "y");
    struct ledger_index_row first = index_row(5, &one), second = index_row(5, &two);
    uint32_t uid = 0;
    size_t n = 0;
    CHECK(archive > 0 && archive != inbox);
    CHECK_INT(ledger_index_begin(f.ledger, inbox, 7, NULL), 0);
    CHECK_INT(ledger_index_begin(f.ledger, archive, 8, NULL), 0);
    CHECK_INT(ledger_index_put(f.ledger, inbox, &first, NULL), 0);
    CHECK_INT(ledger_index_any(f.ledger, inbox, NULL), 1);
    CHECK_INT(ledger_index_any(f.ledger, archive, NULL), 0);
    CHECK_INT(ledger_index_put(f.ledger, archive, &second, NULL), 0);
    CHECK_INT(ledger_index_has_ident(f.ledger, inbox, second.ident, NULL), 0);
    CHECK_INT(ledger_index_has_ident(f.ledger, archive, second.ident, NULL), 1);
    CHECK_INT(ledger_index_find_same_header(f.ledger, archive, first.ident, first.core, NULL), 0);
    CHECK_INT(ledger_index_find_unread(f.ledger, archive, first.ident, first.core, &uid, 1, &n, NULL), 0);
    CHECK_INT(n, 0);
    read_content(&f, inbox, 5, &one);
    CHECK_INT(ledger_index_find_content(f.ledger, inbox, first.ident, one.fingerprint, &uid, NULL), 1);
    CHECK_INT(ledger_index_find_content(f.ledger, archive, first.ident, one.fingerprint, &uid, NULL), 0);
    CHECK_INT(ledger_index_find_unread(f.ledger, archive, second.ident, second.core, &uid, 1, &n, NULL), 0);
    CHECK_INT(n, 1); /* its content is not known by the other's */
    int64_t ours = fixture_put(&f, "a", LEDGER_INTENT, &one);
    CHECK_INT(ledger_done(f.ledger, ours, 7, 9, NULL), 0);
    CHECK_STR(known(&f, inbox, 7), "5 9");
    CHECK_STR(known(&f, archive, 7), "5");
    CHECK_INT(ledger_owns_uid(f.ledger, inbox, 7, 9, first.ident, NULL), 1);
    CHECK_INT(ledger_owns_uid(f.ledger, archive, 7, 9, first.ident, NULL), 0);
    CHECK_INT(ledger_index_remove(f.ledger, archive, 5, NULL), 0);
    CHECK_STR(known(&f, inbox, 7), "5 9");
    CHECK_INT(ledger_index_begin(f.ledger, archive, 9, NULL), 0); /* made anew: the other stays as it is */
    CHECK_STR(known(&f, inbox, 7), "5 9");
    mail_facts_done(&one);
    mail_facts_done(&two);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"UIDVALIDITY", test_uidvalidity},
        {"known UIDs", test_known_uids},
        {"UIDs that are not believed", test_forget_uids},
        {"candidates", test_candidates},
        {"two mailboxes", test_two_mailboxes},
    };
    return check_main("ledger index", tests, sizeof tests / sizeof *tests);
}
