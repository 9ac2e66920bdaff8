/* allowance.h - how much of a daily upload limit is left. Pure.
 *
 * Providers count what an account uploads within a day and close it for about a day when that is too much
 * (Gmail: 500 MB). A day here is any 24 hours, so that no window of theirs can hold more, wherever it begins.
 * What was sent is in the ledger (rows with intended_s), so it survives every restart.
 *
 * A clock that was put back leaves entries that lie ahead: up to 24 hours ahead they count as they stand, so
 * that nothing waits longer than two days; further ahead they are taken for a wrong clock's, and count not
 * at all. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALLOWANCE_WINDOW_S (24 * 3600)

struct allowance_sent {
    int64_t at_s; /* wall clock */
    uint64_t octets;
};

struct allowance {
    uint64_t left;   /* octets that may be sent now; the whole cap: nothing was sent */
    int64_t again_s; /* when it is worth while to go on: `next` octets are free, and `wanted` octets or half
                        of the cap, whichever is less; 0: now */
};

/* cap 0: no limit. sent: ascending by at_s. next: octets of the message that would be sent next; one that is
 * larger than the whole cap waits for an empty window, then goes alone. wanted: octets of all that is still
 * to be sent. */
struct allowance allowance_now(uint64_t cap, const struct allowance_sent *sent, size_t count, uint64_t next,
    uint64_t wanted, int64_t now_s);

/* May a message of so many octets be sent, when `left` are left of the cap? */
bool allowance_takes(uint64_t cap, uint64_t left, uint64_t octets);

/* What was sent, kept as allowance_now wants it: at most one entry for each second. Zeroed is empty. */
struct allowance_log {
    struct allowance_sent *all;
    size_t count, room;
};
void allowance_log_add(struct allowance_log *log, int64_t at_s, uint64_t octets);
void allowance_log_done(struct allowance_log *log);
