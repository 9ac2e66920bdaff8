/* secret.h - the passwords of a job: from a list, a file, a command, a netrc file, the environment, a
 * descriptor or the terminal; never from argv.
 *
 * Of several the first one counts: a cell of the list, --from-token-file, --from-token-command,
 * --from-oauth, --from-password-file, --from-password-command, --from-password-env, --from-password-fd,
 * --netrc, the terminal (never for an account of a list: options.place). A password is any octets but NUL and
 * line ends, fewer than SECRET_MAX.
 *
 * Order of calls: secret_keeper_job; then secret_keeper_fresh as world.secret, in one thread;
 * secret_keeper_done. */
#pragma once

#include "job.h"
#include "options.h"

struct token_source;

/* Where the passwords of one job come from, so that they can be read again for another sign-in: whoever
 * renews a token or a password writes it into its file. Zeroed is empty. */
struct secret_keeper {
    const struct options *options; /* borrowed, as is the job */
    const struct job *job;
    struct token_source *tokens[2]; /* --from-oauth, --to-oauth; by job_side, as are the next */
    char *now[2];                   /* as read again */
    int64_t read_ms[2];             /* when, monotonic; first that of the job's */
};

/* The job that the options describe (options_endpoints), with its passwords. *o and *ret must stay where they
 * are until secret_keeper_done; the caller owns *ret: options_job_done. Warns once of each file that other
 * users can read. -1 with ERROR_USAGE, which begins with options.place where there is one and the password is
 * the trouble. */
int secret_keeper_job(
    struct secret_keeper *k, const struct options *o, bool source_alone, struct job *ret, struct error *err);

/* The warning of secret_keeper_job alone: for a batch, before anything is displayed. */
void secret_warn(const struct options *o);

/* The password as it is now, read again from its file or netrc file; a token of --from-oauth is a newer one
 * when the last is about to end; a command's is asked for again once it is older than a minute, so that the
 * connections of one session ask once. NULL: as the job has it. Borrowed until the next call for this side.
 */
const char *secret_keeper_fresh(struct secret_keeper *k, enum job_side side);

/* In world.sign_in: get a newer token where --from-oauth or --to-oauth has one that is about to end. Else
 * nothing is done. -1 with the error of token_get, which secret_keeper_fresh could not tell. */
int secret_keeper_renew(struct secret_keeper *k, struct error *err);
void secret_keeper_done(struct secret_keeper *k); /* wipes; zeroed is fine */
