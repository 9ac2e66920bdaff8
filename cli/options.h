/* options.h - the command line as data: what each option is called, means and fills. */
#pragma once

#include "error.h"
#include "job.h"
#include <stdbool.h>

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_CSV, /* report and estimate only */
};

#define OPTIONS_WORK_DIR "popferry-work"

struct options {
    char *from, *to, *from_user, *to_user;
    char *from_password_file, *to_password_file;
    char *ca_file, *work_dir, *folder;
    char *limit_text, *seen_text, *format_text, *order_text, *time_zone_text;
    char *since_text, *before_text, *min_size_text, *max_size_text;
    char *folder_old, *archive_dir, *archive_format_text;
    char *level_text;         /* verify: NULL is content */
    char *delete_source_text; /* migrate: NULL or "verified" */
    /* estimate; read by estimate_options.h */
    char *growth_text, *growth_rise_text, *currency_text, *tax_text, *margin_text, *other_use_text;
    char *customer, *prepared_by, *mailboxes, *lang;
    const char **rates, **catalogs, **reports; /* ended by NULL; NULL: none */
    int years, fast;
    int seen_older_than, connections, old_than, max_wait_s;
    int older_than; /* delete: days; -1: not given */
    int allow_plaintext, quiet, verbose, dry_run, yes, retry_quarantined, encode_headers, privacy;
    enum format format;
    uint64_t limit;
    enum seen_policy seen;
    struct filter filter;
    enum job_order order;
    enum archive_format archive_format;
    int utc_offset_min;
};

/* Parse argv[1..] for a command (argv[0] is its name). Every command takes every option, so that one @FILE
 * serves them all; what does not concern a command is ignored by it. Prints --help and exits 0 by itself. 0,
 * or -1 with ERROR_USAGE. The caller owns *ret: options_done. */
int options_parse(const char *command, const char *summary, int argc, const char **argv, struct options *ret,
    struct error *err);
void options_done(struct options *o);

/* Account names of --from and --to as the ledger knows them, without asking for passwords; NULL where not
 * given. */
int options_accounts(const struct options *o, char **ret_from, char **ret_to, struct error *err);

/* The job these options describe, passwords read (from their files, or asked for on the terminal). Borrows
 * from *o; the caller owns *ret: options_job_done. */
int options_job(const struct options *o, struct job *ret, struct error *err);
/* The same without a destination, job->to zeroed: for what only looks at the source. */
int options_source_job(const struct options *o, struct job *ret, struct error *err);
void options_job_done(struct job *job);
