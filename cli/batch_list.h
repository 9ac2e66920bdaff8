/* batch_list.h - the accounts of a list (--accounts FILE) as jobs: those that are enabled and of this shard,
 * each with its options and names, held against each other. No password is read, no server asked. */
#pragma once

#include "accounts.h"
#include "error.h"
#include "options.h"
#include "options_discover.h"
#include <jansson.h>

struct batch_entry {
    size_t row; /* in the list */
    struct options options;
    char *name;                          /* for people; unique within the batch */
    char *source, *destination, *folder; /* as the ledger names them; destination "" if there is none */
    char *hosts[2];                      /* "host:port" by schedule_side; [1] NULL without a destination */
    char *destination_host;              /* without port; NULL */
    char *work_dir;                      /* where its ledger is or will be */
    uint64_t known_octets; /* for the order: a measure of what an earlier run found; 0: nothing */
    bool finished;         /* its last migration ended with exit code 0, and left nothing out */
    bool elsewhere;        /* of another shard; only while the list is read */
    bool repeats;          /* another line has the same account, and that one is run */
    bool nameless;         /* `name` is but its line: nothing of it is known */
    long source_line;      /* another line with the same source, that is no mistake; 0: none */
    const char *exclusive; /* batch_list_bind: the same for accounts that must not run at the same time; NULL:
                              beside all others; borrowed from one of the entries */
    bool unresolved;       /* its server is not looked for now; error says so */
    struct error error;    /* this account cannot be run; code 0: it can */
    struct options_faults faults; /* of the row: all of them, the first is the error */
};

struct batch_list {
    struct account_list list;
    struct batch_entry *entries; /* in the order of the list */
    size_t count;
    size_t disabled, elsewhere; /* left out: by the enabled column; of other shards */
    struct batch_entry *others; /* these, for their names alone */
    size_t other_count;
    struct discover_cache found;
    char **warnings; /* sentences for the user, without "warning: " */
    size_t warning_count;
};

/* online: where an address stands for a server, the server is looked for (options_discover.h), once for each
 * domain; else such an account is `unresolved`.
 *
 * -1 when the list cannot be read at all (ERROR_USAGE). What is wrong with one account is in its entry:
 * a row or values that cannot be read, a missing server, the same account twice (the second one), one source
 * into several destinations or several sources into one without --shared. source_alone: a destination is not
 * needed. */
int batch_list_read(
    const struct options *o, bool source_alone, bool online, struct batch_list *ret, struct error *err);
/* Look into the work folder: where each account's ledger is, what is finished, and accounts that went
 * elsewhere before (a warning each). */
int batch_list_look(struct batch_list *l, const struct options *o, struct error *err);
/* Which accounts must not run at the same time: of one source (a POP3 server locks it), into one destination
 * (else both copy what both have, since neither sees what the other is about to copy), of one ledger. After
 * batch_list_look, if that is called. */
void batch_list_bind(struct batch_list *l);
/* Add a sentence to the warnings. */
void batch_list_warn(struct batch_list *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
json_t *batch_list_warnings_json(const struct batch_list *l);
void batch_list_done(struct batch_list *l); /* zeroed is fine */
