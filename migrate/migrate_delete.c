#include "migrate.h"

#include "delete.h"
#include "exit_code.h"
#include "mem.h"
#include <stdio.h>

struct choice {
    struct delete_work *w;
    const struct delete_policy *policy;
    int64_t now_s;
};

static int keep(struct choice *c, const struct verify_row *row, const char *why, struct error *err)
{
    c->w->result->kept++;
    return verify_tell_row(c->w->v, c->w->sink, row, "kept", why, true, err);
}

static int choose(struct choice *c, uint32_t index, struct error *err)
{
    struct delete_work *w = c->w;
    const struct verify_row *row = &w->v->rows[index];
    if (row->item == VERIFY_NONE)
        return 0;
    if (row->verdict == VERIFY_FILTERED)
        return verify_tell_row(w->v, w->sink, row, "filtered", row->why, false, err);
    /* Too young counts first: what need not go needs no proof. */
    if (delete_is_younger(row, c->now_s, c->policy->older_than_days)) {
        w->result->younger++;
        return verify_tell_row(w->v, w->sink, row, "younger", "", false, err);
    }
    const char *refusal = delete_refusal(row);
    if (refusal) {
        const char *more = row->verdict == VERIFY_AGREED ? NULL : verify_why(row);
        char *why CLEANUP(mem_free_str) =
            more ? mem_printf("%s: %s", verify_verdict_name(row->verdict), more) : NULL;
        return keep(c, row, why ? why : refusal, err);
    }
    w->targets[w->count++] = (struct delete_target){.row = index};
    w->result->chosen++;
    w->result->chosen_octets += row->octets_claimed;
    return 0;
}

static void keep_news(struct choice *c)
{
    const struct verify *v = c->w->v;
    for (size_t i = 0; i < v->news_count; i++) {
        const struct verify_news *news = &v->news[i];
        if (news->row != VERIFY_NONE && v->rows[news->row].item == news->item)
            continue; /* told as that row */
        bool filtered = news->verdict == VERIFY_FILTERED;
        c->w->result->kept += !filtered;
        verify_tell_item(c->w->sink, news, filtered ? "filtered" : "kept",
            news->nameless && !filtered
                ? "the source gives it no UIDL of its own, so it cannot be told from others"
                : news->why,
            LEDGER_UNPROVED, !filtered);
    }
}

static int choose_all(struct choice *c, struct error *err)
{
    struct delete_work *w = c->w;
    w->targets = mem_array(w->v->row_count ? w->v->row_count : 1, sizeof *w->targets);
    for (size_t i = 0; i < w->v->row_count; i++)
        if (choose(c, (uint32_t)i, err) < 0)
            return -1;
    keep_news(c);
    return 0;
}

/* What is left of those chosen, to be told: kept by the source, or not come to. */
static int tell_rest(struct delete_work *w, const char *left_as, struct error *err)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct delete_target *t = &w->targets[i];
        const struct verify_row *row = &w->v->rows[t->row];
        int rc = 0;
        if (t->state == DELETE_KEPT) {
            w->result->kept++;
            rc = verify_tell_row(w->v, w->sink, row, "kept", t->why, true, err);
        } else if (t->state != DELETE_GONE) {
            w->result->left++;
            rc = verify_tell_row(w->v, w->sink, row, left_as, "", false, err);
        }
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int go(struct delete_work *w, const struct delete_policy *policy, struct error *err)
{
    struct deletion *r = w->result;
    struct error late;
    if (!policy->dry_run && r->chosen && policy->confirm)
        r->declined = !policy->confirm(policy->ctx, r->chosen, r->chosen_octets);
    if (policy->dry_run || r->declined)
        return tell_rest(w, "to-delete", err);
    int rc = delete_run(w, err);
    if (tell_rest(w, "to-delete", rc < 0 ? &late : err) < 0)
        return -1;
    return rc;
}

static int refuse_new_names(const struct verify *v, struct error *err)
{
    if (!v->result->uidls_changed)
        return 0;
    return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED,
        "%s gives its messages other UIDLs than when they were copied: which is which cannot be told, and nothing is "
        "deleted; run popferry migrate again (it compares by content), then delete",
        v->job->from.host);
}

static int verify_and_delete(
    struct delete_work *w, const struct delete_policy *policy, int64_t now_s, struct error *err)
{
    struct choice c = {.w = w, .policy = policy, .now_s = now_s};
    if (verify_begin(w->v, err) < 0 || verify_run(w->v, err) < 0 || verify_report(w->v, NULL, err) < 0 ||
        refuse_new_names(w->v, err) < 0)
        return -1;
    int rc = choose_all(&c, err);
    if (rc == 0)
        rc = go(w, policy, err);
    delete_done(w);
    return rc;
}

static int record_end(struct ledger *ledger, int64_t run, const struct world *world, int rc, int exit_code,
    const struct deletion *r, const struct error *why, struct error *err)
{
    char words[ERROR_TEXT_MAX];
    if (rc < 0)
        snprintf(words, sizeof words, "%llu deleted; %.500s", (unsigned long long)r->deleted, why->text);
    else
        snprintf(words, sizeof words, "%llu deleted, %llu kept because not proved, %llu too young",
            (unsigned long long)r->deleted, (unsigned long long)r->kept, (unsigned long long)r->younger);
    return ledger_run_end(ledger, run, clock_wall_s(world->clock), exit_code, words, err);
}

int migrate_delete(const struct job *job, const struct world *world, const struct delete_policy *policy,
    const struct verify_sink *sink, struct deletion *ret, struct error *err)
{
    *ret = (struct deletion){0};
    struct verify v = {.job = job, .world = world, .level = VERIFY_CONTENT, .result = &ret->verification};
    struct delete_work w = {.v = &v, .sink = sink, .result = ret};
    int64_t begun_ms = clock_mono_ms(world->clock), now_s = clock_wall_s(world->clock);
    if (verify_open_ledger(job, &v.ledger, &v.job_id, err) < 0)
        return -1;
    struct ledger *ledger = v.ledger;
    int64_t run =
        ledger_run_begin(ledger, v.job_id, policy->dry_run ? "delete --dry-run" : "delete", now_s, err);
    struct verify_log log = {0};
    if (run >= 0)
        w.sink = verify_log_begin(&log, &v, run, policy->dry_run ? "delete --dry-run" : "delete", sink);
    int rc = run < 0 ? -1 : verify_and_delete(&w, policy, now_s, err);
    int exit_code = rc < 0 ? (int)exit_code_of(err) : ret->kept ? EXIT_CODE_ATTENTION : EXIT_CODE_DONE;
    verify_done(&v);
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
