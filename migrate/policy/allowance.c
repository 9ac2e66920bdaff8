#include "allowance.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

static bool counts(const struct allowance_sent *sent, int64_t now_s)
{
    return sent->at_s > now_s - ALLOWANCE_WINDOW_S && sent->at_s <= now_s + ALLOWANCE_WINDOW_S;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t worth_while(uint64_t cap, uint64_t next, uint64_t wanted)
{
    uint64_t need = least(wanted, cap / 2);
    return least(need > next ? need : next, cap);
}

struct allowance allowance_now(uint64_t cap, const struct allowance_sent *sent, size_t count, uint64_t next,
    uint64_t wanted, int64_t now_s)
{
    if (!cap)
        return (struct allowance){.left = UINT64_MAX};
    struct allowance ret = {.left = cap};
    uint64_t may_stay =
        cap - worth_while(cap, next, wanted); /* of the latest entries; what is older must go */
    for (size_t i = count; i-- > 0;) {
        if (!counts(&sent[i], now_s))
            continue;
        ret.left -= least(ret.left, sent[i].octets);
        if (ret.again_s)
            continue;
        if (sent[i].octets > may_stay)
            ret.again_s = sent[i].at_s + ALLOWANCE_WINDOW_S;
        else
            may_stay -= sent[i].octets;
    }
    return ret;
}

bool allowance_takes(uint64_t cap, uint64_t left, uint64_t octets)
{
    return !cap || octets <= left || left >= cap;
}

void allowance_log_add(struct allowance_log *log, int64_t at_s, uint64_t octets)
{
    size_t i = log->count;
    while (i > 0 && log->all[i - 1].at_s > at_s)
        i--;
    if (i > 0 && log->all[i - 1].at_s == at_s) {
        log->all[i - 1].octets += octets;
        return;
    }
    if (log->count == log->room) {
        log->room = log->room ? 2 * log->room : 64;
        log->all = mem_grow(log->all, log->room, sizeof *log->all);
    }
    memmove(log->all + i + 1, log->all + i, (log->count - i) * sizeof *log->all);
    log->all[i] = (struct allowance_sent){.at_s = at_s, .octets = octets};
    log->count++;
}

void allowance_log_done(struct allowance_log *log)
{
    free(log->all);
    *log = (struct allowance_log){0};
}
