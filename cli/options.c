#include "options.h"

#include "mem.h"
#include "option_file.h"
#include "secret.h"
#include "text.h"
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_WORK_DIR "popferry-work"

static int usage(struct error *err, const char *fmt, const char *a, const char *b)
{
    char text[ERROR_TEXT_MAX];
    snprintf(text, sizeof text, fmt, a, b); /* NOLINT: fmt is a literal of this file */
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", text);
}

/* ---- the tables ---- */
#define TABLE_SIZE 18

static void fill_table(struct options *o, struct poptOption table[TABLE_SIZE])
{
    const struct poptOption options[TABLE_SIZE] = {
        {"from", 0, POPT_ARG_STRING, &o->from, 0,
            "the source: pop3s://USER@HOST[:PORT] (@ in USER is written %40)", "URL"},
        {"to", 0, POPT_ARG_STRING, &o->to, 0, "the destination: imaps://USER@HOST[:PORT][/MAILBOX]", "URL"},
        {"from-user", 0, POPT_ARG_STRING, &o->from_user, 0, "user of the source, if not in its URL", "NAME"},
        {"to-user", 0, POPT_ARG_STRING, &o->to_user, 0, "user of the destination, if not in its URL", "NAME"},
        {"from-password-file", 0, POPT_ARG_STRING, &o->from_password_file, 0,
            "file with the source's password in its first line (else it is asked for)", "FILE"},
        {"to-password-file", 0, POPT_ARG_STRING, &o->to_password_file, 0, "the same for the destination",
            "FILE"},
        {"folder", 0, POPT_ARG_STRING, &o->folder, 0,
            "mailbox of the destination, levels divided by / (default: the URL's, or INBOX)", "NAME"},
        {"work-dir", 0, POPT_ARG_STRING, &o->work_dir, 0,
            "folder for the ledger and all else this customer's runs leave (default: " DEFAULT_WORK_DIR ")",
            "DIR"},
        {"limit", 0, POPT_ARG_STRING, &o->limit_text, 0, "copy at most N messages in this run", "N"},
        {"seen", 0, POPT_ARG_STRING, &o->seen_text, 0,
            "mark messages read: age (by Status: field, else if old), all, none (default: age)",
            "age|all|none"},
        {"seen-older-than", 0, POPT_ARG_INT, &o->seen_older_than, 0,
            "with --seen age: older than this counts as read (default: 14)", "DAYS"},
        {"ca-file", 0, POPT_ARG_STRING, &o->ca_file, 0, "trust the certificate authorities in this PEM file",
            "FILE"},
        {"allow-plaintext", 0, POPT_ARG_NONE, &o->allow_plaintext, 0,
            "let a pop3:// or imap:// server that offers no STLS/STARTTLS be used unencrypted", NULL},
        {"connections", 0, POPT_ARG_INT, &o->connections, 0,
            "connections to the destination, 1 to 8 (default: by what it offers)", "N"},
        {"format", 0, POPT_ARG_STRING, &o->format_text, 0, "of what is printed: text or json (default: text)",
            "text|json"},
        {"quiet", 'q', POPT_ARG_NONE, &o->quiet, 0, "no progress and no notes on standard error, only errors",
            NULL},
        {"verbose", 'v', POPT_ARG_NONE, &o->verbose, 0, "tell more", NULL},
        {"help", 'h', POPT_ARG_NONE, NULL, 'h', "this text", NULL},
    };
    memcpy(table, options, sizeof options);
}

/* ---- values ---- */
static int parse_format(struct options *o, struct error *err)
{
    if (!o->format_text || !strcmp(o->format_text, "text"))
        o->format = FORMAT_TEXT;
    else if (!strcmp(o->format_text, "json"))
        o->format = FORMAT_JSON;
    else
        return usage(err, "--format %s: must be text or json%s", o->format_text, "");
    return 0;
}

static int parse_seen(struct options *o, struct error *err)
{
    if (!o->seen_text || !strcmp(o->seen_text, "age"))
        o->seen = SEEN_BY_AGE;
    else if (!strcmp(o->seen_text, "all"))
        o->seen = SEEN_ALL;
    else if (!strcmp(o->seen_text, "none"))
        o->seen = SEEN_NONE;
    else
        return usage(err, "--seen %s: must be age, all or none%s", o->seen_text, "");
    if (o->seen_older_than < 0 || o->seen_older_than > 100000)
        return usage(err, "--seen-older-than: must be a number of days%s%s", "", "");
    return 0;
}

static int parse_limit(struct options *o, struct error *err)
{
    unsigned long long n;
    o->limit = UINT64_MAX;
    if (!o->limit_text)
        return 0;
    if (!text_parse_u64(o->limit_text, strlen(o->limit_text), &n))
        return usage(err, "--limit %s: must be a number of messages%s", o->limit_text, "");
    o->limit = n;
    return 0;
}

static int parse_values(struct options *o, struct error *err)
{
    if (o->connections < 0 || o->connections > 8)
        return usage(err, "--connections: must be 1 to 8%s%s", "", "");
    if (parse_format(o, err) < 0 || parse_seen(o, err) < 0)
        return -1;
    if (!o->work_dir)
        o->work_dir = mem_strdup(DEFAULT_WORK_DIR);
    return parse_limit(o, err);
}

static void print_help(poptContext ctx, const char *command, const char *summary)
{
    printf("popferry %s: %s\n\n", command, summary);
    poptPrintHelp(ctx, stdout, 0);
    printf("\n@FILE in place of an option reads options from FILE, one per line.\n");
}

int options_parse(const char *command, const char *summary, int argc, const char **argv, struct options *ret,
    struct error *err)
{
    struct options o CLEANUP(options_done) = {.seen_older_than = 14};
    struct poptOption table[TABLE_SIZE + 1] = {0}; /* ends with zeros */
    const char **expanded = NULL;
    fill_table(&o, table);
    int count = option_file_expand(argc, argv, &expanded, err);
    if (count < 0)
        return -1;
    char *name CLEANUP(mem_free_str) = mem_printf("popferry %s", command);
    expanded[0] = name;
    poptContext ctx = poptGetContext("popferry", count, expanded, table, 0);
    poptSetOtherOptionHelp(ctx, "[OPTIONS]");
    int rc = poptGetNextOpt(ctx);
    if (rc == 'h') {
        print_help(ctx, command, summary);
        exit(EXIT_SUCCESS);
    }
    const char *stray = poptPeekArg(ctx);
    if (rc < -1)
        rc = usage(err, "%s: %s", poptBadOption(ctx, POPT_BADOPTION_NOALIAS), poptStrerror(rc));
    else if (stray)
        rc = usage(err, "%s: not understood here%s", stray, "");
    else
        rc = parse_values(&o, err);
    poptFreeContext(ctx);
    option_file_free(expanded, count);
    if (rc < 0)
        return error_append(err, " (popferry %s --help lists the options)", command);
    *ret = o;
    o = (struct options){0};
    return 0;
}

void options_done(struct options *o)
{
    char *const strings[] = {o->from, o->to, o->from_user, o->to_user, o->from_password_file,
        o->to_password_file, o->ca_file, o->work_dir, o->folder, o->limit_text, o->seen_text, o->format_text};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    *o = (struct options){0};
}

/* ---- the job ---- */
static int side(const char *name, const char *url, const char *user, enum endpoint_protocol protocol,
    struct endpoint *ret, struct error *err)
{
    if (!url)
        return usage(err, "%s is missing: it names the server as a URL (see --help)%s", name, "");
    if (endpoint_parse(name, url, protocol, ret, err) < 0)
        return -1;
    if (user && ret->user && strcmp(user, ret->user) != 0)
        return usage(err, "%s-user differs from the user in the URL of %s: give one of them", name, name);
    if (user && !ret->user)
        ret->user = mem_strdup(user);
    return 0;
}

static int read_passwords(const struct options *o, struct job *job, struct error *err)
{
    char *from = secret_read("source", &job->from, o->from_password_file, "--from-password-file", err);
    if (!from)
        return -1;
    job->from_password = from;
    char *to = secret_read("destination", &job->to, o->to_password_file, "--to-password-file", err);
    job->to_password = to;
    return to ? 0 : -1;
}

int options_accounts(const struct options *o, char **ret_from, char **ret_to, struct error *err)
{
    struct endpoint from CLEANUP(endpoint_done) = {0}, to CLEANUP(endpoint_done) = {0};
    if (o->from && side("--from", o->from, o->from_user, ENDPOINT_POP3, &from, err) < 0)
        return -1;
    if (o->to && side("--to", o->to, o->to_user, ENDPOINT_IMAP, &to, err) < 0)
        return -1;
    *ret_from = o->from ? endpoint_account(&from) : NULL;
    *ret_to = o->to ? endpoint_account(&to) : NULL;
    return 0;
}

static int fill_job(const struct options *o, struct job *job, struct error *err)
{
    if (side("--from", o->from, o->from_user, ENDPOINT_POP3, &job->from, err) < 0 ||
        side("--to", o->to, o->to_user, ENDPOINT_IMAP, &job->to, err) < 0)
        return -1;
    if (o->folder && job->to.folder && strcmp(o->folder, job->to.folder) != 0)
        return usage(err, "--folder %s differs from the mailbox in the URL of --to: give one of them%s",
            o->folder, "");
    job->folder = o->folder ? o->folder : job->to.folder ? job->to.folder : "INBOX";
    if (o->allow_plaintext) {
        struct endpoint *ends[] = {&job->from, &job->to};
        for (size_t i = 0; i < 2; i++)
            if (ends[i]->security == ENDPOINT_STARTTLS)
                ends[i]->security = ENDPOINT_PLAINTEXT;
    }
    if (o->ca_file && access(o->ca_file, R_OK) < 0)
        return usage(err, "--ca-file %s cannot be read%s", o->ca_file, "");
    return job_validate(job, err) < 0 ? -1 : read_passwords(o, job, err);
}

int options_job(const struct options *o, struct job *ret, struct error *err)
{
    struct job job = {
        .ca_file = o->ca_file,
        .work_dir = o->work_dir,
        .limit = o->limit,
        .seen = o->seen,
        .seen_older_than_days = o->seen_older_than,
        .connections = (unsigned)o->connections,
    };
    if (fill_job(o, &job, err) < 0) {
        options_job_done(&job);
        return -1;
    }
    *ret = job;
    return 0;
}

void options_job_done(struct job *job)
{
    mem_wipe_free((char *)job->from_password);
    mem_wipe_free((char *)job->to_password);
    endpoint_done(&job->from);
    endpoint_done(&job->to);
    *job = (struct job){0};
}
