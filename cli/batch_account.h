/* batch_account.h - one account of a batch as it is seen: by the display while it runs, in status.json, in
 * the last table. */
#pragma once

#include "errand.h"

enum batch_account_state {
    BATCH_WAITING,
    BATCH_RUNNING,
    BATCH_PAUSED,  /* goes on by itself at again_s */
    BATCH_ENDED,   /* result tells how */
    BATCH_UNTRIED, /* given up before it began, or left out by a stop; result.error tells why */
    BATCH_LEFT,    /* to be run again not before again_s */
    BATCH_SKIPPED, /* finished before, and --skip-finished */
};
const char *batch_account_state_name(enum batch_account_state s); /* "waiting" ... for JSON */

/* Strings are owned by the batch. */
struct batch_account {
    const char *name; /* for people: the source's user, with the host if that alone is ambiguous */
    const char *source, *destination; /* as endpoint_account makes them; destination "" if there is none */
    const char *folder;
    long line;            /* in the list */
    const char *work_dir; /* of its ledger and log */
    enum batch_account_state state;
    int64_t again_s;              /* wall clock; 0: none */
    int64_t begun_ms, elapsed_ms; /* monotonic: when it first began, 0: not yet; from then to its last end */
    struct progress progress;     /* while it runs; phase NULL: none yet */
    struct errand_result result;  /* once it ended */
};

/* Where an account stands, for whoever counts. */
enum batch_account_kind {
    BATCH_KIND_QUEUED, /* its turn comes */
    BATCH_KIND_RUNNING,
    BATCH_KIND_PAUSED,
    BATCH_KIND_IN_ORDER,
    BATCH_KIND_SKIPPED,
    BATCH_KIND_ATTENTION, /* exit code 1 */
    BATCH_KIND_AGAIN,     /* exit code 4: a later run may do it */
    BATCH_KIND_FAILED,    /* every other exit code */
};
#define BATCH_KINDS (BATCH_KIND_FAILED + 1)
enum batch_account_kind batch_account_kind(const struct batch_account *a);

/* Its exit code; 0 while it is not over. */
int batch_account_code(const struct batch_account *a);
/* How bad an exit code is: 0 the best, then 1, 4, 6, 3, 2, 5, the order that the manual documents. A code
 * that is none of these is the worst. */
int batch_account_rank(int code);
/* The worst code of them; 0 for none. */
int batch_account_worst(const struct batch_account *accounts, size_t count);
