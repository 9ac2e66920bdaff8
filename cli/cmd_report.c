#include "command.h"

#include "exit_code.h"
#include "mem.h"
#include "options.h"
#include "report.h"
#include "report_unlisted.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct story {
    const struct options *options;
    struct report_scope scope;
    struct report_walk walk;
    struct report_job *jobs; /* of the ledger that is being read */
    size_t count;
    const char *folder;
    size_t told; /* jobs that were printed */
};

/* ---- reading the jobs of a ledger ---- */
static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct story *s = ctx;
    if (!report_scope_wants(&s->scope, row->source, row->destination, row->folder))
        return true;
    s->jobs = mem_grow(s->jobs, s->count + 1, sizeof *s->jobs);
    s->jobs[s->count++] = (struct report_job){
        .id = row->id,
        .work_dir = text_clean_dup(s->folder),
        .source = text_clean_dup(row->source),
        .destination = text_clean_dup(row->destination),
        .folder = text_clean_dup(row->folder),
    };
    return true;
}

static bool on_mailbox(void *ctx, const struct ledger_mailbox_row *row)
{
    struct report_job *job = ctx;
    job->mailboxes = mem_grow(job->mailboxes, job->mailbox_count + 1, sizeof *job->mailboxes);
    struct report_mailbox *b = &job->mailboxes[job->mailbox_count++];
    *b = (struct report_mailbox){
        .id = row->id, .name = text_clean_dup(row->name), .octets_copied = row->octets_copied};
    memcpy(b->count, row->count, sizeof b->count);
    return true;
}

static int read_job(struct report_job *job, struct ledger *ledger, struct error *err)
{
    if (ledger_totals(ledger, job->id, &job->totals, err) < 0 ||
        ledger_source_read(ledger, job->id, &job->from, err) < 0)
        return -1;
    job->balance = ledger_balance_of(&job->totals, &job->from);
    return ledger_each_mailbox_row(ledger, job->id, on_mailbox, job, err);
}

static int read_jobs(struct story *s, struct ledger *ledger, struct error *err)
{
    if (ledger_snapshot(ledger, err) < 0 || ledger_check(ledger, 0, err) < 0 ||
        ledger_each_job(ledger, on_job, s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->count; i++)
        if (read_job(&s->jobs[i], ledger, err) < 0)
            return -1;
    return 0;
}

static void jobs_done(struct story *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct report_job *job = &s->jobs[i];
        for (size_t k = 0; k < job->mailbox_count; k++)
            free(job->mailboxes[k].name);
        free(job->mailboxes);
        free(job->work_dir);
        free(job->source);
        free(job->destination);
        free(job->folder);
    }
    free(s->jobs);
    s->jobs = NULL;
    s->count = 0;
}

static void story_done(struct story *s)
{
    jobs_done(s);
    report_scope_done(&s->scope);
    report_walk_done(&s->walk);
}

/* ---- printing them ---- */
static int print_job(struct story *s, const struct report_job *job, struct ledger *ledger, struct error *err)
{
    bool first = !s->told++;
    if (s->options->format == FORMAT_JSON)
        return report_json(ledger, job, first, err);
    if (s->options->format == FORMAT_CSV)
        return report_csv(ledger, job, err);
    if (!first)
        putchar('\n');
    return report_text(ledger, job, s->options->verbose, err);
}

static int on_ledger(void *ctx, const char *folder, struct ledger *ledger, struct error *err)
{
    struct story *s = ctx;
    s->folder = folder;
    int rc = read_jobs(s, ledger, err);
    for (size_t i = 0; i < s->count && rc == 0 && !ferror(stdout); i++)
        rc = print_job(s, &s->jobs[i], ledger, err);
    jobs_done(s);
    return rc;
}

/* Accounts of the list that have no ledger yet, by name. */
static void print_not_begun(const struct story *s)
{
    const struct batch_entry *e;
    for (size_t n = 0, count = 0; report_scope_not_begun(&s->scope, &s->walk, &n, &e); count++) {
        if (!count)
            printf("%sNot begun:\n", s->told ? "\n" : "");
        char *name CLEANUP(mem_free_str) = text_clean_dup(e->name);
        printf("  %s\n", name);
    }
}

/* On standard output, unless that is for a program. */
static void print_unlisted(struct story *s, bool told)
{
    const struct options *o = s->options;
    report_scope_count_unlisted(&s->scope, o->work_dir);
    char *words CLEANUP(mem_free_str) = report_unlisted_words(&s->scope, o->work_dir);
    bool program = told && o->format != FORMAT_TEXT;
    if (!words || (program && o->quiet))
        return;
    fflush(stdout);
    fprintf(program ? stderr : stdout, "%s%s", program ? "popferry: warning: " : s->told ? "\n" : "", words);
}

/* Whether there is anything to tell, and its end. */
static int close_story(struct story *s, int rc, struct error *err)
{
    const struct options *o = s->options;
    const struct batch_entry *e;
    size_t n = 0;
    bool asked = s->scope.from || s->scope.to;
    if (rc == 0 && !s->told && asked && !s->walk.damaged_count &&
        !report_scope_not_begun(&s->scope, &s->walk, &n, &e))
        rc = report_scope_unknown(&s->scope, o->work_dir, err);
    int code = rc < 0                  ? (int)exit_code_of(err)
               : s->walk.damaged_count ? (int)exit_code_of(&s->walk.damaged[0].error)
                                       : EXIT_CODE_DONE;
    report_scope_count_unlisted(&s->scope, o->work_dir);
    if (o->format == FORMAT_JSON)
        report_json_close(rc < 0 ? err : NULL, &s->walk, &s->scope, code);
    else if (o->format == FORMAT_TEXT && rc == 0) {
        if (!s->told && !s->scope.listed && !s->scope.unlisted_count && !s->walk.damaged_count)
            printf("The ledger in %s knows no job yet.\n", o->work_dir);
        print_not_begun(s);
    }
    return rc;
}

/* A heading goes out as soon as it is sure that there is a ledger; an error before it stands alone. */
static int print_story(struct story *s, struct error *err)
{
    const struct options *o = s->options;
    if (o->format == FORMAT_JSON)
        report_json_open();
    else if (o->format == FORMAT_CSV)
        report_csv_open();
    int rc = report_walk(o->work_dir, on_ledger, s, &s->walk, err);
    return close_story(s, rc, err);
}

/* ---- the command ---- */
/* With --report the files are what is wanted, and the long story only if a form was named for it. */
static int report(const struct command *self, const struct options *o)
{
    struct error err = {0};
    struct story s CLEANUP(story_done) = {.options = o};
    bool print = !o->reports || o->format_text, told = false;
    int rc = report_handover_check(o, &err);
    if (rc == 0)
        rc = report_scope_read(o, &s.scope, &err);
    if (rc == 0 && o->reports)
        rc = report_handover(o, &s.scope, &s.walk, !print, &err);
    if (rc == 0 && print) {
        report_walk_done(&s.walk); /* the story names them again */
        rc = print_story(&s, &err);
        told = true;
    }
    if (rc == 0)
        print_unlisted(&s, told);
    fflush(stdout);
    int damaged = report_walk_tell(&s.walk);
    if (rc == 0)
        return damaged;
    return told ? talk_error(NULL, &err) : command_refuse(self, o, &err);
}

int cmd_report(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    int code;
    return command_begin(self, argc, argv, &o, &code) ? report(self, &o) : code;
}
