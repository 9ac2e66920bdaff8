#include "migrate.h"

#include "exit_code.h"
#include "ledger_source.h"
#include "verify.h"
#include <stdio.h>

static int compare(struct verify *v, const struct verify_sink *sink, struct error *err)
{
    int rc = verify_begin(v, err);
    if (rc == 0)
        rc = verify_run(v, err);
    if (rc == 0)
        rc = verify_report(v, sink, err);
    if (rc == 0 && v->result->finished && !v->result->missing)
        rc = ledger_all_there(v->ledger, v->job_id, err);
    verify_done(v);
    return rc;
}

static int record_end(struct ledger *ledger, int64_t run, const struct world *world, int rc, int exit_code,
    const struct verification *r, const struct error *why, struct error *err)
{
    char words[ERROR_TEXT_MAX];
    if (rc < 0)
        snprintf(words, sizeof words, "%s", why->text);
    else
        snprintf(words, sizeof words, "%llu agreed, %llu altered, %llu missing, %llu doubled, %llu pending",
            (unsigned long long)proof_agreed(r), (unsigned long long)r->altered,
            (unsigned long long)r->missing, (unsigned long long)r->doubled, (unsigned long long)r->pending);
    return ledger_run_end(
        ledger, run, clock_wall_s(world->clock), exit_code, rc < 0 ? why->code : ERROR_NONE, words, err);
}

int migrate_verify(const struct job *job, const struct world *world, enum verify_level level,
    const struct verify_sink *sink, struct verification *ret, struct error *err)
{
    struct verify v = {.job = job, .world = world, .level = level, .result = ret};
    int64_t begun_ms = clock_mono_ms(world->clock);
    *ret = (struct verification){.level = level};
    if (verify_open_ledger(job, &v.ledger, &v.job_id, err) < 0)
        return -1;
    struct ledger *ledger = v.ledger;
    int64_t run = ledger_run_begin(ledger, v.job_id, "verify", clock_wall_s(world->clock), err);
    struct verify_log log = {0};
    if (run >= 0)
        sink = verify_log_begin(&log, &v, run, "verify", sink);
    int rc = run < 0 ? -1 : compare(&v, sink, err);
    int exit_code = rc < 0 ? exit_code_of(err) : proof_agrees(ret) ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION;
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    verify_log_end(&log, exit_code, rc < 0 ? err : NULL);
    struct error late;
    if (run >= 0 && record_end(ledger, run, world, rc, exit_code, ret, err, &late) < 0 && rc == 0) {
        *err = late;
        rc = -1;
    }
    ledger_close(ledger);
    return rc;
}
