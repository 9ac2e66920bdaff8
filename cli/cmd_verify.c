#include "command.h"

#include "errand.h"
#include "exit_code.h"
#include "talk.h"
#include "verify_print.h"
#include <string.h>

#define N(x) ((unsigned long long)(x))

struct run {
    struct errand *errand;
    struct print_stream stream;
    struct verify_list attention;
};

static void on_message(void *ctx, const struct verify_message *m)
{
    struct run *r = ctx;
    talk_clear(r->errand->talk);
    if (r->errand->options->format == FORMAT_JSON) {
        verify_print_json_message(&r->stream, m);
        return;
    }
    if (m->message.attention)
        verify_list_add(&r->attention, m);
    if (r->errand->options->verbose)
        verify_print_message(r->errand->out, m);
}

static void print_disagreement(FILE *out, const struct verification *v)
{
    if (v->missing && !v->altered && !proof_agreed(v))
        fprintf(out,
            "Source and destination do NOT agree: nothing of the %llu messages that were copied is in the destination any "
            "more: it was emptied, or all was moved away. To copy them again, run popferry migrate with a new --work-dir.\n",
            N(v->missing));
    else if (v->altered || v->missing)
        fprintf(out,
            "Source and destination do NOT agree: %llu of the messages that were copied are missing or altered in "
            "the destination.\n",
            N(v->altered + v->missing));
    if (v->redated)
        fprintf(out, "%llu messages have another date (INTERNALDATE) in the destination than was sent.\n",
            N(v->redated));
    if (v->doubled)
        fprintf(out, "%llu messages stand twice in the destination.\n", N(v->doubled));
    if (v->source_unlisted)
        fprintf(out, "The source counts %llu messages more (STAT) than it lists.\n", N(v->source_unlisted));
    if (v->uidls_changed)
        fprintf(out,
            "The source gives its messages other UIDLs than when they were copied; popferry migrate compares them "
            "by content.\n");
    if (v->pending)
        fprintf(out,
            "Source and destination do not agree yet: %llu messages are not copied; popferry migrate goes on with "
            "them.\n",
            N(v->pending));
}

static void print_verdict(FILE *out, const struct verification *v)
{
    uint64_t agreed = proof_agreed(v);
    if (!proof_agrees(v))
        print_disagreement(out, v);
    else if (!agreed)
        fprintf(out, "Source and destination agree: there is nothing that was to be copied.\n");
    else if (v->level == VERIFY_CONTENT)
        fprintf(out,
            "Source and destination agree: each of the %llu messages was read in the destination and is what was "
            "sent%s%s.\n",
            N(agreed), v->agreed[LEDGER_PROOF_STRUCTURE] ? ", some of them rewritten by the server" : "",
            v->agreed[LEDGER_PROOF_BODY] ? ", some of them as another copy with other header fields" : "");
    else
        fprintf(out, "Source and destination agree as far as was asked: %llu messages by %s.\n", N(agreed),
            v->level == VERIFY_HEADERS ? "header" : "number");
}

/* ---- the command ---- */
static void tell(struct errand_result *r, const struct verification *v, int rc)
{
    r->told = v->finished;
    r->messages = v->source_messages;
    r->octets = v->source_octets;
    r->done = proof_agreed(v);
    r->done_octets = v->agreed_octets;
    r->rest = v->pending;
    r->attention = v->altered + v->missing + v->doubled + v->redated + v->source_unlisted;
    if (rc < 0 || !r->told)
        return;
    char agreed[32], of[32];
    uint64_t all = r->done + v->altered + v->missing + v->pending;
    if (r->done == all)
        errand_part(r, all ? "all %s agree" : "there is nothing that was to be copied",
            errand_number(agreed, sizeof agreed, all));
    else
        errand_part(r, "%s of %s agree", errand_number(agreed, sizeof agreed, r->done),
            errand_number(of, sizeof of, all));
    errand_count(r, v->missing, "missing", "missing");
    errand_count(r, v->altered, "altered", "altered");
    errand_count(r, v->redated, "with another date", "with another date");
    errand_count(r, v->doubled, "there twice", "there twice");
    errand_count(r, v->source_unlisted, "not listed by the source", "not listed by the source");
    errand_count(r, v->pending, "not copied yet", "not copied yet");
}

static void print_text(const struct run *r, const struct verification *v)
{
    FILE *out = r->errand->out;
    verify_print_sides(out, r->errand->job, v);
    verify_print_counts(out, v);
    verify_list_print(out, &r->attention, "Needs attention");
    print_verdict(out, v);
}

static int compare(struct run *r, enum verify_level level)
{
    struct errand *e = r->errand;
    struct error err = {0};
    struct verification v;
    struct verify_sink sink = {.message = on_message, .ctx = r};
    bool json = e->options->format == FORMAT_JSON;
    if (json)
        print_stream_open(&r->stream, e->out, "verify", e->job);
    int rc = migrate_verify(e->job, e->world, level, &sink, &v, &err);
    bool agrees = rc == 0 && proof_agrees(&v);
    errand_end(e, rc, &err, agrees ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION);
    tell(&e->result, &v, rc);
    talk_clear(e->talk);
    if (json)
        print_stream_close(
            &r->stream, json_pack("{s:o, s:o, s:b, s:i}", "summary", verify_print_json(&v), "error",
                            print_json_error(&err), "agree", (int)agrees, "exit_code", e->result.code));
    else if (rc == 0)
        print_text(r, &v);
    return e->result.code;
}

static int verify_errand(struct errand *e)
{
    struct run run = {.errand = e};
    compare(&run, (enum verify_level)e->options->level);
    verify_list_done(&run.attention);
    return e->result.code;
}

const struct errand_kind cmd_verify_kind = {.run = verify_errand, .keeps = true};
