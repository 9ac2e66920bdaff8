/* mail_break.h - lines of more than 998 octets broken into several, by where they stand in the message.
 * Private to lib/mail; mail_mend.h says how. */
#pragma once

#include "buf.h"
#include <stddef.h>
#include <stdint.h>

struct mail_break;

struct mail_break *mail_break_new(void);
void mail_break_free(struct mail_break *b);
/* A piece of the current line, without CR, LF or NUL; then its end. */
void mail_break_text(struct mail_break *b, const char *text, size_t len, struct buf *out);
void mail_break_end(struct mail_break *b, struct buf *out);
/* After the last line's end: how many lines were broken. Starts over. */
uint64_t mail_break_finish(struct mail_break *b);
