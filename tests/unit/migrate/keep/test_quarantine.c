/* quarantine.h: one file per message whatever happens, and a list that people and spreadsheets can read. */
#include "folder.h"

#include "maildir.h"
#include "mem.h"
#include "quarantine.h"
#include <sys/stat.h>
#include <unistd.h>

static char *put(int64_t job, int64_t row, const char *message)
{
    char *path = NULL;
    uint8_t sha256[SHA256_OCTETS];
    struct error err = {0};
    struct spool *sp = folder_spool(message, strlen(message));
    sha256_bytes(message, strlen(message), sha256);
    CHECK_INT(quarantine_put(folder_root, job, row, sha256, sp, 1717156800, &path, &err), 0);
    CHECK_STR(err.text, "");
    spool_free(sp);
    return path;
}

static void test_put(void)
{
    static const char message[] = "Subject: x\r\n\r\n.From me\n\r\n";
    folder_begin();
    char *one CLEANUP(mem_free_str) = put(3, 17, message);
    char *again CLEANUP(mem_free_str) = put(3, 17, message);
    char *other CLEANUP(mem_free_str) = put(3, 17, "other content");
    char *next CLEANUP(mem_free_str) = put(4, 18, message);
    struct stat st = {0};
    CHECK_LABEL("put");
    CHECK(one && !strncmp(one, "quarantine/3/cur/17-", 20) && strlen(one) == 20 + 16 + 4);
    CHECK_STR(again, one);
    CHECK(strcmp(other, one) != 0);
    CHECK(!strncmp(next, "quarantine/4/cur/18-", 20));
    CHECK_INT(folder_count(folder_at("quarantine/3/cur")), 2);
    CHECK_INT(folder_count(folder_at("quarantine/3/tmp")), 0);
    CHECK_INT(folder_count(folder_at("quarantine/4/cur")), 1);
    folder_check(folder_at(one), message);
    CHECK_INT(stat(folder_at(one), &st), 0);
    CHECK_INT(st.st_mtime, 1717156800);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_INT(stat(folder_at("quarantine/3"), &st), 0);
    CHECK_INT(st.st_mode & 07777, 0700);
    CHECK_LABEL("remove");
    CHECK_INT(quarantine_remove(folder_root, one, NULL), 0);
    CHECK_INT(folder_count(folder_at("quarantine/3/cur")), 1);
    CHECK_INT(quarantine_remove(folder_root, one, NULL), 0);
    CHECK_INT(access(folder_at(other), F_OK), 0);
    folder_end();
}

static void test_not_ours(void)
{
    static const char *const paths[] = {"", "lock", "ledger.sqlite", "/etc/passwd", "quarantine",
        "quarantine/", "quarantine/../lock", "quarantine/1/cur/../../../lock", "quarantine/1/cur/",
        "quarantined/1"};
    folder_begin();
    folder_write(folder_at("lock"), "", 0);
    CHECK_INT(mkdir(folder_at("quarantine"), 0700), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", paths[i]);
        CHECK_INT(quarantine_remove(folder_root, paths[i], &err), -1);
        CHECK_INT(err.code, ERROR_LEDGER);
    }
    CHECK_INT(access(folder_at("lock"), F_OK), 0);
    folder_end();
}

#define HEADER "file\tuidl\tmessage-id\tfrom\tsubject\tdate\toctets\treason\n"

static void test_reasons(void)
{
    static const struct quarantine_row rows[] = {
        {.path = "quarantine/1/cur/1-00.eml",
            .uidl = "0001",
            .message_id = "<a@x>",
            .from = "山田 <taro@example.jp>",
            .subject = "見積書",
            .reason = "NO [CANNOT] \"bad header\"",
            .date_s = 1717156800,
            .octets = 12345678901},
        {.path = "p", .subject = "a\tb\r\nc\x01\x7f\xff d", .date_s = MAILDIR_NO_DATE},
        {.path = "p", .from = "=1+1", .subject = "-", .reason = "@x", .uidl = "+1", .date_s = 0},
        {.path = "p", .from = "", .subject = "a=b", .date_s = -1},
    };
    folder_begin();
    CHECK_INT(mkdir(folder_at("quarantine"), 0700), 0);
    struct quarantine_reasons *r = quarantine_reasons_begin(folder_root, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        quarantine_reasons_add(r, &rows[i]);
    struct error err = {0};
    CHECK_INT(quarantine_reasons_end(r, &err), 0);
    CHECK_LABEL("reasons");
    folder_check(folder_at("quarantine/1/reasons.tsv"), HEADER
        "quarantine/1/cur/1-00.eml\t0001\t<a@x>\t山田 <taro@example.jp>\t見積書\t2024-05-31T12:00:00Z\t"
        "12345678901\tNO [CANNOT] \"bad header\"\n"
        "p\t\t\t\ta b  c??? d\t\t0\t\n"
        "p\t'+1\t\t'=1+1\t'-\t1970-01-01T00:00:00Z\t0\t'@x\n"
        "p\t\t\t\ta=b\t1969-12-31T23:59:59Z\t0\t\n");
    CHECK_INT(folder_count(folder_at("quarantine/1")), 1);
    folder_end();
}

static void test_rewritten(void)
{
    folder_begin();
    CHECK_LABEL("nothing to say, no folder");
    CHECK_INT(quarantine_reasons_end(quarantine_reasons_begin(folder_root, 1), NULL), 0);
    CHECK_INT(folder_count(folder_root), 0);
    char *path CLEANUP(mem_free_str) = put(1, 5, "x");
    struct quarantine_row row = {.path = path, .date_s = 0};
    struct quarantine_reasons *r = quarantine_reasons_begin(folder_root, 1);
    quarantine_reasons_add(r, &row);
    CHECK_INT(quarantine_reasons_end(r, NULL), 0);
    struct buf with CLEANUP(buf_done) = {0};
    CHECK(folder_read(folder_at("quarantine/1/reasons.tsv"), &with) && strstr(buf_str(&with), path));
    CHECK_LABEL("given up");
    r = quarantine_reasons_begin(folder_root, 1);
    quarantine_reasons_free(r);
    quarantine_reasons_free(NULL);
    folder_check(folder_at("quarantine/1/reasons.tsv"), buf_str(&with));
    CHECK_LABEL("nothing left");
    CHECK_INT(quarantine_reasons_end(quarantine_reasons_begin(folder_root, 1), NULL), 0);
    folder_check(folder_at("quarantine/1/reasons.tsv"), HEADER);
    CHECK_INT(folder_count(folder_at("quarantine/1")), 4); /* cur, new, tmp and the list */
    folder_end();
}

/* Files may not grow beyond 10 kB. */
static int list_too_much(const char *path)
{
    struct error err = {0};
    struct quarantine_row row = {.path = "p", .subject = "a subject of some length"};
    struct quarantine_reasons *r = quarantine_reasons_begin(path, 1);
    for (int i = 0; i < 1000; i++)
        quarantine_reasons_add(r, &row);
    folder_limit(10000);
    return quarantine_reasons_end(r, &err) == -1 && err.code == ERROR_DISK && err.scope == ERROR_SCOPE_RUN
               ? 0
               : 1;
}

static void test_no_room(void)
{
    folder_begin();
    struct quarantine_row row = {.path = "kept"};
    struct quarantine_reasons *r = quarantine_reasons_begin(folder_root, 1);
    quarantine_reasons_add(r, &row);
    CHECK_INT(quarantine_reasons_end(r, NULL), 0);
    struct buf before CLEANUP(buf_done) = {0};
    CHECK(folder_read(folder_at("quarantine/1/reasons.tsv"), &before));
    CHECK_INT(temp_dir_child(list_too_much, folder_root), 0);
    CHECK_LABEL("no room");
    folder_check(folder_at("quarantine/1/reasons.tsv"), buf_str(&before));
    CHECK_INT(folder_count(folder_at("quarantine/1")), 1);
    CHECK_LABEL("no folder can be made");
    folder_write(folder_at("file"), "", 0);
    struct error err = {0};
    struct spool *sp = spool_new(folder_root, 10);
    uint8_t sha256[SHA256_OCTETS] = {0};
    char *path = NULL;
    CHECK_INT(quarantine_put(folder_at("file"), 1, 1, sha256, sp, 0, &path, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, folder_at("file")) && !path);
    spool_free(sp);
    folder_end();
}

int main(void)
{
    static const struct check_test tests[] = {
        {"put and remove", test_put},
        {"not ours", test_not_ours},
        {"reasons", test_reasons},
        {"rewritten", test_rewritten},
        {"no room", test_no_room},
    };
    return check_main("quarantine", tests, sizeof tests / sizeof *tests);
}
