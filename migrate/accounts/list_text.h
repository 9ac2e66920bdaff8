/* list_text.h - a text file as spreadsheets save it: its bytes as UTF-8, and UTF-8 as its bytes again.
 *
 * Charsets: "UTF-8", "UTF-8-BOM" (with the byte order mark that Excel needs to see), "UTF-16LE" (Excel's
 * "Unicode text", with its mark), "UTF-16BE" (the same), "CP932" (Shift_JIS as Windows has it, and by that
 * name, too); or any other that iconv knows, if the user names it. */
#pragma once

#include "buf.h"
#include "error.h"
#include <stddef.h>

#define LIST_TEXT_MAX         (16 * 1024 * 1024) /* octets of a file */
#define LIST_TEXT_CHARSET_MAX 32                 /* a charset's name and its NUL */

struct list_text {
    char *text; /* UTF-8, ended by NUL, without a mark; owned */
    size_t len;
    char charset[LIST_TEXT_CHARSET_MAX]; /* as above: what it was, so that an answer can be written the same
                                            way */
};

/* charset: NULL to find out (mark; else valid UTF-8; else CP932); a mark of UTF-8 or UTF-16 at the beginning
 * wins over a charset of the same family. -1 with ERROR_USAGE "line N: ..." for bytes that are none of that
 * charset, and a NUL in the text; without a line for a charset that this machine does not know, and for a
 * workbook (.xlsx, .xls, .ods), with what to do. */
int list_text_decode(
    const char *bytes, size_t len, const char *charset, struct list_text *ret, struct error *err);
/* The same from a file; messages begin with the path. */
int list_text_read(const char *path, const char *charset, struct list_text *ret, struct error *err);
void list_text_done(struct list_text *t); /* wipes: a list may hold passwords; zeroed is fine */

/* Append to *ret (with the mark, if there is to be one and *ret is empty). -1 with ERROR_USAGE for a
 * character that the charset does not have; *ret is as before then. */
int list_text_encode(const char *text, size_t len, const char *charset, struct buf *ret, struct error *err);

/* buf_done for what may hold passwords. */
void list_text_wipe(struct buf *b);
