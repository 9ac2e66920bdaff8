/* ledger_schema.h - the tables of the ledger, as the SQL that makes them. The version stands in user_version.
 */
#pragma once

#define LEDGER_VERSION 1

static const char ledger_schema[] =
    "CREATE TABLE job("
    "  id INTEGER PRIMARY KEY,"
    "  source TEXT NOT NULL,"
    "  destination TEXT NOT NULL,"
    "  folder TEXT NOT NULL,"
    "  index_uidvalidity INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE(source, destination, folder));"
    "CREATE TABLE run(  id INTEGER PRIMARY KEY,"
    "  job INTEGER NOT NULL REFERENCES job(id),"
    "  command TEXT NOT NULL,"
    "  started_s INTEGER NOT NULL,"
    "  ended_s INTEGER,"
    "  exit_code INTEGER,"
    "  words TEXT);CREATE INDEX run_job ON run(job);"
    "CREATE TABLE message("
    "  id INTEGER PRIMARY KEY,"
    "  job INTEGER NOT NULL REFERENCES job(id),"
    "  key TEXT," /* the source's; NULL if it has none */
    "  octets_claimed INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  message_id TEXT, from_ TEXT, subject TEXT, date_s INTEGER,"
    "  octets_received INTEGER, octets_sent INTEGER,"
    "  sha256_received BLOB, sha256_sent BLOB," /* as received, as sent */
    "  ident BLOB, core BLOB, fingerprint BLOB,"
    "  repairs TEXT, internaldate_s INTEGER, date_source TEXT, seen INTEGER,"
    "  floor_uidvalidity INTEGER, floor_uid INTEGER, intended_s INTEGER," /* of an intent */
    "  uidvalidity INTEGER, uid INTEGER,"
    "  twin INTEGER, reason TEXT);"
    "CREATE UNIQUE INDEX message_key ON message(job, key) WHERE key IS NOT NULL;"
    "CREATE INDEX message_content ON message(job, fingerprint);"
    "CREATE INDEX message_ident ON message(job, ident);"
    "CREATE INDEX message_state ON message(job, state);"
    "CREATE INDEX message_uid ON message(job, uid);"
    "CREATE TABLE dest(  job INTEGER NOT NULL REFERENCES job(id),"
    "  uid INTEGER NOT NULL,"
    "  octets INTEGER NOT NULL,"
    "  ident BLOB NOT NULL, core BLOB NOT NULL, fingerprint BLOB,"
    "  PRIMARY KEY(job, uid)) WITHOUT ROWID;"
    "CREATE INDEX dest_ident ON dest(job, ident, core);";
