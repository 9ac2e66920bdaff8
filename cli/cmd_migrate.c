#include "command.h"

#include "errand.h"
#include "exit_code.h"
#include "mem.h"
#include "migrate.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define N(x) ((unsigned long long)(x))

/* Messages to be listed at the end, kept as copies. */
struct list {
    struct entry {
        uint32_t number;
        char *key, *place, *message_id, *from, *subject, *reason, *verdict;
        int64_t date_s;
        uint64_t octets;
    } * entries;
    size_t count;
};

struct run {
    struct errand *errand;
    struct print_stream stream;
    struct list attention, dated_now, spoiled, doubled, doubtful;
    bool dry;     /* what would be done is told, from the headers alone */
    char **makes; /* mailboxes that would be made */
    size_t make_count;
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
        .place = m->place ? mem_strdup(m->place) : NULL,
        .message_id = mem_strdup(m->message_id),
        .from = mem_strdup(m->from),
        .subject = mem_strdup(m->subject),
        .reason = mem_strdup(m->reason),
        .verdict = mem_strdup(m->verdict),
        .date_s = m->date_s,
        .octets = m->octets,
    };
}

static void entry_done(struct entry *e)
{
    char *const strings[] = {e->key, e->place, e->message_id, e->from, e->subject, e->reason, e->verdict};
    for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
        free(strings[k]);
}

/* Said OK to, and not there: it was not copied. */
static void list_drop(struct list *l, const struct outcome_message *m)
{
    size_t n = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct entry *e = &l->entries[i];
        bool numbered = *m->key || e->number == m->number; /* without UIDL, its place alone tells it */
        if (numbered && !strcmp(e->key, m->key) && !strcmp(e->message_id, m->message_id))
            entry_done(e);
        else
            l->entries[n++] = *e;
    }
    l->count = n;
}

static void list_done(struct list *l)
{
    for (size_t i = 0; i < l->count; i++)
        entry_done(&l->entries[i]);
    free(l->entries);
}

static void on_missing_mailbox(void *ctx, const char *name)
{
    struct run *r = ctx;
    r->makes = mem_grow(r->makes, r->make_count + 1, sizeof *r->makes);
    r->makes[r->make_count++] = mem_strdup(name);
}

static void run_done(struct run *r)
{
    list_done(&r->attention);
    list_done(&r->dated_now);
    list_done(&r->spoiled);
    list_done(&r->doubled);
    list_done(&r->doubtful);
    for (size_t i = 0; i < r->make_count; i++)
        free(r->makes[i]);
    free(r->makes);
}

static void on_message(void *ctx, const struct outcome_message *m)
{
    struct run *r = ctx;
    FILE *out = r->errand->out;
    if (r->dry && !strcmp(m->verdict, "done-before")) /* as migrate, which tells what it settles itself */
        return;
    if (r->errand->options->format == FORMAT_JSON) {
        talk_clear(r->errand->talk);
        print_stream_message(&r->stream, m);
        return;
    }
    if (m->doubled) {
        list_add(&r->doubled, m);
    } else if (m->attention) {
        list_add(&r->attention, m);
        list_drop(&r->dated_now, m);
        list_drop(&r->spoiled, m);
    } else if (m->dated_now) {
        list_add(&r->dated_now, m);
    }
    if (m->spoiled)
        list_add(&r->spoiled, m);
    if (m->doubtful)
        list_add(&r->doubtful, m);
    if (!r->errand->options->verbose)
        return;
    talk_clear(r->errand->talk);
    char date[16], size[32];
    fprintf(out, "%6u  %-11s  %s  %8s  ", m->number, m->verdict, print_date(date, sizeof date, m->date_s),
        text_octets(size, sizeof size, m->octets));
    print_cell(out, m->subject, 40);
    fprintf(out, "  %s\n", m->reason);
}

/* ---- text ---- */
static void line(FILE *out, const char *what, uint64_t n, const char *more)
{
    if (n)
        fprintf(out, "  %-34s %8llu%s\n", what, N(n), more);
}

static void print_counts(FILE *out, const struct outcome *o, bool dry)
{
    char size[32], more[64];
    snprintf(more, sizeof more, "   %s", text_octets(size, sizeof size, o->copied_octets));
    fprintf(out, "  %-34s %8llu%s\n", dry ? "would be copied" : "copied now", N(o->copied),
        o->copied ? more : "");
    line(out, "copied or settled by earlier runs", o->done_before, "");
    line(out, "said OK to, and not there", o->missing, "   listed below");
    line(out, "already in the destination", o->present, "");
    line(out, "duplicates within the source", o->duplicates, "   same content, there once");
    print_left_out(out, o->filtered, o->left);
    line(out, "left for a later run (--limit)", o->later, "");
    line(out, "the source server's own notes", o->not_mail, "   no mail");
    line(out, "larger than the destination takes", o->too_big,
        dry ? "   listed below" : "   in quarantine, listed below");
    line(out, "refused by the destination", o->refused, "   listed below");
    line(out, "in quarantine since an earlier run", o->quarantined, "   listed below");
    line(out, "of these: taken for duplicates", o->swallowed, "   not stored by Gmail");
    line(out, "perhaps there in another form", o->in_doubt, "   listed below");
    line(out, "there twice: stored late", o->doubled, "   listed below");
    line(out, "not given out by the source", o->unreadable, "   listed below");
    line(out, "counted by the source, not listed", o->unlisted, "   nothing is known of them");
    line(out, "not reached", o->not_reached, "");
    line(out, "of an interrupted run, found sent", o->recovered, "");
    line(out, "times the connection was made again", o->reconnects, "");
    line(out, "written to the archive", o->archived, "");
    if (o->copied && !dry) {
        fprintf(out, "Dates (INTERNALDATE) of the copies: %llu from Received, ",
            N(o->by_date_source[MAIL_DATE_RECEIVED]));
        if (o->by_date_source[MAIL_DATE_STORE])
            fprintf(out, "%llu as the source has received them, ", N(o->by_date_source[MAIL_DATE_STORE]));
        fprintf(out, "%llu from Date, %llu set to now.\n", N(o->by_date_source[MAIL_DATE_DATE]),
            N(o->by_date_source[MAIL_DATE_NOW]));
        if (o->repaired)
            fprintf(out,
                "Repaired before sending (line ends, NUL; IMAP does not allow them as they were): %llu.\n",
                N(o->repaired));
        if (o->mended)
            fprintf(out,
                "Of these changed further, since the destination refuses or spoils them as they were: %llu; popferry "
                "report lists them.\n",
                N(o->mended));
    }
}

/* Of mail on a disk, where it lies; of an account its UIDL. */
static void print_name(FILE *out, const struct entry *e)
{
    if (e->place)
        fprintf(out, "%s, ", e->place);
    else
        fprintf(out, "UIDL %s, ", *e->key ? e->key : "none");
}

static void print_attention(FILE *out, const struct list *l, bool dry)
{
    if (!l->count)
        return;
    fprintf(out, "%s (%zu):\n", dry ? "Would not be in the destination" : "Not in the destination", l->count);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];
        char date[16], size[32];
        fprintf(out, "  ");
        if (e->number)
            fprintf(out, "nr %u, ", e->number);
        char *who CLEANUP(mem_free_str) = print_who(e->from, e->subject);
        print_name(out, e);
        fprintf(out, "%s, %s, %s\n      %s: %s\n", print_date(date, sizeof date, e->date_s),
            text_octets(size, sizeof size, e->octets), who, e->verdict, e->reason);
    }
}

static void print_entries(FILE *out, const struct list *l, bool reasons)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];
        char *who CLEANUP(mem_free_str) = print_who(e->from, e->subject);
        fprintf(out, "  nr %u, ", e->number);
        print_name(out, e);
        fprintf(out, "Message-ID %s, %s\n", *e->message_id ? e->message_id : "none", who);
        if (reasons)
            fprintf(out, "      %s\n", e->reason);
    }
}

/* That somebody may correct them, where it matters. */
static void print_dated_now(FILE *out, const struct list *l, bool dry)
{
    if (!l->count)
        return;
    fprintf(out, "%s, since nothing in them tells their date for certain (%zu):\n",
        dry ? "Would be dated now" : "Dated now", l->count);
    print_entries(out, l, false);
}

static void print_spoiled(FILE *out, const struct list *l)
{
    if (!l->count)
        return;
    fprintf(out,
        "Spoiled by the destination, which stores other characters in place of 8-bit ones in header fields (%zu; the "
        "others were encoded before they were sent):\n",
        l->count);
    print_entries(out, l, false);
}

static void print_doubtful(FILE *out, const struct list *l)
{
    if (!l->count)
        return;
    fprintf(out, "There, and perhaps not whole (%zu); delete leaves them on the source:\n", l->count);
    print_entries(out, l, true);
}

static void print_doubled(FILE *out, const struct list *l)
{
    if (!l->count)
        return;
    fprintf(out, "In the destination twice (%zu):\n", l->count);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];
        char *who CLEANUP(mem_free_str) = print_who(e->from, e->subject);
        fputs("  ", out);
        print_name(out, e);
        fprintf(
            out, "Message-ID %s, %s\n      %s\n", *e->message_id ? e->message_id : "none", who, e->reason);
    }
}

static void print_verdict(FILE *out, const struct outcome *o, int rc)
{
    uint64_t bad = outcome_attention(o);
    if (outcome_is_emptied(o))
        fprintf(out,
            "Nothing of the %llu messages that earlier runs copied, or found there, is in the mailbox any more: it was emptied, or all was moved "
            "away. They are not copied again; if they shall be, run the same command with a new --work-dir.\n",
            N(o->gone_since));
    else if (o->gone_since)
        fprintf(out,
            "%llu messages that an earlier run copied, or found there, are no longer in the mailbox: moved or deleted "
            "there since; they are not copied again.\n",
            N(o->gone_since));
    if (rc == 0 && o->copied && !(o->uids_told && o->end_checked))
        fprintf(out,
            "The destination said OK to each message copied; that they stand there could not be checked one by one, since it %s.\n",
            o->uids_told ? "does not answer SEARCH" : "does not tell the UIDs of what it stores");
    if (o->untold_missing)
        fprintf(out,
            "The destination said OK to %llu messages more than it holds now, and does not tell which. Run the same command again: it looks for them one by one, and sends what is not there.\n",
            N(o->untold_missing));
    if (rc == 0 && o->mailboxes_unvisited)
        fprintf(out,
            "%llu mailboxes in which all was settled before were not read again; popferry verify does that.\n",
            N(o->mailboxes_unvisited));
    uint64_t rest = o->not_reached + o->later;
    if (bad)
        fprintf(out,
            "Source and destination do NOT agree: %llu of %llu messages are not in the destination; they remain on the source.\n",
            N(bad), N(o->messages));
    if (rest)
        fprintf(out,
            "Source and destination do not agree yet: %llu of %llu messages are still to be copied; run the same command again%s.\n",
            N(rest), N(o->messages), o->later ? " without --limit" : "");
    if (bad || rest)
        return;
    if (rc == 0 && o->doubled) {
        fprintf(out,
            "Source and destination do NOT agree: nothing is lacking, but %llu messages stand in the destination twice.\n",
            N(o->doubled));
        return;
    }
    if (rc < 0)
        fprintf(
            out, "Whether source and destination agree is not known: the run ended before it was checked.\n");
    else if (o->unlisted)
        fprintf(out,
            "Every message that the source lists (%llu) is in the destination; it counts %llu more (STAT), and does not list them. "
            "Run the same command again later.\n",
            N(o->messages), N(o->unlisted));
    else if (o->doubtful)
        fprintf(out,
            "Every message of the source (%llu) is in the destination; %llu of them perhaps not whole: the source lists more than it gives.\n",
            N(o->messages), N(o->doubtful));
    else if (outcome_is_emptied(o))
        fprintf(out, "Source and destination do NOT agree: nothing that was copied is in the destination.\n");
    else if (o->gone_since)
        fprintf(out,
            "Source and destination agree, but for what was moved or deleted in the destination since it was copied.\n");
    else if (!o->messages)
        fprintf(out, "Source and destination agree: the source is empty.\n");
    else if (o->filtered)
        fprintf(out, "Source and destination agree, but for the %llu messages that were left out as asked.\n",
            N(o->filtered));
    else
        fprintf(out,
            "Source and destination agree: every message of the source (%llu) is in the destination.\n",
            N(o->messages));
}

static void print_destination(const struct run *r, const struct outcome *o)
{
    const struct job *job = r->errand->job;
    FILE *out = r->errand->out;
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    char *to CLEANUP(mem_free_str) = endpoint_place(&job->to);
    fprintf(out, "Destination: %s, mailbox %s%s", to, folder, o->folder_created ? " (created)" : "");
    if (!job_has_one_mailbox(job))
        fprintf(out, r->dry ? " (%llu have work)" : " (%llu had work)", N(o->mailboxes));
    if (o->mailboxes && (o->mailboxes_read == o->mailboxes || (r->dry && o->mailboxes_read)))
        fprintf(out, ", %llu messages", N(o->destination_messages));
    else if (o->mailboxes)
        fputs(r->dry ? ", to be created" : ", not read at the end", out);
    fputc('\n', out);
}

/* At most so many, of what would be in the destination then. */
static uint64_t may_go(const struct run *r, const struct outcome *o)
{
    uint64_t there = o->copied + o->done_before + o->present + o->duplicates, limit = r->errand->job->limit;
    return there < limit ? there : limit;
}

static void print_dry(const struct run *r, const struct outcome *o)
{
    FILE *out = r->errand->out;
    const struct options *options = r->errand->options;
    for (size_t i = 0; i < r->make_count; i++)
        fprintf(out, "%s%s%s", i ? ", " : "Mailboxes that would be made: ", r->makes[i],
            i + 1 == r->make_count ? "\n" : "");
    print_counts(out, o, true);
    print_attention(out, &r->attention, true);
    print_dated_now(out, &r->dated_now, true);
    if (options->delete_source_text && options->older_than >= 0)
        fprintf(out,
            "Then what is in the destination would be verified there, and what is proved and older than %d days deleted "
            "from the source: at most %llu messages.\n",
            options->older_than, N(may_go(r, o)));
    else if (options->delete_source_text)
        fprintf(out,
            "Then what is in the destination would be verified there, and what is proved deleted from the source: at most "
            "%llu messages.\n",
            N(may_go(r, o)));
    fprintf(out,
        "Nothing was changed: this was a dry run. Verdicts that rest on headers alone are settled by content when "
        "migrating; --verbose lists each message.\n");
}

static void print_text(const struct run *r, const struct outcome *o, int rc)
{
    const struct job *job = r->errand->job;
    FILE *out = r->errand->out;
    char size[32], rate[32];
    char *from CLEANUP(mem_free_str) = endpoint_place(&job->from);
    fprintf(out, "Source:      %s, %llu messages, %s\n", from, N(o->messages),
        text_octets(size, sizeof size, o->octets));
    print_destination(r, o);
    if (r->dry) {
        print_dry(r, o);
        return;
    }
    print_counts(out, o, false);
    print_attention(out, &r->attention, false);
    print_dated_now(out, &r->dated_now, false);
    print_spoiled(out, &r->spoiled);
    print_doubled(out, &r->doubled);
    print_doubtful(out, &r->doubtful);
    if (o->quarantined_now + o->quarantined)
        fprintf(out,
            "What the destination refused lies as received in %s/quarantine, with its reasons.\n"
            "popferry migrate --retry-quarantined tries it again.\n",
            job->work_dir);
    if (o->copied && o->elapsed_ms > 0)
        fprintf(out, "Took %lld.%lld s, %s/s.\n", (long long)(o->elapsed_ms / 1000),
            (long long)(o->elapsed_ms / 100 % 10),
            text_octets(rate, sizeof rate, o->copied_octets * 1000 / (uint64_t)o->elapsed_ms));
    if (rc < 0 && o->not_reached)
        fprintf(out, "Stopped before the end; what was copied is recorded and will not be copied twice.\n");
    print_verdict(out, o, rc);
}

/* ---- the command ---- */
static void tell_words(struct errand_result *r, const struct outcome *o)
{
    char bad[32], all[32];
    bool kept = o->too_big + o->refused + o->quarantined;
    if (r->attention)
        errand_part(r, "%s of %s %s%s", errand_number(bad, sizeof bad, r->attention),
            errand_number(all, sizeof all, o->messages),
            o->unreadable == r->attention ? "not given out by the source"
            : o->missing == r->attention  ? "missing in the destination"
            : o->in_doubt == r->attention ? "in doubt"
                                          : "refused",
            kept && !o->unreadable && !o->missing && !o->in_doubt ? ", in quarantine" : "");
    errand_count(r, o->copied, "copied", "copied");
    errand_count(r, o->spoiled, "spoiled by the destination", "spoiled by the destination");
    errand_count(r, o->doubled, "twice in the destination", "twice in the destination");
    errand_count(r, o->unlisted, "not listed by the source", "not listed by the source");
    errand_count(r, o->doubtful, "perhaps not whole", "perhaps not whole");
    errand_count(r, o->done_before + o->present, "there before", "there before");
    errand_count(r, o->duplicates, "duplicate", "duplicates");
    errand_count(r, o->filtered, "left out", "left out");
    errand_count(r, o->gone_since, "no longer in the destination", "no longer in the destination");
    errand_count(r, r->rest, "still to be copied", "still to be copied");
    if (!o->messages)
        errand_part(r, "the source is empty");
    else if (!r->error.code && !r->attention && !r->rest && !o->gone_since && !o->spoiled && !o->doubled &&
             !o->doubtful && !o->unlisted)
        errand_clause(r, o->mailboxes_unvisited ? "nothing new; verify looks whether they are there still"
                         : o->filtered          ? "the rest is there"
                                                : "all is there");
}

/* Of what is counted as rest: not of what was accepted and is not there. */
static uint64_t rest_octets(const struct outcome *o)
{
    uint64_t octets = 0;
    for (int i = 0; i < LEDGER_LEFTS; i++)
        if (i != LEDGER_LEFT_DROPPED && !ledger_left_is_asked((enum ledger_left)i))
            octets += o->left[i].octets;
    return octets;
}

static void tell(struct errand_result *r, const struct outcome *o)
{
    r->told = o->inventory_taken;
    r->messages = o->messages;
    r->octets = o->octets;
    r->done = o->there.messages;
    r->done_octets = o->there.octets;
    r->copied = o->copied;
    r->copied_octets = o->copied_octets;
    r->rest = o->not_reached + o->later;
    r->rest_octets = rest_octets(o);
    r->attention = outcome_attention(o);
    if (r->told)
        tell_words(r, o);
}

static void print_json(struct run *r, const struct outcome *o, int rc, const struct error *err)
{
    bool agree = rc == 0 && outcome_is_well(o) && !o->not_reached && !o->later && !o->filtered &&
                 !(r->dry && o->copied);
    json_t *rest = json_pack("{s:o, s:o, s:o, s:b, s:b, s:i}", "summary", print_json_outcome(o, r->dry),
        "alerts", print_json_alerts(&r->errand->alerts), "error", print_json_error(err), "agree", (int)agree,
        "dry_run", (int)r->dry, "exit_code", r->errand->result.code);
    json_t *makes = json_array();
    for (size_t i = 0; i < r->make_count; i++)
        json_array_append_new(makes, json_string(r->makes[i]));
    if (r->dry)
        json_object_set(rest, "mailboxes_to_make", makes);
    if (r->dry && r->errand->options->delete_source_text)
        json_object_set_new(rest, "delete_at_most", json_integer((json_int_t)may_go(r, o)));
    json_decref(makes);
    print_stream_close(&r->stream, rest);
}

/* In the words of a plan, as it is one. */
static void tell_dry(struct errand_result *r, const struct outcome *o)
{
    char size[32];
    r->told = !r->error.code;
    r->messages = o->messages;
    r->octets = o->octets;
    r->done = o->copied;
    r->done_octets = o->copied_octets;
    r->rest = o->copied + o->later;
    r->attention = outcome_attention(o);
    if (!r->told)
        return;
    if (o->copied)
        errand_part(
            r, "%llu would be copied, %s", N(o->copied), text_octets(size, sizeof size, o->copied_octets));
    else
        errand_part(r, "nothing would be copied");
    errand_count(r, o->done_before + o->present, "there already", "there already");
    errand_count(r, o->duplicates, "duplicate", "duplicates");
    errand_count(r, o->filtered, "left out", "left out");
    errand_count(r, o->later, "left for later", "left for later");
    errand_count(r, r->attention, "cannot be copied", "cannot be copied");
}

static void migrate(struct run *r)
{
    struct errand *e = r->errand;
    struct error err = {0};
    struct outcome o;
    struct outcome_sink sink = {.message = on_message, .missing_mailbox = on_missing_mailbox, .ctx = r};
    bool json = e->options->format == FORMAT_JSON;
    if (json)
        print_stream_open(&r->stream, e->out, "migrate", e->job);
    int rc = r->dry ? migrate_plan(e->job, e->world, &sink, &o, &err)
                    : migrate_run(e->job, e->world, &sink, &o, &err);
    errand_end(e, rc, &err, outcome_is_well(&o) ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION);
    if (r->dry)
        tell_dry(&e->result, &o);
    else
        tell(&e->result, &o);
    talk_clear(e->talk);
    if (json)
        print_json(r, &o, rc, &err);
    else if (rc == 0 || (o.messages && !r->dry))
        print_text(r, &o, rc);
}

/* What was refused stays, and does not keep the rest from going. */
static void then_delete(struct errand *e)
{
    struct errand deletion = *e;
    struct errand_result *r = &e->result, *d = &deletion.result;
    if (r->code != EXIT_CODE_DONE && r->code != EXIT_CODE_ATTENTION) {
        error_append(
            &r->error, " (nothing is deleted from the source, since the migration did not come to its end)");
        return;
    }
    if (e->options->format == FORMAT_TEXT)
        fputc('\n', e->out);
    *d = (struct errand_result){0};
    talk_restart(e->talk);
    cmd_delete_errand(&deletion);
    r->code = d->code > r->code ? d->code : r->code;
    r->error = d->error;
    r->attention += d->attention;
    if (*d->words)
        errand_clause(r, "%s", d->words);
}

static int migrate_errand(struct errand *e)
{
    struct run run = {.errand = e, .dry = e->job->scratch};
    migrate(&run);
    run_done(&run);
    if (e->options->delete_source_text && !e->job->scratch)
        then_delete(e);
    return e->result.code;
}

static int migrate_ready(const struct options *o, bool batch, struct error *err)
{
    return o->delete_source_text ? cmd_delete_ready(o, batch, err) : 0;
}

const struct errand_kind cmd_migrate_kind = {
    .ready = migrate_ready, .run = migrate_errand, .keeps = true, .dry_is_scratch = true, .uploads = true};
