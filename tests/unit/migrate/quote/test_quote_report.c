/* quote_html.h, quote_xlsx.h: the page is well-formed, self-contained and escapes what it is given; its
 * tables and charts hold what the quote holds; a report that cannot be written leaves what was there before.
 */
#include "check.h"
#include "mem.h"
#include "quote.h"
#include "quote_html.h"
#include "quote_list.h"
#include "quote_xlsx.h"
#include "temp_dir.h"
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORST "<b>\"&amp;'</b>]]>"

static char dir[TEMP_DIR_MAX];

/* ---- a quote ---- */
static void begin(struct quote *q, int years)
{
    struct catalog *c = catalog_new();
    CHECK_INT(catalog_add_builtin(c, NULL), 0);
    CHECK_INT(catalog_finish(c, NULL), 0);
    const struct quote_params params = {
        .model = {.years = years,
            .margin_tenths = 100,
            .term_months = 12,
            .view = {.currency = MONEY_JPY, .tax_tenths = 100}},
        .utc_offset_min = 540,
    };
    quote_init(q, WORST, "山田 " WORST, 1795300000, &params, c);
}

static void add_mailboxes(struct quote *q, size_t count)
{
    char *text CLEANUP(mem_free_str) = mem_strdup("name,octets,messages,growth\n");
    for (size_t i = 0; i < count; i++) {
        char *longer = mem_printf("%s\"%zu-<i>&\"\"\",%zuGB,1000,%zuGB\n", text, i, 3 + i % 20, i % 3);
        free(text);
        text = longer;
    }
    CHECK_INT(quote_list_parse(q, "test.csv", text, strlen(text), NULL), 0);
}

static void add_months(struct quote_account *a)
{
    a->month_count = 3;
    a->months = mem_array(a->month_count, sizeof *a->months);
    a->months[0] = (struct quote_month){2023, 5, 10, 1000000000};
    a->months[1] = (struct quote_month){2025, 1, 20, 2000000000};
    a->months[2] = (struct quote_month){2025, 2, 20, 3000000000};
}

/* ---- the page, read again ---- */
static xmlDocPtr page(const struct quote *q, const char *lang)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/report.html", dir);
    struct error err = {0};
    CHECK_INT(quote_html_write(q, path, lang, &err), 0);
    CHECK_STR(err.text, "");
    return xmlReadFile(path, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR);
}

static double xpath(xmlDocPtr doc, const char *expression)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr result = xmlXPathEvalExpression(BAD_CAST expression, context);
    double n = result ? xmlXPathCastToNumber(result) : -1;
    CHECK(result != NULL);
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return n;
}

static void check_self_contained(xmlDocPtr doc)
{
    CHECK_INT(
        xpath(doc, "count(//script | //link | //img | //iframe | //@src | //@href | //@style | //@onload)"),
        0);
    CHECK_INT(xpath(doc, "number(contains(//style, 'url(') or contains(//style, '@import'))"), 0);
}

static void test_page(void)
{
    static const char *const langs[] = {"en", "ja"};
    struct quote q CLEANUP(quote_done) = {0};
    begin(&q, 5);
    add_mailboxes(&q, 12);
    add_months(&q.accounts[3]);
    CHECK_INT(quote_calculate(&q, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        CHECK_LABEL("%s", langs[i]);
        xmlDocPtr doc = page(&q, langs[i]);
        CHECK(doc != NULL);
        check_self_contained(doc);
        CHECK_INT(xpath(doc, i ? "count(/html[@lang='ja'])" : "count(/html[@lang='en'])"), 1);
        CHECK_INT(xpath(doc, "count(//table[@class='accounts']/tbody/tr)"), 13); /* and their sum */
        int compared = 0;
        for (size_t k = 0; k < q.offer_count; k++)
            compared += q.offers[k].compared;
        CHECK(compared < (int)q.offer_count);
        CHECK_INT(xpath(doc, "count(//table[@class='offers']/tbody/tr)"), compared);
        CHECK_INT(xpath(doc, "count(//section[@class='answer']/p) > 1"), 1);
        CHECK_INT(xpath(doc, "count(//table[@class='years']/tbody/tr)"), 6);
        CHECK_INT(xpath(doc, "count(//rect[@class='bar'])"), 3); /* 2023, 2024 without mail, 2025 */
        /* What was given, to the letter: escaped once, not twice. */
        CHECK_INT(xpath(doc, "count(//p[@class='customer'][contains(., '&amp;amp;')])"), 0);
        CHECK_INT(
            xpath(doc,
                "count(//p[@class='customer'][contains(., '<b>')][contains(., '&amp;')][contains(., '</b>]]>')])"),
            1);
        CHECK_INT(xpath(doc, "count(//b | //i)"), 0);
        xmlFreeDoc(doc);
    }
}

/* Within the picture, and no label of a ceiling over another. */
static void test_charts(void)
{
    for (int years = 1; years <= ESTIMATE_YEARS_MAX; years += 29) {
        struct quote q CLEANUP(quote_done) = {0};
        begin(&q, years);
        add_mailboxes(&q, 40);
        CHECK_INT(quote_calculate(&q, NULL), 0);
        xmlDocPtr doc = page(&q, "ja");
        CHECK_LABEL("%d years", years);
        CHECK_INT(xpath(doc, "count(//svg)"), 2);
        CHECK_INT(
            xpath(doc,
                "count(//svg//@y[. < 5 or . > 340] | //svg//@y1[. < 0 or . > 340] | //svg//@y2[. < 0 or . > 340])"),
            0);
        CHECK_INT(xpath(doc, "count(//line[@class='ceiling']) > 2"), 1);
        CHECK_INT(xpath(doc, "count(//line[@class='ceiling']) = count(//text[@class='start'])"), 1);
        CHECK_INT(
            xpath(doc,
                "count(//text[@class='start'][following-sibling::text[@class='start'][1]/@y > @y - 19])"),
            0);
        char *points CLEANUP(mem_free_str) = mem_printf(
            "string-length(//polyline/@points) - string-length(translate(//polyline/@points, ',', '')) = %d",
            years + 1);
        CHECK_INT(xpath(doc, points), 1);
        xmlFreeDoc(doc);
    }
}

static void test_nothing_measured(void)
{
    struct quote q CLEANUP(quote_done) = {0};
    begin(&q, 5);
    add_mailboxes(&q, 1);
    error_set(&q.accounts[0].error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "pop.example.jp refused <user>");
    CHECK_INT(quote_calculate(&q, NULL), 0);
    CHECK(!q.calculated);
    xmlDocPtr doc = page(&q, "en");
    CHECK_INT(xpath(doc, "count(//tr[@class='failed'][contains(., 'pop.example.jp refused <user>')])"), 1);
    CHECK_INT(xpath(doc, "count(//p[@class='alert'][contains(., '1 of 1')])"), 1);
    xmlFreeDoc(doc);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/report.xlsx", dir);
    CHECK_INT(quote_xlsx_write(&q, path, "ja", NULL), 0);
}

static void test_many(void)
{
    struct quote q CLEANUP(quote_done) = {0};
    char *path CLEANUP(mem_free_str) = mem_printf("%s/report.xlsx", dir);
    begin(&q, 30);
    add_mailboxes(&q, 1000);
    CHECK_INT(quote_calculate(&q, NULL), 0);
    xmlDocPtr doc = page(&q, "en");
    CHECK_INT(xpath(doc, "count(//table[@class='accounts']/tbody/tr)"), 1001);
    xmlFreeDoc(doc);
    CHECK_INT(quote_xlsx_write(&q, path, "en", NULL), 0);
}

/* ---- files ---- */
static char first_of(const char *path)
{
    FILE *f = fopen(path, "re");
    char c = f ? (char)fgetc(f) : '\0';
    if (f)
        fclose(f);
    return c;
}

static void check_refused(const struct quote *q, const char *path,
    int (*write)(const struct quote *, const char *, const char *, struct error *))
{
    struct error err = {0};
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", path);
    CHECK_INT(write(q, path, "en", &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, path) != NULL);
    CHECK(access(part, F_OK) < 0);
}

static void test_files(void)
{
    struct quote q CLEANUP(quote_done) = {0};
    char *html CLEANUP(mem_free_str) = mem_printf("%s/report.html", dir);
    char *xlsx CLEANUP(mem_free_str) = mem_printf("%s/report.xlsx", dir);
    char *nowhere CLEANUP(mem_free_str) = mem_printf("%s/none/report", dir);
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/folder", dir);
    begin(&q, 1);
    add_mailboxes(&q, 2);
    CHECK_INT(quote_calculate(&q, NULL), 0);
    CHECK_INT(quote_html_write(&q, html, "en", NULL), 0);
    CHECK_INT(quote_xlsx_write(&q, xlsx, "en", NULL), 0);
    CHECK_INT(first_of(html), '<');
    CHECK_INT(first_of(xlsx), 'P');
    check_refused(&q, nowhere, quote_html_write);
    check_refused(&q, nowhere, quote_xlsx_write);
    CHECK_INT(mkdir(folder, 0700), 0);
    check_refused(&q, folder, quote_html_write);
    check_refused(&q, folder, quote_xlsx_write);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the page", test_page},
        {"charts", test_charts},
        {"nothing was measured", test_nothing_measured},
        {"many mailboxes, many years", test_many},
        {"files", test_files},
    };
    temp_dir_make(dir);
    int rc = check_main("migrate-quote-report", tests, sizeof tests / sizeof *tests);
    temp_dir_remove(dir);
    xmlCleanupParser();
    return rc;
}
