#include "option_table.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include "text_list.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The commands that heed an option. What one of them heeds only beside another option, option_rules.c says.
 */
#define SIGNING_IN "check estimate plan migrate verify delete"
#define JOINING    SIGNING_IN " accounts"
#define LISTED     SIGNING_IN " status report accounts"
#define ACCOUNTS   SIGNING_IN " status report login"
#define NAMING     ACCOUNTS " accounts"
#define KEEPING    "estimate plan migrate verify delete status report"

/* The field, whose type must be that of the kind, and of a number the least and the most. */
#define FIELD(kind, type, name, least, most)                                                                 \
    kind, offsetof(struct options, name) + 0 * sizeof _Generic(((struct options *)0)->name, type : 0),       \
        least, most
#define TEXT(name)                FIELD(OPTION_TEXT, char *, name, 0, 0)
#define SECRET(name)              FIELD(OPTION_SECRET, char *, name, 0, 0)
#define NUMBER(name, least, most) FIELD(OPTION_NUMBER, int, name, least, most)
#define FLAG(name)                FIELD(OPTION_FLAG, int, name, 0, 1)
#define LIST(name)                FIELD(OPTION_LIST, const char **, name, 0, 0)

static const struct option_row rows[] = {
    {"from", 0, TEXT(from),
        "the source: pop3s://USER@HOST[:PORT] (@ in USER is written %40), or mail on a disk: mbox:PATH, thunderbird:PATH, maildir:PATH, eml:PATH, mh:PATH, dbx:PATH, becky:PATH, emlx:PATH, pst:PATH",
        "URL", ACCOUNTS, false, OPTION_SAYS},
    {"to", 0, TEXT(to), "the destination: imaps://USER@HOST[:PORT][/MAILBOX]", "URL", ACCOUNTS, false,
        OPTION_SAYS},
    {"from-user", 0, TEXT(from_user), "user of the source, if not in its URL", "NAME", NAMING, false,
        OPTION_SAYS},
    {"to-user", 0, TEXT(to_user), "user of the destination, if not in its URL", "NAME", NAMING, false,
        OPTION_SAYS},
    {"from-host", 0, TEXT(from_host),
        "in place of --from, where the user stands elsewhere: pop.example.jp[:PORT], or pop3://...", "HOST",
        NAMING, false, OPTION_SAYS},
    {"to-host", 0, TEXT(to_host), "in place of --to, in the same way", "HOST", NAMING, false, OPTION_SAYS},
    {"from-port", 0, TEXT(from_port), "port of the source, where its host or URL names none", "PORT", NAMING,
        false, OPTION_SAYS},
    {"to-port", 0, TEXT(to_port), "the same for the destination", "PORT", NAMING, false, OPTION_SAYS},
    {"from-password-file", 0, TEXT(from_password_file), "file with the source's password in its first line",
        "FILE", JOINING, false, OPTION_READS_FILE},
    {"to-password-file", 0, TEXT(to_password_file), "the same for the destination", "FILE", JOINING, false,
        OPTION_READS_FILE},
    {"from-password-command", 0, TEXT(from_password_command),
        "shell command that prints it; {user} and {host} become the account's, never code (without file and command it is asked for)",
        "CMD", JOINING, false, OPTION_RUNS},
    {"to-password-command", 0, TEXT(to_password_command), "the same for the destination", "CMD", JOINING,
        false, OPTION_RUNS},
    {"from-password-env", 0, TEXT(from_password_env),
        "environment variable that holds it (overwritten at once)", "NAME", JOINING, false,
        OPTION_READS_VARIABLE},
    {"to-password-env", 0, TEXT(to_password_env), "the same for the destination", "NAME", JOINING, false,
        OPTION_READS_VARIABLE},
    {"from-password-fd", 0, TEXT(from_password_fd), "descriptor whose first line holds it, as 3; read once",
        "FD", JOINING, false, OPTION_USES_DESCRIPTOR},
    {"to-password-fd", 0, TEXT(to_password_fd), "the same for the destination", "FD", JOINING, false,
        OPTION_USES_DESCRIPTOR},
    {"netrc", 0, TEXT(netrc),
        "file with machine, login and password of each account; nobody else may read it", "FILE", JOINING,
        false, OPTION_READS_FILE},
    {"from-token-file", 0, TEXT(from_token_file),
        "file with an OAuth 2.0 access token for the source, in place of a password; read again for each sign-in",
        "FILE", JOINING, false, OPTION_READS_FILE},
    {"to-token-file", 0, TEXT(to_token_file), "the same for the destination", "FILE", JOINING, false,
        OPTION_READS_FILE},
    {"from-token-command", 0, TEXT(from_token_command),
        "shell command that prints it; {user} and {host} as with --from-password-command", "CMD", JOINING,
        false, OPTION_RUNS},
    {"to-token-command", 0, TEXT(to_token_command), "the same for the destination", "CMD", JOINING, false,
        OPTION_RUNS},
    {"from-oauth", 0, TEXT(from_oauth),
        "sign in to the source with OAuth 2.0: google, microsoft (after popferry login), google-service, microsoft-app, other, other-app",
        "PROVIDER", JOINING " login", false, OPTION_HANDS_OUT},
    {"to-oauth", 0, TEXT(to_oauth), "the same for the destination", "PROVIDER", JOINING " login", false,
        OPTION_HANDS_OUT},
    {"oauth-client", 0, TEXT(oauth_client), "the application's id, as registered with the provider", "ID",
        SIGNING_IN " login", false, OPTION_HANDS_OUT},
    {"oauth-client-secret-file", 0, TEXT(oauth_client_secret_file), "file with its secret in the first line",
        "FILE", SIGNING_IN " login", false, OPTION_READS_FILE},
    {"oauth-tenant", 0, TEXT(oauth_tenant), "Microsoft: the tenant's domain or id", "NAME",
        SIGNING_IN " login", false, OPTION_HANDS_OUT},
    {"oauth-key", 0, TEXT(oauth_key),
        "google-service: the service account's key file; microsoft-app: private key (PEM), in place of a secret",
        "FILE", SIGNING_IN " login", false, OPTION_READS_FILE},
    {"oauth-certificate", 0, TEXT(oauth_certificate),
        "the certificate of that private key (PEM; default: in the same file)", "FILE", SIGNING_IN " login",
        false, OPTION_READS_FILE},
    {"oauth-tokens", 0, TEXT(oauth_tokens),
        "folder in which tokens are kept (default: popferry/tokens in XDG_STATE_HOME or ~/.local/state)",
        "DIR", SIGNING_IN " login", false, OPTION_WRITES},
    {"oauth-token-url", 0, TEXT(oauth_token_url), "another token endpoint than the provider's own", "URL",
        SIGNING_IN " login", false, OPTION_HANDS_OUT},
    {"oauth-authorize-url", 0, TEXT(oauth_authorize_url), "the same for the page to sign in at", "URL",
        "login", false, OPTION_HANDS_OUT},
    {"oauth-device-url", 0, TEXT(oauth_device_url), "the same for --device", "URL", "login", false,
        OPTION_HANDS_OUT},
    {"oauth-scope", 0, TEXT(oauth_scope), "other rights to ask for than mail by this protocol", "SCOPE",
        SIGNING_IN " login", false, OPTION_HANDS_OUT},
    {"device", 0, FLAG(device), "by a code to be entered on any machine (not for Gmail)", NULL, "login",
        false, OPTION_SAYS},
    {"from-password", 0, SECRET(from_password), NULL, NULL, JOINING, false, OPTION_SAYS},
    {"to-password", 0, SECRET(to_password), NULL, NULL, JOINING, false, OPTION_SAYS},
    {"folder", 0, TEXT(folder),
        "mailbox of the destination, levels divided by / (default: the URL's, or INBOX; of mail on a disk {path}, the folder it lies in)",
        "NAME", LISTED, false, OPTION_SAYS},
    {"work-dir", 0, TEXT(work_dir),
        "folder for the ledger and all else this customer's runs leave (default: " OPTIONS_WORK_DIR ")",
        "DIR", KEEPING " accounts", false, OPTION_WRITES},
    {"folder-old", 0, TEXT(folder_old),
        "mailbox for older messages; both may hold {year}, {month} and {day} of each message", "NAME", LISTED,
        false, OPTION_SAYS},
    {"old-than", 0, NUMBER(old_than, 0, 100000),
        "with --folder-old: older than this goes there (default: 365)", "DAYS", LISTED, false, OPTION_SAYS},
    {"time-zone", 0, TEXT(time_zone_text),
        "zone in which days and years are counted, as +09:00 or Asia/Tokyo (default: that of this machine)",
        "ZONE", SIGNING_IN " report", false, OPTION_SAYS},
    {"since", 0, TEXT(since_text), "only messages of this day or later (2026-11-01, 2026/11/1)", "DATE",
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"before", 0, TEXT(before_text), "only messages before this day", "DATE",
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"min-size", 0, TEXT(min_size_text), "only messages of this size or more (as 500k, 10M)", "SIZE",
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"max-size", 0, TEXT(max_size_text), "only messages of this size or less", "SIZE",
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"only-folder", 0, LIST(only_folders),
        "of mail on a disk only this folder and those below it (* and ? stand for anything); may be given again",
        "FOLDER", "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"skip-folder", 0, LIST(skip_folders), "of mail on a disk all but these folders; may be given again",
        "FOLDER", "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"with-trash", 0, FLAG(with_trash), "of mail on a disk also what lies in the trash", NULL,
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"with-junk", 0, FLAG(with_junk), "of mail on a disk also what lies in folders for junk", NULL,
        "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"dedup", 0, TEXT(dedup_text),
        "of mail on a disk: is the same message in two folders two (folder, the default) or one (account)?",
        "folder|account", "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"special-use", 0, TEXT(special_use_text),
        "of mail on a disk: folders for sent mail, drafts and the like go where the destination has such mail (auto, the default), or keep their names (off)",
        "auto|off", "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"codepage", 0, NUMBER(codepage, 1, 65535),
        "of Outlook 97 to 2002: the Windows code page of what is no Unicode, as 932 (default: as the store says, or guessed)",
        "NUMBER", "estimate plan migrate verify accounts", false, OPTION_SAYS},
    {"order", 0, TEXT(order_text), "which messages go first (default: oldest)", "oldest|newest",
        "plan migrate", false, OPTION_SAYS},
    {"retry-quarantined", 0, FLAG(retry_quarantined),
        "try again what the destination refused, what lies in quarantine, and what is in doubt", NULL,
        "estimate plan migrate", false, OPTION_SAYS},
    {"encode-headers", 0, FLAG(encode_headers),
        "encode raw 8-bit header fields before sending (RFC 2047); else only where they are seen to be refused or spoiled",
        NULL, "migrate", false, OPTION_SAYS},
    {"keep-headers", 0, FLAG(keep_headers),
        "send raw 8-bit header fields as they are, even to a server that is seen to spoil them", NULL,
        "migrate", false, OPTION_SAYS},
    {"archive", 0, TEXT(archive_dir), "keep each message as received in this folder, too", "DIR", "migrate",
        false, OPTION_WRITES},
    {"archive-format", 0, TEXT(archive_format_text), "of the archive (default: maildir)", "maildir|mbox",
        "migrate", false, OPTION_SAYS},
    {"delete-source", 0, TEXT(delete_source_text),
        "delete from the source what was verified in the destination, by content", "verified", "migrate",
        false, OPTION_DELETES},
    {"level", 0, TEXT(level_text), "how thoroughly (default: content)", "count|headers|content", "verify",
        false, OPTION_SAYS},
    {"older-than", 0, NUMBER(older_than, 0, 100000),
        "delete only messages older than this (migrate: with --delete-source)", "DAYS", "migrate delete",
        false, OPTION_SAYS},
    {"dry-run", 'n', FLAG(dry_run), "show what would be done, change nothing", NULL,
        "migrate delete accounts", false, OPTION_SAYS},
    {"accept", 0, TEXT(accept_text),
        "delete also what is there with other header fields (duplicates) or another date (dates); both: duplicates,dates",
        "WHAT", "migrate delete", false, OPTION_DELETES},
    {"yes", 0, FLAG(yes), "do not ask before messages are deleted", NULL, "migrate delete", false,
        OPTION_DELETES},
    {"max-wait", 0, NUMBER(max_wait_s, 0, 7 * 86400),
        "longest wait for a server that asks for patience; beyond it, exit 4 (default: 900)", "SECONDS",
        SIGNING_IN, false, OPTION_SAYS},
    {"privacy", 0, FLAG(privacy), "no addresses and subjects in the log", NULL, "migrate verify delete",
        false, OPTION_SAYS},
    {"limit", 0, TEXT(limit_text), "copy, or delete, at most N messages in this run", "N",
        "plan migrate delete", false, OPTION_SAYS},
    {"upload-cap", 0, TEXT(upload_cap_text),
        "send at most so much to one account within 24 hours, as 500M; 0: no limit (default: what the catalog knows of its provider)",
        "SIZE", "migrate", false, OPTION_SAYS},
    {"wait", 0, FLAG(wait), "wait for the next day's upload, too, in place of ending with exit 4", NULL,
        SIGNING_IN, false, OPTION_SAYS},
    {"seen", 0, TEXT(seen_text),
        "mark messages read: age (by Status: field, else if old), all, none (default: age)", "age|all|none",
        "migrate", false, OPTION_SAYS},
    {"seen-older-than", 0, NUMBER(seen_older_than, 0, 100000),
        "with --seen age: older than this counts as read (default: 14)", "DAYS", "migrate", false,
        OPTION_SAYS},
    {"ca-file", 0, TEXT(ca_file), "trust the certificate authorities in this PEM file", "FILE",
        JOINING " login discover", false, OPTION_LOWERS},
    {"ca-dir", 0, TEXT(ca_dir),
        "trust the certificate authorities in this folder, too (as openssl rehash leaves it)", "DIR",
        SIGNING_IN, false, OPTION_LOWERS},
    {"from-tls", 0, TEXT(from_tls),
        "encryption of the source, in place of what the URL says: plaintext is none where the server offers none",
        "implicit|starttls|plaintext", LISTED, false, OPTION_LOWERS},
    {"to-tls", 0, TEXT(to_tls), "the same for the destination", "implicit|starttls|plaintext", LISTED, false,
        OPTION_LOWERS},
    {"from-tls-min", 0, TEXT(from_tls_min),
        "the oldest TLS version that will do (default: 1.2; below that it can be broken)", "1.0|1.1|1.2|1.3",
        JOINING, false, OPTION_LOWERS},
    {"to-tls-min", 0, TEXT(to_tls_min), "the same for the destination", "1.0|1.1|1.2|1.3", JOINING, false,
        OPTION_LOWERS},
    {"from-tls-pin", 0, TEXT(from_tls_pin),
        "accept this key of the source's server and no other, whatever its certificate says (popferry check shows it)",
        "sha256//BASE64", JOINING, false, OPTION_LOWERS},
    {"to-tls-pin", 0, TEXT(to_tls_pin), "the same for the destination", "sha256//BASE64", JOINING, false,
        OPTION_LOWERS},
    {"from-authzid", 0, TEXT(from_authzid),
        "mailbox that --from-user, an administrator, opens in the source (SASL PLAIN)", "NAME",
        SIGNING_IN " status report accounts", false, OPTION_SAYS},
    {"to-authzid", 0, TEXT(to_authzid), "the same for the destination", "NAME",
        SIGNING_IN " status report accounts", false, OPTION_SAYS},
    {"proxy", 0, TEXT(proxy),
        "socks5://, socks5h://, socks4a:// or http:// HOST:PORT to connect by; \"\": none (default: ALL_PROXY and the like)",
        "URL", JOINING " login", false, OPTION_ROUTES},
    {"bind", 0, TEXT(bind), "connect from this address or interface of this machine", "ADDRESS|INTERFACE",
        SIGNING_IN, false, OPTION_ROUTES},
    {"ipv4", 0, FLAG(ipv4), "connect by IPv4 only", NULL, SIGNING_IN, false, OPTION_SAYS},
    {"ipv6", 0, FLAG(ipv6), "connect by IPv6 only", NULL, SIGNING_IN, false, OPTION_SAYS},
    {"allow-plaintext", 0, FLAG(allow_plaintext),
        "let a pop3:// or imap:// server that offers no STLS/STARTTLS be used unencrypted", NULL, SIGNING_IN,
        false, OPTION_LOWERS},
    {"allow-weak-auth", 0, FLAG(allow_weak_auth),
        "let APOP, DIGEST-MD5 and NTLM be used where a server offers nothing better", NULL, SIGNING_IN, false,
        OPTION_LOWERS},
    {"connections", 0, NUMBER(connections, 1, 8),
        "connections to the destination, 1 to 8 (default: by what it offers)", "N", "migrate", false,
        OPTION_SAYS},
    {"format", 0, TEXT(format_text), "of what is printed (default: text)", "text|json|csv", NULL, false,
        OPTION_SAYS},
    {"mailboxes", 0, TEXT(mailboxes),
        "a list in place of --from: CSV with the columns name,octets[,messages][,growth][,sent][,local]",
        "FILE", "estimate", false, OPTION_READS_FILE},
    {"fast", 0, FLAG(fast),
        "sizes alone, no headers: no duplicates, no dates, nothing of what is there already", NULL,
        "estimate", false, OPTION_SAYS},
    {"personal", 0, FLAG(personal),
        "compare plans that are sold to persons alone, too (Google One, iCloud+); default: only for one mailbox at such a "
        "provider",
        NULL, "estimate", false, OPTION_SAYS},
    {"years", 0, NUMBER(years, 1, 30), "how far to look ahead, 1 to 30 (default: 5)", "N", "estimate", false,
        OPTION_SAYS},
    {"growth", 0, TEXT(growth_text), "of each mailbox in a year, as 2GB (default: as measured)", "SIZE",
        "estimate", false, OPTION_SAYS},
    {"growth-rise", 0, TEXT(growth_rise_text), "by how much the growth itself grows each year (default: 0)",
        "PERCENT", "estimate", false, OPTION_SAYS},
    {"margin", 0, TEXT(margin_text), "room that a plan must have beyond the mail (default: 10)", "PERCENT",
        "estimate", false, OPTION_SAYS},
    {"other-use", 0, TEXT(other_use_text), "what else lies in a shared storage (Drive, web pages), as 20GB",
        "SIZE", "estimate", false, OPTION_SAYS},
    {"sent", 0, TEXT(sent_text),
        "sent mail, which POP does not show, in percent of the mail there is (default: 0)", "PERCENT",
        "estimate", false, OPTION_SAYS},
    {"local", 0, TEXT(local_text),
        "mail that lies on the computer of each user alone, and is to move, too, as 2GB (default: 0)", "SIZE",
        "estimate", false, OPTION_SAYS},
    {"current-cost", 0, TEXT(current_cost_text),
        "what is paid for mail today, a month and in all, as 5000JPY: the answer tells the difference",
        "AMOUNT", "estimate", false, OPTION_SAYS},
    {"currency", 0, TEXT(currency_text), "of the amounts (default: JPY in Japanese, else USD)", "JPY|USD|EUR",
        "estimate", false, OPTION_SAYS},
    {"rate", 0, LIST(rates), "rate of exchange, as USD/JPY=155 (may be repeated)", "RATE", "estimate", false,
        OPTION_SAYS},
    {"tax", 0, TEXT(tax_text), "to be contained in the amounts (default: 0)", "PERCENT", "estimate", false,
        OPTION_SAYS},
    {"protocol", 0, TEXT(protocol), "look for this alone (default: both)", "pop3|imap", "discover", false,
        OPTION_SAYS},
    {"autoconfig-dir", 0, TEXT(autoconfig_dir),
        "where --from or --to is an address: look first in this copy of an ISPDB", "DIR",
        SIGNING_IN " discover", false, OPTION_READS_FILE},
    {"ispdb", 0, TEXT(ispdb), "the ISPDB to ask (https), or none (default: https://v1.ispdb.net/)", "URL",
        SIGNING_IN " discover", false, OPTION_ROUTES},
    {"dns", 0, TEXT(dns), "name server for that search, as ADDRESS[:PORT]", "ADDRESS", SIGNING_IN " discover",
        false, OPTION_ROUTES},
    {"allow-http", 0, FLAG(allow_http), "take settings by http, too, which anyone on the way can forge", NULL,
        SIGNING_IN " discover", false, OPTION_LOWERS},
    {"trust", 0, FLAG(trust), "send the password to a server that was found by means that can be forged",
        NULL, SIGNING_IN, false, OPTION_LOWERS},
    {"discover-timeout", 0, NUMBER(discover_timeout, 1, 600), "of that search (default: 15)", "SECONDS",
        SIGNING_IN " discover", false, OPTION_SAYS},
    {"catalog", 0, LIST(catalogs),
        "read this catalog after the built-in one; it adds and replaces by id (may be repeated)", "FILE",
        SIGNING_IN " discover catalog", false, OPTION_READS_FILE},
    {"age", 0, NUMBER(age, 1, 36500),
        "of catalog check: name the prices and storages whose source is older than so many days, or undated",
        "DAYS", "catalog", false, OPTION_SAYS},
    {"customer", 0, TEXT(customer), "for whom the estimate or report is", "NAME", "estimate report", false,
        OPTION_SAYS},
    {"prepared-by", 0, TEXT(prepared_by), "who made it", "NAME", "estimate report", false, OPTION_SAYS},
    {"report", 0, LIST(reports),
        "write it into this file, too: .html or .xlsx; report: also .csv, .json (may be repeated)", "FILE",
        "estimate report", false, OPTION_WRITES},
    {"lang", 0, TEXT(lang), "of tables and reports (default: by the locale)", "ja|en", NULL, false,
        OPTION_SAYS},
    {"quiet", 'q', FLAG(quiet), "no progress and no notes on standard error, only errors", NULL, NULL, false,
        OPTION_SAYS},
    {"verbose", 'v', FLAG(verbose), "tell more", NULL, SIGNING_IN " report discover", false, OPTION_SAYS},
    {"accounts", 0, TEXT(accounts),
        "do it for each account of this list (CSV as a spreadsheet saves it; popferry accounts makes one to begin with); its columns are these options",
        "FILE", LISTED, true, OPTION_READS_FILE},
    {"trust-list", 0, FLAG(trust_list),
        "let that list do more than name servers, users and passwords: run commands, read and write files, lower TLS (popferry accounts check shows what)",
        NULL, LISTED, true, OPTION_LOWERS},
    {"charset", 0, TEXT(charset), "of that list (default: found out)", "NAME", LISTED, true, OPTION_SAYS},
    {"jobs", 0, NUMBER(jobs, 1, 256), "accounts at work at one time, 1 to 256 (default: by this machine)",
        "N", SIGNING_IN, true, OPTION_SAYS},
    {"host-jobs", 0, NUMBER(host_jobs, 0, 1000), "of these at most so many at one host (default: no limit)",
        "N", SIGNING_IN, true, OPTION_SAYS},
    {"host-logins", 0, NUMBER(host_logins, 0, 100000),
        "sign-ins at one host in any minute (default: no limit)", "N", SIGNING_IN, true, OPTION_SAYS},
    {"host-refusals", 0, NUMBER(host_refusals, 0, 100000),
        "leave a host alone when its first N sign-ins were all refused; 0: never (default: 5)", "N",
        SIGNING_IN, true, OPTION_SAYS},
    {"fail-fast", 0, FLAG(fail_fast), "begin no further account once one has failed", NULL, SIGNING_IN, true,
        OPTION_SAYS},
    {"skip-finished", 0, FLAG(skip_finished), "leave out accounts whose last migration was complete", NULL,
        "migrate", true, OPTION_SAYS},
    {"shard", 0, TEXT(shard_text),
        "only the I-th of N parts of the list, each for another run beside this one", "I/N", LISTED, true,
        OPTION_SAYS},
    {"shared", 0, FLAG(shared), "let one source go to several destinations, and several sources into one",
        NULL, JOINING, true, OPTION_SAYS},
    {"all", 0, FLAG(all), "list every account at the end, not only those that need attention", NULL,
        "check plan migrate verify delete", true, OPTION_SAYS},
    {"progress", 0, TEXT(progress_text),
        "of the run as one JSON object on a line, on descriptor FD (default: 2)", "json[:FD]", SIGNING_IN,
        true, OPTION_USES_DESCRIPTOR},
};
#define ROWS (sizeof rows / sizeof *rows)
_Static_assert(ROWS <= OPTIONS_MAX, "options.given is full");

const struct option_row *option_table(size_t *ret_count)
{
    *ret_count = ROWS;
    return rows;
}

const struct option_row *option_table_find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

/* Other words for an option, which no help shows: imapsync's users say --dry. */
static const struct {
    const char *word, *name, *command; /* NULL: with all */
} twins[] = {{"dry", "dry-run", NULL}, {"timeout", "discover-timeout", "discover"}};

const char *option_table_twin(size_t i, const char *command)
{
    size_t count = sizeof twins / sizeof *twins;
    for (size_t k = 0; k < count; k++)
        if ((!twins[k].command || !strcmp(twins[k].command, command)) && !i--)
            return twins[k].word;
    return NULL;
}

const struct option_row *option_table_find_word(const char *word, const char *command)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (!strcmp(word, twins[i].word) && (!twins[i].command || !strcmp(twins[i].command, command)))
            return option_table_find(twins[i].name);
    for (size_t i = 0; i < ROWS && word[0] && !word[1]; i++)
        if (rows[i].letter == word[0])
            return &rows[i];
    return option_table_find(word);
}

size_t option_table_index(const struct option_row *row)
{
    return (size_t)(row - rows);
}

bool option_table_heeds(const struct option_row *row, const char *command)
{
    size_t len = strlen(command);
    for (const char *p = row->commands; p && *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == len && !strncmp(p, command, len))
            return true;
    return !row->commands;
}

char *option_table_commands(const struct option_row *row)
{
    struct buf words = {0};
    for (const char *p = row->commands; p && *p; p += strcspn(p, " "), p += *p == ' ') {
        size_t len = strcspn(p, " ");
        buf_printf(&words, "%s%.*s", p == row->commands ? "" : p[len] ? ", " : " and ", (int)len, p);
    }
    char *text = buf_strdup(&words);
    buf_done(&words);
    return text;
}

/* ---- the fields ---- */
static char **text_of(const struct options *o, const struct option_row *row)
{
    return (char **)((char *)o + row->offset);
}

static int *number_of(const struct options *o, const struct option_row *row)
{
    return (int *)((char *)o + row->offset);
}

static const char ***list_of(const struct options *o, const struct option_row *row)
{
    return (const char ***)((char *)o + row->offset);
}

static int must(struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "must be %s", what);
}

static int set_number(const struct option_row *row, int *field, const char *value, struct error *err)
{
    char *end, range[64];
    errno = 0;
    long n = strtol(value, &end, 10);
    if (!*value || strchr(" \t\n\v\f\r", *value) || *end)
        return must(err, "a whole number");
    snprintf(range, sizeof range, "%d to %d", row->least, row->most);
    if (errno || n < row->least || n > row->most)
        return must(err, range);
    *field = (int)n;
    return 0;
}

static int set_flag(int *field, const char *value, struct error *err)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {
        {"yes", 1}, {"no", 0}, {"1", 1}, {"0", 0}, {"true", 1}, {"false", 0}, {"はい", 1}, {"いいえ", 0}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!value || text_equal_nocase(value, words[i].word)) {
            *field = words[i].value;
            return 0;
        }
    return must(err, "yes or no");
}

static void list_add(const char ***list, const char *value)
{
    size_t count = text_list_count(*list);
    *list = mem_grow(*list, count + 2, sizeof **list);
    (*list)[count] = mem_strdup(value);
    (*list)[count + 1] = NULL;
}

static void free_text(char **field, enum option_kind kind)
{
    if (kind == OPTION_SECRET)
        mem_wipe_free(*field);
    else
        free(*field);
    *field = NULL;
}

int option_table_set(struct options *o, const struct option_row *row, const char *value, struct error *err)
{
    switch (row->kind) {
    case OPTION_TEXT:
    case OPTION_SECRET:
        free_text(text_of(o, row), row->kind);
        *text_of(o, row) = mem_strdup(value);
        return 0;
    case OPTION_NUMBER:
        return set_number(row, number_of(o, row), value, err);
    case OPTION_FLAG:
        return set_flag(number_of(o, row), value, err);
    case OPTION_LIST:
        list_add(list_of(o, row), value);
        return 0;
    }
    return error_unhandled(err, row->name);
}

const char *option_table_said(const struct options *o, const struct option_row *row)
{
    switch (row->kind) {
    case OPTION_TEXT:
    case OPTION_SECRET:
        return *text_of(o, row);
    case OPTION_FLAG:
        return *number_of(o, row) ? "yes" : NULL;
    case OPTION_NUMBER:
    case OPTION_LIST:
        break;
    }
    return NULL;
}

static void copy_field(const struct options *from, struct options *to, const struct option_row *row)
{
    switch (row->kind) {
    case OPTION_TEXT:
    case OPTION_SECRET:
        *text_of(to, row) = mem_strdup(*text_of(from, row));
        break;
    case OPTION_NUMBER:
    case OPTION_FLAG:
        *number_of(to, row) = *number_of(from, row);
        break;
    case OPTION_LIST:
        *list_of(to, row) = NULL;
        for (size_t i = 0; i < text_list_count(*list_of(from, row)); i++)
            list_add(list_of(to, row), (*list_of(from, row))[i]);
        break;
    }
}

void option_table_copy(const struct options *from, struct options *to)
{
    for (size_t i = 0; i < ROWS; i++)
        copy_field(from, to, &rows[i]);
}

static void free_list(const char ***list)
{
    for (size_t i = 0; i < text_list_count(*list); i++)
        free((char *)(*list)[i]);
    free(*list);
    *list = NULL;
}

void option_table_clear(struct options *o, const struct option_row *row)
{
    if (row->kind == OPTION_TEXT || row->kind == OPTION_SECRET)
        free_text(text_of(o, row), row->kind);
    else if (row->kind == OPTION_LIST)
        free_list(list_of(o, row));
    else
        *number_of(o, row) = 0;
}

void option_table_put(const struct options *from, struct options *to, const struct option_row *row)
{
    option_table_clear(to, row);
    copy_field(from, to, row);
}

void option_table_free(struct options *o)
{
    for (size_t i = 0; i < ROWS; i++)
        option_table_clear(o, &rows[i]);
}
