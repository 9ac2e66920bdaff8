/* quote_size.h and quote_list.h: lists of mailboxes as consultants and spreadsheets write them. */
#include "check.h"

#include "mem.h"
#include "quote_list.h"
#include "quote_size.h"
#include "temp_dir.h"

/* ---- sizes ---- */
#define BAD UINT64_MAX
static const struct {
    const char *text;
    uint64_t octets;
} sizes[] = {
    {"0", 0},
    {"123456", 123456},
    {"10 B", 10},
    {"500k", 500000},
    {"500KB", 500000},
    {"44GB", UINT64_C(44000000000)},
    {"6.7 GB", UINT64_C(6700000000)},
    {"0.5g", 500000000},
    {"1.5TiB", UINT64_C(1649267441664)},
    {"20GiB", UINT64_C(21474836480)},
    {"10Mi", 10485760},
    {"0.000000001k", 0},
    {"0.123456789k", 123},
    {"1152921504606846976", UINT64_C(1) << 60},
    {"1152921504606846977", BAD},
    {"1048577TiB", BAD},
    {"99999999999999999999", BAD},
    {"", BAD},
    {"GB", BAD},
    {"-1", BAD},
    {"+1", BAD},
    {"1.5", BAD},
    {"1.GB", BAD},
    {".5GB", BAD},
    {"1.0123456789GB", BAD},
    {"1  GB", BAD},
    {"1 GBs", BAD},
    {"1EB", BAD},
    {"1,000", BAD},
    {"1GB ", BAD},
};

static void test_sizes(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t n = 7;
        struct error err = {0};
        CHECK_LABEL("%s", sizes[i].text);
        int rc = quote_size_parse("--growth", sizes[i].text, &n, &err);
        CHECK_INT(rc, sizes[i].octets == BAD ? -1 : 0);
        CHECK(n == (sizes[i].octets == BAD ? 7 : sizes[i].octets));
        CHECK(rc == 0 || !strncmp(err.text, "--growth ", 9));
    }
}

/* ---- lists ---- */
static struct quote empty_quote(void)
{
    struct quote q;
    const struct quote_params params = {0};
    quote_init(&q, NULL, NULL, 0, &params, catalog_new());
    return q;
}

static void test_list(void)
{
    static const char text[] = "Growth,note,name,OCTETS,messages\r\n"
                               "2GB,x,sales,44GB,80000\r\n"
                               ",,\"info, main\",6GB,\r\n"
                               ",,,,\r\n"
                               "0,,\x8e\x52\x93\x63,3GB\r\n"; /* 山田, as Excel writes it in Japan */
    struct quote q = empty_quote();
    struct error err = {0};
    CHECK_LABEL("list");
    CHECK_INT(quote_list_parse(&q, "list.csv", text, sizeof text - 1, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_INT(q.account_count, 3);
    const struct quote_account *a = q.accounts;
    CHECK_STR(a[0].name, "sales");
    CHECK_INT(a[0].inventory.octets, UINT64_C(44000000000));
    CHECK_INT(a[0].inventory.messages, 80000);
    CHECK_INT(a[0].held.octets, UINT64_C(44000000000));
    CHECK_INT(a[0].to_copy.messages, 80000);
    CHECK_INT(a[0].growth.octets[ESTIMATE_HIGH], UINT64_C(2000000000));
    CHECK(a[0].growth.reliable && a[0].listed);
    CHECK_STR(a[1].name, "info, main");
    CHECK_INT(a[1].inventory.messages, 0);
    CHECK_INT(a[1].growth.origin, QUOTE_GROWTH_ASSUMED);
    CHECK_INT(a[1].growth.octets[ESTIMATE_LOW], QUOTE_ASSUMED_LOW);
    CHECK(!a[1].growth.reliable);
    CHECK_STR(a[2].name, "山田");
    CHECK_INT(a[2].growth.origin, QUOTE_GROWTH_GIVEN);
    CHECK_INT(a[2].growth.octets[ESTIMATE_MID], 0);
    quote_done(&q);
}

static const struct {
    const char *text, *words;
} refused[] = {
    {"", "list.csv: line 1: there is nothing in it"},
    {"name,octets\n", "list.csv: line 2: there are no mailboxes"},
    {"name,octets\n,\n", "list.csv: line 3: there are no mailboxes"},
    {"octets\n1\n",
        "list.csv: line 1: the first row must name the columns, name,octets[,messages][,growth][,sent][,local]; it lacks name"},
    {"sales,44GB\n",
        "list.csv: line 1: the first row must name the columns, name,octets[,messages][,growth][,sent][,local]; it lacks name"},
    {"name,messages\na,1\n",
        "list.csv: line 1: the first row must name the columns, name,octets[,messages][,growth][,sent][,local]; it lacks octets"},
    {"name,octets\n,1GB\n", "list.csv: line 2: the name is missing"},
    {"name,octets\na,\n",
        "list.csv: line 2: octets : must be a size as 500MB, 6.7GB or 20GiB, at most 2^60 octets"},
    {"name,octets\na,1GB\nb,much\n",
        "list.csv: line 3: octets much: must be a size as 500MB, 6.7GB or 20GiB, at most 2^60 octets"},
    {"name,octets,messages\na,1GB,-3\n", "list.csv: line 2: messages must be a number, not -3"},
    {"name,octets,growth\na,1GB,some\n",
        "list.csv: line 2: growth some: must be a size as 500MB, 6.7GB or 20GiB, at most 2^60 octets"},
    {"name,octets,sent\na,1GB,101\n",
        "list.csv: line 2: sent must be a number of percent, 0 to 100, with at most one decimal, not 101"},
    {"name,octets,local\na,1GB,x\n",
        "list.csv: line 2: local x: must be a size as 500MB, 6.7GB or 20GiB, at most 2^60 octets"},
    {"name,octets\n\"a,1GB\n", "list.csv: line 2: a field in quotes does not end"},
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct quote q = empty_quote();
        struct error err = {0};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(quote_list_parse(&q, "list.csv", refused[i].text, strlen(refused[i].text), &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK_STR(err.text, refused[i].words);
        quote_done(&q);
    }
}

static void test_files(void)
{
    struct quote q = empty_quote();
    struct error err = {0};
    char dir[TEMP_DIR_MAX];
    temp_dir_make(dir);
    char *none CLEANUP(mem_free_str) = mem_printf("%s/none.csv", dir);
    CHECK_LABEL("no such file");
    CHECK_INT(quote_list_read(&q, none, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(!strncmp(err.text, none, strlen(none)));
    CHECK_LABEL("a folder");
    CHECK_INT(quote_list_read(&q, dir, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    temp_dir_remove(dir);
    quote_done(&q);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"sizes", test_sizes},
        {"a list", test_list},
        {"lists that are refused", test_refused},
        {"files that cannot be read", test_files},
    };
    return check_main("list", tests, sizeof tests / sizeof *tests);
}
