/* batch_rig.h - a batch that stands still, for tests: accounts in any state, and a clock that is set. */
#pragma once

#include "batch_account.h"
#include "clock.h"
#include <pthread.h>

#define RIG_NOW_S 1795341600 /* 2026-11-22 10:00 UTC, 19:00 in Japan */

struct batch_rig {
    struct batch_account *accounts;
    size_t count;
    pthread_mutex_t lock;
    struct clock clock;
    int64_t now_ms, now_s;
    char (*names)[64];
};

/* Accounts user000@example.jp ... in lines 2 ..., all waiting. */
void batch_rig_begin(struct batch_rig *r, size_t count);
void batch_rig_done(struct batch_rig *r);
void batch_rig_pass(struct batch_rig *r, int64_t ms);

/* Ended with this code; text: the error's (code 1: the words), messages: of which something is wrong. */
void batch_rig_end(struct batch_account *a, int code, const char *text, uint64_t messages);
void batch_rig_work(struct batch_account *a, const char *phase, uint64_t messages, uint64_t total,
    uint64_t octets, uint64_t total_octets);
