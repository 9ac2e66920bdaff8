/* estimate.h: against tables computed by hand.
 *
 * The worked example: 12 accounts with 80 GB in all (one of 44 GB, one of 6 GB, ten of 3 GB) that grow by 2
 * GB each and year; a margin of 5 %; 5 years; USD/JPY 155; tax 10 %. At the end of the years 1 to 5:
 *
 *   sum          104    128    152    176    200  GB   with the margin  109.2  134.4  159.6  184.8  210 GB
 *   the largest   46     48     50     52     54  GB   with the margin   48.3   50.4   52.5   54.6  56.7 GB
 */
#include "check.h"
#include "estimate.h"
#include "estimate_margin.h"

#define GB       UINT64_C(1000000000)
#define ACCOUNTS 12
#define YEARS    5

static const struct money_rate dollar[] = {{MONEY_USD, MONEY_JPY, 155, 1}};

static struct catalog *worked_catalog(void)
{
    struct catalog *c = catalog_new();
    struct error err = {0};
    CHECK_INT(catalog_add_file(c, FIXTURES "/catalog/worked.xml", &err), 0);
    CHECK_INT(catalog_finish(c, &err), 0);
    CHECK_STR(err.text, "");
    return c;
}

static void worked_mailboxes(struct estimate_mailbox m[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++)
        m[i] = (struct estimate_mailbox){
            .name = "user",
            .octets = (i == 4      ? 44
                          : i == 7 ? 6
                                   : 3) *
                      GB,
            .growth_octets = {GB / 2, 2 * GB, 8 * GB},
        };
}

static struct estimate_params worked_params(void)
{
    return (struct estimate_params){
        .years = YEARS,
        .scenario = ESTIMATE_MID,
        .margin_tenths = 50,
        .term_months = 12,
        .view = {MONEY_JPY, dollar, 1, 100},
    };
}

static struct estimate run(const struct catalog *c, const struct estimate_params *p)
{
    struct estimate_mailbox mailboxes[ACCOUNTS];
    struct estimate e = {0};
    struct error err = {0};
    worked_mailboxes(mailboxes);
    CHECK_INT(estimate_run(c, mailboxes, ACCOUNTS, p, &e, &err), 0);
    CHECK_STR(err.text, "");
    return e;
}

static const struct estimate_family *family(const struct estimate *e, const char *id)
{
    for (size_t i = 0; i < e->family_count; i++)
        if (!strcmp(e->families[i].family->id, id))
            return &e->families[i];
    abort();
}

/* What must come out for a family in a year: "plan+add-on xMAILBOXES/SEATS" for each share. */
struct expected {
    const char *shares;
    int64_t exact, yearly, monthly;
    uint64_t misfits;
};

static const char *shares_words(const struct estimate_year *y, char dst[256])
{
    size_t len = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < y->share_count; i++) {
        const struct estimate_share *s = &y->shares[i];
        len += (size_t)snprintf(dst + len, 256 - len, "%s%s%s%s x%d/%d", i ? ", " : "", s->plan->id,
            s->add_on ? "+" : "", s->add_on ? s->add_on->id : "", (int)s->mailboxes, (int)s->seats);
    }
    return dst;
}

static void check_years(const struct estimate_family *f, const struct expected rows[], int years)
{
    char words[256];
    for (int n = 1; n <= years; n++) {
        const struct estimate_year *y = &f->years[n - 1];
        CHECK_LABEL("%s, year %d", f->family->id, n);
        CHECK_STR(shares_words(y, words), rows[n - 1].shares);
        CHECK_INT(y->exact.minor, rows[n - 1].exact);
        CHECK_INT(y->yearly.minor, rows[n - 1].yearly);
        CHECK_INT(y->monthly.minor, rows[n - 1].monthly);
        CHECK_INT(y->misfits, rows[n - 1].misfits);
    }
}

/* ---- the worked example ---- */
static void test_octets(void)
{
    static const int sum[] = {80, 104, 128, 152, 176, 200}, largest[] = {44, 46, 48, 50, 52, 54};
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = run(c, &p);
    for (int n = 0; n <= YEARS; n++) {
        CHECK_LABEL("year %d", n);
        CHECK_INT(e.octets[n], sum[n] * GB);
        CHECK_INT(e.largest[n], largest[n] * GB);
    }
    CHECK_INT(family(&e, "pool")->years[2].needed, UINT64_C(159600000000));
    CHECK_INT(family(&e, "each")->years[2].needed, UINT64_C(52500000000));
    CHECK_INT(e.mailbox_count, ACCOUNTS);
    estimate_done(&e);
    catalog_free(c);
}

/* 12 seats x 30 GB = 360 GB hold it all along: 12 x 800 x 12 = 115,200 yen a year, with tax 126,720. */
static void test_worked_pool(void)
{
    static const struct expected rows[YEARS] = {
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = run(c, &p);
    const struct estimate_family *f = family(&e, "pool");
    check_years(f, rows, YEARS);
    CHECK_LABEL("pool");
    CHECK_INT(f->exact_total.minor, 576000);
    CHECK_INT(f->total.minor, 633600);
    CHECK(f->complete && f->priced && f->verified);
    CHECK_INT(f->stepped_year, 0);
    CHECK_INT(f->misfit_year, 0);
    CHECK(!f->fates);
    CHECK_INT(f->ceiling_count, 2);
    CHECK_INT(f->ceilings[0].octets, 360 * GB);
    CHECK_INT(f->ceilings[0].full_year, 0);
    CHECK_INT(f->ceilings[1].octets, 24000 * GB);
    estimate_done(&e);
    catalog_free(c);
}

/* The mailbox of 44 GB needs 48.3 GB, then 50.4: in year 2 it goes from 4 to 8 dollars a month.
 * 12 x 4 x 12 = 576 dollars, then 11 x 4 x 12 + 8 x 12 = 624; in yen with tax x 155 x 1.1 = 98,208 and
 * 106,392; in all 576 + 4 x 624 = 3,072 dollars = 523,776 yen. */
static void test_worked_each(void)
{
    static const struct expected rows[YEARS] = {
        {"each-50 x12/12", 57600, 98208, 8184, 0},
        {"each-50 x11/11, each-100 x1/1", 62400, 106392, 8866, 0},
        {"each-50 x11/11, each-100 x1/1", 62400, 106392, 8866, 0},
        {"each-50 x11/11, each-100 x1/1", 62400, 106392, 8866, 0},
        {"each-50 x11/11, each-100 x1/1", 62400, 106392, 8866, 0},
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = run(c, &p);
    const struct estimate_family *f = family(&e, "each");
    check_years(f, rows, YEARS);
    CHECK_LABEL("each");
    CHECK_INT(f->currency, MONEY_USD);
    CHECK_INT(f->shown, MONEY_JPY);
    CHECK_INT(f->tax, CATALOG_TAX_UNKNOWN);
    CHECK_INT(f->exact_total.minor, 307200);
    CHECK_INT(f->total.minor, 523776);
    CHECK_INT(f->stepped_year, 2);
    CHECK(f->years[1].stepped && !f->years[0].stepped && !f->years[2].stepped);
    for (int i = 0; i < ACCOUNTS; i++) {
        CHECK_INT(f->fates[i].stepped_year, i == 4 ? 2 : 0);
        CHECK_INT(f->fates[i].misfit_year, 0);
    }
    CHECK_INT(f->ceilings[0].octets, 50 * GB);
    CHECK_INT(f->ceilings[0].full_year, 2);
    CHECK_INT(f->ceilings[1].full_year, 0);
    estimate_done(&e);
    catalog_free(c);
}

/* 150 GB hold 134.4, not 159.6. The prices contain 10 % tax: shown with 10 % they stay as they are. */
static void test_worked_contract(void)
{
    static const struct expected rows[YEARS] = {
        {"contract-150 x12/1", 12000, 12000, 1000, 0},
        {"contract-150 x12/1", 12000, 12000, 1000, 0},
        {"contract-300 x12/1", 24000, 24000, 2000, 0},
        {"contract-300 x12/1", 24000, 24000, 2000, 0},
        {"contract-300 x12/1", 24000, 24000, 2000, 0},
    };
    static const struct expected net[YEARS] = {
        {"contract-150 x12/1", 12000, 10909, 909, 0}, /* 10,909.09; 909.09 */
        {"contract-150 x12/1", 12000, 10909, 909, 0},
        {"contract-300 x12/1", 24000, 21818, 1818, 0}, /* 21,818.18; 1,818.18 */
        {"contract-300 x12/1", 24000, 21818, 1818, 0},
        {"contract-300 x12/1", 24000, 21818, 1818, 0},
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = run(c, &p);
    check_years(family(&e, "contract"), rows, YEARS);
    CHECK_INT(family(&e, "contract")->total.minor, 96000);
    CHECK_INT(family(&e, "contract")->stepped_year, 3);
    CHECK_INT(family(&e, "contract")->ceilings[0].full_year, 3);
    estimate_done(&e);
    p.view.tax_tenths = 0;
    e = run(c, &p);
    check_years(family(&e, "contract"), net, YEARS);
    CHECK_INT(family(&e, "contract")->total.minor, 87273); /* 87,272.73, not 5 rounded years */
    estimate_done(&e);
    catalog_free(c);
}

/* 49 GB hold 48.3; 55 GB, of no known price, hold 50.4, 52.5 and 54.6; nothing holds 56.7. */
static void test_worked_address(void)
{
    static const struct expected rows[YEARS] = {
        {"address-49 x12/1", 3960, 4356, 363, 0},
        {"address-55 x12/1", 0, 0, 0, 0},
        {"address-55 x12/1", 0, 0, 0, 0},
        {"address-55 x12/1", 0, 0, 0, 0},
        {"", 0, 0, 0, ACCOUNTS},
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = run(c, &p);
    const struct estimate_family *f = family(&e, "address");
    check_years(f, rows, YEARS);
    CHECK_LABEL("address");
    CHECK(f->years[0].priced && !f->years[1].priced && !f->years[4].priced);
    CHECK(!f->priced && !f->complete && !f->verified);
    CHECK_INT(f->stepped_year, 2);
    CHECK_INT(f->misfit_year, 5);
    CHECK_INT(f->years[4].misfit, ESTIMATE_TOO_LARGE);
    f = family(&e, "unknown");
    CHECK_INT(f->years[0].misfit, ESTIMATE_STORAGE_UNKNOWN);
    CHECK_INT(f->misfit_year, 1);
    CHECK_INT(f->ceilings[0].octets, 0);
    estimate_done(&e);
    catalog_free(c);
}

/* ---- pools ---- */
/* 200 GB of other use: 319.2 and 344.4 GB fit into 360; 369.6 need 13 seats (124,800 yen against 230,400 for
 * the larger plan), 394.8 and 420 need 14. */
static void test_pool_adds_seats(void)
{
    static const struct expected rows[YEARS] = {
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/12", 115200, 126720, 10560, 0},
        {"pool-30 x12/13", 124800, 137280, 11440, 0},
        {"pool-30 x12/14", 134400, 147840, 12320, 0},
        {"pool-30 x12/14", 134400, 147840, 12320, 0},
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    p.other_use_octets = 200 * GB;
    struct estimate e = run(c, &p);
    check_years(family(&e, "pool"), rows, YEARS);
    CHECK_INT(family(&e, "pool")->stepped_year, 3);
    CHECK_INT(family(&e, "pool")->ceilings[0].full_year, 3);
    CHECK_INT(family(&e, "each")->exact_total.minor, 307200); /* no pool, no other use */
    estimate_done(&e);
    catalog_free(c);
}

/* 560 GB of other use: 697.2 GB need 24 seats (24 x 800 = 12 x 1,600: the fewer seats win), 1,000 GB even
 * more. */
static void test_pool_upgrades(void)
{
    static const struct expected rows[] = {
        {"pool-2000 x12/12", 230400, 253440, 21120, 0},
        {"pool-2000 x12/12", 230400, 253440, 21120, 0},
    };
    static const uint64_t other[] = {560, 1000};
    for (size_t i = 0; i < 2; i++) {
        struct catalog *c = worked_catalog();
        struct estimate_params p = worked_params();
        p.years = 2;
        p.other_use_octets = other[i] * GB;
        struct estimate e = run(c, &p);
        check_years(family(&e, "pool"), rows, 2);
        CHECK(!family(&e, "pool")->verified); /* that price is not */
        estimate_done(&e);
        catalog_free(c);
    }
}

/* Month by month it costs 950, and only the plan that has such a price differs. */
static void test_term(void)
{
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    p.term_months = 1;
    struct estimate e = run(c, &p);
    CHECK_LABEL("bound for a month");
    CHECK_INT(family(&e, "pool")->years[0].exact.minor, 950 * 12 * 12);
    CHECK_INT(family(&e, "contract")->years[0].exact.minor, 12000);
    estimate_done(&e);
    catalog_free(c);
}

/* ---- one by one ---- */
/* With the archive, 4 + 3 dollars are less than 8. */
static void test_archive(void)
{
    static const struct expected rows[] = {
        {"each-50 x12/12", 57600, 98208, 8184, 0},
        {"each-50 x11/11, each-50+archive x1/1", 61200, 104346, 8696, 0}, /* 8,695.5 */
    };
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    p.archive = true;
    p.years = 2;
    struct estimate e = run(c, &p);
    check_years(family(&e, "each"), rows, 2);
    CHECK_INT(family(&e, "each")->years[1].shares[1].units, 1);
    estimate_done(&e);
    catalog_free(c);
}

/* High growth: 44 + 8 n GB: 54.6, 63, 71.4, 79.8, 88.2 GB with the margin; the others 11.55 to 48.3. */
static void test_scenario(void)
{
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    p.scenario = ESTIMATE_HIGH;
    p.years = 8;
    struct estimate e = run(c, &p);
    const struct estimate_family *f = family(&e, "each");
    CHECK_LABEL("high");
    CHECK_INT(e.octets[8], (80 + 8 * 12 * 8) * GB);
    CHECK_INT(f->fates[4].stepped_year, 0); /* 54.6 GB from the first year */
    CHECK_INT(f->fates[4].misfit_year, 7);  /* 44 + 56 = 100, with the margin 105 */
    CHECK_INT(f->fates[7].stepped_year, 6); /* 6 + 48 = 54 */
    CHECK_INT(f->fates[0].stepped_year, 6); /* 3 + 48 = 51 */
    CHECK_INT(f->years[6].misfits, 1);
    CHECK_INT(f->misfit_year, 7);
    CHECK(!f->complete && f->priced);
    estimate_done(&e);
    catalog_free(c);
}

/* Without a margin 50 GB are just held in year 3, and no more in year 4. */
static void test_just_full(void)
{
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    p.margin_tenths = 0;
    struct estimate e = run(c, &p);
    CHECK_LABEL("just full");
    CHECK_INT(family(&e, "each")->ceilings[0].full_year, 4);
    CHECK_INT(family(&e, "each")->fates[4].stepped_year, 4);
    estimate_done(&e);
    catalog_free(c);
}

static void test_seats_max(void)
{
    struct estimate_mailbox mailboxes[21] = {0};
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e = {0};
    for (int i = 0; i < 21; i++)
        mailboxes[i] = (struct estimate_mailbox){.name = "user", .octets = GB};
    CHECK_LABEL("20 seats are sold");
    CHECK_INT(estimate_run(c, mailboxes, 20, &p, &e, NULL), 0);
    CHECK_INT(family(&e, "each")->misfit_year, 0);
    estimate_done(&e);
    CHECK_INT(estimate_run(c, mailboxes, 21, &p, &e, NULL), 0);
    CHECK_INT(family(&e, "each")->misfit_year, 1);
    CHECK_INT(family(&e, "each")->years[0].misfit, ESTIMATE_TOO_MANY_SEATS);
    CHECK_INT(family(&e, "each")->years[0].misfits, 21);
    CHECK_INT(family(&e, "pool")->misfit_year, 0);
    estimate_done(&e);
    catalog_free(c);
}

/* ---- shapes that the file does not have ---- */
#define FACT " as-of=\"2026\" source=\"made\" verified=\"true\""
#define FAMILY_(shape)                                                                                       \
    "<provider id=\"p\" name=\"P\"/><family id=\"f\" provider=\"p\" name=\"F\" " shape FACT "/>"
#define PLAN_(id, gb, yen, more)                                                                             \
    "<plan id=\"" id "\" family=\"f\" name=\"N\"><storage amount=\"" gb                                      \
    "\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT "/><price currency=\"JPY\" amount=\"" yen     \
    "\" per=\"month\" term-months=\"1\" tax=\"unknown\"" FACT "/>" more "</plan>"
#define MORE(gb, yen, max)                                                                                   \
    "<add-on id=\"more\" name=\"M\" kind=\"storage\" units-max=\"" max "\"><storage amount=\"" gb            \
    "\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT "/><price currency=\"JPY\" amount=\"" yen     \
    "\" per=\"month\" term-months=\"1\" tax=\"unknown\"" FACT "/></add-on>"

/* Two mailboxes of 10 and 30 GB, growth 10 GB each, no margin: at the end of the years 20+40, 30+50, 40+60.
 */
static void check_shape(const char *what, const char *elements, const struct expected rows[3])
{
    static const struct estimate_mailbox mailboxes[] = {
        {"a", 10 * GB, 0, {0, 10 * GB, 0}}, {"b", 30 * GB, 0, {0, 10 * GB, 0}}};
    struct estimate_params p = {
        .years = 3, .scenario = ESTIMATE_MID, .term_months = 1, .view = {.currency = MONEY_JPY}};
    struct catalog *c = catalog_new();
    struct estimate e = {0};
    struct error err = {0};
    char text[4096];
    snprintf(text, sizeof text, "<catalog version=\"1\">%s</catalog>", elements);
    CHECK_LABEL("%s", what);
    CHECK_INT(catalog_add_text(c, "test.xml", text, strlen(text), &err), 0);
    CHECK_INT(catalog_finish(c, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_INT(estimate_run(c, mailboxes, 2, &p, &e, &err), 0);
    check_years(&e.families[0], rows, 3);
    estimate_done(&e);
    catalog_free(c);
}

static void test_shapes(void)
{
    static const char uniform[] =
        FAMILY_("scope=\"user\" pooled=\"false\" charged=\"user\" mixing=\"refused\"")
            PLAN_("s", "45", "100", "<step to=\"l\"/>") PLAN_("l", "60", "300", "");
    static const struct expected uniform_rows[] = {
        {"s x2/2", 2400, 2400, 200, 0}, {"l x2/2", 7200, 7200, 600, 0}, {"l x2/2", 7200, 7200, 600, 0}};
    check_shape("no mixing: the largest decides for all", uniform, uniform_rows);

    static const char stuck[] = FAMILY_("scope=\"user\" pooled=\"false\" charged=\"user\" mixing=\"allowed\"")
        PLAN_("s", "45", "100", "") PLAN_("l", "60", "300", "");
    static const struct expected stuck_rows[] = {
        {"s x2/2", 2400, 2400, 200, 0}, {"s x1/1", 1200, 1200, 100, 1}, {"s x1/1", 1200, 1200, 100, 1}};
    check_shape("no step leads on", stuck, stuck_rows);

    /* 40, then 50 and 60 in units of 5 above 45: 1 and 3 of them at 50 yen, against 300 for the larger plan.
     */
    static const char units[] = FAMILY_("scope=\"user\" pooled=\"false\" charged=\"user\" mixing=\"allowed\"")
        PLAN_("s", "45", "100", MORE("5", "50", "2") "<step to=\"l\"/>") PLAN_("l", "60", "300", "");
    static const struct expected unit_rows[] = {{"s x2/2", 2400, 2400, 200, 0},
        {"s x1/1, s+more x1/1", 3000, 3000, 250, 0}, {"s x1/1, l x1/1", 4800, 4800, 400, 0}};
    check_shape("units of an add-on, at most 2", units, unit_rows);

    /* 60 = 2 x 30; 80 = 60 + 2 x 10 at 2 x 20 yen against a third seat at 100; 100 = 60 + 4 x 10 (2 for each
     * seat). */
    static const char pool[] = FAMILY_("scope=\"user\" pooled=\"true\" charged=\"user\" mixing=\"refused\"")
        PLAN_("s", "30", "100", MORE("10", "20", "2"));
    static const struct expected pool_rows[] = {{"s x2/2", 2400, 2400, 200, 0},
        {"s+more x2/2", 2880, 2880, 240, 0}, {"s+more x2/2", 3360, 3360, 280, 0}};
    check_shape("a pool with an add-on", pool, pool_rows);

    static const char contract[] = FAMILY_("scope=\"contract\" charged=\"contract\" mixing=\"refused\"")
        PLAN_("s", "70", "100", MORE("10", "20", "2"));
    static const struct expected contract_rows[] = {
        {"s x2/1", 1200, 1200, 100, 0}, {"s+more x2/1", 1440, 1440, 120, 0}, {"", 0, 0, 0, 2}};
    check_shape("a contract with an add-on", contract, contract_rows);

    static const char addresses[] =
        FAMILY_("scope=\"address\" charged=\"user\" mixing=\"refused\"") PLAN_("s", "50", "100", "");
    static const struct expected address_rows[] = {
        {"s x2/2", 2400, 2400, 200, 0}, {"s x2/2", 2400, 2400, 200, 0}, {"", 0, 0, 0, 2}};
    check_shape("per address, each paid for", addresses, address_rows);
}

/* ---- currencies ---- */
static void test_currency(void)
{
    static const struct money_rate euro[] = {{MONEY_EUR, MONEY_USD, 110, 100}};
    struct catalog *c = worked_catalog();
    struct estimate_params p = worked_params();
    struct estimate e;
    p.view = (struct money_view){.currency = MONEY_JPY}; /* no rate, no tax */
    e = run(c, &p);
    CHECK_LABEL("no rate: shown as it is");
    CHECK_INT(family(&e, "each")->shown, MONEY_USD);
    CHECK_INT(family(&e, "each")->total.minor, 307200);
    CHECK_INT(family(&e, "pool")->shown, MONEY_JPY);
    estimate_done(&e);
    p.view = (struct money_view){.currency = MONEY_EUR, .rates = euro, .rate_count = 1};
    e = run(c, &p);
    CHECK_LABEL("dollars to euro");
    CHECK_INT(family(&e, "each")->shown, MONEY_EUR);
    CHECK_INT(family(&e, "each")->years[0].yearly.minor, 52364); /* 576 / 1.1 = 523.636 */
    CHECK_INT(family(&e, "pool")->shown, MONEY_JPY);
    estimate_done(&e);
    catalog_free(c);
}

/* A plan with a price in dollars only makes a family count in dollars: its yen cannot be compared. */
static void test_family_currency(void)
{
    static const char text[] = "<catalog version=\"1\">" FAMILY_(
        "scope=\"contract\" charged=\"contract\" mixing=\"refused\"") PLAN_("a", "10", "100",
        "") "<plan id=\"b\" family=\"f\" name=\"B\"><storage amount=\"99\" unit=\"GB\" base=\"1000\" "
            "base-verified=\"true\"" FACT
            "/><price currency=\"USD\" amount=\"1\" per=\"month\" term-months=\"1\" "
            "tax=\"unknown\"" FACT "/><price currency=\"JPY\" amount=\"900\" per=\"month\" term-months=\"1\" "
            "tax=\"unknown\"" FACT "/></plan></catalog>";
    static const struct estimate_mailbox one = {"a", GB, 0, {0, 0, 0}};
    struct estimate_params p = worked_params();
    struct catalog *c = catalog_new();
    struct estimate e = {0};
    CHECK_LABEL("the currency of all plans");
    p.view.currency = MONEY_USD;
    p.view.tax_tenths = 0;
    CHECK_INT(catalog_add_text(c, "test.xml", text, sizeof text - 1, NULL), 0);
    CHECK_INT(catalog_finish(c, NULL), 0);
    CHECK_INT(estimate_run(c, &one, 1, &p, &e, NULL), 0);
    CHECK_INT(e.families[0].currency, MONEY_JPY);
    CHECK_INT(e.families[0].shown, MONEY_USD);
    CHECK_STR(e.families[0].years[0].shares[0].plan->id, "a");
    CHECK_INT(e.families[0].years[0].yearly.minor, 774); /* 1,200 / 155 = 7.7419 */
    estimate_done(&e);
    catalog_free(c);
}

/* A yen price that is not verified does not go before a verified one in dollars, if there is a rate. */
static void test_verified_currency(void)
{
    static const char text[] = "<catalog version=\"1\">" FAMILY_(
        "scope=\"contract\" charged=\"contract\" mixing=\"refused\"") "<plan id=\"b\" family=\"f\" "
                                                                      "name=\"B\"><storage amount=\"99\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT
                                                                      "/><price currency=\"JPY\" amount=\"899\" per=\"month\" term-months=\"1\" tax=\"unknown\" as-of=\"2024\" "
                                                                      "source=\"old\" verified=\"false\"/><price currency=\"USD\" amount=\"7\" per=\"month\" term-months=\"1\" "
                                                                      "tax=\"unknown\"" FACT
                                                                      "/></plan></catalog>";
    static const struct estimate_mailbox one = {"a", GB, 0, {0, 0, 0}};
    struct estimate_params p = worked_params();
    struct catalog *c = catalog_new();
    struct estimate e = {0};
    p.view.tax_tenths = 0;
    CHECK_INT(catalog_add_text(c, "test.xml", text, sizeof text - 1, NULL), 0);
    CHECK_INT(catalog_finish(c, NULL), 0);
    for (int rate = 1; rate >= 0; rate--) {
        CHECK_LABEL(rate ? "with a rate" : "without");
        p.view.rate_count = rate ? p.view.rate_count : 0;
        CHECK_INT(estimate_run(c, &one, 1, &p, &e, NULL), 0);
        CHECK_INT(e.families[0].currency, rate ? MONEY_USD : MONEY_JPY);
        CHECK_INT(e.families[0].shown, MONEY_JPY);
        CHECK_INT(e.families[0].years[0].monthly.minor, rate ? 7 * 155 : 899);
        CHECK_INT(e.families[0].verified, rate);
        estimate_done(&e);
    }
    catalog_free(c);
}

/* ---- projection ---- */
static void test_projection(void)
{
    static const struct {
        uint64_t octets, growth;
        int rise_tenths, years;
        uint64_t expected[4];
    } rows[] = {
        {100, 10, 0, 3, {100, 110, 120, 130}},
        {100, 10, 100, 3, {100, 110, 121, 133}},   /* growth 10, 11, 12.1 */
        {0, 1000, 1000, 3, {0, 1000, 3000, 7000}}, /* doubles */
        {0, 5, 100, 3, {0, 5, 11, 18}},            /* growth 5, 5.5 -> 6, 6.6 -> 7 */
        {7, 0, 500, 3, {7, 7, 7, 7}},
        {80 * GB, 24 * GB, 55, 3,
            {80 * GB, 104 * GB, 129320000000, 156032600000}}, /* 24, 25.32, 26.7126 with 5.5 % */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t s[4] = {0};
        CHECK_INT(
            estimate_project(rows[i].octets, rows[i].growth, rows[i].rise_tenths, rows[i].years, s, NULL), 0);
        for (int n = 0; n < 4; n++) {
            CHECK_LABEL("row %zu, year %d", i, n);
            CHECK_INT(s[n], rows[i].expected[n]);
        }
    }
    uint64_t s[ESTIMATE_YEARS_MAX + 1] = {77};
    CHECK_LABEL("beyond all bounds");
    CHECK_INT(estimate_project(1, ESTIMATE_OCTETS_MAX, 0, 1, s, NULL), -1);
    CHECK_INT(estimate_project(UINT64_MAX, UINT64_MAX, 1000, ESTIMATE_YEARS_MAX, s, NULL), -1);
    CHECK_INT(estimate_project(0, 1 << 30, 1000, ESTIMATE_YEARS_MAX, s, NULL), 0); /* 2^60 - 2^30 */
    CHECK_INT(s[ESTIMATE_YEARS_MAX], ((UINT64_C(1) << 30) - 1) << 30);
}

static void test_margin(void)
{
    CHECK_LABEL("margin");
    CHECK_INT(estimate_margin_add(1000, 0), 1000);
    CHECK_INT(estimate_margin_add(1000, 50), 1050);
    CHECK_INT(estimate_margin_add(1, 1), 2); /* up */
    CHECK_INT(estimate_margin_add(0, 1000), 0);
    CHECK_INT(estimate_margin_add(ESTIMATE_OCTETS_MAX, 1000), 2 * ESTIMATE_OCTETS_MAX);
}

static void test_bad_params(void)
{
    struct estimate_params good = worked_params(), bad[7];
    struct estimate_mailbox mailboxes[ACCOUNTS];
    struct catalog *c = worked_catalog();
    struct estimate e = {.years = -77};
    struct error err;
    worked_mailboxes(mailboxes);
    for (size_t i = 0; i < 7; i++)
        bad[i] = good;
    bad[0].years = 0;
    bad[1].years = ESTIMATE_YEARS_MAX + 1;
    bad[2].rise_tenths = -1;
    bad[3].rise_tenths = 1001;
    bad[4].margin_tenths = -1;
    bad[5].margin_tenths = 1001;
    bad[6].other_use_octets = ESTIMATE_OCTETS_MAX + 1;
    for (size_t i = 0; i < 7; i++) {
        CHECK_LABEL("bad parameters %zu", i);
        CHECK_INT(estimate_run(c, mailboxes, ACCOUNTS, &bad[i], &e, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
    }
    CHECK_LABEL("no mailboxes; too large ones");
    CHECK_INT(estimate_run(c, mailboxes, 0, &good, &e, &err), -1);
    mailboxes[3].octets = mailboxes[4].octets = ESTIMATE_OCTETS_MAX * 3 / 4;
    CHECK_INT(estimate_run(c, mailboxes, ACCOUNTS, &good, &e, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK_INT(e.years, -77);
    catalog_free(c);
}

/* Amounts beyond 2^63 are an error or "not priced", never a wrong number. */
static void test_too_dear(void)
{
    static const char text[] = "<catalog version=\"1\">" FAMILY_(
        "scope=\"user\" pooled=\"true\" charged=\"user\" mixing=\"refused\"")
        PLAN_("a", "0.001", "999999999999999", "") "</catalog>";
    static const struct estimate_mailbox one = {"a", GB, 0, {0, 0, 0}};
    struct estimate_params p = worked_params();
    struct catalog *c = catalog_new();
    struct estimate e = {0};
    CHECK_LABEL("too dear");
    CHECK_INT(catalog_add_text(c, "test.xml", text, sizeof text - 1, NULL), 0);
    CHECK_INT(catalog_finish(c, NULL), 0);
    CHECK_INT(estimate_run(c, &one, 1, &p, &e, NULL), 0);
    CHECK_INT(e.families[0].years[0].seats, 1050); /* 1.05 GB in pieces of 1 MB */
    CHECK(!e.families[0].priced);
    estimate_done(&e);
    catalog_free(c);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"octets", test_octets},
        {"worked: pool", test_worked_pool},
        {"worked: each", test_worked_each},
        {"worked: contract", test_worked_contract},
        {"worked: address", test_worked_address},
        {"a pool adds seats", test_pool_adds_seats},
        {"a pool upgrades", test_pool_upgrades},
        {"how long one is bound", test_term},
        {"archive", test_archive},
        {"high growth", test_scenario},
        {"just full", test_just_full},
        {"seats that are sold", test_seats_max},
        {"other shapes", test_shapes},
        {"currencies", test_currency},
        {"the currency of a family", test_family_currency},
        {"verified prices first", test_verified_currency},
        {"projection", test_projection},
        {"margin", test_margin},
        {"bad parameters", test_bad_params},
        {"too dear", test_too_dear},
    };
    return check_main("migrate-estimate", tests, sizeof tests / sizeof *tests);
}
