/* utf7.h - names of mailboxes in modified UTF-7 (RFC 3501 section 5.1.3), as IMAP and Maildir++ have them. */
#pragma once

#include "buf.h"

/* text: one level of a name, valid UTF-8, len octets. Appended to out. */
void utf7_encode(const char *text, size_t len, struct buf *out);

/* The UTF-8 of it, appended to out. -1 when it is no modified UTF-7; then out holds a part of it. */
int utf7_decode(const char *name, struct buf *out);
