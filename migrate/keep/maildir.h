/* maildir.h - deliver messages into a Maildir: written to tmp/, then renamed, so that cur/ and new/ never
 * hold half a message. Folders 0700, files 0600, a file's time is the message's date.
 *
 * Order of calls: maildir_make once; then maildir_deliver for each message, or, to pay for durability once
 * per batch, maildir_write for each and maildir_place for all. Names are the caller's: unique in the Maildir,
 * and the same for the same message, so that doing it twice gives one file (an existing file of that name is
 * replaced). Files in cur/ get no ":2," flags: readers take that as none, and other file systems can hold the
 * name.
 *
 * One writer at a time. All failures are ERROR_DISK with scope run (disk.h); a file that could not be written
 * whole is removed. */
#pragma once

#include "error.h"
#include "spool.h"
#include <stddef.h>
#include <stdint.h>

#define MAILDIR_NO_DATE INT64_MIN /* as MAIL_NO_DATE: the file's time is now */

/* dir with cur/, new/ and tmp/, and missing parents. Those that are there stay as they are. */
int maildir_make(const char *dir, struct error *err);

/* The whole spool as dir/subdir/name, durable when it returns. subdir: "cur" or "new". name: no "/", not
 * beginning with "." . */
int maildir_deliver(const char *dir, const char *subdir, const char *name, struct spool *spool,
    int64_t date_s, struct error *err);

/* The whole spool as dir/tmp/name; not durable yet. */
int maildir_write(const char *dir, const char *name, struct spool *spool, int64_t date_s, struct error *err);
/* What maildir_write left: make durable, rename to dir/subdir/, make that durable. On failure some are placed
 * and the rest stay in tmp/; calling again with the same names goes on. */
int maildir_place(const char *dir, const char *subdir, char *const *names, size_t count, struct error *err);

/* Remove what runs that were killed left in tmp/. Only files whose names end in `suffix` are touched. */
int maildir_clean(const char *dir, const char *suffix, struct error *err);
