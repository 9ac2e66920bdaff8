/* work_dir.h - the one folder in which a customer's run leaves everything. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stdint.h>

/* Make it (and missing parents) with mode 0700 unless it is there; check that it can be written. */
int work_dir_make(const char *path, struct error *err);

/* Is it, as far as it is there, a folder that nobody else could have prepared (own.h)? So is WORK/accounts.
 */
int work_dir_check(const char *path, struct error *err);

/* Take the exclusive lock that keeps a second run out; returns a descriptor to close, or -1 (ERROR_LOCKED
 * when another process holds it). */
int work_dir_lock(const char *path, struct error *err);

/* ---- accounts below a customer's work folder ----
 * A batch keeps each account's ledger, log and quarantine in a folder of its own, WORK/accounts/NAME: nothing
 * is shared, so nothing waits for another, and one damaged ledger concerns one account. A single pair keeps
 * them in WORK itself, unless the account has such a folder already. */
#define WORK_DIR_ACCOUNTS "accounts"

/* The folder that this job's ledger lies in, or would: WORK/accounts/NAME if that is there; else WORK, if its
 * ledger knows the job; else (batch, or one is at work there, which may have the same account)
 * WORK/accounts/NAME, (no batch) WORK. NAME is the source's name with all that a file name should not have
 * replaced by "_", and 8 hex digits of a hash over source, destination and folder:
 * "taro@pop.example.jp-1a2b3c4d". Names are compared as they stand, letter case included, as the ledger does.
 * Makes nothing. A ledger of an older popferry will do. Any thread. Caller frees; NULL with ERROR_LEDGER or
 * ERROR_DISK. */
char *work_dir_of_job(const char *work_dir, bool batch, const char *source, const char *destination,
    const char *folder, struct error *err);

/* NAME without the hash: the source's name as a folder may have it, cut at a character. Caller frees. */
char *work_dir_stem(const char *source);

/* Call fn for each folder of WORK that has a ledger: WORK itself, then those of accounts/ in order of their
 * names, until it returns false. None at all is not an error, nor a WORK that is not there. A folder that
 * cannot be looked into counts as one that has. ERROR_DISK. */
typedef bool work_dir_fn(void *ctx, const char *folder);
int work_dir_each(const char *work_dir, work_dir_fn *fn, void *ctx, struct error *err);

/* Keep a second batch out of this work folder, which must be there. shard 0 of 0: the whole list; else shard
 * I of N (1 <= I <= N <= 2^24): other shards of the same N may work beside it, a whole list or another N may
 * not. A descriptor to close, which lets go, or -1 (ERROR_LOCKED, naming who is at work; ERROR_DISK). */
int work_dir_lock_batch(const char *work_dir, unsigned shard, unsigned shards, struct error *err);
/* Is a batch, or a shard of one, at work there now? Does not disturb it, nor one that is about to begin. */
bool work_dir_batch_at_work(const char *work_dir);

/* ---- forgetting one ---- */
#define WORK_DIR_FORGOTTEN "forgotten"

/* Where WORK/accounts/NAME would be kept from now on: WORK/forgotten/NAME-20261130-111255 (UTC). It is moved
 * there, so that its ledger is never lost, unless `dry`. NAME as its folder is called, or as the source is
 * where that tells it. -1: ERROR_USAGE (a name that is none, or of several), ERROR_LOCKED (a run is at work
 * there, or a batch in WORK), ERROR_DISK. Caller frees *ret_from (the folder's name) and *ret_to. */
int work_dir_forget(const char *work_dir, const char *name, int64_t now_s, bool dry, char **ret_from,
    char **ret_to, struct error *err);

/* Call fn for each name in WORK/accounts, in their order, until it returns false. */
typedef bool work_dir_name_fn(void *ctx, const char *name);
int work_dir_each_name(const char *work_dir, work_dir_name_fn *fn, void *ctx, struct error *err);
