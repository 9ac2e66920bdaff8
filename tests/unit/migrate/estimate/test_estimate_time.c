/* estimate_time.h: how long, and what holds it up. */
#include "check.h"
#include "estimate_time.h"

#define GB UINT64_C(1000000000)

static void test_time(void)
{
    static const struct estimate_load ten = {10 * GB, 50000};
    static const struct {
        const char *what;
        struct estimate_pace pace;
        uint64_t seconds, days;
        enum estimate_bottleneck by;
    } rows[] = {
        {"nothing known", {0}, 0, 0, ESTIMATE_BY_NOTHING},
        /* 10 GB at 500 MB a day: 19 full days, then the last portion. */
        {"upload cap", {.upload_octets_per_day = GB / 2, .octets_per_second = 1000000}, 19 * 86400 + 500, 20,
            ESTIMATE_BY_UPLOAD_CAP},
        {"upload cap alone", {.upload_octets_per_day = GB / 2}, 19 * 86400 + 1, 20, ESTIMATE_BY_UPLOAD_CAP},
        {"a cap of just so much", {.upload_octets_per_day = 10 * GB, .octets_per_second = 1000000}, 10000, 1,
            ESTIMATE_BY_RATE},
        {"messages", {.messages_per_second = 4, .octets_per_second = 1000000}, 12500, 1,
            ESTIMATE_BY_MESSAGES},
        {"rate", {.messages_per_second = 40, .octets_per_second = 3000000}, 3334, 1, ESTIMATE_BY_RATE},
        {"rate of three", {.connections = 3, .octets_per_second = 1000000}, 3334, 1, ESTIMATE_BY_RATE},
        {"connections", {.connections = 8, .connections_max = 2, .octets_per_second = 1000000}, 5000, 1,
            ESTIMATE_BY_CONNECTIONS},
        {"connections enough", {.connections = 8, .connections_max = 8, .octets_per_second = 1000000}, 1250,
            1, ESTIMATE_BY_RATE},
        {"line", {.connections = 8, .octets_per_second = 1000000, .line_octets_per_second = 100000}, 100000,
            2, ESTIMATE_BY_LINE},
        {"an octet a day", {.upload_octets_per_day = 1}, ESTIMATE_SECONDS_MAX,
            ESTIMATE_SECONDS_MAX / 86400 + 1, ESTIMATE_BY_UPLOAD_CAP},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct estimate_time t = estimate_time(&ten, 1, &rows[i].pace);
        CHECK_LABEL("%s", rows[i].what);
        CHECK_INT(t.seconds, rows[i].seconds);
        CHECK_INT(t.days, rows[i].days);
        CHECK_STR(estimate_bottleneck_words(t.bottleneck), estimate_bottleneck_words(rows[i].by));
    }
}

/* 300, 100, 200 and 100 seconds: at once 300; two at a time: 300 + 100 and 100 + 200; one by one 700. */
static void test_time_of_many(void)
{
    static const struct estimate_load loads[] = {{300, 1}, {100, 1}, {200, 1}, {100, 1}};
    static const struct {
        uint64_t parallel, seconds;
        enum estimate_bottleneck by;
    } rows[] = {{0, 300, ESTIMATE_BY_RATE}, {4, 300, ESTIMATE_BY_RATE}, {9, 300, ESTIMATE_BY_RATE},
        {2, 400, ESTIMATE_BY_PARALLEL}, {1, 700, ESTIMATE_BY_PARALLEL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct estimate_pace pace = {.octets_per_second = 1, .parallel = rows[i].parallel};
        struct estimate_time t = estimate_time(loads, 4, &pace);
        CHECK_LABEL("%d at a time", (int)rows[i].parallel);
        CHECK_INT(t.seconds, rows[i].seconds);
        CHECK_INT(t.bottleneck, rows[i].by);
        CHECK_INT(t.slowest, 0);
        CHECK_INT(t.slowest_seconds, 300);
    }
    struct estimate_pace pace = {.octets_per_second = 1};
    CHECK_INT(estimate_time(NULL, 0, &pace).seconds, 0);
}

/* The facts file: 10 GB into Gmail are 20 days for a mailbox, and a hundred of them take no longer. */
static void test_time_gmail(void)
{
    struct estimate_load loads[100];
    struct catalog *c = NULL;
    struct estimate_pace pace = {.octets_per_second = 5000000};
    CHECK_INT(catalog_load(NULL, 0, &c, NULL), 0);
    estimate_time_limits(catalog_provider_find(c, "google"), &pace);
    for (size_t i = 0; i < 100; i++)
        loads[i] = (struct estimate_load){10 * GB, 20000};
    struct estimate_time t = estimate_time(loads, 100, &pace);
    CHECK_LABEL("a hundred mailboxes into Gmail");
    CHECK_INT(t.days, 20);
    CHECK_INT(t.bottleneck, ESTIMATE_BY_UPLOAD_CAP);
    catalog_free(c);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"one mailbox", test_time},
        {"many", test_time_of_many},
        {"Gmail", test_time_gmail},
    };
    return check_main("migrate-estimate-time", tests, sizeof tests / sizeof *tests);
}
