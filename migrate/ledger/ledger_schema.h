/* ledger_schema.h - the tables of the ledger, as the SQL that makes them: one step for each version, so that
 * a ledger made by an older popferry is brought up to date when it is opened for writing. The version stands
 * in user_version. */
#pragma once

#define LEDGER_VERSION 11

static const char *const ledger_schema[LEDGER_VERSION] = {
    /* version 1 */
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
    "CREATE INDEX dest_ident ON dest(job, ident, core);",
    /* version 2: a job may have several mailboxes; what was sent may differ from what was received;
     * quarantine, proof and deletion */
    "CREATE TABLE mailbox("
    "  id INTEGER PRIMARY KEY,"
    "  job INTEGER NOT NULL REFERENCES job(id),"
    "  name TEXT NOT NULL," /* UTF-8, levels divided by "/" */
    "  index_uidvalidity INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE(job, name));"
    "INSERT INTO mailbox(job, name) SELECT id, folder FROM job;"
    "ALTER TABLE job DROP COLUMN index_uidvalidity;"
    "DROP TABLE dest;" /* only ever a copy of what the server tells */
    "CREATE TABLE dest("
    "  mailbox INTEGER NOT NULL REFERENCES mailbox(id),"
    "  uid INTEGER NOT NULL,"
    "  octets INTEGER NOT NULL,"
    "  ident BLOB NOT NULL, core BLOB NOT NULL, fingerprint BLOB,"
    "  PRIMARY KEY(mailbox, uid)) WITHOUT ROWID;"
    "CREATE INDEX dest_ident ON dest(mailbox, ident, core);"
    "ALTER TABLE message ADD COLUMN mailbox INTEGER REFERENCES mailbox(id);"
    "UPDATE message SET mailbox = (SELECT id FROM mailbox WHERE mailbox.job = message.job);"
    "DROP INDEX message_uid;"
    "CREATE INDEX message_uid ON message(mailbox, uid);"
    "CREATE INDEX message_place ON message(mailbox, state);"
    "ALTER TABLE message ADD COLUMN core_sent BLOB;" /* NULL: as received */
    "ALTER TABLE message ADD COLUMN fingerprint_sent BLOB;"
    "ALTER TABLE message ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;" /* connections, while it was on its
                                                                         * way
                                                                         */
    "ALTER TABLE message ADD COLUMN quarantine TEXT;"                   /* its file, below the work folder */
    "CREATE INDEX message_quarantine ON message(job) WHERE quarantine IS NOT NULL;"
    "ALTER TABLE message ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN proved_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN deleted_s INTEGER NOT NULL DEFAULT 0;",
    /* version 3: what the source gave may be known not to be the whole message */
    "ALTER TABLE message ADD COLUMN doubt TEXT;"
    "CREATE INDEX message_doubt ON message(job) WHERE doubt IS NOT NULL;",
    /* version 4: what the source showed when a migration looked at it last, and what was left of it. A job
     * without a row: nobody has looked since this is recorded. */
    "CREATE TABLE source("
    "  job INTEGER PRIMARY KEY REFERENCES job(id),"
    "  seen_s INTEGER NOT NULL,"
    "  messages INTEGER NOT NULL, octets INTEGER NOT NULL,"
    "  ended INTEGER NOT NULL," /* 0: that run has not told what it left */
    "  vanished INTEGER NOT NULL DEFAULT 0, vanished_octets INTEGER NOT NULL DEFAULT 0);"
    "ALTER TABLE run ADD COLUMN error TEXT;" /* error_code_name; NULL: none, or not recorded */
    "CREATE TABLE left_("
    "  job INTEGER NOT NULL REFERENCES job(id),"
    "  reason TEXT NOT NULL," /* ledger_left_name */
    "  messages INTEGER NOT NULL, octets INTEGER NOT NULL,"
    "  PRIMARY KEY(job, reason)) WITHOUT ROWID;",
    /* version 5: proof by every header field. What was proved without them is not proved any more: equal
     * content (4), and what was taken for the twin's proof; the very bytes (5, now 6) have them all. */
    "ALTER TABLE message ADD COLUMN header BLOB;"      /* mail_facts.fields, as received; NULL: not known */
    "ALTER TABLE message ADD COLUMN header_sent BLOB;" /* NULL: as received */
    "ALTER TABLE message ADD COLUMN mended INTEGER NOT NULL DEFAULT 0;"  /* mail_mend.h */
    "ALTER TABLE job ADD COLUMN raw_headers INTEGER NOT NULL DEFAULT 0;" /* enum ledger_raw_headers */
    "UPDATE message SET proof = iif(state <> 4 AND proof = 5, 6, 0), proved_s = iif(state <> 4 AND proof <> 4, "
    "proved_s, 0) WHERE proof >= 4;",
    /* version 6: what was sent again after a lost answer, and what stands there twice since (ledger_late.h)
     */
    "CREATE TABLE late("
    "  message INTEGER PRIMARY KEY REFERENCES message(id),"
    "  uidvalidity INTEGER NOT NULL, floor_uid INTEGER NOT NULL,"
    "  sent_s INTEGER NOT NULL, given_up_s INTEGER NOT NULL);"
    "CREATE TABLE doubled("
    "  message INTEGER NOT NULL REFERENCES message(id),"
    "  uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"
    "  same_bytes INTEGER NOT NULL, found_s INTEGER NOT NULL,"
    "  PRIMARY KEY(message, uidvalidity, uid)) WITHOUT ROWID;",
    /* version 7: what a destination took for a duplicate of another message, and did not store */
    "ALTER TABLE message ADD COLUMN swallowed INTEGER NOT NULL DEFAULT 0;",
    /* version 8: was it seen in the destination after the OK to it? */
    "ALTER TABLE message ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX message_unseen ON message(job) WHERE unseen=1;",
    /* version 9: what runs have learned of accounts and their servers, and where they put the folders of a
     * source (ledger_learned.h) */
    "CREATE TABLE learned("
    "  account TEXT NOT NULL, what TEXT NOT NULL, at_s INTEGER NOT NULL,"
    "  PRIMARY KEY(account, what)) WITHOUT ROWID;"
    "CREATE TABLE folder("
    "  job INTEGER NOT NULL REFERENCES job(id),"
    "  path TEXT NOT NULL, goes_to TEXT NOT NULL," /* of the source, of the destination */
    "  PRIMARY KEY(job, path)) WITHOUT ROWID;",
    /* version 10: of what was copied, what the last migration that looked did not find there any more */
    "ALTER TABLE mailbox ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE mailbox ADD COLUMN gone_octets INTEGER NOT NULL DEFAULT 0;",
    /* version 11: what was built, because its source keeps no messages as such */
    "ALTER TABLE message ADD COLUMN built TEXT;" /* class and version of the builder */
    "CREATE INDEX message_built ON message(job) WHERE built IS NOT NULL;",
};
