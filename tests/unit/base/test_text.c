/* text.h: UTF-8 that is none, what is shown of it and how wide, numbers, sizes. */
#include "check.h"
#include "text.h"
#include <limits.h>
#include <locale.h>

/* ---- UTF-8 ---- */
static size_t encode(unsigned c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static void test_every_character(void)
{
    int wrong = 0;
    for (unsigned c = 0; c < 0x110000; c++) {
        char s[5] = {0};
        size_t n = encode(c, s);
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        size_t len = text_utf8_len(s, n);
        wrong += len != (surrogate ? 0 : n);
        wrong += len && (text_utf8_code(s, len) != c || text_utf8_len(s, n + 1) != n);
        for (size_t cut = 0; cut < n; cut++)
            wrong += text_utf8_len(s, cut) != 0;
    }
    CHECK_INT(wrong, 0);
}

static void test_not_utf8(void)
{
    static const char *const rows[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x20", "\xc2\xc2", "\xe0\x80\x80",
        "\xe0\x9f\xbf", "\xe3\x81", "\xe3\x81\x20", "\xe3\x20\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf0\x9f\x98\x20", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff",
        "\x93\xfa\x96\x7b", /* Shift_JIS */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("row %zu", i);
        CHECK_INT(text_utf8_len(rows[i], strlen(rows[i])), 0);
    }
    CHECK_INT(text_utf8_len("", 0), 0);
    CHECK_INT(text_utf8_len("\0", 1), 1);
}

static void test_clean(void)
{
    static const struct {
        const char *in;
        size_t len, cap;
        const char *out;
    } rows[] = {
        {"abc", 3, 4, "abc"}, {"abc", 3, 3, "ab"}, {"abc", 3, 1, ""}, {"", 0, 1, ""}, {"a\0b", 3, 10, "a?b"},
        {"a\r\n\tb\x7f", 6, 10, "a???b?"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", 6, 10, "??\xc2\xa0"}, /* C1; then NO-BREAK SPACE */
        {"\xe6\x97\xa5\xe6\x9c\xac", 6, 7, "\xe6\x97\xa5\xe6\x9c\xac"},
        {"\xe6\x97\xa5\xe6\x9c\xac", 6, 6, "\xe6\x97\xa5"},
        {"\xe6\x97\xa5\xe6\x9c\xac", 6, 4, "\xe6\x97\xa5"}, {"\xe6\x97\xa5\xe6\x9c\xac", 6, 3, ""},
        {"\xe6\x97\xa5\xe6\x9c\xac", 5, 10, "\xe6\x97\xa5??"},
        {"\xe6\x97\xa5x", 4, 3, ""}, /* cut there: what follows does not jump the queue */
        {"\xf0\x9f\x98\x80!", 5, 10, "\xf0\x9f\x98\x80!"}, {"\xed\xa0\x80", 3, 10, "???"},
        {"\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf", 9, 10, "???"}, /* RLO, LRI, BOM */
        {"\xe2\x80\xa8\xe2\x80\xa9", 6, 10, "??"},              /* LINE and PARAGRAPH SEPARATOR */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char dst[16];
        memset(dst, '#', sizeof dst);
        CHECK_LABEL("row %zu", i);
        CHECK(text_clean(dst, rows[i].cap, rows[i].in, rows[i].len) == dst);
        CHECK_STR(dst, rows[i].out);
        CHECK_INT(dst[rows[i].cap], '#');
    }
}

/* Whatever comes in: valid, without controls, not too long. */
static void test_clean_random(void)
{
    uint32_t rnd = 7;
    for (int i = 0; i < 20000; i++) {
        char in[24], out[24];
        size_t len = 0, cap = 1 + (size_t)i % sizeof out;
        for (; len < sizeof in; len++) {
            rnd = rnd * 1664525u + 1013904223u;
            in[len] = (char)(rnd >> 24);
        }
        text_clean(out, cap, in, (size_t)i % len);
        CHECK(strlen(out) < cap);
        for (const char *p = out; *p;) {
            size_t n = text_utf8_len(p, strlen(p));
            unsigned c = n ? text_utf8_code(p, n) : 0;
            if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                CHECK_INT(c, ' ');
                return;
            }
            p += n;
        }
    }
}

/* ---- width ---- */
static void test_width(void)
{
    static const struct {
        const char *s;
        int width;
    } rows[] = {
        {"", 0}, {"abc", 3}, {"\xc3\xa4\xc3\xb6", 2}, {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6}, /* CJK */
        {"\xe3\x81\x82\xe3\x82\xa2", 4},                                                           /* kana */
        {"\xef\xbd\xb6\xef\xbe\x9e", 2},                     /* half width KA and its voiced mark */
        {"\xef\xbc\xa1\xef\xbc\x91", 4},                     /* full width A 1 */
        {"\xe3\x80\x80\xe3\x80\x81", 4},                     /* ideographic space and comma */
        {"\xe3\x81\x8b\xe3\x82\x99", 2},                     /* KA with a combining voiced mark */
        {"e\xcc\x81", 1},                                    /* e with a combining acute */
        {"\xed\x95\x9c\xea\xb8\x80", 4},                     /* Hangul */
        {"\xe1\x84\x92\xf0\xa0\xae\xb7", 4},                 /* Jamo; CJK extension B */
        {"\xf0\x9f\x98\x80", 2},                             /* emoji */
        {"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa7", 4}, /* two of them joined */
        {"\xe2\x9d\xa4\xef\xb8\x8f", 1},                     /* heart with a variation selector */
        {"\xe2\x82\xac\xe2\x80\x94", 2},                     /* euro, dash */
        {"\xff"
         "a\xe3\x81",
            4}, /* broken octets, each as "?" */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("row %zu", i);
        CHECK_INT(text_width(rows[i].s), rows[i].width);
    }
}

/* ---- case ---- */
static void test_nocase(void)
{
    CHECK(text_equal_nocase("INBOX", "inBox"));
    CHECK(!text_equal_nocase("INBOX", "INBOX2"));
    CHECK(!text_equal_nocase("", "a"));
    CHECK(text_equal_nocase("", ""));
    CHECK(!text_equal_nocase("\xc3\x84", "\xc3\xa4")); /* ASCII only */
    CHECK(!text_equal_nocase("[", "{"));
    CHECK(!text_equal_nocase("@", "`"));
    CHECK(text_compare_nocase("abc", 3, "ABD", 3) < 0);
    CHECK(text_compare_nocase("b", 1, "ABC", 3) > 0);
    CHECK(text_compare_nocase("ab", 2, "ABC", 3) < 0);
    CHECK(text_compare_nocase("abc", 3, "AB", 2) > 0);
    CHECK_INT(text_compare_nocase("a\0b", 3, "A\0B", 3), 0);
    CHECK(text_compare_nocase("\xff", 1, "a", 1) > 0);
    CHECK(text_has_prefix_nocase("pop3S://x", "POP3s://"));
    CHECK(text_has_prefix_nocase("x", ""));
    CHECK(!text_has_prefix_nocase("po", "pop"));
    CHECK(!text_has_prefix_nocase("", "p"));
    const char *hay = "one Two twO";
    CHECK(text_find_nocase(hay, "TWO") == hay + 4);
    CHECK(text_find_nocase(hay, "") == hay);
    CHECK(text_find_nocase(hay, "three") == NULL);
    CHECK(text_find_nocase("", "a") == NULL);
    CHECK_STR(text_find_nocase("", ""), "");
    CHECK_STR(text_find_nocase("aab", "ab"), "ab");
    CHECK(text_find_nocase("aa", "aab") == NULL);
}

/* ---- numbers ---- */
static void test_suffix(void)
{
    CHECK(text_has_suffix("a.eml", ".eml") && text_has_suffix(".eml", ".eml") && text_has_suffix("a", ""));
    CHECK(!text_has_suffix("a.EML", ".eml") && !text_has_suffix("eml", ".eml") && !text_has_suffix("", "a"));
    CHECK(text_has_suffix("山田商店御中", "御中"));
    CHECK(text_has_suffix_nocase("a.EML", ".eml") && !text_has_suffix_nocase("a.em", ".eml"));
}

static void test_parse(void)
{
    static const struct {
        const char *s;
        bool ok;
        unsigned long long value;
    } rows[] = {
        {"0", true, 0}, {"7", true, 7}, {"0007", true, 7}, {"4294967296", true, 4294967296},
        {"18446744073709551615", true, ULLONG_MAX}, {"00000000000000000001", true, 1},
        {"18446744073709551616", false, 0}, {"18446744073709551620", false, 0},
        {"99999999999999999999", false, 0}, {"000000000000000000001", false, 0}, /* 21 digits */
        {"", false, 0}, {"-1", false, 0}, {"+1", false, 0}, {" 1", false, 0}, {"1 ", false, 0},
        {"1x", false, 0}, {"0x10", false, 0}, {"1.5", false, 0}, {"\xef\xbc\x91", false, 0}, /* full width */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned long long v = 4711;
        CHECK_LABEL("\"%s\"", rows[i].s);
        CHECK_INT(text_parse_u64(rows[i].s, strlen(rows[i].s), &v), rows[i].ok);
        CHECK(v == (rows[i].ok ? rows[i].value : 4711));
    }
    unsigned long long v = 0;
    CHECK(text_parse_u64("123456", 3, &v));
    CHECK_INT(v, 123);
    CHECK(!text_parse_u64("1\0002", 3, &v));
}

static void test_octets(void)
{
    static const struct {
        unsigned long long octets;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {1, "1 B"},
        {9, "9 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1049, "1.0 kB"},
        {1051, "1.1 kB"},
        {9949, "9.9 kB"},
        {9950, "10 kB"},
        {10499, "10 kB"},
        {640000, "640 kB"},
        {999499, "999 kB"},
        {999500, "1.0 MB"},
        {1000000, "1.0 MB"},
        {999499999, "999 MB"},
        {999500000, "1.0 GB"},
        {1234567890, "1.2 GB"},
        {15000000000000, "15 TB"},
        {2500000000000000, "2.5 PB"},
        {ULLONG_MAX, "18 EB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char dst[32];
        CHECK_LABEL("%llu", rows[i].octets);
        CHECK(text_octets(dst, sizeof dst, rows[i].octets) == dst);
        CHECK_STR(dst, rows[i].text);
    }
    char small[4];
    CHECK_STR(text_octets(small, sizeof small, 123456), "123");
}

/* At most three digits, and never less for more. */
static void test_octets_grow(void)
{
    double before = 0;
    for (unsigned long long n = 1; n < 1000000000000000ull; n += n / 97 + 1) {
        static const char *const units = "BkMGTPE";
        char dst[32], unit[4];
        double v;
        text_octets(dst, sizeof dst, n);
        if (sscanf(dst, "%lf %3s", &v, unit) != 2 || v >= 1000) {
            CHECK_STR(dst, "at most 999 of a unit");
            return;
        }
        for (const char *u = units; *u != unit[0]; u++)
            v *= 1000;
        if (v < before || v < (double)n * 0.94 || v > (double)n * 1.06) {
            CHECK_LABEL("%llu", n);
            CHECK_STR(dst, "as much as it says");
            return;
        }
        before = v;
    }
    CHECK(before > 9e14);
}

int main(void)
{
    setlocale(LC_ALL, "C");
    static const struct check_test tests[] = {
        {"every character", test_every_character},
        {"not UTF-8", test_not_utf8},
        {"clean", test_clean},
        {"clean anything", test_clean_random},
        {"width", test_width},
        {"without regard to case", test_nocase},
        {"endings", test_suffix},
        {"numbers", test_parse},
        {"octets", test_octets},
        {"octets grow", test_octets_grow},
    };
    return check_main("text", tests, sizeof tests / sizeof *tests);
}
