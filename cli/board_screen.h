/* board_screen.h - private to the board: the display on a terminal.
 *
 * Only CR, LF, ESC[K, ESC[J and ESC[nA are used; the cursor rests behind the last line, so that nothing must
 * be put back if the program dies. */
#pragma once

#include "board_view.h"
#include "buf.h"

struct board_screen {
    int fd;
    size_t drawn;      /* lines that stand there */
    int width, height; /* of the window when they were drawn; 0: not drawn yet */
    int new_width, new_height;
    struct buf notes; /* lines that go above them with the next drawing */
    struct buf out;
};

/* The lines for a window of that size (board_compose.c), divided by LF, each at most width - 1 columns wide
 * (a character in the last column makes some terminals begin a new line); at most height - 1 of them, at
 * least one. Returns how many. */
size_t board_screen_compose(
    struct buf *out, const struct board_view *v, int width, int height, int64_t now_s, int utc_offset_min);

void board_screen_begin(struct board_screen *s, int fd);
void board_screen_note(struct board_screen *s, const char *line);
/* Draw anew, if the terminal takes it. */
void board_screen_draw(struct board_screen *s, const struct board_view *v, int64_t now_s, int utc_offset_min);
/* Take the lines away and say the notes that wait. */
void board_screen_clear(struct board_screen *s);
void board_screen_done(struct board_screen *s);

/* All of it, with as few writes as the descriptor allows; what cannot be written is lost. */
void board_screen_write(int fd, const char *bytes, size_t len);
