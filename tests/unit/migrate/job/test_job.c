/* job.h: where a message belongs, and what makes a job the same job. */
#include "check.h"
#include "clock.h"
#include "job.h"
#include "mail_scan.h"
#include "mem.h"

#define OLD_DAYS 365

static int64_t now(void)
{
    return clock_from_utc(2025, 1, 1, 3, 0, 0); /* noon of New Year in Tokyo */
}

static struct job job_of(const char *folder, const char *folder_old, int utc_offset_min)
{
    static char user[] = "taro";
    return (struct job){.from = {.user = user},
        .to = {.user = user},
        .folder = folder,
        .folder_old = folder_old,
        .folder_old_days = OLD_DAYS,
        .utc_offset_min = utc_offset_min};
}

/* ---- mailboxes ---- */
#define JST (9 * 60)

static const struct {
    const char *words, *folder, *folder_old;
    int utc_offset_min;
    int date[6]; /* UTC; 0: MAIL_NO_DATE */
    bool one;
    const char *mailbox;
} places[] = {
    {"plain", "INBOX", NULL, JST, {2020, 5, 31, 12, 0, 0}, true, "INBOX"},
    {"plain, no date", "INBOX", NULL, JST, {0}, true, "INBOX"},
    {"braces", "{{INBOX}}", NULL, 0, {2020, 5, 31, 12, 0, 0}, true, "{INBOX}"},
    {"before New Year in UTC", "A/{year}", NULL, 0, {2024, 12, 31, 23, 59, 59}, false, "A/2024"},
    {"New Year in UTC", "A/{year}", NULL, 0, {2025, 1, 1, 0, 0, 0}, false, "A/2025"},
    {"before New Year in Tokyo", "A/{year}", NULL, JST, {2024, 12, 31, 14, 59, 59}, false, "A/2024"},
    {"New Year in Tokyo", "A/{year}", NULL, JST, {2024, 12, 31, 15, 0, 0}, false, "A/2025"},
    {"no date: today's, in UTC", "A/{year}-{month}-{day}", NULL, 0, {0}, false, "A/2025-01-01"},
    {"no date: today's, west of it", "A/{year}-{month}-{day}", NULL, -5 * 60, {0}, false, "A/2024-12-31"},
    {"younger", "INBOX", "Old/{year}", JST, {2024, 6, 1, 0, 0, 0}, false, "INBOX"},
    {"older", "INBOX", "Old/{year}", JST, {2023, 6, 1, 0, 0, 0}, false, "Old/2023"},
    {"just not older", "INBOX", "Old", JST, {2024, 1, 2, 3, 0, 0}, false, "INBOX"},
    {"just older", "INBOX", "Old", JST, {2024, 1, 2, 2, 59, 59}, false, "Old"},
    {"no date: not older", "{year}", "Old", JST, {0}, false, "2025"},
    {"from the future", "INBOX", "Old", JST, {2030, 1, 1, 0, 0, 0}, false, "INBOX"},
};

static void test_mailbox(void)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const int *d = places[i].date;
        struct job job = job_of(places[i].folder, places[i].folder_old, places[i].utc_offset_min);
        CHECK_LABEL("%s", places[i].words);
        int64_t date_s = *d ? clock_from_utc(d[0], d[1], d[2], d[3], d[4], d[5]) : MAIL_NO_DATE;
        char *name CLEANUP(mem_free_str) = job_mailbox(&job, "", date_s, now());
        CHECK_STR(name, places[i].mailbox);
        CHECK_INT(job_has_one_mailbox(&job), places[i].one);
    }
}

/* ---- the words that a ledger knows the job by ---- */
static void test_words(void)
{
    static const struct {
        const char *folder, *folder_old, *words;
    } rows[] = {
        {"INBOX", NULL, "INBOX"},
        {"Archive/{year}", NULL, "Archive/{year}"},
        {"INBOX", "Archive/{year}", "INBOX; older than 365 days: Archive/{year}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job job = job_of(rows[i].folder, rows[i].folder_old, 0);
        char *words CLEANUP(mem_free_str) = job_folder_words(&job);
        CHECK_LABEL("%s", rows[i].words);
        CHECK_STR(words, rows[i].words);
    }
}

/* ---- what is no job ---- */
static const struct {
    const char *folder, *folder_old;
    const char *says[3]; /* all of these; none: it is valid */
} folders[] = {
    {"INBOX", NULL, {NULL}},
    {"\xe6\x97\xa7/{year}-{month}", "Old/{year}", {NULL}},
    {"", NULL, {"--folder"}},
    {"a//b", NULL, {"--folder"}},
    {"{yaer}", NULL, {"--folder", "{yaer}", "{year}"}},
    {"Old/{year", NULL, {"--folder", "{year"}},
    {"INBOX", "Old/{yaer}", {"--folder-old", "{yaer}"}},
    {"INBOX", "Old/", {"--folder-old"}},
    {"\xff{year}", NULL, {"--folder"}},
};

static void test_validate(void)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct error err = {0};
        struct job job = job_of(folders[i].folder, folders[i].folder_old, 0);
        bool valid = !folders[i].says[0];
        CHECK_LABEL("%s, %s", folders[i].folder, folders[i].folder_old ? folders[i].folder_old : "none");
        CHECK_INT(job_validate(&job, &err), valid ? 0 : -1);
        CHECK_INT(err.code, valid ? ERROR_NONE : ERROR_USAGE);
        for (size_t k = 0; k < 3 && folders[i].says[k]; k++)
            CHECK(strstr(err.text, folders[i].says[k]) != NULL);
    }
}

static void test_users(void)
{
    struct error err = {0};
    struct job job = job_of("INBOX", NULL, 0);
    CHECK_LABEL("users");
    job.from.user = NULL;
    CHECK_INT(job_validate(&job, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "source") != NULL && strstr(err.text, "--from-user") != NULL);
    job = job_of("INBOX", NULL, 0);
    job.to.user = NULL;
    CHECK_INT(job_validate(&job, &err), -1);
    CHECK(strstr(err.text, "destination") != NULL && strstr(err.text, "--to-user") != NULL);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"mailbox", test_mailbox},
        {"words", test_words},
        {"validate", test_validate},
        {"users", test_users},
    };
    return check_main("job", tests, sizeof tests / sizeof *tests);
}
