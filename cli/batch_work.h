/* batch_work.h - private to batch_command.c and batch_task.c: a batch at work.
 *
 * The thread of batch_command shows and prints; each task runs in a thread of its own (batch_task_run) and
 * touches of this struct only its account (under lock) and the queue of what is to be printed (under lock).
 */
#pragma once

#include "batch.h"
#include "batch_account.h"
#include "batch_list.h"
#include "board.h"
#include "catalog.h"
#include "command.h"

/* What an account printed, or a line to be said, until the main thread does so. */
struct batch_paper {
    struct batch_paper *next;
    char *text;
    size_t len;
    bool document; /* for standard output; else one line for standard error */
};

struct batch_work {
    const struct command *self;
    const struct options *options;
    const struct clock *clock;
    struct batch_list list;
    struct catalog *catalog;        /* for upload limits; only read */
    struct batch_account *accounts; /* as list.entries; under lock */
    unsigned *tries; /* of each account that ended to be tried again, without progress; under lock */
    size_t *account_of_task;
    size_t task_count;
    pthread_mutex_t lock;
    struct batch_paper *papers, **papers_end; /* under lock */
    struct board *board;
    void *shared;                      /* errand.shared */
    unsigned jobs;                     /* at once */
    int64_t began_s, status_ms;        /* status_ms: when status.json is due again */
    char *status_path, *failures_path; /* NULL: the command keeps nothing */
    bool scratch;                      /* a dry run that keeps nothing (errand_kind.dry_is_scratch) */
    bool status_failed;                /* told of already */
    bool documents, any_document;      /* what accounts print goes to standard output; some has */
};

/* batch_spec.run; ctx is the struct batch_work. */
void batch_task_run(void *ctx, struct batch *batch, size_t task, struct batch_end *ret);
