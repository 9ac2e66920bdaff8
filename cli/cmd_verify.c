#include "command.h"

#include "exit_code.h"
#include "options.h"
#include "talk.h"
#include "verify_print.h"
#include <stdio.h>
#include <string.h>

#define N(x) ((unsigned long long)(x))

struct run {
    struct options options;
    enum verify_level level;
    struct job job;
    struct talk talk;
    struct print_stream stream;
    struct verify_list attention;
};

static int parse_level(const char *text, enum verify_level *ret, struct error *err)
{
    static const char *const names[] = {"count", "headers", "content"};
    for (int i = 0; i < 3; i++)
        if (!text || !strcmp(text, names[i])) {
            *ret = text ? (enum verify_level)i : VERIFY_CONTENT;
            return 0;
        }
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--level %s: must be count, headers or content", text);
}

static void on_message(void *ctx, const struct verify_message *m)
{
    struct run *r = ctx;
    talk_clear(&r->talk);
    if (r->options.format == FORMAT_JSON) {
        verify_print_json_message(&r->stream, m);
        return;
    }
    if (m->message.attention)
        verify_list_add(&r->attention, m);
    if (r->options.verbose)
        verify_print_message(m);
}

static void print_disagreement(const struct verification *v)
{
    if (v->altered || v->missing)
        printf(
            "Source and destination do NOT agree: %llu of the messages that were copied are missing or altered in "
            "the destination.\n",
            N(v->altered + v->missing));
    if (v->doubled)
        printf("%llu messages stand twice in the destination.\n", N(v->doubled));
    if (v->uidls_changed)
        printf(
            "The source gives its messages other UIDLs than when they were copied; popferry migrate compares them "
            "by content.\n");
    if (v->pending)
        printf(
            "Source and destination do not agree yet: %llu messages are not copied; popferry migrate goes on with "
            "them.\n",
            N(v->pending));
}

static void print_verdict(const struct verification *v)
{
    uint64_t agreed = verification_agreed(v);
    if (!verification_agrees(v))
        print_disagreement(v);
    else if (!agreed)
        printf("Source and destination agree: there is nothing that was to be copied.\n");
    else if (v->level == VERIFY_CONTENT)
        printf(
            "Source and destination agree: each of the %llu messages was read in the destination and is what was "
            "sent%s.\n",
            N(agreed), v->agreed[LEDGER_PROOF_STRUCTURE] ? ", some of them rewritten by the server" : "");
    else
        printf("Source and destination agree as far as was asked: %llu messages by %s.\n", N(agreed),
            v->level == VERIFY_HEADERS ? "header" : "number");
}

static int verify(struct run *r)
{
    struct error err = {0};
    struct verification v;
    struct verify_sink sink = {.message = on_message, .ctx = r};
    bool json = r->options.format == FORMAT_JSON;
    talk_begin(&r->talk, &r->options);
    if (json)
        print_stream_open(&r->stream, "verify", &r->job);
    int rc = migrate_verify(&r->job, &r->talk.world, r->level, &sink, &v, &err);
    talk_end(&r->talk);
    int code = rc < 0                    ? (int)exit_code_of(&err)
               : verification_agrees(&v) ? EXIT_CODE_DONE
                                         : EXIT_CODE_ATTENTION;
    if (json) {
        print_stream_close(&r->stream, json_pack("{s:o, s:o, s:b, s:i}", "summary", verify_print_json(&v),
                                           "error", print_json_error(&err), "agree",
                                           (int)(rc == 0 && verification_agrees(&v)), "exit_code", code));
    } else if (rc == 0) {
        verify_print_sides(&r->job, &v);
        verify_print_counts(&v);
        verify_list_print(&r->attention, "Needs attention");
        print_verdict(&v);
    }
    fflush(stdout);
    if (rc < 0)
        talk_error(&r->talk, &err);
    return code;
}

int cmd_verify(const struct command *self, int argc, const char **argv)
{
    struct run r = {0};
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &r.options, &err) < 0)
        return talk_error(NULL, &err);
    bool fails =
        parse_level(r.options.level_text, &r.level, &err) < 0 || options_job(&r.options, &r.job, &err) < 0;
    int code = fails ? talk_error(NULL, &err) : verify(&r);
    verify_list_done(&r.attention);
    options_job_done(&r.job);
    options_done(&r.options);
    return code;
}
