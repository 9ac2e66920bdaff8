/* imap_set.h - sequence sets as servers send them (RFC 3501 section 9 sequence-set, without "*"). Private to
 * lib/imap. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Take the next range off the front of the text *s..end, low end first. 1: taken; 0: nothing left; -1: not a
 * set of numbers from 1 to 2^32-1. */
int imap_set_next(const char **s, const char *end, uint32_t *ret_low, uint32_t *ret_high);

/* All numbers of the set in the order written, ranges ascending. How many, or -1 when the text is no set or
 * holds more than cap. */
long imap_set_expand(const char *s, size_t len, uint32_t *dst, size_t cap);
