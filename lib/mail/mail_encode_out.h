/* mail_encode_out.h - a header field being written: columns, folds, encoded words. Private to lib/mail
 * (mail_encode.c, mail_encode_param.c). */
#pragma once

#include "buf.h"
#include "mail_octets.h"
#include <stdbool.h>
#include <stddef.h>

/* RFC 2047 section 2 allows a line 76: one is for what closes behind a word. */
#define MAIL_ENCODE_COLUMNS 75

struct mail_encode_out {
    const char *label;       /* the charset of the field; NULL: guess for each piece */
    struct mail_octets kind; /* its characters; JIS is not among them, being 7-bit */
    struct buf text;         /* owned */
    size_t column;
    size_t blanks;   /* octets of blanks at the end of text, on this line */
    bool has_word;   /* this line holds a word that was made here */
    bool after_word; /* so does the end of text, but for blanks; or a word that was there before */
};

/* label: from mail_charset_detect, or NULL. */
void mail_encode_out_init(struct mail_encode_out *o, const char *label);
void mail_encode_out_done(struct mail_encode_out *o);

/* Text as it is. Behind a word that was made here it is folded where the line would get too long. */
void mail_encode_out_copy(struct mail_encode_out *o, const char *s, size_t len);
/* Octets that must stay together, and are no word. */
void mail_encode_out_raw(struct mail_encode_out *o, const char *s, size_t len);
/* Begin a new line before the blanks that end the text, or with a blank. */
void mail_encode_out_fold(struct mail_encode_out *o);

/* Encoded words that hold these octets, in as many lines as it takes, with a blank before if there is none.
 */
void mail_encode_out_words(struct mail_encode_out *o, const char *octets, size_t len);

/* The charset to name for these octets: the field's, else a guess, else "windows-1252" where it looks like a
 * western language, else "unknown-8bit" (RFC 1428). */
const char *mail_encode_out_label(const struct mail_encode_out *o, const char *octets, size_t len);
