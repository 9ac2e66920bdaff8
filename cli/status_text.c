#include "status.h"

#include "batch_account.h"
#include "buf.h"
#include "cell.h"
#include "clock.h"
#include "left_words.h"
#include "mem.h"
#include "report.h"
#include "report_unlisted.h"
#include "text.h"
#include "text_table.h"
#include <stdio.h>
#include <stdlib.h>

#define N(x)         ((unsigned long long)(x))
#define PARAGRAPHS   20 /* beyond, a table */
#define NAME_COLUMNS 44
#define RUN_COLUMNS  72

/* ---- the batch ---- */
static long long member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *words(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? s : "";
}

static void print_batch(const json_t *b, bool at_work)
{
    const json_t *sum = json_object_get(b, "sum");
    const char *shard = words(b, "shard");
    if (!sum)
        return;
    long long all = member(sum, "accounts"), open = member(sum, "running") + member(sum, "queued");
    printf("%s%s: %s, begun %s, %lld of %lld accounts ended", *shard ? "Shard " : "Batch", shard,
        words(b, "command"), words(b, "began"), all - open - member(sum, "waiting"), all);
    if (member(sum, "running"))
        printf(", %lld at work", member(sum, "running"));
    if (member(sum, "waiting"))
        printf(", %lld to be run again later", member(sum, "waiting"));
    long long bad = member(sum, "attention") + member(sum, "failed");
    if (bad)
        printf(", %lld %s attention", bad, bad == 1 ? "needs" : "need");
    if (json_is_string(json_object_get(b, "ended")))
        printf("; ended %s with exit code %lld\n", words(b, "ended"), member(sum, "exit_code"));
    else if (at_work)
        printf("; at work now\n");
    else
        printf("; interrupted after %s: run the same command again\n", words(b, "now"));
}

static void print_batches(const struct status *s)
{
    size_t i;
    json_t *b;
    if (s->batch)
        print_batch(s->batch, s->batch_at_work);
    json_array_foreach(s->shards, i, b) print_batch(b, s->batch_at_work);
    if (s->batch || json_array_size(s->shards))
        putchar('\n');
}

/* ---- a paragraph each ---- */
static void print_time(int64_t at_s)
{
    struct clock_utc u = clock_to_utc(at_s);
    printf("%04d-%02d-%02d %02d:%02d:%02d UTC", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static uint64_t refused(const struct status_account *a)
{
    return a->balance.quarantined.messages + a->balance.refused.messages;
}

/* Why there is more to do, or that nobody knows it. */
static void print_left(const struct status_account *a)
{
    struct buf b CLEANUP(buf_done) = {0};
    const char *unknown = left_words_unknown(&a->from);
    left_words_all(&b, a->from.left, false);
    if (buf_len(&b))
        printf("  still to be copied: %s\n", buf_str(&b));
    buf_clear(&b);
    left_words_all(&b, a->from.left, true);
    if (buf_len(&b))
        printf("  left out as asked: %s\n", buf_str(&b));
    if (unknown)
        printf("  %s\n", unknown);
}

static void print_run(const struct status_account *a)
{
    printf("  last run: %s, begun ", a->run_command);
    print_time(a->run_started_s);
    if (a->run_ended_s) {
        printf(", ended ");
        print_time(a->run_ended_s);
        printf(" with exit code %d: %s\n", a->run_exit_code, a->run_words);
    } else {
        printf(", not ended: at work now, or interrupted (then run it again)\n");
    }
}

static void print_paragraph(const struct status_account *a)
{
    char size[32];
    const struct ledger_balance *b = &a->balance;
    printf("%s -> %s, mailbox %s\n", a->source, a->destination, a->folder);
    if (!a->begun) {
        printf("  not begun\n");
        return;
    }
    printf(
        "  copied %llu (%s), already there %llu, duplicates %llu, quarantined %llu, refused %llu, unfinished %llu\n",
        N(b->copied.messages), text_octets(size, sizeof size, b->copied.octets), N(b->present.messages),
        N(b->duplicates.messages), N(b->quarantined.messages), N(b->refused.messages),
        N(b->waiting.messages));
    if (a->totals.swallowed)
        printf("  of those quarantined, taken for duplicates by Gmail: %llu; popferry report names them\n",
            N(a->totals.swallowed));
    if (a->totals.doubled)
        printf("  in the destination twice: %llu; popferry report names them\n", N(a->totals.doubled));
    if (b->gone_since.messages)
        printf("  no longer in the destination, moved or deleted there since: %llu\n",
            N(b->gone_since.messages));
    print_left(a);
    if (a->run_started_s)
        print_run(a);
}

/* ---- a line each ---- */
/* What is to be said of it, from bad to good. */
enum standing {
    FAILED,
    REFUSED,
    UNENDED,
    UNFINISHED,
    NOT_KNOWN, /* whether there is more */
    NOT_BEGUN,
    SETTLED,
    STANDINGS,
};

static const char *const standing_words[STANDINGS] = {
    [FAILED] = "failed",
    [REFUSED] = "attention",
    [UNENDED] = "not ended",
    [UNFINISHED] = "unfinished",
    [NOT_KNOWN] = "not known",
    [NOT_BEGUN] = "not begun",
    [SETTLED] = "settled",
};

static enum standing standing(const struct status_account *a)
{
    if (!a->begun || (!a->run_started_s && !a->balance.copied.messages))
        return NOT_BEGUN;
    if (a->run_ended_s && a->run_exit_code > 1)
        return FAILED;
    if (refused(a) || a->totals.doubled || (a->run_ended_s && a->run_exit_code))
        return REFUSED;
    if (a->run_started_s && !a->run_ended_s)
        return UNENDED;
    if (a->balance.waiting.messages)
        return UNFINISHED;
    return a->from.known && a->from.ended ? SETTLED : NOT_KNOWN;
}

/* What needs attention first; among those, the worst. */
static int by_standing(const void *x, const void *y)
{
    const struct status_account *a = *(const struct status_account *const *)x,
                                *b = *(const struct status_account *const *)y;
    int diff = (int)standing(a) - (int)standing(b);
    if (!diff && standing(a) == FAILED)
        diff = batch_account_rank(b->run_exit_code) - batch_account_rank(a->run_exit_code);
    if (!diff && refused(a) != refused(b))
        diff = refused(a) < refused(b) ? 1 : -1;
    return diff ? diff : (a > b) - (a < b);
}

static void take_number(struct text_table *t, uint64_t n)
{
    text_table_take(t, n ? mem_printf("%llu", N(n)) : mem_strdup("-"));
}

static void take_cut(struct text_table *t, const char *s, int width)
{
    struct buf b CLEANUP(buf_done) = {0};
    cell_fit(&b, s, width);
    text_table_take(t, buf_strdup(&b));
}

static void add_run(struct text_table *t, const struct status_account *a)
{
    struct clock_utc u = clock_to_utc(a->run_ended_s ? a->run_ended_s : a->run_started_s);
    if (!a->run_started_s) {
        text_table_add(t, "");
        return;
    }
    char *run CLEANUP(mem_free_str) =
        mem_printf("%04d-%02d-%02d %02d:%02d %s", u.year, u.month, u.day, u.hour, u.minute, a->run_command);
    char *more CLEANUP(mem_free_str) =
        !a->run_ended_s    ? mem_printf("%s, at work or interrupted", run)
        : a->run_exit_code ? mem_printf("%s, exit %d: %s", run, a->run_exit_code, a->run_words)
                           : mem_printf("%s: %s", run, a->run_words);
    take_cut(t, more, RUN_COLUMNS);
}

static void add_row(struct text_table *t, const struct status_account *a)
{
    char size[32];
    text_table_add(t, standing_words[standing(a)]);
    take_cut(t, a->source, NAME_COLUMNS);
    const struct ledger_balance *b = &a->balance;
    take_number(t, b->copied.messages);
    text_table_add(t, b->copied.octets ? text_octets(size, sizeof size, b->copied.octets) : "-");
    take_number(t, b->present.messages);
    take_number(t, b->duplicates.messages);
    take_number(t, refused(a));
    take_number(t, b->waiting.messages);
    add_run(t, a);
}

static void print_sums(const struct status *s)
{
    size_t n[STANDINGS] = {0};
    const char *before = ": ";
    for (size_t i = 0; i < s->count; i++)
        n[standing(&s->accounts[i])]++;
    printf("%zu account%s in %s", s->count, s->count == 1 ? "" : "s", s->work_dir);
    for (int i = 0; i < STANDINGS; i++)
        if (n[i]) {
            printf("%s%zu %s", before, n[i], standing_words[i]);
            before = ", ";
        }
    printf(" (times are UTC)\n");
}

static void print_table(const struct status *s)
{
    static const char *const heads[] = {
        "state", "account", "copied", "size", "there", "duplicates", "refused", "to do", "last run"};
    struct text_table t = {.columns = sizeof heads / sizeof *heads};
    const struct status_account **order = mem_array(s->count + 1, sizeof *order);
    for (int i = 2; i < t.columns - 1; i++)
        t.right[i] = true;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        text_table_add(&t, heads[i]);
    for (size_t i = 0; i < s->count; i++)
        order[i] = &s->accounts[i];
    qsort(order, s->count, sizeof *order, by_standing);
    for (size_t i = 0; i < s->count; i++)
        add_row(&t, order[i]);
    print_sums(s);
    text_table_print(&t);
    free(order);
}

/* Why stands on standard error. */
static void print_damaged(const struct report_walk *w)
{
    for (size_t i = 0; i < w->damaged_count; i++) {
        char *folder CLEANUP(mem_free_str) = text_clean_dup(w->damaged[i].folder);
        printf("%s: its ledger cannot be read, so there are no numbers of what it holds\n", folder);
    }
}

static void print_unlisted(const struct status *s)
{
    char *words CLEANUP(mem_free_str) = report_unlisted_words(s->scope, s->work_dir);
    if (words)
        printf("%s%s", s->count || s->walk.damaged_count ? "\n" : "", words);
}

void status_text(const struct status *s)
{
    print_batches(s);
    if (s->count > PARAGRAPHS)
        print_table(s);
    for (size_t i = 0; i < s->count && s->count <= PARAGRAPHS; i++) {
        if (i)
            putchar('\n');
        print_paragraph(&s->accounts[i]);
    }
    if (s->count && s->walk.damaged_count)
        putchar('\n');
    print_damaged(&s->walk);
    print_unlisted(s);
}
