/* mkmail_text.h - random numbers that are the same everywhere, and text in the encodings that Japanese mail
 * uses.
 *
 * Test tools only; a charset that iconv does not know ends the program. One thread. */
#pragma once

#include "buf.h"
#include <stdint.h>

/* splitmix64: any state is a good one. */
struct mkmail_rng {
    uint64_t state;
};
uint64_t mkmail_rng_next(struct mkmail_rng *r);
uint32_t mkmail_rng_below(struct mkmail_rng *r, uint32_t n); /* 0 .. n-1 */
double mkmail_rng_gauss(struct mkmail_rng *r);               /* about normal, mean 0, deviation 1 */

/* A Japanese sentence in UTF-8, of characters that ISO-2022-JP has; constant. */
const char *mkmail_text_sentence(struct mkmail_rng *r);
/* One that only CP932 and UTF-8 have (half-width kana, circled digits). */
const char *mkmail_text_odd_sentence(struct mkmail_rng *r);

void mkmail_text_encode(struct buf *out, const char *charset, const char *utf8);
/* RFC 2047 B encoding in words of at most 75 octets, folded. */
void mkmail_text_words(struct buf *out, const char *charset, const char *utf8);
/* Base64 in lines of 76. */
void mkmail_text_base64(struct buf *out, const void *data, size_t len);
/* "Sat, 05 Jan 2019 09:03:07 +0900" */
void mkmail_text_date(struct buf *out, int64_t t, int offset_minutes);
