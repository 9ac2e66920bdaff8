#include "command.h"

#include "exit_code.h"
#include "ledger.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(x) ((unsigned long long)(x))

struct status {
    bool json;
    char *from, *to; /* only this account; NULL: all */
    json_t *jobs;
    size_t count;
};

static json_t *json_run(const struct ledger_job_row *row)
{
    if (!row->run_started_s)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "command", row->run_command, "started",
        print_json_time(row->run_started_s), "ended",
        row->run_ended_s ? print_json_time(row->run_ended_s) : json_null(), "exit_code",
        row->run_ended_s ? json_integer(row->run_exit_code) : json_null(), "words", row->run_words);
}

static void add_json(struct status *s, const struct ledger_job_row *row)
{
    json_t *job =
        json_pack("{s:s, s:s, s:s}", "from", row->source, "to", row->destination, "folder", row->folder);
    for (int i = 0; i < LEDGER_STATES; i++)
        json_object_set_new(
            job, ledger_state_name((enum ledger_state)i), json_integer((json_int_t)row->count[i]));
    json_object_set_new(job, "octets_done", json_integer((json_int_t)row->octets_done));
    json_object_set_new(job, "last_run", json_run(row));
    json_array_append_new(s->jobs, job);
}

static void print_time(int64_t at_s)
{
    struct clock_utc u = clock_to_utc(at_s);
    printf("%04d-%02d-%02d %02d:%02d:%02d UTC", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static void print_job(const struct status *s, const struct ledger_job_row *row)
{
    char size[32];
    printf("%s%s -> %s, mailbox %s\n", s->count ? "\n" : "", row->source, row->destination, row->folder);
    printf(
        "  copied %llu (%s), already there %llu, duplicates %llu, quarantined %llu, refused %llu, unfinished %llu\n",
        N(row->count[LEDGER_DONE]), text_octets(size, sizeof size, row->octets_done),
        N(row->count[LEDGER_PRESENT]), N(row->count[LEDGER_DUPLICATE]), N(row->count[LEDGER_QUARANTINED]),
        N(row->count[LEDGER_REFUSED]), N(row->count[LEDGER_OPEN] + row->count[LEDGER_INTENT]));
    if (!row->run_started_s)
        return;
    printf("  last run: %s, begun ", row->run_command);
    print_time(row->run_started_s);
    if (row->run_ended_s) {
        printf(", ended ");
        print_time(row->run_ended_s);
        printf(" with exit code %d: %s\n", row->run_exit_code, row->run_words);
    } else {
        printf(", not ended: at work now, or interrupted (then run it again)\n");
    }
}

static bool on_job(void *ctx, const struct ledger_job_row *row)
{
    struct status *s = ctx;
    if ((s->from && strcmp(s->from, row->source) != 0) || (s->to && strcmp(s->to, row->destination) != 0))
        return true;
    if (s->json)
        add_json(s, row);
    else
        print_job(s, row);
    s->count++;
    return true;
}

static int status(const struct options *o)
{
    struct error err;
    struct status s = {.json = o->format == FORMAT_JSON, .jobs = json_array()};
    int rc = options_accounts(o, &s.from, &s.to, &err);
    struct ledger *ledger = rc == 0 ? ledger_open(o->work_dir, LEDGER_READ, &err) : NULL;
    rc = ledger ? ledger_each_job(ledger, on_job, &s, &err) : -1;
    ledger_close(ledger);
    if (rc == 0 && s.json) {
        json_t *doc = json_pack("{s:i, s:s, s:s, s:O}", "schema", PRINT_JSON_SCHEMA, "popferry",
            POPFERRY_VERSION, "command", "status", "jobs", s.jobs);
        json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
        json_decref(doc);
    }
    json_decref(s.jobs);
    free(s.from);
    free(s.to);
    return rc < 0 ? talk_error(NULL, &err) : EXIT_CODE_DONE;
}

int cmd_status(const struct command *self, int argc, const char **argv)
{
    struct options o;
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &o, &err) < 0)
        return talk_error(NULL, &err);
    int code = status(&o);
    options_done(&o);
    return code;
}
