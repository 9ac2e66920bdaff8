/* board_words.h - private to the board: the sum of a batch in words, in the user's language. */
#pragma once

#include "board_view.h"
#include "buf.h"

/* "173 of 200 accounts done, 2 failed, 3 need attention, 16 at work, 4 paused until 14:32" */
void board_words_accounts(struct buf *out, const struct board_view *v, int64_t now_s, int utc_offset_min);
/* "45 GB of at least 56 GB, 3.4 MB/s, about 1:20:00 left"; empty when nothing is known. */
void board_words_work(struct buf *out, const struct board_view *v);
/* Paused hosts, each "pop.example.jp: no connection, tried again in 0:28", in at most `lines` lines, each
 * after `before`; what has no room is counted. */
void board_words_hosts(struct buf *out, const struct board_view *v, size_t lines, const char *before);
/* What a job does, in a word or two. NULL: it begins. */
const char *board_words_phase(const char *phase);
