/* token_store.h - tokens between runs: a file (0600) for each account in a folder (0700) that the caller
 * names.
 *
 * token_store_open takes the account's lock, which other processes and other threads respect, and holds it to
 * token_store_close: a refresh token that is replaced on each use would else be used twice. Files are
 * replaced in one step, so that a crash leaves the old one or the new one. */
#pragma once

#include "error.h"
#include "token_set.h"
#include <stdbool.h>

struct token_store {
    char *account, *path, *next; /* owned */
    int dir_fd, lock_fd;
};

/* Make the folder if it is missing (its parent must be there), and wait for the lock: as long as two minutes,
 * or until stop (may be NULL) says so. account: any text that is not empty. -1: ERROR_DISK, ERROR_LOCKED,
 * ERROR_CANCELLED; then there is nothing to close. */
int token_store_open(struct token_store *ret, const char *dir, const char *account, bool (*stop)(void *ctx),
    void *ctx, struct error *err);
void token_store_close(struct token_store *store);

/* 1: read; 0: there are none. -1: ERROR_DISK; ERROR_USAGE when others may read the file, or it is none of
 * ours.
 */
int token_store_read(const struct token_store *store, struct token_set *ret, struct error *err);
/* Durable when it returns 0. -1: ERROR_DISK; the old file stays. */
int token_store_write(const struct token_store *store, const struct token_set *set, struct error *err);

/* The file of an account within the folder, without its ending. Caller frees. */
char *token_store_name(const char *account);
