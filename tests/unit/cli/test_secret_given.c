/* Passwords out of a netrc file, the environment and descriptors. */
#include "check.h"
#include "mem.h"
#include "secret_command.h"
#include "secret_given.h"
#include "secret_netrc.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- netrc ---- */
static const struct {
    const char *text, *secret; /* for user "taro" at host "pop.example.jp"; NULL: none */
} files[] = {
    {"machine pop.example.jp login taro password pw", "pw"},
    {"machine pop.example.jp login taro password pw\n", "pw"},
    {"\357\273\277machine pop.example.jp login taro password pw\n", "pw"},
    {"machine\tPOP.Example.JP\r\nlogin\r\ntaro\r\npassword\r\npw\r\n", "pw"},
    {"machine pop.example.jp password pw login taro", "pw"},
    {"machine pop.example.jp password pw", "pw"},
    {"default login taro password pw", "pw"},
    {"default password pw", "pw"},
    {"machine pop.example.jp login hanako password no\nmachine pop.example.jp login taro password pw", "pw"},
    {"machine a login taro password no machine pop.example.jp login taro account x password pw", "pw"},
    {"machine pop.example.jp login taro password first machine pop.example.jp login taro password second",
        "first"},
    {"machine pop.example.jp login taro password first password pw", "pw"},
    {"machine a login taro password no default login taro password pw", "pw"},
    {"# machine pop.example.jp login taro password no\nmachine pop.example.jp login taro password pw", "pw"},
    {"machine pop.example.jp # login hanako\n login taro password pw", "pw"},
    {"machine pop.example.jp login taro password #pw", "#pw"},
    {"machine pop.example.jp login taro password \" p \\\"w\\\\ \"", " p \"w\\ "},
    {"machine pop.example.jp login taro password \"machine\"", "machine"},
    {"machine pop.example.jp login \"taro\" password p\"w\\n", "p\"w\\n"},
    {"machine pop.example.jp login taro password \"a\\n$;&\"", "a\\n$;&"},
    {"machine pop.example.jp login taro password \343\203\221\377\001\302\205",
        "\343\203\221\377\001\302\205"},
    {"macdef x\nmachine pop.example.jp login taro password no\n\nmachine pop.example.jp login taro password pw",
        "pw"},
    {"macdef x\r\npassword no\r\n\r\nmachine pop.example.jp login taro password pw", "pw"},
    {"machine pop.example.jp login taro password pw\nmacdef init\nmachine pop.example.jp password no\n",
        "pw"},
    {"", NULL},
    {" \n", NULL},
    {"machine", NULL},
    {"machine pop.example.jp", NULL},
    {"machine pop.example.jp login taro password", NULL},
    {"machine pop.example.jp login taro password \"\"", NULL},
    {"machine pop.example.jp login hanako password pw", NULL},
    {"machine pop.example.jp login TARO password pw", NULL},
    {"machine imap.example.jp login taro password pw", NULL},
    {"login taro password pw", NULL},
    {"machine pop.example.jp login taro unknown password", NULL},
    {"macdef x\nmachine pop.example.jp login taro password no", NULL},
    {"\"machine\" pop.example.jp login taro password no", NULL},
    {"# machine pop.example.jp login taro password no", NULL},
};

static void netrc_files(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t len = strlen(files[i].text);
        char *exact = malloc(len + !len); /* no byte behind it: a sanitizer sees more */
        memcpy(exact, files[i].text, len);
        CHECK_LABEL("%s", files[i].text);
        char *secret = secret_netrc_find(exact, len, "pop.example.jp", "taro", true);
        CHECK_STR(secret, files[i].secret);
        mem_wipe_free(secret);
        free(exact);
    }
}

/* Cut anywhere, it ends, and what is found began as what was written. */
static void netrc_cut(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (size_t len = 0; len < strlen(files[i].text); len++) {
            char *cut = malloc(len + !len);
            memcpy(cut, files[i].text, len);
            CHECK_LABEL("%s, cut at %zu", files[i].text, len);
            char *secret = secret_netrc_find(cut, len, "pop.example.jp", "taro", true);
            CHECK(!secret || (*secret && strlen(secret) < len));
            mem_wipe_free(secret);
            free(cut);
        }
}

static void netrc_long_words(void)
{
    size_t len = 3 * SECRET_MAX;
    char *text = malloc(len + 100);
    int n = sprintf(text, "machine pop.example.jp login taro password ");
    CHECK_LABEL("long words");
    memset(text + n, 'x', len);
    CHECK(!secret_netrc_find(text, (size_t)n + len, "pop.example.jp", "taro", true));
    char *secret = secret_netrc_find(text, (size_t)n + SECRET_MAX - 1, "pop.example.jp", "taro", true);
    CHECK_INT(secret ? strlen(secret) : 0, SECRET_MAX - 1);
    mem_wipe_free(secret);
    free(text);
}

static char dir[64];

static char *put_netrc(const char *text, unsigned mode)
{
    char *path = mem_printf("%s/netrc", dir);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
    return path;
}

static void netrc_on_disk(void)
{
    static const struct {
        unsigned mode;
        const char *text, *secret, *words;
    } rows[] = {
        {0600, "machine h login u password .pw.", ".pw.", ""},
        {0400, "machine h login u password .pw.", ".pw.", ""},
        {0640, "machine h login u password .pw.", NULL, "chmod 600"},
        {0602, "machine h login u password .pw.", NULL, "chmod 600"},
        {0600, "machine h login v password .pw.", NULL, "machine h login u"},
        {0600, "", NULL, "no password for u at h"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        char *path = put_netrc(rows[i].text, rows[i].mode),
             *secret = secret_netrc_read(path, "h", "u", true, &err);
        CHECK_LABEL("file %zu", i);
        CHECK_STR(secret, rows[i].secret);
        CHECK_INT(err.code, rows[i].secret ? ERROR_NONE : ERROR_USAGE);
        CHECK(strstr(err.text, rows[i].words) && !strstr(err.text, ".pw."));
        mem_wipe_free(secret);
        unlink(path);
        free(path);
    }
    struct error err = {0};
    CHECK(!secret_netrc_read(dir, "h", "u", true, &err) && err.code == ERROR_USAGE);
    CHECK(!secret_netrc_read("/no/such/netrc", "h", "u", true, &err) && strstr(err.text, "/no/such/netrc"));
}

/* ---- the environment ---- */
static void variables(void)
{
    static char hidden[] = "PF_TEST_ONE= p w$\303\251\377 ";
    struct error err = {0};
    CHECK_LABEL("variables");
    putenv(hidden);
    char *secret = secret_given_env("--e", "PF_TEST_ONE", &err);
    CHECK_STR(secret, " p w$\303\251\377 ");
    for (size_t i = strlen("PF_TEST_ONE="); i < sizeof hidden; i++)
        CHECK_INT(hidden[i], 0); /* gone from the process's environment */
    mem_wipe_free(secret);
    secret = secret_given_env("--e", "PF_TEST_ONE", &err);
    CHECK_STR(secret, " p w$\303\251\377 ");
    mem_wipe_free(secret);
    CHECK(!secret_given_env("--e", "PF_TEST_NONE", &err));
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "--e PF_TEST_NONE: ") == err.text);
    setenv("PF_TEST_LINES", "a\nb", 1);
    CHECK(!secret_given_env("--e", "PF_TEST_LINES", &err) && strstr(err.text, "line break"));
    setenv("PF_TEST_EMPTY", "", 1);
    CHECK(!secret_given_env("--e", "PF_TEST_EMPTY", &err));
}

/* Whoever starts a program may give it one twice; of a name that begins another one, only itself is meant. */
static void each_copy_is_overwritten(void)
{
    static char first[] = "PF_TWICE=one", second[] = "PF_TWICE=two", longer[] = "PF_TWICE_MORE=kept";
    char *given[] = {first, second, longer, NULL}, **before = environ;
    struct error err = {0};
    environ = given;
    secret_given_claim_env("PF_TWICE");
    secret_given_claim_env(NULL);
    CHECK_LABEL("twice");
    CHECK_STR(first, "PF_TWICE=");
    CHECK_STR(second, "PF_TWICE=");
    CHECK_STR(longer, "PF_TWICE_MORE=kept");
    environ = before;
    char *secret = secret_given_env("--e", "PF_TWICE", &err);
    CHECK_STR(secret, "one");
    mem_wipe_free(secret);
}

/* ---- descriptors ---- */
static int pipe_with(const char *bytes, size_t len)
{
    int fds[2];
    CHECK_INT(pipe(fds), 0);
    CHECK_INT(write(fds[1], bytes, len), len);
    close(fds[1]);
    int high = fcntl(fds[0], F_DUPFD, 50); /* no number that was read before */
    close(fds[0]);
    return high;
}

static void descriptors(void)
{
    static const struct {
        const char *bytes, *secret;
    } rows[] = {
        {"pw\n", "pw"},
        {"pw\r\n", "pw"},
        {"pw", "pw"},
        {" p w\377 \nmore\n", " p w\377 "},
        {"", NULL},
        {"\n", NULL},
        {"\r\npw\n", NULL},
    };
    int floors[sizeof rows / sizeof *rows];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        int fd = pipe_with(rows[i].bytes, strlen(rows[i].bytes));
        floors[i] = fcntl(fd, F_DUPFD, 100 + 10 * (int)i);
        close(fd);
        char *name = mem_printf("%d", floors[i]), *secret = secret_given_fd("--fd", name, &err);
        CHECK_LABEL("descriptor %zu", i);
        CHECK_STR(secret, rows[i].secret);
        CHECK_INT(err.code, rows[i].secret ? ERROR_NONE : ERROR_USAGE);
        mem_wipe_free(secret);
        CHECK_INT(fcntl(floors[i], F_GETFD), -1); /* closed: no command inherits it */
        secret = rows[i].secret ? secret_given_fd("--fd", name, &err) : NULL;
        CHECK_STR(secret, rows[i].secret); /* kept */
        mem_wipe_free(secret);
        free(name);
    }
}

static void wrong_descriptors(void)
{
    static const char *const names[] = {"", "x", "-1", "3x", "99999999999999999999", "70000", "60000"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error err = {0};
        CHECK_LABEL("descriptor %s", names[i]);
        CHECK(!secret_given_fd("--fd", names[i], &err));
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK_INT(secret_given_check_fd("--fd", names[i], &err), i == 6 ? 0 : -1);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"netrc: every form", netrc_files},
        {"netrc: cut anywhere", netrc_cut},
        {"netrc: words too long", netrc_long_words},
        {"netrc: the file itself", netrc_on_disk},
        {"environment variables", variables},
        {"each copy of a variable is overwritten", each_copy_is_overwritten},
        {"descriptors", descriptors},
        {"wrong descriptors", wrong_descriptors},
    };
    snprintf(dir, sizeof dir, "/tmp/popferry-given-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    int rc = check_main("cli secrets given along", tests, sizeof tests / sizeof *tests);
    rmdir(dir);
    return rc;
}
