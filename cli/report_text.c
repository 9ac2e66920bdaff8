#include "report.h"

#include "clock.h"
#include "ledger_late.h"
#include "left_words.h"
#include "mem.h"
#include "print.h"
#include "sha256.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

#define N(x)           ((unsigned long long)(x))
#define RUNS_SHOWN     5  /* the last ones, unless verbose */
#define UNFINISHED_MAX 20 /* listed, unless verbose */

struct text {
    struct ledger *ledger;
    const struct report_job *job;
    bool verbose;
    uint64_t seen, max;       /* rows of the present list */
    bool run_ill, verify_ill; /* the last run, the last verification did not end well */
    const struct section *section;
    struct error *err;
    int rc;
};

/* A list: the messages in one of these states. */
struct section {
    unsigned states; /* bits */
    bool repaired;   /* only those */
    bool dated_now;  /* likewise */
    const char *title;
};
#define STATE(s) (1u << (s))

/* ---- the sums ---- */
static void line(const char *what, uint64_t n, uint64_t octets, const char *more)
{
    char size[32];
    printf(
        "  %-38s %8llu  %8s%s\n", what, N(n), n ? text_octets(size, sizeof size, octets) : "", n ? more : "");
}

static void state_line(const struct ledger_totals *t, enum ledger_state s, const char *what, const char *more)
{
    if (t->count[s])
        line(what, t->count[s], t->octets[s], more);
}

static void print_proofs(const struct ledger_totals *t)
{
    static const char *const words[LEDGER_PROOFS] = {
        [LEDGER_UNPROVED] = "not verified yet",
        [LEDGER_PROOF_COUNT] = "verified: there, by UID",
        [LEDGER_PROOF_HEADERS] = "verified: there, same header",
        [LEDGER_PROOF_STRUCTURE] = "verified: same content, rewritten",
        [LEDGER_PROOF_BODY] = "verified: same, other header fields",
        [LEDGER_PROOF_CONTENT] = "verified: same content",
        [LEDGER_PROOF_EXACT] = "verified: the very bytes sent",
    };
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--)
        if (t->proof[i])
            printf("  %-38s %8llu\n", words[i], N(t->proof[i]));
}

static void amount_line(const char *what, struct ledger_amount n, const char *more)
{
    if (n.messages)
        line(what, n.messages, n.octets, more);
}

/* Why they were left. */
static void print_left(const struct report_job *job, bool asked)
{
    char what[64];
    for (int i = 0; i < LEDGER_LEFTS; i++) {
        enum ledger_left reason = (enum ledger_left)i;
        snprintf(what, sizeof what, "  %s", left_words(reason));
        if (ledger_left_is_asked(reason) == asked)
            amount_line(what, job->from.left[i], "");
    }
}

static void print_sums(const struct report_job *job)
{
    const struct ledger_totals *t = &job->totals;
    const char *below = "   listed below";
    const struct ledger_balance *b = &job->balance;
    line("messages known of the source", b->before.messages, b->before.octets, "");
    line("copied", t->count[LEDGER_DONE], t->octets[LEDGER_DONE], "");
    state_line(t, LEDGER_PRESENT, "already in the destination", "");
    amount_line("  no longer there", b->gone_since, "   moved or deleted there since");
    amount_line("duplicates within the source", b->duplicates, "   same content, there once");
    state_line(t, LEDGER_QUARANTINED, "refused for good, in quarantine", below);
    if (t->swallowed)
        printf("  %-38s %8llu%s\n", "  taken for duplicates by Gmail", N(t->swallowed), below);
    state_line(t, LEDGER_REFUSED, "not copied, tried again by the next run", below);
    state_line(t, LEDGER_NOT_MAIL, "the source server's own notes", "   no mail");
    amount_line("still to be copied", b->waiting, "");
    print_left(job, false);
    amount_line("left out as asked", b->left_out, "");
    print_left(job, true);
    amount_line("gone from the source, never copied", b->vanished, "");
    if (t->repaired)
        printf("  %-38s %8llu\n", "of those copied: repaired before", N(t->repaired));
    static const char *const built[LEDGER_CLASSES] = {"body as it was sent (A)",
        "header as received, body put together (B)", "put together of what Outlook keeps (C)"};
    for (int i = 0; i < LEDGER_CLASSES; i++)
        if (t->built[i])
            printf("  %-38s %8llu\n", built[i], N(t->built[i]));
    if (t->dated_now)
        printf("  %-38s %8llu%s\n", "of those copied: dated now", N(t->dated_now), below);
    if (t->deleted)
        line("deleted from the source", t->deleted, t->deleted_octets, "");
    if (t->doubled)
        printf("  %-38s %8llu%s\n", "in the destination twice", N(t->doubled), below);
    print_proofs(t);
}

static void print_mailboxes(const struct report_job *job)
{
    char size[32];
    for (size_t i = 0; i < job->mailbox_count; i++) {
        const struct report_mailbox *b = &job->mailboxes[i];
        fputs(i ? "    " : "  Mailboxes:\n    ", stdout);
        print_cell(stdout, b->name, 36);
        printf(" %8llu  %8s", N(b->count[LEDGER_DONE]), text_octets(size, sizeof size, b->octets_copied));
        if (b->count[LEDGER_PRESENT])
            printf("   and %llu that were there", N(b->count[LEDGER_PRESENT]));
        putchar('\n');
    }
}

/* ---- runs ---- */
static void print_time(int64_t wall_s)
{
    struct clock_utc u = clock_to_utc(wall_s);
    printf("%04d-%02d-%02d %02d:%02d:%02d", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static bool count_run(void *ctx, const struct ledger_run_row *row)
{
    struct text *t = ctx;
    t->max++;
    t->run_ill = !row->ended_s || row->exit_code;
    if (!strcmp(row->command, "verify"))
        t->verify_ill = t->run_ill;
    return true;
}

static bool on_run(void *ctx, const struct ledger_run_row *row)
{
    struct text *t = ctx;
    if (!t->verbose && t->seen++ + RUNS_SHOWN < t->max)
        return !ferror(stdout);
    char *words CLEANUP(mem_free_str) = text_clean_dup(row->words);
    fputs("    ", stdout);
    print_time(row->started_s);
    printf("  %-8s ", row->command);
    if (row->ended_s)
        printf("%6lld s  exit %d  %s\n", (long long)(row->ended_s - row->started_s), row->exit_code, words);
    else
        printf("not ended: at work now, or interrupted (then run it again)\n");
    return !ferror(stdout);
}

static int print_runs(struct text *t)
{
    t->seen = t->max = 0;
    if (ledger_each_run(t->ledger, t->job->id, count_run, t, t->err) < 0)
        return -1;
    if (t->max && !t->verbose && t->max > RUNS_SHOWN)
        printf("  Runs (UTC), the last %d of %llu:\n", RUNS_SHOWN, N(t->max));
    else if (t->max)
        printf("  Runs (UTC):\n");
    return ledger_each_run(t->ledger, t->job->id, on_run, t, t->err);
}

/* ---- lists ---- */
static void print_words(const char *what, const char *words)
{
    char *clean CLEANUP(mem_free_str) = text_clean_dup(words);
    if (*clean)
        printf("        %s%s\n", what, clean);
}

static const char *or_none(const char *s)
{
    return *s ? s : "none";
}

static void print_hashes(const struct ledger_message *m)
{
    char hex[SHA256_HEX];
    if (m->sha256_received) {
        sha256_hex(m->sha256_received, hex);
        printf("        sha256 received %s\n", hex);
    }
    if (m->sha256_sent) {
        sha256_hex(m->sha256_sent, hex);
        printf("        sha256 sent     %s\n", hex);
    }
}

static void print_twin(struct text *t, const struct ledger_message *m)
{
    const char *key, *message_id;
    int rc = ledger_twin(t->ledger, m->twin, &key, &message_id, t->err);
    if (rc < 0)
        t->rc = -1;
    if (rc != 1)
        return;
    char *uidl CLEANUP(mem_free_str) = text_clean_dup(key),
               *id CLEANUP(mem_free_str) = text_clean_dup(message_id);
    printf("        same as UIDL %s, Message-ID %s\n", or_none(uidl), or_none(id));
}

static void print_message(struct text *t, const struct ledger_message *m)
{
    char date[16], size[32];
    char *from CLEANUP(mem_free_str) = text_clean_dup(m->from);
    char *subject CLEANUP(mem_free_str) = text_clean_dup(m->subject);
    char *uidl CLEANUP(mem_free_str) = text_clean_dup(m->key);
    char *message_id CLEANUP(mem_free_str) = text_clean_dup(m->message_id);
    printf("    %-10s  %8s  ", print_date(date, sizeof date, report_job_date(m)),
        text_octets(size, sizeof size, report_job_octets(m)));
    print_cell(stdout, from, 24);
    printf("  ");
    print_cell(stdout, subject, 36);
    printf("  UIDL %s\n        Message-ID %s\n", or_none(uidl), or_none(message_id));
    if (t->section->states & STATE(LEDGER_INTENT))
        print_words("", m->state == LEDGER_INTENT ? "on its way when last heard of" : "not settled yet");
    print_words("", m->reason);
    print_words("kept in ", m->quarantine);
    if (t->section->repaired) {
        print_words("repaired: ", m->repairs);
        print_hashes(m);
    }
    if (m->state == LEDGER_DUPLICATE && m->twin)
        print_twin(t, m);
}

static bool on_message(void *ctx, const struct ledger_message *m)
{
    struct text *t = ctx;
    if (!(t->section->states & STATE(m->state)) || (t->section->repaired && !(m->repairs && *m->repairs)) ||
        (t->section->dated_now && !ledger_dated_now(m)))
        return true;
    if (t->seen++ == t->max)
        return false;
    print_message(t, m);
    return t->rc == 0 && !ferror(stdout);
}

static int print_section(struct text *t, const struct section *s, uint64_t n, uint64_t max)
{
    if (!n || t->rc < 0)
        return t->rc;
    t->section = s;
    t->seen = 0;
    t->max = max;
    printf("  %s (%llu):\n", s->title, N(n));
    if (ledger_each_message(t->ledger, t->job->id, on_message, t, t->err) < 0)
        t->rc = -1;
    if (n > max)
        printf("    and %llu more (--verbose, or --format csv)\n", N(n - max));
    return t->rc;
}

/* What is left to be said when the lists are through. */
static void print_verdict(const struct text *t)
{
    const struct ledger_balance *b = &t->job->balance;
    const char *unknown = left_words_unknown(&t->job->from);
    if (b->waiting.messages)
        printf("  %llu messages are still to be copied: popferry migrate goes on with them.\n",
            N(b->waiting.messages));
    if (unknown)
        printf("  Attention: %s.\n", unknown);
    if (t->job->totals.doubled)
        printf("  %llu messages stand in the destination twice: delete one of each there.\n",
            N(t->job->totals.doubled));
    if (b->waiting.messages || unknown || t->job->totals.doubled || b->quarantined.messages ||
        b->refused.messages)
        return;
    if (t->run_ill || t->verify_ill)
        printf("  Every message known here is settled, but the last %s did not end well: see above.\n",
            t->run_ill ? "run" : "verify");
    else if (b->left_out.messages)
        printf("  Nothing needs attention, but for the %llu messages that were left out as asked.\n",
            N(b->left_out.messages));
    else
        printf("  Nothing needs attention.\n");
}

static bool on_doubled(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m)
{
    struct text *t = ctx;
    char *subject CLEANUP(mem_free_str) = text_clean_dup(m->subject);
    char *message_id CLEANUP(mem_free_str) = text_clean_dup(m->message_id);
    printf("    mailbox %s, UID %u and %u%s  ", report_job_mailbox(t->job, copy->mailbox), m->uid, copy->uid,
        copy->same_bytes ? " (the very same bytes)" : "");
    print_cell(stdout, subject, 36);
    printf("\n        Message-ID %s\n", or_none(message_id));
    return !ferror(stdout);
}

static int print_doubled(struct text *t)
{
    if (!t->job->totals.doubled || t->rc < 0)
        return t->rc;
    printf("  In the destination twice, stored late after they were sent again (%llu):\n",
        N(t->job->totals.doubled));
    if (ledger_each_doubled(t->ledger, t->job->id, on_doubled, t, t->err) < 0)
        t->rc = -1;
    return t->rc;
}

static int print_attention(struct text *t)
{
    static const struct section
        quarantined = {STATE(LEDGER_QUARANTINED), .title = "Refused by the destination for good, kept here"},
        refused = {STATE(LEDGER_REFUSED), .title = "Not copied; the next run tries them again"},
        unfinished = {STATE(LEDGER_OPEN) | STATE(LEDGER_INTENT), .title = "Seen, and not settled"},
        dated_now = {STATE(LEDGER_DONE), .dated_now = true,
            .title = "Dated by the hour of their copy, since nothing in them tells their date for certain"};
    const uint64_t *n = t->job->totals.count;
    uint64_t open = n[LEDGER_OPEN] + n[LEDGER_INTENT];
    print_section(t, &quarantined, n[LEDGER_QUARANTINED], UINT64_MAX);
    if (n[LEDGER_QUARANTINED])
        printf("    (files are named as they lie below %s)\n", t->job->work_dir);
    print_section(t, &refused, n[LEDGER_REFUSED], UINT64_MAX);
    print_section(t, &unfinished, open, t->verbose ? UINT64_MAX : UNFINISHED_MAX);
    print_section(t, &dated_now, t->job->totals.dated_now, UINT64_MAX);
    print_doubled(t);
    print_verdict(t);
    return t->rc;
}

static int print_rest(struct text *t)
{
    static const struct section repaired = {STATE(LEDGER_DONE), .repaired = true,
                                    .title =
                                        "Repaired before sending (IMAP does not allow them as they were)"},
                                duplicates = {
                                    STATE(LEDGER_DUPLICATE), .title = "Duplicates within the source"};
    const struct ledger_totals *s = &t->job->totals;
    print_section(t, &repaired, s->repaired, UINT64_MAX);
    print_section(t, &duplicates, s->count[LEDGER_DUPLICATE], UINT64_MAX);
    return t->rc;
}

int report_text(struct ledger *ledger, const struct report_job *job, bool verbose, struct error *err)
{
    struct text t = {.ledger = ledger, .job = job, .verbose = verbose, .err = err};
    printf("%s -> %s, mailbox %s\n", job->source, job->destination, job->folder);
    print_sums(job);
    print_mailboxes(job);
    if (print_runs(&t) < 0 || print_attention(&t) < 0)
        return -1;
    if (verbose)
        return print_rest(&t);
    if (job->totals.repaired || job->totals.count[LEDGER_DUPLICATE])
        printf("  (--verbose lists what was repaired, and the duplicates)\n");
    return 0;
}
