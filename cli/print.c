#include "print.h"

#include "buf.h"
#include "cell.h"
#include "clock.h"
#include "left_words.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

void print_cell(FILE *out, const char *s, int width)
{
    struct buf b CLEANUP(buf_done) = {0};
    cell_left(&b, s, width);
    fwrite(buf_bytes(&b), 1, buf_len(&b), out);
}

char *print_who(const char *from, const char *subject)
{
    if (!*from && !*subject)
        return mem_strdup("sender and subject not known");
    return mem_printf("from %s, subject \"%s\"", *from ? from : "nobody", subject);
}

char *print_date(char *dst, size_t cap, int64_t date_s)
{
    if (date_s == MAIL_NO_DATE) {
        snprintf(dst, cap, "-");
        return dst;
    }
    struct clock_utc u = clock_to_utc(date_s);
    snprintf(dst, cap, "%04d-%02d-%02d", u.year, u.month, u.day);
    return dst;
}

json_t *print_json_time(int64_t date_s)
{
    if (date_s == MAIL_NO_DATE)
        return json_null();
    struct clock_utc u = clock_to_utc(date_s);
    return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static json_t *side(const struct endpoint *e)
{
    json_t *j = json_pack("{s:s, s:i, s:s}", "host", e->host, "port", (int)e->port, "user", e->user);
    if (e->authzid)
        json_object_set_new(j, "authzid", json_string(e->authzid));
    return j;
}

json_t *print_json_job(const struct job *job)
{
    return json_pack(
        "{s:o, s:o, s:s}", "from", side(&job->from), "to", side(&job->to), "folder", job->folder);
}

json_t *print_json_alerts(const struct alerts *a)
{
    json_t *all = json_array();
    for (size_t i = 0; i < a->count; i++)
        json_array_append_new(all, json_string(a->text[i]));
    return all;
}

json_t *print_json_error(const struct error *err)
{
    if (!err->code)
        return json_null();
    return json_pack("{s:s, s:s}", "code", error_code_name(err->code), "text", err->text);
}

json_t *print_json_message(const struct outcome_message *m)
{
    return json_pack("{s:o, s:s, s:s?, s:s, s:s, s:s, s:o, s:I, s:s, s:s, s:b, s:b}", "number",
        m->number ? json_integer(m->number) : json_null(), "uidl", m->key, "place", m->place, "message_id",
        m->message_id, "from", m->from, "subject", m->subject, "date", print_json_time(m->date_s), "octets",
        (json_int_t)m->octets, "verdict", m->verdict, "reason", m->reason, "certain", (int)m->certain,
        "attention", (int)m->attention);
}

void print_json_document(FILE *out, const char *command, json_t *content)
{
    json_t *doc = json_pack(
        "{s:i, s:s, s:s?}", "schema", PRINT_JSON_SCHEMA, "popferry", POPFERRY_VERSION, "command", command);
    json_object_update_new(doc, content);
    json_dumpf(doc, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    fputc('\n', out);
    json_decref(doc);
}

static void dump(FILE *out, json_t *value)
{
    json_dumpf(value, out, JSON_FLAGS | JSON_ENCODE_ANY);
    json_decref(value);
}

/* The members of an object without its braces. */
static void dump_members(FILE *out, json_t *object)
{
    char *text = json_dumps(object, JSON_FLAGS);
    if (text && strlen(text) > 2)
        fwrite(text + 1, 1, strlen(text) - 2, out);
    free(text);
    json_decref(object);
}

void print_stream_open(struct print_stream *p, FILE *out, const char *command, const struct job *job)
{
    *p = (struct print_stream){.out = out};
    fputc('{', out);
    dump_members(out, json_pack("{s:i, s:s, s:s, s:o}", "schema", PRINT_JSON_SCHEMA, "popferry",
                          POPFERRY_VERSION, "command", command, "job", print_json_job(job)));
    fputs(",\n\"messages\":[", out);
}

void print_stream_object(struct print_stream *p, json_t *object)
{
    fputs(p->any ? ",\n" : "\n", p->out);
    p->any = true;
    dump(p->out, object);
}

void print_stream_message(struct print_stream *p, const struct outcome_message *m)
{
    json_t *object = print_json_message(m);
    json_object_set_new(object, "spoiled", json_boolean(m->spoiled));
    json_object_set_new(object, "doubtful", json_boolean(m->doubtful));
    json_object_set_new(object, "dated_now", json_boolean(m->dated_now));
    print_stream_object(p, object);
}

void print_stream_close(struct print_stream *p, json_t *rest)
{
    fputs(p->any ? "\n],\n" : "],\n", p->out);
    dump_members(p->out, rest);
    fputs("}\n", p->out);
}

static json_t *date_sources(const struct outcome *o)
{
    json_t *sources = json_object();
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        json_object_set_new(sources, mail_date_source_name((enum mail_date_source)i),
            json_integer((json_int_t)o->by_date_source[i]));
    return sources;
}

static json_t *amount(struct ledger_amount n)
{
    return json_pack("{s:I, s:I}", "messages", (json_int_t)n.messages, "octets", (json_int_t)n.octets);
}

void print_left_out(FILE *out, uint64_t count, const struct ledger_amount left[LEDGER_LEFTS])
{
    struct buf why CLEANUP(buf_done) = {0};
    left_words_all(&why, left, true);
    if (count)
        fprintf(out, "  %-34s %8llu   %s\n", "left out", (unsigned long long)count, buf_str(&why));
}

json_t *print_json_left(const struct ledger_amount left[LEDGER_LEFTS])
{
    json_t *all = json_object();
    for (int i = 0; i < LEDGER_LEFTS; i++)
        json_object_set_new(all, ledger_left_name((enum ledger_left)i), amount(left[i]));
    return all;
}

json_t *print_json_built(const uint64_t n[LEDGER_CLASSES])
{
    return json_pack("{s:I, s:I, s:I}", "A", (json_int_t)n[0], "B", (json_int_t)n[1], "C", (json_int_t)n[2]);
}

json_t *print_json_states(const uint64_t n[LEDGER_STATES])
{
    json_t *all = json_object();
    for (int i = 0; i < LEDGER_STATES; i++)
        json_object_set_new(all, ledger_state_name((enum ledger_state)i), json_integer((json_int_t)n[i]));
    return all;
}

json_t *print_json_balance(const struct ledger_balance *b)
{
    json_t *all = json_object();
#define X(name) json_object_set_new(all, #name, amount(b->name));
    LEDGER_BALANCE(X)
#undef X
    return all;
}

json_t *print_json_source(const struct ledger_source *s)
{
    if (!s->known)
        return json_null();
    return json_pack("{s:o, s:I, s:I, s:b, s:o}", "seen", print_json_time(s->seen_s), "messages",
        (json_int_t)s->all.messages, "octets", (json_int_t)s->all.octets, "ended", (int)s->ended, "left",
        print_json_left(s->left));
}

/* What a plan would copy is not copied. */
static void rename_planned(json_t *summary)
{
    json_object_set(summary, "to_copy", json_object_get(summary, "copied"));
    json_object_set(summary, "to_copy_octets", json_object_get(summary, "copied_octets"));
    json_object_del(summary, "copied");
    json_object_del(summary, "copied_octets");
}

json_t *print_json_outcome(const struct outcome *o, bool planned)
{
    json_t *summary = json_object();
#define X(name, how) json_object_set_new(summary, #name, json_integer((json_int_t)o->name));
    OUTCOME_COUNTS(X)
#undef X
    if (planned)
        rename_planned(summary);
    if (!o->mailboxes_read)
        json_object_set_new(summary, "destination_messages", json_null());
    json_object_set_new(summary, "elapsed_ms", json_integer(o->elapsed_ms));
    if (!planned) {
        json_object_set_new(summary, "left", print_json_left(o->left));
        json_object_set_new(summary, "there", amount(o->there));
    }
    json_object_set_new(summary, "internaldate_from", date_sources(o));
    json_object_set_new(summary, "uidls_changed", json_boolean(o->uidls_changed));
    json_object_set_new(summary, "folder_created", json_boolean(o->folder_created));
    json_object_set_new(
        summary, "end_checked", json_boolean(o->end_checked && o->uids_told && !o->mailboxes_unvisited));
    return summary;
}

void print_labelled(FILE *out, const char *what, const char *value)
{
    struct buf b CLEANUP(buf_done) = {0};
    cell_left(&b, what, 14);
    fprintf(out, "  %s %s\n", buf_str(&b), value);
}
