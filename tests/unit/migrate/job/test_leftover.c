/* leftover.h: each message of the source that is not settled is left for one reason, whatever ended the run.
 */
#include "fixture.h"
#include "ledger_source.h"
#include "leftover.h"

static struct hash_set keys_of(int count)
{
    struct hash_set keys = {0};
    uint8_t digest[SHA256_OCTETS];
    char key[8];
    for (int i = 0; i < count; i++) {
        snprintf(key, sizeof key, "%d", i);
        sha256_bytes(key, strlen(key), digest);
        hash_set_add(&keys, digest);
    }
    return keys;
}

/* Ten messages of 100 octets on the source; the first `done` were copied, by whatever run. */
static struct ledger_source after(struct outcome *o, int done, enum error_code why)
{
    struct fixture f;
    struct ledger_source s;
    struct error err = {.code = why};
    struct hash_set keys = keys_of(10);
    char key[8];
    fixture_begin(&f);
    fixture_mailbox(&f);
    for (int i = 0; i < done; i++) {
        snprintf(key, sizeof key, "%d", i);
        struct ledger_message m = {
            .key = key, .octets_claimed = 100, .state = LEDGER_DONE, .mailbox = f.mailbox};
        CHECK_INT(ledger_put(f.ledger, f.job, &m, NULL), 0);
    }
    o->inventory_taken = true;
    o->messages = 10;
    o->octets = 1000;
    outcome_count_rest(o);
    CHECK_INT(ledger_source_seen(f.ledger, f.job, (struct ledger_amount){10, 1000}, 1, NULL), 0);
    CHECK_INT(leftover_note(f.ledger, f.job, &keys, o, &err, NULL), 0);
    CHECK_INT(ledger_source_read(f.ledger, f.job, &s, NULL), 0);
    CHECK(s.known && s.ended);
    hash_set_done(&keys);
    fixture_end(&f);
    return s;
}

static void test_all(void)
{
    struct outcome o = {.copied = 10};
    struct ledger_source s = after(&o, 10, ERROR_NONE);
    CHECK_INT(ledger_source_waiting(&s).messages, 0);
}

static void test_limit(void)
{
    struct outcome o = {.copied = 3, .later = 7, .left = {[LEDGER_LEFT_LIMIT] = {7, 700}}};
    struct ledger_source s = after(&o, 3, ERROR_NONE);
    CHECK_INT(s.left[LEDGER_LEFT_LIMIT].messages, 7);
    CHECK_INT(s.left[LEDGER_LEFT_LIMIT].octets, 700);
    CHECK_INT(ledger_source_waiting(&s).messages, 7);
}

/* The run ended before it came to what earlier runs had settled: that is not left. */
static void test_interrupted(void)
{
    struct outcome o = {.copied = 1};
    struct ledger_source s = after(&o, 6, ERROR_CANCELLED);
    CHECK_INT(s.left[LEDGER_LEFT_INTERRUPTED].messages, 4);
    CHECK_INT(s.left[LEDGER_LEFT_INTERRUPTED].octets, 400);
    CHECK_INT(o.done_before, 5);
    CHECK_INT(o.not_reached, 4);
}

static void test_full(void)
{
    struct outcome o = {.copied = 4, .filtered = 2, .left = {[LEDGER_LEFT_BEFORE] = {2, 200}}};
    struct ledger_source s = after(&o, 4, ERROR_FULL);
    CHECK_INT(s.left[LEDGER_LEFT_FULL].messages, 4);
    CHECK_INT(s.left[LEDGER_LEFT_BEFORE].messages, 2);
    CHECK_INT(s.left[LEDGER_LEFT_INTERRUPTED].messages, 0);
}

static void test_cap(void)
{
    struct outcome o = {.copied = 4, .left = {[LEDGER_LEFT_UPLOAD_CAP] = {6, 600}}};
    struct ledger_source s = after(&o, 4, ERROR_THROTTLED);
    CHECK_INT(s.left[LEDGER_LEFT_UPLOAD_CAP].messages, 6);
    CHECK_INT(ledger_source_waiting(&s).messages, 6);
}

static void test_dropped(void)
{
    struct outcome o = {.copied = 10, .missing = 2, .missing_octets = 200};
    struct ledger_source s = after(&o, 8, ERROR_NONE);
    CHECK_INT(s.left[LEDGER_LEFT_DROPPED].messages, 2);
    CHECK_INT(ledger_source_waiting(&s).messages, 2);
}

/* Of the same content as others, and without names: settled, though they have no row. */
static void test_unnamed(void)
{
    struct outcome o = {.copied = 7, .duplicates = 2, .later = 1, .left = {[LEDGER_LEFT_LIMIT] = {1, 100}}};
    struct ledger_source s = after(&o, 7, ERROR_NONE);
    CHECK_INT(ledger_source_waiting(&s).messages, 1);
    CHECK_INT(s.unnamed.messages, 2);
}

static void test_no_inventory(void)
{
    struct fixture f;
    struct ledger_source s;
    struct outcome o = {0};
    struct error err = {.code = ERROR_AUTH};
    const struct hash_set none = {0};
    fixture_begin(&f);
    CHECK_INT(leftover_note(f.ledger, f.job, &none, &o, &err, NULL), 0);
    CHECK_INT(ledger_source_read(f.ledger, f.job, &s, NULL), 0);
    CHECK(!s.known);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"all", test_all},
        {"limit", test_limit},
        {"interrupted", test_interrupted},
        {"full", test_full},
        {"cap", test_cap},
        {"dropped", test_dropped},
        {"unnamed", test_unnamed},
        {"no inventory", test_no_inventory},
    };
    return check_main("leftover", tests, sizeof tests / sizeof *tests);
}
