#include "check.h"
#include "csv_field.h"
#include <string.h>

struct row {
    const char *value, *quoted, *shown, *shown_quoted;
};

static const struct row rows[] = {
    {"", "\"\"", "", "\"\""},
    {"taro", "\"taro\"", "taro", "\"taro\""},
    {"a,b", "\"a,b\"", "\"a,b\"", "\"a,b\""},
    {"a\"b", "\"a\"\"b\"", "\"a\"\"b\"", "\"a\"\"b\""},
    {"\"", "\"\"\"\"", "\"\"\"\"", "\"\"\"\""},
    {"a\nb", "\"a\nb\"", "\"a\nb\"", "\"a\nb\""},
    {"a\r\nb", "\"a\r\nb\"", "\"a\r\nb\"", "\"a\r\nb\""},
    {"a;b\tc", "\"a;b\tc\"", "a;b\tc", "\"a;b\tc\""},
    {"a=b", "\"a=b\"", "a=b", "\"a=b\""},
    {"=1+1", "\"=1+1\"", "\"'=1+1\"", "\"'=1+1\""},
    {"+81", "\"+81\"", "\"'+81\"", "\"'+81\""},
    {"-", "\"-\"", "\"'-\"", "\"'-\""},
    {"@SUM(\"A\")", "\"@SUM(\"\"A\"\")\"", "\"'@SUM(\"\"A\"\")\"", "\"'@SUM(\"\"A\"\")\""},
    {"\t=1", "\"\t=1\"", "\"'\t=1\"", "\"'\t=1\""},
    {"\r=1", "\"\r=1\"", "\"'\r=1\"", "\"'\r=1\""},
    {"山田 太郎", "\"山田 太郎\"", "山田 太郎", "\"山田 太郎\""},
};

static void check_one(
    void (*write)(struct buf *out, const char *value), const char *value, const char *expected)
{
    struct buf out = {0};
    buf_append_str(&out, "x,");
    write(&out, value);
    CHECK_STR(buf_str(&out) + 2, expected);
    CHECK(!memcmp(buf_str(&out), "x,", 2));
    buf_done(&out);
}

static void test_fields(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        CHECK_LABEL("row %zu", i);
        check_one(csv_field_quoted, r->value, r->quoted);
        check_one(csv_field_shown, r->value, r->shown);
        check_one(csv_field_shown_quoted, r->value, r->shown_quoted);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"fields", test_fields},
    };
    return check_main("csv_field", tests, sizeof tests / sizeof *tests);
}
