/* index.h - what the destination mailbox already holds, read into the ledger: Message-ID, From, Date, Subject
 * and size of every message that the ledger does not know yet under this UIDVALIDITY. Bodies are read only
 * for candidates, and of messages of which the server gives no header, or an empty one. */
#pragma once

#include "ledger.h"
#include "session.h"

/* Bring the index up to date; waits for it. */
int index_update(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err);

/* Its content was read. */
int index_note_content(
    struct ledger *ledger, int64_t mailbox, uint32_t uid, const struct mail_facts *facts, struct error *err);

void index_free_uids(uint32_t **uids); /* for CLEANUP */

/* The facts of a header in a listing; mail_facts_done them. */
struct mail_scan;
void index_scan_header(struct mail_scan *scan, const struct dest_row *row, struct mail_facts *ret);
