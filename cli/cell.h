/* cell.h - pieces of text of a wished width on the screen, appended to a buffer (East Asian wide characters
 * count 2). Whatever a terminal would not show as it is becomes "?" (text_clean). */
#pragma once

#include "buf.h"
#include <stdint.h>

/* At most width columns, the rest cut off with "…". width < 1: nothing. */
void cell_fit(struct buf *out, const char *s, int width);
/* Cut, or padded with blanks behind it. */
void cell_left(struct buf *out, const char *s, int width);
/* Cut, or padded with blanks before it. */
void cell_right(struct buf *out, const char *s, int width);

/* A paragraph without its last line end. It begins where the cursor is, at column `first`; what does not fit
 * into `columns` (0: no limit) goes on in lines indented by `indent`, broken between words and between wide
 * characters where Japanese allows it; a word longer than a line, anywhere. */
void cell_wrap(struct buf *out, const char *text, int first, int indent, int columns);

/* "1:05:09", "2:30", "0:07"; returns dst. */
#define CELL_DURATION_MAX 32
char *cell_duration(char dst[CELL_DURATION_MAX], int64_t seconds);
