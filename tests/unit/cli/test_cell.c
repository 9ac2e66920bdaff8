/* cell.h: every width, Japanese and Latin, and what a terminal may not see. */
#include "cell.h"
#include "check.h"
#include "text.h"

static void cells(const char *s, int width, const char *left, const char *right)
{
    struct buf a = {0}, b = {0};
    CHECK_LABEL("%s in %d", s, width);
    cell_left(&a, s, width);
    cell_right(&b, s, width);
    CHECK_STR(buf_str(&a), left);
    CHECK_STR(buf_str(&b), right);
    buf_done(&a);
    buf_done(&b);
}

static void test_cells(void)
{
    cells("abc", 5, "abc  ", "  abc");
    cells("abc", 3, "abc", "abc");
    cells("abcd", 3, "ab…", "ab…");
    cells("日本語", 6, "日本語", "日本語");
    cells("日本語", 5, "日本…", "日本…");
    cells("日本語", 4, "日… ", " 日…"); /* a half of a character has no room */
    cells("日本語", 1, "…", "…");
    cells("abc", 0, "", "");
    cells("", 3, "   ", "   ");
    cells("a\033[2Jb\n", 8, "a?[2Jb? ", " a?[2Jb?");
    cells("a\xff", 3, "a? ", " a?");
}

static void wraps(const char *s, int first, int indent, int columns, const char *expected)
{
    struct buf out = {0};
    CHECK_LABEL("%s at %d, %d, %d", s, first, indent, columns);
    cell_wrap(&out, s, first, indent, columns);
    CHECK_STR(buf_str(&out), expected);
    buf_done(&out);
}

static void test_wrap(void)
{
    wraps("one two three", 0, 0, 0, "one two three");
    wraps("one two three", 0, 2, 8, "one two\n  three");
    wraps("one two three", 4, 2, 8, "one\n  two\n  three");
    wraps("abcdefghijkl", 0, 2, 8, "abcdef\n  ghijkl");        /* no longer than the lines that follow */
    wraps("日本語です。はい", 0, 0, 10, "日本語で\nす。はい"); /* no full stop at the beginning */
    wraps("日本", 0, 0, 1, "日\n本");
    wraps("", 0, 2, 8, "");
}

/* Whatever the width, nothing is lost and no line is too wide. */
static void test_wrap_all_widths(void)
{
    static const char text[] = "source pop.example.jp: -ERR [AUTH] 認証に失敗しました。 check the password";
    for (int columns = 6; columns < 90; columns++) {
        struct buf out = {0}, joined = {0};
        CHECK_LABEL("%d", columns);
        cell_wrap(&out, text, 0, 4, columns);
        for (const char *s = buf_str(&out); *s;) {
            size_t len = strcspn(s, "\n");
            char line[200] = {0};
            memcpy(line, s, len);
            CHECK(text_width(line) <= columns);
            for (size_t i = 0; i < len; i++)
                if (line[i] != ' ')
                    buf_append_char(&joined, line[i]);
            s += len + (s[len] == '\n');
        }
        struct buf plain = {0};
        for (const char *s = text; *s; s++)
            if (*s != ' ')
                buf_append_char(&plain, *s);
        CHECK_STR(buf_str(&joined), buf_str(&plain));
        buf_done(&out);
        buf_done(&joined);
        buf_done(&plain);
    }
}

static void test_duration(void)
{
    char s[CELL_DURATION_MAX];
    CHECK_STR(cell_duration(s, -5), "0:00");
    CHECK_STR(cell_duration(s, 7), "0:07");
    CHECK_STR(cell_duration(s, 150), "2:30");
    CHECK_STR(cell_duration(s, 3599), "59:59");
    CHECK_STR(cell_duration(s, 3909), "1:05:09");
    CHECK_STR(cell_duration(s, 360000), "100:00:00");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"cells", test_cells},
        {"wrap", test_wrap},
        {"wrap, every width", test_wrap_all_widths},
        {"duration", test_duration},
    };
    return check_main("cell", tests, sizeof tests / sizeof *tests);
}
