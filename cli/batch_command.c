#include "batch_command.h"

#include "batch_again.h"
#include "batch_failures.h"
#include "batch_known.h"
#include "batch_pairs.h"
#include "batch_report.h"
#include "batch_warn.h"
#include "batch_work.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "print.h"
#include "secret.h"
#include "secret_given.h"
#include "stop.h"
#include "talk.h"
#include "text_list.h"
#include "work_dir.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define TICK_MS     100
#define STATUS_MS   2000             /* status.json is rewritten this often at most */
#define STATUS_PART 20               /* and takes no more than such a part of the time */
#define PAUSE_MAX   (10 * 60 * 1000) /* of a host that does not answer */
#define JOBS_A_CORE 4                /* a job waits for servers most of the time */
#define JOBS_USUAL  16               /* at most, unless the user says more */
#define HOSTS_SHOWN 8
#define JOB_FILES   32 /* descriptors of a job: connections, ledger, log, mail on its way */
#define OWN_FILES   64

/* ---- what is asked for ---- */
static unsigned jobs_of(const struct options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (o->jobs > 0)
        return (unsigned)o->jobs;
    return cores < 1                          ? JOBS_A_CORE
           : cores * JOBS_A_CORE > JOBS_USUAL ? JOBS_USUAL
                                              : (unsigned)cores * JOBS_A_CORE;
}

/* No more jobs than there can be descriptors for; the usual limit is far below what the system allows. */
static void fit_descriptors(struct batch_work *w)
{
    struct rlimit limit;
    unsigned jobs = w->jobs < w->list.count ? w->jobs : (unsigned)w->list.count;
    rlim_t wanted = (rlim_t)jobs * JOB_FILES + OWN_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted)
        return;
    w->jobs =
        limit.rlim_cur >= JOB_FILES + OWN_FILES ? (unsigned)((limit.rlim_cur - OWN_FILES) / JOB_FILES) : 1;
    if (!w->options->quiet)
        fprintf(stderr,
            "popferry: warning: %u accounts at a time in place of %u: more open files than %llu "
            "are not allowed here (ulimit -n)\n",
            w->jobs, jobs, (unsigned long long)limit.rlim_cur);
}

static struct schedule_limits limits_of(const struct batch_work *w)
{
    const struct options *o = w->options;
    return (struct schedule_limits){
        .jobs = w->jobs,
        .host_jobs = (unsigned)o->host_jobs,
        .logins_per_minute = (unsigned)o->host_logins,
        .failures = 3,
        .refusals = (unsigned)o->host_refusals,
        .max_pause_ms = PAUSE_MAX,
        .max_wait_ms = o->max_wait_s * INT64_C(1000),
        .wait = o->wait,
        .fail_fast = o->fail_fast,
    };
}

static int check_request(const struct command *self, const struct options *o, struct error *err)
{
    if (o->from || o->to || o->mailboxes)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--accounts names the accounts: leave out --from, --to and --mailboxes (--from-host and --to-host name "
            "servers for all of them)");
    return self->kind->ready ? self->kind->ready(o, true, err) : 0;
}

/* What is wrong with a single account, of those that can be read. A cell may say what an option may not; and
 * what one destination has proved says nothing of the other that is to get the same mail. */
static int check_entry(const struct batch_work *w, const struct batch_entry *e, struct error *err)
{
    const struct command *c = w->self;
    bool deletes = !strcmp(c->name, "delete") || (c->kind->uploads && e->options.delete_source_text);
    if (c->kind->ready && c->kind->ready(&e->options, true, err) < 0)
        return error_prefix(err, "%s", e->options.place);
    if (!deletes || !e->source_line)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: the mail of %s goes to another place, too (line %ld): what is deleted since one of them has it would "
        "be kept from the other; when both have it, delete it with --from and --to",
        e->options.place, e->source, e->source_line);
}

static void check_entries(struct batch_work *w)
{
    for (size_t i = 0; i < w->list.count; i++) {
        struct batch_entry *e = &w->list.entries[i];
        if (!e->error.code)
            check_entry(w, e, &e->error);
    }
}

/* ---- the beginning ---- */
/* status.json is of the latest batch, whatever it did; what a migration leaves to be run again is not for a
 * plan to take away. */
static char *file_of(const struct batch_work *w, const char *stem, bool by_command, const char *extension)
{
    const struct options *o = w->options;
    const char *command = by_command && strcmp(w->self->name, "migrate") != 0 ? w->self->name : "";
    char *shard CLEANUP(mem_free_str) =
        o->shards ? mem_printf("-%u-of-%u", o->shard, o->shards) : mem_strdup("");
    return mem_printf("%s/%s%s%s%s.%s", o->work_dir, stem, *command ? "-" : "", command, shard, extension);
}

static void note_account(struct batch_work *w, size_t i)
{
    const struct batch_entry *e = &w->list.entries[i];
    struct batch_account *a = &w->accounts[i];
    *a = (struct batch_account){
        .name = e->name,
        .source = e->source,
        .destination = e->destination,
        .folder = e->folder,
        .line = accounts_line(&w->list.list, e->row),
        .work_dir = e->work_dir ? e->work_dir : "",
    };
    if (e->error.code) {
        a->state = BATCH_ENDED;
        a->result.error = e->error;
        a->result.code = exit_code_of(&e->error);
    } else if (w->options->skip_finished && e->finished) {
        a->state = BATCH_SKIPPED;
    }
}

static struct schedule_task *make_tasks(struct batch_work *w)
{
    struct schedule_task *tasks = mem_array(w->list.count + 1, sizeof *tasks);
    w->account_of_task = mem_array(w->list.count + 1, sizeof *w->account_of_task);
    for (size_t i = 0; i < w->list.count; i++) {
        const struct batch_entry *e = &w->list.entries[i];
        if (w->accounts[i].state != BATCH_WAITING)
            continue;
        w->account_of_task[w->task_count] = i;
        tasks[w->task_count++] = (struct schedule_task){
            .hosts = {e->hosts[0], e->hosts[1]}, .exclusive = e->exclusive, .octets = e->known_octets};
    }
    return tasks;
}

static void say_warnings(const struct batch_work *w)
{
    for (size_t i = 0; i < w->list.count; i++)
        secret_warn(&w->list.entries[i].options);
    if (w->options->quiet)
        return;
    for (size_t i = 0; i < w->list.warning_count; i++)
        fprintf(stderr, "popferry: warning: %s\n", w->list.warnings[i]);
}

static enum board_mode mode_of(const struct options *o)
{
    const char *term = getenv("TERM");
    if (o->progress_json)
        return BOARD_JSON;
    if (o->quiet)
        return BOARD_NONE;
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 ? BOARD_SCREEN : BOARD_LINES;
}

/* ---- while it runs ---- */
static void print_paper(struct batch_work *w, const struct batch_paper *p)
{
    if (!p->document) {
        board_say(w->board, p->text);
        return;
    }
    board_clear(w->board);
    if (w->options->format == FORMAT_JSON)
        fputs(w->any_document ? ",\n" : "\n", stdout);
    else if (w->any_document)
        putchar('\n');
    fwrite(p->text, 1, p->len, stdout);
    w->any_document = true;
}

static void print_papers(struct batch_work *w)
{
    pthread_mutex_lock(&w->lock);
    struct batch_paper *p = w->papers;
    w->papers = NULL;
    w->papers_end = &w->papers;
    pthread_mutex_unlock(&w->lock);
    while (p) {
        struct batch_paper *next = p->next;
        print_paper(w, p);
        free(p->text);
        free(p);
        p = next;
    }
    fflush(stdout);
}

static void write_status(struct batch_work *w, bool ended)
{
    struct error why;
    if (!w->status_path)
        return;
    pthread_mutex_lock(&w->lock);
    int rc = batch_report_status(w->status_path, w->self->name, w->began_s, clock_wall_s(w->clock), ended,
        w->accounts, w->list.count, &why);
    pthread_mutex_unlock(&w->lock);
    if (rc < 0 && !w->status_failed)
        board_say(w->board, why.text);
    w->status_failed = rc < 0;
}

static void on_tick(void *ctx, struct batch *batch)
{
    struct batch_work *w = ctx;
    struct board_host hosts[HOSTS_SHOWN];
    size_t count = 0;
    int64_t now_ms = clock_mono_ms(w->clock);
    while (count < HOSTS_SHOWN && batch_paused_host(batch, count, hosts[count].name, sizeof hosts[count].name,
                                      &hosts[count].left_ms))
        count++;
    print_papers(w);
    board_tick(w->board, hosts, count);
    if (now_ms < w->status_ms)
        return;
    write_status(w, false);
    int64_t took_ms = clock_mono_ms(w->clock) - now_ms;
    w->status_ms = now_ms + (took_ms * STATUS_PART > STATUS_MS ? took_ms * STATUS_PART : STATUS_MS);
}

static bool on_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

/* ---- the end ---- */
static void settle(struct batch_work *w, struct batch *batch, size_t task)
{
    struct batch_account *a = &w->accounts[w->account_of_task[task]];
    if (batch_state(batch, task) == SCHEDULE_GIVEN_UP) {
        struct error why = batch_why(batch, task);
        a->state = a->begun_ms ? BATCH_ENDED : BATCH_UNTRIED;
        a->again_s = 0;
        if (why.code == ERROR_CANCELLED && a->begun_ms && a->result.error.code)
            return; /* it waited to be tried again: why it had to says more */
        a->result.error = why;
        a->result.code = exit_code_of(&a->result.error);
    } else if (a->state == BATCH_PAUSED) { /* and nobody waits for it */
        a->state = BATCH_LEFT;
    }
}

static int run_tasks(struct batch_work *w, struct error *err)
{
    struct schedule_limits limits = limits_of(w);
    struct schedule_task *tasks = make_tasks(w);
    struct batch *batch = NULL;
    const struct board_spec spec = {.mode = mode_of(w->options),
        .fd = w->options->progress_fd,
        .command = w->self->name,
        .clock = w->clock,
        .utc_offset_min = w->options->utc_offset_min,
        .lock = &w->lock,
        .accounts = w->accounts,
        .count = w->list.count};
    const struct batch_spec work = {.clock = w->clock,
        .limits = &limits,
        .tasks = tasks,
        .count = w->task_count,
        .run = batch_task_run,
        .tick = on_tick,
        .tick_ms = TICK_MS,
        .stop = on_stop,
        .ctx = w};
    w->board = board_new(&spec);
    write_status(w, false);
    int rc = batch_run(&work, &batch, err);
    for (size_t i = 0; i < w->task_count && batch; i++)
        settle(w, batch, i);
    batch_free(batch);
    free(tasks);
    print_papers(w);
    write_status(w, true);
    board_free(w->board);
    w->board = NULL;
    return rc;
}

static int columns(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20
               ? size.ws_col
               : 0;
}

/* Returns code, or the disk's if that is worse. What could not be written is not pointed to. */
static int write_failures(struct batch_work *w, int code)
{
    struct error why;
    if (!w->failures_path)
        return code;
    size_t *rows = mem_array(w->list.count + 1, sizeof *rows);
    for (size_t i = 0; i < w->list.count; i++)
        rows[i] = w->list.entries[i].row;
    char *kept CLEANUP(mem_free_str) = NULL;
    int rc = 0;
    if (!batch_failures_is_list(w->failures_path, w->options->accounts)) {
        rc = batch_failures_write(
            w->failures_path, &w->list.list, w->accounts, rows, w->list.count, &kept, &why);
        if (rc == 0)
            rc = batch_known_note_failures(
                &w->list, w->options, w->failures_path, w->accounts, clock_wall_s(w->clock), &why);
    }
    free(rows);
    if (kept)
        fprintf(stderr,
            "popferry: warning: %s was changed since popferry wrote it; it is kept as %s (it may hold passwords: "
            "delete it when done)\n",
            w->failures_path, kept);
    if (rc == 0)
        return code;
    int local = talk_error(NULL, &why);
    free(w->failures_path);
    w->failures_path = NULL;
    return batch_account_rank(local) > batch_account_rank(code) ? local : code;
}

static void print_end(const struct batch_work *w, int code)
{
    if (w->options->format == FORMAT_JSON) {
        printf("%s],\n\"batch\":", w->any_document ? "\n" : "");
        json_t *all = batch_report_json(
            w->self->name, w->began_s, clock_wall_s(w->clock), true, w->accounts, w->list.count);
        json_dumpf(all, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
        json_decref(all);
        fputs(",\n\"warnings\":", stdout);
        json_t *warnings = batch_list_warnings_json(&w->list);
        json_dumpf(warnings, stdout, JSON_COMPACT);
        json_decref(warnings);
        printf(",\n\"exit_code\":%d}\n", code);
        return;
    }
    if (w->any_document)
        putchar('\n');
    char *again CLEANUP(mem_free_str) =
        w->failures_path ? batch_again_command(w->self->name, w->options, w->failures_path) : NULL;
    if (!strcmp(w->self->name, "check")) {
        batch_pairs_print(&w->list);
        putchar('\n');
    }
    /* Of a dry run of migrate in the words of a plan: what would be. */
    bool deletes = !strcmp(w->self->name, "delete"), would = w->options->dry_run && deletes;
    batch_report_text(stdout, w->scratch && !deletes ? "plan" : w->self->name, w->accounts, w->list.count,
        w->options->all || would, would, columns(), again);
    if (w->list.disabled)
        printf(_("Not enabled in the list, and left out: %zu.\n"), w->list.disabled);
    if (w->list.elsewhere)
        printf(_("Of other shards: %zu.\n"), w->list.elsewhere);
    if (w->scratch)
        printf("%s\n", _("Nothing was changed: this was a dry run."));
}

/* What all accounts make together is printed in place of a table. */
static int run_whole(struct batch_work *w, const struct errand_whole *whole, struct error *err)
{
    struct error why = {0}, here = {0};
    w->shared = whole->begin(w->options, w->list.count, err);
    if (!w->shared)
        return command_refuse(w->self, w->options, err);
    if (run_tasks(w, err) < 0)
        why = *err;
    for (size_t i = 0; i < w->list.count; i++) {
        const struct batch_account *a = &w->accounts[i];
        if (a->result.error.code)
            whole->undone(w->shared, i, a->name, a->source, &a->result.error);
    }
    int code = whole->end(w->options, w->shared, &why, &here);
    int worst = write_failures(w, batch_account_worst(w->accounts, w->list.count));
    if (here.code)
        talk_error(NULL, &here);
    for (size_t i = 0; i < w->list.count; i++)
        if (w->accounts[i].result.error.code)
            fprintf(
                stderr, "popferry: error: %s: %s\n", w->accounts[i].name, w->accounts[i].result.error.text);
    return batch_account_rank(code) > batch_account_rank(worst) ? code : worst;
}

static int run(struct batch_work *w, struct error *err)
{
    stop_catch_signals();
    if (w->self->kind->whole)
        return run_whole(w, w->self->kind->whole, err);
    if (w->options->format == FORMAT_JSON)
        printf("{\"schema\":%d,\"popferry\":\"%s\",\"command\":\"%s\",\"documents\":[", PRINT_JSON_SCHEMA,
            POPFERRY_VERSION, w->self->name);
    int rc = run_tasks(w, err);
    int worst = batch_account_worst(w->accounts, w->list.count);
    int code = rc < 0 ? (int)exit_code_of(err) : worst;
    code = write_failures(w, code);
    print_end(w, code);
    fflush(stdout);
    if (rc < 0)
        talk_error(NULL, err);
    return code;
}

/* Before any account runs a command that could see them. */
static void claim_variables(const struct batch_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        secret_given_claim_env(l->entries[i].options.from_password_env);
        secret_given_claim_env(l->entries[i].options.to_password_env);
    }
}

static int prepare(struct batch_work *w, int *ret_lock, struct error *err)
{
    const struct options *o = w->options;
    if (check_request(w->self, o, err) < 0 ||
        batch_list_read(o, w->self->kind->source_alone, true, &w->list, err) < 0 ||
        catalog_load(o->catalogs, text_list_count(o->catalogs), &w->catalog, err) < 0)
        return -1;
    claim_variables(&w->list);
    if (w->self->kind->keeps && !w->scratch &&
        (work_dir_make(o->work_dir, err) < 0 ||
            (*ret_lock = work_dir_lock_batch(o->work_dir, o->shard, o->shards, err)) < 0))
        return -1;
    if (w->self->kind->keeps && w->scratch)
        batch_known_look(&w->list, o, w->began_s);
    else if (w->self->kind->keeps && batch_known_note(&w->list, o, w->began_s, err) < 0)
        return -1;
    if (w->self->kind->keeps && batch_list_look(&w->list, o, err) < 0)
        return -1;
    if (w->self->kind->keeps && !w->scratch) {
        w->status_path = file_of(w, "status", false, "json");
        w->failures_path = file_of(w, "failures", true, "csv");
    }
    check_entries(w);
    batch_warn_rows(&w->list);
    batch_list_bind(&w->list);
    w->accounts = mem_array(w->list.count + 1, sizeof *w->accounts);
    w->tries = mem_array(w->list.count + 1, sizeof *w->tries);
    for (size_t i = 0; i < w->list.count; i++)
        note_account(w, i);
    say_warnings(w);
    fit_descriptors(w);
    return 0;
}

static void done(struct batch_work *w, int lock_fd)
{
    if (lock_fd >= 0)
        close(lock_fd);
    batch_list_done(&w->list);
    catalog_free(w->catalog);
    free(w->accounts);
    free(w->tries);
    free(w->account_of_task);
    free(w->status_path);
    free(w->failures_path);
    pthread_mutex_destroy(&w->lock);
}

int batch_command(const struct command *self, const struct options *o)
{
    struct error err = {0};
    int lock_fd = -1;
    struct batch_work w = {.self = self,
        .options = o,
        .clock = clock_system(),
        .jobs = jobs_of(o),
        .scratch = self->kind->dry_is_scratch && o->dry_run,
        .documents = o->format == FORMAT_JSON || o->verbose || !strcmp(self->name, "plan")};
    pthread_mutex_init(&w.lock, NULL);
    w.papers_end = &w.papers;
    w.began_s = clock_wall_s(w.clock);
    int code = prepare(&w, &lock_fd, &err) < 0 ? command_refuse(self, o, &err) : run(&w, &err);
    done(&w, lock_fd);
    return code;
}
