/* quote_words.h, quote_basis.h: everything an estimate says has a Japanese form; numbers, dates and durations
 * are written as each language writes them. */
#include "check.h"
#include "mem.h"
#include "quote.h"
#include "quote_basis.h"
#include "quote_words.h"
#include <stdlib.h>

static void translated(const char *words)
{
    const struct quote_words *ja = quote_words_of("ja");
    CHECK_LABEL("%s", words);
    CHECK(*words && strcmp(quote_words(ja, words), words) != 0);
    CHECK_STR(quote_words(quote_words_of("en"), words), words);
}

static void test_words_of_others(void)
{
    for (int i = ESTIMATE_FITS; i <= ESTIMATE_STORAGE_UNKNOWN; i++)
        translated(estimate_misfit_words((enum estimate_misfit)i));
    for (int i = ESTIMATE_BY_NOTHING; i <= ESTIMATE_BY_PARALLEL; i++)
        translated(estimate_bottleneck_words((enum estimate_bottleneck)i));
    for (int i = CATALOG_PER_USER; i <= CATALOG_PER_ADDRESS; i++)
        translated(catalog_scope_words((enum catalog_scope)i));
    for (int i = QUOTE_GROWTH_ASSUMED; i <= QUOTE_GROWTH_GIVEN; i++)
        translated(quote_growth_origin_words((enum quote_growth_origin)i));
    for (int i = 0; i < QUOTE_NOTES; i++)
        translated(quote_growth_note_words((enum quote_growth_note)(1 << i)));
    for (int i = QUOTE_OFFER_VERIFIED; i <= QUOTE_OFFER_UNKNOWN; i++)
        translated(quote_offer_state_words((enum quote_offer_state)i));
}

static void test_words_of_the_catalog(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    CHECK_INT(catalog_add_builtin(c, NULL), 0);
    CHECK_INT(catalog_finish(c, NULL), 0);
    size_t count = 0;
    for (size_t i = 0; i < c->family_count; i++)
        for (size_t k = 0; k < c->families[i]->note_count; k++, count++)
            translated(c->families[i]->notes[k]);
    for (size_t i = 0; i < c->provider_count; i++)
        for (size_t k = 0; k < c->providers[i]->note_count; k++, count++)
            translated(c->providers[i]->notes[k]);
    for (size_t i = 0; i < c->plan_count; i++) {
        for (size_t k = 0; k < c->plans[i]->note_count; k++, count++)
            translated(c->plans[i]->notes[k]);
        if (c->plans[i]->no_price)
            translated(c->plans[i]->no_price);
        if (c->plans[i]->storage.no_storage)
            translated(c->plans[i]->storage.no_storage);
    }
    CHECK(count > 10);
}

static void test_lookup(void)
{
    const struct quote_words *ja = quote_words_of("ja"), *en = quote_words_of("en");
    CHECK_STR(quote_words_lang(ja), "ja");
    CHECK_STR(quote_words_lang(en), "en");
    CHECK_STR(quote_words_lang(quote_words_of(NULL)), "en");
    CHECK_STR(quote_words_lang(quote_words_of("fr")), "en");
    CHECK_STR(quote_words(ja, "Estimate"), "御見積書");
    CHECK_STR(quote_words(ja, "unverified"), "未確認");
    CHECK_STR(quote_words(ja, "no such words"), "no such words");
    CHECK_STR(quote_words(ja, ""), ""); /* not the header of the catalog */
    CHECK_STR(quote_words_plural(en, "%s day", "%s days", 1), "%s day");
    CHECK_STR(quote_words_plural(en, "%s day", "%s days", 0), "%s days");
    CHECK_STR(quote_words_plural(ja, "%s day", "%s days", 1), "%s日");
    CHECK_STR(quote_words_plural(ja, "%s day", "%s days", 2), "%s日");
    CHECK_STR(quote_words_name(ja, "Sakura", "さくら"), "さくら");
    CHECK_STR(quote_words_name(ja, "Fastmail", ""), "Fastmail");
    CHECK_STR(quote_words_name(en, "Sakura", "さくら"), "Sakura");
}

static void test_counts(void)
{
    static const struct {
        uint64_t n;
        const char *text;
    } rows[] = {{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {12345, "12,345"}, {123456, "123,456"},
        {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};
    char dst[QUOTE_WORDS_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(quote_words_count(dst, rows[i].n), rows[i].text);
}

static void test_dates(void)
{
    char dst[QUOTE_WORDS_MAX];
    const struct quote_words *ja = quote_words_of("ja"), *en = quote_words_of("en");
    const int64_t evening = 1795388400; /* 2026-11-22T23:00:00Z */
    CHECK_STR(quote_words_date(en, dst, evening, 0), "22 November 2026");
    CHECK_STR(quote_words_date(en, dst, evening, 540), "23 November 2026");
    CHECK_STR(quote_words_date(ja, dst, evening, 540), "2026年11月23日");
    CHECK_STR(quote_words_date(ja, dst, 0, 0), "1970年1月1日");
}

static void test_times(void)
{
    static const struct {
        uint64_t seconds, days;
        const char *en, *ja;
    } rows[] = {{0, 0, "unknown", "不明"}, {1, 1, "1 minute", "1分"}, {61, 1, "2 minutes", "2分"},
        {3599, 1, "60 minutes", "60分"}, {3600, 1, "1 hour", "1時間"}, {3601, 1, "2 hours", "2時間"},
        {86400, 1, "1 day", "1日"}, {86401, 2, "2 days", "2日"}, {86400000, 1000, "1,000 days", "1,000日"}};
    char dst[QUOTE_WORDS_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct estimate_time t = {.seconds = rows[i].seconds, .days = rows[i].days};
        CHECK_STR(quote_words_time(quote_words_of("en"), dst, &t), rows[i].en);
        CHECK_STR(quote_words_time(quote_words_of("ja"), dst, &t), rows[i].ja);
    }
}

static void test_percents(void)
{
    char dst[QUOTE_WORDS_MAX];
    CHECK_STR(quote_words_percent(quote_words_of("en"), dst, 100), "10 %");
    CHECK_STR(quote_words_percent(quote_words_of("en"), dst, 85), "8.5 %");
    CHECK_STR(quote_words_percent(quote_words_of("ja"), dst, 100), "10%");
    CHECK_STR(quote_words_percent(quote_words_of("ja"), dst, 5), "0.5%");
}

static void test_rates(void)
{
    static const char *const rows[][2] = {{"USD/JPY=155", "1 USD = 155 JPY"},
        {"USD/JPY=155.25", "1 USD = 155.25 JPY"}, {"JPY/USD=0.006452", "1 JPY = 0.006452 USD"},
        {"EUR/JPY=100", "1 EUR = 100 JPY"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct money_rate rate;
        CHECK_INT(money_rate_parse(rows[i][0], &rate, NULL), 0);
        char *text CLEANUP(mem_free_str) = quote_basis_rate(&rate);
        CHECK_STR(text, rows[i][1]);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"words of the model and the quote", test_words_of_others},
        {"words of the catalog", test_words_of_the_catalog},
        {"lookup", test_lookup},
        {"counts", test_counts},
        {"dates", test_dates},
        {"times", test_times},
        {"percents", test_percents},
        {"rates", test_rates},
    };
    return check_main("migrate-quote-words", tests, sizeof tests / sizeof *tests);
}
