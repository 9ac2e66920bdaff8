/* Passwords from cells, files and commands; real files, a real shell. */
#include "check.h"
#include "mem.h"
#include "secret.h"
#include "secret_command.h"
#include "secret_line.h"
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the line of a command ---- */
static const struct {
    const char *command, *filled; /* NULL: refused */
} lines[] = {
    {"pass show mail", "pass show mail"},
    {"pass {user}", "pass \"$1\""},
    {"pass mail/{user}@{host}", "pass mail/\"$1\"@\"$2\""},
    {"x {host}{user}{host}", "x \"$2\"\"$1\"\"$2\""},
    {"x {other} {user", "x {other} {user"},
    {"", ""},
    /* within quotes of the user's own */
    {"pass 'mail/{user}'", "pass 'mail/'\"$1\"''"},
    {"pass \"mail/{user}@{host}\"", "pass \"mail/${1}@${2}\""},
    {"pass \"my mail\"/'{user}'", "pass \"my mail\"/''\"$1\"''"},
    {"x 'a' \"b\" {user}", "x 'a' \"b\" \"$1\""},
    {"x \\' {user} \\\"", "x \\' \"$1\" \\\""},
    {"x \"\\\"{user}\"", "x \"\\\"${1}\""},
    {"x '\\' {user}", "x '\\' \"$1\""},
    {"x 'DOMAIN\\{user}'", "x 'DOMAIN\\'\"$1\"''"},
    {"x DOMAIN\\\\{user}", "x DOMAIN\\\\\"$1\""},
    {"x $(y {user})", "x $(y \"$1\")"},
    {"x \"$(y '{user}' {host})\"", "x \"$(y ''\"$1\"'' \"$2\")\""},
    {"(x {user})", "(x \"$1\")"},
    /* notes, with what else would be a quote */
    {"pass {user} # Taro's", "pass \"$1\" # Taro's"},
    {"# Taro's\npass {user}", "# Taro's\npass \"$1\""},
    {"pass {user} # of {user}, isn't it", "pass \"$1\" # of {user}, isn't it"},
    {"pass a#{user}", "pass a#\"$1\""},
    /* commands that take arguments as such */
    {"PASSWORD_STORE_DIR=/x/{host} pass {user}", "PASSWORD_STORE_DIR=/x/\"$2\" pass \"$1\""},
    {"sudo -n pass {user}", "sudo -n pass \"$1\""},
    {"sh -c 'pass \"$1\"' sh {user}", "sh -c 'pass \"$1\"' sh \"$1\""},
    {"python3 get.py {user}", "python3 get.py \"$1\""},
    {"awk -v u={user} '$1 == u { print $2 }' f", "awk -v u=\"$1\" '$1 == u { print $2 }' f"},
    {"if true; then pass {user}; fi", "if true; then pass \"$1\"; fi"},
    {"eval x; pass {user}", "eval x; pass \"$1\""},
    {"x <<E\nno place in it\nE\n", "x <<E\nno place in it\nE\n"},
    {"x $((1 + 1))", "x $((1 + 1))"},
    {"x $((1 + (2))) {user}", "x $((1 + (2))) \"$1\""},
    {"x ${HOME} {user}", "x ${HOME} \"$1\""},
    /* refused */
    {"x `y {user}`", NULL},
    {"x \"`y {user}`\"", NULL},
    {"x \\{user}", NULL},
    {"x \"\\{user}\"", NULL},
    {"x ${user}", NULL},
    {"x ${y:-{user}}", NULL},
    {"x \"${y:-'{user}'}\"", NULL},
    {"x $(({user}))", NULL},
    {"x $((1 + (1 + {user})))", NULL},
    {"x \"$(({user}))\"", NULL},
    {"cat <<E\n{user}\nE\n", NULL},
    {"x {user} <<'E'\nE\n", NULL},
    {"x $'a' {user}", NULL},
    {"x $\"{user}\"", NULL},
    {"{user}", NULL},
    {"/usr/bin/{user} x", NULL},
    {"'{user}' x", NULL},
    {"x | {user}", NULL},
    {"x $({user})", NULL},
    {"exec {user}", NULL},
    {"env A=b {user}", NULL},
    {"eval x {user}", NULL},
    {"\\eval x {user}", NULL},
    {"'eval' x \"{user}\"", NULL},
    {". {user}", NULL},
    {"ssh vault pass {user}", NULL},
    {"sh -c 'pass {user}'", NULL},
    {"/bin/bash -c \"pass {user}\"", NULL},
    {"bash -lc {user}", NULL},
    {"python3 -c \"print('{user}')\"", NULL},
    {"awk '/{user}/ { print $2 }' f", NULL},
    {"awk {user} f", NULL},
    {"sed -n s/{user}//p f", NULL},
    {"sqlite3 db \"select p from t where u = '{user}'\"", NULL},
    {"x | xargs -I% sh -c {user}", NULL},
};

static void lines_are_filled(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", lines[i].command);
        CHECK_INT(secret_line_check("--c", lines[i].command, &err), lines[i].filled ? 0 : -1);
        CHECK_INT(err.code, lines[i].filled ? ERROR_NONE : ERROR_USAGE);
        char *filled = lines[i].filled ? secret_line_fill(lines[i].command) : NULL;
        CHECK_STR(filled, lines[i].filled);
        free(filled);
    }
}

/* However nested: it ends, and with a sentence. */
static void nesting_has_a_bound(void)
{
    char deep[400] = "x ";
    struct error err = {0};
    for (size_t i = 2; i + 30 < sizeof deep; i += 2)
        memcpy(deep + i, "$(", 3);
    strcat(deep, " y {user}");
    CHECK_LABEL("%s", deep);
    CHECK_INT(secret_line_check("--c", deep, &err), -1);
    CHECK(strstr(err.text, "nested") != NULL);
}

static char *run_line(const char *line, const char *user, const char *host, struct error *err)
{
    const struct secret_command command = {line, user, host, "source (u at h)"};
    return secret_command_run("--c", &command, err);
}

/* Values that would be code if they were pasted anywhere, in each place that is taken: they come through
 * octet by octet, and nothing is run. */
static void no_value_is_code(void)
{
    static const char *const places[] = {"printf %s {user}", "printf %s '{user}'", "printf %s \"{user}\"",
        "printf %s \"$(printf %s {user})\"", "printf %s \"$(printf %s '{user}')\"",
        "x={user}; printf %s \"$x\"", "sh -c 'printf %s \"$1\"' sh {user}", "printf %s {user} # Taro's",
        "# it's\nprintf %s \"{user}\"", "awk -v u={user} 'BEGIN { printf \"%s\", u }'"};
    static const char *const values[] = {"$(touch PWNED)", "`touch PWNED`", "';touch PWNED;'",
        "\";touch PWNED;\"", "'\"'\";touch PWNED;\"'\"'", ";touch PWNED", "|touch PWNED", "&touch PWNED&",
        "x)touch PWNED;(", "a b  c", "*", "~root", "${IFS}", "$1", "$((1+1))", "a[$(touch PWNED)]",
        "E; touch PWNED #", "{host}", "!x", "#x", "%s%n", "日本語", "o'brien\"s"};
    char dir[] = "/tmp/popferry-value-XXXXXX", before[4096];
    CHECK(getcwd(before, sizeof before) && mkdtemp(dir) && chdir(dir) == 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t k = i < 3 ? 0 : i; k < sizeof values / sizeof *values; k += i < 3 ? 1 : 7) {
            struct error err = {0};
            CHECK_LABEL("%s | %s", places[i], values[k]);
            CHECK_INT(secret_line_check("--c", places[i], &err), 0);
            char *line = secret_line_fill(places[i]), *secret = run_line(line, values[k], "h", &err);
            CHECK_STR(secret, values[k]);
            CHECK_STR(err.text, "");
            CHECK(access("PWNED", F_OK) < 0);
            mem_wipe_free(secret);
            free(line);
        }
    CHECK(chdir(before) == 0 && rmdir(dir) == 0);
}

static void values_are_no_options(void)
{
    static const struct {
        const char *line, *user, *host;
        bool taken;
    } rows[] = {{"echo \"$1\"", "-n", "h", false}, {"echo \"${1}\"", "-n", "h", false},
        {"echo x\"$2\"", "u", "--help", false}, {"echo pw", "-n", "-n", true},
        {"echo \"$1\"", "a-n", "-h", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        char *secret = run_line(rows[i].line, rows[i].user, rows[i].host, &err);
        CHECK_LABEL("%s | %s | %s", rows[i].line, rows[i].user, rows[i].host);
        CHECK_INT(secret != NULL, rows[i].taken);
        CHECK(rows[i].taken || strstr(err.text, "begins with \"-\""));
        mem_wipe_free(secret);
    }
}

/* ---- what it prints ---- */
static const struct {
    const char *line, *secret, *text; /* text: part of the error */
} runs[] = {
    {"echo pw", "pw", NULL},
    {"printf pw", "pw", NULL},
    {"printf 'pw\\r\\n'", "pw", NULL},
    {"printf ' p w \\nmore\\n'", " p w ", NULL},
    {"printf '\\303\\251\\001\\377'", "\303\251\001\377", NULL},
    {"echo pw; head -c 1000000 /dev/zero", "pw", NULL},
    {"echo pw; sleep 5 2>&- &", "pw", NULL}, /* what stays behind with the pipe is not waited for */
    {"cat; echo pw", "pw", NULL},            /* standard input is empty */
    {"echo hidden; exit 3", NULL, "exit code 3"},
    {"kill -9 $$", NULL, "signal 9"},
    {"true", NULL, "no password"},
    {"echo; echo pw", NULL, "no password"},
    {"printf '\\r\\n'", NULL, "no password"},
    {"head -c 20000 /dev/zero | tr '\\0' a", NULL, "too long"},
    {"head -c 16384 /dev/zero | tr '\\0' a", NULL, "too long"},
    {"no-such-command-here 2>/dev/null", NULL, "exit code 127"},
};

static void commands_are_run(void)
{
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", runs[i].line);
        char *secret = run_line(runs[i].line, "u", "h", &err);
        CHECK_STR(secret, runs[i].secret);
        CHECK_INT(err.code, runs[i].secret ? ERROR_NONE : ERROR_USAGE);
        if (runs[i].text) {
            CHECK(strstr(err.text, "--c, for the source (u at h): ") == err.text);
            CHECK(strstr(err.text, runs[i].text) != NULL);
            CHECK(strstr(err.text, "hidden") == NULL);
        }
        mem_wipe_free(secret);
    }
}

/* Whatever the thread has blocked or ignored, the command has not; descriptors stay with us. */
static void the_command_is_on_its_own(void)
{
    int fds[2];
    struct error err = {0};
    sigset_t all, before;
    CHECK_INT(pipe(fds), 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    char *line = mem_printf(
        "[ ! -e /dev/fd/%d ] && exec awk '/^Sig(Blk|Ign)/ { printf \"%%s \", $2 }' /proc/self/status",
        fds[1]);
    char *secret = run_line(line, "u", "h", &err);
    signal(SIGPIPE, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CHECK_LABEL("%s", line);
    unsigned long long blocked = 1, ignored = ~0ULL;
    CHECK_INT(sscanf(secret ? secret : "", "%llx %llx", &blocked, &ignored), 2);
    CHECK_INT(blocked, 0);
    CHECK_INT(ignored & 0x7fffffff, 0); /* of those above, some are the C library's own */
    mem_wipe_free(secret);
    free(line);
    close(fds[0]);
    close(fds[1]);
}

#define THREADS 8
#define ROUNDS  20

static void *many_commands(void *ctx)
{
    size_t *wrong = ctx;
    for (int i = 0; i < ROUNDS; i++) {
        struct error err;
        char expected[40];
        snprintf(expected, sizeof expected, "%p-%d", ctx, i);
        char *line = secret_line_fill("echo {user}");
        char *secret = run_line(line, expected, "h", &err);
        *wrong += !secret || strcmp(secret, expected) != 0;
        mem_wipe_free(secret);
        free(line);
    }
    return NULL;
}

static void commands_run_in_threads(void)
{
    pthread_t threads[THREADS];
    size_t wrong[THREADS] = {0};
    CHECK_LABEL("threads");
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, many_commands, &wrong[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(wrong[i], 0);
    }
}

/* ---- of a job ---- */
static char dir[64];

static char *put_file(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs(text, f);
    fclose(f);
    chmod(path, 0600);
    return path;
}

static struct options usual(void)
{
    return (struct options){
        .from = (char *)"pop3s://f@pop.example.jp", .to = (char *)"imaps://t@imap.example.jp"};
}

static void a_cell_comes_before_file_and_command(void)
{
    char *file = put_file("order", "of file\n");
    struct options o = usual();
    struct secret_keeper k = {0};
    struct job job;
    struct error err = {0};
    CHECK_LABEL("order");
    o.from_password = (char *)"of cell";
    o.from_password_file = o.to_password_file = file;
    o.from_password_command = o.to_password_command = (char *)"echo of command";
    CHECK_INT(secret_keeper_job(&k, &o, false, &job, &err), 0);
    CHECK_STR(job.from_password, "of cell");
    CHECK_STR(job.to_password, "of file");
    CHECK(!secret_keeper_fresh(&k, JOB_SOURCE));
    CHECK_STR(secret_keeper_fresh(&k, JOB_DESTINATION), "of file");
    free(put_file("order", "renewed\nx"));
    CHECK_STR(secret_keeper_fresh(&k, JOB_DESTINATION), "renewed");
    unlink(file);
    CHECK(!secret_keeper_fresh(&k, JOB_DESTINATION));
    secret_keeper_done(&k);
    options_job_done(&job);
    free(file);
}

/* What was asked for a moment ago is not asked for again; later it is. */
static void a_command_is_asked_again_later(void)
{
    struct options o = usual();
    struct secret_keeper k = {0};
    struct job job;
    struct error err = {0};
    char *count = mem_printf("%s/count", dir);
    char *command = mem_printf("echo x >>%s; echo {user}-{host}-$(wc -l <%s)", count, count);
    CHECK_LABEL("%s", command);
    o.from_password_command = command;
    o.to = NULL;
    CHECK_INT(secret_keeper_job(&k, &o, true, &job, &err), 0);
    CHECK_STR(job.from_password, "f-pop.example.jp-1");
    CHECK(!secret_keeper_fresh(&k, JOB_SOURCE));
    k.read_ms[JOB_SOURCE] -= 61000;
    CHECK_STR(secret_keeper_fresh(&k, JOB_SOURCE), "f-pop.example.jp-2");
    CHECK_STR(secret_keeper_fresh(&k, JOB_SOURCE), "f-pop.example.jp-2");
    secret_keeper_done(&k);
    options_job_done(&job);
    free(command);
    free(count);
}

/* An account of a list is never asked for on a terminal. */
static void a_list_names_the_line(void)
{
    static const char *const files[] = {NULL, "/no/such/file"};
    for (int i = 0; i < 2; i++) {
        struct options o = usual();
        struct secret_keeper k = {0};
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("%d", i);
        o.place = (char *)"list.csv:12";
        o.from_password = (char *)"pw";
        o.to_password_file = (char *)files[i];
        CHECK_INT(secret_keeper_job(&k, &o, false, &job, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(strstr(err.text, "list.csv:12: ") == err.text);
        CHECK(strstr(err.text, i ? "/no/such/file" : "to_password_command") != NULL);
        CHECK(!job.from.host && !k.job);
    }
}

static void what_is_no_password_file_says_so(void)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *why; /* NULL: "pw" */
    } rows[] = {
        {"pw", 2, NULL},
        {"pw\r\n\0", 5, NULL},
        {"\357\273\277pw\r\n", 7, NULL},
        {"\357\273\277", 3, "holds no password"},
        {"\376\377\0p\0w", 6, "UTF-16"},
        {"pw\n\0\0", 5, NULL},
        {"", 0, "no password in its first line"},
        {"\npw", 3, "no password in its first line"},
        {"\377\376p\0w\0\n\0", 8, "holds NUL"},
        {"p\0w\n", 4, "holds NUL"},
        {"\0", 1, "holds NUL"},
    };
    char *path = mem_printf("%s/odd", dir);
    for (size_t i = 0; i <= sizeof rows / sizeof *rows; i++) {
        bool folder = i == sizeof rows / sizeof *rows;
        const char *why = folder ? "Is a directory" : rows[i].why;
        struct options o = {.from = (char *)"pop3s://f@pop.example.jp"};
        struct secret_keeper k = {0};
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("file %zu", i);
        free(put_file("odd", ""));
        FILE *f = folder ? NULL : fopen(path, "w");
        CHECK(folder || fwrite(rows[i].octets, 1, rows[i].len, f) == rows[i].len);
        if (f)
            fclose(f);
        o.from_password_file = folder ? dir : path;
        CHECK_INT(secret_keeper_job(&k, &o, true, &job, &err), why ? -1 : 0);
        CHECK_STR(job.from_password, why ? NULL : "pw");
        CHECK(!why || strstr(err.text, why));
        secret_keeper_done(&k);
        options_job_done(&job);
    }
    free(path);
}

/* It is not even asked for. */
static void a_token_goes_by_tls_alone(void)
{
    static const struct {
        const char *from, *from_tls;
        bool allow_plaintext, taken;
    } rows[] = {
        {"pop3s://f@pop.example.jp", NULL, true, true},
        {"pop3://f@pop.example.jp", NULL, false, true},
        {"pop3://f@pop.example.jp", NULL, true, false},
        {"pop3://f@pop.example.jp", "starttls", true, true},
        {"pop3://f@pop.example.jp", "plaintext", false, false},
    };
    char *mark = mem_printf("%s/asked", dir), *command = mem_printf("echo t0ken | tee %s", mark);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o = {.from = (char *)rows[i].from,
            .from_tls = (char *)rows[i].from_tls,
            .allow_plaintext = rows[i].allow_plaintext,
            .from_token_command = command};
        struct secret_keeper k = {0};
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("token %zu", i);
        unlink(mark);
        CHECK_INT(secret_keeper_job(&k, &o, true, &job, &err), rows[i].taken ? 0 : -1);
        CHECK_INT(access(mark, F_OK), rows[i].taken ? 0 : -1);
        CHECK_INT(err.code, rows[i].taken ? ERROR_NONE : ERROR_USAGE);
        CHECK(rows[i].taken || strstr(err.text, "--from-tls starttls"));
        secret_keeper_done(&k);
        options_job_done(&job);
    }
    free(mark);
    free(command);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the line of a command", lines_are_filled},
        {"nesting has a bound", nesting_has_a_bound},
        {"no value is code, whatever is in it and wherever it stands", no_value_is_code},
        {"a value is no option of the command", values_are_no_options},
        {"what commands print, and how they end", commands_are_run},
        {"a command has none of our signals and descriptors", the_command_is_on_its_own},
        {"commands run in threads", commands_run_in_threads},
        {"cell, file, command", a_cell_comes_before_file_and_command},
        {"a command is asked again later", a_command_is_asked_again_later},
        {"a list's account without a password", a_list_names_the_line},
        {"files without a password", what_is_no_password_file_says_so},
        {"a token goes by TLS alone", a_token_goes_by_tls_alone},
    };
    snprintf(dir, sizeof dir, "/tmp/popferry-secret-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    int rc = check_main("cli secret", tests, sizeof tests / sizeof *tests);
    char *clean CLEANUP(mem_free_str) = mem_printf("rm -r %s", dir);
    return system(clean) ? 1 : rc;
}
