/* errand.h - one command over one job, for a single pair as for each row of a list.
 *
 * A command fills in an errand's result and prints what it has to tell to errand->out: standard output for a
 * single pair, a buffer in a batch, where many errands are at work in threads of their own. So no errand
 * function may print anywhere else, nor touch what is not its own. */
#pragma once

#include "error.h"
#include "job.h"
#include "options.h"
#include <stdio.h>

/* What came of it, for the last table of a batch and status.json. */
struct errand_result {
    int code;                       /* exit_code.h */
    struct error error;             /* why it ended; code 0: none */
    bool told;                      /* the counts below mean something */
    uint64_t messages, octets;      /* in the source */
    uint64_t done, done_octets;     /* check: none; estimate: held; plan: to copy; migrate: in the destination
                                       now,     by the ledger (copied or present, each message once); verify:
                                       agreed;     delete:     deleted */
    uint64_t copied, copied_octets; /* migrate: of these, by this run */
    uint64_t rest, rest_octets;     /* to be done yet; delete --dry-run: what would be deleted */
    uint64_t attention;             /* messages of which something is wrong */
    char words[240]; /* one clause for the table, without full stop: "512 copied, 3 duplicates; all is there";
                        of a failure error.text says more */
};

struct talk;
struct errand {
    const struct options *options;
    const struct job *job; /* passwords read */
    const struct world *world;
    struct talk *talk; /* to be cleared before printing; NULL in a batch */
    FILE *out;
    void *shared; /* of the command, for all errands of a batch (estimate: the quote); else NULL */
    size_t index; /* of this errand in the batch */
    struct alerts alerts;
    struct errand_result result;
};

/* Of a command whose accounts make one result together, as an estimate does: in a batch begin, then the
 * errands, each with errand.shared, side by side as it comes (each fills what is its own and reads the rest),
 * undone for those that had none or could not be done, end. */
struct errand_whole {
    /* What they share, for so many accounts; asks no server. NULL with *err. */
    void *(*begin)(const struct options *o, size_t accounts, struct error *err);
    /* Account i was not done: who (and user@host), and why. */
    void (*undone)(void *shared, size_t i, const char *name, const char *source, const struct error *why);
    /* Print what there is on standard output, and free shared. why: with what the batch ended; code 0: well.
     * Returns why's exit code, or that of what went wrong here: then *ret_err tells it; else ret_err->code is
     * 0. */
    int (*end)(const struct options *o, void *shared, const struct error *why, struct error *ret_err);
};

/* What makes a command one that goes over jobs. */
struct errand_kind {
    /* Before any errand: options that contradict each other, a question that nobody could answer. batch: over
     * a list. NULL: nothing to check. */
    int (*ready)(const struct options *o, bool batch, struct error *err);
    /* Fills e->result and returns its code. What went wrong is told by the caller, from result.error. */
    int (*run)(struct errand *e);
    bool source_alone;   /* a job without a destination will do */
    bool keeps;          /* it has a ledger: job->work_dir is work_dir_of_job's */
    bool dry_is_scratch; /* with --dry-run it keeps nothing: the ledger is a copy, and no file is written */
    bool uploads;        /* the destination's daily limit concerns it: job->upload_cap */
    const struct errand_whole *whole; /* NULL: each account has a result of its own */
};

/* For errand functions: result's code and error. rc < 0: of err; else code, and no error. Returns the code.
 */
int errand_end(struct errand *e, int rc, const struct error *err, int code);
/* For result.words: one more part behind ", ", or behind "; ". What does not fit is cut. */
void errand_part(struct errand_result *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void errand_clause(struct errand_result *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The part "1,234 duplicates"; nothing for 0. */
void errand_count(struct errand_result *r, uint64_t n, const char *one, const char *many);
/* "1,234"; returns dst. */
char *errand_number(char *dst, size_t cap, uint64_t n);
