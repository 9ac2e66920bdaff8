/* board_json.h - private to the board: NDJSON for whoever reads it, without ever waiting for the reader. */
#pragma once

#include "board_view.h"
#include "buf.h"
#include <jansson.h>

struct board_json {
    int fd;
    bool gone;          /* the reader */
    struct buf pending; /* lines, and the rest of one */
};

void board_json_begin(struct board_json *j, int fd, const char *command, size_t count, int64_t now_s);
void board_json_done(struct board_json *j);

/* Does so much wait already that changes of state had better be told later, together? */
bool board_json_is_full(const struct board_json *j);
/* The lines. Each is queued; board_json_flush sends. */
void board_json_account(struct board_json *j, const struct batch_account *a, int64_t now_s);
void board_json_note(struct board_json *j, const char *text, int64_t now_s);
/* Left out while others wait. sum consumed. */
void board_json_progress(struct board_json *j, const struct board_view *v, json_t *sum, int64_t now_s);
void board_json_end(struct board_json *j, json_t *sum, int code, int64_t now_s);

/* What the descriptor takes now. */
void board_json_flush(struct board_json *j);
/* All of it, as long as the reader takes something within each wait_ms. */
void board_json_drain(struct board_json *j, int64_t wait_ms);
