#include "option_table.h"

#include <string.h>

/* The commands an option concerns. */
#define ACCOUNTS   "check estimate plan migrate verify delete status report"
#define SIGNING_IN "check estimate plan migrate verify delete"
#define KEEPING    "estimate plan migrate verify delete status report"
#define PRINTING   "check estimate plan migrate verify delete status report"

struct entry {
    struct poptOption option;
    const char *commands; /* NULL: all */
};

static bool concerns(const char *commands, const char *command)
{
    size_t len = strlen(command);
    for (const char *p = commands; p && *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == len && !strncmp(p, command, len))
            return true;
    return !commands;
}

void option_table_fill(struct options *o, const char *command, struct poptOption table[OPTION_TABLE_MAX])
{
    const struct entry entries[] = {
        {{"from", 0, POPT_ARG_STRING, &o->from, 0,
             "the source: pop3s://USER@HOST[:PORT] (@ in USER is written %40)", "URL"},
            ACCOUNTS},
        {{"to", 0, POPT_ARG_STRING, &o->to, 0, "the destination: imaps://USER@HOST[:PORT][/MAILBOX]", "URL"},
            ACCOUNTS},
        {{"from-user", 0, POPT_ARG_STRING, &o->from_user, 0, "user of the source, if not in its URL", "NAME"},
            ACCOUNTS},
        {{"to-user", 0, POPT_ARG_STRING, &o->to_user, 0, "user of the destination, if not in its URL",
             "NAME"},
            ACCOUNTS},
        {{"from-password-file", 0, POPT_ARG_STRING, &o->from_password_file, 0,
             "file with the source's password in its first line (else it is asked for)", "FILE"},
            SIGNING_IN},
        {{"to-password-file", 0, POPT_ARG_STRING, &o->to_password_file, 0, "the same for the destination",
             "FILE"},
            SIGNING_IN},
        {{"folder", 0, POPT_ARG_STRING, &o->folder, 0,
             "mailbox of the destination, levels divided by / (default: the URL's, or INBOX)", "NAME"},
            SIGNING_IN},
        {{"work-dir", 0, POPT_ARG_STRING, &o->work_dir, 0,
             "folder for the ledger and all else this customer's runs leave (default: " OPTIONS_WORK_DIR ")",
             "DIR"},
            KEEPING},
        {{"folder-old", 0, POPT_ARG_STRING, &o->folder_old, 0,
             "mailbox for older messages; both may hold {year}, {month} and {day} of each message", "NAME"},
            SIGNING_IN},
        {{"old-than", 0, POPT_ARG_INT, &o->old_than, 0,
             "with --folder-old: older than this goes there (default: 365)", "DAYS"},
            SIGNING_IN},
        {{"time-zone", 0, POPT_ARG_STRING, &o->time_zone_text, 0,
             "zone in which days and years are counted, as +09:00 (default: that of this machine)", "OFFSET"},
            SIGNING_IN},
        {{"since", 0, POPT_ARG_STRING, &o->since_text, 0, "only messages of this day or later (YYYY-MM-DD)",
             "DATE"},
            "estimate plan migrate"},
        {{"before", 0, POPT_ARG_STRING, &o->before_text, 0, "only messages before this day", "DATE"},
            "estimate plan migrate"},
        {{"min-size", 0, POPT_ARG_STRING, &o->min_size_text, 0,
             "only messages of this size or more (as 500k, 10M)", "SIZE"},
            "estimate plan migrate"},
        {{"max-size", 0, POPT_ARG_STRING, &o->max_size_text, 0, "only messages of this size or less", "SIZE"},
            "estimate plan migrate"},
        {{"order", 0, POPT_ARG_STRING, &o->order_text, 0, "which messages go first (default: oldest)",
             "oldest|newest"},
            "migrate"},
        {{"retry-quarantined", 0, POPT_ARG_NONE, &o->retry_quarantined, 0,
             "try again what the destination refused and what lies in quarantine", NULL},
            "plan migrate"},
        {{"encode-headers", 0, POPT_ARG_NONE, &o->encode_headers, 0,
             "encode raw 8-bit header fields before sending (RFC 2047), for servers that spoil them", NULL},
            "migrate"},
        {{"archive", 0, POPT_ARG_STRING, &o->archive_dir, 0,
             "keep each message as received in this folder, too", "DIR"},
            "migrate"},
        {{"archive-format", 0, POPT_ARG_STRING, &o->archive_format_text, 0,
             "of the archive (default: maildir)", "maildir|mbox"},
            "migrate"},
        {{"delete-source", 0, POPT_ARG_STRING, &o->delete_source_text, 0,
             "migrate: delete from the source what was verified in the destination, by content", "verified"},
            "migrate"},
        {{"level", 0, POPT_ARG_STRING, &o->level_text, 0, "verify: how thoroughly (default: content)",
             "count|headers|content"},
            "verify"},
        {{"older-than", 0, POPT_ARG_INT, &o->older_than, 0, "delete: only messages older than this", "DAYS"},
            "delete"},
        {{"dry-run", 0, POPT_ARG_NONE, &o->dry_run, 0, "delete: show what would go, change nothing", NULL},
            "delete"},
        {{"yes", 0, POPT_ARG_NONE, &o->yes, 0, "delete: do not ask", NULL}, "delete migrate"},
        {{"max-wait", 0, POPT_ARG_INT, &o->max_wait_s, 0,
             "longest wait for a server that asks for patience; beyond it, exit 4 (default: 900)", "SECONDS"},
            "migrate verify delete"},
        {{"privacy", 0, POPT_ARG_NONE, &o->privacy, 0, "no addresses and subjects in the log", NULL},
            "migrate"},
        {{"limit", 0, POPT_ARG_STRING, &o->limit_text, 0, "copy at most N messages in this run", "N"},
            "plan migrate"},
        {{"seen", 0, POPT_ARG_STRING, &o->seen_text, 0,
             "mark messages read: age (by Status: field, else if old), all, none (default: age)",
             "age|all|none"},
            "migrate"},
        {{"seen-older-than", 0, POPT_ARG_INT, &o->seen_older_than, 0,
             "with --seen age: older than this counts as read (default: 14)", "DAYS"},
            "migrate"},
        {{"ca-file", 0, POPT_ARG_STRING, &o->ca_file, 0, "trust the certificate authorities in this PEM file",
             "FILE"},
            SIGNING_IN},
        {{"allow-plaintext", 0, POPT_ARG_NONE, &o->allow_plaintext, 0,
             "let a pop3:// or imap:// server that offers no STLS/STARTTLS be used unencrypted", NULL},
            SIGNING_IN},
        {{"connections", 0, POPT_ARG_INT, &o->connections, 0,
             "connections to the destination, 1 to 8 (default: by what it offers)", "N"},
            "migrate"},
        {{"format", 0, POPT_ARG_STRING, &o->format_text, 0,
             "of what is printed (default: text; csv: report and estimate)", "text|json|csv"},
            PRINTING},
        {{"mailboxes", 0, POPT_ARG_STRING, &o->mailboxes, 0,
             "a list in place of --from: CSV with the columns name,octets[,messages][,growth]", "FILE"},
            "estimate"},
        {{"fast", 0, POPT_ARG_NONE, &o->fast, 0,
             "sizes alone, no headers: no duplicates, no dates, nothing of what is there already", NULL},
            "estimate"},
        {{"years", 0, POPT_ARG_INT, &o->years, 0, "how far to look ahead, 1 to 30 (default: 5)", "N"},
            "estimate"},
        {{"growth", 0, POPT_ARG_STRING, &o->growth_text, 0,
             "of each mailbox in a year, as 2GB (default: as measured)", "SIZE"},
            "estimate"},
        {{"growth-rise", 0, POPT_ARG_STRING, &o->growth_rise_text, 0,
             "by how much the growth itself grows each year (default: 0)", "PERCENT"},
            "estimate"},
        {{"margin", 0, POPT_ARG_STRING, &o->margin_text, 0,
             "room that a plan must have beyond the mail (default: 10)", "PERCENT"},
            "estimate"},
        {{"other-use", 0, POPT_ARG_STRING, &o->other_use_text, 0,
             "what else lies in a shared storage (Drive, web pages), as 20GB", "SIZE"},
            "estimate"},
        {{"currency", 0, POPT_ARG_STRING, &o->currency_text, 0,
             "of the amounts (default: JPY in Japanese, else USD)", "JPY|USD|EUR"},
            "estimate"},
        {{"rate", 0, POPT_ARG_ARGV, &o->rates, 0, "rate of exchange, as USD/JPY=155 (may be repeated)",
             "RATE"},
            "estimate"},
        {{"tax", 0, POPT_ARG_STRING, &o->tax_text, 0, "to be contained in the amounts (default: 0)",
             "PERCENT"},
            "estimate"},
        {{"catalog", 0, POPT_ARG_ARGV, &o->catalogs, 0,
             "read this catalog after the built-in one; it adds and replaces by id (may be repeated)",
             "FILE"},
            "estimate"},
        {{"customer", 0, POPT_ARG_STRING, &o->customer, 0, "for whom the estimate is", "NAME"}, "estimate"},
        {{"prepared-by", 0, POPT_ARG_STRING, &o->prepared_by, 0, "who made it", "NAME"}, "estimate"},
        {{"report", 0, POPT_ARG_ARGV, &o->reports, 0,
             "write the estimate into this file, too: .html or .xlsx (may be repeated)", "FILE"},
            "estimate"},
        {{"lang", 0, POPT_ARG_STRING, &o->lang, 0, "of the estimate (default: by the locale)", "ja|en"},
            "estimate"},
        {{"quiet", 'q', POPT_ARG_NONE, &o->quiet, 0,
             "no progress and no notes on standard error, only errors", NULL},
            NULL},
        {{"verbose", 'v', POPT_ARG_NONE, &o->verbose, 0, "tell more", NULL}, NULL},
        {{"help", 'h', POPT_ARG_NONE, NULL, 'h', "this text", NULL}, NULL},
    };
    size_t count = sizeof entries / sizeof *entries;
    memset(table, 0, OPTION_TABLE_MAX * sizeof *table);
    for (size_t i = 0; i < count && i < OPTION_TABLE_MAX - 1; i++) {
        table[i] = entries[i].option;
        if (!concerns(entries[i].commands, command))
            table[i].argInfo |= POPT_ARGFLAG_DOC_HIDDEN;
    }
    _Static_assert(sizeof entries / sizeof *entries < OPTION_TABLE_MAX, "the table is full");
}
