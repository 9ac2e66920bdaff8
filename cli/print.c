#include "print.h"

#include "clock.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

void print_cell(const char *s, int width)
{
    int used = 0, full = text_width(s);
    size_t len = strlen(s);
    int room = full > width ? width - 1 : width;
    while (len) {
        size_t n = text_utf8_len(s, len);
        n = n ? n : 1;
        char one[5] = {0};
        memcpy(one, s, n);
        if (used + text_width(one) > room)
            break;
        fwrite(s, 1, n, stdout);
        used += text_width(one);
        s += n;
        len -= n;
    }
    if (len) {
        fputs("…", stdout);
        used++;
    }
    printf("%*s", width > used ? width - used : 0, "");
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
    return json_pack("{s:s, s:i, s:s}", "host", e->host, "port", (int)e->port, "user", e->user);
}

json_t *print_json_job(const struct job *job)
{
    return json_pack(
        "{s:o, s:o, s:s}", "from", side(&job->from), "to", side(&job->to), "folder", job->folder);
}

json_t *print_json_error(const struct error *err)
{
    if (!err->code)
        return json_null();
    return json_pack("{s:s, s:s}", "code", error_code_name(err->code), "text", err->text);
}

json_t *print_json_message(const struct outcome_message *m)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:s, s:o, s:I, s:s, s:s, s:b, s:b}", "number",
        m->number ? json_integer(m->number) : json_null(), "uidl", m->key, "message_id", m->message_id,
        "from", m->from, "subject", m->subject, "date", print_json_time(m->date_s), "octets",
        (json_int_t)m->octets, "verdict", m->verdict, "reason", m->reason, "certain", (int)m->certain,
        "attention", (int)m->attention);
}

static void dump(json_t *value)
{
    json_dumpf(value, stdout, JSON_FLAGS | JSON_ENCODE_ANY);
    json_decref(value);
}

/* The members of an object without its braces. */
static void dump_members(json_t *object)
{
    char *text = json_dumps(object, JSON_FLAGS);
    if (text && strlen(text) > 2)
        fwrite(text + 1, 1, strlen(text) - 2, stdout);
    free(text);
    json_decref(object);
}

void print_stream_open(struct print_stream *p, const char *command, const struct job *job)
{
    p->any = false;
    putchar('{');
    dump_members(json_pack("{s:i, s:s, s:s, s:o}", "schema", PRINT_JSON_SCHEMA, "popferry", POPFERRY_VERSION,
        "command", command, "job", print_json_job(job)));
    printf(",\n\"messages\":[");
}

void print_stream_message(struct print_stream *p, const struct outcome_message *m)
{
    fputs(p->any ? ",\n" : "\n", stdout);
    p->any = true;
    dump(print_json_message(m));
}

void print_stream_close(struct print_stream *p, json_t *rest)
{
    fputs(p->any ? "\n],\n" : "],\n", stdout);
    dump_members(rest);
    fputs("}\n", stdout);
}

static json_t *date_sources(const struct outcome *o)
{
    json_t *sources = json_object();
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        json_object_set_new(sources, mail_date_source_name((enum mail_date_source)i),
            json_integer((json_int_t)o->by_date_source[i]));
    return sources;
}

json_t *print_json_outcome(const struct outcome *o)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"messages", o->messages},
        {"octets", o->octets},
        {"copy", o->copied},
        {"copy_octets", o->copied_octets},
        {"done_before", o->done_before},
        {"present", o->present},
        {"duplicate", o->duplicates},
        {"filtered", o->filtered},
        {"later", o->later},
        {"not_mail", o->not_mail},
        {"quarantined", o->quarantined},
        {"too_big", o->too_big},
        {"refused", o->refused},
        {"unreadable", o->unreadable},
        {"missing", o->missing},
        {"gone_since", o->gone_since},
        {"not_reached", o->not_reached},
        {"repaired", o->repaired},
        {"mended", o->mended},
        {"archived", o->archived},
        {"recovered", o->recovered},
        {"fetched", o->fetched},
        {"fetched_octets", o->fetched_octets},
        {"reconnects", o->reconnects},
        {"mailboxes", o->mailboxes},
        {"mailboxes_unvisited", o->unvisited},
        {"destination_messages", o->destination_messages},
        {"elapsed_ms", (uint64_t)o->elapsed_ms},
    };
    json_t *summary = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(summary, counts[i].name, json_integer((json_int_t)counts[i].value));
    json_object_set_new(summary, "internaldate_from", date_sources(o));
    json_object_set_new(summary, "uidls_changed", json_boolean(o->uidls_changed));
    json_object_set_new(summary, "folder_created", json_boolean(o->folder_created));
    json_object_set_new(
        summary, "end_checked", json_boolean(o->end_checked && o->uids_told && !o->unvisited));
    return summary;
}
