/* list_csv.h: rows as spreadsheets and other programs write them. */
#include "check.h"

#include "list_csv.h"
#include "mem.h"

/* Fields are joined by "|", rows by "/", each row begins with its line; NULL: refused, with `words`. */
static const struct {
    const char *text, *rows, *words;
} rows[] = {
    {"", "", NULL},
    {"a", "1a", NULL},
    {"a,b\r\nc,d\r\n", "1a|b/2c|d", NULL},
    {"a,b\nc,d", "1a|b/2c|d", NULL},
    {"a,b\rc,d\r", "1a|b/2c|d", NULL},
    {"a,b\r\n\r\nc\n\nd\r\re", "1a|b/3c/5d/7e", NULL},
    {"a\n\r\nb", "1a/3b", NULL},
    {"a\r\r\nb", "1a/3b", NULL},
    {",\n", "", NULL},
    {"\n\na", "3a", NULL},
    {" , \t\n\"\n \",\nb", "4b", NULL},
    {"a,,\n,b", "1a||/2|b", NULL},
    {"\"a\"", "1a", NULL},
    {"\"a,b\",c", "1a,b|c", NULL},
    {"\"a\"\"b\"", "1a\"b", NULL},
    {"\"\",a", "1|a", NULL},
    {"\"\"\"\"", "1\"", NULL},
    {"\"\"\"a\"\"\"", "1\"a\"", NULL},
    {"\"a\r\nb\",c\nd", "1a\r\nb|c/3d", NULL},
    {"\"a\rb\nc\r\n\r\nd\"\ne,\"f\ng\"\nh", "1a\rb\nc\r\n\r\nd/6e|f\ng/8h", NULL},
    {"a\"b", "1a\"b", NULL},
    {"a\"b\"\"c,d\"\ne\"", "1a\"b\"\"c|d\"/2e\"", NULL},
    {"a, \"b\"", "1a| \"b\"", NULL},
    {" a , b", "1 a | b", NULL},
    {"\" a \",b", "1 a |b", NULL},
    {"山田,1", "1山田|1", NULL},
    {"a;b\nc;d,e", "1a|b/2c|d,e", NULL},
    {"a\tb\n\tc", "1a|b/2|c", NULL},
    {"\"a,b,c\";d\ne;f", "1a,b,c|d/2e|f", NULL},
    {"\"a,\"\",b,c\";d\ne;f", "1a,\",b,c|d/2e|f", NULL},
    {"\"a\n,,,\";d\ne;f", "1a\n,,,|d/3e|f", NULL},
    {"#a,b,c\n\n# d,e,f\nx;y\n", "1#a,b,c/3# d,e,f/4x|y", NULL},
    {"#,a\n1,b", "1#|a/21|b", NULL},
    {"\"a", NULL, "line 1: a field in quotes does not end"},
    {"a\n\"b\nc", NULL, "line 2: a field in quotes does not end"},
    {"\"a\r\n\r\n\",\"b\nc\n", NULL, "line 3: a field in quotes does not end"},
    {"\"", NULL, "line 1: a field in quotes does not end"},
    {"\"a\"\"", NULL, "line 1: a field in quotes does not end"},
    {"\"a\"b", NULL, "line 1: text behind a field in quotes"},
    {"x\n\"a\" ,b", NULL, "line 2: text behind a field in quotes"},
    {"x\r\n\"a\r\n\r\nb\"c", NULL, "line 4: text behind a field in quotes"},
    {"\"a\" \"b\"", NULL, "line 1: text behind a field in quotes"},
    {"sep=;\r\na,b;c\r\n", "2a,b|c", NULL},
    {"\"sep=,\"\na;b,c", "2a;b|c", NULL},
    {"SEP=\t\na,b\tc", "2a,b|c", NULL},
    {"sep=;", "", NULL},
    {"sep=;x\n", "1sep=|x", NULL},
    {"sep=|\na|b", "1sep=|/2a|b", NULL},
};

static void join(const struct list_csv *csv, char *dst, size_t cap)
{
    size_t at = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < csv->count; i++) {
        const struct list_row *row = &csv->rows[i];
        at += (size_t)snprintf(dst + at, cap - at, "%s%ld", i ? "/" : "", row->line);
        for (size_t k = 0; k < row->count && at < cap; k++)
            at += (size_t)snprintf(dst + at, cap - at, "%s%s", k ? "|" : "", row->fields[k]);
    }
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char all[256];
        struct list_csv csv CLEANUP(list_csv_done) = {0};
        struct error err = {0};
        CHECK_LABEL("row %zu: %s", i, rows[i].text);
        int rc = list_csv_parse(rows[i].text, strlen(rows[i].text), 0, &csv, &err);
        CHECK_INT(rc, rows[i].rows ? 0 : -1);
        join(&csv, all, sizeof all);
        CHECK_STR(all, rows[i].rows ? rows[i].rows : "");
        CHECK_STR(err.text, rows[i].rows ? "" : rows[i].words);
        CHECK_INT(err.code, rows[i].rows ? ERROR_NONE : ERROR_USAGE);
    }
}

/* Quotes that make no sense are their row's trouble alone; `text` may be long. */
static void test_faults(void)
{
    static const struct {
        const char *text, *rows;
        unsigned long faults; /* by bits */
    } table[] = {
        {"a,\"b\nc,d\n", "1a/2c|d", 1},
        {"a\n\"b\"c,d\r\ne,\"f\"\n", "1a/2/3e|f", 2},
        {"\"a\nb\",\"c\nd\ne", "1a\nb/3d/4e", 1},
        {"\"", "1", 1},
        {"a,b\n\"c\"\"", "1a|b/2", 2},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char all[256];
        struct list_csv csv CLEANUP(list_csv_done) = {0};
        struct error err = {0};
        unsigned long faults = 0;
        CHECK_LABEL("text %zu", i);
        CHECK_INT(list_csv_read(table[i].text, strlen(table[i].text), ',', &csv, &err), 0);
        join(&csv, all, sizeof all);
        CHECK_STR(all, table[i].rows);
        for (size_t k = 0; k < csv.count; k++)
            faults |= (unsigned long)(csv.rows[k].fault != NULL) << k;
        CHECK_INT(faults, table[i].faults);
        CHECK_INT(list_csv_parse(table[i].text, strlen(table[i].text), ',', &csv, &err), -1);
    }
}

/* However a file is cut off, the rows before the cut are the same ones, and nothing is read beyond it. */
static void test_cuts(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t len = 0; rows[i].rows && len < strlen(rows[i].text); len++) {
            char all[256], *part CLEANUP(mem_free_str) = mem_alloc(len ? len : 1); /* no NUL behind it */
            struct list_csv csv CLEANUP(list_csv_done) = {0};
            struct error err = {0};
            CHECK_LABEL("row %zu cut at %zu: %s", i, len, rows[i].text);
            memcpy(part, rows[i].text, len);
            int rc = list_csv_parse(part, len, 0, &csv, &err);
            CHECK(rc == 0 || (rc == -1 && err.code == ERROR_USAGE && !csv.count));
            if (rc < 0 || csv.delimiter != ',')
                continue; /* a cut within the first line may hide the delimiter */
            join(&csv, all, sizeof all);
            struct list_csv whole CLEANUP(list_csv_done) = {0};
            list_csv_parse(rows[i].text, strlen(rows[i].text), ',', &whole, NULL);
            for (size_t k = 0; k + 1 < csv.count; k++) {
                CHECK_INT(csv.rows[k].line, whole.rows[k].line);
                CHECK_STR(csv.rows[k].fields[0], whole.rows[k].fields[0]);
            }
        }
}

static void test_delimiters(void)
{
    static const struct {
        const char *text;
        char found;
    } table[] = {
        {"", ','},
        {"user\n", ','},
        {"a,b", ','},
        {"a;b", ';'},
        {"a\tb", '\t'},
        {"a,b;c", ','},
        {"a,b;c;d", ';'},
        {"a\nb;c;d", ','},
        {"\r\n\na;b", ';'},
        {"\"x,y,z\";b", ';'},
        {"\"x\"\",y,z\";b", ';'},
        {"# a, b, c\nd;e", ';'},
        {"#;a\n", ';'},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct list_csv csv CLEANUP(list_csv_done) = {0};
        CHECK_LABEL("%s", table[i].text);
        CHECK_INT(list_csv_parse(table[i].text, strlen(table[i].text), 0, &csv, NULL), 0);
        CHECK_INT(csv.delimiter, table[i].found);
    }
    struct list_csv csv CLEANUP(list_csv_done) = {0};
    CHECK_LABEL("given");
    CHECK_INT(list_csv_parse("a,b;c", 5, ';', &csv, NULL), 0);
    CHECK_STR(csv.rows[0].fields[0], "a,b");
}

static void test_end_line(void)
{
    static const struct {
        const char *text;
        long line;
    } table[] = {
        {"", 1}, {"a", 1}, {"a\n", 2}, {"a\r\n", 2}, {"a\r\n\r\n", 3}, {"\"a\nb\"", 2}, {"\"a\n\"\n,", 3}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct list_csv csv CLEANUP(list_csv_done) = {0};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(list_csv_parse(table[i].text, strlen(table[i].text), 0, &csv, NULL), 0);
        CHECK_INT(csv.end_line, table[i].line);
    }
}

/* ---- too much ---- */
static int parse_repeated(const char *what, size_t times, struct list_csv *csv, struct error *err)
{
    struct buf text CLEANUP(buf_done) = {0};
    while (times--)
        buf_append_str(&text, what);
    return list_csv_parse(buf_bytes(&text), buf_len(&text), 0, csv, err);
}

static void test_limits(void)
{
    struct list_csv csv CLEANUP(list_csv_done) = {0}, none = {0};
    struct error err = {0};
    CHECK_LABEL("as many fields as may be");
    CHECK_INT(parse_repeated("a,", LIST_CSV_FIELDS_MAX - 1, &csv, &err), 0);
    CHECK_INT(csv.rows[0].count, LIST_CSV_FIELDS_MAX);
    CHECK_LABEL("one more");
    CHECK_INT(parse_repeated("a,", LIST_CSV_FIELDS_MAX, &none, &err), -1);
    CHECK_STR(err.text, "line 1: more than 1,000 fields, so this is no list");
    list_csv_done(&csv);
    CHECK_LABEL("as many rows as may be");
    CHECK_INT(parse_repeated("a\n\n", LIST_CSV_ROWS_MAX, &csv, &err), 0);
    CHECK_INT(csv.count, LIST_CSV_ROWS_MAX);
    CHECK_LABEL("one more");
    CHECK_INT(parse_repeated("a\n", LIST_CSV_ROWS_MAX + 1, &none, &err), -1);
    CHECK_STR(err.text, "line 200001: more than 200,000 rows");
    CHECK_INT(none.count, 0);
}

/* ---- writing ---- */
static const char *const values[] = {"", "a", " a", "a ", "\ta", "a,b", "a;b", "a\tb", "\"", "a\"b", "\"a\"",
    "a\r\nb", "\r", "\n", "山田", "#a", "'a", "=1+1", "a b", "ソ表", "\\"};

static void test_fields(void)
{
    for (size_t d = 0; d < strlen(LIST_CSV_DELIMITERS); d++) {
        struct buf out CLEANUP(buf_done) = {0};
        struct list_csv csv CLEANUP(list_csv_done) = {0};
        char delimiter = LIST_CSV_DELIMITERS[d];
        CHECK_LABEL("delimiter %zu", d);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            if (i)
                buf_append_char(&out, delimiter);
            list_csv_field(&out, values[i], delimiter);
        }
        CHECK_INT(list_csv_parse(buf_bytes(&out), buf_len(&out), 0, &csv, NULL), 0);
        CHECK_INT(csv.delimiter, delimiter);
        CHECK_INT(csv.rows[0].count, sizeof values / sizeof *values);
        for (size_t i = 0; i < csv.rows[0].count; i++)
            CHECK_STR(csv.rows[0].fields[i], values[i]);
    }
    struct buf plain CLEANUP(buf_done) = {0};
    CHECK_LABEL("no quotes without need");
    list_csv_field(&plain, "taro@example.jp", ',');
    CHECK_STR(buf_str(&plain), "taro@example.jp");
    CHECK_LABEL("quotes around another delimiter, which would be taken for the list's");
    list_csv_field(&plain, ";a,b,c", ';');
    CHECK_STR(buf_str(&plain), "taro@example.jp\";a,b,c\"");
    buf_clear(&plain);
    list_csv_field(&plain, "a,b,c", ';');
    CHECK_STR(buf_str(&plain), "\"a,b,c\"");
}

static bool keep_b(const struct list_row *row)
{
    return row->fields[0][0] == 'b';
}

static void test_taking_out(void)
{
    static const char text[] = "#note\na\nb1\nc\nb2\nd";
    struct list_csv csv CLEANUP(list_csv_done) = {0};
    CHECK_LABEL("rows taken out");
    CHECK_INT(list_csv_parse(text, strlen(text), 0, &csv, NULL), 0);
    CHECK(list_csv_is_note(&csv.rows[0]) && !list_csv_is_note(&csv.rows[1]));
    list_csv_drop(&csv, 1);
    CHECK_INT(csv.count, 5);
    CHECK_STR(csv.rows[0].fields[0], "a");
    list_csv_filter(&csv, keep_b);
    CHECK_INT(csv.count, 2);
    CHECK_STR(csv.rows[0].fields[0], "b1");
    CHECK_STR(csv.rows[1].fields[0], "b2");
    CHECK_INT(csv.rows[1].line, 5);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"rows", test_rows},
        {"quotes that make no sense", test_faults},
        {"files that end anywhere", test_cuts},
        {"delimiters", test_delimiters},
        {"where it ends", test_end_line},
        {"limits", test_limits},
        {"fields written", test_fields},
        {"rows taken out", test_taking_out},
    };
    return check_main("list_csv", tests, sizeof tests / sizeof *tests);
}
