/* Folders and files that somebody else has prepared: nothing is written where they lead. As root another
 * user's are made by chown; else those parts are left out. */
#include "check.h"
#include "own.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER 65534

static char dir[] = "/tmp/popferry-own-XXXXXX";

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static void folders(void)
{
    struct error err;
    CHECK(mkdir("good", 0700) == 0 && symlink("good", "link") == 0 && mkdir("group", 0700) == 0);
    CHECK(chmod("group", 0770) == 0 && mkdir("all", 0700) == 0 && chmod("all", 01777) == 0);
    CHECK(mkdir("open", 0700) == 0 && mkdir("open/mine", 0700) == 0 && chmod("open", 0777) == 0);
    CHECK(mkdir("sticky", 0700) == 0 && mkdir("sticky/mine", 0700) == 0 && chmod("sticky", 01777) == 0);
    put("file", "x");
    const struct {
        const char *path, *said; /* NULL: fine */
        bool inner;
    } rows[] = {{"good", NULL, false}, {"good", NULL, true}, {"good/", NULL, false}, {"none", NULL, false},
        {"none", NULL, true}, {"link", NULL, false}, {"link", "symbolic link", true},
        {"group", "chmod -R go-w", false}, {"group", "chmod -R go-w", true}, {"all", "chmod -R go-w", false},
        {"open/mine", "every user", false}, {"sticky/mine", NULL, false}, {"file", "no folder", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s %d", rows[i].path, rows[i].inner);
        CHECK_INT(own_folder(rows[i].path, rows[i].inner, &err), rows[i].said ? -1 : 0);
        CHECK(!rows[i].said || (err.code == ERROR_DISK && strstr(err.text, rows[i].said)));
    }
    if (geteuid())
        return;
    CHECK_LABEL("another user's");
    CHECK_INT(chown("good", OTHER, OTHER), 0);
    CHECK_INT(own_folder("good", false, &err), -1);
    CHECK(strstr(err.text, "not to you, who are root") && strstr(err.text, "chown"));
    CHECK_INT(own_folder("link", false, &err), -1);
}

static void make_traps(void)
{
    put("victim", "precious");
    CHECK(symlink("victim", "soft") == 0 && symlink("nowhere", "dangling") == 0);
    CHECK(link("victim", "hard") == 0 && mkfifo("pipe", 0600) == 0);
}

static const struct {
    const char *path;
    int no;
} traps[] = {{"soft", ELOOP}, {"dangling", ELOOP}, {"hard", EMLINK}, {"pipe", ENXIO}};

static void files_are_opened_with_care(void)
{
    static const int flags[] = {O_RDWR | O_CREAT, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_APPEND, O_RDONLY};
    struct error err;
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        CHECK_LABEL("%s", traps[i].path);
        for (size_t k = 0; k < sizeof flags / sizeof *flags; k++) {
            CHECK_INT(own_open(traps[i].path, flags[k]), -1);
            CHECK_INT(errno, traps[i].no);
        }
        CHECK_INT(own_file(traps[i].path, &err), -1);
        CHECK_INT(err.code, ERROR_DISK);
    }
    CHECK_INT(size_of("victim"), 8);
    CHECK(access("nowhere", F_OK) < 0);
    CHECK_LABEL("one's own");
    CHECK_INT(own_file("file", &err), 0);
    CHECK_INT(own_file("none", &err), 0);
    int fd = own_open("file", O_WRONLY | O_TRUNC);
    CHECK(fd >= 0 && size_of("file") == 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK));
    CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
    fd = own_open("fresh", O_RDWR | O_CREAT | O_APPEND);
    CHECK(fd >= 0 && fcntl(fd, F_GETFL) & O_APPEND);
    close(fd);
}

static void what_is_made_is_new(void)
{
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        CHECK_LABEL("%s", traps[i].path);
        int fd = own_make(traps[i].path);
        CHECK(fd >= 0 && write(fd, "new", 3) == 3 && close(fd) == 0);
        CHECK_INT(size_of(traps[i].path), 3);
    }
    CHECK_INT(size_of("victim"), 8);
    CHECK(access("nowhere", F_OK) < 0);
    CHECK_INT(own_make("sticky"), -1);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folders", folders},
        {"traps are made", make_traps},
        {"files are opened with care", files_are_opened_with_care},
        {"what is made is new", what_is_made_is_new},
    };
    umask(077);
    if (!mkdtemp(dir) || chdir(dir) < 0)
        return 1;
    int rc = check_main("base own", tests, sizeof tests / sizeof *tests);
    char command[sizeof dir + 8];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? rc : 1;
}
