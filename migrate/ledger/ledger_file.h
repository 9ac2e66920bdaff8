/* ledger_file.h - the file of a ledger, opened as what anyone may have made: nothing in it can act, and what
 * cannot be written is read as it lies. Private to the ledger's own files. */
#pragma once

#include "ledger.h"
#include <sqlite3.h>
#include <stddef.h>

/* LEDGER_WRITE makes the file when it is missing. Refused (ERROR_LEDGER): what is no database, and one with a
 * trigger, a view or a virtual table, which no ledger has. LEDGER_READ also takes a file in a folder that may
 * not be written, with what a run that was killed left beside it. *ret is the caller's to close in any case.
 */
int ledger_file_open(const char *path, enum ledger_mode mode, sqlite3 **ret, struct error *err);

/* A copy of it in a file that has no name and is gone when it is closed; empty where there is none. *ret is
 * the caller's to close in any case. */
int ledger_file_scratch(const char *path, sqlite3 **ret, struct error *err);

/* Read all of it and see whether it hangs together. 0, or -1 with ERROR_LEDGER. */
int ledger_file_check(sqlite3 *db, const char *path, enum ledger_mode mode, struct error *err);

/* -1, with what the last call on db failed of. */
int ledger_file_failed(sqlite3 *db, const char *path, enum ledger_mode mode, struct error *err);
