/* batch_account.h, batch_report.h: sums, the worst code, the table in both languages, status.json and
 * failures.csv. */
#include "batch_report.h"
#include "batch_rig.h"
#include "check.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char refused[] = "pop.example.jp refuses user or password of user003@example.jp: check both";

/* One of each kind. */
static void begin(struct batch_rig *r)
{
    batch_rig_begin(r, 9);
    batch_rig_end(&r->accounts[0], 0, "1000 copied", 0);
    batch_rig_end(&r->accounts[1], 1, "997 copied, 3 refused", 3);
    batch_rig_end(&r->accounts[2], 1, "988 copied, 12 refused", 12);
    batch_rig_end(&r->accounts[3], 3, refused, 0);
    batch_rig_end(&r->accounts[4], 3, refused, 0);
    batch_rig_end(&r->accounts[5], 5, "the ledger is damaged", 0);
    r->accounts[6].state = BATCH_SKIPPED;
    batch_rig_end(&r->accounts[7], 4, "no answer", 0);
    r->accounts[7].state = BATCH_LEFT;
    r->accounts[7].again_s = RIG_NOW_S + 3600;
    batch_rig_end(&r->accounts[8], 6, "the mailbox is full", 0);
    for (size_t i = 0; i < 6; i++) {
        r->accounts[i].begun_ms = 1000 + (int64_t)i * 500;
        r->accounts[i].elapsed_ms = 4000;
    }
}

/* ---- sums and codes ---- */
static void test_worst(void)
{
    static const int order[] = {0, 1, 4, 6, 3, 2, 5, 77};
    struct batch_account two[2] = {{.state = BATCH_ENDED}, {.state = BATCH_ENDED}};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
            CHECK_LABEL("%d and %d", order[i], order[k]);
            two[0].result.code = order[i];
            two[1].result.code = order[k];
            CHECK_INT(batch_account_worst(two, 2), order[i > k ? i : k]);
        }
    CHECK_INT(batch_account_worst(two, 0), 0);
}

static void test_kinds(void)
{
    static const struct {
        enum batch_account_state state;
        int code;
        enum error_code error;
        int expected_code;
        enum batch_account_kind kind;
    } rows[] = {
        {BATCH_WAITING, 0, ERROR_NONE, 0, BATCH_KIND_QUEUED},
        {BATCH_RUNNING, 4, ERROR_CONNECT, 0, BATCH_KIND_RUNNING}, /* of an earlier try */
        {BATCH_PAUSED, 4, ERROR_THROTTLED, 0, BATCH_KIND_PAUSED},
        {BATCH_SKIPPED, 0, ERROR_NONE, 0, BATCH_KIND_SKIPPED},
        {BATCH_ENDED, 0, ERROR_NONE, 0, BATCH_KIND_IN_ORDER},
        {BATCH_ENDED, 1, ERROR_NONE, 1, BATCH_KIND_ATTENTION},
        {BATCH_ENDED, 4, ERROR_CONNECT, 4, BATCH_KIND_AGAIN},
        {BATCH_ENDED, 6, ERROR_FULL, 6, BATCH_KIND_FAILED},
        {BATCH_LEFT, 4, ERROR_THROTTLED, 4, BATCH_KIND_AGAIN},
        {BATCH_LEFT, 0, ERROR_NONE, 4, BATCH_KIND_AGAIN},
        {BATCH_UNTRIED, 0, ERROR_AUTH, 3, BATCH_KIND_FAILED},
        {BATCH_UNTRIED, 0, ERROR_CANCELLED, 4, BATCH_KIND_AGAIN},
        {BATCH_UNTRIED, 0, ERROR_NONE, 4, BATCH_KIND_AGAIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct batch_account a = {.state = rows[i].state, .result.code = rows[i].code};
        a.result.error.code = rows[i].error;
        CHECK_LABEL("row %zu, %s", i, batch_account_state_name(a.state));
        CHECK_INT(batch_account_code(&a), rows[i].expected_code);
        CHECK_INT(batch_account_kind(&a), rows[i].kind);
    }
}

static void test_sum(void)
{
    struct batch_rig r;
    begin(&r);
    batch_rig_work(&r.accounts[0], "copying", 5, 10, 500, 2000);
    r.accounts[0].progress.copied = 2; /* of the five: what is there, not what was looked at */
    r.accounts[3].state = BATCH_WAITING;
    r.accounts[4].state = BATCH_PAUSED;
    struct batch_sum s = batch_report_sum(r.accounts, r.count);
    CHECK_INT(s.accounts, 9);
    CHECK_INT(s.in_order, 0);
    CHECK_INT(s.attention, 2);
    CHECK_INT(s.failed, 2);
    CHECK_INT(s.waiting, 2);
    CHECK_INT(s.skipped, 1);
    CHECK_INT(s.running, 1);
    CHECK_INT(s.queued, 1);
    CHECK_INT(s.messages, 2010);
    CHECK_INT(s.octets, 112002000);
    CHECK_INT(s.done, 997 + 988 + 2);
    CHECK_INT(s.copied, 20 + 2);
    CHECK_INT(s.bad, 15);
    CHECK_INT(s.elapsed_ms, 2500 + 4000);
    CHECK_INT(s.code, 5);
    batch_rig_done(&r);
}

/* ---- the table ---- */
static char *table(const struct batch_rig *r, size_t count, bool all, int columns, const char *failures)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    batch_report_text(f, "migrate", r->accounts, count, all, false, columns, failures);
    fclose(f);
    return text;
}

static void check_table(const struct batch_rig *r, bool all, int columns, const char *expected)
{
    char *text CLEANUP(mem_free_str) =
        table(r, r->count, all, columns, "popferry migrate --accounts 'work/my failures.csv'");
    CHECK_LABEL("%s, %d columns", i18n_lang(), columns);
    CHECK_STR(text, expected);
}

#include "expected_tables.h"

static void test_table(void)
{
    struct batch_rig r;
    begin(&r);
    r.accounts[4].name = "営業部 山田太郎@example.jp";
    check_table(&r, false, 80, english_80);
    check_table(&r, true, 56, english_56_all);
    i18n_begin("ja", NULL);
    check_table(&r, false, 80, japanese_80);
    check_table(&r, true, 56, japanese_56_all);
    i18n_begin("en", NULL);
    batch_rig_done(&r);
}

/* But for the command that is to be copied, no line is wider than asked for, in either language. */
static void test_widths(void)
{
    struct batch_rig r;
    begin(&r);
    r.accounts[1].name = "営業部第二課 山田太郎 (pop.mail.example.co.jp) 移行元アカウント";
    for (int lang = 0; lang < 2; lang++)
        for (int columns = 40; columns < 130; columns++) {
            i18n_begin(lang ? "ja" : "en", NULL);
            char *text CLEANUP(mem_free_str) = table(&r, r.count, true, columns, NULL);
            for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
                CHECK_LABEL("%d: %s", columns, line);
                CHECK(text_width(line) <= columns);
            }
        }
    i18n_begin("en", NULL);
    batch_rig_done(&r);
}

static void test_all_in_order(void)
{
    struct batch_rig r;
    batch_rig_begin(&r, 3);
    for (size_t i = 0; i < 3; i++)
        batch_rig_end(&r.accounts[i], 0, "1000 copied", 0);
    char *text CLEANUP(mem_free_str) = table(&r, 3, false, 0, "failures.csv");
    CHECK_STR(text, "All 3 accounts are in order.\n"
                    "In the sources: 3,000 messages, 168 MB. In the destinations: 3,000 messages, 168 MB. "
                    "Copied by this run: 30 messages, 1.7 MB.\n");
    char *one CLEANUP(mem_free_str) = table(&r, 1, false, 0, NULL);
    CHECK(strstr(one, "1 account, and it is in order.\n") == one);
    batch_rig_done(&r);
}

/* What is to be done goes by the kind, not by the code alone; what the user stopped is one line. */
static void test_advice(void)
{
    struct batch_rig r;
    begin(&r);
    for (size_t i = 0; i < 4; i++) {
        r.accounts[i].state = BATCH_ENDED;
        r.accounts[i].result = (struct errand_result){.code = EXIT_CODE_TEMPORARY};
        error_set(&r.accounts[i].result.error, ERROR_SCOPE_JOB, ERROR_RETRY_LATER,
            i ? ERROR_CANCELLED : ERROR_NO_HOST, i ? "stopped as asked" : "no address is known");
    }
    char *text = table(&r, 4, false, 0, NULL);
    CHECK(strstr(text, "No such host: 1 account\n  Correct the host in the list"));
    CHECK(strstr(text, "no address is known"));
    CHECK(strstr(text, "Stopped as asked: 3 accounts\n  Run the same command again"));
    CHECK(!strstr(text, r.accounts[1].name) && !strstr(text, "as in line"));
    free(text);
    text = table(&r, 4, true, 0, NULL);
    CHECK(strstr(text, r.accounts[1].name));
    free(text);
    batch_rig_done(&r);
}

/* ---- JSON ---- */
static void check_members(const json_t *object, const char *const *names)
{
    size_t count = 0;
    for (; names[count]; count++) {
        CHECK_LABEL("%s", names[count]);
        CHECK(json_object_get(object, names[count]));
    }
    CHECK_INT(json_object_size(object), count);
}

static void test_json(void)
{
    static const char *const all[] = {
        "schema", "popferry", "command", "began", "now", "ended", "sum", "accounts", NULL};
    static const char *const sum[] = {"accounts", "in_order", "attention", "failed", "waiting", "skipped",
        "running", "queued", "messages", "octets", "done", "done_octets", "copied", "copied_octets", "rest",
        "rest_octets", "attention_messages", "elapsed_ms", "exit_code", NULL};
    static const char *const account[] = {"name", "from", "to", "folder", "line", "work_dir", "state",
        "exit_code", "messages", "octets", "done", "done_octets", "copied", "copied_octets", "rest",
        "rest_octets", "attention_messages", "words", "error", "again", "elapsed_ms", "progress", NULL};
    static const char *const progress[] = {
        "phase", "messages", "total", "octets", "total_octets", "copied", "copied_octets", NULL};
    struct batch_rig r;
    begin(&r);
    batch_rig_work(&r.accounts[0], "copying", 5, 10, 500, 2000);
    r.accounts[6].name = "\xff";
    json_t *j = batch_report_json("migrate", RIG_NOW_S, RIG_NOW_S + 60, false, r.accounts, r.count);
    const json_t *accounts = json_object_get(j, "accounts"), *first = json_array_get(accounts, 0),
                 *fourth = json_array_get(accounts, 3), *left = json_array_get(accounts, 7);
    check_members(j, all);
    check_members(json_object_get(j, "sum"), sum);
    check_members(first, account);
    check_members(json_object_get(first, "progress"), progress);
    CHECK(json_is_null(json_object_get(j, "ended")));
    CHECK_STR(json_string_value(json_object_get(j, "began")), "2026-11-22T10:00:00Z");
    CHECK_INT(json_array_size(accounts), 9);
    CHECK(json_is_null(json_object_get(first, "exit_code")));
    CHECK_STR(json_string_value(json_object_get(first, "state")), "running");
    CHECK_INT(json_integer_value(json_object_get(fourth, "exit_code")), 3);
    CHECK(json_is_null(json_object_get(fourth, "messages")));
    CHECK(json_is_null(json_object_get(fourth, "progress")));
    CHECK_STR(json_string_value(json_object_get(json_object_get(fourth, "error"), "text")), refused);
    CHECK_STR(json_string_value(json_object_get(left, "again")), "2026-11-22T11:00:00Z");
    CHECK_STR(json_string_value(json_object_get(json_array_get(accounts, 6), "name")), "?");
    json_decref(j);
    batch_rig_done(&r);
}

/* ---- files ---- */
static char folder[64];

static char *in_folder(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void test_status(void)
{
    struct batch_rig r;
    struct error err;
    begin(&r);
    char *path CLEANUP(mem_free_str) = in_folder("status.json");
    for (int ended = 0; ended < 2; ended++) {
        CHECK_INT(
            batch_report_status(path, "migrate", RIG_NOW_S, RIG_NOW_S + 9, ended, r.accounts, r.count, &err),
            0);
        json_t *written = json_load_file(path, 0, NULL);
        json_t *expected = batch_report_json("migrate", RIG_NOW_S, RIG_NOW_S + 9, ended, r.accounts, r.count);
        CHECK(json_equal(written, expected));
        json_decref(written);
        json_decref(expected);
    }
    char *part CLEANUP(mem_free_str) = in_folder("status.json.part");
    CHECK(access(part, F_OK) < 0);
    char *nowhere CLEANUP(mem_free_str) = in_folder("none/status.json");
    CHECK_INT(batch_report_status(nowhere, "migrate", 0, 0, false, r.accounts, r.count, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, nowhere));
    struct rlimit before, none;
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &none), 0); /* as a full disk */
    int rc = batch_report_status(path, "migrate", 0, 0, false, r.accounts, r.count, &err);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_INT(rc, -1);
    CHECK(strstr(err.text, "File too large"));
    json_t *old = json_load_file(path, 0, NULL);
    CHECK(json_object_get(old, "ended"));
    json_decref(old);
    CHECK_INT(symlink("/dev/full", part), 0); /* what somebody has put there is not followed */
    CHECK_INT(batch_report_status(path, "migrate", 0, 0, false, r.accounts, r.count, &err), 0);
    unlink(path);
    batch_rig_done(&r);
}

static void test_failures(void)
{
    static const char text[] =
        "user,from_host\r\na@example.jp,pop\r\nb@example.jp,pop\r\nc@example.jp,pop\r\n"
        "d@example.jp,pop\r\n";
    static const size_t rows[] = {3, 1, 0};
    struct account_list list, left;
    struct batch_rig r;
    struct error err = {0};
    begin(&r);
    char *path CLEANUP(mem_free_str) = in_folder("failures.csv");
    CHECK_INT(accounts_parse("list.csv", text, strlen(text), NULL, &list, &err), 0);
    CHECK_INT(batch_report_failures(path, &list, r.accounts, rows, 3, &err), 0); /* codes 0, 1, 1 */
    CHECK_INT(accounts_read(path, NULL, &left, &err), 0);
    CHECK_INT(accounts_count(&left), 2);
    CHECK_STR(accounts_value(&left, 0, "user"), "a@example.jp");
    CHECK_STR(accounts_value(&left, 1, "user"), "b@example.jp");
    accounts_done(&left);
    CHECK_INT(batch_report_failures(path, &list, r.accounts, rows, 1, &err), 0);
    CHECK(access(path, F_OK) < 0);
    accounts_done(&list);
    batch_rig_done(&r);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the worst code", test_worst},
        {"kinds and codes", test_kinds},
        {"sums", test_sum},
        {"the table", test_table},
        {"every width", test_widths},
        {"all in order", test_all_in_order},
        {"advice", test_advice},
        {"JSON", test_json},
        {"status.json", test_status},
        {"failures.csv", test_failures},
    };
    snprintf(folder, sizeof folder, "%s/popferry-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    int rc = check_main("batch_report", tests, sizeof tests / sizeof *tests);
    char *part CLEANUP(mem_free_str) = in_folder("status.json.part");
    unlink(part);
    rmdir(folder);
    return rc;
}
