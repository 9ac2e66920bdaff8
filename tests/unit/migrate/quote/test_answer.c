/* quote_answer.h: the answer that stands on top, by hand-calculated cases.
 *
 * W: the worked example of test_estimate.c: 12 accounts with 80 GB in all that grow by 2 GB each and year; a
 * margin of 5 %; 5 years; USD/JPY 155; tax 10 %. */
#include "check.h"
#include "mem.h"
#include "quote_answer.h"
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

/* catalog: text, or NULL for the worked one. */
static struct quote quote_of(const char *list, const struct quote_params *params, const char *catalog)
{
    struct quote q;
    struct error err = {0};
    struct catalog *c = catalog_new();
    int rc = catalog ? catalog_add_text(c, "test.xml", catalog, strlen(catalog), &err)
                     : catalog_add_file(c, FIXTURES "/catalog/worked.xml", &err);
    CHECK_INT(rc, 0);
    CHECK_INT(catalog_finish(c, &err), 0);
    quote_init(&q, NULL, NULL, 1795348800, params, c);
    CHECK_INT(quote_list_parse(&q, "list.csv", list, strlen(list), &err), 0);
    CHECK_STR(err.text, "");
    return q;
}

static void calculate(struct quote *q)
{
    struct error err = {0};
    CHECK_INT(quote_calculate(q, &err), 0);
    CHECK_STR(err.text, "");
    CHECK(q->calculated);
}

static void check_pick(const struct quote_pick *p, const char *family, int64_t monthly, int64_t each)
{
    CHECK_STR(p->offer ? p->offer->family->id : NULL, family);
    CHECK_INT(p->monthly.minor, monthly);
    CHECK_INT(p->each.minor, each);
}

/* 330 yen and tax are 363, a twelfth of it 30.25. 44 + 2 x 2 GB and 5 % are 50.4, more than 49. The
 * contract's 150 GB hold 128 x 1.05, not 152 x 1.05; 2 x 12,000 and 3 x 24,000 yen. */
static void test_picks(void)
{
    struct quote_params params = worked_params();
    struct quote q = quote_of(worked_list, &params, NULL);
    calculate(&q);
    const struct quote_answer *a = &q.answer;
    CHECK_LABEL("cheapest today");
    check_pick(&a->cheapest, "address", 363, 30);
    CHECK(!a->cheapest.last_known && !a->verified && a->growth_reliable);
    CHECK_INT(a->cheapest.change.year, 2);
    CHECK(!a->cheapest.change.ends && a->cheapest.change.for_all);
    CHECK_STR(a->cheapest.change.account->name, "sales");
    CHECK_STR(a->cheapest.change.needed->plan->id, "address-55");
    CHECK_LABEL("over the years");
    check_pick(&a->lasting, "contract", 1000, 83);
    CHECK_INT(a->lasting.monthly_last.minor, 2000);
    CHECK_INT(a->lasting.each_last.minor, 167);
    CHECK_INT(a->lasting.change.year, 3);
    CHECK(!a->lasting.change.account && !a->lasting.change.more_seats);
    CHECK_STR(a->lasting.change.needed->plan->id, "contract-300");
    CHECK_LABEL("without a change");
    check_pick(&a->unchanged, "pool", 10560, 880);
    CHECK_INT(a->unchanged.change.year, 0);
    CHECK_LABEL("the rest");
    CHECK(!a->current_known && !a->lever.before_year);
    CHECK_INT(a->unpriced + a->unconverted, 0);
    quote_done(&q);
}

/* 5,000 yen today against 1,000 a month, 2,000 in year 5, 96,000 in all; 40 dollars are 6,200 yen. */
static void test_current(void)
{
    const struct {
        struct money current;
        int64_t now, last, total;
    } rows[] = {
        {{MONEY_JPY, 5000}, -4000, -3000, 96000 - 300000},
        {{MONEY_JPY, 1000}, 0, 1000, 36000},
        {{MONEY_USD, 4000}, 1000 - 6200, 2000 - 6200, 96000 - 372000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct quote_params params = worked_params();
        params.current_given = true;
        params.current = rows[i].current;
        struct quote q = quote_of(worked_list, &params, NULL);
        calculate(&q);
        CHECK_LABEL("current %zu", i);
        CHECK(q.answer.current_known);
        CHECK_INT(q.answer.difference.minor, rows[i].now);
        CHECK_INT(q.answer.difference_last.minor, rows[i].last);
        CHECK_INT(q.answer.difference_total.minor, rows[i].total);
        quote_done(&q);
    }
}

/* One mailbox of 120 GB, 10 GB more each year. With 60 GB of 2015 gone 110 x 1.05 GB stay below 150 to the
 * end: 60,000 yen in place of 96,000; the 30 GB of 2018 save nothing more. */
static void test_lever(void)
{
    struct quote_params params = worked_params();
    struct quote q = quote_of("name,octets,messages,growth\nu,120GB,9,10GB\n", &params, NULL);
    struct quote_account *a = &q.accounts[0];
    static const struct quote_month months[] = {
        {2015, 3, 3, 60 * GB}, {2018, 4, 3, 30 * GB}, {2025, 5, 3, 30 * GB}};
    a->months = mem_array(3, sizeof *a->months);
    a->month_count = 3;
    for (size_t i = 0; i < 3; i++)
        a->months[i] = months[i];
    calculate(&q);
    const struct quote_lever *l = &q.answer.lever;
    CHECK_LABEL("lever");
    check_pick(&q.answer.lasting, "contract", 1000, 1000);
    CHECK_INT(l->before_year, 2016);
    CHECK_INT(l->octets, 60 * GB);
    CHECK_STR(l->family->id, "contract");
    CHECK_STR(l->plan->id, "contract-150");
    CHECK_INT(l->saved.minor, 36000);
    CHECK_INT(l->saved_monthly.minor, 600);
    quote_done(&q);
}

#define HEAD                                                                                                 \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><catalog version=\"1\"><provider id=\"p\" name=\"P\"/>"
#define FACT(verified) " as-of=\"2026\" source=\"made\" verified=\"" verified "\""
#define PRICE(amount, verified)                                                                              \
    "<price currency=\"JPY\" amount=\"" amount                                                               \
    "\" per=\"month\" term-months=\"1\" tax=\"excluded\"" FACT(verified) "/>"
#define FAMILY(id, gb, price, verified)                                                                      \
    "<family id=\"" id "\" provider=\"p\" name=\"" id                                                        \
    "\" scope=\"user\" pooled=\"false\" charged=\"user\" mixing=\"allowed\"" FACT(                           \
        "true") "/><plan id=\"" id "-plan\" family=\"" id "\" name=\"Plan " id "\"><storage amount=\"" gb    \
                "\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT(verified) "/>" price "</plan>"
#define TAIL "</catalog>"

struct edge {
    const char *label, *list, *catalog, *cheapest, *lasting, *says;
};
static const struct edge edges[] = {
    {"the same price: the verified one", "name,octets,growth\nu,1GB,0GB\n",
        HEAD FAMILY("a", "10", PRICE("100", "false"), "false") FAMILY("b", "10", PRICE("100", "true"), "true")
            FAMILY("c", "10", PRICE("100", "true"), "true") TAIL,
        "b", "b", "Cheapest today, and for the 5 years to come, is b: Plan b: ¥110 a month, ¥6,600 in all."},
    {"nothing holds it", "name,octets,growth\nu,50GB,0GB\n",
        HEAD FAMILY("a", "10", PRICE("100", "true"), "true") TAIL, NULL, NULL,
        "No plan of the catalog with a known price holds it."},
    {"not to the end", "name,octets,growth\nu,5GB,2GB\nv,1GB,0GB\nw,6GB,2GB\n",
        HEAD FAMILY("a", "10", PRICE("100", "true"), "true") TAIL, "a", NULL,
        "Cheapest today is a: Plan a: ¥330 a month (¥110 a mailbox). In year 2 it no longer holds the mailbox w."},
    {"none has a price", "name,octets,growth\nu,5GB,0GB\n",
        HEAD FAMILY("a", "10", "<no-price reason=\"none\"/>", "true") TAIL, NULL, NULL,
        "No plan of the catalog with a known price holds it. 1 offer would hold it now, but its price is not known."},
    {"an empty mailbox", "name,octets,growth\nu,0,0GB\n",
        HEAD FAMILY("a", "10", PRICE("100", "true"), "true") TAIL, "a", "a",
        "Cheapest today, and for the 5 years to come, is a: Plan a: ¥110 a month, ¥6,600 in all."},
    {"the mailboxes that force a change", "name,octets,growth\nu,5GB,2GB\nv,1GB,0GB\nw,6GB,3GB\n",
        HEAD
            FAMILY("a", "10", PRICE("100", "true") "<step to=\"a2\"/>", "true") "<plan id=\"a2\" family=\"a\" name=\"Big\"><storage amount=\"40\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT(
                "true") "/>" PRICE("300", "true") "</plan>" TAIL,
        "a", "a",
        "Cheapest today, and for the 5 years to come, is a: Plan a: ¥330 a month (¥110 a mailbox) now, ¥770 a month (¥257 a "
        "mailbox) in year 5, ¥38,280 in all. In year 2 the mailbox w needs Big."},
    {"a limit for one mailbox", "name,octets,growth\nu,5GB,2GB\nv,1GB,0GB\n",
        HEAD
        "<family id=\"c\" provider=\"p\" name=\"c\" scope=\"contract\" charged=\"contract\" mixing=\"refused\"" FACT(
            "true") "/><plan id=\"c-plan\" family=\"c\" name=\"Plan c\"><storage amount=\"100\" unit=\"GB\" base=\"1000\" "
                    "base-verified=\"true\"" FACT(
                        "true") "/><mailbox-max amount=\"10\" unit=\"GB\" base=\"1000\" "
                                "base-verified=\"true\"" FACT("true") "/>" PRICE(
                                    "100", "true") "</plan>" TAIL,
        "c", NULL,
        "Cheapest today is c: Plan c: ¥110 a month (¥55 a mailbox). In year 3 it no longer holds the mailbox u."},
    {"free", "name,octets,growth\nu,1GB,0GB\n",
        HEAD FAMILY("a", "10", PRICE("0", "true"), "true") FAMILY("b", "10", PRICE("1", "true"), "true") TAIL,
        "a", "a", "Cheapest today, and for the 5 years to come, is a: Plan a: ¥0 a month, ¥0 in all."},
};

static void test_edges(void)
{
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        const struct edge *e = &edges[i];
        struct quote_params params = worked_params();
        struct quote q = quote_of(e->list, &params, e->catalog);
        calculate(&q);
        CHECK_LABEL("%s", e->label);
        const struct quote_offer *c = q.answer.cheapest.offer, *l = q.answer.lasting.offer;
        CHECK_STR(c ? c->family->id : NULL, e->cheapest);
        CHECK_STR(l ? l->family->id : NULL, e->lasting);
        struct quote_sentences s = quote_answer_words(&q, quote_words_of("en"));
        CHECK(s.count > 0);
        if (strncmp(s.lines[0], e->says, strlen(e->says)) != 0)
            CHECK_STR(s.lines[0], e->says);
        quote_sentences_done(&s);
        quote_done(&q);
    }
}

/* Every sentence there is, in both languages, without a format that is not filled. */
static void test_words(void)
{
    static const char *const langs[] = {"en", "ja"};
    for (size_t i = 0; i < 2; i++)
        for (int years = 1; years <= 10; years += 9) {
            struct quote_params params = worked_params();
            params.model.years = years;
            params.current_given = true;
            params.current = (struct money){MONEY_JPY, 5000};
            struct quote q = quote_of(worked_list, &params, NULL);
            calculate(&q);
            struct quote_sentences s = quote_answer_words(&q, quote_words_of(langs[i]));
            CHECK_LABEL("%s, %d years", langs[i], years);
            CHECK(s.count >= 3);
            for (size_t k = 0; k < s.count; k++)
                CHECK(!strchr(s.lines[k], '$') && !strstr(s.lines[k], "(null)"));
            quote_sentences_done(&s);
            quote_done(&q);
        }
}

/* The answer's come first, then Google Workspace and Microsoft 365 whether or not they are cheap. */
static void test_yearly(void)
{
    const struct quote_offer *offers[4];
    struct quote_params params = worked_params();
    struct quote q = quote_of(worked_list, &params,
        HEAD FAMILY("a", "100", PRICE("1", "true"), "true") FAMILY("b", "100", PRICE("2", "true"), "true")
            FAMILY("c", "100", PRICE("3", "true"), "true")
                FAMILY("google-workspace", "100", PRICE("9", "true"), "true")
                    FAMILY("microsoft-365-business", "100", PRICE("8", "true"), "true") TAIL);
    calculate(&q);
    CHECK_LABEL("yearly");
    CHECK_INT(quote_answer_yearly(&q, offers, 4), 4);
    CHECK_STR(offers[0]->family->id, "a");
    CHECK_STR(offers[1]->family->id, "google-workspace");
    CHECK_STR(offers[2]->family->id, "microsoft-365-business");
    CHECK_STR(offers[3]->family->id, "b");
    quote_done(&q);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"picks", test_picks},
        {"current", test_current},
        {"lever", test_lever},
        {"edges", test_edges},
        {"words", test_words},
        {"yearly", test_yearly},
    };
    return check_main("answer", tests, sizeof tests / sizeof *tests);
}
