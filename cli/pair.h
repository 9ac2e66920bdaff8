/* pair.h - the frame of the commands that go over jobs (command.kind): options, the job with its passwords,
 * progress, the errand, the error. */
#pragma once

#include "command.h"
#include "job.h"

/* For struct command: run self->kind over the one pair that the options name; with --accounts over all of the
 * list (batch_command.h). Prints everything; returns the exit code. */
int pair_command(const struct command *self, int argc, const char **argv);

/* The folder of a pair's ledger (work_dir_of_job): one that was of a batch before goes on in that account's
 * folder. job->work_dir points to *ret then, which the caller frees once job is done. -1 with ERROR_LEDGER or
 * ERROR_DISK. */
int pair_find_work_dir(struct job *job, char **ret, struct error *err);
