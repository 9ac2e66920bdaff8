#include "options.h"

#include "mem.h"
#include "option_file.h"
#include "option_table.h"
#include "retry.h"
#include "secret.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int usage(struct error *err, const char *fmt, const char *a, const char *b)
{
    char text[ERROR_TEXT_MAX];
    snprintf(text, sizeof text, fmt, a, b); /* NOLINT: fmt is a literal of this file */
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", text);
}

/* ---- values ---- */
static int parse_format(struct options *o, struct error *err)
{
    if (!o->format_text || !strcmp(o->format_text, "text"))
        o->format = FORMAT_TEXT;
    else if (!strcmp(o->format_text, "json"))
        o->format = FORMAT_JSON;
    else if (!strcmp(o->format_text, "csv"))
        o->format = FORMAT_CSV;
    else
        return usage(err, "--format %s: must be text, json or csv%s", o->format_text, "");
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

/* "+09:00", "-0330", "Z"; else the zone this machine has now. */
static int parse_time_zone(struct options *o, struct error *err)
{
    const char *text = o->time_zone_text;
    char sign;
    unsigned hours, minutes;
    int end = 0;
    if (!text) {
        time_t now = time(NULL);
        struct tm tm;
        o->utc_offset_min = localtime_r(&now, &tm) ? (int)(tm.tm_gmtoff / 60) : 0;
        return 0;
    }
    if (!strcmp(text, "Z") || !strcmp(text, "UTC"))
        return 0;
    bool ok = (sscanf(text, "%c%2u:%2u%n", &sign, &hours, &minutes, &end) == 3 && !text[end]) ||
              (sscanf(text, "%c%2u%2u%n", &sign, &hours, &minutes, &end) == 3 && !text[end]);
    if (!ok || (sign != '+' && sign != '-') || hours > 14 || minutes > 59)
        return usage(err, "--time-zone %s: must be an offset as +09:00, or UTC%s", text, "");
    o->utc_offset_min = (sign == '-' ? -1 : 1) * (int)(hours * 60 + minutes);
    return 0;
}

static int parse_filter(struct options *o, struct error *err)
{
    struct filter *f = &o->filter;
    *f = FILTER_NONE;
    if (o->since_text && filter_parse_date("--since", o->since_text, o->utc_offset_min, &f->since_s, err) < 0)
        return -1;
    if (o->before_text &&
        filter_parse_date("--before", o->before_text, o->utc_offset_min, &f->before_s, err) < 0)
        return -1;
    if (o->min_size_text && filter_parse_size("--min-size", o->min_size_text, &f->min_octets, err) < 0)
        return -1;
    if (o->max_size_text && filter_parse_size("--max-size", o->max_size_text, &f->max_octets, err) < 0)
        return -1;
    return filter_check(f, err);
}

static int parse_choices(struct options *o, struct error *err)
{
    if (o->order_text && strcmp(o->order_text, "oldest") != 0 && strcmp(o->order_text, "newest") != 0)
        return usage(err, "--order %s: must be oldest or newest%s", o->order_text, "");
    o->order = o->order_text && !strcmp(o->order_text, "newest") ? ORDER_NEWEST : ORDER_OLDEST;
    if (o->archive_format_text && archive_parse_format(o->archive_format_text, &o->archive_format, err) < 0)
        return -1;
    if (o->delete_source_text && strcmp(o->delete_source_text, "verified") != 0)
        return usage(err, "--delete-source %s: must be \"verified\": nothing else is ever deleted%s",
            o->delete_source_text, "");
    if (o->old_than < 0 || o->old_than > 100000)
        return usage(err, "--old-than: must be a number of days%s%s", "", "");
    if (o->older_than < -1 || o->older_than > 100000)
        return usage(err, "--older-than: must be a number of days%s%s", "", "");
    if (o->max_wait_s < 0 || o->max_wait_s > 7 * 86400)
        return usage(err, "--max-wait: must be a number of seconds, at most a week%s%s", "", "");
    return 0;
}

static int parse_values(struct options *o, struct error *err)
{
    if (o->connections < 0 || o->connections > 8)
        return usage(err, "--connections: must be 1 to 8%s%s", "", "");
    if (parse_format(o, err) < 0 || parse_seen(o, err) < 0 || parse_choices(o, err) < 0 ||
        parse_time_zone(o, err) < 0 || parse_filter(o, err) < 0)
        return -1;
    if (!o->work_dir)
        o->work_dir = mem_strdup(OPTIONS_WORK_DIR);
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
    struct options o CLEANUP(options_done) = {.seen_older_than = 14,
        .old_than = 365,
        .older_than = -1,
        .max_wait_s = RETRY_MAX_WAIT_MS / 1000,
        .years = 5};
    struct poptOption table[OPTION_TABLE_MAX];
    const char **expanded = NULL;
    option_table_fill(&o, command, table);
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

static void free_list(const char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free((char *)list[i]);
    free(list);
}

void options_done(struct options *o)
{
    char *const strings[] = {o->from, o->to, o->from_user, o->to_user, o->from_password_file,
        o->to_password_file, o->ca_file, o->work_dir, o->folder, o->limit_text, o->seen_text, o->format_text,
        o->order_text, o->time_zone_text, o->since_text, o->before_text, o->min_size_text, o->max_size_text,
        o->folder_old, o->archive_dir, o->archive_format_text, o->level_text, o->delete_source_text,
        o->growth_text, o->growth_rise_text, o->currency_text, o->tax_text, o->margin_text, o->other_use_text,
        o->customer, o->prepared_by, o->mailboxes, o->lang};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    free_list(o->rates);
    free_list(o->catalogs);
    free_list(o->reports);
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

static int read_passwords(const struct options *o, struct job *job, bool alone, struct error *err)
{
    char *from = secret_read("source", &job->from, o->from_password_file, "--from-password-file", err);
    if (!from)
        return -1;
    job->from_password = from;
    if (alone)
        return 0;
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

/* alone: the source, without a destination. */
static int fill_job(const struct options *o, struct job *job, bool alone, struct error *err)
{
    if (side("--from", o->from, o->from_user, ENDPOINT_POP3, &job->from, err) < 0 ||
        (!alone && side("--to", o->to, o->to_user, ENDPOINT_IMAP, &job->to, err) < 0))
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
    if (alone && !job->from.user)
        return usage(err,
            "the source has no user: write pop3s://USER@HOST (with @ in USER as %%40), or --from-user%s%s",
            "", "");
    return !alone && job_validate(job, err) < 0 ? -1 : read_passwords(o, job, alone, err);
}

static int make_job(const struct options *o, bool alone, struct job *ret, struct error *err)
{
    struct job job = {
        .ca_file = o->ca_file,
        .work_dir = o->work_dir,
        .limit = o->limit,
        .seen = o->seen,
        .seen_older_than_days = o->seen_older_than,
        .connections = (unsigned)o->connections,
        .folder_old = o->folder_old,
        .folder_old_days = o->old_than,
        .utc_offset_min = o->utc_offset_min,
        .filter = o->filter,
        .order = o->order,
        .archive_dir = o->archive_dir,
        .archive_format = o->archive_format,
        .retry_quarantined = o->retry_quarantined,
        .encode_headers = o->encode_headers,
        .privacy = o->privacy,
        .max_wait_ms = o->max_wait_s * INT64_C(1000),
    };
    if (fill_job(o, &job, alone, err) < 0) {
        options_job_done(&job);
        return -1;
    }
    *ret = job;
    return 0;
}

int options_job(const struct options *o, struct job *ret, struct error *err)
{
    return make_job(o, false, ret, err);
}

int options_source_job(const struct options *o, struct job *ret, struct error *err)
{
    if (make_job(o, true, ret, err) < 0)
        return -1;
    ret->folder = "INBOX"; /* there is none to sort mail into */
    ret->folder_old = NULL;
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
