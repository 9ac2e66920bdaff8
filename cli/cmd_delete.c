#include "command.h"

#include "errand.h"
#include "exit_code.h"
#include "mem.h"
#include "migrate.h"
#include "talk.h"
#include "text.h"
#include "verify_print.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define N(x) ((unsigned long long)(x))

struct run {
    struct errand *errand;
    struct deletion deletion;
    struct print_stream stream;
    struct verify_list attention;
};

static void on_message(void *ctx, const struct verify_message *m)
{
    struct run *r = ctx;
    bool lists = r->errand->options->dry_run && !strcmp(m->message.verdict, "to-delete");
    talk_clear(r->errand->talk);
    if (r->errand->options->format == FORMAT_JSON) {
        verify_print_json_message(&r->stream, m);
        return;
    }
    if (m->message.attention)
        verify_list_add(&r->attention, m);
    if (r->errand->options->verbose || lists)
        verify_print_message(r->errand->out, m);
}

/* False: no answer, or asked to stop. A signal that comes just before fgets would not end it: hence poll. */
static bool read_answer(struct run *r, char *dst, int cap)
{
    const struct world *world = r->errand->world;
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!world->stop(world->ctx)) {
        int n = poll(&in, 1, 200);
        if (n > 0)
            return fgets(dst, cap, stdin);
        if (n < 0 && errno != EINTR)
            return false;
    }
    fputc('\n', stderr);
    return false;
}

static void print_counts(FILE *out, const struct deletion *d)
{
    char size[32];
    verify_print_line(out, "deleted now", d->deleted, text_octets(size, sizeof size, d->deleted_octets));
    verify_print_line(out, "kept, since not old enough", d->younger, "");
    verify_print_line(out, "left for a later run (--limit)", d->later, "");
    verify_print_line(out, "kept, since left out as asked", d->verification.filtered, "--since and the like");
    verify_print_line(out, "kept, since not proved", d->kept, "listed below");
    verify_print_line(out, "gone before it was their turn", d->gone, "not by popferry");
}

/* Asked on the terminal; standard output may be a file. What was found comes first: who answers must see of
 * which mailbox it is, and what was proved. */
static bool confirm(void *ctx, uint64_t messages, uint64_t octets)
{
    struct run *r = ctx;
    char size[32], answer[16] = "";
    const struct job *job = r->errand->job;
    talk_clear(r->errand->talk);
    verify_print_sides(stderr, job, &r->deletion.verification);
    verify_print_counts(stderr, &r->deletion.verification);
    print_counts(stderr, &r->deletion);
    char *from CLEANUP(mem_free_str) = endpoint_place(&job->from),
               *to CLEANUP(mem_free_str) = endpoint_place(&job->to);
    fprintf(stderr,
        "%llu messages would go from the mailbox of %s, and stay in that of %s.\n"
        "Each of them was read in the destination just now, and is the same there.\n"
        "Delete %llu messages (%s) from %s? Type yes: ",
        N(messages), from, to, N(messages), text_octets(size, sizeof size, octets), job->from.host);
    fflush(stderr);
    return read_answer(r, answer, sizeof answer) && !strcmp(answer, "yes\n");
}

static void print_verdict(const struct run *r, const struct deletion *d, int rc)
{
    FILE *out = r->errand->out;
    char size[32];
    if (r->errand->options->dry_run)
        fprintf(out, "%llu messages (%s) would be deleted from the source; nothing was changed.\n",
            N(d->chosen), text_octets(size, sizeof size, d->chosen_octets));
    else if (d->declined)
        fprintf(out, "Nothing was deleted: the answer was not \"yes\".\n");
    else if (rc < 0)
        fprintf(out,
            "Stopped before the end: %llu messages are not known to be deleted; run the same command again.\n",
            N(d->left));
    else if (!d->chosen && !d->later)
        fprintf(out, "There was nothing to delete.\n");
    else
        fprintf(out,
            "Deleted, and no longer in the source's list: %llu messages, each read in the destination before.\n",
            N(d->deleted));
    if (d->later)
        fprintf(out,
            "%llu more messages are proved and could go; the same command without --limit deletes them.\n",
            N(d->later));
    if (d->kept)
        fprintf(out,
            "%llu messages stay on the source, since they are not proved to be in the destination.\n",
            N(d->kept));
}

static void print_text(const struct run *r, const struct deletion *d, int rc)
{
    if (!d->verification.finished)
        return;
    FILE *out = r->errand->out;
    verify_print_sides(out, r->errand->job, &d->verification);
    verify_print_counts(out, &d->verification);
    print_counts(out, d);
    verify_list_print(out, &r->attention, "Kept on the source");
    print_verdict(r, d, rc);
}

static json_t *json_deletion(const struct deletion *d)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"chosen", d->chosen},
        {"chosen_octets", d->chosen_octets},
        {"deleted", d->deleted},
        {"deleted_octets", d->deleted_octets},
        {"gone", d->gone},
        {"younger", d->younger},
        {"later", d->later},
        {"kept", d->kept},
        {"rest", d->left},
        {"sessions", d->sessions},
        {"elapsed_ms", (uint64_t)d->elapsed_ms},
    };
    json_t *summary = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(summary, counts[i].name, json_integer((json_int_t)counts[i].value));
    json_object_set_new(summary, "declined", json_boolean(d->declined));
    json_object_set_new(summary, "verification", verify_print_json(&d->verification));
    return summary;
}

/* ---- the command ---- */
static void tell(struct errand_result *r, const struct deletion *d, bool dry_run)
{
    char count[32], size[32];
    r->told = d->verification.finished;
    r->messages = d->verification.source_messages;
    r->octets = d->verification.source_octets;
    r->done = d->deleted;
    r->done_octets = d->deleted_octets;
    r->rest = dry_run ? d->chosen : d->left + d->later;
    r->rest_octets = dry_run ? d->chosen_octets : d->left_octets + d->later_octets;
    r->attention = d->kept;
    if (!r->told)
        return;
    errand_number(count, sizeof count, dry_run ? d->chosen : d->deleted);
    text_octets(size, sizeof size, dry_run ? d->chosen_octets : d->deleted_octets);
    if (d->declined)
        errand_part(r, "nothing deleted: the answer was not \"yes\"");
    else if (!d->chosen && !d->later)
        errand_part(r, "nothing to delete");
    else
        errand_part(r, "%s %s (%s)", count, dry_run ? "would be deleted" : "deleted", size);
    errand_count(r, d->younger, "not old enough", "not old enough");
    errand_count(r, dry_run ? 0 : d->left, "left", "left");
    errand_count(r, d->later, "left for later", "left for later");
    errand_count(r, d->kept, "kept, since not proved", "kept, since not proved");
}

static void print_json(struct run *r, const struct deletion *d, const struct error *err)
{
    const struct errand *e = r->errand;
    print_stream_close(
        &r->stream, json_pack("{s:o, s:o, s:b, s:i}", "summary", json_deletion(d), "error",
                        print_json_error(err), "dry_run", e->options->dry_run, "exit_code", e->result.code));
}

static void delete_messages(struct run *r)
{
    struct errand *e = r->errand;
    const struct options *o = e->options;
    struct error err = {0};
    struct deletion *d = &r->deletion;
    struct verify_sink sink = {.message = on_message, .ctx = r};
    struct delete_policy policy = {.older_than_days = o->older_than,
        .accept = o->accept,
        .dry_run = o->dry_run,
        .limit = o->limit,
        .confirm = o->yes ? NULL : confirm,
        .ctx = r};
    bool json = o->format == FORMAT_JSON;
    if (json)
        print_stream_open(&r->stream, e->out, "delete", e->job);
    int rc = migrate_delete(e->job, e->world, &policy, &sink, d, &err);
    errand_end(e, rc, &err, d->kept ? EXIT_CODE_ATTENTION : EXIT_CODE_DONE);
    tell(&e->result, d, o->dry_run);
    talk_clear(e->talk);
    if (json)
        print_json(r, d, &err);
    else
        print_text(r, d, rc);
}

int cmd_delete_ready(const struct options *o, bool batch, struct error *err)
{
    if (store_is_named(o->from))
        return migrate_delete_refuse_store(o->from, err);
    if (filter_is_set(
            &o->filter)) /* not even by accident, from an @FILE, may it seem that they hold something back */
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "deletion does not go by --since, --before, --min-size and --max-size: leave them out; --older-than DAYS "
            "keeps what is younger");
    if (o->yes || o->dry_run || (!batch && isatty(STDIN_FILENO)))
        return 0;
    if (batch)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "nobody is asked for each account of a list whether its messages may be deleted: say --yes, or --dry-run to see which would go");
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "there is no terminal to ask whether messages may be deleted: say --yes, or --dry-run to see which would go");
}

int cmd_delete_errand(struct errand *e)
{
    struct run run = {.errand = e};
    delete_messages(&run);
    verify_list_done(&run.attention);
    return e->result.code;
}

const struct errand_kind cmd_delete_kind = {
    .ready = cmd_delete_ready, .run = cmd_delete_errand, .keeps = true, .dry_is_scratch = true};
