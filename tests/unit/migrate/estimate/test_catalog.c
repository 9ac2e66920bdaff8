/* catalog.h: the built-in catalog is whole and honest; files extend and replace; bad ones are refused with
 * file and line, and nothing outside them is ever opened. */
#include "catalog.h"
#include "catalog_builtin.h"
#include "check.h"
#include "mem.h"
#include "temp_dir.h"
#include "upload_cap.h"
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#define FACT     " as-of=\"2026\" source=\"test\" verified=\"true\""
#define STORAGE  "<storage amount=\"30\" unit=\"GB\" base=\"1000\" base-verified=\"true\"" FACT "/>"
#define TERMS    " per=\"month\" term-months=\"12\" tax=\"unknown\"" FACT "/>"
#define PRICE    "<price currency=\"JPY\" amount=\"800\"" TERMS
#define OPEN     "<catalog version=\"1\">\n"
#define PROVIDER "<provider id=\"p\" name=\"P\"/>"
#define FAMILY                                                                                                   \
    "<family id=\"f\" provider=\"p\" name=\"F\" scope=\"contract\" charged=\"contract\" mixing=\"refused\"" FACT \
    "/>"
#define CLOSE "</catalog>\n"
/* Line 2 holds provider and family, line 3 the plan. */
#define PLAN(content)                                                                                        \
    OPEN PROVIDER FAMILY "\n<plan id=\"a\" family=\"f\" name=\"A\">" content "</plan>\n" CLOSE
#define PLAN2(content) "<plan id=\"b\" family=\"f\" name=\"B\">" content "</plan>\n"

static int load_text(const char *text, struct catalog *c, struct error *err)
{
    if (catalog_add_text(c, "test.xml", text, strlen(text), err) < 0)
        return -1;
    return catalog_finish(c, err);
}

/* ---- built in ---- */
static void check_fact(const struct catalog_fact *fact)
{
    CHECK(*fact->as_of && *fact->source);
    if (strstr(fact->source, "common knowledge, not read again") || strstr(fact->source, "disagree"))
        CHECK(!fact->verified || strstr(fact->source, "today by common knowledge"));
}

static void check_plan(const struct catalog_plan *p)
{
    CHECK_LABEL("%s", p->id);
    CHECK((p->storage.octets > 0) == (p->storage.no_storage == NULL));
    CHECK((p->price_count > 0) == (p->no_price == NULL));
    if (p->storage.octets)
        check_fact(&p->storage.fact);
    for (size_t i = 0; i < p->price_count; i++)
        check_fact(&p->prices[i].fact);
    for (size_t i = 0; i < p->step_count; i++)
        CHECK(p->steps[i]->family == p->family && p->steps[i]->storage.octets >= p->storage.octets);
}

static void test_builtin(void)
{
    static const char *const providers[] = {"google", "microsoft", "apple", "fastmail", "zoho", "sakura",
        "xserver", "lolipop", "kagoya", "yahoo", "yahoo-japan", "ocn", "biglobe"};
    struct error err = {0};
    struct catalog *c = NULL;
    CHECK_LABEL("built in");
    CHECK_INT(catalog_load(NULL, 0, &c, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_INT(c->provider_count, sizeof providers / sizeof *providers);
    CHECK_STR(c->gathered, "2026-11-22");
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        CHECK(catalog_provider_find(c, providers[i]) != NULL);
    for (size_t i = 0; i < c->plan_count; i++)
        check_plan(c->plans[i]);
    catalog_free(c);
}

static const struct catalog_price *price_of(
    const struct catalog *c, const char *plan, enum money_currency currency, unsigned term)
{
    const struct catalog_plan *p = catalog_plan_find(c, plan);
    return p ? catalog_price_pick(p->prices, p->price_count, currency, term) : NULL;
}

/* What the sources say, not what the file says about itself. */
static void test_builtin_facts(void)
{
    static const struct {
        const char *plan;
        enum money_currency currency;
        unsigned term;
        int64_t minor; /* -1: no price */
        bool verified;
        uint64_t gigabytes;
        enum catalog_scope scope;
    } rows[] = {
        {"google-workspace-starter", MONEY_JPY, 12, 800, true, 30, CATALOG_PER_USER_SUM},
        {"google-workspace-starter", MONEY_USD, 12, 700, true, 30, CATALOG_PER_USER_SUM},
        {"google-workspace-starter", MONEY_USD, 1, 840, true, 30, CATALOG_PER_USER_SUM},
        {"microsoft-365-business-basic", MONEY_USD, 12, 700, true, 100, CATALOG_PER_USER},
        {"exchange-online-1", MONEY_USD, 12, 400, true, 50, CATALOG_PER_USER},
        {"exchange-online-1", MONEY_JPY, 12, -1, false, 50, CATALOG_PER_USER},
        {"icloud-50", MONEY_JPY, 12, 150, false, 50, CATALOG_PER_USER},
        {"xserver-standard", MONEY_JPY, 36, 990, true, 300, CATALOG_PER_CONTRACT},
        {"xserver-standard", MONEY_JPY, 12, 1100, true, 300, CATALOG_PER_CONTRACT},
        {"xserver-standard", MONEY_JPY, 1, 1320, true, 300, CATALOG_PER_CONTRACT},
        {"sakura-rental-standard", MONEY_JPY, 12, -1, false, 300, CATALOG_PER_CONTRACT},
        {"lolipop-lite", MONEY_JPY, 12, 330, false, 2, CATALOG_PER_ADDRESS},
        {"kagoya-s22", MONEY_JPY, 12, 1760, true, 100, CATALOG_PER_CONTRACT},
        {"xserver-business", MONEY_JPY, 12, 4400, false, 500, CATALOG_PER_CONTRACT},
        {"google-workspace-plus", MONEY_JPY, 12, 2500, true, 5000, CATALOG_PER_USER_SUM},
    };
    struct catalog *c = NULL;
    CHECK_INT(catalog_load(NULL, 0, &c, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s, %s", rows[i].plan, money_code(rows[i].currency));
        const struct catalog_price *price = price_of(c, rows[i].plan, rows[i].currency, rows[i].term);
        CHECK_INT(price ? price->amount.minor : -1, rows[i].minor);
        CHECK_INT(price && price->fact.verified, rows[i].verified);
        CHECK_INT(catalog_plan_find(c, rows[i].plan)->storage.octets, rows[i].gigabytes * 1000000000);
        CHECK_INT(catalog_plan_find(c, rows[i].plan)->family->scope, rows[i].scope);
    }
    const struct catalog_provider *google = catalog_provider_find(c, "google");
    CHECK_INT(google->limits[CATALOG_UPLOAD_PER_DAY].value, 500000000);
    CHECK_INT(google->limits[CATALOG_MESSAGE_SIZE].value, 35651584);
    CHECK_INT(google->limits[CATALOG_MESSAGES_PER_SECOND].value, 0);
    CHECK_INT(catalog_family_find(c, "microsoft-365-business")->seats_max, 300);
    CHECK_INT(price_of(c, "xserver-standard", MONEY_JPY, 12)->tax_tenths, 100);
    catalog_free(c);
}

static void test_hosts(void)
{
    static const struct {
        enum catalog_protocol protocol;
        const char *host, *provider;
    } rows[] = {
        {CATALOG_IMAP, "imap.gmail.com", "google"},
        {CATALOG_IMAP, "IMAP.Gmail.COM", "google"},
        {CATALOG_POP3, "imap.gmail.com", NULL},
        {CATALOG_POP3, "pop.gmail.com", "google"},
        {CATALOG_IMAP, "imap.zoho.jp", "zoho"},
        {CATALOG_IMAP, "example.sakura.ne.jp", "sakura"},
        {CATALOG_IMAP, "sv1234.XSERVER.jp", "xserver"},
        {CATALOG_IMAP, ".sakura.ne.jp", NULL},
        {CATALOG_IMAP, "sakura.ne.jp", NULL},
        {CATALOG_IMAP, "evilsakura.ne.jp", NULL},
        {CATALOG_IMAP, "imap.gmail.com.example.com", NULL},
        {CATALOG_IMAP, "", NULL},
    };
    struct catalog *c = NULL;
    CHECK_INT(catalog_load(NULL, 0, &c, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].host);
        const struct catalog_provider *p = catalog_provider_of_host(c, rows[i].protocol, rows[i].host);
        CHECK_STR(p ? p->id : NULL, rows[i].provider);
    }
    CHECK_LABEL("upload limits");
    CHECK_INT(upload_cap_of(c, "IMAP.gmail.com"), 500000000);
    CHECK_INT(upload_cap_of(c, "imap.zoho.jp"), 0); /* none known */
    CHECK_INT(upload_cap_of(c, "imap.example.com"), 0);
    catalog_free(c);
}

/* ---- storage and prices ---- */
static void test_storage_units(void)
{
    static const struct {
        const char *amount, *unit, *base;
        uint64_t octets; /* 0: refused */
    } rows[] = {
        {"30", "GB", "1000", UINT64_C(30000000000)},
        {"30", "GB", "1024", UINT64_C(32212254720)},
        {"1.5", "TB", "1000", UINT64_C(1500000000000)},
        {"1", "TB", "1024", UINT64_C(1099511627776)},
        {"200", "MB", "1024", UINT64_C(209715200)},
        {"0.001", "MB", "1000", 1000},
        {"0.001", "MB", "1024", 1048}, /* rounded down */
        {"0", "GB", "1000", 0},
        {"9999999999", "TB", "1000", 0},
        {"999999999999999.999", "TB", "1024", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text CLEANUP(mem_free_str) = mem_printf(
            PLAN("<storage amount=\"%s\" unit=\"%s\" base=\"%s\" base-verified=\"true\"" FACT "/>" PRICE),
            rows[i].amount, rows[i].unit, rows[i].base);
        struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
        struct error err = {0};
        CHECK_LABEL("%s %s of %s", rows[i].amount, rows[i].unit, rows[i].base);
        CHECK_INT(load_text(text, c, &err), rows[i].octets ? 0 : -1);
        const struct catalog_plan *p = catalog_plan_find(c, "a");
        CHECK_INT(p ? p->storage.octets : 0, rows[i].octets);
        if (!rows[i].octets)
            CHECK(strstr(err.text, "test.xml:3: ") == err.text);
    }
}

static void test_price_pick(void)
{
#define ONE(amount_, year, months)                                                                           \
    {                                                                                                        \
        .amount = {MONEY_JPY, amount_}, .per_year = year, .term_months = months                              \
    }
    static const struct catalog_price prices[] = {
        ONE(1320, false, 3), ONE(13200, true, 12), ONE(990, false, 36), ONE(1210, false, 6)};
    static const struct {
        unsigned term;
        int64_t minor;
    } rows[] = {{1, 1320}, {3, 1320}, {5, 1320}, {6, 1210}, {12, 13200}, {35, 13200}, {36, 990}, {120, 990}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("bound for %u months", rows[i].term);
        const struct catalog_price *p = catalog_price_pick(prices, 4, MONEY_JPY, rows[i].term);
        CHECK_INT(p ? p->amount.minor : -1, rows[i].minor);
    }
    CHECK(!catalog_price_pick(prices, 4, MONEY_USD, 12));
    struct catalog_price doubtful[] = {ONE(700, false, 12), ONE(900, false, 1)};
    doubtful[1].fact.verified = true;
    CHECK_LABEL("what is verified goes first");
    CHECK_INT(catalog_price_pick(doubtful, 2, MONEY_JPY, 12)->amount.minor, 900);
    CHECK_INT(catalog_price_yearly(&prices[0]).minor, 15840);
    CHECK_INT(catalog_price_yearly(&prices[1]).minor, 13200);
}

/* ---- extending and replacing ---- */
static void write_file(const char *dir, const char *name, const char *text, char path[256])
{
    snprintf(path, 256, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs(text, f);
    fclose(f);
}

static void test_extend(void)
{
    char dir[TEMP_DIR_MAX], first[256], second[256];
    temp_dir_make(dir);
    write_file(dir, "first.xml",
        OPEN "<plan id=\"mine\" family=\"google-workspace\" name=\"Mine\">" STORAGE PRICE "</plan>\n"
             "<plan id=\"google-workspace-starter\" family=\"google-workspace\" name=\"Ours\">" STORAGE
             "<price currency=\"JPY\" amount=\"700\"" TERMS "<step to=\"mine\"/></plan>\n" CLOSE,
        first);
    write_file(dir, "second.xml",
        OPEN "<plan id=\"mine\" family=\"google-workspace\" name=\"Mine again\">" STORAGE PRICE
             "</plan>\n" CLOSE,
        second);
    const char *paths[] = {first, second};
    struct catalog *plain = NULL, *c = NULL;
    struct error err = {0};
    CHECK_LABEL("extended and replaced");
    CHECK_INT(catalog_load(NULL, 0, &plain, &err), 0);
    CHECK_INT(catalog_load(paths, 2, &c, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_INT(c->plan_count, plain->plan_count + 1);
    CHECK_STR(c->plans[0]->id, "google-workspace-starter"); /* keeps its place */
    CHECK_STR(c->plans[0]->name, "Ours");
    CHECK(c->plans[0]->place.replaces);
    CHECK_STR(c->plans[0]->place.file, first);
    CHECK_INT(price_of(c, "google-workspace-starter", MONEY_JPY, 12)->amount.minor, 700);
    CHECK_STR(catalog_plan_find(c, "mine")->name, "Mine again");
    CHECK_STR(catalog_plan_find(c, "mine")->place.file, second);
    CHECK(c->plans[0]->steps[0] == catalog_plan_find(c, "mine"));
    CHECK_STR(c->plans[0]->family->provider->id, "google");
    catalog_free(plain);
    catalog_free(c);
    temp_dir_remove(dir);
}

static void test_steps(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    struct error err = {0};
    CHECK_LABEL("steps");
    CHECK_INT(
        load_text(OPEN PROVIDER FAMILY
            "<plan id=\"a\" family=\"f\" name=\"A\">" STORAGE PRICE "<step to=\"b\"/></plan>"
            "<plan id=\"b\" family=\"f\" name=\"B\">" STORAGE PRICE "<step to=\"c\"/><step to=\"a\"/></plan>"
            "<plan id=\"c\" family=\"f\" name=\"C\">" STORAGE PRICE "</plan>" CLOSE,
            c, &err),
        0);
    const struct catalog_plan *a = catalog_plan_find(c, "a"), *b = catalog_plan_find(c, "b"),
                              *last = catalog_plan_find(c, "c");
    CHECK(catalog_plan_leads_to(c, a, a));
    CHECK(catalog_plan_leads_to(c, a, last));
    CHECK(catalog_plan_leads_to(c, b, a));
    CHECK(!catalog_plan_leads_to(c, last, a));
}

/* ---- refused ---- */
struct bad {
    const char *what, *text;
    long line;
    const char *words; /* in the message */
};

static const struct bad bad[] = {
    {"empty", "", 1, "not well-formed"},
    {"no XML at all", "id,name\n1,2\n", 1, "not well-formed"},
    {"end tag missing", OPEN PROVIDER "\n", 3, "not well-formed"},
    {"wrong end tag", OPEN "<provider id=\"p\" name=\"P\">\n</family>\n" CLOSE, 3, "not well-formed"},
    {"attribute twice", OPEN "\n<provider id=\"p\" id=\"q\" name=\"P\"/>" CLOSE, 3, "not well-formed"},
    {"bytes that are no UTF-8", OPEN "<provider id=\"p\" name=\"\xff\"/>" CLOSE, 2, "not well-formed"},
    {"a control character", OPEN "<provider id=\"p\" name=\"\x01\"/>" CLOSE, 2, "not well-formed"},
    {"unknown entity", OPEN "<provider id=\"p\" name=\"&nbsp;\"/>" CLOSE, 2, "not well-formed"},
    {"wrong root", "<plans/>\n", 1, "\"plans\""},
    {"wrong version", "<catalog version=\"2\"/>\n", 1, "\"catalog\""},
    {"a namespace", "<catalog xmlns=\"urn:x\" version=\"1\"/>\n", 1, "\"catalog\""},
    {"wrong element", OPEN "\n<product id=\"p\"/>" CLOSE, 3, "\"product\""},
    {"wrong element in a plan", PLAN(STORAGE "<cost/>"), 3, "\"cost\""},
    {"storage missing", PLAN(PRICE), 3, "storage"},
    {"price and no-price missing", PLAN(STORAGE), 3, "\"plan\""},
    {"both price and no-price", PLAN(STORAGE PRICE "<no-price reason=\"x\"/>"), 3, "no-price"},
    {"negative price", PLAN(STORAGE "<price currency=\"JPY\" amount=\"-800\"" TERMS), 3, "never negative"},
    {"no number", PLAN(STORAGE "<price currency=\"JPY\" amount=\"ask\"" TERMS), 3, "amount (digits"},
    {"price in words", PLAN(STORAGE "<price currency=\"JPY\" amount=\"1,600\"" TERMS), 3, "amount (digits"},
    {"yen with decimals", PLAN(STORAGE "<price currency=\"JPY\" amount=\"800.50\"" TERMS), 3, "no decimals"},
    {"tenths of a cent", PLAN(STORAGE "<price currency=\"USD\" amount=\"6.005\"" TERMS), 3, "two decimals"},
    {"unknown currency", PLAN(STORAGE "<price currency=\"GBP\" amount=\"6\"" TERMS), 3,
        "currency (JPY, USD, EUR)"},
    {"source missing",
        PLAN(STORAGE "<price currency=\"JPY\" amount=\"1\" per=\"month\" term-months=\"1\" tax=\"unknown\" "
                     "as-of=\"2026\" verified=\"true\"/>"),
        3, "source"},
    {"month 13",
        PLAN(STORAGE "<price currency=\"JPY\" amount=\"1\" per=\"month\" term-months=\"1\" tax=\"unknown\" "
                     "as-of=\"2026-13\" source=\"s\" verified=\"true\"/>"),
        3, "as-of"},
    {"verified perhaps",
        PLAN(STORAGE "<price currency=\"JPY\" amount=\"1\" per=\"month\" term-months=\"1\" tax=\"unknown\" "
                     "as-of=\"2026\" source=\"s\" verified=\"perhaps\"/>"),
        3, "verified"},
    {"tax included, but how much",
        PLAN(STORAGE "<price currency=\"JPY\" amount=\"1\" per=\"month\" "
                     "term-months=\"1\" tax=\"included\"" FACT "/>"),
        3, "tax-percent"},
    {"unknown unit",
        PLAN("<storage amount=\"30\" unit=\"GiB\" base=\"1000\" base-verified=\"true\"" FACT "/>" PRICE), 3,
        "unit (MB"},
    {"an id with blanks", OPEN "<provider id=\"p q\" name=\"P\"/>" CLOSE, 2, "\"provider\""},
    {"a contract that pools",
        OPEN PROVIDER "\n<family id=\"f\" provider=\"p\" name=\"F\" scope=\"contract\" pooled=\"true\" "
                      "charged=\"contract\" mixing=\"refused\"" FACT "/>" CLOSE,
        3, "\"family\""},
    {"an id twice", OPEN PROVIDER "\n" PROVIDER "\n" CLOSE, 3, "stands twice"},
    {"an add-on twice",
        PLAN(STORAGE PRICE "<add-on id=\"x\" name=\"X\" kind=\"storage\">" STORAGE PRICE "</add-on>\n"
                           "<add-on id=\"x\" name=\"X\" kind=\"storage\">" STORAGE PRICE "</add-on>"),
        4, "stands twice"},
    {"a limit twice",
        OPEN "<provider id=\"p\" name=\"P\"><limit kind=\"connections\" value=\"4\"" FACT "/>\n"
             "<limit kind=\"connections\" value=\"5\"" FACT "/></provider>" CLOSE,
        3, "stands twice"},
    {"a provider that is not there", OPEN "\n" FAMILY CLOSE, 3, "provider \"p\""},
    {"a family that is not there",
        OPEN "\n<plan id=\"a\" family=\"f\" name=\"A\">" STORAGE PRICE "</plan>" CLOSE, 3, "family \"f\""},
    {"a step to nowhere", PLAN(STORAGE PRICE "<step to=\"z\"/>"), 3, "step \"z\""},
    {"a step to itself", PLAN(STORAGE PRICE "<step to=\"a\"/>"), 3, "step \"a\""},
    {"taxes that cannot be added",
        OPEN PROVIDER FAMILY "<plan id=\"a\" family=\"f\" name=\"A\">" STORAGE PRICE "</plan>\n"
                             "<plan id=\"b\" family=\"f\" name=\"B\">" STORAGE
                             "<price currency=\"JPY\" amount=\"1\" per=\"month\" term-months=\"1\" "
                             "tax=\"included\" tax-percent=\"10\"" FACT "/></plan>" CLOSE,
        3, "treat tax alike"},
};

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
        struct error err = {0};
        char place[32];
        CHECK_LABEL("%s", bad[i].what);
        snprintf(place, sizeof place, "test.xml:%ld: ", bad[i].line);
        CHECK_INT(load_text(bad[i].text, c, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        if (strncmp(err.text, place, strlen(place)) != 0)
            CHECK_STR(err.text, place);
        if (!strstr(err.text, bad[i].words))
            CHECK_STR(err.text, bad[i].words);
    }
}

/* The rows above are refused for the reason given, not because their surroundings are wrong. */
static void test_good(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    struct error err = {0};
    CHECK_LABEL("good");
    CHECK_INT(load_text(PLAN(STORAGE PRICE), c, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_INT(c->plan_count, 1);
    CHECK_INT(load_text("<catalog version=\"1\"/>", c, &err), 0); /* may be called again, and add nothing */
    CHECK_INT(c->plan_count, 1);
}

static void test_failure_changes_nothing(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    CHECK_LABEL("a failure changes nothing");
    CHECK_INT(load_text(PLAN(STORAGE PRICE), c, NULL), 0);
    CHECK_INT(load_text(OPEN PLAN2(STORAGE PRICE) PLAN2(STORAGE PRICE) CLOSE, c, NULL), -1);
    CHECK_INT(c->plan_count, 1);
    CHECK_INT(load_text(OPEN PLAN2(STORAGE PRICE) CLOSE, c, NULL), 0);
    CHECK_INT(c->plan_count, 2);
}

static void test_shown_text(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    CHECK_LABEL("text fit to be shown");
    CHECK_INT(
        load_text(OPEN "<provider id=\"p\" name=\" A &lt;&amp;&#x3042;\n B\xc2\x9b\xe2\x80\xae \"/>" CLOSE, c,
            NULL),
        0);
    CHECK_STR(catalog_provider_find(c, "p")->name, "A <&あ B??");
}

static void test_too_large(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    struct error err = {0};
    size_t len = CATALOG_FILE_MAX + 1;
    char *text CLEANUP(mem_free_str) = mem_alloc(len + 1);
    memset(text, ' ', len);
    memcpy(text, "<catalog version=\"1\">", 21);
    memcpy(text + len - 10, "</catalog>", 10);
    CHECK_LABEL("too large");
    CHECK_INT(catalog_add_text(c, "test.xml", text, len, &err), -1);
    CHECK(strstr(err.text, "larger than") != NULL);
    memcpy(text + len - 11, "</catalog>", 10);
    CHECK_INT(catalog_add_text(c, "test.xml", text, len - 1, &err), 0);
}

static void test_unreadable(void)
{
    const char *paths[] = {"/nonexistent/catalog.xml"}, *folder[] = {"/"};
    struct catalog *c = NULL;
    struct error err = {0};
    CHECK_LABEL("not readable");
    CHECK_INT(catalog_load(paths, 1, &c, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, paths[0]) == err.text);
    CHECK_INT(catalog_load(folder, 1, &c, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(!c);
}

/* ---- nothing is read from outside ---- */
/* The file holds elements that would change the result; who opens it is told by inotify. */
struct outside {
    char dir[TEMP_DIR_MAX], path[256];
    int watch;
};

static void outside_begin(struct outside *o)
{
    temp_dir_make(o->dir);
    write_file(o->dir, "outside.xml", PROVIDER, o->path);
    o->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    CHECK(o->watch >= 0 && inotify_add_watch(o->watch, o->path, IN_OPEN | IN_ACCESS) >= 0);
}

static bool outside_opened(const struct outside *o)
{
    char events[4096];
    return read(o->watch, events, sizeof events) > 0;
}

static void outside_end(struct outside *o)
{
    close(o->watch);
    temp_dir_remove(o->dir);
}

static void check_refused(const struct outside *o, const char *what, const char *text, long line)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    struct error err = {0};
    char place[32];
    CHECK_LABEL("%s", what);
    snprintf(place, sizeof place, "test.xml:%ld: ", line);
    CHECK_INT(load_text(text, c, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    if (strncmp(err.text, place, strlen(place)) != 0)
        CHECK_STR(err.text, place);
    CHECK(!outside_opened(o));
    CHECK_INT(c->provider_count, 0);
}

static void test_outside(void)
{
    static const struct {
        const char *what, *text; /* %s: the file outside */
        long line;
    } rows[] = {
        {"external entity", "<!DOCTYPE catalog [<!ENTITY x SYSTEM \"file://%s\">]>\n" OPEN "&x;" CLOSE, 1},
        {"external entity by its path", "\n<!DOCTYPE catalog [\n<!ENTITY x SYSTEM \"%s\">]>" OPEN "&x;" CLOSE,
            2},
        {"entity in an attribute",
            "<!DOCTYPE catalog [<!ENTITY x SYSTEM \"%s\">]>" OPEN "<provider id=\"p\" name=\"&x;\"/>" CLOSE,
            1},
        {"parameter entity", "<!DOCTYPE catalog [<!ENTITY %% x SYSTEM \"%s\"> %%x;]>" OPEN CLOSE, 1},
        {"external subset", "<!DOCTYPE catalog SYSTEM \"%s\">" OPEN CLOSE, 1},
        {"public subset", "<!DOCTYPE catalog PUBLIC \"-//X//EN\" \"%s\">" OPEN CLOSE, 1},
        {"XInclude", OPEN "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"%s\"/>" CLOSE, 2},
        {"a schema of its own",
            "<catalog version=\"1\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
            "xsi:noNamespaceSchemaLocation=\"%s\"/>",
            1},
    };
    struct outside o;
    outside_begin(&o);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[2048];
        snprintf(text, sizeof text, rows[i].text, o.path); /* NOLINT: literals of this function */
        check_refused(&o, rows[i].what, text, rows[i].line);
    }
    CHECK_LABEL("the watch sees who opens the file");
    close(open(o.path, O_RDONLY | O_CLOEXEC));
    CHECK(outside_opened(&o));
    outside_end(&o);
}

/* A style sheet may be named; it is not fetched. */
static void test_style_sheet(void)
{
    struct outside o;
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    char text[1024];
    CHECK_LABEL("style sheet");
    outside_begin(&o);
    snprintf(text, sizeof text, "<?xml-stylesheet type=\"text/xsl\" href=\"%s\"?>\n" OPEN CLOSE, o.path);
    CHECK_INT(load_text(text, c, NULL), 0);
    CHECK(!outside_opened(&o));
    outside_end(&o);
}

/* 10^9 and more if anybody expanded them. */
static void test_bombs(void)
{
    static const char laughs[] =
        "<!DOCTYPE catalog [\n<!ENTITY a \"lollollollollollollollollollol\">\n"
        "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\n<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\n"
        "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">\n<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">\n"
        "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">\n<!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">\n"
        "<!ENTITY h \"&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;\">\n]>\n" OPEN "<provider id=\"p\" name=\"&h;\"/>" CLOSE;
    struct outside o;
    outside_begin(&o);
    check_refused(&o, "billion laughs", laughs, 1);
    check_refused(&o, "one inner entity",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE catalog [<!ENTITY a \"x\">]>" OPEN
        "<provider id=\"p\" name=\"&a;\"/>" CLOSE,
        2);
    check_refused(&o, "a document type without anything", "<!DOCTYPE catalog>" OPEN PROVIDER CLOSE, 1);
    outside_end(&o);
}

/* Elements within elements, as deep as the size allows: refused, and no stack overflows. */
static void test_deep(void)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
    struct error err = {0};
    size_t depth = 100000;
    char *text CLEANUP(mem_free_str) = mem_alloc(depth * 3 + 1);
    CHECK_LABEL("deep");
    for (size_t i = 0; i < depth; i++)
        memcpy(text + i * 3, "<a>", 3);
    CHECK_INT(catalog_add_text(c, "test.xml", text, depth * 3, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
}

/* Cut anywhere: refused, never a crash, and the line is within the text. */
static void test_cut(void)
{
    const struct catalog_builtin *whole = &catalog_builtin_files[0];
    for (size_t len = 0; len + 2 < whole->len; len += 61) {
        struct catalog *c CLEANUP(catalog_free_ptr) = catalog_new();
        struct error err = {0};
        CHECK_LABEL("cut at %zu", len);
        CHECK_INT(catalog_add_text(c, "test.xml", whole->text, len, &err), -1);
        CHECK(strncmp(err.text, "test.xml:", 9) == 0 && atol(err.text + 9) >= 1);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"built in: whole", test_builtin},
        {"built in: what the sources say", test_builtin_facts},
        {"whose host", test_hosts},
        {"storage units", test_storage_units},
        {"which price", test_price_pick},
        {"files extend and replace", test_extend},
        {"steps", test_steps},
        {"bad ones", test_bad},
        {"a good one", test_good},
        {"a failure changes nothing", test_failure_changes_nothing},
        {"text fit to be shown", test_shown_text},
        {"too large", test_too_large},
        {"not readable", test_unreadable},
        {"nothing from outside", test_outside},
        {"a style sheet is not fetched", test_style_sheet},
        {"entity bombs", test_bombs},
        {"deep", test_deep},
        {"cut anywhere", test_cut},
    };
    return check_main("migrate-catalog", tests, sizeof tests / sizeof *tests);
}
