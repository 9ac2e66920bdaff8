#include "options.h"

#include "mem.h"
#include "migrate.h"
#include "option_rules.h"
#include "option_table.h"
#include "option_zone.h"
#include "options_route.h"
#include "retry.h"
#include "secret_given.h"
#include "secret_line.h"
#include "text.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USER_MAX_OCTETS   1000
#define FOLDER_MAX_OCTETS 4096

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
    return 0;
}

static int parse_level(struct options *o, struct error *err)
{
    static const char *const names[] = {
        [VERIFY_COUNT] = "count", [VERIFY_HEADERS] = "headers", [VERIFY_CONTENT] = "content"};
    o->level = VERIFY_CONTENT;
    for (size_t i = 0; o->level_text && i < sizeof names / sizeof *names; i++)
        if (!strcmp(o->level_text, names[i])) {
            o->level = (int)i;
            return 0;
        }
    return o->level_text ? usage(err, "--level %s: must be count, headers or content%s", o->level_text, "")
                         : 0;
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

/* Else the zone this machine has now. */
static int parse_time_zone(struct options *o, struct error *err)
{
    time_t now = time(NULL);
    struct tm tm;
    if (o->time_zone_text)
        return option_zone_parse(o->time_zone_text, OPTION_ZONE_FOLDER, &o->utc_offset_min, err);
    o->utc_offset_min = localtime_r(&now, &tm) ? (int)(tm.tm_gmtoff / 60) : 0;
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
    f->only_folders = o->only_folders;
    f->skip_folders = o->skip_folders;
    f->with_trash = o->with_trash;
    f->with_junk = o->with_junk;
    return filter_check(f, err);
}

/* "duplicates,dates" */
static int parse_accept(struct options *o, struct error *err)
{
    static const struct {
        const char *word;
        unsigned flag;
    } words[] = {{"duplicates", DELETE_ACCEPT_DUPLICATES}, {"dates", DELETE_ACCEPT_DATES}};
    const size_t count = sizeof words / sizeof *words;
    const char *at = o->accept_text;
    o->accept = 0;
    while (at) {
        size_t len = strcspn(at, ","), i = 0;
        while (i < count && (strlen(words[i].word) != len || memcmp(words[i].word, at, len) != 0))
            i++;
        if (i == count)
            return usage(err, "--accept %s: must be duplicates, dates or both, with a comma between them%s",
                o->accept_text, "");
        o->accept |= words[i].flag;
        at = at[len] ? at + len + 1 : NULL;
    }
    return 0;
}

/* One of two words; NULL is the usual one. */
static int parse_either(const char *option, const char *text, const char *usual, const char *other,
    bool *ret_other, struct error *err)
{
    *ret_other = text && !strcmp(text, other);
    if (!text || *ret_other || !strcmp(text, usual))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--%s %s: must be %s or %s",
        option, text, usual, other);
}

static int parse_choices(struct options *o, struct error *err)
{
    bool newest, english;
    if (parse_accept(o, err) < 0 || parse_level(o, err) < 0 ||
        parse_either("lang", o->lang, "ja", "en", &english, err) < 0 ||
        parse_either("order", o->order_text, "oldest", "newest", &newest, err) < 0 ||
        parse_either("dedup", o->dedup_text, "folder", "account", &o->dedup_account, err) < 0 ||
        parse_either("special-use", o->special_use_text, "auto", "off", &o->special_use_off, err) < 0)
        return -1;
    o->order = newest ? ORDER_NEWEST : ORDER_OLDEST;
    if (o->archive_format_text && archive_parse_format(o->archive_format_text, &o->archive_format, err) < 0)
        return -1;
    if (o->delete_source_text && strcmp(o->delete_source_text, "verified") != 0)
        return usage(err, "--delete-source %s: must be \"verified\": nothing else is ever deleted%s",
            o->delete_source_text, "");
    return 0;
}

/* ---- values for many accounts ---- */
static int parse_shard(struct options *o, struct error *err)
{
    int end = 0;
    o->shard = o->shards = 0;
    if (!o->shard_text)
        return 0;
    bool ok = isdigit((unsigned char)*o->shard_text) &&
              sscanf(o->shard_text, "%3u/%3u%n", &o->shard, &o->shards, &end) == 2 && !o->shard_text[end];
    if (!ok || o->shard < 1 || o->shard > o->shards)
        return usage(
            err, "--shard %s: must be I/N, as 2/3 for the second of three parts%s", o->shard_text, "");
    return 0;
}

static int parse_progress(struct options *o, struct error *err)
{
    const char *text = o->progress_text;
    unsigned long long fd = (unsigned)STDERR_FILENO;
    o->progress_json = text;
    o->progress_fd = STDERR_FILENO;
    if (!text)
        return 0;
    bool ok = !strncmp(text, "json", 4) && (!text[4] || text[4] == ':');
    if (ok && text[4])
        ok = text_parse_u64(text + 5, strlen(text + 5), &fd) && fd < 65536;
    if (!ok)
        return usage(
            err, "--progress %s: must be json, or json:FD with the number of a descriptor%s", text, "");
    if (fcntl((int)fd, F_GETFD) < 0)
        return usage(err, "--progress %s: that descriptor is not open (in a shell: %s)", text, "3>FILE");
    if (fd == STDOUT_FILENO && o->format == FORMAT_JSON)
        return usage(err,
            "--progress %s: there the document of --format json is printed; give it another "
            "descriptor (in a shell: %s)",
            text, "3>FILE");
    o->progress_fd = (int)fd;
    return 0;
}

static int parse_upload_cap(struct options *o, struct error *err)
{
    o->upload_cap_given = o->upload_cap_text;
    o->upload_cap = 0;
    return o->upload_cap_text ? filter_parse_size("--upload-cap", o->upload_cap_text, &o->upload_cap, err)
                              : 0;
}

static int parse_commands(const struct options *o, struct error *err)
{
    const struct {
        const char *option, *command;
    } commands[] = {
        {"--from-password-command", o->from_password_command},
        {"--to-password-command", o->to_password_command},
        {"--from-token-command", o->from_token_command},
        {"--to-token-command", o->to_token_command},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].command && secret_line_check(commands[i].option, commands[i].command, err) < 0)
            return -1;
    if (o->from_password_fd && secret_given_check_fd("--from-password-fd", o->from_password_fd, err) < 0)
        return -1;
    return o->to_password_fd ? secret_given_check_fd("--to-password-fd", o->to_password_fd, err) : 0;
}

int options_read_values(struct options *o, struct error *err)
{
    if (parse_format(o, err) < 0 || parse_seen(o, err) < 0 || parse_choices(o, err) < 0 ||
        parse_time_zone(o, err) < 0 || parse_filter(o, err) < 0 || parse_shard(o, err) < 0 ||
        parse_progress(o, err) < 0 || parse_upload_cap(o, err) < 0 || parse_commands(o, err) < 0 ||
        options_route_check(o, err) < 0)
        return -1;
    if (!o->work_dir)
        o->work_dir = mem_strdup(OPTIONS_WORK_DIR);
    return parse_limit(o, err);
}

void options_init(struct options *o)
{
    *o = (struct options){.seen_older_than = 14,
        .old_than = 365,
        .older_than = -1,
        .max_wait_s = RETRY_MAX_WAIT_MS / 1000,
        .years = 5,
        .host_refusals = 5};
}

void options_done(struct options *o)
{
    option_table_free(o);
    free(o->place);
    *o = (struct options){0};
}

/* ---- the job ---- */
/* As --from-host has it: a host with or without a port, or a URL without a user. */
static char *url_of_host(const char *text, enum endpoint_protocol protocol)
{
    char *host CLEANUP(mem_free_str) = mem_alloc(strlen(text) + 1);
    text_narrow(host, strlen(text) + 1, text);
    bool pop3 = protocol == ENDPOINT_POP3;
    const char *colon = strrchr(host, ':'), *plain = pop3 ? ":110" : ":143";
    if (strstr(host, "://"))
        return mem_strdup(text);
    bool starttls = colon && !strncmp(colon, plain, 4) && (!colon[4] || colon[4] == '/');
    return mem_printf("%s%s://%s", pop3 ? "pop3" : "imap", starttls ? "" : "s", host);
}

/* What the options say of one side. */
struct side {
    const char *name, *url; /* "--from" */
    const char *host_name, *host;
    const char *port_name, *port;
    const char *user_name, *user;
    const char *authzid;
    enum endpoint_protocol protocol;
};

static struct side source_of(const struct options *o)
{
    return (struct side){"--from", o->from, "--from-host", o->from_host, "--from-port", o->from_port,
        "--from-user", o->from_user, o->from_authzid, ENDPOINT_POP3};
}

static struct side destination_of(const struct options *o)
{
    return (struct side){"--to", o->to, "--to-host", o->to_host, "--to-port", o->to_port, "--to-user",
        o->to_user, o->to_authzid, ENDPOINT_IMAP};
}

static bool is_given(const struct side *s)
{
    return s->url || s->host;
}

static int parse_host(const struct side *s, struct endpoint *ret, struct error *err)
{
    char *url CLEANUP(mem_free_str) = url_of_host(s->host, s->protocol);
    struct endpoint e CLEANUP(endpoint_done) = {0};
    if (endpoint_parse(s->host_name, url, s->protocol, &e, err) < 0)
        return -1;
    if (e.user)
        return usage(err, "%s names a host alone; a URL with a user is %s", s->host_name, s->name);
    *ret = e;
    e = (struct endpoint){0};
    return 0;
}

static int parse_server(const struct side *s, struct endpoint *ret, struct error *err)
{
    if (!is_given(s))
        return usage(err, "%s is missing: it names the server as a URL (see --help)%s", s->name, "");
    int rc = s->url ? endpoint_parse(s->name, s->url, s->protocol, ret, err) : parse_host(s, ret, err);
    return rc == 0 && s->port && ret->protocol != ENDPOINT_STORE
               ? endpoint_set_port(ret, s->port_name, s->port, err)
               : rc;
}

/* These are shown, stand in file names and in a line to a server: what a terminal would act on, and what goes
 * on for ever, is in none that exist. */
static const char *user_fault(const char *user)
{
    if (!user)
        return NULL;
    if (!text_is_clean(user))
        return "the user name holds control characters, or is not UTF-8";
    return strlen(user) > USER_MAX_OCTETS ? "a user name has at most 1000 octets" : NULL;
}

static int parse_side(const struct side *s, struct endpoint *ret, struct error *err)
{
    if (parse_server(s, ret, err) < 0)
        return -1;
    if (ret->protocol == ENDPOINT_STORE)
        return 0;
    if (s->user && ret->user && strcmp(s->user, ret->user) != 0)
        return usage(
            err, "%s differs from the user in the URL of %s: give one of them", s->user_name, s->name);
    if (s->user && !ret->user)
        ret->user = mem_strdup(s->user);
    ret->authzid = mem_strdup(s->authzid);
    const char *fault = user_fault(ret->user);
    fault = fault ? fault : user_fault(ret->authzid);
    return fault ? usage(err, "%s: %s", s->user_name, fault) : 0;
}

int options_server(const struct options *o, enum job_side side, struct endpoint *ret, struct error *err)
{
    const struct side s = side == JOB_SOURCE ? source_of(o) : destination_of(o);
    return parse_server(&s, ret, err);
}

static int account_of(const struct side *s, char **ret, struct error *err)
{
    struct endpoint e CLEANUP(endpoint_done) = {0};
    bool named = s->url || (s->host && s->user);
    if (named && parse_side(s, &e, err) < 0)
        return -1;
    *ret = named ? endpoint_account(&e) : NULL;
    return 0;
}

int options_accounts(const struct options *o, char **ret_from, char **ret_to, struct error *err)
{
    const struct side from = source_of(o), to = destination_of(o);
    char *account CLEANUP(mem_free_str) = NULL;
    if (account_of(&from, &account, err) < 0 || account_of(&to, ret_to, err) < 0)
        return -1;
    *ret_from = TAKE(account);
    return 0;
}

int options_endpoint(const struct options *o, enum job_side side, struct endpoint *ret, struct error *err)
{
    const struct side s = side == JOB_SOURCE ? source_of(o) : destination_of(o);
    struct endpoint e CLEANUP(endpoint_done) = {0};
    if (parse_side(&s, &e, err) < 0)
        return -1;
    if (!e.user)
        return usage(err, "%s names no user: write it into its URL (with @ in it as %%40), or %s", s.name,
            s.user_name);
    *ret = e;
    e = (struct endpoint){0};
    return 0;
}

static int choose_folder(const struct options *o, struct job *job, struct error *err)
{
    if (o->folder && job->to.folder && strcmp(o->folder, job->to.folder) != 0)
        return usage(err, "--folder %s differs from the mailbox in the URL of --to: give one of them%s",
            o->folder, "");
    const char *usual = job->from.protocol == ENDPOINT_STORE ? "{path}" : "INBOX";
    job->folder = o->folder ? o->folder : job->to.folder ? job->to.folder : usual;
    if (!text_is_clean(job->folder) || (o->folder_old && !text_is_clean(o->folder_old)))
        return usage(err, "--folder%s: a mailbox name holds control characters, or is not UTF-8%s",
            text_is_clean(job->folder) ? "-old" : "", "");
    bool usual_length = strlen(job->folder) <= FOLDER_MAX_OCTETS;
    if (!usual_length || (o->folder_old && strlen(o->folder_old) > FOLDER_MAX_OCTETS))
        return usage(
            err, "--folder%s: a mailbox name has at most 4096 octets%s", usual_length ? "-old" : "", "");
    return 0;
}

/* Mail on a disk needs no server's user, password, port or TLS. What a batch says for all its accounts is for
 * those that have a server. */
static int check_store(const struct options *o, const struct job *job, struct error *err)
{
    size_t count;
    if (job->from.protocol == ENDPOINT_STORE && o->delete_source_text)
        return migrate_delete_refuse_store(job->from.user, err);
    if (job->from.protocol == ENDPOINT_STORE && o->codepage && !o->place && job->from.store != STORE_PST)
        return usage(err, "--codepage is of Outlook's stores (pst:PATH), and not of %s: leave it out%s",
            job->from.user, "");
    if (o->codepage && !store_knows_codepage((unsigned)o->codepage)) {
        char number[16];
        snprintf(number, sizeof number, "%d", o->codepage);
        return usage(err, "--codepage %s: no code page of that number is known; Japanese Windows has 932%s",
            number, "");
    }
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; job->from.protocol == ENDPOINT_STORE && !o->place && i < count; i++)
        if (!strncmp(rows[i].name, "from-", 5) && option_table_said(o, &rows[i]))
            return usage(err,
                "--%s is for a server, and %s is mail on a disk, which has no user, password or TLS: leave it out",
                rows[i].name, job->from.user);
    return 0;
}

/* What only folders on a disk have is not for an account that has none. */
static int check_account(const struct options *o, const struct job *job, struct error *err)
{
    static const char *const names[] = {
        "only-folder", "skip-folder", "with-trash", "with-junk", "dedup", "special-use", "codepage"};
    for (size_t i = 0; job->from.protocol != ENDPOINT_STORE && !o->place && i < sizeof names / sizeof *names;
         i++)
        if (option_rules_of_line(o, names[i]))
            return usage(err, "--%s is of mail on a disk, and a POP3 account has no folders: leave it out%s",
                names[i], "");
    return 0;
}

/* alone: the source, without a destination. */
static int fill_job(const struct options *o, struct job *job, bool alone, struct error *err)
{
    const struct side from = source_of(o), to = destination_of(o);
    if (parse_side(&from, &job->from, err) < 0 || (!alone && parse_side(&to, &job->to, err) < 0) ||
        check_store(o, job, err) < 0 || check_account(o, job, err) < 0 || choose_folder(o, job, err) < 0)
        return -1;
    options_route_fill(o, job);
    if (o->ca_file && access(o->ca_file, R_OK) < 0)
        return usage(err, "--ca-file %s cannot be read%s", o->ca_file, "");
    if (alone && !job->from.user)
        return usage(err,
            "the source has no user: write pop3s://USER@HOST (with @ in USER as %%40), or --from-user%s%s",
            "", "");
    if (!alone)
        return job_validate(job, err);
    job->folder = "INBOX"; /* there is none to sort mail into */
    job->folder_old = NULL;
    return 0;
}

int options_endpoints(const struct options *o, bool source_alone, struct job *ret, struct error *err)
{
    const struct side to = destination_of(o);
    struct job job CLEANUP(options_job_done) = {
        .ca_file = o->ca_file,
        .weak_auth = o->allow_weak_auth,
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
        .keep_headers = o->keep_headers,
        .special_use_off = o->special_use_off,
        .codepage = (unsigned)o->codepage,
        .dedup_account = o->dedup_account,
        .privacy = o->privacy,
        .max_wait_ms = o->max_wait_s * INT64_C(1000),
        .upload_cap = o->upload_cap,
    };
    if (fill_job(o, &job, source_alone && !is_given(&to), err) < 0)
        return -1;
    *ret = job;
    job = (struct job){0};
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
