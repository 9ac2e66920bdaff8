/* board_view.h - private to the board: a batch in numbers, taken from its accounts at one moment. Pure.
 *
 * What must be remembered between two moments, for rates and for octets that must not go back when an account
 * connects again, is in struct board_past. */
#pragma once

#include "board.h"

#define BOARD_SAMPLES 31 /* one a second: the rate is that of the last 30 s */

/* One account at work. */
struct board_row {
    const char *name;
    long line;
    struct progress progress;
    bool rate_known;
    uint64_t rate; /* octets a second */
};

struct board_view {
    size_t accounts, by_kind[BATCH_KINDS];
    size_t over; /* nothing more is to be done with so many */
    bool all_sized;
    uint64_t through, known; /* octets that are dealt with, of those whose size is known */
    bool rate_known;
    uint64_t rate;          /* octets a second */
    int64_t left_s;         /* an estimate; -1: none */
    int64_t again_s;        /* wall clock: when the first paused account goes on; 0: none is paused */
    struct board_row *rows; /* owned */
    size_t row_count, row_cap;
    const struct board_host *hosts; /* the caller's */
    size_t host_count;
};

struct board_mark {
    bool sized;
    uint64_t total, octets; /* the most that was seen of them */
    int64_t rate_ms;        /* 0: not begun to measure */
    uint64_t rate_octets, rate;
    bool rate_known;
};

struct board_past {
    struct board_mark *marks; /* of each account; owned */
    int64_t begun_ms;
    uint64_t moved;
    struct board_sample {
        int64_t at_ms;
        uint64_t moved;
    } samples[BOARD_SAMPLES];
    size_t sample_count; /* ever taken */
};

void board_past_begin(struct board_past *past, size_t count, int64_t now_ms);
void board_past_done(struct board_past *past);

/* *view: zeroed, or of an earlier call; hosts are left as they are. */
void board_view_take(struct board_view *view, struct board_past *past, const struct batch_account *accounts,
    size_t count, int64_t now_ms, int64_t now_s);
void board_view_done(struct board_view *view);
