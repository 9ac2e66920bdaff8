/* index.h - what the destination mailbox already holds, read into the ledger: Message-ID, From, Date, Subject
 * and size of every message that the ledger does not know yet under this UIDVALIDITY. Bodies are read only
 * for candidates, and of messages of which the server gives no header, or an empty one. */
#pragma once

#include "ledger.h"
#include "session.h"

/* The header fields that identify a message. */
#define INDEX_FIELDS "MESSAGE-ID DATE FROM SUBJECT"

/* Bring the index up to date; waits for it. */
int index_update(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err);

/* "4:6,9:*": the complement of ascending UIDs, all of them from first on, as a sequence set, with the open
 * end. Small gaps of known UIDs are taken in when there would be over max_ranges ranges. Caller frees. */
char *index_complement(uint32_t first, const uint32_t *uids, size_t count, size_t max_ranges);

/* Its content was read. */
int index_note_content(
    struct ledger *ledger, int64_t mailbox, uint32_t uid, const struct mail_facts *facts, struct error *err);

#define INDEX_RANGES_MAX 100           /* what a server is asked for in one command */
void index_free_uids(uint32_t **uids); /* for CLEANUP */

/* The facts of a header fetched with INDEX_FIELDS; mail_facts_done them. */
struct mail_scan;
void index_scan_header(struct mail_scan *scan, const struct imap_fetch_row *row, struct mail_facts *ret);
