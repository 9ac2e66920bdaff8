/* work_dir.h, accounts below a work folder: where a job's ledger lies, all folders that have one, and which
 * batches may work side by side. */
#include "fixture.h"
#include "mem.h"
#include "work_dir.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE      "taro@pop.example.jp"
#define DESTINATION "taro@imap.example.com"
#define OWN         "taro@pop.example.jp-13b96217"

static char root[TEMP_DIR_MAX];

static const char *at(const char *name)
{
    static char path[4][1024];
    static unsigned turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s%s%s", root, *name ? "/" : "", name);
    return p;
}

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_folder(const char *name)
{
    CHECK_INT(work_dir_make(at(name), NULL), 0);
}

/* Below root, as work_dir_of_job says it; valid until the next call. */
static const char *place(bool batch, const char *source, const char *destination, const char *folder)
{
    static char below[512];
    struct error err = {0};
    char *path CLEANUP(mem_free_str) = work_dir_of_job(root, batch, source, destination, folder, &err);
    CHECK_STR(err.text, "");
    CHECK(path && !strncmp(path, root, strlen(root)));
    snprintf(below, sizeof below, "%s", path ? path + strlen(root) : "");
    return below;
}

/* ---- names ---- */
static void test_names(void)
{
    static const struct {
        const char *source, *begins;
    } rows[] = {
        {"taro@pop.example.jp", "taro@pop.example.jp-"},
        {"taro@localhost:1995", "taro@localhost_1995-"},
        {"../../etc/passwd@x", "_._.._etc_passwd@x-"},
        {".hidden@x", "_hidden@x-"},
        {"-rf@x", "_rf@x-"},
        {"a b*?\"<>|\\\t\n@x", "a_b_________@x-"},
        {"\xe5\xa4\xaa\xe9\x83\x8e@x", "\xe5\xa4\xaa\xe9\x83\x8e@x-"},
        {"\xff\xfe@x", "__@x-"},
        {"", "_-"},
    };
    temp_dir_make(root);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].source);
        const char *name = place(true, rows[i].source, "d", "INBOX");
        CHECK(!strncmp(name, "/accounts/", 10));
        name += 10;
        const char *want = rows[i].begins;
        CHECK(!strncmp(name, want, strlen(want)));
        CHECK_INT(strlen(name), strlen(want) + 8);
        CHECK_INT(strspn(name + strlen(want), "0123456789abcdef"), 8);
    }
    CHECK_LABEL("-");
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "/accounts/" OWN);
    temp_dir_remove(root);
}

/* Cut at a character, and long enough names differ by their hash. */
static void test_long_names(void)
{
    char longer[600] = "", first[512];
    temp_dir_make(root);
    for (int i = 0; i < 190; i++)
        strcat(longer, "\xe5\xa4\xaa");
    snprintf(first, sizeof first, "%s", place(true, longer, "d", "INBOX"));
    CHECK_INT(strlen(first), strlen("/accounts/") + 120 + 9);
    CHECK_INT(first[strlen("/accounts/") + 120], '-');
    CHECK_INT(mkdir(at("accounts"), 0700), 0);
    CHECK_INT(mkdir(at(first + 1), 0700), 0);
    strcat(longer, "x");
    CHECK(strcmp(first, place(true, longer, "d", "INBOX")) != 0);
    temp_dir_remove(root);
}

/* Whatever makes another job gives another folder; where one part ends counts. */
static void test_differ(void)
{
    static const char *const jobs[][3] = {{"a@x", "b@y", "INBOX"}, {"a@x", "b@y", "Old"},
        {"a@x", "b@yI", "NBOX"}, {"a@x", "c@y", "INBOX"}, {"A@x", "b@y", "INBOX"}, {"a_x", "b@y", "INBOX"}};
    char names[6][256];
    temp_dir_make(root);
    for (size_t i = 0; i < 6; i++) {
        snprintf(names[i], sizeof names[i], "%s", place(true, jobs[i][0], jobs[i][1], jobs[i][2]));
        CHECK_STR(place(true, jobs[i][0], jobs[i][1], jobs[i][2]), names[i]);
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(names[k], names[i]) != 0);
    }
    CHECK(access(at("accounts"), F_OK) < 0); /* it makes nothing */
    temp_dir_remove(root);
}

/* ---- where ---- */
static void test_where(void)
{
    struct fixture f;
    fixture_begin(&f); /* its ledger knows the job */
    ledger_close(f.ledger);
    f.ledger = NULL;
    snprintf(root, sizeof root, "%s", f.dir);
    CHECK_STR(place(false, SOURCE, DESTINATION, "INBOX"), "");
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "");
    CHECK_STR(place(false, SOURCE, DESTINATION, "Old"), "");
    CHECK(strstr(place(true, SOURCE, DESTINATION, "Old"), "/accounts/") != NULL);
    CHECK(strstr(place(true, SOURCE, "x", "INBOX"), "/accounts/") != NULL);
    CHECK(strstr(place(true, "x", DESTINATION, "INBOX"), "/accounts/") != NULL);
    make_folder("accounts/" OWN);
    CHECK_STR(place(false, SOURCE, DESTINATION, "INBOX"), "/accounts/" OWN);
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "/accounts/" OWN);
    CHECK_STR(place(false, SOURCE, DESTINATION, "Old"), "");
    fixture_end(&f);
}

/* A run is writing into WORK's ledger meanwhile. */
static void test_where_while_written(void)
{
    struct fixture f;
    fixture_begin(&f);
    snprintf(root, sizeof root, "%s", f.dir);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    struct mail_facts facts = fixture_facts(1, "a", "b");
    fixture_put(&f, "1", LEDGER_OPEN, &facts);
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "");
    mail_facts_done(&facts);
    fixture_end(&f);
}

static void test_where_old_ledger(void)
{
    struct fixture f;
    sqlite3 *db;
    fixture_begin(&f);
    snprintf(root, sizeof root, "%s", f.dir);
    ledger_close(f.ledger);
    f.ledger = NULL;
    CHECK_INT(sqlite3_open(fixture_path(&f, "ledger.sqlite"), &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, "PRAGMA user_version=1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    CHECK(!ledger_open(f.dir, LEDGER_READ, NULL));
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "");
    CHECK(strstr(place(true, SOURCE, DESTINATION, "Old"), "/accounts/") != NULL);
    fixture_end(&f);
}

static void test_where_damaged(void)
{
    struct error err = {0};
    temp_dir_make(root);
    put_file(at("ledger.sqlite"), ""); /* as a run leaves it that ended at once */
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "/accounts/" OWN);
    put_file(
        at("ledger.sqlite"), "this is no database at all, but long enough to be taken for one ...........");
    CHECK(!work_dir_of_job(root, true, SOURCE, DESTINATION, "INBOX", &err));
    CHECK_INT(err.code, ERROR_LEDGER);
    CHECK(strstr(err.text, root) != NULL);
    CHECK_STR(place(false, SOURCE, DESTINATION, "INBOX"), ""); /* the ledger says so when it is opened */
    make_folder("accounts/" OWN);
    CHECK_STR(place(true, SOURCE, DESTINATION, "INBOX"), "/accounts/" OWN);
    temp_dir_remove(root);
}

/* ---- all of them ---- */
struct seen {
    char text[512];
    size_t left; /* then it has enough */
};

static bool on_folder(void *ctx, const char *folder)
{
    struct seen *s = ctx;
    CHECK(!strncmp(folder, root, strlen(root)));
    strcat(s->text, folder + strlen(root));
    strcat(s->text, ";");
    return --s->left > 0;
}

static void check_each(const char *path, size_t max, const char *want)
{
    struct error err = {0};
    struct seen s = {.left = max};
    CHECK_INT(work_dir_each(path, on_folder, &s, &err), 0);
    CHECK_STR(err.text, "");
    CHECK_STR(s.text, want);
}

static void test_each(void)
{
    temp_dir_make(root);
    check_each(at("none"), 9, "");
    check_each(root, 9, "");
    put_file(at("ledger.sqlite"), "");
    check_each(root, 9, ";");
    make_folder("accounts/b-2");
    make_folder("accounts/a-1");
    make_folder("accounts/c-without");
    make_folder("accounts/.hidden");
    put_file(at("accounts/b-2/ledger.sqlite"), "x");
    put_file(at("accounts/a-1/ledger.sqlite"), "x");
    put_file(at("accounts/.hidden/ledger.sqlite"), "x");
    put_file(at("accounts/file"), "x");
    check_each(root, 9, ";/accounts/a-1;/accounts/b-2;");
    check_each(root, 2, ";/accounts/a-1;");
    check_each(root, 1, ";");
    CHECK_INT(unlink(at("ledger.sqlite")), 0);
    check_each(root, 9, "/accounts/a-1;/accounts/b-2;");
    temp_dir_remove(root);
}

/* What it returns for an accounts/ that may not be read. */
static int each_as_nobody(const char *path)
{
    struct error err = {0};
    struct seen s = {.left = 9};
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 9;
    return work_dir_each(path, on_folder, &s, &err) < 0 && err.code == ERROR_DISK &&
                   strstr(err.text, "accounts") && !*s.text
               ? 0
               : 1;
}

/* A single folder that may not be looked into is handed out, so that it is named. */
static int one_as_nobody(const char *path)
{
    struct seen s = {.left = 9};
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 9;
    return work_dir_each(path, on_folder, &s, NULL) == 0 && !strcmp(s.text, "/accounts/a;/accounts/b;") ? 0
                                                                                                        : 1;
}

static void test_each_closed(void)
{
    temp_dir_make(root);
    CHECK_INT(chmod(root, 0755), 0);
    make_folder("accounts/a");
    make_folder("accounts/b");
    put_file(at("accounts/a/ledger.sqlite"), "x");
    CHECK_INT(chmod(at("accounts"), 0), 0);
    CHECK_INT(temp_dir_child(each_as_nobody, root), 0);
    CHECK_INT(chmod(at("accounts"), 0755), 0);
    CHECK_INT(chmod(at("accounts/a"), 0755), 0);
    CHECK_INT(chmod(at("accounts/b"), 0), 0);
    CHECK_INT(temp_dir_child(one_as_nobody, root), 0);
    CHECK_INT(chmod(at("accounts/b"), 0700), 0);
    temp_dir_remove(root);
}

/* ---- batches ---- */
static struct {
    unsigned shard, shards;
} wanted;

static int wanted_granted(const char *path)
{
    struct error err = {0};
    if (work_dir_lock_batch(path, wanted.shard, wanted.shards, &err) >= 0)
        return 0;
    return err.code == ERROR_LOCKED && err.retry == ERROR_RETRY_LATER && err.scope == ERROR_SCOPE_RUN &&
                   strstr(err.text, path) && strstr(err.text, "at work")
               ? 1
               : 2;
}

static int at_work(const char *path)
{
    return work_dir_batch_at_work(path);
}

static void test_lock_batch(void)
{
    static const struct {
        unsigned shard, shards;     /* at work */
        unsigned shard_2, shards_2; /* that wants to */
        bool granted;
    } rows[] = {
        {0, 0, 0, 0, false},
        {0, 0, 1, 1, false},
        {0, 0, 2, 4, false},
        {1, 1, 0, 0, false},
        {2, 4, 0, 0, false},
        {2, 4, 2, 4, false},
        {2, 4, 1, 4, true},
        {2, 4, 3, 4, true},
        {2, 4, 4, 4, true},
        {2, 4, 2, 3, false},
        {2, 4, 3, 5, false},
        {1, 1, 1, 2, false},
        {1 << 24, 1 << 24, 1, 1 << 24, true},
        {1 << 24, 1 << 24, 1, (1 << 24) - 1, false},
    };
    temp_dir_make(root);
    CHECK(!work_dir_batch_at_work(root));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%u/%u then %u/%u", rows[i].shard, rows[i].shards, rows[i].shard_2, rows[i].shards_2);
        int fd = work_dir_lock_batch(root, rows[i].shard, rows[i].shards, NULL);
        CHECK(fd >= 0);
        CHECK_INT(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        wanted.shard = rows[i].shard_2;
        wanted.shards = rows[i].shards_2;
        CHECK_INT(temp_dir_child(wanted_granted, root), rows[i].granted ? 0 : 1);
        CHECK_INT(wanted_granted(root) == 0, rows[i].granted); /* leaves a descriptor, closed below */
        CHECK_INT(temp_dir_child(at_work, root), 1);
        closefrom(fd);
        CHECK(!work_dir_batch_at_work(root));
        CHECK_INT(temp_dir_child(wanted_granted, root), 0);
    }
    temp_dir_remove(root);
}

static void test_lock_batch_words(void)
{
    struct error err = {0};
    temp_dir_make(root);
    int fd = work_dir_lock_batch(root, 2, 4, NULL);
    CHECK_INT(work_dir_lock_batch(root, 0, 0, &err), -1);
    CHECK(strstr(err.text, "shard 2 of 4") != NULL);
    CHECK_INT(work_dir_lock_batch(root, 1, 3, &err), -1);
    CHECK(strstr(err.text, "shard 2 of 4") != NULL);
    CHECK_INT(work_dir_lock(root, NULL) >= 0, true); /* a single run has a lock of its own */
    close(fd);
    CHECK_INT(work_dir_lock_batch(at("missing"), 0, 0, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(!work_dir_batch_at_work(at("missing")));
    temp_dir_remove(root);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"names of folders", test_names},
        {"long names", test_long_names},
        {"other jobs, other folders", test_differ},
        {"where a ledger lies", test_where},
        {"while it is written", test_where_while_written},
        {"beside a ledger of an older popferry", test_where_old_ledger},
        {"beside a damaged ledger", test_where_damaged},
        {"all folders", test_each},
        {"folders that may not be read", test_each_closed},
        {"batches side by side", test_lock_batch},
        {"who is in the way", test_lock_batch_words},
    };
    return check_main("work_dir_accounts", tests, sizeof tests / sizeof *tests);
}
