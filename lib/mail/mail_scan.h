/* mail_scan.h - everything popferry needs to know of one message, in one pass over its bytes (RFC 5322, and
 * what real mail makes of it).
 *
 * Feed the bytes as they come from the server (any split), then finish. The scanner never fails: any bytes
 * are a message. It works on whole messages (RETR), on headers alone (TOP n 0, BODY[HEADER.FIELDS]), and on
 * what an IMAP server gives back; the hashes below are made so that they agree between these.
 *
 * Line ends: CR LF, LF, CR and CR CR LF (any run of CR before LF) all end a line; NUL is as if it were not
 * there (mail_lines.h). A first line "From " (mbox) is skipped as a header line; "From :" is the field. The
 * header ends at the first empty line; a line that is no field and no continuation does not end it (counted
 * in odd_header_lines, and so is a continuation of nothing). When there are such lines and not one field
 * before the first empty line, there is no header at all and everything is body. A line of blanks only inside
 * the header is a continuation (RFC 5322 obs-FWS), not the end. Field names: case-insensitive, any octets but
 * controls and blanks, at most 256 with the blanks that may stand before the colon. A UTF-8 BOM
 * makes the first field an unknown one, as it does for IMAP servers: what they tell of a header must agree.
 *
 * Memory is bounded (about 50 kB a scanner) whatever the length of a field. Message-ID, Date and Received are
 * understood from the first MAIL_FIELD_MAX octets of the value, unfolded. */
#pragma once

#include "mail_facts.h"
#include <stddef.h>

struct mail_scan;

struct mail_scan *mail_scan_new(void);
void mail_scan_free(struct mail_scan *s);
void mail_scan_feed(struct mail_scan *s, const void *data, size_t len);
/* Fill *ret and start over for the next message. The caller owns *ret: mail_facts_done. */
void mail_scan_finish(struct mail_scan *s, struct mail_facts *ret);
