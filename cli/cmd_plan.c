#include "command.h"

#include "errand.h"
#include "exit_code.h"
#include "mem.h"
#include "migrate.h"
#include "print.h"
#include "talk.h"
#include "text.h"

#define N(x) ((unsigned long long)(x))

struct run {
    struct errand *errand;
    struct print_stream stream;
    bool heading;
};

static void print_row(struct run *r, const struct outcome_message *m)
{
    FILE *out = r->errand->out;
    char date[16], size[32];
    if (!r->heading)
        fprintf(out, "%6s  %-11s  %-10s  %8s  %-24s  %-32s  %s\n", "nr", "verdict", "date", "size", "from",
            "subject", "why");
    r->heading = true;
    fprintf(out, "%6u  %-11s  %-10s  %8s  ", m->number, m->verdict, print_date(date, sizeof date, m->date_s),
        text_octets(size, sizeof size, m->octets));
    print_cell(out, m->from, 24);
    fprintf(out, "  ");
    print_cell(out, m->subject, 32);
    fprintf(out, "  %s\n", m->reason);
}

static void on_message(void *ctx, const struct outcome_message *m)
{
    struct run *r = ctx;
    talk_clear(r->errand->talk);
    if (r->errand->options->format == FORMAT_JSON)
        print_stream_message(&r->stream, m);
    else
        print_row(r, m);
}

static void line(FILE *out, const char *what, uint64_t n)
{
    if (n)
        fprintf(out, "  %-34s %8llu\n", what, N(n));
}

static void print_summary(const struct run *r, const struct outcome *o)
{
    const struct job *job = r->errand->job;
    FILE *out = r->errand->out;
    char size[32], copy[32];
    char *from CLEANUP(mem_free_str) = endpoint_place(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_place(&job->to);
    fprintf(out, "%sSource:      %s, %llu messages, %s\n", r->heading ? "\n" : "", from, N(o->messages),
        text_octets(size, sizeof size, o->octets));
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    fprintf(out, "Destination: %s, mailbox %s, ", to, folder);
    if (!job_has_one_mailbox(job))
        fprintf(out, "%llu of these, ", N(o->mailboxes));
    if (o->mailboxes_read)
        fprintf(out, "%llu messages\n", N(o->destination_messages));
    else
        fputs(o->mailboxes ? "to be created\n" : "not read: all was settled before\n", out);
    fprintf(out, "  %-34s %8llu   %s\n", "to be copied", N(o->copied),
        text_octets(copy, sizeof copy, o->copied_octets));
    line(out, "copied or settled by earlier runs", o->done_before);
    line(out, "already in the destination", o->present);
    line(out, "duplicates within the source", o->duplicates);
    print_left_out(out, o->filtered, o->left);
    line(out, "left for later (--limit)", o->later);
    line(out, "the source server's own notes", o->not_mail);
    line(out, "larger than the destination takes", o->too_big);
    line(out, "in quarantine since an earlier run", o->quarantined);
    line(out, "perhaps there in another form", o->in_doubt);
    fprintf(out,
        "Nothing was changed. Verdicts that rest on headers alone are settled by content when migrating.\n");
}

static void tell(struct errand_result *r, const struct outcome *o)
{
    char size[32];
    r->told = !r->error.code;
    r->messages = o->messages;
    r->octets = o->octets;
    r->done = o->copied;
    r->done_octets = o->copied_octets;
    r->rest = o->copied + o->later;
    r->attention = outcome_attention(o);
    if (!r->told)
        return;
    if (o->copied)
        errand_count(r, o->copied, "to be copied", "to be copied");
    else
        errand_part(r, "nothing to be copied");
    if (o->copied)
        errand_part(r, "%s", text_octets(size, sizeof size, o->copied_octets));
    errand_count(r, o->done_before + o->present, "there already", "there already");
    errand_count(r, o->duplicates, "duplicate", "duplicates");
    errand_count(r, o->filtered, "left out", "left out");
    errand_count(r, o->later, "left for later", "left for later");
    if (r->attention)
        errand_clause(r, "%llu cannot be copied", N(r->attention));
}

static int plan_errand(struct errand *e)
{
    struct run run = {.errand = e};
    struct error err = {0};
    struct outcome o;
    struct outcome_sink sink = {.message = on_message, .ctx = &run};
    bool json = e->options->format == FORMAT_JSON;
    if (json)
        print_stream_open(&run.stream, e->out, "plan", e->job);
    int rc = migrate_plan(e->job, e->world, &sink, &o, &err);
    errand_end(e, rc, &err, EXIT_CODE_DONE);
    tell(&e->result, &o);
    talk_clear(e->talk);
    if (json)
        print_stream_close(&run.stream, json_pack("{s:o, s:o, s:i}", "summary", print_json_outcome(&o, true),
                                            "error", print_json_error(&err), "exit_code", e->result.code));
    else if (rc == 0)
        print_summary(&run, &o);
    return e->result.code;
}

const struct errand_kind cmd_plan_kind = {.run = plan_errand, .keeps = true};
