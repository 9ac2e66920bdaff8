#include "batch_report.h"

#include "mem.h"
#include <stdlib.h>

static void add_counts(struct batch_sum *sum, const struct batch_account *a)
{
    const struct errand_result *r = &a->result;
    const struct progress *p = &a->progress;
    if (a->state == BATCH_RUNNING && p->total) {
        sum->messages += p->total;
        sum->octets += p->total_octets;
        sum->done += p->copied;
        sum->done_octets += p->copied_octets;
        sum->copied += p->copied;
        sum->copied_octets += p->copied_octets;
        return;
    }
    if (!r->told)
        return;
    sum->messages += r->messages;
    sum->octets += r->octets;
    sum->done += r->done;
    sum->done_octets += r->done_octets;
    sum->copied += r->copied;
    sum->copied_octets += r->copied_octets;
    sum->rest += r->rest;
    sum->rest_octets += r->rest_octets;
    sum->bad += r->attention;
}

static void add_kinds(struct batch_sum *sum, const size_t by_kind[BATCH_KINDS])
{
    sum->in_order = by_kind[BATCH_KIND_IN_ORDER];
    sum->attention = by_kind[BATCH_KIND_ATTENTION];
    sum->failed = by_kind[BATCH_KIND_FAILED];
    sum->waiting = by_kind[BATCH_KIND_AGAIN] + by_kind[BATCH_KIND_PAUSED];
    sum->skipped = by_kind[BATCH_KIND_SKIPPED];
    sum->running = by_kind[BATCH_KIND_RUNNING];
    sum->queued = by_kind[BATCH_KIND_QUEUED];
}

struct batch_sum batch_report_sum(const struct batch_account *accounts, size_t count)
{
    struct batch_sum sum = {.accounts = count};
    size_t by_kind[BATCH_KINDS] = {0};
    int64_t first_ms = INT64_MAX, last_ms = 0;
    for (size_t i = 0; i < count; i++) {
        const struct batch_account *a = &accounts[i];
        by_kind[batch_account_kind(a)]++;
        add_counts(&sum, a);
        if (!a->begun_ms)
            continue;
        first_ms = a->begun_ms < first_ms ? a->begun_ms : first_ms;
        last_ms = a->begun_ms + a->elapsed_ms > last_ms ? a->begun_ms + a->elapsed_ms : last_ms;
    }
    add_kinds(&sum, by_kind);
    sum.elapsed_ms = last_ms > first_ms ? last_ms - first_ms : 0;
    sum.code = batch_account_worst(accounts, count);
    return sum;
}

bool batch_report_is_failure(const struct batch_account *a)
{
    enum batch_account_kind kind = batch_account_kind(a);
    return kind != BATCH_KIND_IN_ORDER && kind != BATCH_KIND_SKIPPED;
}

int batch_report_failures(const char *path, const struct account_list *list,
    const struct batch_account *accounts, const size_t *row, size_t count, struct error *err)
{
    bool *chosen = mem_array(accounts_count(list) + 1, sizeof *chosen);
    for (size_t i = 0; i < count; i++)
        if (batch_report_is_failure(&accounts[i]))
            chosen[row[i]] = true;
    int rc = accounts_write(list, chosen, path, err);
    free(chosen);
    return rc;
}
