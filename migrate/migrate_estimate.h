/* migrate_estimate.h - what a mailbox holds and what a migration of it would have to move: measured on the
 * servers, without changing anything on either side. */
#pragma once

#include "job.h"
#include "quote.h"

/* Measure one job into a new account of q, which was set up by quote_init; its params say how. Without
 * job->to.host only the source is asked. Headers are read by TOP and kept in the ledger, where a later
 * migration of the same job finds them; with params.fast, or without TOP, sizes alone are known.
 *
 * -1 with the error, which stands in the account too: the quote can be calculated without it. ERROR_USAGE for
 * params.fast together with a filter or a folder that needs dates. */
int migrate_estimate(const struct job *job, const struct world *world, struct quote *q, struct error *err);

/* The same into an account that q has already, and that may have been measured before. Only reads q (params,
 * catalog, date_s): many threads may fill accounts of one quote side by side, as long as none is added
 * meanwhile. */
int migrate_estimate_account(const struct job *job, const struct world *world, const struct quote *q,
    struct quote_account *a, struct error *err);
