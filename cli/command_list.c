#include "command_list.h"

#include "mem.h"
#include "nearest.h"
#include "options.h"
#include "pair.h"
#include <string.h>

static const struct command commands[] = {
    {"check", "sign in to both sides and show what they offer; changes nothing", pair_command,
        &cmd_check_kind, .formats = "text json"},
    {"estimate", "how much mail, how fast it grows, what it costs in which plan, how long the move takes",
        cmd_estimate, &cmd_estimate_kind, .formats = "text json csv"},
    {"plan", "the verdict for each message, before anything is copied; changes nothing", pair_command,
        &cmd_plan_kind, .formats = "text json"},
    {"migrate", "copy what the destination does not have; run again, it takes what is new", pair_command,
        &cmd_migrate_kind, .formats = "text json"},
    {"verify", "read the destination again and hold it against the source; changes nothing", pair_command,
        &cmd_verify_kind, .formats = "text json"},
    {"delete", "delete from the source what is proved to be in the destination", pair_command,
        &cmd_delete_kind, .formats = "text json"},
    {"login", "sign in once with OAuth 2.0 and keep the tokens, for --from-oauth and --to-oauth", cmd_login,
        .formats = "text"},
    {"status", "what has been done so far, from the ledger alone", cmd_status, .formats = "text json"},
    {"report", "the whole story of each mailbox: sums, what needs attention, every message", cmd_report,
        .formats = "text json csv"},
    {"discover", "find the servers of a mail address, or the mail that lies on a disk", cmd_discover,
        .formats = "text json csv", .arguments = "ADDRESS | PATH [OPTIONS]", .words = 1,
        .notes =
            "PATH: a folder or file of this machine (with a \"/\", or one that is there). It is looked through for\n"
            "stores of mail: mbox files, Thunderbird, Maildir, MH, .eml files, Outlook Express; Outlook's are\n"
            "named. --verbose shows their folders. Nothing is written, no link is followed, no other disk entered.\n\n"
            "ADDRESS: its servers. "
            "Asked in this order, until a trusted server with TLS is known for each protocol: the folder of\n"
            "--autoconfig-dir; what the domain publishes (autoconfig.DOMAIN, then its web site); the database of\n"
            "mail providers; SRV records; the provider that takes the domain's mail (MX); what the catalog knows;\n"
            "usual host names, tried out. Nobody signs in and no password is sent.\n\n"
            "exit codes: 0 found; 1 nothing found, or nothing that is trusted; 2 usage; 4 nothing found, and not\n"
            "all did answer: run again\n\n"},
    {"catalog", "list, show, check: providers' limits, plans and prices, with sources and dates", cmd_catalog,
        .formats = "text json", .arguments = "list | show ID | check FILE [OPTIONS]", .words = 2,
        .notes =
            "Actions:\n"
            "  list         every plan with its storage, its prices when bound for a year, their dates, and whether "
            "they are verified\n"
            "  show ID      everything about a plan, a family or a provider, with sources\n"
            "  check FILE   whether a catalog of your own is in order; exit code 2 and FILE:LINE if not\n"
            "  check --age DAYS [FILE]   which prices and storages are of an older source; exit code 1 if there are any\n\n"},
    {"accounts", "check, template, columns: the list of many accounts that --accounts takes; forget",
        cmd_accounts, .formats = "text json csv",
        .arguments = "check FILE | template | columns | forget NAME... [OPTIONS]", .words = OPTIONS_WORDS,
        .notes =
            "Actions:\n"
            "  check FILE   whether a list is in order; exit code 2 and FILE:LINE if not\n"
            "  template     a list to begin with, as Excel opens it (CSV)\n"
            "  columns      the columns there are\n"
            "  forget NAME  put an account of earlier runs away, with its ledger: status and report know it no "
            "more,\n"
            "               and a run that has it again begins it anew (--work-dir, --dry-run)\n\n"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

const struct command *command_list(size_t *ret_count)
{
    *ret_count = COMMANDS;
    return commands;
}

const struct command *command_list_find(const char *name, struct error *err)
{
    struct nearest n = {.word = name};
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!strcmp(name, commands[i].name))
            return &commands[i];
        nearest_offer(&n, commands[i].name);
    }
    nearest_offer(&n, "help");
    char *words CLEANUP(mem_free_str) = nearest_words(&n, "");
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "there is no command \"%s\"%s (popferry --help lists them)", name, words);
    return NULL;
}
