/* terminal.h - a small terminal for tests: it understands CR, LF, ESC[K, ESC[J and ESC[nA, wide characters,
 * and nothing else. What leaves it at the top is kept. */
#pragma once

#include "buf.h"
#include <stdbool.h>

#define TERMINAL_WIDTH  250
#define TERMINAL_HEIGHT 60

struct terminal {
    int width, height, row, column;
    unsigned cells[TERMINAL_HEIGHT][TERMINAL_WIDTH]; /* code points; 0: blank, or behind a wide one */
    struct buf history;                              /* lines, each ended by LF */
    unsigned scrolled;
    unsigned overflows; /* characters that would have gone beyond the last column */
    unsigned unknown;   /* sequences and characters that it does not know */
};

void terminal_begin(struct terminal *t, int width, int height);
void terminal_feed(struct terminal *t, const char *bytes, size_t len);
/* As xterm does it: lines are cut, not broken anew; the cursor's line stays. */
void terminal_resize(struct terminal *t, int width, int height);
/* Row 0 is the top; without blanks at the end. dst: 4 * TERMINAL_WIDTH octets. */
char *terminal_line(const struct terminal *t, int row, char *dst);
/* All rows that are not blank, divided by LF; to be freed. */
char *terminal_text(const struct terminal *t);
void terminal_done(struct terminal *t);
