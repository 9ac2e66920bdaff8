/* work_dir.h: made with all its parents for this user alone, and locked. */
#include "check.h"
#include "temp_dir.h"
#include "work_dir.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[TEMP_DIR_MAX];

static const char *at(const char *name)
{
    static char path[4][256];
    static unsigned turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", root, name);
    return p;
}

static int mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? (int)(st.st_mode & 07777) : -1;
}

static void touch(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    CHECK(fd >= 0);
    close(fd);
}

static void check_fails(const char *path)
{
    struct error err = {0};
    CHECK_LABEL("%s", path);
    CHECK_INT(work_dir_make(path, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    CHECK(strstr(err.text, path) != NULL);
    CHECK(strstr(err.text, "--work-dir") != NULL);
}

static void test_make(void)
{
    temp_dir_make(root);
    mode_t old = umask(0);
    CHECK_INT(work_dir_make(at("one"), NULL), 0);
    CHECK_INT(mode_of(at("one")), 0700);
    CHECK_INT(work_dir_make(at("a/b/c"), NULL), 0);
    CHECK_INT(mode_of(at("a")), 0700);
    CHECK_INT(mode_of(at("a/b")), 0700);
    CHECK_INT(mode_of(at("a/b/c")), 0700);
    CHECK_INT(work_dir_make(at("a/b/d/"), NULL), 0);
    CHECK_INT(mode_of(at("a/b/d")), 0700);
    CHECK_INT(work_dir_make(at("a//e"), NULL), 0);
    CHECK_INT(mode_of(at("a/e")), 0700);
    CHECK_INT(work_dir_make(at("\xe9\xa1\xa7\xe5\xae\xa2 1"), NULL), 0);
    CHECK_INT(mode_of(at("\xe9\xa1\xa7\xe5\xae\xa2 1")), 0700);
    umask(old);
    temp_dir_remove(root);
}

/* What the user made stays as it is. */
static void test_there_already(void)
{
    temp_dir_make(root);
    CHECK_INT(mkdir(at("mine"), 0755), 0);
    CHECK_INT(chmod(at("mine"), 0755), 0);
    CHECK_INT(work_dir_make(at("mine"), NULL), 0);
    CHECK_INT(mode_of(at("mine")), 0755);
    CHECK_INT(work_dir_make(at("mine/below"), NULL), 0);
    CHECK_INT(mode_of(at("mine/below")), 0700);
    CHECK_INT(symlink("mine", at("link")), 0);
    CHECK_INT(work_dir_make(at("link"), NULL), 0);
    temp_dir_remove(root);
}

static int make_relative(const char *path)
{
    struct error err = {0};
    if (chdir(path) < 0)
        return 9;
    bool ok = work_dir_make("popferry-work", &err) == 0 && mode_of("popferry-work") == 0700;
    ok = ok && work_dir_make("x/y", &err) == 0 && mode_of("x/y") == 0700;
    return ok && work_dir_make(".", &err) == 0 ? 0 : 1;
}

static void test_relative(void)
{
    temp_dir_make(root);
    CHECK_INT(temp_dir_child(make_relative, root), 0);
    CHECK_INT(mode_of(at("popferry-work")), 0700);
    temp_dir_remove(root);
}

static int make_as_nobody(const char *path)
{
    struct error err = {0};
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 9;
    return work_dir_make(path, &err) == -1 && err.code == ERROR_DISK && strstr(err.text, path) ? 0 : 1;
}

static void test_cannot(void)
{
    temp_dir_make(root);
    touch(at("file"));
    check_fails(at("file"));
    check_fails(at("file/below"));
    check_fails(at("file/below/further"));
    CHECK_INT(symlink("nowhere", at("dangling")), 0);
    check_fails(at("dangling/x"));
    CHECK_INT(mkdir(at("closed"), 0500), 0);
    CHECK_INT(chmod(at("closed"), 0555), 0);
    CHECK_INT(temp_dir_child(make_as_nobody, at("closed")), 0);
    CHECK_INT(temp_dir_child(make_as_nobody, at("closed/new")), 0);
    CHECK_INT(mode_of(at("closed/new")), -1);
    temp_dir_remove(root);
}

static int lock_refused(const char *path)
{
    struct error err = {0};
    int fd = work_dir_lock(path, &err);
    bool ok = fd == -1 && err.code == ERROR_LOCKED && err.retry == ERROR_RETRY_LATER &&
              err.scope == ERROR_SCOPE_RUN && strstr(err.text, path);
    return ok ? 0 : 1;
}

static int lock_granted(const char *path)
{
    return work_dir_lock(path, NULL) >= 0 ? 0 : 1; /* and let go by exiting */
}

static void test_lock(void)
{
    temp_dir_make(root);
    CHECK_INT(work_dir_make(at("w"), NULL), 0);
    int fd = work_dir_lock(at("w"), NULL);
    CHECK(fd >= 0);
    CHECK_INT(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    CHECK_INT(temp_dir_child(lock_refused, at("w")), 0);
    CHECK_INT(lock_refused(at("w")), 0); /* from this process, too */
    CHECK_INT(work_dir_make(at("other"), NULL), 0);
    CHECK_INT(temp_dir_child(lock_granted, at("other")), 0);
    CHECK_INT(temp_dir_child(lock_granted, at("other")), 0);
    close(fd);
    CHECK_INT(temp_dir_child(lock_granted, at("w")), 0);
    struct error err = {0};
    CHECK_INT(work_dir_lock(at("missing"), &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    temp_dir_remove(root);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"made with its parents", test_make},
        {"there already", test_there_already},
        {"relative", test_relative},
        {"cannot be made", test_cannot},
        {"lock", test_lock},
    };
    return check_main("work_dir", tests, sizeof tests / sizeof *tests);
}
