/* estimate_batch.h - an estimate of many accounts: the frame around the errands of cmd_estimate_kind.
 *
 * Order of calls: estimate_begin; the errands, each with errand.shared = the quote and errand.index = the
 * number of its account, side by side as you like (each fills its own account, and reads the rest);
 * estimate_untried for those that had none; estimate_end; quote_done. */
#pragma once

#include "options.h"
#include "quote.h"

/* The language of what is printed, the parameters, the catalog, and so many accounts, not measured yet. Asks
 * no server. -1 with ERROR_USAGE; *ret is zeroed then. */
int estimate_begin(const struct options *o, size_t accounts, struct quote *ret, struct error *err);

/* An account that was not measured, or could not be: who (user@host) and why. The estimate is made without
 * it. */
void estimate_untried(
    struct quote *q, size_t i, const char *name, const char *source, const struct error *why);

/* Calculate, write the reports (--report), print on standard output. why: with what the measuring ended; code
 * 0: well. What is measured is calculated and printed all the same. Returns why's exit code, or that of what
 * went wrong here: then *ret_err tells it, to be printed by the caller; else ret_err->code is 0. */
int estimate_end(const struct options *o, struct quote *q, const struct error *why, struct error *ret_err);
