/* filter.h: how limits are written, and which messages pass them. */
#include "check.h"

#include "filter.h"

#define BAD INT64_MIN
#define JST (9 * 60)

static const struct {
    const char *text;
    int utc_offset_min;
    int64_t expected_s;
} dates[] = {
    {"1970-01-01", 0, 0},
    {"2024-05-31", 0, 1717113600},
    {"2024-05-31", JST, 1717113600 - 9 * 3600},
    {"2024-05-31", -5 * 60, 1717113600 + 5 * 3600},
    {"2024-05-31T12:00:00Z", JST, 1717156800},
    {"2024-05-31t12:00:00z", 0, 1717156800},
    {"2024-05-31T12:00Z", 0, 1717156800},
    {"2024-05-31T12:00:00", JST, 1717156800 - 9 * 3600},
    {"2024-05-31T12:00:07", 0, 1717156807},
    {"2024-05-31T21:00:00+09:00", 0, 1717156800},
    {"2024-05-31T21:00:00+0900", -60, 1717156800},
    {"2024-05-31T06:30:00-0530", JST, 1717156800},
    {"2024-02-29", 0, 1709164800},
    {"2000-02-29", 0, 951782400},
    {"2024-5-31", 0, 1717113600},
    {"2024/05/31", 0, 1717113600},
    {"2024/5/31", JST, 1717113600 - 9 * 3600},
    {"2024.5.31", 0, 1717113600},
    {"2024年5月31日", 0, 1717113600},
    {"２０２４年０５月３１日", 0, 1717113600},
    {"２０２４／５／３１", 0, 1717113600},
    {"2024−5−31", 0, 1717113600},
    {"R6.5.31", 0, 1717113600},
    {"令和6年5月31日", 0, 1717113600},
    {"令和元年5月1日", 0, 1556668800},
    {"H31/4/30", 0, 1556582400},
    {"平成31年4月30日", 0, 1556582400},
    {"2024/5/31 12:00", 0, 1717156800},
    {"2024/5/31 9:00:00", 0, 1717146000},
    {"2024/2/30", 0, BAD},
    {"2024年13月1日", 0, BAD},
    {"2024/5-31", 0, BAD},
    {"2024年5月31", 0, BAD},
    {"令和0年5月1日", 0, BAD},
    {"令和年5月1日", 0, BAD},
    {"11/1/2026", 0, BAD},
    {"1/11/26", 0, BAD},
    {"46327", 0, BAD},
    {"1969-12-31T23:59:59Z", 0, -1},
    {"2023-02-29", 0, BAD},
    {"1900-02-29", 0, BAD},
    {"2024-04-31", 0, BAD},
    {"2024-00-10", 0, BAD},
    {"2024-13-10", 0, BAD},
    {"2024-10-00", 0, BAD},
    {"2024-10-32", 0, BAD},
    {"0000-01-01", 0, BAD},
    {"2024-05-31T24:00:00", 0, BAD},
    {"2024-05-31T12:60", 0, BAD},
    {"2024-05-31T12:00:60", 0, BAD},
    {"2024-05-31T12:00:00+24:00", 0, BAD},
    {"2024-05-31T12:00:00+09:60", 0, BAD},
    {"2024-05-31T12:00:00+9", 0, BAD},
    {"2024-05-31T12", 0, BAD},
    {"2024-05-31T", 0, BAD},
    {"2024-05-31 ", 0, BAD},
    {" 2024-05-31", 0, BAD},
    {"2024-05-31Z", 0, BAD},
    {"24-05-31", 0, BAD},
    {"20240531", 0, BAD},
    {"31.05.2024", 0, BAD},
    {"2024-05", 0, BAD},
    {"-2024-05-31", 0, BAD},
    {"2024-+5-31", 0, BAD},
    {"yesterday", 0, BAD},
    {"", 0, BAD},
};

static void test_dates(void)
{
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct error err = {0};
        int64_t s = BAD;
        CHECK_LABEL("%s", dates[i].text);
        CHECK_INT(filter_parse_date("--since", dates[i].text, dates[i].utc_offset_min, &s, &err),
            dates[i].expected_s == BAD ? -1 : 0);
        CHECK_INT(s, dates[i].expected_s);
        CHECK_INT(err.code, dates[i].expected_s == BAD ? ERROR_USAGE : ERROR_NONE);
        if (err.code) {
            CHECK_INT(err.scope, ERROR_SCOPE_RUN);
            CHECK(!strncmp(err.text, "--since \"", 9) && strstr(err.text, dates[i].text));
        }
    }
}

/* What is said of dates that are no use. */
static void test_why(void)
{
    static const struct {
        const char *text, *words;
    } table[] = {
        {"11/1/2026", "day and month cannot be told apart: write the year first, as 2026-11-01"},
        {"1.11.2026", "day and month cannot be told apart"},
        {"46327", "a spreadsheet's own number of a day"},
        {"2026/2/29", "there is no such date"},
        {"2026年2月30日", "there is no such date"},
        {"soon", "not a date; write 2024-05-31"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct error err = {0};
        int64_t s;
        CHECK_LABEL("%s", table[i].text);
        CHECK_INT(filter_parse_date("--since", table[i].text, 0, &s, &err), -1);
        CHECK(strstr(err.text, table[i].words));
    }
}

static const struct {
    const char *text;
    bool good;
    uint64_t expected;
} sizes[] = {
    {"0", true, 0},
    {"35651584", true, 35651584},
    {"500k", true, 500000},
    {"500K", true, 500000},
    {"10M", true, 10000000},
    {"10MB", true, 10000000},
    {"10mb", true, 10000000},
    {"2G", true, 2000000000},
    {"1Ki", true, 1024},
    {"10Mi", true, 10485760},
    {"10MiB", true, 10485760},
    {"4GiB", true, 4294967296},
    {"7B", true, 7},
    {"18446744073709551615", true, UINT64_MAX},
    {"18446744073709551616", false, 0},
    {"18446744073709552k", false, 0},
    {"99999999999999999999G", false, 0},
    {"000000000000000000000000000001", false, 0},
    {"", false, 0},
    {"k", false, 0},
    {"-1", false, 0},
    {"+1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1 M", false, 0},
    {"1.5G", false, 0},
    {"1,000", false, 0},
    {"10T", false, 0},
    {"10i", false, 0},
    {"10iB", false, 0},
    {"10BB", false, 0},
    {"10MM", false, 0},
    {"0x10", false, 0},
};

static void test_sizes(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct error err = {0};
        uint64_t octets = 4711;
        CHECK_LABEL("%s", sizes[i].text);
        CHECK_INT(filter_parse_size("--max-size", sizes[i].text, &octets, &err), sizes[i].good ? 0 : -1);
        CHECK_INT(octets, sizes[i].good ? sizes[i].expected : 4711);
        CHECK_INT(err.code, sizes[i].good ? ERROR_NONE : ERROR_USAGE);
        CHECK(!err.code || !strncmp(err.text, "--max-size \"", 12));
    }
}

static const struct filter none = {
    .since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .min_octets = 0, .max_octets = FILTER_NO_MAX};
static const struct filter since = {
    .since_s = 1000, .before_s = FILTER_NO_BEFORE, .min_octets = 0, .max_octets = FILTER_NO_MAX};
static const struct filter before = {
    .since_s = FILTER_NO_SINCE, .before_s = 2000, .min_octets = 0, .max_octets = FILTER_NO_MAX};
static const struct filter year = {
    .since_s = 1000, .before_s = 2000, .min_octets = 0, .max_octets = FILTER_NO_MAX};
static const struct filter small = {
    .since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .min_octets = 0, .max_octets = 50};
static const struct filter large = {
    .since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .min_octets = 50, .max_octets = FILTER_NO_MAX};
static const struct filter both = {.since_s = 1000, .before_s = 2000, .min_octets = 10, .max_octets = 50};

static const struct {
    const struct filter *filter;
    bool date_known;
    int64_t date_s;
    uint64_t octets;
    const char *reason; /* NULL: passes */
} rows[] = {
    {&none, true, INT64_MAX, UINT64_MAX, NULL},
    {&none, true, INT64_MIN, 0, NULL},
    {&none, false, 0, 0, NULL},
    {&since, true, 999, 1, "older than --since"},
    {&since, true, 1000, 1, NULL},
    {&since, true, INT64_MAX, 1, NULL},
    {&since, false, 0, 1, NULL},
    {&since, false, INT64_MIN, 1, NULL},
    {&before, true, 1999, 1, NULL},
    {&before, true, 2000, 1, "not older than --before"},
    {&before, true, INT64_MIN, 1, NULL},
    {&before, false, 5000, 1, NULL},
    {&year, true, 999, 1, "older than --since"},
    {&year, true, 1000, 1, NULL},
    {&year, true, 1999, 1, NULL},
    {&year, true, 2000, 1, "not older than --before"},
    {&small, true, 0, 50, NULL},
    {&small, true, 0, 51, "larger than --max-size"},
    {&small, false, 0, UINT64_MAX, "larger than --max-size"},
    {&large, true, 0, 50, NULL},
    {&large, true, 0, 49, "smaller than --min-size"},
    {&large, false, 0, 0, "smaller than --min-size"},
    {&both, true, 1500, 30, NULL},
    {&both, true, 1500, 9, "smaller than --min-size"},
    {&both, true, 999, 30, "older than --since"},
    {&both, false, 0, 30, NULL},
};

static void test_match(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum filter_limit why;
        CHECK_LABEL("row %zu", i);
        bool passes = filter_match(rows[i].filter, rows[i].date_known, rows[i].date_s, rows[i].octets, &why);
        CHECK_STR(passes ? NULL : filter_words(why), rows[i].reason);
    }
}

static void test_questions(void)
{
    struct filter plain = FILTER_NONE;
    CHECK_LABEL("questions");
    CHECK(!filter_is_set(&plain) && !filter_needs_date(&plain));
    CHECK(!filter_is_set(&none) && !filter_needs_date(&none));
    CHECK(filter_is_set(&since) && filter_needs_date(&since));
    CHECK(filter_is_set(&before) && filter_needs_date(&before));
    CHECK(filter_is_set(&small) && !filter_needs_date(&small));
    CHECK(filter_is_set(&large) && !filter_needs_date(&large));
}

static void test_check(void)
{
    static const struct filter never[] = {{.since_s = 2000, .before_s = 1000, .max_octets = FILTER_NO_MAX},
        {.since_s = 1000, .before_s = 1000, .max_octets = FILTER_NO_MAX},
        {.since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .min_octets = 51, .max_octets = 50}};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        struct error err = {0};
        CHECK_LABEL("never %zu", i);
        CHECK_INT(filter_check(&never[i], &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
    }
    CHECK_LABEL("possible");
    CHECK_INT(filter_check(&none, NULL), 0);
    CHECK_INT(filter_check(&both, NULL), 0);
    const struct filter exact = {
        .since_s = FILTER_NO_SINCE, .before_s = FILTER_NO_BEFORE, .min_octets = 50, .max_octets = 50};
    CHECK_INT(filter_check(&exact, NULL), 0);
}

/* ---- folders ---- */
static void test_folders(void)
{
    static const char *const work[] = {"Work", NULL}, *const wild[] = {"*trash*", "A?C", NULL},
                             *const trash[] = {"Trash", NULL};
    static const struct {
        struct filter f;
        const char *path;
        enum mail_role role;
        bool passes;
        enum filter_limit why;
    } places[] = {
        {FILTER_NONE, "", MAIL_ROLE_NONE, true, 0},
        {FILTER_NONE, "Sent", MAIL_ROLE_SENT, true, 0},
        {FILTER_NONE, "Trash", MAIL_ROLE_TRASH, false, FILTER_TRASH},
        {FILTER_NONE, "x/Junk", MAIL_ROLE_JUNK, false, FILTER_JUNK},
        {FILTER_NONE, "Outbox", MAIL_ROLE_OUTBOX, false, FILTER_OUTBOX},
        {{.with_trash = true}, "Trash", MAIL_ROLE_TRASH, true, 0},
        {{.with_trash = true}, "Junk", MAIL_ROLE_JUNK, false, FILTER_JUNK},
        {{.with_junk = true}, "Junk", MAIL_ROLE_JUNK, true, 0},
        {{.only_folders = work}, "work", MAIL_ROLE_NONE, true, 0},
        {{.only_folders = work}, "Work/2019/a", MAIL_ROLE_NONE, true, 0},
        {{.only_folders = work}, "Workshop", MAIL_ROLE_NONE, false, FILTER_FOLDER},
        {{.only_folders = work}, "Old/Work", MAIL_ROLE_NONE, false, FILTER_FOLDER},
        {{.only_folders = trash}, "Trash", MAIL_ROLE_TRASH, true, 0},
        {{.only_folders = wild}, "My Trash", MAIL_ROLE_TRASH, false, FILTER_TRASH},
        {{.only_folders = wild}, "abc", MAIL_ROLE_NONE, true, 0},
        {{.skip_folders = work}, "Work/x", MAIL_ROLE_NONE, false, FILTER_FOLDER},
        {{.skip_folders = work}, "Inbox", MAIL_ROLE_INBOX, true, 0},
        {{.only_folders = work, .skip_folders = wild}, "Work/ABC", MAIL_ROLE_NONE, true, 0},
        {{.only_folders = trash, .skip_folders = trash}, "Trash", MAIL_ROLE_TRASH, false, FILTER_FOLDER},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        enum filter_limit why = FILTER_SINCE;
        CHECK_LABEL("row %zu, %s", i, places[i].path);
        CHECK_INT(filter_folder(&places[i].f, places[i].path, places[i].role, &why), places[i].passes);
        if (!places[i].passes)
            CHECK_INT(why, places[i].why);
        CHECK(places[i].passes || *filter_words(why));
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folders", test_folders},
        {"dates", test_dates},
        {"why a date is none", test_why},
        {"sizes", test_sizes},
        {"which messages pass", test_match},
        {"what is needed", test_questions},
        {"nothing could pass", test_check},
    };
    return check_main("filter", tests, sizeof tests / sizeof *tests);
}
