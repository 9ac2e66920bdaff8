/* store_text.h - a message's octets as a store has them to those that go over the wire: each line end CR LF
 * (LF, CR LF; a bare CR stays), and where asked for one ">" off each line of ">"s and "From ", or one "." off
 * each line that begins with "..". Sans-I/O, any split. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>

#define STORE_TEXT_QUOTES_MAX 998 /* ">"s before "From "; a line of more is left as it is */

struct store_text {
    bool unquote, unstuff; /* not both */
    /* private */
    bool cr;             /* the last octet was CR */
    bool inside;         /* of a line whose begin was handed out */
    size_t quotes, word; /* of the begin that is held back: ">"s, letters of "From " */
    bool dot;            /* the same: a "." */
};

void store_text_feed(struct store_text *t, const char *data, size_t len, struct buf *out);
void store_text_finish(struct store_text *t, struct buf *out);
