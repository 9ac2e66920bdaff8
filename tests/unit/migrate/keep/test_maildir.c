/* maildir.h: whole files with the right names, rights and times; nothing half written is left. */
#include "folder.h"

#include "maildir.h"
#include "mem.h"
#include <sys/stat.h>
#include <unistd.h>

static void test_make(void)
{
    folder_begin();
    mode_t old = umask(0);
    CHECK_INT(maildir_make(folder_at("a/b/box"), NULL), 0);
    CHECK_INT(folder_mode(folder_at("a")), 0700);
    CHECK_INT(folder_mode(folder_at("a/b/box")), 0700);
    CHECK_INT(folder_mode(folder_at("a/b/box/cur")), 0700);
    CHECK_INT(folder_mode(folder_at("a/b/box/new")), 0700);
    CHECK_INT(folder_mode(folder_at("a/b/box/tmp")), 0700);
    CHECK_INT(chmod(folder_at("a/b/box/cur"), 0750), 0);
    CHECK_INT(maildir_make(folder_at("a/b/box/"), NULL), 0);
    CHECK_INT(folder_mode(folder_at("a/b/box/cur")), 0750);
    umask(old);
    folder_end();
}

static void test_deliver(void)
{
    static const char message[] = "Subject: x\r\n\r\nbare\nlf \0 nul\r\n";
    folder_begin();
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    struct spool *sp = folder_spool(message, sizeof message - 1);
    mode_t old = umask(0);
    struct stat st = {0};
    CHECK_INT(maildir_deliver(folder_at("box"), "cur", "1.eml", sp, 1717156800, NULL), 0);
    CHECK(folder_holds(folder_at("box/cur/1.eml"), message, sizeof message - 1));
    CHECK_INT(folder_mode(folder_at("box/cur/1.eml")), 0600);
    CHECK_INT(stat(folder_at("box/cur/1.eml"), &st), 0);
    CHECK_INT(st.st_mtime, 1717156800);
    CHECK_INT(maildir_deliver(folder_at("box"), "new", "2.eml", sp, -86400, NULL), 0);
    CHECK_INT(stat(folder_at("box/new/2.eml"), &st), 0);
    CHECK_INT(st.st_mtime, -86400);
    CHECK_INT(maildir_deliver(folder_at("box"), "new", "3.eml", sp, MAILDIR_NO_DATE, NULL), 0);
    CHECK_INT(stat(folder_at("box/new/3.eml"), &st), 0);
    CHECK(st.st_mtime > 1717156800);
    CHECK_INT(folder_count(folder_at("box/tmp")), 0);
    umask(old);
    spool_free(sp);
    folder_end();
}

/* Large enough for several pieces, and on the disk; an empty one is a file, too. */
static void test_sizes(void)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 3000000};
    folder_begin();
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *data CLEANUP(mem_free_str) = mem_alloc(sizes[i] + 1);
        for (size_t k = 0; k < sizes[i]; k++)
            data[k] = (char)(k * 7 + k / 251);
        struct spool *sp = folder_spool(data, sizes[i]);
        CHECK_LABEL("%zu", sizes[i]);
        CHECK_INT(maildir_deliver(folder_at("box"), "cur", "x", sp, 0, NULL), 0);
        CHECK(folder_holds(folder_at("box/cur/x"), data, sizes[i]));
        spool_free(sp);
    }
    CHECK_INT(folder_count(folder_at("box/cur")), 1);
    folder_end();
}

static void test_batch(void)
{
    char a[] = "a.eml", b[] = "b.eml", c[] = "c.eml", d[] = "d.eml";
    char *names[] = {a, b, c}, *missing[] = {d};
    folder_begin();
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    struct spool *sp = folder_spool("x", 1);
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(maildir_write(folder_at("box"), names[i], sp, 0, NULL), 0);
    CHECK_INT(maildir_write(folder_at("box"), names[1], sp, 0, NULL), 0); /* over a leftover */
    CHECK_INT(folder_count(folder_at("box/tmp")), 3);
    CHECK_INT(folder_count(folder_at("box/cur")), 0);
    CHECK_INT(maildir_place(folder_at("box"), "cur", names, 2, NULL), 0);
    CHECK_INT(folder_count(folder_at("box/cur")), 2);
    CHECK_INT(maildir_place(folder_at("box"), "cur", names, 3, NULL), 0); /* again, with one more */
    CHECK_INT(folder_count(folder_at("box/cur")), 3);
    CHECK_INT(folder_count(folder_at("box/tmp")), 0);
    CHECK_INT(maildir_place(folder_at("box"), "cur", NULL, 0, NULL), 0);
    struct error err = {0};
    CHECK_INT(maildir_place(folder_at("box"), "cur", missing, 1, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    spool_free(sp);
    folder_end();
}

static void test_clean(void)
{
    folder_begin();
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    struct spool *sp = folder_spool("x", 1);
    CHECK_INT(maildir_write(folder_at("box"), "a.eml", sp, 0, NULL), 0);
    CHECK_INT(maildir_write(folder_at("box"), "b.eml", sp, 0, NULL), 0);
    CHECK_INT(maildir_write(folder_at("box"), "other", sp, 0, NULL), 0);
    CHECK_INT(maildir_deliver(folder_at("box"), "cur", "c.eml", sp, 0, NULL), 0);
    CHECK_INT(maildir_clean(folder_at("box"), ".eml", NULL), 0);
    CHECK_INT(folder_count(folder_at("box/tmp")), 1);
    CHECK_INT(folder_count(folder_at("box/cur")), 1);
    CHECK_INT(access(folder_at("box/tmp/other"), F_OK), 0);
    spool_free(sp);
    folder_end();
}

static void test_names(void)
{
    static const char *const bad[] = {"", ".", "..", ".hidden", "a/b", "../x", "/x"};
    folder_begin();
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    struct spool *sp = folder_spool("x", 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", bad[i]);
        CHECK_INT(maildir_deliver(folder_at("box"), "cur", bad[i], sp, 0, &err), -1);
        CHECK_INT(err.code, ERROR_INTERNAL);
    }
    CHECK_INT(folder_count(folder_at("box/tmp")) + folder_count(folder_at("box/cur")), 0);
    spool_free(sp);
    folder_end();
}

static void check_disk(const struct error *err, const char *path)
{
    CHECK_INT(err->code, ERROR_DISK);
    CHECK_INT(err->scope, ERROR_SCOPE_RUN);
    CHECK_INT(err->retry, ERROR_RETRY_NEVER);
    CHECK(strstr(err->text, path) != NULL);
    CHECK(strstr(err->text, "; ") != NULL);
}

static void test_cannot(void)
{
    struct error err = {0};
    folder_begin();
    struct spool *sp = folder_spool("x", 1);
    folder_write(folder_at("file"), "", 0);
    CHECK_LABEL("a file where the folder should be");
    CHECK_INT(maildir_make(folder_at("file"), &err), -1);
    check_disk(&err, folder_at("file"));
    CHECK_INT(maildir_make(folder_at("file/below/further"), &err), -1);
    check_disk(&err, folder_at("file"));
    CHECK_LABEL("no Maildir");
    CHECK_INT(maildir_deliver(folder_at("nowhere"), "cur", "x", sp, 0, &err), -1);
    check_disk(&err, folder_at("nowhere/tmp/x"));
    CHECK_LABEL("no cur");
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    CHECK_INT(rmdir(folder_at("box/cur")), 0);
    CHECK_INT(maildir_deliver(folder_at("box"), "cur", "x", sp, 0, &err), -1);
    check_disk(&err, folder_at("box/cur/x"));
    CHECK_INT(folder_count(folder_at("box/tmp")), 0);
    spool_free(sp);
    folder_end();
}

/* A file that may not grow beyond 100 kB: a full disk, as far as the program can tell. */
static int write_too_much(const char *path)
{
    struct error err = {0};
    static char data[200000];
    struct spool *sp = spool_new(path, sizeof data);
    if (spool_write(sp, data, sizeof data, NULL) < 0)
        return 9;
    folder_limit(100000);
    bool ok = maildir_deliver(path, "cur", "x.eml", sp, 0, &err) == -1 && err.code == ERROR_DISK;
    spool_free(sp);
    return ok && strstr(err.text, "tmp/x.eml") ? 0 : 1;
}

static void test_no_room(void)
{
    folder_begin();
    CHECK_LABEL("no room");
    CHECK_INT(maildir_make(folder_at("box"), NULL), 0);
    CHECK_INT(temp_dir_child(write_too_much, folder_at("box")), 0);
    CHECK_INT(folder_count(folder_at("box/tmp")), 0);
    CHECK_INT(folder_count(folder_at("box/cur")), 0);
    folder_end();
}

int main(void)
{
    static const struct check_test tests[] = {
        {"made", test_make},
        {"delivered", test_deliver},
        {"sizes", test_sizes},
        {"a batch", test_batch},
        {"leftovers", test_clean},
        {"names", test_names},
        {"cannot", test_cannot},
        {"no room", test_no_room},
    };
    return check_main("maildir", tests, sizeof tests / sizeof *tests);
}
