#include "status.h"

#include "print.h"
#include "report.h"
#include "report_unlisted.h"
#include <stdio.h>

static json_t *last_run(const struct status_account *a)
{
    if (!a->run_started_s)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "command", a->run_command, "started",
        print_json_time(a->run_started_s), "ended",
        a->run_ended_s ? print_json_time(a->run_ended_s) : json_null(), "exit_code",
        a->run_ended_s ? json_integer(a->run_exit_code) : json_null(), "words", a->run_words);
}

static json_t *account(const struct status_account *a)
{
    json_t *job = json_pack("{s:s, s:s, s:s, s:o, s:b}", "from", a->source, "to", a->destination, "folder",
        a->folder, "work_dir", a->begun ? json_string(a->work_dir) : json_null(), "begun", a->begun);
    json_object_set_new(job, "balance", print_json_balance(&a->balance));
    json_object_set_new(job, "by_state", print_json_states(a->totals.count));
    json_object_set_new(job, "swallowed", json_integer((json_int_t)a->totals.swallowed));
    json_object_set_new(job, "doubled", json_integer((json_int_t)a->totals.doubled));
    json_object_set_new(job, "built", print_json_built(a->totals.built));
    json_object_set_new(job, "source", print_json_source(&a->from));
    json_object_set_new(job, "last_run", last_run(a));
    return job;
}

/* All of it but its accounts, which the file itself has. */
static json_t *batch(const json_t *from, bool at_work)
{
    json_t *b = from ? json_deep_copy(from) : json_null();
    if (!json_is_object(b))
        return b;
    json_object_del(b, "accounts");
    json_object_set_new(b, "at_work", json_boolean(at_work));
    return b;
}

static json_t *shards(const struct status *s)
{
    size_t i;
    json_t *b, *all = json_array();
    json_array_foreach(s->shards, i, b) json_array_append_new(all, batch(b, s->batch_at_work));
    return all;
}

void status_json(const struct status *s, const struct error *err, int exit_code)
{
    json_t *jobs = json_array();
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(jobs, account(&s->accounts[i]));
    print_json_document(stdout, "status",
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "batch", batch(s->batch, s->batch_at_work),
            "shards", shards(s), "jobs", jobs, "unlisted", report_unlisted_json(s->scope), "damaged",
            report_json_damaged(&s->walk), "warnings", report_unlisted_warnings(s->scope, s->work_dir),
            "error", print_json_error(err), "exit_code", exit_code));
}
