#include "command.h"

#include "exit_code.h"
#include "options.h"
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
    const struct options *options;
    const struct job *job;
    struct talk talk;
    struct print_stream stream;
    struct verify_list attention;
};

static void on_message(void *ctx, const struct verify_message *m)
{
    struct run *r = ctx;
    bool lists = r->options->dry_run && !strcmp(m->message.verdict, "to-delete");
    talk_clear(&r->talk);
    if (r->options->format == FORMAT_JSON) {
        verify_print_json_message(&r->stream, m);
        return;
    }
    if (m->message.attention)
        verify_list_add(&r->attention, m);
    if (r->options->verbose || lists)
        verify_print_message(m);
}

/* False: no answer, or asked to stop. A signal that comes just before fgets would not end it: hence poll. */
static bool read_answer(struct run *r, char *dst, int cap)
{
    const struct world *world = &r->talk.world;
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

/* Asked on the terminal; standard output may be a file. */
static bool confirm(void *ctx, uint64_t messages, uint64_t octets)
{
    struct run *r = ctx;
    char size[32], answer[16] = "";
    talk_clear(&r->talk);
    fprintf(stderr,
        "Each of them was read in the destination just now, and is the same there.\n"
        "Delete %llu messages (%s) from %s? Type yes: ",
        N(messages), text_octets(size, sizeof size, octets), r->job->from.host);
    fflush(stderr);
    return read_answer(r, answer, sizeof answer) && !strcmp(answer, "yes\n");
}

static void print_counts(const struct deletion *d)
{
    char size[32];
    verify_print_line("deleted now", d->deleted, text_octets(size, sizeof size, d->deleted_octets));
    verify_print_line("kept, since not old enough", d->younger, "");
    verify_print_line("kept, since left out as asked", d->verification.filtered, "--since and the like");
    verify_print_line("kept, since not proved", d->kept, "listed below");
    verify_print_line("gone before it was their turn", d->gone, "not by popferry");
}

static void print_verdict(const struct run *r, const struct deletion *d, int rc)
{
    char size[32];
    if (r->options->dry_run)
        printf("%llu messages (%s) would be deleted from the source; nothing was changed.\n", N(d->chosen),
            text_octets(size, sizeof size, d->chosen_octets));
    else if (d->declined)
        printf("Nothing was deleted: the answer was not \"yes\".\n");
    else if (rc < 0)
        printf(
            "Stopped before the end: %llu messages are not known to be deleted; run the same command again.\n",
            N(d->left));
    else if (!d->chosen)
        printf("There was nothing to delete.\n");
    else
        printf(
            "Deleted, and no longer in the source's list: %llu messages, each read in the destination before.\n",
            N(d->deleted));
    if (d->kept)
        printf("%llu messages stay on the source, since they are not proved to be in the destination.\n",
            N(d->kept));
}

static void print_text(const struct run *r, const struct deletion *d, int rc)
{
    if (!d->verification.finished)
        return;
    verify_print_sides(r->job, &d->verification);
    verify_print_counts(&d->verification);
    print_counts(d);
    verify_list_print(&r->attention, "Kept on the source");
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
        {"kept", d->kept},
        {"left", d->left},
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

static int delete_messages(struct run *r)
{
    struct error err = {0};
    struct deletion d;
    struct verify_sink sink = {.message = on_message, .ctx = r};
    struct delete_policy policy = {.older_than_days = r->options->older_than,
        .dry_run = r->options->dry_run,
        .confirm = r->options->yes ? NULL : confirm,
        .ctx = r};
    bool json = r->options->format == FORMAT_JSON;
    talk_begin(&r->talk, r->options);
    if (json)
        print_stream_open(&r->stream, "delete", r->job);
    int rc = migrate_delete(r->job, &r->talk.world, &policy, &sink, &d, &err);
    talk_end(&r->talk);
    int code = rc < 0 ? (int)exit_code_of(&err) : d.kept ? EXIT_CODE_ATTENTION : EXIT_CODE_DONE;
    if (json)
        print_stream_close(
            &r->stream, json_pack("{s:o, s:o, s:b, s:i}", "summary", json_deletion(&d), "error",
                            print_json_error(&err), "dry_run", r->options->dry_run, "exit_code", code));
    else
        print_text(r, &d, rc);
    fflush(stdout);
    if (rc < 0)
        talk_error(&r->talk, &err);
    return code;
}

int cmd_delete_check_consent(const struct options *o, struct error *err)
{
    if (filter_is_set(
            &o->filter)) /* not even by accident, from an @FILE, may it seem that they hold something back */
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "deletion does not go by --since, --before, --min-size and --max-size: leave them out; --older-than DAYS "
            "keeps what is younger");
    if (o->yes || o->dry_run || isatty(STDIN_FILENO))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "there is no terminal to ask whether messages may be deleted: say --yes, or --dry-run to see which would go");
}

int cmd_delete_run(const struct options *o, const struct job *job)
{
    struct run r = {.options = o, .job = job};
    int code = delete_messages(&r);
    verify_list_done(&r.attention);
    return code;
}

int cmd_delete(const struct command *self, int argc, const char **argv)
{
    struct options options;
    struct job job = {0};
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &options, &err) < 0)
        return talk_error(NULL, &err);
    bool fails = cmd_delete_check_consent(&options, &err) < 0 || options_job(&options, &job, &err) < 0;
    int code = fails ? talk_error(NULL, &err) : cmd_delete_run(&options, &job);
    options_job_done(&job);
    options_done(&options);
    return code;
}
