/* pst_text.h - texts of an Outlook store to UTF-8: UTF-16, and the code pages of the stores of Outlook 97 to
 * 2002. Pure. */
#pragma once

#include "buf.h"
#include "pst_item.h"

/* The charset of a Windows code page by its name in mail ("Shift_JIS"); NULL: unknown. */
const char *pst_text_charset(uint32_t codepage);

/* A text as UTF-8, with its ends of lines as they are and without NULs; NULL: there is none. charset: of text
 * that is no UTF-16, NULL: it is guessed. Caller frees. */
char *pst_text_dup(const struct pst_props *p, enum pst_tag tag, const char *charset);

/* The same on one line: controls are blanks, blanks at both ends go. "" is NULL. */
char *pst_text_line(const struct pst_props *p, enum pst_tag tag, const char *charset);

/* The charset that a message says its texts are in, by its code page, its locale; NULL: it does not say. */
const char *pst_text_charset_of(const struct pst_props *p);

/* These octets, by that charset if they are in it, else by a guess, else as Windows-1252. */
void pst_text_decode(const char *charset, const char *text, size_t len, struct buf *out);
