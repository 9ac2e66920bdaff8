/* open_ledger.h - the ledger of a job's work folder, with the job's row found or made. */
#pragma once

#include "job.h"
#include "ledger.h"

/* *ret is the caller's: ledger_close. */
int open_ledger(const struct job *job, struct ledger **ret, int64_t *ret_job, struct error *err);
