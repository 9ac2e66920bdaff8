/* mail_words.h - header text for people: RFC 2047 encoded words, raw ISO-2022-JP, Shift_JIS/CP932, EUC-JP,
 * UTF-8. */
#pragma once

#include <stddef.h>

/* value: raw unfolded field value, any bytes. Returns UTF-8 fit to show (text_clean), what cannot be decoded
 * as '?' or left encoded. Adjacent encoded words join (also a multi-byte character cut between two of the
 * same charset). Raw 8-bit: UTF-8 if valid, else a guess between CP932 and EUC-JP, else '?'. Never fails;
 * caller frees. NULL in, "" out. */
char *mail_words_decode(const char *value);
