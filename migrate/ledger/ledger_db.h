/* ledger_db.h - private to the ledger's own files: the SQLite handle, its statements, binding and errors. */
#pragma once

#include "ledger.h"
#include <sqlite3.h>

struct ledger {
    sqlite3 *db;
    char *path;
    enum ledger_mode mode;
    int lock_fd;  /* -1: none */
    bool writing; /* a transaction is open */
    struct ledger_statement {
        const char *sql; /* a literal: the pointer is the key */
        sqlite3_stmt *st;
    } statements[100];
};

/* SQL: octets of a message as received; as long as it was not read, as claimed. */
#define LEDGER_OCTETS "coalesce(nullif(octets_received, 0), octets_claimed)"

int ledger_failed(struct ledger *l, struct error *err);

/* The prepared statement for this literal, reset, with the arguments bound: i int64_t, t text or NULL, h 32
 * octets or NULL. NULL on failure. */
sqlite3_stmt *ledger_prepare(struct ledger *l, struct error *err, const char *sql, const char *types, ...);

int ledger_begin(struct ledger *l, struct error *err); /* unless a transaction is open */

/* Run a statement that gives no rows, inside the open transaction (which begins if there is none). */
int ledger_write(struct ledger *l, sqlite3_stmt *st, struct error *err);

/* 1: a row is there, 0: no more (statement reset), -1 failed. */
int ledger_step(struct ledger *l, sqlite3_stmt *st, struct error *err);

/* Does it give a row? 1, 0, -1; the statement is reset. */
int ledger_exists(struct ledger *l, sqlite3_stmt *st, struct error *err);

/* Until the next step; "" if it is NULL. */
const char *ledger_column_text(sqlite3_stmt *st, int column);
/* Copy a 32-octet column; all zero if it is NULL. */
void ledger_column_hash(sqlite3_stmt *st, int column, uint8_t ret[SHA256_OCTETS]);
