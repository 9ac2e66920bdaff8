#include "command_line.h"
#include "command_list.h"
#include "crash.h"
#include "exit_code.h"
#include "mem.h"
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#ifdef POPFERRY_CRASH_POINTS
#define CRASH_POINTS_WORDS " (with crash points, for tests)"
#else
#define CRASH_POINTS_WORDS ""
#endif

static void print_usage(FILE *to)
{
    size_t count;
    const struct command *commands = command_list(&count);
    fprintf(to, "popferry moves mail from a POP3 mailbox to an IMAP mailbox: every message once, with its "
                "date, byte for byte,\nor named in the report.\n\n"
                "usage: popferry COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < count; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fprintf(to,
        "\npopferry help COMMAND lists the options of a command; popferry --version tells the version.\n"
        "example:\n"
        "  popferry migrate --from pop3s://taro%%40example.jp@pop.example.jp --from-password-file old.pw \\\n"
        "                   --to imaps://taro%%40example.jp@imap.example.com --to-password-file new.pw\n"
        "  popferry migrate --accounts customer.csv          (many accounts: each row one, its columns are options)\n\n"
        "exit codes: 0 all done; 1 done, but some messages were refused; 2 usage; 3 sign-in refused "
        "(password,\n"
        "certificate, wrong service, mailbox); 4 temporary, run again; 5 local disk or ledger; 6 destination full\n");
}

/* A closed one would be the next file's or connection's, and what is printed go there: into the file that is
 * locked, or to a server. In the mode that does not serve, so that its use fails as before. */
static bool hold_standard_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < (int)(sizeof modes / sizeof *modes); fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

/* A core file would hold passwords and mail. */
static void no_core_files(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* Output that could not be written is no success, as on a full disk. */
static int end(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr,
        "popferry: error: standard output could not be written; what was done, if anything, stands in the ledger\n");
    return code ? code : EXIT_CODE_LOCAL;
}

static void arm_crash_point(void)
{
#ifdef POPFERRY_CRASH_POINTS
    const char *at = getenv("POPFERRY_CRASH_AT");
    crash_arm(at ? strtoul(at, NULL, 10) : 0);
#endif
}

/* Among what stands before any command: "popferry --help" and the like. */
static bool has(int argc, char **argv, const char *a, const char *b)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], a) || !strcmp(argv[i], b))
            return true;
    return false;
}

static int refuse(int argc, char **argv, const struct error *err)
{
    return command_refuse_line(NULL, command_line_wants_json(argc - 1, (const char **)argv + 1), err);
}

static int without_command(int argc, char **argv)
{
    struct error err;
    if (has(argc, argv, "--version", "-V")) {
        printf("popferry %s%s\n", POPFERRY_VERSION, CRASH_POINTS_WORDS);
        return EXIT_CODE_DONE;
    }
    bool asked = has(argc, argv, "--help", "-h");
    if (asked || argc < 2) {
        print_usage(asked ? stdout : stderr);
        return asked ? EXIT_CODE_DONE : EXIT_CODE_USAGE;
    }
    error_set(&err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "what shall be done? A command is missing (popferry --help lists them)");
    return refuse(argc, argv, &err);
}

static int run(int argc, char **argv)
{
    struct error err;
    const char **args = mem_array((size_t)argc + 1, sizeof *args);
    int rc = command_line_order(argc, argv, args, &err), count = 0;
    const struct command *command = NULL;
    if (rc > 0 && !strcmp(args[0], "help")) {
        print_usage(stdout);
        free(args);
        return EXIT_CODE_DONE;
    }
    while (rc > 0 && args[count])
        count++;
    if (rc > 0 && !(command = command_list_find(args[0], &err)))
        rc = -1;
    int code = rc < 0 ? refuse(argc, argv, &err)
               : rc   ? command->run(command, count, args)
                      : without_command(argc, argv);
    free(args);
    return code;
}

int main(int argc, char **argv)
{
    if (!hold_standard_descriptors())
        return EXIT_CODE_LOCAL;
    setlocale(LC_ALL, "");
    umask(077); /* what is left behind concerns nobody else */
    no_core_files();
    arm_crash_point();
    return end(run(argc, argv));
}
