#include "batch_report.h"
#include "mem.h"
#include "own.h"
#include "print.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

json_t *batch_report_json_text(const char *s)
{
    json_t *text = json_string(s);
    if (text)
        return text;
    char *cleaned CLEANUP(mem_free_str) = text_clean_dup(s);
    return json_string(cleaned);
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

json_t *batch_report_json_progress(const struct progress *p)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "phase",
        p->phase ? batch_report_json_text(p->phase) : json_null(), "messages", count(p->messages), "total",
        count(p->total), "octets", count(p->octets), "total_octets", count(p->total_octets), "copied",
        count(p->copied), "copied_octets", count(p->copied_octets));
}

/* ---- one account ---- */
static void set_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, batch_report_json_text(value));
}

static void set_counts(json_t *object, const struct errand_result *r)
{
    const struct {
        const char *key;
        uint64_t value;
    } counts[] = {{"messages", r->messages}, {"octets", r->octets}, {"done", r->done},
        {"done_octets", r->done_octets}, {"copied", r->copied}, {"copied_octets", r->copied_octets},
        {"rest", r->rest}, {"rest_octets", r->rest_octets}, {"attention_messages", r->attention}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(object, counts[i].key, r->told ? count(counts[i].value) : json_null());
}

static bool is_over(const struct batch_account *a)
{
    return a->state != BATCH_WAITING && a->state != BATCH_RUNNING && a->state != BATCH_PAUSED;
}

json_t *batch_report_json_account(const struct batch_account *a)
{
    json_t *object = json_object();
    set_text(object, "name", a->name);
    set_text(object, "from", a->source);
    set_text(object, "to", a->destination);
    set_text(object, "folder", a->folder);
    json_object_set_new(object, "line", json_integer(a->line));
    set_text(object, "work_dir", a->work_dir);
    set_text(object, "state", batch_account_state_name(a->state));
    json_object_set_new(object, "exit_code", is_over(a) ? json_integer(batch_account_code(a)) : json_null());
    set_counts(object, &a->result);
    set_text(object, "words", a->result.words);
    json_object_set_new(object, "error", print_json_error(&a->result.error));
    json_object_set_new(object, "again", a->again_s ? print_json_time(a->again_s) : json_null());
    json_object_set_new(object, "elapsed_ms", json_integer(a->elapsed_ms));
    json_object_set_new(object, "progress",
        a->state == BATCH_RUNNING ? batch_report_json_progress(&a->progress) : json_null());
    return object;
}

/* ---- all of them ---- */
json_t *batch_report_json_sum(const struct batch_sum *sum)
{
    const struct {
        const char *key;
        uint64_t value;
    } counts[] = {{"accounts", sum->accounts}, {"in_order", sum->in_order}, {"attention", sum->attention},
        {"failed", sum->failed}, {"waiting", sum->waiting}, {"skipped", sum->skipped},
        {"running", sum->running}, {"queued", sum->queued}, {"messages", sum->messages},
        {"octets", sum->octets}, {"done", sum->done}, {"done_octets", sum->done_octets},
        {"copied", sum->copied}, {"copied_octets", sum->copied_octets}, {"rest", sum->rest},
        {"rest_octets", sum->rest_octets}, {"attention_messages", sum->bad},
        {"elapsed_ms", (uint64_t)sum->elapsed_ms}, {"exit_code", (uint64_t)sum->code}};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(object, counts[i].key, count(counts[i].value));
    return object;
}

/* All but the accounts. */
static json_t *head(const char *command, int64_t began_s, int64_t now_s, bool ended,
    const struct batch_account *accounts, size_t n)
{
    struct batch_sum sum = batch_report_sum(accounts, n);
    return json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o}", "schema", PRINT_JSON_SCHEMA, "popferry",
        POPFERRY_VERSION, "command", command, "began", print_json_time(began_s), "now",
        print_json_time(now_s), "ended", ended ? print_json_time(now_s) : json_null(), "sum",
        batch_report_json_sum(&sum));
}

json_t *batch_report_json(const char *command, int64_t began_s, int64_t now_s, bool ended,
    const struct batch_account *accounts, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(all, batch_report_json_account(&accounts[i]));
    json_t *document = head(command, began_s, now_s, ended, accounts, n);
    json_object_set_new(document, "accounts", all);
    return document;
}

/* ---- the file ---- */
static void dump(FILE *f, json_t *value)
{
    json_dumpf(value, f, FLAGS);
    json_decref(value);
}

/* Account by account: no tree of all of them is ever held. */
static void write_document(FILE *f, json_t *head_object, const struct batch_account *accounts, size_t n)
{
    char *text = json_dumps(head_object, FLAGS);
    json_decref(head_object);
    if (text)
        fwrite(text, 1, strlen(text) - 1, f);
    free(text);
    fputs(",\"accounts\":[", f);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? ",\n" : "\n", f);
        dump(f, batch_report_json_account(&accounts[i]));
    }
    fputs("\n]}\n", f);
}

int batch_report_status(const char *path, const char *command, int64_t began_s, int64_t now_s, bool ended,
    const struct batch_account *accounts, size_t n, struct error *err)
{
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", path);
    int fd = own_make(part);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    int why = f ? 0 : errno;
    if (f) {
        errno = 0;
        write_document(f, head(command, began_s, now_s, ended, accounts, n), accounts, n);
        why = fflush(f) == 0 && !ferror(f) ? 0 : errno ? errno : EIO;
        why = fclose(f) != 0 && !why ? errno : why;
    }
    if (!why && rename(part, path) != 0)
        why = errno;
    if (!why)
        return 0;
    if (f)
        unlink(part);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "%s cannot be written: %s; make room there, or choose another folder with --work-dir", path,
        strerror(why));
}
