/* allowance.h: the window by a table, then against a plain reckoning, second by second. */
#include "allowance.h"
#include "check.h"

#define DAY ALLOWANCE_WINDOW_S
#define NOW INT64_C(1800000000)

/* Times are seconds before NOW. */
static const struct {
    const char *name;
    uint64_t cap;
    struct {
        int64_t ago_s;
        uint64_t octets;
    } sent[6];
    uint64_t next, wanted;
    uint64_t left;
    int64_t in_s; /* again, from NOW; 0: now */
} rows[] = {
    {"no cap", 0, {{10, 99}}, 500, 5000, UINT64_MAX, 0},
    {"nothing sent", 100, {{0, 0}}, 50, 1000, 100, 0},
    {"nothing wanted", 100, {{10, 100}}, 0, 0, 0, 0},
    {"room for the rest", 100, {{10, 60}}, 40, 40, 40, 0},
    {"not for the next", 100, {{10, 60}}, 41, 41, 40, DAY - 10},
    {"half of it free is enough", 100, {{7200, 30}, {3600, 30}, {10, 40}}, 5, 5000, 0, DAY - 3600},
    {"half of it is free", 100, {{10, 50}}, 5, 5000, 50, 0},
    {"less than half is wanted", 100, {{7200, 30}, {3600, 30}, {10, 40}}, 5, 25, 0, DAY - 7200},
    {"the next is more than half", 100, {{7200, 30}, {3600, 30}, {10, 40}}, 70, 5000, 0, DAY - 10},
    {"as large as the cap", 100, {{7200, 1}}, 100, 100, 99, DAY - 7200},
    {"larger than the cap: an empty window", 100, {{7200, 1}}, 300, 300, 99, DAY - 7200},
    {"larger than the cap, and empty", 100, {{DAY, 100}}, 300, 300, 100, 0},
    {"more was sent than allowed", 100, {{7200, 300}, {10, 1}}, 10, 10, 0, DAY - 7200},
    {"just out of the window", 100, {{DAY, 100}}, 10, 10, 100, 0},
    {"just in it", 100, {{DAY - 1, 100}}, 10, 10, 0, 1},
    {"over midnight, in parts", 100, {{DAY + 60, 40}, {DAY - 60, 40}, {60, 40}}, 10, 1000, 20, 60},
    {"the clock went back an hour", 100, {{-3600, 100}}, 10, 10, 0, DAY + 3600},
    {"the clock went back a day", 100, {{-DAY, 100}}, 10, 10, 0, 2 * DAY},
    {"the clock went back a year", 100, {{-365 * DAY, 100}}, 10, 10, 100, 0},
    {"some ahead, some far ahead", 100, {{600, 30}, {-60, 30}, {-DAY - 1, 90}}, 10, 1000, 40, DAY - 600},
    {"a cap of one octet", 1, {{5, 1}}, 1, 10, 0, DAY - 5},
    {"no overflow", UINT64_MAX, {{9, UINT64_MAX}, {5, UINT64_MAX}}, 1, UINT64_MAX, 0, DAY - 5},
};

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct allowance_log log = {0};
        CHECK_LABEL("%s", rows[i].name);
        for (size_t k = 0; k < 6; k++)
            if (rows[i].sent[k].octets)
                allowance_log_add(&log, NOW - rows[i].sent[k].ago_s, rows[i].sent[k].octets);
        struct allowance a =
            allowance_now(rows[i].cap, log.all, log.count, rows[i].next, rows[i].wanted, NOW);
        CHECK_INT(a.left, rows[i].left);
        CHECK_INT(a.again_s, rows[i].in_s ? NOW + rows[i].in_s : 0);
        allowance_log_done(&log);
    }
}

static void test_takes(void)
{
    CHECK(allowance_takes(0, 0, 5));
    CHECK(allowance_takes(100, 5, 5));
    CHECK(!allowance_takes(100, 5, 6));
    CHECK(allowance_takes(100, 0, 0));
    CHECK(allowance_takes(100, 100, 100));
    CHECK(allowance_takes(100, 100, 101)); /* alone */
    CHECK(!allowance_takes(100, 99, 101));
}

/* Whatever order it comes in: ascending, one entry for each second. */
static void test_log(void)
{
    struct allowance_log log = {0};
    uint32_t random = 1;
    uint64_t sum = 0;
    for (unsigned n = 1; n <= 2000; n++) {
        random = random * 1664525u + 1013904223u;
        allowance_log_add(&log, NOW + random % 500, n);
    }
    CHECK(log.count <= 500);
    for (size_t i = 0; i < log.count; i++) {
        CHECK(i == 0 || log.all[i - 1].at_s < log.all[i].at_s);
        sum += log.all[i].octets;
    }
    CHECK_INT(sum, 2000 * 2001 / 2);
    allowance_log_done(&log);
    CHECK(!log.all && !log.count);
    allowance_log_done(&log);
}

static uint64_t in_window(const struct allowance_log *log, int64_t at_s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < log->count; i++)
        if (log->all[i].at_s > at_s - DAY)
            sum += log->all[i].octets;
    return sum;
}

/* Sending as allowed, pausing as told: no window of 24 hours ever holds more than the cap, nothing waits
 * longer than a day, and each time it is told to go on there is room. */
static void test_over_days(void)
{
    enum { CAP = 1000 };
    struct allowance_log log = {0};
    int64_t now_s = NOW;
    uint32_t random = 7;
    uint64_t rest = 40 * CAP;
    for (unsigned step = 0; rest; step++) {
        random = random * 1664525u + 1013904223u;
        uint64_t next = 1 + random % 400;
        next = next < rest ? next : rest;
        CHECK_LABEL("step %u", step);
        struct allowance a = allowance_now(CAP, log.all, log.count, next, rest, now_s);
        CHECK_INT(a.left, CAP - in_window(&log, now_s));
        if (allowance_takes(CAP, a.left, next)) {
            allowance_log_add(&log, now_s, next);
            CHECK(in_window(&log, now_s) <= CAP);
            rest -= next;
            now_s += 1 + random % 3000;
            continue;
        }
        CHECK(a.again_s > now_s && a.again_s <= now_s + DAY);
        CHECK(in_window(&log, a.again_s - 1) > CAP / 2 || in_window(&log, a.again_s - 1) + next > CAP);
        now_s = a.again_s;
        a = allowance_now(CAP, log.all, log.count, next, rest, now_s);
        CHECK_INT(a.again_s, 0);
        CHECK(allowance_takes(CAP, a.left, next));
    }
    CHECK(now_s > NOW + 38 * DAY);
    allowance_log_done(&log);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the table", test_table},
        {"what is taken", test_takes},
        {"the log", test_log},
        {"over days", test_over_days},
    };
    return check_main("allowance", tests, sizeof tests / sizeof *tests);
}
