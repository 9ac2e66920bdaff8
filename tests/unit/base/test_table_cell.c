#include "check.h"
#include "mem.h"
#include "table_cell.h"
#include <string.h>

/* What is NULL is as the value. */
struct row {
    const char *value, *exact, *csv, *quoted, *tsv;
};

static const struct row rows[] = {
    {"", "\"\"", "", "\"\"", ""},
    {"taro", "\"taro\"", "taro", "\"taro\"", "taro"},
    {"a,b", "\"a,b\"", "\"a,b\"", "\"a,b\"", "a,b"},
    {"a\"b", "\"a\"\"b\"", "\"a\"\"b\"", "\"a\"\"b\"", "a\"b"},
    {"\"", "\"\"\"\"", "\"\"\"\"", "\"\"\"\"", "\""},
    {"a\nb", "\"a\nb\"", "\"a\nb\"", "\"a\nb\"", "a b"},
    {"a\r\nb", "\"a\r\nb\"", "\"a\r\nb\"", "\"a\r\nb\"", "a  b"},
    {"a;b\tc", "\"a;b\tc\"", "\"a;b\tc\"", "\"a;b\tc\"", "a;b c"},
    {" a", "\" a\"", "\" a\"", "\" a\"", " a"},
    {"a=b", "\"a=b\"", "a=b", "\"a=b\"", "a=b"},
    {"'a", "\"'a\"", "\"'a\"", "\"'a\"", "'a"},
    {"=1+1", "\"=1+1\"", "\"'=1+1\"", "\"'=1+1\"", "'=1+1"},
    {"+81", "\"+81\"", "\"'+81\"", "\"'+81\"", "'+81"},
    {"-", "\"-\"", "\"'-\"", "\"'-\"", "'-"},
    {"@SUM(\"A\")", "\"@SUM(\"\"A\"\")\"", "\"'@SUM(\"\"A\"\")\"", "\"'@SUM(\"\"A\"\")\"", "'@SUM(\"A\")"},
    {"＝1", "\"＝1\"", "\"'＝1\"", "\"'＝1\"", "'＝1"},
    {"＋1", "\"＋1\"", "\"'＋1\"", "\"'＋1\"", "'＋1"},
    {"－1", "\"－1\"", "\"'－1\"", "\"'－1\"", "'－1"},
    {"＠1", "\"＠1\"", "\"'＠1\"", "\"'＠1\"", "'＠1"},
    {"﹦1", "\"﹦1\"", "\"'﹦1\"", "\"'﹦1\"", "'﹦1"},
    {" =1", "\" =1\"", "\"' =1\"", "\"' =1\"", "' =1"},
    {"\t=1", "\"\t=1\"", "\"'\t'=1\"", "\"'\t'=1\"", "' =1"},
    {"\r=1", "\"\r=1\"", "\"'\r'=1\"", "\"'\r'=1\"", "' =1"},
    {"\n=1", "\"\n=1\"", "\"'\n'=1\"", "\"'\n'=1\"", "' =1"},
    {"\ta", "\"\ta\"", "\"'\ta\"", "\"'\ta\"", " a"},
    {"a;=1", "\"a;=1\"", "\"a;'=1\"", "\"a;'=1\"", "a;'=1"},
    {"a;＝1", "\"a;＝1\"", "\"a;'＝1\"", "\"a;'＝1\"", "a;'＝1"},
    {"a,=1", "\"a,=1\"", "\"a,=1\"", "\"a,=1\"", "a,'=1"},
    {"a\n=1", "\"a\n=1\"", "\"a\n'=1\"", "\"a\n'=1\"", "a =1"},
    {"山田 太郎", "\"山田 太郎\"", "山田 太郎", "\"山田 太郎\"", "山田 太郎"},
    {"\x01\x1b[0m\x7f", "\"\x01\x1b[0m\x7f\"", "??[0m?", "\"??[0m?\"", "??[0m?"},
    {"\xc2\x85\xc2\x9f", "\"\xc2\x85\xc2\x9f\"", "??", "\"??\"", "??"},                 /* C1 */
    {"\xef\xbf\xbe\xef\xbf\xbf", "\"\xef\xbf\xbe\xef\xbf\xbf\"", "??", "\"??\"", "??"}, /* U+FFFE, U+FFFF */
    {"\xf4\x8f\xbf\xbf\xef\xb7\x90", "\"\xf4\x8f\xbf\xbf\xef\xb7\x90\"", "??", "\"??\"",
        "??"},                                                     /* U+10FFFF, FDD0 */
    {"\xed\xa0\x80", "\"\xed\xa0\x80\"", "???", "\"???\"", "???"}, /* a surrogate */
    {"\xe5\xb1", "\"\xe5\xb1\"", "??", "\"??\"", "??"},            /* cut off */
    {"\xef\xbf\xbd\xef\xbf\xbc", "\"\xef\xbf\xbd\xef\xbf\xbc\"", "\xef\xbf\xbd\xef\xbf\xbc",
        "\"\xef\xbf\xbd\xef\xbf\xbc\"", "\xef\xbf\xbd\xef\xbf\xbc"},
};

static void check_one(
    void (*write)(struct buf *out, const char *value), const char *value, const char *expected)
{
    struct buf out CLEANUP(buf_done) = {0};
    buf_append_str(&out, "x,");
    write(&out, value);
    CHECK_STR(buf_str(&out) + 2, expected);
    CHECK(!memcmp(buf_str(&out), "x,", 2));
}

static void test_fields(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        CHECK_LABEL("row %zu", i);
        check_one(table_cell_csv_exact, r->value, r->exact);
        check_one(table_cell_csv, r->value, r->csv);
        check_one(table_cell_csv_quoted, r->value, r->quoted);
        check_one(table_cell_tsv, r->value, r->tsv);
    }
}

/* value, in XML, in a workbook */
static const char *const texts[][3] = {
    {"", "", ""},
    {"=1+1 <&>\"'", "=1+1 <&>\"'", "=1+1 <&>\"'"},
    {"a\tb\nc\r\nd\re", "a\tb\nc\nd\ne", "a\tb\nc\nd\ne"},
    {"\x01\xef\xbf\xbe\xed\xa0\x80", "?????", "?????"},
    {"_x0041_", "_x0041_", "_x005F_x0041_"},
    {"a_x00e4_b", "a_x00e4_b", "a_x005F_x00e4_b"},
    {"_x005F_", "_x005F_", "_x005F_x005F_"},
    {"_x0041_x0042_", "_x0041_x0042_", "_x005F_x0041_x005F_x0042_"},
    {"__x0041__", "__x0041__", "__x005F_x0041__"},
    {"_x004_ _X0041_ _x0041 _x004g_", "_x004_ _X0041_ _x0041 _x004g_", "_x004_ _X0041_ _x0041 _x004g_"},
    {"𠮷野家", "𠮷野家", "𠮷野家"},
};

static void test_texts(void)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *text CLEANUP(mem_free_str) = table_cell_text(texts[i][0]);
        char *xlsx CLEANUP(mem_free_str) = table_cell_xlsx(texts[i][0]);
        CHECK_LABEL("row %zu", i);
        CHECK_STR(text, texts[i][1]);
        CHECK_STR(xlsx, texts[i][2]);
    }
}

/* n times `what`, then `last`. */
static char *repeated(const char *what, size_t n, const char *last)
{
    struct buf b CLEANUP(buf_done) = {0};
    for (; n; n--)
        buf_append_str(&b, what);
    buf_append_str(&b, last);
    return buf_strdup(&b);
}

static void check_xlsx(char *value, char *expected)
{
    char *xlsx CLEANUP(mem_free_str) = table_cell_xlsx(value);
    CHECK_INT(strlen(xlsx), strlen(expected));
    CHECK(!strcmp(xlsx, expected));
    mem_free_str(&value);
    mem_free_str(&expected);
}

static void test_too_long(void)
{
    enum { MAX = TABLE_CELL_XLSX_MAX };
    check_xlsx(repeated("a", MAX, ""), repeated("a", MAX, ""));
    check_xlsx(repeated("a", MAX + 1, ""), repeated("a", MAX - 1, "…"));
    check_xlsx(repeated("あ", MAX, ""), repeated("あ", MAX, ""));
    check_xlsx(repeated("𠮷", MAX / 2, "a"), repeated("𠮷", MAX / 2, "a"));
    check_xlsx(repeated("𠮷", MAX / 2, "𠮷"), repeated("𠮷", MAX / 2, "…")); /* no half of a pair */
    check_xlsx(repeated("a", MAX - 6, "_x0041_"), repeated("a", MAX - 6, "…"));
    check_xlsx(repeated("a\n", 253, "\nb"), repeated("a\n", 253, " b"));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"fields", test_fields},
        {"texts", test_texts},
        {"too long for a workbook", test_too_long},
    };
    return check_main("table_cell", tests, sizeof tests / sizeof *tests);
}
