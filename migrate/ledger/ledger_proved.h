/* ledger_proved.h - when a job's messages were proved. */
#pragma once

#include "ledger.h"

/* The latest proof of any message of the job (wall clock), 0 if there is none. */
int ledger_proved_last(struct ledger *l, int64_t job, int64_t *ret_s, struct error *err);
