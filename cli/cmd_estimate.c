/* popferry estimate: how much mail there is, how fast it grows, what it costs in which plan, how long the
 * move takes. Changes nothing on either side. */
#include "command.h"

#include "estimate_options.h"
#include "estimate_print.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "migrate_estimate.h"
#include "options.h"
#include "quote_html.h"
#include "quote_list.h"
#include "quote_xlsx.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct options options;
    struct quote quote;
    struct talk talk;
};

static char *cleaned(const char *s)
{
    size_t len = s ? strlen(s) : 0;
    char *out = mem_alloc(len + 1);
    return text_clean(out, len + 1, s ? s : "", len);
}

/* Whatever can be found wrong before a server is asked. */
static int check_request(const struct options *o, struct error *err)
{
    enum estimate_report kind;
    for (size_t i = 0; i < estimate_options_count(o->reports); i++)
        if (estimate_options_report(o->reports[i], &kind, err) < 0)
            return -1;
    if (o->mailboxes && (o->from || o->to))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--mailboxes is a list in place of servers: leave out --from and --to, or --mailboxes");
    if (!o->mailboxes && !o->from)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--from is missing: it names the server as a URL; or --mailboxes FILE.csv, a list of mailboxes");
    return 0;
}

static int begin(struct run *r, struct error *err)
{
    const struct options *o = &r->options;
    struct quote_params params;
    struct money_rate *rates = NULL;
    struct catalog *catalog = NULL;
    if (i18n_begin(o->lang, err) < 0 || check_request(o, err) < 0 ||
        estimate_options_read(o, &params, &rates, err) < 0)
        return -1;
    int rc = catalog_load(o->catalogs, estimate_options_count(o->catalogs), &catalog, err);
    if (rc == 0) {
        char *customer CLEANUP(mem_free_str) = cleaned(o->customer);
        char *prepared_by CLEANUP(mem_free_str) = cleaned(o->prepared_by);
        quote_init(&r->quote, customer, prepared_by, clock_wall_s(clock_system()), &params, catalog);
    }
    free(rates);
    return rc;
}

static int measure(struct run *r, struct error *err)
{
    struct job job = {0};
    const struct options *o = &r->options;
    int rc = o->to ? options_job(o, &job, err) : options_source_job(o, &job, err);
    if (rc == 0) {
        talk_begin(&r->talk, o);
        rc = migrate_estimate(&job, &r->talk.world, &r->quote, err);
        talk_end(&r->talk);
    }
    options_job_done(&job);
    return rc;
}

static void print(const struct run *r, const struct error *err, int code)
{
    switch (r->options.format) {
    case FORMAT_JSON:
        estimate_json(&r->quote, err, code);
        break;
    case FORMAT_CSV:
        estimate_csv(&r->quote);
        break;
    case FORMAT_TEXT:
        if (r->quote.calculated)
            estimate_text(&r->quote);
        break;
    }
    fflush(stdout);
}

static int write_reports(const struct run *r, struct error *err)
{
    for (size_t i = 0; i < estimate_options_count(r->options.reports); i++) {
        const char *path = r->options.reports[i];
        enum estimate_report kind;
        if (estimate_options_report(path, &kind, err) < 0)
            return -1;
        int rc = kind == ESTIMATE_REPORT_HTML ? quote_html_write(&r->quote, path, i18n_lang(), err)
                                              : quote_xlsx_write(&r->quote, path, i18n_lang(), err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int estimate(struct run *r)
{
    struct error err = {0};
    int rc = r->options.mailboxes ? quote_list_read(&r->quote, r->options.mailboxes, &err) : measure(r, &err);
    if (rc == 0)
        rc = quote_calculate(&r->quote, &err);
    if (rc == 0)
        rc = write_reports(r, &err);
    int code = rc < 0 ? exit_code_of(&err) : EXIT_CODE_DONE;
    print(r, &err, code);
    if (rc < 0)
        talk_error(&r->talk, &err);
    return code;
}

int cmd_estimate(const struct command *self, int argc, const char **argv)
{
    struct run r = {0};
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &r.options, &err) < 0)
        return talk_error(NULL, &err);
    int code = begin(&r, &err) < 0 ? talk_error(NULL, &err) : estimate(&r);
    quote_done(&r.quote);
    options_done(&r.options);
    return code;
}
