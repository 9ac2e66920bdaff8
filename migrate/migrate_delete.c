#include "migrate.h"

#include "delete.h"
#include "exit_code.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>

struct choice {
    struct delete_work *w;
    const struct job *job;
    const struct delete_policy *policy;
    const struct verify_sink *sink; /* NULL while it is only counted, to ask */
    int64_t now_s, proved_ms;       /* proved_ms: when the verification ended (monotonic) */
    bool stopped;                   /* by the user, while the question stood */
    int64_t *agreed;                /* ids of the rows that were asked about, ascending; NULL: all */
    size_t agreed_count;
};

static int compare_id(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool was_asked(const struct choice *c, const struct verify_row *row)
{
    return !c->agreed ||
           (c->agreed_count && bsearch(&row->id, c->agreed, c->agreed_count, sizeof *c->agreed, compare_id));
}

static int keep(struct choice *c, const struct verify_row *row, const char *why, struct error *err)
{
    c->w->result->kept++;
    return verify_tell_row(c->w->v, c->sink, row, "kept", why, true, err);
}

static int choose(struct choice *c, uint32_t index, struct error *err)
{
    struct delete_work *w = c->w;
    const struct verify_row *row = &w->v->rows[index];
    if (row->item == VERIFY_NONE)
        return 0;
    if (row->verdict == VERIFY_FILTERED)
        return verify_tell_row(w->v, c->sink, row, "filtered", row->why, false, err);
    /* Too young counts first: what need not go needs no proof. */
    if (delete_is_younger(row, c->now_s, c->policy->older_than_days)) {
        w->result->younger++;
        return verify_tell_row(w->v, c->sink, row, "younger", "", false, err);
    }
    const char *refusal = delete_refusal(row, c->policy->accept);
    if (refusal) {
        const char *more = row->verdict == VERIFY_AGREED ? NULL : verify_why(row);
        char *why CLEANUP(mem_free_str) =
            more ? mem_printf("%s: %s", verify_verdict_name(row->verdict), more) : NULL;
        return keep(c, row, why ? why : refusal, err);
    }
    if (!was_asked(c, row))
        return keep(c, row, "it was not proved yet when it was asked what to delete", err);
    if (w->result->chosen >= c->policy->limit) {
        w->result->later++;
        w->result->later_octets += row->octets_claimed;
        return verify_tell_row(w->v, c->sink, row, "later", "beyond --limit", false, err);
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
        verify_tell_item(c->sink, news, filtered ? "filtered" : "kept",
            news->nameless && !filtered
                ? "the source gives it no UIDL of its own, so it cannot be told from others"
                : news->why,
            LEDGER_UNPROVED, !filtered);
    }
}

static int choose_all(struct choice *c, struct error *err)
{
    struct delete_work *w = c->w;
    struct deletion *r = w->result;
    delete_done(w);
    r->chosen = r->chosen_octets = r->younger = r->later = r->later_octets = r->kept = 0;
    w->targets = mem_array(w->v->row_count ? w->v->row_count : 1, sizeof *w->targets);
    for (size_t i = 0; i < w->v->row_count; i++)
        if (choose(c, (uint32_t)i, err) < 0)
            return -1;
    keep_news(c);
    return 0;
}

int migrate_delete_refuse_store(const char *source, struct error *err)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: popferry never changes mail that lies on a disk; once verify agrees, keep it as a backup, or remove it with the "
        "program that it belongs to",
        source);
}

/* Another message has its UIDL now: the next migrate must not take that one for it. */
static int tell_kept(struct delete_work *w, const struct delete_target *t, struct error *err)
{
    const struct verify_row *row = &w->v->rows[t->row];
    w->result->kept++;
    if (verify_tell_row(w->v, w->sink, row, "kept", t->why, true, err) < 0)
        return -1;
    return t->another ? ledger_release_key(w->v->ledger, row->id, err) : 0;
}

/* What is left of those chosen, to be told: kept by the source, or not come to. */
static int tell_rest(struct delete_work *w, const char *left_as, struct error *err)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct delete_target *t = &w->targets[i];
        const struct verify_row *row = &w->v->rows[t->row];
        int rc = 0;
        if (t->state == DELETE_KEPT) {
            rc = tell_kept(w, t, err);
        } else if (t->state != DELETE_GONE) {
            w->result->left++;
            w->result->left_octets += row->octets_claimed;
            rc = verify_tell_row(w->v, w->sink, row, left_as, "", false, err);
        }
        if (rc < 0)
            return -1;
    }
    return ledger_commit(w->v->ledger, err);
}

static int go(struct choice *c, struct error *err)
{
    struct delete_work *w = c->w;
    struct error late;
    int rc = 0;
    if (c->stopped) {
        w->result->declined = false;
        rc = error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
            "stopped as asked, before anything was deleted; run the same command again to go on");
    } else if (!c->policy->dry_run && !w->result->declined) {
        rc = delete_run(w, err);
    }
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

static int prove(struct choice *c, struct error *err)
{
    struct verify *v = c->w->v;
    if (verify_run(v, err) < 0 || verify_report(v, NULL, err) < 0 || refuse_new_names(v, err) < 0)
        return -1;
    c->proved_ms = clock_mono_ms(v->world->clock);
    return 0;
}

/* What was shown before the user was asked may not be so any more. The source's LOGIN-DELAY goes on. */
static int prove_again(struct choice *c, struct error *err)
{
    struct verify *v = c->w->v;
    struct verify anew = {.job = c->job,
        .world = v->world,
        .ledger = v->ledger,
        .job_id = v->job_id,
        .level = v->level,
        .result = v->result};
    struct patience patience = v->patience;
    log_line(&v->world->log, LOG_INFO, "the answer took a while: both sides are compared again first");
    delete_done(c->w);
    verify_done(v);
    *v = anew;
    *v->result = (struct verification){0};
    int rc = verify_begin(v, err);
    v->patience = patience;
    return rc < 0 ? -1 : prove(c, err);
}

/* A second verification must not find more to delete than was asked about. */
static void note_agreed(struct choice *c)
{
    const struct delete_work *w = c->w;
    c->agreed = mem_array(w->count ? w->count : 1, sizeof *c->agreed);
    c->agreed_count = w->count;
    for (size_t i = 0; i < w->count; i++)
        c->agreed[i] = w->v->rows[w->targets[i].row].id; /* rows stand in the order of their ids */
}

/* What would go is counted, without a word, and asked about. */
static int ask(struct choice *c, struct error *err)
{
    struct delete_work *w = c->w;
    const struct world *world = w->v->world;
    if (c->policy->dry_run || !c->policy->confirm)
        return 0;
    if (choose_all(c, err) < 0)
        return -1;
    if (!w->result->chosen)
        return 0;
    w->result->declined = !c->policy->confirm(c->policy->ctx, w->result->chosen, w->result->chosen_octets);
    c->stopped = world->stop && world->stop(world->ctx);
    if (c->stopped || w->result->declined || clock_mono_ms(world->clock) - c->proved_ms <= DELETE_FRESH_MS)
        return 0;
    note_agreed(c);
    return prove_again(c, err);
}

static int verify_and_delete(struct choice *c, struct error *err)
{
    if (verify_begin(c->w->v, err) < 0 || prove(c, err) < 0 || ask(c, err) < 0)
        return -1;
    c->sink = c->w->sink;
    return choose_all(c, err) < 0 ? -1 : go(c, err);
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
    return ledger_run_end(
        ledger, run, clock_wall_s(world->clock), exit_code, rc < 0 ? why->code : ERROR_NONE, words, err);
}

int migrate_delete(const struct job *job, const struct world *world, const struct delete_policy *policy,
    const struct verify_sink *sink, struct deletion *ret, struct error *err)
{
    *ret = (struct deletion){0};
    if (job->from.protocol == ENDPOINT_STORE)
        return migrate_delete_refuse_store(job->from.user, err);
    struct verify v = {.job = job, .world = world, .level = VERIFY_CONTENT, .result = &ret->verification};
    struct delete_work w = {.v = &v, .sink = sink, .result = ret};
    struct choice c = {.w = &w, .job = job, .policy = policy};
    int64_t begun_ms = clock_mono_ms(world->clock), now_s = clock_wall_s(world->clock);
    if (verify_open_ledger(job, &v.ledger, &v.job_id, err) < 0)
        return -1;
    struct ledger *ledger = v.ledger;
    int64_t run =
        ledger_run_begin(ledger, v.job_id, policy->dry_run ? "delete --dry-run" : "delete", now_s, err);
    struct verify_log log = {0};
    if (run >= 0)
        w.sink = verify_log_begin(&log, &v, run, policy->dry_run ? "delete --dry-run" : "delete", sink);
    c.now_s = now_s;
    int rc = run < 0 ? -1 : verify_and_delete(&c, err);
    delete_done(&w);
    free(c.agreed);
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
