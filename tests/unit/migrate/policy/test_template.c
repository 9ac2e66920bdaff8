/* template.h: what is accepted, what comes out, and on which side of midnight a message falls. */
#include "check.h"

#include "clock.h"
#include "template.h"

static const struct {
    const char *template, *expected; /* NULL: refused */
    bool plain;
} rows[] = {
    {"INBOX", "INBOX", true},
    {"Archive/{year}", "Archive/2024", false},
    {"旧メール/{year}-{month}", "旧メール/2024-05", false},
    {"{year}{month}{day}", "20240531", false},
    {"{day}", "31", false},
    {"{year}/{year}", "2024/2024", false},
    {"{{", "{", true},
    {"}}", "}", true},
    {"{{year}}", "{year}", true},
    {"{{{year}}}", "{2024}", false},
    {"a{{b}}c", "a{b}c", true},
    {"100% {year} %s", "100% 2024 %s", false},
    {"\xff{year}",
        "\xff"
        "2024",
        false},
    {"", NULL, true},
    {"{", NULL, true},
    {"}", NULL, true},
    {"{}", NULL, true},
    {"{yaer}", NULL, true},
    {"{Year}", NULL, true},
    {"{year", NULL, true},
    {"{year/{month}", NULL, false},
    {"year}", NULL, true},
    {"{{{year}}", NULL, false},
    {"{{year}", NULL, true},
    {"{ year}", NULL, true},
    {"{year }", NULL, true},
};

static void test_table(void)
{
    int64_t date_s = clock_from_utc(2024, 5, 31, 12, 0, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", rows[i].template);
        CHECK_INT(template_check(rows[i].template, &err), rows[i].expected ? 0 : -1);
        CHECK_INT(err.code, rows[i].expected ? ERROR_NONE : ERROR_USAGE);
        CHECK_INT(template_is_plain(rows[i].template), rows[i].plain);
        char *name = template_expand(rows[i].template, date_s, 0, "");
        CHECK(name != NULL);
        if (rows[i].expected)
            CHECK_STR(name, rows[i].expected);
        free(name);
    }
}

static void test_words(void)
{
    struct error err = {0};
    CHECK_LABEL("words");
    template_check("Old/{yaer}/{month}", &err);
    CHECK_STR(err.text,
        "the folder \"Old/{yaer}/{month}\": there is no field \"{yaer}\"; the fields are {year}, "
        "{month}, {day} and {path}, and {{ or }} stands for one brace");
    template_check("Old/{year", &err);
    CHECK(strstr(err.text, "no closing brace after \"{year\"") != NULL);
    template_check("Old/year}", &err);
    CHECK(strstr(err.text, "no opening brace before \"}\"") != NULL);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    char longest[2000];
    memset(longest, 'x', sizeof longest - 1);
    longest[0] = '{';
    longest[sizeof longest - 1] = '\0';
    CHECK_INT(template_check(longest, &err), -1);
    CHECK_INT(template_check("{", NULL), -1);
}

static const struct {
    int64_t date_s;
    int utc_offset_min;
    const char *expected;
} dates[] = {
    {1704067199, 0, "2023-12-31"}, /* 2023-12-31T23:59:59Z */
    {1704067200, 0, "2024-01-01"},
    {1704067199, 9 * 60, "2024-01-01"}, /* Tokyo */
    {1704034799, 9 * 60, "2023-12-31"},
    {1704034800, 9 * 60, "2024-01-01"},
    {1704067200, -1, "2023-12-31"},
    {1704085199, -5 * 60, "2023-12-31"},
    {1704085200, -5 * 60, "2024-01-01"},
    {1704047400, 330, "2024-01-01"}, /* half an hour */
    {1709164800, 0, "2024-02-29"},
    {0, 0, "1970-01-01"},
    {-1, 0, "1969-12-31"},
    {INT64_MAX, 9 * 60, "9999-12-31"},
    {INT64_MIN, -9 * 60, "0000-01-01"},
    {INT64_MIN, 9 * 60, "0000-01-01"},
};

static void test_dates(void)
{
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        CHECK_LABEL("%lld %d", (long long)dates[i].date_s, dates[i].utc_offset_min);
        char *name = template_expand("{year}-{month}-{day}", dates[i].date_s, dates[i].utc_offset_min, "");
        CHECK_STR(name, dates[i].expected);
        free(name);
    }
}

static void test_path(void)
{
    static const struct {
        const char *template, *path, *name;
    } paths[] = {
        {"{path}", "Work/2019", "Work/2019"},
        {"{path}", "", "INBOX"},
        {"PC/{path}", "\345\226\266\346\245\255", "PC/\345\226\266\346\245\255"},
        {"PC/{path}", "", "PC"},
        {"{path}/{year}", "", "1970"},
        {"{path}/{year}", "a/b", "a/b/1970"},
        {"PC/{path}/{year}", "", "PC/1970"},
        {"{path}{{x}}", "{year}", "{year}{x}"},
        {"a/{path}/{path}", "", "a"},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK_LABEL("%s with \"%s\"", paths[i].template, paths[i].path);
        CHECK_INT(template_check(paths[i].template, NULL), 0);
        CHECK(template_has_path(paths[i].template) && !template_is_plain(paths[i].template));
        CHECK_INT(template_has_date(paths[i].template), strstr(paths[i].template, "{year}") != NULL);
        char *name = template_expand(paths[i].template, 0, 0, paths[i].path);
        CHECK_STR(name, paths[i].name);
        free(name);
    }
    CHECK(!template_has_path("a/{year}{{path}}") && template_has_date("a/{year}"));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"path", test_path},
        {"the table", test_table},
        {"words", test_words},
        {"dates", test_dates},
    };
    return check_main("template", tests, sizeof tests / sizeof *tests);
}
