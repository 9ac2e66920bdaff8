/* mail_date_text.h - the octets of a date as text that can be read: encoded words (RFC 2047), raw
 * ISO-2022-JP, CP932, EUC-JP, full-width signs, blanks of all kinds. Private to mail_date*.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* ASCII that says what it says: it can be read as it is. */
bool mail_date_text_is_plain(const char *value, size_t len);
/* Neither ASCII nor UTF-8 nor encoded: perhaps ISO 8859-1. */
bool mail_date_text_is_octets(const char *value, size_t len);

/* As ISO 8859-1, with its blanks as ASCII. Caller frees. */
char *mail_date_text_of_octets(const char *value, size_t len);
/* Decoded to UTF-8; full-width signs and blanks of all kinds as ASCII, accents that stand by themselves
 * dropped. Caller frees. */
char *mail_date_text_decode(const char *value, size_t len);
