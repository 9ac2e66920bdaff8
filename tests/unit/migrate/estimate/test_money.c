/* money.h: what may be written, what is exact, and the one rounding. */
#include "check.h"
#include "money.h"

static void test_parse(void)
{
    static const struct {
        const char *text;
        enum money_currency currency;
        bool ok;
        int64_t minor;
    } rows[] = {
        {"1600", MONEY_JPY, true, 1600},
        {"0", MONEY_JPY, true, 0},
        {"6", MONEY_USD, true, 600},
        {"6.5", MONEY_USD, true, 650},
        {"6.05", MONEY_EUR, true, 605},
        {"007", MONEY_JPY, true, 7},
        {"999999999999999", MONEY_USD, true, INT64_C(99999999999999900)},
        {"1600.5", MONEY_JPY, false, 0},
        {"1600.0", MONEY_JPY, false, 0},
        {"6.005", MONEY_USD, false, 0},
        {"-6", MONEY_USD, false, 0},
        {"+6", MONEY_USD, false, 0},
        {"1,600", MONEY_JPY, false, 0},
        {"", MONEY_JPY, false, 0},
        {".5", MONEY_USD, false, 0},
        {"5.", MONEY_USD, false, 0},
        {"5.5.5", MONEY_USD, false, 0},
        {"5 ", MONEY_USD, false, 0},
        {"1e3", MONEY_USD, false, 0},
        {"1000000000000000", MONEY_JPY, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct money m = {MONEY_EUR, -77};
        struct error err = {0};
        CHECK_LABEL("\"%s\"", rows[i].text);
        CHECK_INT(money_parse(rows[i].text, rows[i].currency, &m, &err), rows[i].ok ? 0 : -1);
        CHECK_INT(m.minor, rows[i].ok ? rows[i].minor : -77);
        CHECK_INT(err.code, rows[i].ok ? ERROR_NONE : ERROR_USAGE);
    }
}

static void test_text(void)
{
    static const struct {
        struct money m;
        const char *symbol, *code, *plain;
    } rows[] = {
        {{MONEY_JPY, 1600}, "¥1,600", "1,600 JPY", "1600"},
        {{MONEY_USD, 600}, "$6.00", "6.00 USD", "6.00"},
        {{MONEY_EUR, -510}, "-€5.10", "-5.10 EUR", "-5.10"},
        {{MONEY_USD, 5}, "$0.05", "0.05 USD", "0.05"},
        {{MONEY_JPY, 999}, "¥999", "999 JPY", "999"},
        {{MONEY_JPY, 1000000}, "¥1,000,000", "1,000,000 JPY", "1000000"},
        {{MONEY_USD, INT64_MAX}, "$92,233,720,368,547,758.07", "92,233,720,368,547,758.07 USD",
            "92233720368547758.07"},
        {{MONEY_JPY, INT64_MIN}, "-¥9,223,372,036,854,775,808", "-9,223,372,036,854,775,808 JPY",
            "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[MONEY_TEXT_MAX];
        CHECK_LABEL("%s", rows[i].plain);
        CHECK_STR(money_text(text, rows[i].m), rows[i].symbol);
        CHECK_STR(money_text_code(text, rows[i].m), rows[i].code);
        CHECK_STR(money_text_plain(text, rows[i].m), rows[i].plain);
    }
}

static void test_sums(void)
{
    struct money m = {MONEY_JPY, 7}, big = {MONEY_JPY, INT64_MAX}, one = {MONEY_JPY, 1},
                 cent = {MONEY_USD, 1};
    struct error err = {0};
    CHECK_LABEL("sums");
    CHECK_INT(money_add(m, one, &m, &err), 0);
    CHECK_INT(m.minor, 8);
    CHECK_INT(money_multiply(m, 12, &m, &err), 0);
    CHECK_INT(m.minor, 96);
    CHECK_INT(money_add(big, one, &m, &err), -1);
    CHECK_INT(err.code, ERROR_INTERNAL);
    CHECK_INT(money_multiply(big, 2, &m, &err), -1);
    CHECK_INT(money_add(one, cent, &m, &err), -1);
    CHECK_INT(m.minor, 96);
}

static void test_rate_parse(void)
{
    static const struct {
        const char *text;
        bool ok;
        enum money_currency from, to;
        int64_t millionths;
    } rows[] = {
        {"USD/JPY=155", true, MONEY_USD, MONEY_JPY, 155000000},
        {"USD/JPY=155.25", true, MONEY_USD, MONEY_JPY, 155250000},
        {"JPY/EUR=0.006125", true, MONEY_JPY, MONEY_EUR, 6125},
        {"USD/JPY=0", false, 0, 0, 0},
        {"USD/JPY=0.0000001", false, 0, 0, 0},
        {"USD/JPY=-1", false, 0, 0, 0},
        {"USD/JPY=", false, 0, 0, 0},
        {"USD/JPY=155x", false, 0, 0, 0},
        {"USD/USD=1", false, 0, 0, 0},
        {"USD/GBP=1", false, 0, 0, 0},
        {"usd/jpy=155", false, 0, 0, 0},
        {"USDJPY=155", false, 0, 0, 0},
        {"USD/JPY 155", false, 0, 0, 0},
        {"155", false, 0, 0, 0},
        {"", false, 0, 0, 0},
        {"USD/JPY=1000000000", false, 0, 0, 0},
        {"JPY/USD=155", false, 0, 0, 0},
        {"JPY/EUR=1", false, 0, 0, 0},
        {"USD/JPY=0.006452", false, 0, 0, 0},
        {"EUR/USD=1.1", true, MONEY_EUR, MONEY_USD, 1100000},
        {"USD/EUR=0.9", true, MONEY_USD, MONEY_EUR, 900000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct money_rate r = {.numerator = -1};
        struct error err = {0};
        CHECK_LABEL("\"%s\"", rows[i].text);
        CHECK_INT(money_rate_parse(rows[i].text, &r, &err), rows[i].ok ? 0 : -1);
        CHECK_INT(err.code, rows[i].ok ? ERROR_NONE : ERROR_USAGE);
        if (!rows[i].ok) {
            CHECK_INT(r.numerator, -1);
            continue;
        }
        CHECK_INT(r.from, rows[i].from);
        CHECK_INT(r.to, rows[i].to);
        CHECK_INT(r.numerator * 1000000 / r.denominator, rows[i].millionths);
    }
}

static void test_tax_parse(void)
{
    static const struct {
        const char *text;
        int tenths; /* -1: refused */
    } rows[] = {{"10", 100}, {"8.5", 85}, {"0", 0}, {"100", 1000}, {"100.1", -1}, {"10.25", -1}, {"-1", -1},
        {"ten", -1}, {"", -1}, {"10%", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int tenths = -1;
        CHECK_LABEL("\"%s\"", rows[i].text);
        CHECK_INT(money_tax_parse(rows[i].text, &tenths, NULL), rows[i].tenths < 0 ? -1 : 0);
        CHECK_INT(tenths, rows[i].tenths);
    }
}

/* One fraction, rounded once, half up. */
static void test_present(void)
{
    static const struct money_rate dollar[] = {{MONEY_USD, MONEY_JPY, 15525, 100}};
    static const struct {
        struct money exact;
        int64_t parts;
        int contained, tax;
        enum money_currency shown;
        int64_t minor;
    } rows[] = {
        {{MONEY_JPY, 1600}, 1, 0, 0, MONEY_JPY, 1600},
        {{MONEY_JPY, 19200}, 12, 0, 100, MONEY_JPY, 1760},
        {{MONEY_JPY, 18}, 12, 0, 0, MONEY_JPY, 2},   /* 1.5 */
        {{MONEY_JPY, 17}, 12, 0, 0, MONEY_JPY, 1},   /* 1.416 */
        {{MONEY_JPY, 5}, 1, 0, 100, MONEY_JPY, 6},   /* 5.5 */
        {{MONEY_JPY, -5}, 1, 0, 100, MONEY_JPY, -6}, /* away from zero */
        {{MONEY_JPY, 1100}, 1, 100, 0, MONEY_JPY, 1000},
        {{MONEY_JPY, 990}, 1, 100, 100, MONEY_JPY, 990},
        {{MONEY_JPY, 990}, 1, 100, 80, MONEY_JPY, 972},
        {{MONEY_USD, 600}, 1, 0, 0, MONEY_JPY, 932},     /* 931.5 */
        {{MONEY_USD, 600}, 1, 0, 100, MONEY_JPY, 1025},  /* 1024.65 */
        {{MONEY_USD, 100}, 12, 0, 0, MONEY_JPY, 13},     /* 12.9375 */
        {{MONEY_JPY, 15525}, 1, 0, 0, MONEY_USD, 10000}, /* the other way round */
        {{MONEY_JPY, 1}, 1, 0, 0, MONEY_USD, 1},         /* 0.644 cents */
        {{MONEY_JPY, INT64_MAX}, 1, 0, 0, MONEY_JPY, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct money_view view = {rows[i].shown, dollar, 1, rows[i].tax};
        struct money m = {0};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(money_present(rows[i].exact, rows[i].parts, rows[i].contained, &view, &m, NULL), 0);
        CHECK_INT(m.currency, rows[i].shown);
        CHECK_INT(m.minor, rows[i].minor);
    }
}

/* Rounding each step by itself gives another amount: the one fraction is not an ornament. */
static void test_rounded_once(void)
{
    static const struct money_rate dollar[] = {{MONEY_USD, MONEY_JPY, 155, 100}}; /* 1.55 */
    struct money_view plain = {MONEY_JPY, dollar, 1, 0}, taxed = {MONEY_JPY, dollar, 1, 100};
    struct money year = {MONEY_USD, 1200}, month, direct, step;
    CHECK_LABEL("rounded once");
    CHECK_INT(money_present(year, 12, 0, &plain, &month, NULL), 0); /* 1.55 -> 2 */
    CHECK_INT(money_present(month, 1, 0, &taxed, &step, NULL), 0);  /* 2.2 -> 2 */
    CHECK_INT(money_multiply(step, 12, &step, NULL), 0);            /* 24 */
    CHECK_INT(money_present(year, 1, 0, &taxed, &direct, NULL), 0); /* 20.46 */
    CHECK_INT(step.minor, 24);
    CHECK_INT(direct.minor, 20);
}

static void test_present_fails(void)
{
    static const struct money_rate dollar[] = {{MONEY_USD, MONEY_JPY, 999999999000000, 1000000}};
    struct money_view yen = {MONEY_JPY, dollar, 1, 0}, euro = {MONEY_EUR, dollar, 1, 0};
    struct money m = {MONEY_JPY, -77}, big = {MONEY_USD, INT64_MAX};
    struct error err = {0};
    CHECK_LABEL("no rate");
    CHECK(!money_convertible(MONEY_USD, &euro));
    CHECK(money_convertible(MONEY_USD, &yen));
    CHECK(money_convertible(MONEY_EUR, &euro));
    CHECK_INT(money_present(big, 1, 0, &euro, &m, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "USD/EUR=") != NULL);
    CHECK_LABEL("beyond 2^63");
    CHECK_INT(money_present(big, 1, 0, &yen, &m, &err), -1);
    CHECK_INT(err.code, ERROR_INTERNAL);
    CHECK_INT(m.minor, -77);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"what may be written", test_parse},
        {"what is shown", test_text},
        {"sums are exact or an error", test_sums},
        {"rates", test_rate_parse},
        {"taxes", test_tax_parse},
        {"one rounding, half up", test_present},
        {"rounded once, not at each step", test_rounded_once},
        {"no rate, too much", test_present_fails},
    };
    return check_main("migrate-money", tests, sizeof tests / sizeof *tests);
}
