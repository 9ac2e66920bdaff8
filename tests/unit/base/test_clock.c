/* clock.h: the calendar, day by day against one that only counts, and against the C library's. */
#include "check.h"
#include "clock.h"
#include <time.h>

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

static bool same_day(struct clock_utc u, int year, int month, int day, int weekday)
{
    return u.year == year && u.month == month && u.day == day && u.weekday == weekday;
}

/* 1600-01-01 was a Saturday. */
static void test_every_day(void)
{
    int64_t at = clock_from_utc(1600, 1, 1, 0, 0, 0);
    int weekday = 6, wrong = 0;
    CHECK_INT(at, -11676096000);
    for (int year = 1600; year <= 2400; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++) {
                wrong += clock_from_utc(year, month, day, 0, 0, 0) != at;
                wrong += !same_day(clock_to_utc(at), year, month, day, weekday);
                wrong += !same_day(clock_to_utc(at + 86399), year, month, day, weekday);
                at += 86400;
                weekday = (weekday + 1) % 7;
            }
    CHECK_INT(wrong, 0);
}

static const struct {
    int64_t at;
    struct clock_utc utc;
} known[] = {
    {0, {1970, 1, 1, 0, 0, 0, 4}},
    {-1, {1969, 12, 31, 23, 59, 59, 3}},
    {-86400, {1969, 12, 31, 0, 0, 0, 3}},
    {951782400, {2000, 2, 29, 0, 0, 0, 2}},
    {951868799, {2000, 2, 29, 23, 59, 59, 2}},
    {951868800, {2000, 3, 1, 0, 0, 0, 3}},
    {4107542399, {2100, 2, 28, 23, 59, 59, 0}},
    {4107542400, {2100, 3, 1, 0, 0, 0, 1}},
    {2147483647, {2038, 1, 19, 3, 14, 7, 2}},
    {4294967296, {2106, 2, 7, 6, 28, 16, 0}},
    {-2208988800, {1900, 1, 1, 0, 0, 0, 1}},
    {-2203891200, {1900, 3, 1, 0, 0, 0, 4}},
    {253402300799, {9999, 12, 31, 23, 59, 59, 5}},
    {-62135596800, {1, 1, 1, 0, 0, 0, 1}},
    {-62135596801, {0, 12, 31, 23, 59, 59, 0}},
    {-62167219201, {-1, 12, 31, 23, 59, 59, 5}},
};

static void test_known(void)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct clock_utc *e = &known[i].utc;
        struct clock_utc u = clock_to_utc(known[i].at);
        CHECK_LABEL("%lld", (long long)known[i].at);
        CHECK_INT(u.year, e->year);
        CHECK_INT(u.month, e->month);
        CHECK_INT(u.day, e->day);
        CHECK_INT(u.hour, e->hour);
        CHECK_INT(u.minute, e->minute);
        CHECK_INT(u.second, e->second);
        CHECK_INT(u.weekday, e->weekday);
        CHECK_INT(clock_from_utc(e->year, e->month, e->day, e->hour, e->minute, e->second), known[i].at);
    }
}

static void test_round_trip(void)
{
    uint64_t x = 88172645463325252u;
    int64_t first = clock_from_utc(-1000, 1, 1, 0, 0, 0), span = clock_from_utc(3400, 1, 1, 0, 0, 0) - first;
    for (int i = 0; i < 200000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        int64_t at = first + (int64_t)(x % (uint64_t)span);
        struct clock_utc u = clock_to_utc(at);
        time_t t = (time_t)at;
        struct tm tm;
        gmtime_r(&t, &tm);
        bool same = u.year == tm.tm_year + 1900 && u.month == tm.tm_mon + 1 && u.day == tm.tm_mday &&
                    u.hour == tm.tm_hour && u.minute == tm.tm_min && u.second == tm.tm_sec &&
                    u.weekday == tm.tm_wday;
        if (!same || clock_from_utc(u.year, u.month, u.day, u.hour, u.minute, u.second) != at) {
            CHECK_LABEL("%lld", (long long)at);
            CHECK(same);
            CHECK_INT(clock_from_utc(u.year, u.month, u.day, u.hour, u.minute, u.second), at);
            return;
        }
    }
    CHECK(span > 130000000000);
}

static void test_system(void)
{
    const struct clock *c = clock_system();
    int64_t first = clock_mono_ms(c), wall = clock_wall_s(c), last = first;
    for (int i = 0; i < 10000; i++) {
        int64_t now = clock_mono_ms(c);
        CHECK(now >= last);
        last = now;
    }
    CHECK(last - first < 60000);
    CHECK(llabs((long long)(wall - time(NULL))) <= 60);
    CHECK(wall > clock_from_utc(2024, 1, 1, 0, 0, 0));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"every day from 1600 to 2400", test_every_day},
        {"known dates", test_known},
        {"round trip", test_round_trip},
        {"the machine's clock", test_system},
    };
    return check_main("clock", tests, sizeof tests / sizeof *tests);
}
