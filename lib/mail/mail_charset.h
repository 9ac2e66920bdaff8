/* mail_charset.h - octets in the charsets of mail to UTF-8, over iconv(3). Private to lib/mail.
 *
 * Only charsets named here are opened: a name from a message never reaches iconv_open. Names stand for what
 * mail means by them: Shift_JIS is CP932, EUC-JP has NEC's row 13, ISO-2022-JP that and half-width kana,
 * ISO-8859-1 is Windows-1252. */
#pragma once

#include "buf.h"
#include "mail_octets.h"
#include <stdbool.h>
#include <stddef.h>

/* Append text as UTF-8 to out, one '?' for each character that cannot be. False, and nothing appended, when
 * the charset is unknown. */
bool mail_charset_decode(const char *name, size_t name_len, const char *text, size_t len, struct buf *out);

/* Text without a name: ASCII, UTF-8, ISO-2022-JP by its escapes, else the likelier of CP932 and EUC-JP, else
 * '?'. */
void mail_charset_guess(const char *text, size_t len, struct buf *out);

/* What mail_charset_guess takes the text for, as a name for RFC 2047: "US-ASCII", "ISO-2022-JP", "UTF-8",
 * "Shift_JIS", "EUC-JP"; NULL when it is none of them. */
const char *mail_charset_detect(const char *text, size_t len);

/* How its characters are made; UNKNOWN for an unknown charset, and for US-ASCII, which 8-bit text is often
 * called. */
enum mail_octets_kind mail_charset_octets(const char *name, size_t len);
