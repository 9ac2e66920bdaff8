/* accounts_fold.h - words of a table's heading, so that the same word is the same however it was typed:
 * letter case, full-width and half-width forms (ＵＳＥＲ, ﾕｰｻﾞｰ), blanks, line breaks, "_ - . : / ( ) *", の
 * and ー (サーバ, サーバー) make no difference. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ACCOUNTS_FOLD_MAX 128

/* text: UTF-8. "" when nothing is left, or it is longer than any heading. Returns dst. */
char *accounts_fold(char dst[ACCOUNTS_FOLD_MAX], const char *text);

/* Is the folded word one of these (NULL at the end), folded? */
bool accounts_fold_is_one(const char *folded, const char *const *words);

/* Without blanks at both ends (ASCII, no-break, ideographic), in place. Returns text. */
char *accounts_fold_trim(char *text);
