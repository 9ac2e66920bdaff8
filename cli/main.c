#include "command.h"

#include "crash.h"
#include "exit_code.h"
#include "pair.h"
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

static const struct command commands[] = {
    {"check", "sign in to both sides and show what they offer; changes nothing", pair_command,
        &cmd_check_kind},
    {"estimate", "how much mail, how fast it grows, what it costs in which plan, how long the move takes",
        cmd_estimate, &cmd_estimate_kind},
    {"plan", "the verdict for each message, before anything is copied; changes nothing", pair_command,
        &cmd_plan_kind},
    {"migrate", "copy what the destination does not have; run again, it takes what is new", pair_command,
        &cmd_migrate_kind},
    {"verify", "read the destination again and hold it against the source; changes nothing", pair_command,
        &cmd_verify_kind},
    {"delete", "delete from the source what is proved to be in the destination", pair_command,
        &cmd_delete_kind},
    {"login", "sign in once with OAuth 2.0 and keep the tokens, for --from-oauth and --to-oauth", cmd_login,
        NULL},
    {"status", "what has been done so far, from the ledger alone", cmd_status, NULL},
    {"report", "the whole story of each mailbox: sums, what needs attention, every message", cmd_report,
        NULL},
    {"discover", "find the servers of a mail address, and say how they are known", cmd_discover, NULL},
    {"catalog", "list, show, check: providers' limits, plans and prices, with sources and dates", cmd_catalog,
        NULL},
    {"accounts", "check, template, columns: the list of many accounts that --accounts takes", cmd_accounts,
        NULL},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *to)
{
    fprintf(to, "popferry moves mail from a POP3 mailbox to an IMAP mailbox: every message once, with its "
                "date, byte for byte,\nor named in the report.\n\n"
                "usage: popferry COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fprintf(to,
        "\npopferry COMMAND --help lists the options of a command; popferry --version tells the version.\n"
        "example:\n"
        "  popferry migrate --from pop3s://taro%%40example.jp@pop.example.jp --from-password-file old.pw \\\n"
        "                   --to imaps://taro%%40example.jp@imap.example.com --to-password-file new.pw\n"
        "  popferry migrate --accounts customer.csv          (many accounts: each row one, its columns are options)\n\n"
        "exit codes: 0 all done; 1 done, but some messages were refused; 2 usage; 3 sign-in refused "
        "(password,\n"
        "certificate, wrong service, mailbox); 4 temporary, run again; 5 local disk or ledger; 6 destination full\n");
}

/* A core file would hold passwords and mail. */
static void no_core_files(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

static bool is(const char *arg, const char *a, const char *b)
{
    return !strcmp(arg, a) || !strcmp(arg, b);
}

/* Output that could not be written is no success, as on a full disk. */
static int end(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr,
        "popferry: error: standard output could not be written; what was done stands in the ledger\n");
    return code ? code : EXIT_CODE_LOCAL;
}

static void arm_crash_point(void)
{
#ifdef POPFERRY_CRASH_POINTS
    const char *at = getenv("POPFERRY_CRASH_AT");
    crash_arm(at ? strtoul(at, NULL, 10) : 0);
#endif
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    umask(077); /* what is left behind concerns nobody else */
    no_core_files();
    arm_crash_point();
    if (argc < 2 || is(argv[1], "--help", "-h") || !strcmp(argv[1], "help")) {
        print_usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_CODE_USAGE : EXIT_CODE_DONE;
    }
    if (is(argv[1], "--version", "-V")) {
        printf("popferry %s%s\n", POPFERRY_VERSION, CRASH_POINTS_WORDS);
        return EXIT_CODE_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return end(commands[i].run(&commands[i], argc - 1, (const char **)argv + 1));
    fprintf(stderr, "popferry: there is no command \"%s\"; popferry --help lists them\n", argv[1]);
    return EXIT_CODE_USAGE;
}
