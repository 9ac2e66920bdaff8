/* pst_mime.h - a text as a part of MIME: which encoding, and how. Private to lib/pst; part of
 * PST_BUILD_VERSION. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>

/* "Content-Type: text/SUBTYPE; charset=...", its encoding, the empty line and the text, each line with CR LF.
 */
void pst_mime_text(struct buf *out, const char *subtype, const char *charset, const char *text, size_t len);

/* The charset to name for octets whose code page is `codepage` by the message: what it says, unless it cannot
 * be. */
const char *pst_mime_charset(unsigned codepage, const char *text, size_t len);

/* In lines of 76 digits, each with CR LF behind it. */
void pst_mime_base64(struct buf *out, const char *text, size_t len);
