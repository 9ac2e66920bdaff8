/* quote_calculate: the worked example of test_estimate.c once more, as a quote that reports can print.
 *
 * 12 accounts with 80 GB in all that grow by 2 GB each and year; a margin of 5 %; 5 years; USD/JPY 155; tax
 * 10 %. */
#include "check.h"

#include "quote.h"
#include "quote_list.h"

#define GB UINT64_C(1000000000)

static const char worked_list[] =
    "name,octets,messages,growth\n"
    "u1,3GB,1000,2GB\nu2,3GB,1000,2GB\nu3,3GB,1000,2GB\nu4,3GB,1000,2GB\n"
    "sales,44GB,20000,2GB\nu6,3GB,1000,2GB\nu7,3GB,1000,2GB\ninfo,6GB,3000,2GB\n"
    "u9,3GB,1000,2GB\nu10,3GB,1000,2GB\nu11,3GB,1000,2GB\nu12,3GB,1000,2GB\n";

static struct quote_params worked_params(void)
{
    static const struct money_rate dollar[] = {{MONEY_USD, MONEY_JPY, 155, 1}};
    return (struct quote_params){
        .model = {.years = 5, .margin_tenths = 50, .term_months = 12, .view = {MONEY_JPY, dollar, 1, 100}}};
}

static struct quote worked(const struct quote_params *params)
{
    struct quote q;
    struct error err = {0};
    struct catalog *c = catalog_new();
    CHECK_INT(catalog_add_file(c, FIXTURES "/catalog/worked.xml", &err), 0);
    CHECK_INT(catalog_finish(c, &err), 0);
    quote_init(&q, "株式会社サンプル", NULL, 1795348800, params, c);
    CHECK_INT(quote_list_parse(&q, "list.csv", worked_list, sizeof worked_list - 1, &err), 0);
    CHECK_STR(err.text, "");
    return q;
}

static const struct quote_offer *offer(const struct quote *q, const char *id)
{
    for (size_t i = 0; i < q->offer_count; i++)
        if (!strcmp(q->offers[i].family->id, id))
            return &q->offers[i];
    abort();
}

static void calculate(struct quote *q)
{
    struct error err = {0};
    CHECK_INT(quote_calculate(q, &err), 0);
    CHECK_STR(err.text, "");
    CHECK(q->calculated);
}

static void test_sums(void)
{
    struct quote_params params = worked_params();
    struct quote q = worked(&params);
    calculate(&q);
    CHECK_LABEL("sums");
    CHECK_STR(q.customer, "株式会社サンプル");
    CHECK_STR(q.prepared_by, "");
    CHECK_INT(q.measured_count, 12);
    CHECK_INT(q.sum.inventory.octets, 80 * GB);
    CHECK_INT(q.sum.inventory.messages, 33000);
    CHECK_INT(q.sum.held.octets, 80 * GB);
    CHECK(q.sum.listed && q.sum.growth.reliable);
    CHECK_INT(q.accounts[11].mailbox, 11);
    for (int s = 0; s < ESTIMATE_SCENARIOS; s++) {
        CHECK_INT(q.sum.growth.octets[s], 24 * GB);
        CHECK_INT(quote_projected(&q, (enum estimate_scenario)s, 0), 80 * GB);
        CHECK_INT(quote_projected(&q, (enum estimate_scenario)s, 5), 200 * GB);
    }
    quote_done(&q);
}

/* The cheapest total first, then what has none, in the catalog's order. Totals as in test_estimate.c. */
static void test_offers(void)
{
    static const struct {
        const char *family, *first, *last, *as_of;
        enum quote_offer_state state;
        int holds_years;
        size_t uses;
        int64_t total; /* -1: none */
    } rows[] = {
        {"contract", "contract-150", "contract-300", "2026-07", QUOTE_OFFER_VERIFIED, 2, 2, 96000},
        {"each", "each-50", "each-50", "2026-07", QUOTE_OFFER_VERIFIED, 1, 2, 523776},
        {"pool", "pool-30", "pool-30", "2026-07", QUOTE_OFFER_VERIFIED, 5, 1, 633600},
        {"address", "address-49", NULL, "2026-07", QUOTE_OFFER_OUTGROWN, 1, 2, -1},
        {"unknown", NULL, NULL, "", QUOTE_OFFER_UNKNOWN, 0, 0, -1},
    };
    struct quote_params params = worked_params();
    struct quote q = worked(&params);
    calculate(&q);
    CHECK_INT(q.offer_count, 5);
    for (size_t i = 0; i < q.offer_count; i++) {
        const struct quote_offer *o = &q.offers[i];
        const struct estimate_family *mid = o->results[ESTIMATE_MID];
        CHECK_LABEL("offer %zu", i);
        CHECK_STR(o->family->id, rows[i].family);
        CHECK_STR(o->first ? o->first->id : NULL, rows[i].first);
        CHECK_STR(o->last ? o->last->id : NULL, rows[i].last);
        CHECK_STR(o->as_of, rows[i].as_of);
        CHECK_INT(quote_offer_state(o), rows[i].state);
        CHECK_INT(o->holds_years, rows[i].holds_years);
        CHECK_INT(o->use_count, rows[i].uses);
        CHECK_INT(mid->complete ? mid->total.minor : -1, rows[i].total);
    }
    CHECK_LABEL("uses");
    const struct quote_offer *each = offer(&q, "each");
    CHECK_STR(each->uses[1].plan->id, "each-100");
    CHECK_INT(each->uses[1].price->amount.minor, 800);
    CHECK(each->uses[1].verified && each->uses[1].storage->octets == 100 * GB);
    CHECK(!offer(&q, "address")->uses[0].verified);
    CHECK(!offer(&q, "address")->uses[1].price);
    quote_done(&q);
}

/* A growth that a list gives goes before --growth; one that was assumed or measured does not. */
static void test_growth_given(void)
{
    struct quote_params params = worked_params();
    params.growth_given = true;
    params.growth_octets = 7 * GB;
    struct quote q = worked(&params);
    struct quote_account *a = quote_add_account(&q);
    a->held.octets = a->inventory.octets = a->to_copy.octets = 10 * GB;
    a->growth =
        (struct quote_growth){.octets = {1, 2, 3}, .origin = QUOTE_GROWTH_MONTHS, .notes = QUOTE_NOTE_YOUNG};
    calculate(&q);
    CHECK_LABEL("given");
    CHECK_INT(q.sum.growth.octets[ESTIMATE_LOW], (24 + 7) * GB);
    CHECK_INT(q.accounts[12].growth.origin, QUOTE_GROWTH_GIVEN);
    CHECK(q.accounts[12].growth.reliable && !q.accounts[12].growth.notes);
    quote_done(&q);
}

/* One that could not be measured is told of, and left out of all else. */
static void test_errors(void)
{
    struct quote_params params = worked_params();
    struct quote q = worked(&params);
    struct error err = {0};
    error_set(&q.accounts[4].error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, "no");
    calculate(&q);
    CHECK_LABEL("one fails");
    CHECK_INT(q.measured_count, 11);
    CHECK_INT(q.sum.inventory.octets, 36 * GB);
    CHECK(q.accounts[4].mailbox == SIZE_MAX);
    CHECK_INT(q.accounts[5].mailbox, 4);
    CHECK_STR(offer(&q, "each")->last->id, "each-50");
    quote_done(&q);

    q = worked(&params);
    for (size_t i = 0; i < q.account_count; i++)
        error_set(&q.accounts[i].error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, "no");
    CHECK_LABEL("all fail");
    CHECK_INT(quote_calculate(&q, &err), 0);
    CHECK(!q.calculated && !q.offer_count);
    quote_done(&q);

    params.model.years = 99;
    q = worked(&params);
    CHECK_LABEL("bad years");
    CHECK_INT(quote_calculate(&q, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(!q.calculated);
    quote_done(&q);
}

/* Who is offered a plan that is sold to persons alone. */
static bool offers_google_one(const char *list, bool personal, bool *ret_company)
{
    struct quote_params params = worked_params();
    struct error err = {0};
    struct quote q;
    struct catalog *c = catalog_new();
    bool found = false;
    CHECK_INT(catalog_add_builtin(c, &err), 0);
    CHECK_INT(catalog_finish(c, &err), 0);
    params.personal = personal;
    quote_init(&q, "", NULL, 1795348800, &params, c);
    CHECK_INT(quote_list_parse(&q, "list.csv", list, strlen(list), &err), 0);
    calculate(&q);
    for (size_t i = 0; i < q.offer_count; i++)
        found |= !strcmp(q.offers[i].family->id, "google-one");
    *ret_company = q.params.model.company;
    quote_done(&q);
    return found;
}

static void test_persons(void)
{
    static const struct {
        const char *list;
        bool personal, company, offered;
    } rows[] = {
        {"name,octets\ntaro@gmail.com,3GB\n", false, false, true},
        {"name,octets\ntaro@GMAIL.COM,3GB\n", false, false, true},
        {"name,octets\ntaro@example.co.jp,3GB\n", false, true, false},
        {"name,octets\ntaro@notgmail.com,3GB\n", false, true, false},
        {"name,octets\ntaro,3GB\n", false, true, false},
        {"name,octets\ntaro@gmail.com,3GB\nhana@gmail.com,1GB\n", false, true, false},
        {"name,octets\ntaro@example.co.jp,3GB\nhana@example.co.jp,1GB\n", true, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool company;
        CHECK_LABEL("%s", rows[i].list);
        CHECK_INT(offers_google_one(rows[i].list, rows[i].personal, &company), rows[i].offered);
        CHECK_INT(company, rows[i].company);
    }
}

/* Gmail takes 500 MB a day from each account: 44 GB are 88 days. */
static void test_time(void)
{
    struct quote_params params = worked_params();
    struct error err = {0};
    struct quote q = worked(&params);
    CHECK_INT(catalog_add_builtin(q.catalog, &err), 0);
    CHECK_INT(catalog_finish(q.catalog, &err), 0);
    for (size_t i = 0; i < q.account_count; i++)
        q.accounts[i].provider = catalog_provider_find(q.catalog, "google");
    calculate(&q);
    CHECK_LABEL("to Gmail");
    CHECK_INT(q.time.days, 88);
    CHECK_INT(q.time.bottleneck, ESTIMATE_BY_UPLOAD_CAP);
    CHECK_INT(q.time.slowest, 4);
    CHECK_INT(q.accounts[0].time.days, 6);
    CHECK_STR(q.provider->id, "google");
    CHECK_INT(offer(&q, "google-workspace")->time.days, 88);
    CHECK_LABEL("to Exchange: 4 messages a second");
    CHECK_INT(offer(&q, "exchange-online")->time.seconds, 20000 / 4);
    CHECK_INT(offer(&q, "exchange-online")->time.bottleneck, ESTIMATE_BY_MESSAGES);
    CHECK_LABEL("nothing known");
    CHECK_INT(offer(&q, "pool")->time.days, 0);
    CHECK_INT(offer(&q, "pool")->time.bottleneck, ESTIMATE_BY_NOTHING);
    quote_done(&q);
}

static void test_room(void)
{
    struct quote_account a = {.to_copy = {10, 5000}};
    CHECK_LABEL("not told");
    CHECK(!quote_room_after(&a).known);
    a.quota = (struct quote_quota){.storage_known = true, .used.octets = 1000, .limit.octets = 6000};
    CHECK_LABEL("just fits");
    CHECK(quote_room_after(&a).fits && quote_room_after(&a).octets == 0);
    a.quota.limit.octets = 5999;
    CHECK_LABEL("one too few");
    CHECK(!quote_room_after(&a).fits && quote_room_after(&a).octets == 1);
}

/* Months of several mailboxes are added up in order. */
static void test_months(void)
{
    struct quote_params params = worked_params();
    struct quote q = worked(&params);
    static const struct quote_month first[] = {{2024, 1, 1, 10}, {2024, 3, 1, 30}};
    static const struct quote_month second[] = {{2023, 12, 2, 5}, {2024, 3, 2, 7}, {2025, 1, 1, 1}};
    q.accounts[0].months = malloc(sizeof first);
    memcpy(q.accounts[0].months, first, sizeof first);
    q.accounts[0].month_count = 2;
    q.accounts[1].months = malloc(sizeof second);
    memcpy(q.accounts[1].months, second, sizeof second);
    q.accounts[1].month_count = 3;
    calculate(&q);
    CHECK_LABEL("months");
    CHECK_INT(q.sum.month_count, 4);
    CHECK_INT(q.sum.months[0].year, 2023);
    CHECK_INT(q.sum.months[1].month, 1);
    CHECK_INT(q.sum.months[2].octets, 37);
    CHECK_INT(q.sum.months[2].messages, 3);
    CHECK_INT(q.sum.months[3].year, 2025);
    quote_done(&q);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"sums and projection", test_sums},
        {"the comparison", test_offers},
        {"growth that is given", test_growth_given},
        {"mailboxes that could not be measured", test_errors},
        {"time to migrate", test_time},
        {"plans for persons", test_persons},
        {"room in the destination", test_room},
        {"months of all mailboxes", test_months},
    };
    return check_main("offers", tests, sizeof tests / sizeof *tests);
}
