/* mail_transfer.h - base64 and quoted-printable (RFC 2045 sections 6.7, 6.8) to octets, as they come. Private
 * to lib/mail. It never fails: in base64 what is no digit is passed over, and "=" ends a group; in
 * quoted-printable an "=" that escapes nothing stays. */
#pragma once

#include "buf.h"
#include "mail_mime.h"
#include <stdbool.h>

struct mail_transfer {
    enum mail_mime_encoding encoding;
    unsigned bits, have; /* base64 */
    unsigned escape;     /* quoted-printable: octets of an escape that were read */
    char digit;          /* the second of them */
};

/* {.encoding = e} starts it. Appends at most len + 2 octets. */
void mail_transfer_text(struct mail_transfer *t, const char *text, size_t len, struct buf *out);
/* The end of a line: line_end is appended if it belongs to the content. */
void mail_transfer_end(struct mail_transfer *t, const char *line_end, struct buf *out);
/* The end of the content. */
void mail_transfer_finish(struct mail_transfer *t, struct buf *out);
