/* quote_growth.h: octets per month and growth per year, and when they are not to be relied on.
 *
 * "Now" is 2026-11-22 12:00 UTC; the 12 whole months before it are 2025-11 to 2026-10. */
#include "check.h"

#include "clock.h"
#include "quote_growth.h"

#define DAY INT64_C(86400)
#define JST (9 * 60)

static int64_t now_s(void)
{
    return clock_from_utc(2026, 11, 22, 12, 0, 0);
}

/* Messages of `octets` each: one every `every` seconds, from `oldest` days ago until `newest` days ago. */
struct stream_of_mail {
    int oldest, newest; /* days ago; oldest 0: none */
    int64_t every;
    uint64_t octets;
};

static struct quote_account tell(const struct stream_of_mail *mail, size_t count, struct quote_account a)
{
    struct quote_history h = {0};
    for (size_t i = 0; i < count && mail[i].oldest; i++)
        for (int64_t ago = mail[i].oldest * DAY; ago > mail[i].newest * DAY; ago -= mail[i].every) {
            quote_history_add(&h, now_s() - ago, mail[i].octets);
            a.inventory.messages++;
            a.inventory.octets += mail[i].octets;
        }
    quote_history_tell(&h, now_s(), 0, &a);
    quote_history_done(&h);
    return a;
}

/* ---- quartiles ---- */
static const struct {
    uint64_t values[8];
    size_t count;
    uint64_t low, mid, high;
} quartiles[] = {
    {{7}, 1, 7, 7, 7},
    {{9, 2}, 2, 2, 5, 9},
    {{3, 1, 2}, 3, 1, 2, 3},
    {{4, 1, 3, 2}, 4, 1, 2, 4},
    {{5, 4, 3, 2, 1}, 5, 2, 3, 4},
    {{8, 1, 7, 2, 6, 3, 5, 4}, 8, 2, 4, 7},
    {{0, 0, 0, 100}, 4, 0, 0, 100},
    {{UINT64_MAX, UINT64_MAX}, 2, UINT64_MAX, UINT64_MAX, UINT64_MAX},
};

static void test_quartiles(void)
{
    for (size_t i = 0; i < sizeof quartiles / sizeof *quartiles; i++) {
        uint64_t values[8], ret[ESTIMATE_SCENARIOS];
        memcpy(values, quartiles[i].values, sizeof values);
        CHECK_LABEL("row %zu", i);
        quote_quartiles(values, quartiles[i].count, ret);
        CHECK(ret[ESTIMATE_LOW] == quartiles[i].low);
        CHECK(ret[ESTIMATE_MID] == quartiles[i].mid);
        CHECK(ret[ESTIMATE_HIGH] == quartiles[i].high);
    }
}

/* ---- months ---- */
static struct quote_account months_of(const int64_t *dates, size_t count, int utc_offset_min)
{
    struct quote_history h = {0};
    struct quote_account a = {.expire_days = -1};
    for (size_t i = 0; i < count; i++)
        quote_history_add(&h, dates[i], 10 + i);
    a.inventory.messages = count;
    quote_history_tell(&h, now_s(), utc_offset_min, &a);
    quote_history_done(&h);
    return a;
}

static void test_months(void)
{
    const int64_t dates[] = {
        clock_from_utc(2024, 3, 1, 0, 0, 0),
        clock_from_utc(2023, 12, 31, 15, 0, 0), /* 2024-01-01 in Japan */
        clock_from_utc(2024, 2, 29, 23, 59, 59),
        clock_from_utc(2023, 12, 31, 14, 59, 59),
    };
    struct quote_account a = months_of(dates, 4, 0);
    CHECK_LABEL("UTC");
    CHECK_INT(a.month_count, 3);
    CHECK_INT(a.months[0].year, 2023);
    CHECK_INT(a.months[0].month, 12);
    CHECK_INT(a.months[0].messages, 2);
    CHECK_INT(a.months[0].octets, 24);
    CHECK_INT(a.months[1].month, 2);
    CHECK_INT(a.months[2].octets, 10);
    CHECK(a.oldest_s == dates[3] && a.newest_s == dates[0]);
    CHECK(quote_month_find(&a, 2024, 2) == &a.months[1]);
    CHECK(!quote_month_find(&a, 2024, 1));
    free(a.months);

    a = months_of(dates, 4, JST);
    CHECK_LABEL("Japan");
    CHECK_INT(a.month_count, 3);
    CHECK_INT(a.months[0].messages, 1);
    CHECK_INT(a.months[1].year, 2024);
    CHECK_INT(a.months[1].month, 1);
    CHECK_INT(a.months[2].month, 3);
    CHECK_INT(a.months[2].messages, 2);
    free(a.months);
}

static void test_years(void)
{
    static const struct quote_month months[] = {
        {2019, 12, 1, 10}, {2020, 1, 2, 20}, {2020, 7, 3, 30}, {2023, 5, 4, 40}};
    struct quote_month years[8];
    CHECK_LABEL("all");
    CHECK_INT(quote_years(months, 4, years, 8), 5);
    CHECK_INT(years[0].year, 2019);
    CHECK_INT(years[1].octets, 50);
    CHECK_INT(years[1].messages, 5);
    CHECK_INT(years[1].month, 0);
    CHECK_INT(years[2].octets, 0);
    CHECK_INT(years[4].year, 2023);
    CHECK_INT(years[4].octets, 40);
    CHECK_LABEL("the latest two");
    CHECK_INT(quote_years(months, 4, years, 2), 2);
    CHECK_INT(years[0].year, 2022);
    CHECK_INT(years[1].messages, 4);
    CHECK_LABEL("none");
    CHECK_INT(quote_years(months, 0, years, 8), 0);
    CHECK_INT(quote_years(months, 4, years, 0), 0);
}

/* ---- growth ---- */
/* 1000 octets on each of the first days of `count` whole months, `extra` more in the last of them. */
static struct quote_account by_month(int count, uint64_t extra)
{
    struct quote_history h = {0};
    struct quote_account a = {.expire_days = -1, .inventory = {1000, 1000000}};
    for (int i = 0; i < count; i++) {
        int at = 2026 * 12 + 9 - i; /* 2026-10 and back */
        quote_history_add(&h, clock_from_utc(at / 12, at % 12 + 1, 1, 0, 0, 0), 1000 + (i ? 0 : extra));
    }
    /* The month in which it begins and that of now are not whole: they must not count. */
    int first = 2026 * 12 + 9 - count;
    quote_history_add(&h, clock_from_utc(first / 12, first % 12 + 1, 20, 0, 0, 0), 999999);
    quote_history_add(&h, clock_from_utc(2026, 11, 2, 0, 0, 0), 999999);
    quote_history_tell(&h, now_s(), 0, &a);
    quote_history_done(&h);
    return a;
}

static void test_whole_months(void)
{
    for (int count = 3; count <= 40; count++) {
        struct quote_account a = by_month(count, 500);
        CHECK_LABEL("%d months", count);
        CHECK_INT(a.growth.origin, QUOTE_GROWTH_MONTHS);
        int n = count < 12 ? count : 12;
        CHECK_INT(a.growth.periods, n);
        for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
            CHECK_INT(a.growth.octets[s], (n * 1000 + 500) * 12 / n);
        CHECK_INT(a.growth.reliable, count >= 6);
        CHECK_INT(a.growth.notes, count < 6 ? QUOTE_NOTE_FEW : 0);
        free(a.months);
    }
}

/* A month without mail is a month of 0 octets: mail in every second month is half of it. */
static void test_empty_months(void)
{
    struct quote_history h = {0};
    struct quote_account a = {.expire_days = -1, .inventory = {12, 12000}};
    for (int i = 0; i < 24; i += 2) {
        int at = 2026 * 12 + 9 - i;
        quote_history_add(&h, clock_from_utc(at / 12, at % 12 + 1, 5, 0, 0, 0), 1000);
    }
    quote_history_add(&h, clock_from_utc(2020, 1, 1, 0, 0, 0), 1);
    quote_history_tell(&h, now_s(), 0, &a);
    CHECK_LABEL("every second month");
    CHECK_INT(a.growth.periods, 12);
    CHECK_INT(a.growth.octets[ESTIMATE_MID], 6000);
    CHECK_INT(a.growth.notes, QUOTE_NOTE_UNEVEN);
    CHECK(a.growth.reliable);
    quote_history_done(&h);
    free(a.months);
}

/* What is said, by what the mailbox holds. */
static const struct {
    const char *label;
    struct stream_of_mail mail[2];
    struct quote_account a;
    enum quote_growth_origin origin;
    unsigned notes;
    bool reliable;
} cases[] = {
    {"three years, steady", {{1100, 0, DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_MONTHS, 0, true},
    {"the server expires mail", {{1100, 0, DAY, 1000}}, {.expire_days = 30}, QUOTE_GROWTH_MONTHS,
        QUOTE_NOTE_EXPIRES, false},
    {"30 days", {{30, 0, DAY / 4, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_WEEKS,
        QUOTE_NOTE_YOUNG | QUOTE_NOTE_EDGE | QUOTE_NOTE_FEW, false},
    {"40 days", {{40, 0, DAY / 4, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_WEEKS,
        QUOTE_NOTE_YOUNG | QUOTE_NOTE_FEW, false},
    {"two weeks", {{14, 0, DAY / 4, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_ASSUMED,
        QUOTE_NOTE_YOUNG | QUOTE_NOTE_EDGE | QUOTE_NOTE_FEW, false},
    {"90 days, from the first day on", {{90, 0, DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_WEEKS,
        QUOTE_NOTE_EDGE | QUOTE_NOTE_FEW, false},
    {"a year, from the first day on", {{365, 0, DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_MONTHS,
        QUOTE_NOTE_EDGE, false},
    {"a year, one message and a late start", {{365, 364, DAY, 1000}, {250, 0, DAY, 1000}},
        {.expire_days = -1}, QUOTE_GROWTH_MONTHS, QUOTE_NOTE_UNEVEN, true},
    {"300 days", {{300, 0, DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_MONTHS, 0, true},
    {"a year, but 19 messages", {{365, 0, 20 * DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_MONTHS, 0,
        true},
    {"no mail for two years", {{2000, 800, DAY, 1000}}, {.expire_days = -1}, QUOTE_GROWTH_MONTHS,
        QUOTE_NOTE_QUIET, false},
    {"a quarter without date", {{1100, 0, DAY, 1000}},
        {.expire_days = -1, .undated = {300, 300000}, .inventory = {300, 300000}}, QUOTE_GROWTH_MONTHS,
        QUOTE_NOTE_UNDATED, false},
    {"empty", {{0}}, {.expire_days = -1}, QUOTE_GROWTH_ASSUMED, QUOTE_NOTE_EMPTY, false},
    {"sizes alone", {{0}},
        {.expire_days = -1, .undated = {9, 900}, .inventory = {9, 900}, .growth = {.notes = QUOTE_NOTE_FAST}},
        QUOTE_GROWTH_ASSUMED, QUOTE_NOTE_FAST | QUOTE_NOTE_UNDATED, false},
};

static void test_notes(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quote_account a = tell(cases[i].mail, 2, cases[i].a);
        CHECK_LABEL("%s", cases[i].label);
        CHECK_INT(a.growth.origin, cases[i].origin);
        CHECK_INT(a.growth.notes, cases[i].notes);
        CHECK_INT(a.growth.reliable, cases[i].reliable);
        if (a.growth.origin == QUOTE_GROWTH_ASSUMED)
            CHECK_INT(a.growth.octets[ESTIMATE_MID], QUOTE_ASSUMED_MID);
        free(a.months);
    }
}

/* 4 x 1000 octets a day are 28,000 a week; four whole weeks lie within 30 days. */
static void test_weeks(void)
{
    static const struct stream_of_mail mail = {30, 0, DAY / 4, 1000};
    struct quote_account a = tell(&mail, 1, (struct quote_account){.expire_days = -1});
    CHECK_LABEL("weeks");
    CHECK_INT(a.growth.periods, 4);
    CHECK_INT(a.growth.octets[ESTIMATE_LOW], 28000 * 365 / 7);
    CHECK_INT(a.growth.octets[ESTIMATE_HIGH], 28000 * 365 / 7);
    free(a.months);
}

/* ---- the company ---- */
#define MB UINT64_C(1000000)

/* A mailbox with octets[i] in the month i months before now (0 is 2026-10), and something before. */
static struct quote_account with_months(const uint64_t *octets, int count)
{
    struct quote_history h = {0};
    struct quote_account a = {.expire_days = -1, .inventory = {100, 100 * MB}};
    for (int i = 0; i <= count; i++) {
        int at = 2026 * 12 + 9 - i;
        if (i == count || octets[i])
            quote_history_add(
                &h, clock_from_utc(at / 12, at % 12 + 1, 5, 0, 0, 0), i == count ? 1 : octets[i]);
    }
    quote_history_tell(&h, now_s(), 0, &a);
    quote_history_done(&h);
    return a;
}

static void test_each_quarter(void)
{
    uint64_t octets[24] = {0};
    for (int i = 0; i < 24; i += 3)
        octets[i] = 4 * MB;
    struct quote_account a = with_months(octets, 24);
    CHECK_LABEL("4 MB each quarter");
    CHECK_INT(quote_growth_together(&a, 1, now_s(), 0), 1000);
    CHECK_INT(a.growth.octets[ESTIMATE_MID], 16 * MB);
    CHECK(a.growth.octets[ESTIMATE_LOW] >= 4 * MB && a.growth.octets[ESTIMATE_LOW] <= 12 * MB);
    CHECK(a.growth.octets[ESTIMATE_HIGH] >= 20 * MB && a.growth.octets[ESTIMATE_HIGH] <= 28 * MB);
    CHECK(!(a.growth.notes & QUOTE_NOTE_OUTLIER));
    uint64_t low = a.growth.octets[ESTIMATE_LOW], high = a.growth.octets[ESTIMATE_HIGH];
    free(a.months);
    a = with_months(octets, 24);
    quote_growth_together(&a, 1, now_s(), 0);
    CHECK_LABEL("the same range each time");
    CHECK(a.growth.octets[ESTIMATE_LOW] == low && a.growth.octets[ESTIMATE_HIGH] == high);
    free(a.months);
}

/* Of whole years, and no less than two: what a year has more than the one before is expected once more. */
static void test_trend(void)
{
    static const struct {
        const char *label;
        uint64_t years[3]; /* a month, the last year first */
        int months;
        unsigned trend;
    } rows[] = {
        {"half more each year", {1350000, 900000, 600000}, 36, 1500},
        {"two years", {1350000, 900000}, 24, 1500},
        {"a year and a half", {1350000, 900000}, 18, 1000},
        {"less", {600000, 900000, 1350000}, 36, 666},
        {"the year in between does not matter", {1350000, 100000, 600000}, 36, 1500},
        {"13.1 MB, half more than before", {1091667, 727778, 485185}, 36, 1500},
        {"ten times as much is no trend", {9000000, 900000}, 24, 2000},
        {"nothing before", {1350000, 0, 0}, 36, 1000},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        uint64_t octets[36];
        for (int i = 0; i < 36; i++)
            octets[i] = rows[r].years[i / 12];
        struct quote_account a = with_months(octets, rows[r].months);
        uint64_t last = 12 * rows[r].years[0], mid = last * rows[r].trend / 1000;
        CHECK_LABEL("%s", rows[r].label);
        CHECK_INT(quote_growth_together(&a, 1, now_s(), 0), rows[r].trend);
        CHECK_INT(a.growth.octets[ESTIMATE_MID], mid);
        CHECK_INT(a.growth.octets[ESTIMATE_LOW], mid < last ? mid : last);
        CHECK_INT(a.growth.octets[ESTIMATE_HIGH], mid < last ? last : mid);
        free(a.months);
    }
}

/* Of six mailboxes each has its months of much mail; together they are steady, and so is the range. */
static void test_together(void)
{
    struct quote_account a[7];
    uint64_t sum[ESTIMATE_SCENARIOS] = {0};
    for (int k = 0; k < 6; k++) {
        uint64_t octets[12];
        for (int i = 0; i < 12; i++)
            octets[i] = i % 6 == k ? 3 * MB : 8333;
        a[k] = with_months(octets, 12);
    }
    a[6] = (struct quote_account){.growth = {.origin = QUOTE_GROWTH_GIVEN, .octets = {7, 7, 7}}};
    quote_growth_together(a, 7, now_s(), 0);
    for (int k = 0; k < 6; k++)
        for (int s = 0; s < ESTIMATE_SCENARIOS; s++)
            sum[s] += a[k].growth.octets[s];
    CHECK_LABEL("six mailboxes");
    CHECK_INT(sum[ESTIMATE_MID], 36499980);
    CHECK_INT(sum[ESTIMATE_LOW], 36499980);
    CHECK_INT(sum[ESTIMATE_HIGH], 36499980);
    CHECK_LABEL("what is given stays");
    CHECK_INT(a[6].growth.octets[ESTIMATE_MID], 7);
    for (int k = 0; k < 6; k++)
        free(a[k].months);
}

static void test_import(void)
{
    uint64_t octets[24];
    for (int i = 0; i < 24; i++)
        octets[i] = MB;
    octets[4] = 500 * MB;
    struct quote_account a = with_months(octets, 24);
    CHECK_LABEL("an import");
    CHECK_INT(quote_growth_together(&a, 1, now_s(), 0), 1000);
    CHECK_INT(a.growth.octets[ESTIMATE_MID], 511 * MB);
    CHECK_INT(a.growth.notes, QUOTE_NOTE_OUTLIER);
    CHECK(!a.growth.reliable);
    free(a.months);
}

static void test_words(void)
{
    for (int bit = 0; bit < QUOTE_NOTES; bit++) {
        CHECK_LABEL("bit %d", bit);
        CHECK(*quote_growth_note_words((enum quote_growth_note)(1 << bit)));
    }
    CHECK_STR(quote_growth_note_words((enum quote_growth_note)(1 << QUOTE_NOTES)), "");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"quartiles", test_quartiles},
        {"octets by month, in the customer's zone", test_months},
        {"octets by year", test_years},
        {"whole months alone count", test_whole_months},
        {"months without mail", test_empty_months},
        {"what makes growth unreliable", test_notes},
        {"weeks, where there are no months", test_weeks},
        {"mail in few months", test_each_quarter},
        {"the trend of the years before", test_trend},
        {"mailboxes together", test_together},
        {"a month that outweighs its year", test_import},
        {"words for all of it", test_words},
    };
    return check_main("growth", tests, sizeof tests / sizeof *tests);
}
