/* outcome.h: nothing is counted nowhere, also over sessions that broke; strings for people. */
#include "check.h"

#include "outcome.h"

static void test_rest(void)
{
    CHECK_LABEL("rest");
    struct outcome o = {.messages = 100};
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 100);
    o = (struct outcome){.messages = 100,
        .copied = 10,
        .done_before = 20,
        .present = 5,
        .duplicates = 4,
        .filtered = 3,
        .later = 7,
        .not_mail = 1,
        .too_big = 2,
        .refused = 1,
        .unreadable = 1,
        .quarantined = 6};
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 40);
    CHECK_INT(outcome_attention(&o), 10);
    o.missing = 5; /* of those copied */
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 40);
    CHECK_INT(outcome_attention(&o), 15);
    o.done_before = 60;
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 0);
}

/* What was said OK to and is not there was not copied; a message of an earlier session may be among these. */
static void test_missing(void)
{
    CHECK_LABEL("missing");
    struct outcome o = {.copied = 50,
        .copied_octets = 5000,
        .repaired = 4,
        .by_date_source = {40, 10, 0},
        .missing = 3,
        .missing_octets = 300,
        .missing_repaired = 1,
        .missing_by_date_source = {2, 1, 0}};
    outcome_lose_missing(&o);
    CHECK_INT(o.copied, 47);
    CHECK_INT(o.copied_octets, 4700);
    CHECK_INT(o.repaired, 3);
    CHECK_INT(o.by_date_source[0], 38);
    CHECK_INT(o.by_date_source[1], 9);
    CHECK_INT(o.missing, 3);
    o = (struct outcome){.copied = 2, .missing = 3};
    outcome_lose_missing(&o);
    CHECK_INT(o.copied, 0);
}

/* What the first session settled is an earlier run's work to the second, and must not be counted twice. */
static void test_resume(void)
{
    CHECK_LABEL("resume");
    struct outcome before = {.inventory_taken = true,
        .messages = 100,
        .copied = 30,
        .copied_octets = 3000,
        .present = 2,
        .duplicates = 3,
        .done_before = 10,
        .refused = 1,
        .uids_told = true,
        .folder_created = true,
        .uidls_changed = true,
        .mended = 1,
        .archived = 25,
        .mailboxes = 4,
        .by_date_source = {20, 7, [MAIL_DATE_NOW] = 3}};
    struct outcome now = {.inventory_taken = true,
        .messages = 100,
        .copied = 50,
        .copied_octets = 5000,
        .done_before = 45,
        .refused = 1,
        .duplicates = 4,
        .uids_told = true,
        .mended = 2,
        .archived = 50,
        .mailboxes = 3,
        .by_date_source = {40, 5, [MAIL_DATE_NOW] = 5}};
    outcome_resume(&now, &before);
    CHECK_INT(now.copied, 80);
    CHECK_INT(now.copied_octets, 8000);
    CHECK_INT(now.present, 2);
    CHECK_INT(now.duplicates, 7);
    CHECK_INT(now.done_before, 10);
    CHECK_INT(now.refused, 1);
    CHECK_INT(now.not_reached, 0);
    CHECK_INT(now.reconnects, 1);
    CHECK_INT(now.by_date_source[MAIL_DATE_RECEIVED], 60);
    CHECK_INT(now.mended, 3);
    CHECK_INT(now.archived, 75);
    CHECK_INT(now.mailboxes, 4); /* the same ones, as far as it goes */
    CHECK(now.folder_created);
    CHECK(now.uids_told);
    CHECK(now.uidls_changed);
}

/* Each session sees anew what is left out: that must not add up. */
static void test_resume_filtered(void)
{
    CHECK_LABEL("resume, filtered");
    struct outcome before = {.inventory_taken = true,
        .messages = 20,
        .copied = 5,
        .filtered = 4,
        .later = 3,
        .not_mail = 1,
        .quarantined = 2};
    struct outcome now = {.inventory_taken = true,
        .messages = 20,
        .copied = 5,
        .done_before = 5,
        .filtered = 4,
        .later = 3,
        .not_mail = 1,
        .quarantined = 2};
    outcome_resume(&now, &before);
    CHECK_INT(now.copied, 10);
    CHECK_INT(now.done_before, 0);
    CHECK_INT(now.filtered, 4);
    CHECK_INT(now.later, 3);
    CHECK_INT(now.not_mail, 1);
    CHECK_INT(now.quarantined, 2);
    CHECK_INT(now.not_reached, 0);
}

static void test_resume_without_inventory(void)
{
    CHECK_LABEL("resume, not signed in again");
    struct outcome before = {.messages = 100, .copied = 30, .not_reached = 70, .reconnects = 2};
    struct outcome now = {0};
    outcome_resume(&now, &before);
    CHECK_INT(now.messages, 100);
    CHECK_INT(now.copied, 30);
    CHECK_INT(now.not_reached, 70);
    CHECK_INT(now.reconnects, 3);
}

/* ---- another inventory of the same source ---- */
static struct outcome first_round(void)
{
    return (struct outcome){.inventory_taken = true,
        .messages = 300,
        .octets = 3000,
        .copied = 290,
        .copied_octets = 2900,
        .duplicates = 10,
        .fetched = 300,
        .fetched_octets = 3000,
        .uids_told = true,
        .end_checked = true,
        .destination_messages = 290,
        .reconnects = 1,
        .mailboxes = 1,
        .by_date_source = {280, 10, 0}};
}

static void test_round(void)
{
    CHECK_LABEL("round");
    struct outcome now = first_round();
    struct outcome round = {.inventory_taken = true,
        .messages = 50,
        .octets = 500,
        .copied = 40,
        .copied_octets = 400,
        .done_before = 1,
        .present = 2,
        .filtered = 3,
        .later = 1,
        .not_mail = 1,
        .quarantined = 1,
        .refused = 1,
        .missing = 1,
        .archived = 44,
        .mended = 2,
        .repaired = 3,
        .recovered = 1,
        .fetched = 45,
        .fetched_octets = 450,
        .uids_told = true,
        .end_checked = true,
        .destination_messages = 331,
        .by_date_source = {[MAIL_DATE_RECEIVED] = 39, [MAIL_DATE_NOW] = 1}};
    outcome_add_round(&now, &round);
    CHECK_INT(now.messages, 350);
    CHECK_INT(now.octets, 3500);
    CHECK_INT(now.copied, 330);
    CHECK_INT(now.copied_octets, 3300);
    CHECK_INT(now.done_before, 1);
    CHECK_INT(now.present, 2);
    CHECK_INT(now.duplicates, 10);
    CHECK_INT(now.filtered, 3);
    CHECK_INT(now.later, 1);
    CHECK_INT(now.not_mail, 1);
    CHECK_INT(now.quarantined, 1);
    CHECK_INT(now.refused, 1);
    CHECK_INT(now.missing, 1);
    CHECK_INT(now.archived, 44);
    CHECK_INT(now.mended, 2);
    CHECK_INT(now.repaired, 3);
    CHECK_INT(now.recovered, 1);
    CHECK_INT(now.fetched, 345);
    CHECK_INT(now.fetched_octets, 3450);
    CHECK_INT(now.destination_messages, 331);
    CHECK_INT(now.by_date_source[MAIL_DATE_RECEIVED], 319);
    CHECK_INT(now.by_date_source[MAIL_DATE_NOW], 1);
    CHECK(now.uids_told && now.end_checked);
    struct outcome rest = now;
    outcome_count_rest(&rest);
    CHECK_INT(rest.not_reached, 0); /* all of both is accounted for */
    round.uids_told = round.end_checked = false;
    outcome_add_round(&now, &round);
    CHECK(!now.uids_told && !now.end_checked);
}

static void note(void *ctx, const struct outcome_message *m)
{
    char *told = ctx;
    snprintf(told, 4096, "%s|%s|%u", m->key, m->message_id, m->number);
}

static void test_tell(void)
{
    CHECK_LABEL("tell");
    char told[4096] = "", long_key[3000];
    struct outcome_sink sink = {.message = note, .ctx = told};
    struct outcome_message m = {.number = 7, .key = "a\x1b[2J", .message_id = "<\xff@x>"};
    outcome_tell(&sink, &m);
    CHECK_STR(told, "a?[2J|<?@x>|7");
    memset(long_key, 'k', sizeof long_key - 1);
    long_key[sizeof long_key - 1] = '\0';
    m.key = long_key;
    outcome_tell(&sink, &m);
    CHECK(strlen(told) < 1200);
    outcome_tell(NULL, &m);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"rest", test_rest},
        {"missing", test_missing},
        {"resume", test_resume},
        {"resume without inventory", test_resume_without_inventory},
        {"resume, filtered", test_resume_filtered},
        {"round", test_round},
        {"tell", test_tell},
    };
    return check_main("outcome", tests, sizeof tests / sizeof *tests);
}
