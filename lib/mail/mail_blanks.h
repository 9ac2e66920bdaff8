/* mail_blanks.h - a field value as a key: runs of blanks and line ends as one space, trimmed, NUL left out.
 * Private to lib/mail. Streaming: any split gives the same bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct mail_blanks {
    bool gap; /* blanks are owed, if anything follows them */
    bool any; /* something came before them */
};

/* Squeeze len bytes of src into dst, which has room for len + 1. Returns how many were written. */
size_t mail_blanks_squeeze(struct mail_blanks *b, const char *src, size_t len, char *dst);
