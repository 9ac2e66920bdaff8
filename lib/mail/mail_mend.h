/* mail_mend.h - the repair of a message that a server refused: raw 8-bit octets in the header, over-long
 * lines. What every message gets, and what is done here as well, is in mail_repair.h (line ends, NUL, the
 * last CR LF). Feed the message as received; what comes out is to be sent. Streaming, deterministic, never
 * fails; any split gives the same. Mending twice changes nothing more.
 *
 * MAIL_MEND_HEADERS: raw 8-bit octets in the message's own header (not in those of its parts) are encoded.
 * The octets themselves go, as BASE64, into encoded words of RFC 2047 with the charset they are taken for:
 * UTF-8, else the likelier of Shift_JIS and EUC-JP, else windows-1252 or unknown-8bit; so they can be had
 * back. Raw ISO-2022-JP is 7-bit and stays. In address fields, References, In-Reply-To and Keywords that
 * happens to phrases and comments, in other structured fields to comments, in Content-Type and
 * Content-Disposition to parameters (RFC 2231), in any other field to any words of the value. Words have at
 * most 75 octets, lines of the field with one in them 76 if a blank allows it. A field with an 8-bit octet
 * anywhere else (an address, a message id, a field name), a line that is no field, and a field of more than
 * MAIL_MEND_FIELD_MAX octets stay as they are: they are counted, and a server that refuses them will go on
 * doing so. The body does not change.
 *
 * MAIL_MEND_LINES: lines of more than 998 octets (RFC 5322 section 2.1.1) are broken at or before octet 990.
 * A header field, also that of a part, is folded before a blank, else a blank is added. In a body:
 * quoted-printable by a soft line break, base64 anywhere; other text after a blank (nothing is taken away),
 * else between two characters of its charset (Content-Type, else guessed), a line of ISO-2022-JP in ASCII
 * state.
 *
 * Identity: encoding changes the fingerprint of mail_scan.h, breaking lines may. What was sent is to be
 * scanned anew.
 *
 * Memory: about 20 kB, and up to four times MAIL_MEND_FIELD_MAX while a field is encoded. */
#pragma once

#include "buf.h"
#include "mail_lines.h"
#include "mail_scan.h"
#include <stdbool.h>
#include <stdint.h>

#define MAIL_MEND_HEADERS   1u
#define MAIL_MEND_LINES     2u
#define MAIL_MEND_FIELD_MAX 262144

struct mail_mend_counts {
    uint64_t fields;      /* header fields encoded */
    uint64_t fields_left; /* fields and other header lines that keep raw 8-bit octets; 0 without HEADERS */
    uint64_t lines;       /* over-long lines broken */
};

/* Which of the flags would find something to do. HEADERS may then still find only what has to stay: fields is
 * 0, fields_left is not, and there is no use in sending the message again. */
unsigned mail_mend_needed(const struct mail_facts *facts, unsigned flags);

struct mail_mend;

struct mail_mend *mail_mend_new(unsigned flags);
void mail_mend_free(struct mail_mend *m);
/* Adds at most a few times len to out, and what was kept of the field or line before. */
void mail_mend_feed(struct mail_mend *m, const void *data, size_t len, struct buf *out);
/* The rest of the message, and what was done to it. Starts over for the next one. */
void mail_mend_finish(struct mail_mend *m, struct buf *out, struct mail_mend_counts *ret);

/* "8-bit header encoded, 3 long lines broken" into dst, for the report; "" when nothing. Returns dst. */
char *mail_mend_words(const struct mail_mend_counts *counts, char *dst, size_t cap);

/* The message as a server holds it that writes 'X' for each raw 8-bit octet up to the first empty line (Cyrus
 * munge8bit). Never to be sent: only to tell what such a server made of what was sent. Line ends as in
 * mail_repair.h. Plain data, no clean-up. */
struct mail_mend_munged {
    struct mail_lines lines; /* private */
    bool in_line, in_body;
};

void mail_mend_munged_init(struct mail_mend_munged *m);
void mail_mend_munged_feed(struct mail_mend_munged *m, const void *data, size_t len, struct buf *out);
void mail_mend_munged_finish(struct mail_mend_munged *m, struct buf *out);
