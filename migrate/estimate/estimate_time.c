#include "estimate_time.h"

#include "mem.h"
#include <stdlib.h>

#define DAY_S 86400

struct span {
    uint64_t seconds;
    enum estimate_bottleneck by;
};

const char *estimate_bottleneck_words(enum estimate_bottleneck b)
{
    static const char *const words[] = {
        [ESTIMATE_BY_NOTHING] = "nothing that is known",
        [ESTIMATE_BY_UPLOAD_CAP] = "the provider's upload limit per day",
        [ESTIMATE_BY_MESSAGES] = "the provider's messages per second",
        [ESTIMATE_BY_CONNECTIONS] = "the connections that the provider allows",
        [ESTIMATE_BY_RATE] = "the measured rate of transfer",
        [ESTIMATE_BY_LINE] = "the line that all mailboxes share",
        [ESTIMATE_BY_PARALLEL] = "the number of mailboxes moved at one time",
    };
    return words[b];
}

void estimate_time_limits(const struct catalog_provider *provider, struct estimate_pace *pace)
{
    pace->upload_octets_per_day = provider->limits[CATALOG_UPLOAD_PER_DAY].value;
    pace->messages_per_second = provider->limits[CATALOG_MESSAGES_PER_SECOND].value;
    pace->connections_max = provider->limits[CATALOG_CONNECTIONS].value;
}

/* n / by rounded up, within ESTIMATE_SECONDS_MAX; 0 when `by` is not known. */
static uint64_t seconds_for(uint64_t n, unsigned __int128 by)
{
    if (!by || !n)
        return 0;
    unsigned __int128 s = (n + by - 1) / by;
    return s < ESTIMATE_SECONDS_MAX ? (uint64_t)s : ESTIMATE_SECONDS_MAX;
}

static uint64_t under_cap(uint64_t octets, uint64_t cap, unsigned __int128 rate)
{
    if (!cap || octets <= cap)
        return 0;
    uint64_t full_days = (octets - 1) / cap, last = seconds_for(octets - full_days * cap, rate);
    unsigned __int128 s = (unsigned __int128)full_days * DAY_S + (last ? last : 1);
    return s < ESTIMATE_SECONDS_MAX ? (uint64_t)s : ESTIMATE_SECONDS_MAX;
}

static void longer(struct span *span, uint64_t seconds, enum estimate_bottleneck by)
{
    if (seconds > span->seconds)
        *span = (struct span){seconds, by};
}

static struct span one_mailbox(const struct estimate_load *load, const struct estimate_pace *p)
{
    uint64_t wished = p->connections ? p->connections : 1;
    bool fewer = p->connections_max && p->connections_max < wished;
    unsigned __int128 rate = (unsigned __int128)p->octets_per_second * (fewer ? p->connections_max : wished);
    struct span span = {0};
    longer(&span, seconds_for(load->octets, rate), fewer ? ESTIMATE_BY_CONNECTIONS : ESTIMATE_BY_RATE);
    longer(&span, seconds_for(load->messages, p->messages_per_second), ESTIMATE_BY_MESSAGES);
    longer(&span, under_cap(load->octets, p->upload_octets_per_day, rate), ESTIMATE_BY_UPLOAD_CAP);
    return span;
}

static size_t earliest(const uint64_t *free_at, size_t lanes)
{
    size_t best = 0;
    for (size_t i = 1; i < lanes; i++)
        if (free_at[i] < free_at[best])
            best = i;
    return best;
}

struct estimate_time estimate_time(
    const struct estimate_load *loads, size_t count, const struct estimate_pace *pace)
{
    size_t lanes = pace->parallel && pace->parallel < count ? (size_t)pace->parallel : count;
    uint64_t *free_at = mem_array(lanes + 1, sizeof *free_at), octets = 0;
    struct estimate_time t = {0};
    struct span all = {0};
    for (size_t i = 0; i < count; i++) {
        struct span own = one_mailbox(&loads[i], pace);
        size_t lane = lanes < count ? earliest(free_at, lanes) : i;
        bool waited = free_at[lane] > 0;
        free_at[lane] += own.seconds;
        longer(&all, free_at[lane], waited ? ESTIMATE_BY_PARALLEL : own.by);
        octets = __builtin_add_overflow(octets, loads[i].octets, &octets) ? UINT64_MAX : octets;
        if (own.seconds > t.slowest_seconds) {
            t.slowest = i;
            t.slowest_seconds = own.seconds;
        }
    }
    free(free_at);
    longer(&all, seconds_for(octets, pace->line_octets_per_second), ESTIMATE_BY_LINE);
    t.seconds = all.seconds;
    t.days = all.seconds / DAY_S + (all.seconds % DAY_S != 0);
    t.bottleneck = all.by;
    return t;
}
