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
        .too_big = 2,
        .refused = 1,
        .unreadable = 1};
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 54);
    o.done_before = 74;
    outcome_count_rest(&o);
    CHECK_INT(o.not_reached, 0);
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
        .by_date_source = {20, 7, 3}};
    struct outcome now = {.inventory_taken = true,
        .messages = 100,
        .copied = 50,
        .copied_octets = 5000,
        .done_before = 45,
        .refused = 1,
        .duplicates = 4,
        .uids_told = true,
        .by_date_source = {40, 5, 5}};
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
    CHECK(now.folder_created);
    CHECK(now.uids_told);
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
        {"resume", test_resume},
        {"resume without inventory", test_resume_without_inventory},
        {"tell", test_tell},
    };
    return check_main("outcome", tests, sizeof tests / sizeof *tests);
}
