/* mail_repair.h - the least change that makes a message acceptable to IMAP APPEND (RFC 3501 sections 4.3, 9:
 * CHAR8 has no NUL; RFC 5322 section 2.3: CR and LF only together). Streaming, deterministic, pure.
 *
 * bare LF -> CR LF; bare CR -> CR LF; CR CR LF -> CR LF (one line end, not two: longer runs of CR before LF
 * too, up to MAIL_LINES_CR_MAX of them); NUL left out, as if it had not been there (CR NUL LF is one line
 * end); a missing final CR LF added. A message of 0 octets stays 0 octets; one of NULs only becomes CR LF.
 * Repairing twice changes nothing more, and the fingerprint of mail_scan.h stays the same. */
#pragma once

#include "buf.h"
#include "mail_lines.h"
#include "mail_scan.h"
#include <stdbool.h>

struct mail_repair {
    struct mail_lines lines; /* private: state between pieces */
};

/* Does this message need mending? (Exactly when mail_repair would change a byte.) */
bool mail_repair_needed(const struct mail_facts *facts);

/* feed adds at most 2 octets for each octet of input, and 2 * MAIL_LINES_CR_MAX. */
void mail_repair_init(struct mail_repair *r);
void mail_repair_feed(struct mail_repair *r, const void *data, size_t len, struct buf *out);
void mail_repair_finish(struct mail_repair *r, struct buf *out);

/* "3 bare LF, no final CRLF" into dst, for the report; "" when nothing. Returns dst. */
char *mail_repair_words(const struct mail_facts *facts, char *dst, size_t cap);
