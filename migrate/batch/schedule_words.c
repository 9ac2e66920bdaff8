#include "schedule_private.h"

#include <stdio.h>

void schedule_words_refused(const struct schedule_host *h, struct error *ret)
{
    char first[48];
    if (h->refused == 1)
        snprintf(first, sizeof first, "the first sign-in was refused");
    else
        snprintf(first, sizeof first, "the first %u sign-ins were all refused", h->refused);
    error_set(ret, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: %s, so that the rest was not tried (it might lock out everybody): check users and passwords in "
        "the list, then run the same command again, or with --host-refusals 0; the last time: %s",
        h->name, first, h->last->text);
}

static const char *duration(char *dst, size_t cap, int64_t ms)
{
    long long s = (ms + 999) / 1000;
    if (s < 120)
        snprintf(dst, cap, "%lld s", s);
    else
        snprintf(dst, cap, "%lld min", (s + 30) / 60);
    return dst;
}

void schedule_words_failed(const struct schedule_host *h, struct error *ret)
{
    char in_row[48], pauses[80], waited[24];
    snprintf(in_row, sizeof in_row, h->failures == 1 ? "%u account" : "%u accounts in a row", h->failures);
    snprintf(pauses, sizeof pauses, "nor another after pauses of %s in all",
        duration(waited, sizeof waited, h->paused_ms));
    bool helps = h->last->retry != ERROR_RETRY_NEVER;
    error_set(ret, ERROR_SCOPE_JOB, h->last->retry, h->last->code,
        "%s: %s could not connect%s%s%s, so that the rest was not tried: %s, then run the same command "
        "again%s; the last time: %s",
        h->name, in_row, h->paused_ms ? ", " : "", h->paused_ms ? pauses : "",
        helps ? "" : ", for a reason that waiting does not mend",
        helps ? "see that the host can be reached" : "mend it", helps ? ", or with a longer --max-wait" : "",
        h->last->text);
}

void schedule_words_stopped(bool fail_fast, struct error *ret)
{
    if (fail_fast)
        error_set(ret, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CANCELLED,
            "not tried, since another account failed and --fail-fast was given: see to that one, then run "
            "the same command again, or without --fail-fast");
    else
        error_set(ret, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CANCELLED,
            "not tried, since the run was stopped before: run the same command again");
}
