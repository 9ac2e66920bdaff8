/* names.h: when a source is said to have renamed its messages, and when not. */
#include "fixture.h"
#include "names.h"
#include "source_pop3.h"

static const struct {
    const char *words;
    uint64_t settled, listed, known;
    bool differ;
} rows[] = {
    {"nothing settled", 0, 500, 0, false},
    {"too few to tell", NAMES_ENOUGH - 1, 500, 0, false},
    {"a trial by --limit 10, then the whole", 10, 200, 10, false},
    {"the same again", 200, 200, 200, false},
    {"some new", 200, 230, 200, false},
    {"all names changed", 200, 200, 0, true},
    {"all names changed, after a trial", 10, 200, 0, true},
    {"all names changed, some messages gone", 200, 150, 0, true},
    {"a few of the names stayed", 200, 200, 99, true},
    {"half of them stayed", 200, 200, 100, false},
    {"the customer deleted half", 200, 100, 100, false},
    {"the customer deleted most", 200, 20, 20, false},
    {"the customer deleted all", 200, 0, 0, false},
    {"the customer deleted all, some new came", 200, 99, 0, false},
    {"the smallest number", NAMES_ENOUGH, NAMES_ENOUGH / 2, 0, true},
    {"the smallest number, half gone", NAMES_ENOUGH, NAMES_ENOUGH / 2, NAMES_ENOUGH / 2, false},
    {"sums that could overflow", UINT64_MAX, UINT64_MAX, 0, true},
};

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].words);
        CHECK_INT(names_differ(rows[i].settled, rows[i].listed, rows[i].known), rows[i].differ);
    }
}

/* ---- with a source and a ledger ---- */
static void on_inventory(void *ctx, const struct error *error)
{
    CHECK(error == NULL);
    *(bool *)ctx = true;
}

static void answer(struct source *s, const char *text)
{
    CHECK_INT(source_feed(s, text, strlen(text), NULL), 0);
}

/* "+OK", then a line for each message, then the dot. uidl: NULL for LIST. */
static void answer_list(struct source *s, unsigned count, const char *uidl)
{
    char line[64];
    answer(s, "+OK\r\n");
    for (unsigned i = 1; i <= count; i++) {
        if (uidl)
            snprintf(line, sizeof line, "%u %s%u\r\n", i, uidl, i);
        else
            snprintf(line, sizeof line, "%u 100\r\n", i);
        answer(s, line);
    }
    answer(s, ".\r\n");
}

/* A source whose messages are uidl1, uidl2 ...; uidl NULL: without UIDL. */
static struct source *source_of(unsigned count, const char *uidl)
{
    char said[512] = "", stat[64];
    bool done = false;
    struct source *s = source_pop3_new(&(struct source_pop3_options){.one_at_a_time = true});
    source_inventory(s, on_inventory, &done);
    for (int i = 0; i < 100 && !done; i++) {
        size_t n = source_pull(s, said, sizeof said - 1);
        said[n] = '\0';
        if (!strncmp(said, "STAT", 4)) {
            snprintf(stat, sizeof stat, "+OK %u %u\r\n", count, count * 100);
            answer(s, stat);
        } else if (!strncmp(said, "LIST", 4)) {
            answer_list(s, count, NULL);
        } else if (!strncmp(said, "UIDL", 4) && uidl) {
            answer_list(s, count, uidl);
        } else {
            answer(s, "-ERR what?\r\n");
        }
    }
    CHECK(done);
    return s;
}

static void on_line(void *ctx, enum log_level level, const char *line)
{
    unsigned *warned = ctx;
    CHECK_INT(level, LOG_WARN);
    CHECK(strstr(line, "UIDL") != NULL);
    ++*warned;
}

static bool changed(struct fixture *f, unsigned count, const char *uidl, unsigned *ret_warned)
{
    struct session session = {.source = source_of(count, uidl)};
    const struct log log = {.fn = on_line, .ctx = ret_warned};
    *ret_warned = 0;
    bool is = names_changed(&session, f->ledger, f->job, &log);
    source_free(session.source);
    return is;
}

static void settle(struct fixture *f, unsigned count, const char *uidl, enum ledger_state state)
{
    char key[64];
    for (unsigned i = 1; i <= count; i++) {
        snprintf(key, sizeof key, "%s%u", uidl, i);
        fixture_put(f, key, state, NULL);
    }
}

static void test_session(void)
{
    struct fixture f;
    unsigned warned;
    fixture_begin(&f);
    CHECK_LABEL("a new ledger");
    CHECK(!changed(&f, 40, "a", &warned));
    CHECK_LABEL("few");
    settle(&f, NAMES_ENOUGH - 1, "a", LEDGER_DONE);
    CHECK(!changed(&f, 40, "b", &warned));
    CHECK_LABEL("a trial, then all");
    settle(&f, NAMES_ENOUGH, "a", LEDGER_DONE);
    CHECK(!changed(&f, 400, "a", &warned));
    CHECK_INT(warned, 0);
    CHECK_LABEL("other names");
    settle(&f, 40, "a", LEDGER_DONE);
    CHECK(changed(&f, 40, "b", &warned));
    CHECK_INT(warned, 1);
    CHECK_LABEL("no names at all");
    CHECK(changed(&f, 40, NULL, &warned));
    CHECK_LABEL("the same names");
    CHECK(!changed(&f, 40, "a", &warned));
    CHECK_LABEL("another job's names");
    f.job = ledger_job(f.ledger, "a", "b", "c", NULL);
    CHECK(!changed(&f, 40, "b", &warned));
    CHECK_INT(warned, 0);
    fixture_end(&f);
}

/* What we deleted ourselves is not missed. */
static void test_deleted_by_us(void)
{
    struct fixture f;
    struct ledger_message m;
    char key[64];
    unsigned warned;
    CHECK_LABEL("deleted by us");
    fixture_begin(&f);
    settle(&f, 40, "a", LEDGER_DONE);
    for (unsigned i = 1; i <= 40; i++) {
        snprintf(key, sizeof key, "a%u", i);
        CHECK_INT(ledger_find_key(f.ledger, f.job, key, &m, NULL), 1);
        CHECK_INT(ledger_deleted(f.ledger, m.id, 5000, NULL), 0);
    }
    CHECK(!changed(&f, 40, "b", &warned));
    CHECK_INT(warned, 0);
    fixture_end(&f);
}

/* Names that a run has met and not settled are not known for longer than this one: a plan between must not
 * hide it. */
static void test_after_a_plan(void)
{
    struct fixture f;
    unsigned warned;
    CHECK_LABEL("after a plan");
    fixture_begin(&f);
    settle(&f, 40, "a", LEDGER_DONE);
    settle(&f, 40, "b", LEDGER_OPEN);
    CHECK(changed(&f, 40, "b", &warned));
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the table", test_table},
        {"a session", test_session},
        {"deleted by us", test_deleted_by_us},
        {"after a plan", test_after_a_plan},
    };
    return check_main("names", tests, sizeof tests / sizeof *tests);
}
