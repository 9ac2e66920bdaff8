/* popferry estimate: how much mail there is, how fast it grows, what it costs in which plan, how long the
 * move takes. Changes nothing on either side. */
#include "command.h"

#include "batch_command.h"
#include "errand.h"
#include "estimate_options.h"
#include "estimate_print.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "migrate_estimate.h"
#include "options_discover.h"
#include "pair.h"
#include "quote_html.h"
#include "quote_list.h"
#include "quote_xlsx.h"
#include "secret.h"
#include "talk.h"
#include "text.h"
#include "text_list.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whatever can be found wrong before a server is asked. */
static int check_request(const struct options *o, struct error *err)
{
    enum estimate_report kind;
    for (size_t i = 0; i < text_list_count(o->reports); i++)
        if (estimate_options_report(o->reports[i], &kind, err) < 0)
            return -1;
    bool from = o->from || o->from_host || o->accounts;
    if (o->mailboxes && (from || o->to || o->to_host))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--mailboxes is a list in place of servers: leave out --from and --to, or --mailboxes");
    if (!o->mailboxes && !from)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--from is missing: it names the server as a URL; or --mailboxes FILE.csv, a list of mailboxes");
    return 0;
}

static int begin(const struct options *o, struct quote *ret, struct error *err)
{
    struct quote_params params;
    struct money_rate *rates = NULL;
    struct catalog *catalog = NULL;
    if (check_request(o, err) < 0 || estimate_options_read(o, &params, &rates, err) < 0)
        return -1;
    int rc = catalog_load(o->catalogs, text_list_count(o->catalogs), &catalog, err);
    if (rc == 0) {
        char *customer CLEANUP(mem_free_str) = text_clean_dup(o->customer);
        char *prepared_by CLEANUP(mem_free_str) = text_clean_dup(o->prepared_by);
        quote_init(ret, customer, prepared_by, clock_wall_s(clock_system()), &params, catalog);
    }
    free(rates);
    return rc;
}

static void print(const struct options *o, const struct quote *q, const struct error *err, int code)
{
    switch (o->format) {
    case FORMAT_JSON:
        estimate_json(q, err, code);
        break;
    case FORMAT_CSV:
        estimate_csv(q);
        break;
    case FORMAT_TEXT:
        if (q->calculated)
            estimate_text(q);
        break;
    }
    fflush(stdout);
}

static int write_reports(const struct options *o, const struct quote *q, struct error *err)
{
    for (size_t i = 0; i < text_list_count(o->reports); i++) {
        const char *path = o->reports[i];
        enum estimate_report kind;
        if (estimate_options_report(path, &kind, err) < 0)
            return -1;
        int rc = kind == ESTIMATE_REPORT_HTML ? quote_html_write(q, path, i18n_lang(), err)
                                              : quote_xlsx_write(q, path, i18n_lang(), err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* ---- one pair, or a list without servers ---- */
static int measure(const struct options *o, struct quote *q, struct error *err)
{
    struct job job CLEANUP(options_job_done) = {0};
    struct secret_keeper keeper CLEANUP(secret_keeper_done) = {0};
    char *work_dir CLEANUP(mem_free_str) = NULL;
    struct talk talk;
    if (secret_keeper_job(&keeper, o, true, &job, err) < 0 ||
        (job.to.host && pair_find_work_dir(&job, &work_dir, err) < 0))
        return -1;
    talk_begin(&talk, o, &keeper);
    int rc = migrate_estimate(&job, &talk.world, q, err);
    talk_end(&talk);
    return rc;
}

static int estimate(const struct options *o, struct quote *q)
{
    struct error err = {0};
    int rc = o->mailboxes ? quote_list_read(q, o->mailboxes, &err) : measure(o, q, &err);
    if (rc == 0)
        rc = quote_calculate(q, &err);
    if (rc == 0)
        rc = write_reports(o, q, &err);
    int code = rc < 0 ? exit_code_of(&err) : EXIT_CODE_DONE;
    print(o, q, &err, code);
    if (rc < 0)
        talk_error(NULL, &err);
    return code;
}

int cmd_estimate(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    struct quote q CLEANUP(quote_done) = {0};
    struct error err;
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    if (o.accounts)
        return batch_command(self, &o);
    if (options_discover(&o, true, NULL, &err) < 0 || begin(&o, &q, &err) < 0)
        return command_refuse(self, &o, &err);
    return estimate(&o, &q);
}

/* ---- many accounts ---- */
static void *whole_begin(const struct options *o, size_t accounts, struct error *err)
{
    struct quote q = {0};
    struct error undone;
    if (begin(o, &q, err) < 0)
        return NULL;
    error_set(&undone, ERROR_SCOPE_JOB, ERROR_RETRY_NOW, ERROR_CANCELLED, "not measured");
    for (size_t i = 0; i < accounts; i++)
        quote_add_account(&q)->error = undone;
    struct quote *shared = mem_alloc(sizeof *shared);
    *shared = q;
    return shared;
}

static void put_words(char **field, const char *words)
{
    free(*field);
    *field = text_clean_dup(words);
}

static void whole_undone(
    void *shared, size_t i, const char *name, const char *source, const struct error *why)
{
    struct quote_account *a = &((struct quote *)shared)->accounts[i];
    put_words(&a->name, name);
    put_words(&a->source, source);
    a->error = *why;
}

static int whole_end(const struct options *o, void *shared, const struct error *why, struct error *ret_err)
{
    struct quote *q = shared;
    struct error err = {0};
    int code = why->code ? (int)exit_code_of(why) : EXIT_CODE_DONE;
    bool fails = quote_calculate(q, &err) < 0 || (q->calculated && write_reports(o, q, &err) < 0);
    if (fails)
        code = exit_code_of(&err);
    print(o, q, fails ? &err : why, code);
    *ret_err = err;
    quote_done(q);
    free(q);
    return code;
}

static void tell(struct errand_result *r, const struct quote_account *a)
{
    char size[32];
    r->told = true;
    r->messages = a->inventory.messages;
    r->octets = a->inventory.octets;
    r->done = a->held.messages;
    r->done_octets = a->held.octets;
    r->rest = a->to_copy.messages;
    r->attention = a->too_big.messages + a->refused.messages;
    if (!r->messages) {
        errand_part(r, "the source is empty");
        return;
    }
    errand_count(r, r->messages, "message", "messages");
    errand_part(r, "%s", text_octets(size, sizeof size, r->octets));
    errand_count(r, a->duplicates.messages, "duplicate", "duplicates");
    errand_count(r, a->present.messages + a->settled.messages, "there already", "there already");
    errand_count(r, r->attention, "cannot be copied", "cannot be copied");
}

static int estimate_errand(struct errand *e)
{
    struct quote *q = e->shared;
    struct quote_account *a = &q->accounts[e->index];
    struct error err = {0};
    int rc = migrate_estimate_account(e->job, e->world, q, a, &err);
    errand_end(e, rc, &err, EXIT_CODE_DONE);
    if (rc == 0)
        tell(&e->result, a);
    return e->result.code;
}

static int estimate_ready(const struct options *o, bool batch, struct error *err)
{
    (void)batch;
    return check_request(o, err);
}

static const struct errand_whole whole = {.begin = whole_begin, .undone = whole_undone, .end = whole_end};

const struct errand_kind cmd_estimate_kind = {
    .ready = estimate_ready, .run = estimate_errand, .source_alone = true, .keeps = true, .whole = &whole};
