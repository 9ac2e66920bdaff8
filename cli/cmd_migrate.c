#include "command.h"

#include "exit_code.h"
#include "mem.h"
#include "migrate.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(x) ((unsigned long long)(x))

/* Messages to be listed at the end, kept as copies. */
struct list {
    struct entry {
        uint32_t number;
        char *key, *from, *subject, *reason, *verdict;
        int64_t date_s;
        uint64_t octets;
    } * entries;
    size_t count;
};

struct run {
    struct options options;
    struct job job;
    struct talk talk;
    struct print_stream stream;
    struct list attention;
};

/* A session that broke and was taken up again tells of the same message twice. */
static bool list_has(const struct list *l, const struct outcome_message *m)
{
    for (size_t i = 0; i < l->count; i++)
        if (m->number && l->entries[i].number == m->number && !strcmp(l->entries[i].key, m->key))
            return true;
    return false;
}

static void list_add(struct list *l, const struct outcome_message *m)
{
    if (list_has(l, m))
        return;
    l->entries = mem_grow(l->entries, l->count + 1, sizeof *l->entries);
    l->entries[l->count++] = (struct entry){
        .number = m->number,
        .key = mem_strdup(m->key),
        .from = mem_strdup(m->from),
        .subject = mem_strdup(m->subject),
        .reason = mem_strdup(m->reason),
        .verdict = mem_strdup(m->verdict),
        .date_s = m->date_s,
        .octets = m->octets,
    };
}

static void list_done(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct entry *e = &l->entries[i];
        char *const strings[] = {e->key, e->from, e->subject, e->reason, e->verdict};
        for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
            free(strings[k]);
    }
    free(l->entries);
}

static void on_message(void *ctx, const struct outcome_message *m)
{
    struct run *r = ctx;
    if (r->options.format == FORMAT_JSON) {
        talk_clear(&r->talk);
        print_stream_message(&r->stream, m);
        return;
    }
    if (m->attention)
        list_add(&r->attention, m);
    if (!r->options.verbose)
        return;
    talk_clear(&r->talk);
    char date[16], size[32];
    printf("%6u  %-11s  %s  %8s  ", m->number, m->verdict, print_date(date, sizeof date, m->date_s),
        text_octets(size, sizeof size, m->octets));
    print_cell(m->subject, 40);
    printf("  %s\n", m->reason);
}

/* ---- text ---- */
static void line(const char *what, uint64_t n, const char *more)
{
    if (n)
        printf("  %-34s %8llu%s\n", what, N(n), more);
}

static void print_counts(const struct outcome *o)
{
    char size[32], more[64];
    snprintf(more, sizeof more, "   %s", text_octets(size, sizeof size, o->copied_octets));
    printf("  %-34s %8llu%s\n", "copied now", N(o->copied), o->copied ? more : "");
    line("copied or settled by earlier runs", o->done_before, "");
    line("already in the destination", o->present, "");
    line("duplicates within the source", o->duplicates, "   same content, there once");
    line("left out (--since and the like)", o->filtered, "   popferry plan lists them");
    line("left for a later run (--limit)", o->later, "");
    line("the source server's own notes", o->not_mail, "   no mail");
    line("larger than the destination takes", o->too_big, "   in quarantine, listed below");
    line("refused by the destination", o->refused, "   listed below");
    line("in quarantine since an earlier run", o->quarantined, "   listed below");
    line("not given out by the source", o->unreadable, "   listed below");
    line("not reached", o->not_reached, "");
    line("of an interrupted run, found sent", o->recovered, "");
    line("times the connection was made again", o->reconnects, "");
    line("written to the archive", o->archived, "");
    if (o->copied) {
        printf("Dates (INTERNALDATE) of the copies: %llu from Received, %llu from Date, %llu set to now.\n",
            N(o->by_date_source[MAIL_DATE_RECEIVED]), N(o->by_date_source[MAIL_DATE_DATE]),
            N(o->by_date_source[MAIL_DATE_NOW]));
        if (o->repaired)
            printf("Repaired before sending (line ends, NUL; IMAP does not allow them as they were): %llu.\n",
                N(o->repaired));
        if (o->mended)
            printf(
                "Of these changed further, since the destination refused them as they were: %llu; popferry "
                "report lists them.\n",
                N(o->mended));
    }
}

static void print_attention(const struct list *l)
{
    if (!l->count)
        return;
    printf("Not in the destination (%zu):\n", l->count);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];
        char date[16], size[32];
        printf("  ");
        if (e->number)
            printf("nr %u, ", e->number);
        printf("UIDL %s, %s, %s, from %s, subject \"%s\"\n      %s: %s\n", *e->key ? e->key : "none",
            print_date(date, sizeof date, e->date_s), text_octets(size, sizeof size, e->octets),
            *e->from ? e->from : "nobody", e->subject, e->verdict, e->reason);
    }
}

static void print_verdict(const struct outcome *o, int rc)
{
    uint64_t bad = outcome_attention(o);
    if (o->gone_since)
        printf("%llu messages that an earlier run copied are no longer in the mailbox: moved or deleted "
               "there since; they are not copied again.\n",
            N(o->gone_since));
    if (rc == 0 && o->copied && !(o->uids_told && o->end_checked))
        printf(
            "The destination said OK to each message copied; that they stand there could not be checked one by one, since it %s.\n",
            o->uids_told ? "does not answer SEARCH" : "does not tell the UIDs of what it stores");
    if (o->untold_missing)
        printf(
            "The destination said OK to %llu messages more than it holds now, and does not tell which. Run the same command again: it looks for them one by one, and sends what is not there.\n",
            N(o->untold_missing));
    if (rc == 0 && o->unvisited)
        printf(
            "%llu mailboxes in which all was settled before were not read again; popferry verify does that.\n",
            N(o->unvisited));
    uint64_t rest = o->not_reached + o->later;
    if (bad)
        printf(
            "Source and destination do NOT agree: %llu of %llu messages are not in the destination; they remain on the source.\n",
            N(bad), N(o->messages));
    if (rest)
        printf(
            "Source and destination do not agree yet: %llu of %llu messages are still to be copied; run the same command again%s.\n",
            N(rest), N(o->messages), o->later ? " without --limit" : "");
    if (bad || rest)
        return;
    if (rc < 0)
        printf("Whether source and destination agree is not known: the run ended before it was checked.\n");
    else if (o->gone_since)
        printf(
            "Source and destination agree, but for what was moved or deleted in the destination since it was copied.\n");
    else if (!o->messages)
        printf("Source and destination agree: the source is empty.\n");
    else if (o->filtered)
        printf("Source and destination agree, but for the %llu messages that were left out as asked.\n",
            N(o->filtered));
    else
        printf("Source and destination agree: every message of the source (%llu) is in the destination.\n",
            N(o->messages));
}

static void print_destination(const struct run *r, const struct outcome *o)
{
    char *folder CLEANUP(mem_free_str) = job_folder_words(&r->job);
    printf("Destination: %s at %s, mailbox %s%s", r->job.to.user, r->job.to.host, folder,
        o->folder_created ? " (created)" : "");
    if (!job_has_one_mailbox(&r->job))
        printf(" (%llu had work)", N(o->mailboxes));
    if (o->end_checked && o->mailboxes)
        printf(", %llu messages", N(o->destination_messages));
    putchar('\n');
}

static void print_text(const struct run *r, const struct outcome *o, int rc)
{
    char size[32], rate[32];
    printf("Source:      %s at %s, %llu messages, %s\n", r->job.from.user, r->job.from.host, N(o->messages),
        text_octets(size, sizeof size, o->octets));
    print_destination(r, o);
    print_counts(o);
    print_attention(&r->attention);
    if (o->too_big + o->refused + o->quarantined)
        printf("What the destination refused lies as received in %s/quarantine, with its reasons.\n"
               "popferry migrate --retry-quarantined tries it again.\n",
            r->job.work_dir);
    if (o->copied && o->elapsed_ms > 0)
        printf("Took %lld.%lld s, %s/s.\n", (long long)(o->elapsed_ms / 1000),
            (long long)(o->elapsed_ms / 100 % 10),
            text_octets(rate, sizeof rate, o->copied_octets * 1000 / (uint64_t)o->elapsed_ms));
    if (rc < 0 && o->not_reached)
        printf("Stopped before the end; what was copied is recorded and will not be copied twice.\n");
    print_verdict(o, rc);
}

static int exit_code(int rc, const struct outcome *o, const struct error *err)
{
    if (rc < 0)
        return exit_code_of(err);
    return outcome_attention(o) ? EXIT_CODE_ATTENTION : EXIT_CODE_DONE;
}

static int migrate(struct run *r)
{
    struct error err = {0};
    struct outcome o;
    struct outcome_sink sink = {.message = on_message, .ctx = r};
    bool json = r->options.format == FORMAT_JSON;
    talk_begin(&r->talk, &r->options);
    if (json)
        print_stream_open(&r->stream, "migrate", &r->job);
    int rc = migrate_run(&r->job, &r->talk.world, &sink, &o, &err);
    talk_end(&r->talk);
    int code = exit_code(rc, &o, &err);
    if (json)
        print_stream_close(
            &r->stream, json_pack("{s:o, s:o, s:b, s:i}", "summary", print_json_outcome(&o), "error",
                            print_json_error(&err), "agree",
                            rc == 0 && !outcome_attention(&o) && !o.not_reached && !o.later && !o.filtered,
                            "exit_code", code));
    else if (rc == 0 || o.messages)
        print_text(r, &o, rc);
    fflush(stdout);
    if (rc < 0)
        talk_error(&r->talk, &err);
    return code;
}

/* What was refused stays, and does not keep the rest from going. */
static int then_delete(const struct run *r, int code)
{
    if (code != EXIT_CODE_DONE && code != EXIT_CODE_ATTENTION) {
        fprintf(stderr,
            "popferry: nothing is deleted from the source, since the migration did not come to its end\n");
        return code;
    }
    if (r->options.format == FORMAT_TEXT)
        putchar('\n');
    int deleted = cmd_delete_run(&r->options, &r->job);
    return deleted > code ? deleted : code;
}

int cmd_migrate(const struct command *self, int argc, const char **argv)
{
    struct run r = {0};
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &r.options, &err) < 0)
        return talk_error(NULL, &err);
    bool deletes = r.options.delete_source_text;
    bool fails = (deletes && cmd_delete_check_consent(&r.options, &err) < 0) ||
                 options_job(&r.options, &r.job, &err) < 0;
    int code = fails ? talk_error(NULL, &err) : migrate(&r);
    if (!fails && deletes)
        code = then_delete(&r, code);
    list_done(&r.attention);
    options_job_done(&r.job);
    options_done(&r.options);
    return code;
}
