/* Passwords from cells, files and commands; real files, a real shell. */
#include "check.h"
#include "mem.h"
#include "secret.h"
#include "secret_command.h"
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define HARD "a'b\"c`d$(e)\\ {host};\n&"

/* ---- the line of a command ---- */
static const struct {
    const char *command, *filled; /* for user "o'brien", host "h x"; NULL: refused */
} lines[] = {
    {"pass show mail", "pass show mail"},
    {"pass {user}", "pass 'o'\\''brien'"},
    {"pass mail/{user}@{host}", "pass mail/'o'\\''brien'@'h x'"},
    {"{host}{user}{host}", "'h x''o'\\''brien''h x'"},
    {"x {other} {user", "x {other} {user"},
    {"x '{user}'", NULL},
    {"x \"{host}\"", NULL},
    {"x `y {user}`", NULL},
    {"x 'a' \"b\" {user}", "x 'a' \"b\" 'o'\\''brien'"},
    {"x \\' {user} \\\"", "x \\' 'o'\\''brien' \\\""},
    {"x \"\\\"{user}\"", NULL},
    {"x '\\' {user}", "x '\\' 'o'\\''brien'"},
    {"x $(y {user})", "x $(y 'o'\\''brien')"},
    {"", ""},
};

static void lines_are_filled(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", lines[i].command);
        CHECK_INT(secret_command_check("--c", lines[i].command, &err), lines[i].filled ? 0 : -1);
        CHECK_INT(err.code, lines[i].filled ? ERROR_NONE : ERROR_USAGE);
        if (!lines[i].filled)
            continue;
        char *filled = secret_command_fill(lines[i].command, "o'brien", "h x");
        CHECK_STR(filled, lines[i].filled);
        free(filled);
    }
}

static void the_shell_sees_each_octet(void)
{
    struct error err = {0};
    char *line = secret_command_fill("printf %s {user} | tr '\\n' N", HARD, "");
    char *secret = secret_command_run("--c", "source", line, &err);
    CHECK_LABEL("%s", line);
    CHECK_STR(secret, "a'b\"c`d$(e)\\ {host};N&");
    CHECK_STR(err.text, "");
    mem_wipe_free(secret);
    free(line);
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
        char *secret = secret_command_run("--c", "source (u at h)", runs[i].line, &err);
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
    char *secret = secret_command_run("--c", "source", line, &err);
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
        char *line = secret_command_fill("echo {user}", expected, "");
        char *secret = secret_command_run("--c", "source", line, &err);
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
        {"the shell sees each octet of a user's name", the_shell_sees_each_octet},
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
