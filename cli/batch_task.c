#include "batch_work.h"
#include "exit_code.h"
#include "mem.h"
#include "own.h"
#include "secret.h"
#include "stop.h"
#include "talk.h"
#include "upload_cap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MEMORY        (128u * 1024 * 1024) /* octets of mail on its way, of all jobs together */
#define CONNECTIONS   8 /* to the destinations, of all jobs together, unless the user says otherwise */
#define TRIES         3 /* of an account that ends with "temporary" and gets nothing done */
#define LONG_WAIT_MS  (15 * 60 * 1000)
#define FIRST_WAIT_MS 20000 /* before it is tried again; then twice as long each time */

struct task {
    struct batch_work *work;
    struct batch *batch;
    size_t task, account;
    struct secret_keeper keeper;
};

/* ---- the world of a job ---- */
static void on_progress(void *ctx, const struct progress *p)
{
    struct task *t = ctx;
    pthread_mutex_lock(&t->work->lock);
    t->work->accounts[t->account].progress = *p;
    pthread_mutex_unlock(&t->work->lock);
}

static void put_paper(struct batch_work *w, char *text, size_t len, bool document)
{
    struct batch_paper *p = mem_alloc(sizeof *p);
    *p = (struct batch_paper){.text = text, .len = len, .document = document};
    pthread_mutex_lock(&w->lock);
    *w->papers_end = p;
    w->papers_end = &p->next;
    pthread_mutex_unlock(&w->lock);
}

/* What a single pair would say at once is in each account's log; here it would bury what matters. */
static void on_log(void *ctx, enum log_level level, const char *line)
{
    struct task *t = ctx;
    if (!t->work->options->verbose || level > LOG_WARN || t->work->options->quiet)
        return;
    char *text = mem_printf("%s: %s", t->work->accounts[t->account].name, line);
    put_paper(t->work, text, strlen(text), false);
}

/* These concern people, each account's own. */
static void tell_alerts(struct task *t, const struct alerts *a)
{
    for (size_t i = 0; i < a->count && !t->work->options->verbose; i++) {
        char *text =
            mem_printf("%s: warning: the server says: %s", t->work->accounts[t->account].name, a->text[i]);
        put_paper(t->work, text, strlen(text), false);
    }
}

static bool on_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

static const char *on_secret(void *ctx, enum job_side side)
{
    return secret_keeper_fresh(&((struct task *)ctx)->keeper, side);
}

static int on_sign_in(void *ctx, struct error *err)
{
    struct task *t = ctx;
    if (batch_sign_in(t->batch, t->task, err) < 0) /* which may take long: the token is renewed after it */
        return -1;
    return secret_keeper_renew(&t->keeper, err);
}

static void on_signed_in(void *ctx, enum job_side side, const struct error *error)
{
    struct task *t = ctx;
    batch_signed_in(t->batch, t->task, side == JOB_SOURCE ? SCHEDULE_SOURCE : SCHEDULE_DESTINATION, error);
}

/* ---- one account ---- */
static void begin(struct task *t)
{
    struct batch_work *w = t->work;
    struct batch_account *a = &w->accounts[t->account];
    pthread_mutex_lock(&w->lock);
    a->state = BATCH_RUNNING;
    a->again_s = 0;
    a->begun_ms = a->begun_ms ? a->begun_ms : clock_mono_ms(w->clock);
    a->progress = (struct progress){0};
    pthread_mutex_unlock(&w->lock);
}

/* Its share of what all have together. */
static void fit(const struct batch_work *w, const struct options *o, struct job *job)
{
    job->memory_octets = MEMORY / w->jobs;
    if (w->self->kind->uploads && !o->upload_cap_given)
        job->upload_cap = upload_cap_of(w->catalog, job->to.host);
    if (!job->connections)
        job->connections = w->jobs < CONNECTIONS ? CONNECTIONS / w->jobs : 1;
}

/* Accounts that share its destination run one after the other (batch_list_bind), and share the day's limit.
 */
static const char **beside(const struct batch_work *w, const struct batch_entry *entry)
{
    const char **dirs = NULL;
    size_t count = 0;
    for (size_t i = 0; w->options->shared && i < w->list.count; i++) {
        const struct batch_entry *e = &w->list.entries[i];
        if (e == entry || !e->work_dir || !entry->work_dir || !strcmp(e->work_dir, entry->work_dir) ||
            strcasecmp(e->destination, entry->destination) != 0)
            continue;
        dirs = mem_grow(dirs, count + 2, sizeof *dirs);
        dirs[count++] = e->work_dir;
        dirs[count] = NULL;
    }
    return dirs;
}

static char *folder_for(const char *top, const char *work_dir)
{
    const char *name = work_dir ? strrchr(work_dir, '/') : NULL;
    return top && name ? mem_printf("%s%s", top, name) : NULL;
}

static void work_on(struct task *t, FILE *out, struct errand *e)
{
    struct batch_work *w = t->work;
    const struct batch_entry *entry = &w->list.entries[t->account];
    struct job job = {0};
    const struct world world = {.clock = w->clock,
        .log = {.fn = on_log, .ctx = t},
        .progress = on_progress,
        .stop = on_stop,
        .secret = on_secret,
        .sign_in = on_sign_in,
        .signed_in = on_signed_in,
        .alerts = &e->alerts,
        .ctx = t};
    *e = (struct errand){.options = &entry->options,
        .world = &world,
        .out = out,
        .shared = w->shared,
        .index = t->account,
        .job = &job};
    struct error *err = &e->result.error;
    if (secret_keeper_job(&t->keeper, &entry->options, w->self->kind->source_alone, &job, err) < 0) {
        e->result.code = exit_code_of(err);
        secret_keeper_done(&t->keeper);
        options_job_done(&job);
        return;
    }
    fit(w, &entry->options, &job);
    char *archive CLEANUP(mem_free_str) = folder_for(job.archive_dir, entry->work_dir);
    if (entry->work_dir)
        job.work_dir = entry->work_dir;
    job.scratch = w->scratch;
    if (archive)
        job.archive_dir = archive;
    const char **others = w->self->kind->uploads ? beside(w, entry) : NULL;
    job.cap_work_dirs = others;
    w->self->kind->run(e);
    tell_alerts(t, &e->alerts);
    secret_keeper_done(&t->keeper);
    options_job_done(&job);
    free(others);
    e->job = NULL;
    e->world = NULL;
}

/* When is it worth while to try this account again, in this run? */
static int64_t wait_of(struct batch_work *w, size_t account, const struct errand_result *r)
{
    unsigned *tries = &w->tries[account];
    const struct error *e = &r->error;
    if (r->code != EXIT_CODE_TEMPORARY || e->code == ERROR_CANCELLED || e->code == ERROR_LOCKED ||
        e->code == ERROR_NO_HOST)
        return 0;
    if (!w->self->kind->keeps || w->scratch) /* a check tells how it is now */
        return 0;
    if (r->copied)
        *tries = 0;
    if (++*tries >= TRIES) /* a daily limit is worth the wait however often, an impatient server is not */
        return e->wait_ms >= LONG_WAIT_MS ? e->wait_ms : 0;
    int64_t usual = FIRST_WAIT_MS << (*tries - 1);
    return e->wait_ms > usual ? e->wait_ms : usual;
}

static void end(struct task *t, const struct errand *e, struct batch_end *ret)
{
    struct batch_work *w = t->work;
    struct batch_account *a = &w->accounts[t->account];
    pthread_mutex_lock(&w->lock);
    uint64_t copied = a->result.copied, octets = a->result.copied_octets; /* of earlier tries in this run */
    a->result = e->result;
    a->result.copied += copied;
    a->result.copied_octets += octets;
    a->elapsed_ms = clock_mono_ms(w->clock) - a->begun_ms;
    ret->wait_ms = wait_of(w, t->account, &e->result);
    ret->failed = !ret->wait_ms && e->result.code != EXIT_CODE_DONE && e->result.code != EXIT_CODE_ATTENTION;
    a->state = ret->wait_ms ? BATCH_PAUSED : BATCH_ENDED;
    a->again_s = ret->wait_ms ? clock_wall_s(w->clock) + (ret->wait_ms + 999) / 1000 : 0;
    pthread_mutex_unlock(&w->lock);
}

/* What a single pair would print, where whoever looks into this account finds it. */
static void keep_text(
    const struct batch_work *w, const struct batch_entry *entry, const char *text, size_t len)
{
    if (!entry->work_dir || w->scratch || !len || access(entry->work_dir, W_OK) < 0)
        return;
    char *path CLEANUP(mem_free_str) = mem_printf(
        "%s/%s.%s", entry->work_dir, w->self->name, w->options->format == FORMAT_JSON ? "json" : "txt");
    struct error ignored;
    bool inner = strcmp(entry->work_dir, w->options->work_dir) != 0;
    int fd = own_folder(entry->work_dir, inner, &ignored) < 0 ? -1 : own_make(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return; /* a full disk shows where it matters: in the ledger */
    fwrite(text, 1, len, f);
    fclose(f);
}

void batch_task_run(void *ctx, struct batch *batch, size_t task, struct batch_end *ret)
{
    struct batch_work *w = ctx;
    struct task t = {.work = w, .batch = batch, .task = task, .account = w->account_of_task[task]};
    struct errand e;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        abort();
    begin(&t);
    work_on(&t, out, &e);
    fclose(out);
    keep_text(w, &w->list.entries[t.account], text, len);
    end(&t, &e, ret);
    if (len && w->documents)
        put_paper(w, text, len, true);
    else
        free(text);
}
