#include "command.h"

#include "exit_code.h"
#include "mem.h"
#include "options.h"
#include "report.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct story {
    char *from, *to; /* only this account; NULL: all */
    struct report_job *jobs;
    size_t count;
};

/* ---- what the forms share ---- */
char *report_clean(const char *s)
{
    size_t len = s ? strlen(s) : 0;
    char *clean = mem_alloc(len + 1);
    return text_clean(clean, len + 1, s ? s : "", len);
}

const char *report_mailbox(const struct report_job *job, int64_t mailbox)
{
    for (size_t i = 0; i < job->mailbox_count; i++)
        if (job->mailboxes[i].id == mailbox)
            return job->mailboxes[i].name;
    return "";
}

int64_t report_date(const struct ledger_message *m)
{
    return m->date_source && m->internaldate_s ? m->internaldate_s : MAIL_NO_DATE;
}

uint64_t report_octets(const struct ledger_message *m)
{
    return m->octets_sent ? m->octets_sent : m->octets_received ? m->octets_received : m->octets_claimed;
}

/* ---- reading the jobs ---- */
static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct story *s = ctx;
    if ((s->from && strcmp(s->from, row->source) != 0) || (s->to && strcmp(s->to, row->destination) != 0))
        return true;
    s->jobs = mem_grow(s->jobs, s->count + 1, sizeof *s->jobs);
    s->jobs[s->count++] = (struct report_job){
        .id = row->id,
        .source = report_clean(row->source),
        .destination = report_clean(row->destination),
        .folder = report_clean(row->folder),
    };
    return true;
}

static bool on_mailbox(void *ctx, const struct ledger_mailbox_row *row)
{
    struct report_job *job = ctx;
    job->mailboxes = mem_grow(job->mailboxes, job->mailbox_count + 1, sizeof *job->mailboxes);
    struct report_mailbox *b = &job->mailboxes[job->mailbox_count++];
    *b = (struct report_mailbox){
        .id = row->id, .name = report_clean(row->name), .octets_done = row->octets_done};
    memcpy(b->count, row->count, sizeof b->count);
    return true;
}

static int read_jobs(struct story *s, struct ledger *ledger, const char *work_dir, struct error *err)
{
    if (ledger_snapshot(ledger, err) < 0 || ledger_each_job(ledger, on_job, s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->count; i++)
        if (ledger_totals(ledger, s->jobs[i].id, &s->jobs[i].totals, err) < 0 ||
            ledger_each_mailbox_row(ledger, s->jobs[i].id, on_mailbox, &s->jobs[i], err) < 0)
            return -1;
    if (s->count || (!s->from && !s->to))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "the ledger in %s knows nothing of %s%s%s; popferry status lists the accounts that it knows",
        work_dir, s->from ? s->from : "", s->from && s->to ? " to " : "", s->to ? s->to : "");
}

static void story_done(struct story *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct report_job *job = &s->jobs[i];
        for (size_t k = 0; k < job->mailbox_count; k++)
            free(job->mailboxes[k].name);
        free(job->mailboxes);
        free(job->source);
        free(job->destination);
        free(job->folder);
    }
    free(s->jobs);
    free(s->from);
    free(s->to);
}

/* ---- the command ---- */
static int print_job(
    const struct options *o, const struct story *s, size_t i, struct ledger *ledger, struct error *err)
{
    if (o->format == FORMAT_JSON)
        return report_json(ledger, &s->jobs[i], i == 0, err);
    if (o->format == FORMAT_CSV)
        return report_csv(ledger, &s->jobs[i], err);
    if (i)
        putchar('\n');
    return report_text(ledger, o->work_dir, &s->jobs[i], o->verbose, err);
}

static int print_jobs(
    const struct options *o, const struct story *s, struct ledger *ledger, struct error *err)
{
    int rc = 0;
    if (o->format == FORMAT_JSON)
        report_json_open();
    else if (o->format == FORMAT_CSV)
        report_csv_open();
    else if (!s->count)
        printf("The ledger in %s knows no job yet.\n", o->work_dir);
    for (size_t i = 0; i < s->count && rc == 0 && !ferror(stdout); i++)
        rc = print_job(o, s, i, ledger, err);
    if (o->format == FORMAT_JSON)
        report_json_close(err, rc < 0 ? (int)exit_code_of(err) : EXIT_CODE_DONE);
    return rc;
}

static int report(const struct options *o)
{
    struct error err = {0};
    struct story s CLEANUP(story_done) = {0};
    if (options_accounts(o, &s.from, &s.to, &err) < 0)
        return talk_error(NULL, &err);
    struct ledger *ledger = ledger_open(o->work_dir, LEDGER_READ, &err);
    int rc = ledger ? read_jobs(&s, ledger, o->work_dir, &err) : -1;
    if (rc == 0)
        rc = print_jobs(o, &s, ledger, &err);
    ledger_close(ledger);
    fflush(stdout);
    return rc < 0 ? talk_error(NULL, &err) : EXIT_CODE_DONE;
}

int cmd_report(const struct command *self, int argc, const char **argv)
{
    struct options o;
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &o, &err) < 0)
        return talk_error(NULL, &err);
    int code = report(&o);
    options_done(&o);
    return code;
}
