/* text.h - text from strangers, made fit to be shown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Copy src to dst (cap > 0, always terminated): valid UTF-8 stays, characters that are not
 * showable and broken bytes become '?'; cut at a character boundary. Returns dst. */
char *text_clean(char *dst, size_t cap, const char *src, size_t len);
/* All of s so; NULL becomes "". Caller frees. */
char *text_clean_dup(const char *s);
bool text_is_clean(const char *s); /* would text_clean leave it as it is? */

/* Not so: control characters (C0, DEL, C1), line and paragraph separators, marks that turn the direction of
 * text around, and Unicode's non-characters. */
bool text_is_showable(unsigned code);

static inline const char *text_or_empty(const char *s)
{
    return s ? s : "";
}

/* Copy src to dst (cap > 0, always terminated; cut at a character) with what a Japanese keyboard makes of
 * ASCII as ASCII again: full-width forms (Ａ１．：／＠), the ideographic blank and full stop, dashes.
 * Everything else, and what is not UTF-8, as it stands. Returns dst. */
char *text_narrow(char *dst, size_t cap, const char *src);

/* Terminal columns of a UTF-8 string: East Asian wide 2, combining 0, everything else 1. */
int text_width(const char *s);

/* One valid UTF-8 character at s (len > 0): its length 1..4, or 0 if the bytes are not valid. */
size_t text_utf8_len(const char *s, size_t len);

/* Decode that character; only after text_utf8_len said it is valid. */
unsigned text_utf8_code(const char *s, size_t n);

/* ASCII case-insensitive, independent of the locale. */
bool text_equal_nocase(const char *a, const char *b);
int text_compare_nocase(const char *a, size_t a_len, const char *b, size_t b_len);
bool text_has_prefix_nocase(const char *s, const char *prefix);
bool text_has_suffix(const char *s, const char *suffix); /* to the letter */
bool text_has_suffix_nocase(const char *s, const char *suffix);
/* First place of needle in haystack without regard to ASCII case, or NULL. */
const char *text_find_nocase(const char *haystack, const char *needle);
bool text_has_any_nocase(const char *haystack, const char *const *needles); /* needles: ends with NULL */

/* A decimal number of at most 20 digits, nothing else. false on overflow, sign, blank or empty. */
bool text_parse_u64(const char *s, size_t len, unsigned long long *ret);

/* "1.2 GB", "640 kB" (SI, 10^3) into dst; returns dst. */
char *text_octets(char *dst, size_t cap, unsigned long long octets);
