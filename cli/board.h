/* board.h - what is seen of a batch while it runs, on standard error or as NDJSON on a descriptor.
 *
 * BOARD_SCREEN: on a terminal, one line for each account at work (at most as many as the window has room for;
 * then one line that says how many more), and two lines with the sum: accounts, octets, rate, time left; then
 * hosts that are paused. It is redrawn in place, never wider or higher than the window as it is now (asked at
 * each drawing, so resizing and tmux do no harm); what scrolled by stays readable. A terminal that is held
 * (Ctrl-S) holds up nothing: what is to be said waits. BOARD_LINES: elsewhere, the sum once a minute.
 *
 * An account that failed is said once, in both: above the display, or as a line; not those that end because
 * the user asked to stop, nor those that go on later by themselves. Accounts that were not tried for one and
 * the same reason are said together.
 *
 * BOARD_JSON: one JSON object a line, with the members of status.json (batch_report.h) and these:
 *   {"event": "begin", "time", "schema", "popferry", "command", "accounts": COUNT}
 *   {"event": "account", "time", ACCOUNT...}  each change of state that a tick sees; at the end each
 * account's last state has been said
 *   {"event": "progress", "time", "sum", "octets_through", "octets_known", "rate" (octets a second, null: not
 *       known), "left_s" (null: not known), "running": [{"line", "name", PROGRESS...}],
 *       "paused_hosts": [{"host", "left_s"}]}  once a second
 *   {"event": "note", "time", "text"}
 *   {"event": "end", "time", "sum", "exit_code"}
 * A reader that is slow holds up nothing: lines wait for it, progress lines are left out meanwhile, changes
 * of state are told together when it reads on; at the end it is waited for as long as it takes something
 * within each 5 s. A reader that goes away ends the writing, not the batch (SIGPIPE must be ignored). A line
 * of up to 4096 octets is one write(2).
 *
 * The accounts are the batch's, which changes them only under lock; the board reads them under the same lock.
 * Only the batch's own thread calls these functions. */
#pragma once

#include "batch_account.h"
#include "clock.h"
#include <pthread.h>

enum board_mode {
    BOARD_NONE,
    BOARD_SCREEN,
    BOARD_LINES,
    BOARD_JSON,
};

struct board_host {
    char name[256];
    int64_t left_ms;
};

struct board_spec {
    enum board_mode mode;
    int fd;              /* of BOARD_JSON */
    const char *command; /* "migrate" */
    const struct clock *clock;
    int utc_offset_min; /* the user's clock, for "until 14:32" */
    pthread_mutex_t *lock;
    const struct batch_account *accounts;
    size_t count;
};

struct board;
struct board *board_new(const struct board_spec *spec);
/* Draw, or say what is due. hosts: paused now. Cheap when nothing is due. */
void board_tick(struct board *b, const struct board_host *hosts, size_t host_count);
/* A line for the user above the display (a warning), without "popferry: ". */
void board_say(struct board *b, const char *line);
/* Before anything is printed to standard output: take the display away until the next tick. */
void board_clear(struct board *b);
/* Take the display away; say what was not said yet, and the end. NULL is fine. */
void board_free(struct board *b);
