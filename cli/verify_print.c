#include "verify_print.h"

#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

#define N(x) ((unsigned long long)(x))

struct verify_list_entry {
    uint32_t number;
    char *key, *from, *subject, *reason, *verdict;
    int64_t date_s;
    uint64_t octets;
};

void verify_list_add(struct verify_list *l, const struct verify_message *m)
{
    const struct outcome_message *o = &m->message;
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 16;
        l->entries = mem_grow(l->entries, l->cap, sizeof *l->entries);
    }
    l->entries[l->count++] = (struct verify_list_entry){
        .number = o->number,
        .key = mem_strdup(o->key),
        .from = mem_strdup(o->from),
        .subject = mem_strdup(o->subject),
        .reason = mem_strdup(o->reason),
        .verdict = mem_strdup(o->verdict),
        .date_s = o->date_s,
        .octets = o->octets,
    };
}

void verify_list_done(struct verify_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct verify_list_entry *e = &l->entries[i];
        char *const strings[] = {e->key, e->from, e->subject, e->reason, e->verdict};
        for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
            free(strings[k]);
    }
    free(l->entries);
    *l = (struct verify_list){0};
}

void verify_list_print(FILE *out, const struct verify_list *l, const char *title)
{
    if (l->count)
        fprintf(out, "%s (%zu):\n", title, l->count);
    for (size_t i = 0; i < l->count; i++) {
        const struct verify_list_entry *e = &l->entries[i];
        char date[16], size[32];
        fprintf(out, "  ");
        if (e->number)
            fprintf(out, "nr %u, ", e->number);
        char *who CLEANUP(mem_free_str) = print_who(e->from, e->subject);
        fprintf(out, "UIDL %s, %s, %s, %s\n      %s%s%s\n", *e->key ? e->key : "none",
            print_date(date, sizeof date, e->date_s), text_octets(size, sizeof size, e->octets), who,
            e->verdict, *e->reason ? ": " : "", e->reason);
    }
}

void verify_print_sides(FILE *out, const struct job *job, const struct verification *v)
{
    char size[32];
    char *from CLEANUP(mem_free_str) = endpoint_place(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_place(&job->to);
    fprintf(out, "Source:      %s, %llu messages, %s\n", from, N(v->source_messages),
        text_octets(size, sizeof size, v->source_octets));
    fprintf(out, "Destination: %s, mailbox %s, ", to, job->folder);
    if (v->mailboxes && v->mailboxes_absent == v->mailboxes)
        fputs("which does not exist", out);
    else
        fprintf(out, "%llu messages", N(v->destination_messages));
    if (v->mailboxes > 1)
        fprintf(out, " in %llu mailboxes", N(v->mailboxes));
    fputc('\n', out);
}

void verify_print_line(FILE *out, const char *what, uint64_t n, const char *more)
{
    if (n)
        fprintf(out, "  %-36s %8llu%s%s\n", what, N(n), *more ? "   " : "", more);
}

static void print_proofs(FILE *out, const struct verification *v)
{
    static const struct {
        enum ledger_proof proof;
        const char *what, *more;
    } lines[] = {
        {LEDGER_PROOF_EXACT, "  byte for byte", "SHA-256 of what the server gives back"},
        {LEDGER_PROOF_CONTENT, "  in content",
            "all header fields and the body; line ends differ, or what servers add"},
        {LEDGER_PROOF_BODY, "  but for other header fields", "other copies of the same message"},
        {LEDGER_PROOF_STRUCTURE, "  in the content of their parts", "rewritten by the server"},
        {LEDGER_PROOF_HEADERS, "  by their headers", "Message-ID, From, Date, Subject; bodies were not read"},
        {LEDGER_PROOF_COUNT, "  by their number", "nothing was read"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        verify_print_line(out, lines[i].what, v->agreed[lines[i].proof], lines[i].more);
}

void verify_print_counts(FILE *out, const struct verification *v)
{
    fprintf(out, "  %-36s %8llu\n", "agreed", N(proof_agreed(v)));
    print_proofs(out, v);
    verify_print_line(out, "of these, duplicates in the source", v->duplicates, "there once");
    verify_print_line(
        out, "  of these, with other header fields", v->differing, "not byte for byte the one that is there");
    verify_print_line(out, "of these, no longer on the source", v->off_source, "");
    verify_print_line(
        out, "of these, of another size", v->other_size, "some servers estimate; --level content reads them");
    verify_print_line(out, "altered", v->altered, "listed below");
    verify_print_line(out, "with another date than was sent", v->redated, "listed below");
    verify_print_line(out, "missing", v->missing, "listed below");
    verify_print_line(out, "doubled", v->doubled, "listed below");
    verify_print_line(
        out, "counted by the source, not listed", v->source_unlisted, "nothing is known of them");
    verify_print_line(out, "not copied yet", v->pending, "listed below");
    verify_print_line(out, "left out as asked", v->filtered, "--since and the like");
    verify_print_line(out, "gone from the source, never copied", v->vanished, "");
    verify_print_line(out, "others in the destination", v->extra, "not of this job");
    verify_print_line(out, "times the connection was made again", v->reconnects, "");
}

void verify_print_message(FILE *out, const struct verify_message *m)
{
    const struct outcome_message *o = &m->message;
    char date[16], size[32];
    fprintf(out, "%6u  %-9s  %-9s  %s  %8s  ", o->number, o->verdict,
        m->proof ? ledger_proof_name(m->proof) : "-", print_date(date, sizeof date, o->date_s),
        text_octets(size, sizeof size, o->octets));
    print_cell(out, o->subject, 40);
    fprintf(out, "  %s\n", o->reason);
}

/* ---- JSON ---- */
void verify_print_json_message(struct print_stream *p, const struct verify_message *m)
{
    json_t *object = print_json_message(&m->message);
    json_object_set_new(object, "proof", m->proof ? json_string(ledger_proof_name(m->proof)) : json_null());
    print_stream_object(p, object);
}

static const char *level_name(enum verify_level level)
{
    static const char *const names[] = {
        [VERIFY_COUNT] = "count", [VERIFY_HEADERS] = "headers", [VERIFY_CONTENT] = "content"};
    return names[level];
}

json_t *verify_print_json(const struct verification *v)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"messages", v->source_messages},
        {"octets", v->source_octets},
        {"mailboxes", v->mailboxes},
        {"mailboxes_absent", v->mailboxes_absent},
        {"destination_messages", v->destination_messages},
        {"agreed", proof_agreed(v)},
        {"agreed_octets", v->agreed_octets},
        {"duplicates", v->duplicates},
        {"duplicates_other_header", v->differing},
        {"off_source", v->off_source},
        {"altered", v->altered},
        {"other_date", v->redated},
        {"missing", v->missing},
        {"doubled", v->doubled},
        {"unlisted", v->source_unlisted},
        {"pending", v->pending},
        {"filtered", v->filtered},
        {"vanished", v->vanished},
        {"extra", v->extra},
        {"other_size", v->other_size},
        {"reconnects", v->reconnects},
        {"elapsed_ms", (uint64_t)v->elapsed_ms},
    };
    json_t *summary = json_pack("{s:s}", "level", level_name(v->level)), *proofs = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(summary, counts[i].name, json_integer((json_int_t)counts[i].value));
    for (int i = LEDGER_PROOF_COUNT; i <= LEDGER_PROOF_EXACT; i++)
        json_object_set_new(
            proofs, ledger_proof_name((enum ledger_proof)i), json_integer((json_int_t)v->agreed[i]));
    json_object_set_new(summary, "by_proof", proofs);
    json_object_set_new(summary, "uidls_changed", json_boolean(v->uidls_changed));
    return summary;
}
