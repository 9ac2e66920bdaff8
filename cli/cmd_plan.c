#include "command.h"

#include "exit_code.h"
#include "mem.h"
#include "migrate.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>

#define N(x) ((unsigned long long)(x))

struct run {
    struct options options;
    struct job job;
    struct talk talk;
    struct print_stream stream;
    bool heading;
};

static void print_row(struct run *r, const struct outcome_message *m)
{
    char date[16], size[32];
    if (!r->heading)
        printf("%6s  %-11s  %-10s  %8s  %-24s  %-32s  %s\n", "nr", "verdict", "date", "size", "from",
            "subject", "why");
    r->heading = true;
    printf("%6u  %-11s  %-10s  %8s  ", m->number, m->verdict, print_date(date, sizeof date, m->date_s),
        text_octets(size, sizeof size, m->octets));
    print_cell(m->from, 24);
    printf("  ");
    print_cell(m->subject, 32);
    printf("  %s\n", m->reason);
}

static void on_message(void *ctx, const struct outcome_message *m)
{
    struct run *r = ctx;
    talk_clear(&r->talk);
    if (r->options.format == FORMAT_JSON)
        print_stream_message(&r->stream, m);
    else
        print_row(r, m);
}

static void line(const char *what, uint64_t n)
{
    if (n)
        printf("  %-34s %8llu\n", what, N(n));
}

static void print_summary(const struct run *r, const struct outcome *o)
{
    char size[32], copy[32];
    printf("%sSource:      %s at %s, %llu messages, %s\n", r->heading ? "\n" : "", r->job.from.user,
        r->job.from.host, N(o->messages), text_octets(size, sizeof size, o->octets));
    char *folder CLEANUP(mem_free_str) = job_folder_words(&r->job);
    printf("Destination: %s at %s, mailbox %s, ", r->job.to.user, r->job.to.host, folder);
    if (!job_has_one_mailbox(&r->job))
        printf("%llu of these, ", N(o->mailboxes));
    printf("%s%llu messages\n", o->folder_exists ? "" : "to be created, ", N(o->destination_messages));
    printf("  %-34s %8llu   %s\n", "to be copied", N(o->copied),
        text_octets(copy, sizeof copy, o->copied_octets));
    line("copied or settled by earlier runs", o->done_before);
    line("already in the destination", o->present);
    line("duplicates within the source", o->duplicates);
    line("left out (--since and the like)", o->filtered);
    line("left for later (--limit)", o->later);
    line("the source server's own notes", o->not_mail);
    line("larger than the destination takes", o->too_big);
    line("in quarantine since an earlier run", o->quarantined);
    printf(
        "Nothing was changed. Verdicts that rest on headers alone are settled by content when migrating.\n");
}

static int plan(struct run *r)
{
    struct error err = {0};
    struct outcome o;
    struct outcome_sink sink = {.message = on_message, .ctx = r};
    bool json = r->options.format == FORMAT_JSON;
    talk_begin(&r->talk, &r->options);
    if (json)
        print_stream_open(&r->stream, "plan", &r->job);
    int rc = migrate_plan(&r->job, &r->talk.world, &sink, &o, &err);
    talk_end(&r->talk);
    int code = rc < 0 ? exit_code_of(&err) : EXIT_CODE_DONE;
    if (json)
        print_stream_close(&r->stream, json_pack("{s:o, s:o, s:i}", "summary", print_json_outcome(&o),
                                           "error", print_json_error(&err), "exit_code", code));
    else if (rc == 0)
        print_summary(r, &o);
    fflush(stdout);
    if (rc < 0)
        talk_error(&r->talk, &err);
    return code;
}

int cmd_plan(const struct command *self, int argc, const char **argv)
{
    struct run r = {0};
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &r.options, &err) < 0)
        return talk_error(NULL, &err);
    int code = options_job(&r.options, &r.job, &err) < 0 ? talk_error(NULL, &err) : plan(&r);
    options_job_done(&r.job);
    options_done(&r.options);
    return code;
}
