#include "report.h"

#include "ledger_late.h"
#include "mem.h"
#include "print.h"
#include "report_unlisted.h"
#include "sha256.h"
#include "text.h"
#include <jansson.h>
#include <stdio.h>

#define FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

struct listing {
    struct ledger *ledger;
    const struct report_job *job;
    bool any;
    struct error *err;
    int rc;
};

static json_t *text(const char *s)
{
    char *clean CLEANUP(mem_free_str) = text_clean_dup(s);
    return json_string(clean);
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *hash(const uint8_t *digest)
{
    char hex[SHA256_HEX];
    if (!digest)
        return json_null();
    sha256_hex(digest, hex);
    return json_string(hex);
}

static json_t *at(int64_t wall_s)
{
    return wall_s ? print_json_time(wall_s) : json_null();
}

static void dump(json_t *value)
{
    json_dumpf(value, stdout, FLAGS | JSON_ENCODE_ANY);
    json_decref(value);
}

/* "name":value, and what separates it from the next. */
static void member(const char *name, json_t *value, const char *end)
{
    printf("\"%s\":", name);
    dump(value);
    fputs(end, stdout);
}

/* Begin the next element of an array that is printed bit by bit. */
static void next(struct listing *l)
{
    fputs(l->any ? ",\n" : "\n", stdout);
    l->any = true;
}

/* ---- one message ---- */
static json_t *twin(struct listing *l, const struct ledger_message *m)
{
    const char *key, *message_id;
    int rc = m->twin ? ledger_twin(l->ledger, m->twin, &key, &message_id, l->err) : 0;
    if (rc < 0)
        l->rc = -1;
    if (rc != 1)
        return json_null();
    return json_pack(
        "{s:I, s:o, s:o}", "id", (json_int_t)m->twin, "uidl", text(key), "message_id", text(message_id));
}

static bool on_message(void *ctx, const struct ledger_message *m)
{
    struct listing *l = ctx;
    bool twins = m->state == LEDGER_DUPLICATE;
    json_t *o = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)m->id, "uidl",
        m->key ? text(m->key) : json_null(), "message_id", text(m->message_id), "from", text(m->from),
        "subject", text(m->subject), "date", print_json_time(report_job_date(m)), "date_from",
        text(m->date_source));
    json_object_set_new(o, "octets_claimed", count(m->octets_claimed));
    json_object_set_new(o, "octets_received", count(m->octets_received));
    json_object_set_new(o, "octets_sent", count(m->octets_sent));
    json_object_set_new(o, "state", json_string(ledger_state_name(m->state)));
    json_object_set_new(o, "reason", text(m->reason));
    json_object_set_new(o, "quarantine", m->quarantine ? text(m->quarantine) : json_null());
    json_object_set_new(o, "duplicate_of", twins ? twin(l, m) : json_null());
    json_object_set_new(o, "mailbox", text(report_job_mailbox(l->job, m->mailbox)));
    json_object_set_new(o, "uidvalidity", count(m->uidvalidity));
    json_object_set_new(o, "uid", count(m->uid));
    json_object_set_new(o, "seen", json_boolean(m->seen));
    json_object_set_new(o, "repairs", text(m->repairs));
    json_object_set_new(o, "built", m->built ? text(m->built) : json_null());
    json_object_set_new(o, "sha256_received", hash(m->sha256_received));
    json_object_set_new(o, "sha256_sent", hash(m->sha256_sent));
    json_object_set_new(o, "proof", json_string(ledger_proof_name(m->proof)));
    json_object_set_new(o, "proved", at(m->proved_s));
    json_object_set_new(o, "deleted", at(m->deleted_s));
    next(l);
    dump(o);
    return l->rc == 0 && !ferror(stdout);
}

static bool on_doubled(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m)
{
    struct listing *l = ctx;
    next(l);
    dump(json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "id", (json_int_t)m->id, "uidl",
        m->key ? text(m->key) : json_null(), "message_id", text(m->message_id), "subject", text(m->subject),
        "mailbox", text(report_job_mailbox(l->job, copy->mailbox)), "uidvalidity", count(copy->uidvalidity),
        "kept_uid", count(m->uid), "uid", count(copy->uid), "same_bytes", (int)copy->same_bytes));
    return !ferror(stdout);
}

/* ---- one job ---- */
static bool on_run(void *ctx, const struct ledger_run_row *row)
{
    struct listing *l = ctx;
    bool ended = row->ended_s != 0;
    next(l);
    dump(json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "run", (json_int_t)row->id, "command",
        text(row->command), "started", at(row->started_s), "ended", at(row->ended_s), "exit_code",
        ended ? json_integer(row->exit_code) : json_null(), "words", text(row->words)));
    return !ferror(stdout);
}

static json_t *proofs(const struct ledger_totals *t)
{
    json_t *all = json_object();
    for (int i = 0; i < LEDGER_PROOFS; i++)
        json_object_set_new(all, ledger_proof_name((enum ledger_proof)i), count(t->proof[i]));
    return all;
}

static json_t *mailboxes(const struct report_job *job)
{
    json_t *all = json_array();
    for (size_t i = 0; i < job->mailbox_count; i++) {
        const struct report_mailbox *b = &job->mailboxes[i];
        json_array_append_new(
            all, json_pack("{s:s, s:o, s:o}", "mailbox", b->name, "by_state", print_json_states(b->count),
                     "copied_octets", count(b->octets_copied)));
    }
    return all;
}

int report_json(struct ledger *ledger, const struct report_job *job, bool first, struct error *err)
{
    const struct ledger_totals *t = &job->totals;
    struct listing runs = {.ledger = ledger, .job = job, .err = err}, messages = runs, doubled = runs;
    fputs(first ? "\n{" : ",\n{", stdout);
    member("job", json_integer(job->id), ",");
    member("work_dir", json_string(job->work_dir), ",");
    member("from", json_string(job->source), ",");
    member("to", json_string(job->destination), ",");
    member("folder", json_string(job->folder), ",\n");
    member("summary",
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "messages",
            count(t->messages), "octets", count(t->octets_claimed), "balance",
            print_json_balance(&job->balance), "source", print_json_source(&job->from), "by_state",
            print_json_states(t->count), "octets_by_state", print_json_states(t->octets), "by_proof",
            proofs(t), "repaired", count(t->repaired), "dated_now", count(t->dated_now), "swallowed",
            count(t->swallowed), "doubled", count(t->doubled), "built", print_json_built(t->built)),
        ",\n");
    member("mailboxes", mailboxes(job), ",\n");
    fputs("\"runs\":[", stdout);
    int rc = ledger_each_run(ledger, job->id, on_run, &runs, err);
    fputs(runs.any ? "\n],\n" : "],\n", stdout);
    fputs("\"doubled\":[", stdout);
    if (rc == 0)
        rc = ledger_each_doubled(ledger, job->id, on_doubled, &doubled, err);
    fputs(doubled.any ? "\n],\n" : "],\n", stdout);
    fputs("\"messages\":[", stdout);
    if (rc == 0)
        rc = ledger_each_message(ledger, job->id, on_message, &messages, err);
    fputs(messages.any ? "\n]}" : "]}", stdout);
    return rc < 0 ? -1 : messages.rc;
}

/* ---- the document ---- */
void report_json_open(void)
{
    putchar('{');
    member("schema", json_integer(PRINT_JSON_SCHEMA), ",");
    member("popferry", json_string(POPFERRY_VERSION), ",");
    member("command", json_string("report"), ",\n");
    fputs("\"jobs\":[", stdout);
}

json_t *report_json_damaged(const struct report_walk *walk)
{
    json_t *all = json_array();
    for (size_t i = 0; i < walk->damaged_count; i++)
        json_array_append_new(all, json_pack("{s:o, s:o}", "work_dir", text(walk->damaged[i].folder), "error",
                                       print_json_error(&walk->damaged[i].error)));
    return all;
}

void report_json_close(
    const struct error *err, const struct report_walk *walk, const struct report_scope *scope, int exit_code)
{
    const struct error *first = walk->damaged_count ? &walk->damaged[0].error : NULL;
    const struct error none = {0}, *told = err ? err : first ? first : &none;
    fputs("\n],\n", stdout);
    member("unlisted", report_unlisted_json(scope), ",\n");
    member("damaged", report_json_damaged(walk), ",\n");
    member("warnings", report_unlisted_warnings(scope, walk->work_dir ? walk->work_dir : ""), ",\n");
    member("error", print_json_error(told), ",");
    member("exit_code", json_integer(exit_code), "}\n");
}
