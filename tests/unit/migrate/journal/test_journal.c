/* journal.h: every line whole, nothing that must not be there, and no failure that ends a run. */
#include "check.h"
#include "journal.h"
#include "mem.h"
#include "temp_dir.h"
#include <dirent.h>
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t mono_now_ms = 5000, wall_now_s = 1795330800; /* 2026-11-22T07:00:00Z */

static int64_t mono_ms(void *ctx)
{
    (void)ctx;
    return mono_now_ms;
}

static int64_t wall_s(void *ctx)
{
    (void)ctx;
    return wall_now_s;
}

static const struct clock test_clock = {.mono_ms = mono_ms, .wall_s = wall_s};

static struct {
    unsigned lines, messages;
    enum log_level level;
    char line[2048];
} heard;

static void hear(void *ctx, enum log_level level, const char *line)
{
    CHECK(ctx == &heard);
    heard.lines++;
    heard.level = level;
    snprintf(heard.line, sizeof heard.line, "%s", line);
}

static struct journal_options options(const char *dir)
{
    heard.lines = heard.messages = 0;
    return (struct journal_options){
        .work_dir = dir,
        .job = 7,
        .run = 3,
        .from = {.name = "taro@pop.example.jp", .user = "taro", .secret = "Old+Secret9"},
        .to = {.name = "taro@example.jp@imap.example.com",
            .user = "taro@example.jp",
            .secret = "new \"secret\""},
        .clock = &test_clock,
        .complain = {.fn = hear, .ctx = &heard},
    };
}

static struct journal *opened(const struct journal_options *o)
{
    struct error err = {0};
    struct journal *j = journal_open(o, &err);
    CHECK_STR(err.text, "");
    if (!j)
        exit(EXIT_FAILURE);
    return j;
}

static const char *path_of(const char *dir, const char *suffix)
{
    static char path[TEMP_DIR_MAX + 64];
    snprintf(path, sizeof path, "%s/log/job-7.ndjson%s", dir, suffix);
    return path;
}

/* The file's text; the caller frees. */
static char *content(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st) < 0) {
        CHECK_STR(path, "(cannot be read)");
        return mem_strdup("");
    }
    char *text = mem_alloc((size_t)st.st_size + 1);
    CHECK_INT(fread(text, 1, (size_t)st.st_size, f), st.st_size);
    fclose(f);
    return text;
}

/* How many lines parse, and how many do not; *ret_last is the last that does (json_decref), if wanted. */
static unsigned parse_lines(const char *path, unsigned *ret_bad, json_t **ret_last)
{
    char *text CLEANUP(mem_free_str) = content(path);
    unsigned good = 0, bad = 0;
    json_t *last = NULL;
    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        CHECK(end != NULL);
        if (!end)
            break;
        json_t *o = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);
        good += o != NULL;
        bad += o == NULL;
        if (o) {
            json_decref(last);
            last = o;
        }
    }
    *ret_bad = bad;
    if (ret_last)
        *ret_last = last;
    else
        json_decref(last);
    return good;
}

static const struct outcome_message a_message = {
    .number = 5,
    .key = "0005",
    .message_id = "<5@x>",
    .from = "\xe5\xb1\xb1\xe7\x94\xb0 <yamada@example.jp>",
    .subject = "say \"hi\" to hanako@example.jp",
    .date_s = 1117670400,
    .octets = 42,
    .verdict = "refused",
    .reason = "NO rcpt taro@pop.example.jp over quota",
};

/* ---- lines ---- */
static void test_lines(void)
{
    char dir[TEMP_DIR_MAX];
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    struct job job = {
        .folder = "INBOX", .limit = 10, .seen = SEEN_ALL, .filter = FILTER_NONE, .retry_quarantined = true};
    job.filter.since_s = 1117670400;
    struct outcome outcome = {.messages = 2, .copied = 1, .copied_octets = 42};
    struct error why;
    error_set(&why, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_LOST, "gone");
    struct outcome_message undated = a_message;
    undated.date_s = MAIL_NO_DATE;
    mono_now_ms = 5000;
    journal_begin_run(j, "migrate", &job);
    mono_now_ms = 5123;
    journal_inventory(j, 2, 5000000000);
    mono_now_ms = 6001; /* the wall clock shows the same second still: the fraction stays within it */
    journal_message(j, &a_message);
    wall_now_s++;
    journal_message(j, &undated);
    journal_words(j, LOG_WARN, "bad \xff bytes, a\ttab, \xe5\xb1\xb1");
    journal_end_run(j, 4, &outcome, &why);
    journal_end_run(j, 0, NULL, NULL);
    journal_close(j);
    char *text CLEANUP(mem_free_str) = content(path_of(dir, ""));
    CHECK_STR(text,
        "{\"time\":\"2026-11-22T07:00:00.000Z\",\"run\":3,\"job\":7,\"event\":\"run-begin\",\"command\":\"migrate\","
        "\"version\":\"" MIGRATE_VERSION "\",\"from\":\"taro@pop.example.jp\","
        "\"to\":\"taro@example.jp@imap.example.com\",\"folder\":\"INBOX\","
        "\"options\":{\"limit\":10,\"seen\":\"all\",\"since\":\"2005-06-02T00:00:00Z\",\"retry_quarantined\":true}}\n"
        "{\"time\":\"2026-11-22T07:00:00.123Z\",\"run\":3,\"job\":7,\"event\":\"inventory\",\"messages\":2,"
        "\"octets\":5000000000}\n"
        "{\"time\":\"2026-11-22T07:00:00.999Z\",\"run\":3,\"job\":7,\"event\":\"message\",\"uidl\":\"0005\","
        "\"message_id\":\"<5@x>\",\"from\":\"\xe5\xb1\xb1\xe7\x94\xb0 <yamada@example.jp>\","
        "\"subject\":\"say \\\"hi\\\" to hanako@example.jp\",\"date\":\"2005-06-02T00:00:00Z\",\"octets\":42,"
        "\"verdict\":\"refused\",\"reason\":\"NO rcpt taro@pop.example.jp over quota\"}\n"
        "{\"time\":\"2026-11-22T07:00:01.000Z\",\"run\":3,\"job\":7,\"event\":\"message\",\"uidl\":\"0005\","
        "\"message_id\":\"<5@x>\",\"from\":\"\xe5\xb1\xb1\xe7\x94\xb0 <yamada@example.jp>\","
        "\"subject\":\"say \\\"hi\\\" to hanako@example.jp\",\"date\":null,\"octets\":42,"
        "\"verdict\":\"refused\",\"reason\":\"NO rcpt taro@pop.example.jp over quota\"}\n"
        "{\"time\":\"2026-11-22T07:00:01.000Z\",\"run\":3,\"job\":7,\"event\":\"log\",\"level\":\"warning\","
        "\"text\":\"bad ? bytes, a?tab, \xe5\xb1\xb1\"}\n"
        "{\"time\":\"2026-11-22T07:00:01.000Z\",\"run\":3,\"job\":7,\"event\":\"run-end\",\"exit_code\":4,\"elapsed_ms\":1001,"
        "\"counts\":{\"messages\":2,\"octets\":0,\"copied\":1,\"copied_octets\":42,\"done_before\":0,\"present\":0,"
        "\"duplicates\":0,\"filtered\":0,\"later\":0,\"not_mail\":0,\"too_big\":0,\"refused\":0,\"unreadable\":0,"
        "\"quarantined\":0,\"quarantined_now\":0,\"swallowed\":0,\"in_doubt\":0,\"missing\":0,\"gone_since\":0,\"not_reached\":0,\"repaired\":0,\"mended\":0,\"spoiled\":0,\"doubled\":0,\"unlisted\":0,\"doubtful\":0,"
        "\"archived\":0,\"recovered\":0,\"fetched\":0,\"fetched_octets\":0,\"reconnects\":0,\"mailboxes\":0,"
        "\"mailboxes_unvisited\":0,\"mailboxes_read\":0,\"destination_messages\":0},"
        "\"error\":{\"code\":\"connection-lost\",\"text\":\"gone\"}}\n"
        "{\"time\":\"2026-11-22T07:00:01.000Z\",\"run\":3,\"job\":7,\"event\":\"run-end\",\"exit_code\":0,\"elapsed_ms\":1001,"
        "\"error\":null}\n");
    wall_now_s--;
    temp_dir_remove(dir);
}

static void test_modes(void)
{
    char dir[TEMP_DIR_MAX], salt[TEMP_DIR_MAX + 16];
    struct stat st;
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    o.privacy = true;
    mode_t old = umask(0);
    journal_close(opened(&o));
    umask(old);
    snprintf(salt, sizeof salt, "%s/log", dir);
    CHECK_INT(stat(salt, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0700);
    snprintf(salt, sizeof salt, "%s/log/salt", dir);
    CHECK_INT(stat(salt, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_INT(stat(path_of(dir, ""), &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    chmod(path_of(dir, ""), 0644);
    journal_close(opened(&o));
    CHECK_INT(stat(path_of(dir, ""), &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    temp_dir_remove(dir);
}

/* Runs follow each other in one file, also behind one that died in the middle of a line. */
static void test_torn(void)
{
    static const char *const before[] = {"", "{\"whole\":1}\n", "{\"whole\":1}\n{\"time\":\"2026", "{"};
    static const unsigned good[] = {0, 1, 1, 0}, bad[] = {0, 0, 1, 1};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        char dir[TEMP_DIR_MAX];
        unsigned now_bad;
        CHECK_LABEL("row %zu", i);
        temp_dir_make(dir);
        struct journal_options o = options(dir);
        journal_close(opened(&o));
        FILE *f = fopen(path_of(dir, ""), "a");
        CHECK(f && fputs(before[i], f) >= 0 && fclose(f) == 0);
        for (unsigned run = 1; run <= 2; run++) {
            struct journal *j = opened(&o);
            journal_inventory(j, 1, 2);
            journal_close(j);
            CHECK_INT(parse_lines(path_of(dir, ""), &now_bad, NULL), good[i] + run);
            CHECK_INT(now_bad, bad[i]);
        }
        temp_dir_remove(dir);
    }
    CHECK_LABEL("-");
}

static _Noreturn void write_forever(const char *dir)
{
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    for (uint64_t i = 0;; i++)
        journal_inventory(j, i, i);
}

static void test_killed(void)
{
    char dir[TEMP_DIR_MAX];
    struct stat st = {0};
    unsigned bad;
    int status;
    temp_dir_make(dir);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        write_forever(dir);
    for (int i = 0; i < 5000 && st.st_size < 20000; i++) {
        usleep(1000);
        if (stat(path_of(dir, ""), &st) < 0)
            st.st_size = 0;
    }
    CHECK_INT(kill(pid, SIGKILL), 0);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    journal_inventory(j, 1, 1);
    journal_close(j);
    CHECK(parse_lines(path_of(dir, ""), &bad, NULL) > 100);
    CHECK(bad <= 1);
    temp_dir_remove(dir);
}

/* ---- rotation ---- */
static uint64_t number_of(json_t *line)
{
    unsigned long long n = 0;
    CHECK_INT(sscanf(json_string_value(json_object_get(line, "text")), "%llu", &n), 1);
    json_decref(line);
    return n;
}

static void test_rotation(void)
{
    static const char *const suffixes[] = {"", ".1", ".2", ".3", ".4", ".5"};
    char dir[TEMP_DIR_MAX];
    struct stat st;
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    char *text CLEANUP(mem_free_str) = mem_alloc(500001);
    memset(text, 'x', 500000);
    const unsigned lines = 165;
    for (unsigned i = 0; i < lines; i++) {
        text[snprintf(text, 16, "%u", i)] = ' ';
        journal_words(j, LOG_DEBUG, text);
        if (i == 70) { /* another run takes over where the one before stopped */
            journal_close(j);
            j = opened(&o);
        }
    }
    journal_close(j);
    uint64_t last = lines - 1;
    for (size_t i = 0; i < 6; i++) {
        unsigned bad;
        json_t *line = NULL;
        CHECK_LABEL("file \"%s\"", suffixes[i]);
        CHECK_INT(stat(path_of(dir, suffixes[i]), &st), 0);
        CHECK(st.st_size <= 10000000 && (i == 0 || st.st_size > 9000000));
        CHECK_INT(st.st_mode & 07777, 0600);
        unsigned good = parse_lines(path_of(dir, suffixes[i]), &bad, &line);
        CHECK_INT(bad, 0);
        CHECK_INT(number_of(line), last); /* nothing is lost between two files */
        last -= good;
    }
    CHECK_LABEL("-");
    CHECK(stat(path_of(dir, ".6"), &st) < 0);
    CHECK_INT(heard.lines, 0);
    temp_dir_remove(dir);
}

/* ---- adapters ---- */
static void take(void *ctx, const struct outcome_message *m)
{
    CHECK(ctx == &heard);
    CHECK(m == &a_message);
    heard.messages++;
}

static void test_adapters(void)
{
    char dir[TEMP_DIR_MAX];
    unsigned bad;
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    struct outcome_sink inner = {.message = take, .ctx = &heard};
    struct log log = {.fn = hear, .ctx = &heard}, silent = {0};
    struct journal *j = opened(&o);
    outcome_tell(journal_sink(j, NULL), &a_message);
    const struct outcome_sink *sink = journal_sink(j, &inner);
    sink->message(sink->ctx, &a_message);
    CHECK_INT(heard.messages, 1);
    struct log both = journal_log(j, silent);
    log_line(&both, LOG_INFO, "one");
    both = journal_log(j, log);
    log_line(&both, LOG_ERROR, "two %d", 2);
    CHECK_INT(heard.lines, 1);
    CHECK_INT(heard.level, LOG_ERROR);
    CHECK_STR(heard.line, "two 2");
    journal_close(j);
    CHECK_INT(parse_lines(path_of(dir, ""), &bad, NULL), 4);
    CHECK_INT(bad, 0);

    /* Without a journal all goes on. */
    sink = journal_sink(NULL, &inner);
    sink->message(sink->ctx, &a_message);
    CHECK_INT(heard.messages, 2);
    CHECK(journal_sink(NULL, NULL) == NULL);
    both = journal_log(NULL, log);
    log_line(&both, LOG_INFO, "three");
    CHECK_STR(heard.line, "three");
    struct job job = {0};
    journal_begin_run(NULL, "migrate", &job);
    journal_inventory(NULL, 1, 1);
    journal_message(NULL, &a_message);
    journal_words(NULL, LOG_INFO, "x");
    journal_secret(NULL, "x");
    journal_end_run(NULL, 0, NULL, NULL);
    journal_close(NULL);
    temp_dir_remove(dir);
}

/* ---- failures ---- */
static void test_cannot_open(void)
{
    char dir[TEMP_DIR_MAX], file[TEMP_DIR_MAX + 8];
    struct error err = {0};
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    snprintf(file, sizeof file, "%s/log", dir);
    FILE *f = fopen(file, "w");
    CHECK(f && fclose(f) == 0);
    CHECK(journal_open(&o, &err) == NULL);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, file) != NULL);
    CHECK_INT(remove(file), 0);
    CHECK_INT(mkdir(file, 0700), 0);
    CHECK_INT(symlink("/nowhere/else", path_of(dir, "")), 0); /* is not followed */
    err = (struct error){0};
    CHECK(journal_open(&o, &err) == NULL);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, path_of(dir, "")) != NULL);
    temp_dir_remove(dir);
}

/* A file may not grow beyond a limit, which to the program looks as a full disk does. In a child: the limit
 * stays. */
static int fill_disk(const char *dir)
{
    const struct rlimit limit = {2000, 2000};
    struct journal_options o = options(dir);
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 1;
    struct journal *j = opened(&o);
    for (int i = 0; i < 100; i++)
        journal_message(j, &a_message);
    journal_end_run(j, 0, NULL, NULL);
    journal_close(j);
    if (heard.lines != 1 || heard.level != LOG_WARN)
        return 2;
    return strstr(heard.line, path_of(dir, "")) && strstr(heard.line, "the run itself goes on") ? 0 : 3;
}

static void test_disk_full(void)
{
    char dir[TEMP_DIR_MAX];
    unsigned bad;
    temp_dir_make(dir);
    CHECK_INT(temp_dir_child(fill_disk, dir), 0);
    CHECK(parse_lines(path_of(dir, ""), &bad, NULL) >= 3);
    CHECK_INT(bad, 0); /* half a line was taken back */
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    journal_message(j, &a_message);
    journal_close(j);
    CHECK(parse_lines(path_of(dir, ""), &bad, NULL) >= 4);
    CHECK_INT(bad, 0);
    temp_dir_remove(dir);
}

/* ---- privacy ---- */
static char *private_log(const char *dir, const char *from)
{
    struct journal_options o = options(dir);
    struct job job = {.folder = "INBOX", .limit = UINT64_MAX, .filter = FILTER_NONE};
    o.privacy = true;
    o.to.mailbox = "kumiko";
    if (from)
        o.from.name = from;
    struct journal *j = opened(&o);
    journal_begin_run(j, "migrate", &job);
    journal_message(j, &a_message);
    journal_words(j, LOG_INFO, "pop.example.jp: signed in as taro");
    journal_words(j, LOG_INFO, "imap.example.com: opened the mailbox of kumiko");
    journal_close(j);
    return content(path_of(dir, ""));
}

/* The nth "account-xxxxxxxx" of the text. */
static const char *alias_of(const char *text, unsigned n, char ret[32])
{
    for (unsigned i = 0; i <= n; i++) {
        text = strstr(text, "\"account-");
        CHECK(text != NULL);
        if (!text)
            return "";
        text++;
    }
    snprintf(ret, 32, "%.*s", (int)strcspn(text, "\""), text);
    CHECK_INT(strlen(ret), 16);
    CHECK_INT(strspn(ret + 8, "0123456789abcdef"), 8);
    return ret;
}

static void test_privacy(void)
{
    static const char *const forbidden[] = {
        "@", "yamada", "hanako", "taro", "kumiko", "message_id", "subject", "say"};
    char one[TEMP_DIR_MAX], two[TEMP_DIR_MAX], a[32], b[32];
    temp_dir_make(one);
    temp_dir_make(two);
    char *first CLEANUP(mem_free_str) = private_log(one, NULL);
    char *again CLEANUP(mem_free_str) = private_log(one, NULL);
    char *other CLEANUP(mem_free_str) = private_log(two, NULL);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        CHECK_LABEL("%s", forbidden[i]);
        CHECK(strstr(again, forbidden[i]) == NULL);
    }
    CHECK_LABEL("-");
    CHECK(strstr(first, "\"uidl\":\"0005\"") != NULL);
    CHECK(strstr(first, "signed in as [account]") != NULL);
    CHECK_STR(alias_of(again, 0, a), alias_of(again, 2, b)); /* of the second run */
    char *reason CLEANUP(mem_free_str) = mem_printf("NO rcpt %s over quota", a);
    CHECK(strstr(first, reason) != NULL);
    CHECK(strcmp(a, alias_of(again, 1, b)) != 0); /* source and destination */
    CHECK(strcmp(a, alias_of(other, 0, b)) != 0); /* of another work folder */
    /* A salt that a crash left empty is made anew. */
    char *salt CLEANUP(mem_free_str) = mem_printf("%s/log/salt", one);
    CHECK_INT(truncate(salt, 0), 0);
    char *anew CLEANUP(mem_free_str) = private_log(one, NULL);
    CHECK(strcmp(a, alias_of(anew, 4, b)) != 0);
    temp_dir_remove(one);
    temp_dir_remove(two);
}

static void test_no_secret(void)
{
    char dir[TEMP_DIR_MAX];
    temp_dir_make(dir);
    struct journal_options o = options(dir);
    struct journal *j = opened(&o);
    struct job job = {.folder = "a/Old+Secret9/b", .limit = UINT64_MAX, .filter = FILTER_NONE};
    struct outcome_message m = a_message;
    struct error why;
    m.key = m.message_id = m.from = m.subject = m.reason = "xOld+Secret9y";
    error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, "NO new \"secret\" T0kenT0ken");
    journal_secret(j, "T0kenT0ken");
    journal_begin_run(j, "migrate", &job);
    journal_message(j, &m);
    journal_words(j, LOG_DEBUG, "AUTH PLAIN AHRhcm8AT2xkK1NlY3JldDk= sent"); /* \0taro\0Old+Secret9 */
    journal_end_run(j, 3, NULL, &why);
    journal_close(j);
    char *text CLEANUP(mem_free_str) = content(path_of(dir, ""));
    static const char *const forbidden[] = {"Old+Secret9", "secret", "T0ken", "T2xkK1NlY3Jl", "AHRhcm8A"};
    static const char *const expected[] = {
        "\"a/***/b\"", "\"subject\":\"x***y\"", "\"NO *** ***\"", "PLAIN *** sent"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        CHECK_LABEL("%s", forbidden[i]);
        CHECK(strstr(text, forbidden[i]) == NULL);
    }
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        CHECK_LABEL("%s", expected[i]);
        CHECK(strstr(text, expected[i]) != NULL);
    }
    CHECK_LABEL("-");
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"lines", test_lines},
        {"modes", test_modes},
        {"torn", test_torn},
        {"killed", test_killed},
        {"rotation", test_rotation},
        {"adapters", test_adapters},
        {"cannot open", test_cannot_open},
        {"disk full", test_disk_full},
        {"privacy", test_privacy},
        {"no secret", test_no_secret},
    };
    return check_main("journal", tests, sizeof tests / sizeof *tests);
}
